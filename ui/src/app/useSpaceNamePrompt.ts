/** Asks the owner for the name of a space that still has the default name, once after entering it. */
import { ref, watch } from "vue";
import type { SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/navigation";

/** What a server calls its space when it is started without a name (`DEFAULT_NAME` in its configuration). */
const UNNAMED = "Homing";

export function useSpaceNamePrompt(): { entered(space: SpaceId): void } {
  const homing = useHoming();
  const navigation = useNavigation();
  const entered = ref<SpaceId | null>(null);
  /** Null until the role in the entered space is known. */
  const unnamed = () => {
    const there = entered.value === null ? undefined : homing.state.spaces.get(entered.value);
    const role = there?.people.get(there.space.me)?.role;
    return there && role !== undefined ? role === "owner" && there.space.name === UNNAMED : null;
  };
  watch(unnamed, (ask) => {
    if (ask === null) return;
    entered.value = null;
    if (ask && navigation.view.dialog === null) navigation.show("name_space");
  });
  return { entered: (space) => (entered.value = space) };
}
