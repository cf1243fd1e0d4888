/** The keyboard shortcuts: one list for handling them and for the help dialog. */
import { isKey } from "@/input/keys";

export type KeyAction =
  | "switcher"
  | "settings"
  | "details"
  | "composer"
  | "timeline"
  | "region"
  | "next"
  | "previous"
  | "unread"
  | "end"
  | "all_read"
  | "space"
  | "zoom_in"
  | "zoom_out"
  | "zoom_usual"
  | "help";

interface Shortcut {
  words: KeyAction | "edit" | "mark_read" | "walk" | "act";
  shown: string[];
  /** Absent if a component handles the key itself. */
  fits?(event: KeyboardEvent): boolean;
}

const ctrl = (event: KeyboardEvent) => (event.ctrlKey || event.metaKey) && !event.altKey;
const alt = (event: KeyboardEvent) => event.altKey && !event.ctrlKey && !event.metaKey;

/** Which space in the rail a key press asks for, from 0; by the place of the key, as layouts put
 *  other signs there. */
export function spaceOf(event: KeyboardEvent): number | null {
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  return ctrl(event) && !event.shiftKey && digit !== undefined ? Number(digit) - 1 : null;
}

/** Whether the event goes to an editable field. */
function isEditable(event: KeyboardEvent): boolean {
  const { target } = event;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

export const KEYS: Shortcut[] = [
  {
    words: "switcher",
    shown: ["Ctrl", "K"],
    fits: (event) => ctrl(event) && !event.shiftKey && isKey(event, "k"),
  },
  { words: "unread", shown: ["Alt", "U"], fits: (event) => alt(event) && event.code === "KeyU" },
  { words: "next", shown: ["Alt", "↓"], fits: (event) => alt(event) && event.key === "ArrowDown" },
  { words: "previous", shown: ["Alt", "↑"], fits: (event) => alt(event) && event.key === "ArrowUp" },
  { words: "composer", shown: ["Alt", "C"], fits: (event) => alt(event) && event.code === "KeyC" },
  { words: "timeline", shown: ["Alt", "M"], fits: (event) => alt(event) && event.code === "KeyM" },
  { words: "region", shown: ["F6"], fits: (event) => event.key === "F6" && !event.ctrlKey && !event.altKey },
  {
    words: "end",
    shown: ["Ctrl", "End"],
    fits: (event) => ctrl(event) && event.key === "End" && !isEditable(event),
  },
  { words: "space", shown: ["Ctrl", "1…9"], fits: (event) => spaceOf(event) !== null },
  {
    words: "details",
    shown: ["Ctrl", "I"],
    fits: (event) => ctrl(event) && !event.shiftKey && isKey(event, "i"),
  },
  {
    words: "settings",
    shown: ["Ctrl", ","],
    fits: (event) => ctrl(event) && !event.shiftKey && isKey(event, ","),
  },
  {
    words: "zoom_in",
    shown: ["Ctrl", "+"],
    fits: (event) => ctrl(event) && ["+", "="].includes(event.key),
  },
  { words: "zoom_out", shown: ["Ctrl", "−"], fits: (event) => ctrl(event) && ["-", "_"].includes(event.key) },
  {
    words: "zoom_usual",
    shown: ["Ctrl", "0"],
    fits: (event) => ctrl(event) && !event.shiftKey && event.code === "Digit0",
  },
  { words: "edit", shown: ["↑"] },
  { words: "walk", shown: ["↑", "↓"] },
  { words: "act", shown: ["Enter"] },
  { words: "mark_read", shown: ["Esc"] },
  {
    words: "all_read",
    shown: ["Shift", "Esc"],
    fits: (event) => event.key === "Escape" && event.shiftKey && !event.ctrlKey && !event.altKey,
  },
  {
    words: "help",
    shown: ["?"],
    fits: (event) => (event.key === "?" && !isEditable(event)) || (ctrl(event) && isKey(event, "/")),
  },
];

/** The action of a key press. */
export function actionOf(event: KeyboardEvent): KeyAction | null {
  const found = KEYS.find((entry) => entry.fits?.(event));
  return found?.fits ? (found.words as KeyAction) : null;
}
