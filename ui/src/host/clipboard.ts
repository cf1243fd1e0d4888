/** The page's clipboard. */

/**
 * Puts text on it. One that is still to come has to be handed over as such, in the click: WebKit takes
 * nothing once anything was waited for.
 */
export async function copyText(text: string | Promise<string>): Promise<void> {
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  const blob = text.then((text) => new Blob([text], { type: "text/plain" }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } catch (thrown) {
    // If there is no text, that is why.
    await text;
    throw thrown;
  }
}
