/** Whether the person looks at the window. A message is seen if the window has the focus and shows it. */
import { type InjectionKey, inject, reactive } from "vue";

export interface FocusState {
  focused: boolean;
  /** There was input recently. */
  active: boolean;
  /** The newest rows of the open room are in view. */
  atEnd: boolean;
}

export const focusStateKey: InjectionKey<FocusState> = Symbol("focusState");

export function useFocusState(): FocusState {
  const screen = inject(focusStateKey);
  if (!screen) throw new Error("no focus state was provided");
  return screen;
}

export function createFocusState(): FocusState {
  return reactive({ focused: document.hasFocus(), active: true, atEnd: false });
}
