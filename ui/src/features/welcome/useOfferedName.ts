/** What somebody is called in the spaces they are in already: most are called the same everywhere. */
import { useHoming } from "@/stores/homing";
import { personName } from "@/stores/names";

export function useOfferedName(): string {
  for (const space of useHoming().state.spaces.values()) {
    const name = personName(space, space.space.me);
    if (name !== "") return name;
  }
  return "";
}
