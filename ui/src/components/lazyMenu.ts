/**
 * A menu whose component is loaded on first use and opens as soon as it is loaded.
 *
 * It is mounted after the key event that opened it, so it can't tell that it was opened by keyboard and
 * would not focus its first entry by itself.
 */
import { type Component, type Ref, ref, shallowRef } from "vue";

export interface LazyMenu {
  menu: Ref<Component | null>;
  /** Opened by keyboard: such a click has no pointer. */
  byKeyboard: Ref<boolean>;
  open(event: MouseEvent): Promise<void>;
  /** Unmounts the menu; `open` mounts it again. */
  unmount(): void;
}

export function useLazyMenu(load: () => Promise<{ default: Component }>): LazyMenu {
  const menu = shallowRef<Component | null>(null);
  const byKeyboard = ref(false);
  return {
    menu,
    byKeyboard,
    async open(event) {
      // A contextmenu event always has detail 0.
      byKeyboard.value = event.detail === 0 && event.button !== 2;
      menu.value = (await load()).default;
    },
    unmount() {
      menu.value = null;
    },
  };
}

/** Focus handler of the menu: focuses the first entry once, if it was opened by keyboard. */
export function useInitialMenuFocus(byKeyboard: () => boolean): (event: FocusEvent) => void {
  let entered = false;
  return (event) => {
    if (!byKeyboard() || entered || !(event.currentTarget instanceof HTMLElement)) return;
    entered = true;
    event.currentTarget.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  };
}
