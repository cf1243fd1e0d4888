/** Tells the program what the person has before their eyes: it decides about notifications and presence. */
import { onScopeDispose, watch } from "vue";
import type { ViewerFocus } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { useScreen } from "@/stores/screen";
import { useNavigation } from "@/stores/view";

/** Not touched for so long is "away" (the protocol's figure). */
const AWAY_MS = 5 * 60_000;

export function useLook() {
  const homing = useHoming();
  const navigation = useNavigation();
  const screen = useScreen();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function touched() {
    screen.active = true;
    clearTimeout(timer);
    timer = setTimeout(() => (screen.active = false), AWAY_MS);
  }
  function focusChanged() {
    screen.focused = document.hasFocus() && document.visibilityState === "visible";
    if (screen.focused) touched();
  }

  // Keys of an input method reach nobody; what it makes of them does.
  const inputs = ["pointerdown", "pointermove", "keydown", "compositionupdate", "wheel"] as const;
  for (const name of inputs) window.addEventListener(name, touched, { passive: true });
  window.addEventListener("focus", focusChanged);
  window.addEventListener("blur", focusChanged);
  document.addEventListener("visibilitychange", focusChanged);
  focusChanged();
  touched();

  watch(
    (): ViewerFocus => {
      const { space, room } = navigation.view;
      const looked =
        space !== null && room !== null && navigation.view.dialog !== "add_space"
          ? { space, room, at_end: screen.atEnd }
          : null;
      return { focused: screen.focused, active: screen.active, room: looked };
    },
    (look, before) => {
      if (JSON.stringify(look) === JSON.stringify(before)) return;
      // The next look says it again.
      homing.call("look", look).catch(() => undefined);
    },
    { immediate: true },
  );

  onScopeDispose(() => {
    clearTimeout(timer);
    for (const name of inputs) window.removeEventListener(name, touched);
    window.removeEventListener("focus", focusChanged);
    window.removeEventListener("blur", focusChanged);
    document.removeEventListener("visibilitychange", focusChanged);
  });
}
