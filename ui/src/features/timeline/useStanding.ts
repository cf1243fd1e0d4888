/** Tells where one stands in the room, a moment after it was reached, and at once when the window goes. */
import { onBeforeUnmount } from "vue";
import type { ScrollAnchor } from "@/generated/bridge";
import { useNavigation } from "@/stores/view";

/** Quick enough that a crash costs a turn of the wheel, slow enough not to tell every pixel. */
const TELL_MS = 150;

export function useStanding(where: () => ScrollAnchor | null): { moved(): void } {
  const navigation = useNavigation();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell() {
    clearTimeout(timer);
    timer = undefined;
    navigation.standAt(where());
  }
  const leaving = () => {
    if (timer !== undefined) tell();
  };
  window.addEventListener("pagehide", leaving);
  onBeforeUnmount(() => {
    clearTimeout(timer);
    window.removeEventListener("pagehide", leaving);
  });

  return {
    moved() {
      timer ??= setTimeout(tell, TELL_MS);
    },
  };
}
