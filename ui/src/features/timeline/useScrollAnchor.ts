/** Saves the scroll position of the room: throttled, and at once when the window closes. */
import { onBeforeUnmount } from "vue";
import type { ScrollAnchor } from "@/generated/bridge";
import { useNavigation } from "@/stores/navigation";

/** Short enough that a crash loses little, long enough not to save every pixel. */
const SAVE_MS = 150;

export function useScrollAnchor(current: () => ScrollAnchor | null): { moved(): void } {
  const navigation = useNavigation();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function save() {
    clearTimeout(timer);
    timer = undefined;
    navigation.setScrollAnchor(current());
  }
  const leaving = () => {
    if (timer !== undefined) save();
  };
  window.addEventListener("pagehide", leaving);
  onBeforeUnmount(() => {
    clearTimeout(timer);
    window.removeEventListener("pagehide", leaving);
  });

  return {
    moved() {
      timer ??= setTimeout(save, SAVE_MS);
    },
  };
}
