/**
 * A menu that is loaded with the first wish for it, and open as soon as it is there.
 *
 * It was not there yet to see the key that asked for it, so by itself it would not go to its first
 * entry, as a menu does that is opened by keyboard.
 */
import { type Component, type Ref, ref, shallowRef } from "vue";

export interface LateMenu {
  menu: Ref<Component | null>;
  /** A click without a pointer comes from the keyboard. */
  byKeyboard: Ref<boolean>;
  open(event: MouseEvent): Promise<void>;
  /** It is not wanted any more; the next wish opens it anew. */
  forget(): void;
}

export function useLateMenu(load: () => Promise<{ default: Component }>): LateMenu {
  const menu = shallowRef<Component | null>(null);
  const byKeyboard = ref(false);
  return {
    menu,
    byKeyboard,
    async open(event) {
      // The wish for a context menu has no detail, whoever makes it.
      byKeyboard.value = event.detail === 0 && event.button !== 2;
      menu.value = (await load()).default;
    },
    forget() {
      menu.value = null;
    },
  };
}

/** What the menu itself does when it gets the focus for the first time. */
export function useFirstEntry(byKeyboard: () => boolean): (event: FocusEvent) => void {
  let entered = false;
  return (event) => {
    if (!byKeyboard() || entered || !(event.currentTarget instanceof HTMLElement)) return;
    entered = true;
    event.currentTarget.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  };
}
