/** The order of the list of rooms. */
import type { Room } from "@/generated/bridge";
import { EVERY, asking, byName } from "@/text/search";

export interface Sections {
  unread: Room[];
  rooms: Room[];
  direct: Room[];
}

/** Whether the room is unread. A muted room only is if it mentions the person. */
export function wantsReading(room: Room): boolean {
  return room.mentions > 0 || (room.unread > 0 && !room.muted);
}

/**
 * Sorts rooms into their sections: unread ones by mention and then newest first, rooms by name, direct
 * ones newest first. The open room stays where it was, so that reading it does not move it away
 * under the pointer; `title` names a room.
 */
export function sections(
  rooms: Iterable<Room>,
  open: string | null,
  filter: string,
  title: (room: Room) => string,
): Sections {
  const fits = asking(filter);
  const out: Sections = { unread: [], rooms: [], direct: [] };
  for (const room of rooms) {
    if (fits !== EVERY && fits(title(room)) === null) continue;
    if (wantsReading(room) && room.id !== open) out.unread.push(room);
    else if (room.kind === "direct") out.direct.push(room);
    else out.rooms.push(room);
  }
  const newest = (a: Room, b: Room) => (b.last?.ts ?? 0) - (a.last?.ts ?? 0);
  out.unread.sort((a, b) => Number(b.mentions > 0) - Number(a.mentions > 0) || newest(a, b));
  out.rooms.sort((a, b) => byName(title(a), title(b)));
  out.direct.sort(newest);
  return out;
}

/** The rooms in the order of the screen. */
export function inOrder(parts: Sections): Room[] {
  return [...parts.unread, ...parts.rooms, ...parts.direct];
}
