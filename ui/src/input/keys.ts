/** Which key was pressed, whatever the keyboard's layout writes on it. */

/** Where a keyboard has the signs of our shortcuts that are no letters. */
const PLACES: Record<string, string> = { ",": "Comma", "/": "Slash" };

/**
 * Whether a key writes this character or, on a layout without Latin letters, has the position of the
 * character on a Latin layout. Dvorak's K is where it says K; the Russian layout's is where `л` stands.
 */
export function isKey(event: KeyboardEvent, sign: string): boolean {
  if (event.key.toLowerCase() === sign) return true;
  const letter = /^[a-z]$/.test(sign);
  if (event.code !== (letter ? `Key${sign.toUpperCase()}` : PLACES[sign])) return false;
  // Russian and Hebrew layouts have the full stop at the place of `/`, which is no shortcut of its own.
  return !/^[\x20-\x7e]$/.test(event.key) || (sign === "/" && event.key === ".");
}

/** The step through the history of a text that a key asks for. */
export function stepOf(event: KeyboardEvent): "undo" | "redo" | null {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return null;
  if (isKey(event, "z")) return event.shiftKey ? "redo" : "undo";
  return isKey(event, "y") && event.ctrlKey && !event.shiftKey ? "redo" : null;
}

/**
 * Undo and redo keys for every field. WebKitGTK keeps an undo history for each field and binds no key
 * to it. A field with a history of its own has handled the key before.
 */
export function handleUndoKeys(): void {
  window.addEventListener("keydown", (event) => {
    const step = stepOf(event);
    const { target } = event;
    if (!step || event.defaultPrevented) return;
    if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
    event.preventDefault();
    // Deprecated without a successor.
    document.execCommand(step);
  });
}
