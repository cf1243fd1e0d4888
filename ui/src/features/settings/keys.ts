/** Keys that bring the window: from a key press to a name that the program knows, and to what is shown. */

const ONLY_HELD = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "Fn", "OS", "Super"]);

/** Keys that can be had from everywhere: letters, digits, functions, and those around them. */
const FITS =
  /^(Key[A-Z]|Digit\d|F([1-9]|1\d|2[0-4])|Arrow(Up|Down|Left|Right)|Space|Enter|Home|End|PageUp|PageDown|Insert|Delete|Minus|Equal|Comma|Period|Slash|Semicolon|Quote|Backquote|BracketLeft|BracketRight|Backslash)$/;

/** `held`: more keys are awaited. `needs`: something must be held with it, or these keys can't be had. */
export type Pressed = { keys: string } | "held" | "needs";

export function keysOf(event: KeyboardEvent): Pressed {
  if (ONLY_HELD.has(event.key)) return "held";
  const held = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && "Shift",
    event.metaKey && "Super",
  ].filter((name) => name !== false);
  // Shift alone writes a capital letter.
  const enough = event.ctrlKey || event.altKey || event.metaKey;
  return enough && FITS.test(event.code) ? { keys: [...held, event.code].join("+") } : "needs";
}

const SHOWN: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Minus: "−",
  Equal: "=",
  Comma: ",",
  Period: ".",
  Slash: "/",
  Semicolon: ";",
  Quote: "'",
  Backquote: "`",
  BracketLeft: "[",
  BracketRight: "]",
  Backslash: "\\",
};

/** The labels of the keys. */
export function shownKeys(keys: string): string[] {
  return keys.split("+").map((name) => SHOWN[name] ?? name.replace(/^(Key|Digit)/, ""));
}
