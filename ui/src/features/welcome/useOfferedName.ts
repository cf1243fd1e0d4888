/**
 * What somebody is called in the spaces they are in already, since most are called the same everywhere;
 * in the first one, what the operating system calls them.
 */
import { useHoming } from "@/stores/homing";
import { personName } from "@/stores/names";

export function useOfferedName(): string {
  const { state } = useHoming();
  for (const space of state.spaces.values()) {
    const name = personName(space, space.space.me);
    if (name !== "") return name;
  }
  return state.fullName ?? "";
}
