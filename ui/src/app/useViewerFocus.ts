/** Reports to the program whether the window has the focus and which room it shows. Notifications and presence depend on it. */
import { onScopeDispose, watch } from "vue";
import type { ViewerFocus } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useFocusState } from "@/stores/focusState";
import { useNavigation } from "@/stores/navigation";

/** After this time without input the person is "away" (from the protocol). */
const AWAY_MS = 5 * 60_000;

export function useViewerFocus() {
  const homing = useHoming();
  const navigation = useNavigation();
  const screen = useFocusState();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function onInput() {
    screen.active = true;
    clearTimeout(timer);
    timer = setTimeout(() => (screen.active = false), AWAY_MS);
  }
  function focusChanged() {
    screen.focused = document.hasFocus() && document.visibilityState === "visible";
    if (screen.focused) onInput();
  }

  // An input method consumes keydown events, so composition events count as input too.
  const inputs = ["pointerdown", "pointermove", "keydown", "compositionupdate", "wheel"] as const;
  for (const name of inputs) window.addEventListener(name, onInput, { passive: true });
  window.addEventListener("focus", focusChanged);
  window.addEventListener("blur", focusChanged);
  document.addEventListener("visibilitychange", focusChanged);
  focusChanged();
  onInput();

  watch(
    (): ViewerFocus => {
      const { space, room } = navigation.view;
      const openRoom =
        space !== null && room !== null && navigation.view.dialog !== "add_space"
          ? { space, room, at_end: screen.atEnd }
          : null;
      return { focused: screen.focused, active: screen.active, room: openRoom };
    },
    (focus, before) => {
      if (JSON.stringify(focus) === JSON.stringify(before)) return;
      // A failed report is repaired by the next change.
      homing.call("look", focus).catch(() => undefined);
    },
    { immediate: true },
  );

  onScopeDispose(() => {
    clearTimeout(timer);
    for (const name of inputs) window.removeEventListener(name, onInput);
    window.removeEventListener("focus", focusChanged);
    window.removeEventListener("blur", focusChanged);
    document.removeEventListener("visibilitychange", focusChanged);
  });
}
