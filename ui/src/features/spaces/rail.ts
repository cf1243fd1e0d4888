/** The entry of a space in the rail: the state of its connection and what is unread. */
import type { SpaceState } from "@/stores/state";

export interface RailEntry {
  id: string;
  name: string;
  mentions: number;
  unread: boolean;
  muted: boolean;
  /** None while messages come and go. */
  trouble: "offline" | "connecting" | "stopped" | "refused" | null;
}

function troubleOf({ link }: SpaceState): RailEntry["trouble"] {
  switch (link.state) {
    case "waiting":
      return "offline";
    case "connecting":
      return "connecting";
    case "stopped":
      return "stopped";
    case "refused":
      return "refused";
    case "catching_up":
    case "up_to_date":
      return null;
  }
}

export function railEntry(space: SpaceState, muted: boolean): RailEntry {
  const rooms = [...space.rooms.values()];
  return {
    id: space.space.id,
    name: space.space.name,
    // A muted space shows that something is unread, without a count.
    mentions: muted ? 0 : rooms.reduce((sum, room) => sum + room.mentions, 0),
    unread: rooms.some((room) => room.unread > 0 && !room.muted),
    muted,
    trouble: troubleOf(space),
  };
}
