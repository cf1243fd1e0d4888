/** The order of a room's members: who is here first, then by name. */
import type { Person, UserId } from "@/generated/bridge";
import { presenceOf } from "@/stores/names";
import type { SpaceState } from "@/stores/state";

const RANK = { online: 0, away: 1, offline: 2 };

export function byPresence(space: SpaceState, members: readonly UserId[]): Person[] {
  const rank = (person: Person) => RANK[presenceOf(space, person.id)];
  return members
    .map((user) => space.people.get(user))
    .filter((person): person is Person => person !== undefined)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
