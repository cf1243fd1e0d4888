/** Who becomes the owner of a space that nobody has named yet is asked for its name, once. */
import { ref, watch } from "vue";
import type { SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useNavigation } from "@/stores/view";

/** What a server calls its space when it is started without a name (`DEFAULT_NAME` in its configuration). */
const UNNAMED = "Homing";

export function useNaming(): { entered(space: SpaceId): void } {
  const homing = useHoming();
  const navigation = useNavigation();
  const entered = ref<SpaceId | null>(null);
  /** Null while it is not known as whom the space was entered. */
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
