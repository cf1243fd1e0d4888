/**
 * The suggested name for a new space: the person's name in another space, or for the first space the
 * full name from the operating system.
 */
import { useHoming } from "@/stores/homing";
import { personName } from "@/stores/names";

export function useSuggestedName(): string {
  const { state } = useHoming();
  for (const space of state.spaces.values()) {
    const name = personName(space, space.space.me);
    if (name !== "") return name;
  }
  return state.fullName ?? "";
}
