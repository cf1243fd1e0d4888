/** Display names of rooms and people, and what the current person may do. */
import type { Presence, Room, UserId } from "@/generated/bridge";
import type { SpaceState } from "./state";

/** Somebody's name; empty for somebody that is not known. */
export function personName(space: SpaceState, user: UserId): string {
  return space.people.get(user)?.name ?? "";
}

/** A room's name, without a sign before it. A direct room is called after its people. */
export function roomName(space: SpaceState, room: Room, nobody: string): string {
  if (room.kind !== "direct") return room.name;
  const names = room.people.map((user) => personName(space, user)).filter((name) => name !== "");
  if (names.length === 0) return nobody;
  if (names.length === 1) return names[0] ?? "";
  return names.map((name) => name.split(" ")[0] ?? name).join(", ");
}

/** As it stands in a sentence: `#general`, `Mei Lin`. */
export function roomTitle(space: SpaceState, room: Room, nobody: string): string {
  return room.kind === "direct" ? roomName(space, room, nobody) : `#${room.name}`;
}

/** A person's presence. One's own depends on the connection. */
export function presenceOf(space: SpaceState, user: UserId): Presence {
  if (user === space.space.me) {
    if (!isOnline(space)) return "offline";
    return space.status === "away" ? "away" : "online";
  }
  return isOnline(space) ? (space.presence.get(user) ?? "offline") : "offline";
}

/** Whether the current person is an owner or an admin of the space. */
export function mayManage(space: SpaceState): boolean {
  const role = space.people.get(space.space.me)?.role;
  return role === "admin" || role === "owner";
}

/** There is a connection. */
export function isOnline(space: SpaceState): boolean {
  return space.link.state === "up_to_date" || space.link.state === "catching_up";
}
