/** What the person has before their eyes. "Seen" is a focused window with the message in view. */
import { type InjectionKey, inject, reactive } from "vue";

export interface Screen {
  focused: boolean;
  /** The person touched the machine lately. */
  active: boolean;
  /** The newest rows of the open room are in view. */
  atEnd: boolean;
}

export const screenKey: InjectionKey<Screen> = Symbol("screen");

export function useScreen(): Screen {
  const screen = inject(screenKey);
  if (!screen) throw new Error("no screen was provided");
  return screen;
}

export function createScreen(): Screen {
  return reactive({ focused: document.hasFocus(), active: true, atEnd: false });
}
