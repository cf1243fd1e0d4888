/**
 * Reads the text of a message into a syntax tree: a small subset of Markdown, and nothing of HTML.
 *
 * What is not understood stays text, sign by sign: a message never loses any. Reading is linear in
 * the length of the text, so nothing that somebody sends can stall the window. Why there is no
 * library here stands in records 32 and 42.
 */
export { isSafeUrl } from "./address";
export { parse } from "./blocks";
export { inline } from "./inline";
export { inside, signOf } from "./tree";
export type { Align, Block, Inline, Item, Mentionable } from "./tree";

/** Pictures with their modifiers and joiners, and flags. (`\\p{RGI_Emoji}` needs a newer webview.) */
const onlyEmoji =
  /^(?:\p{Extended_Pictographic}(?:[\u{1F3FB}-\u{1F3FF}]|\uFE0F|\u200D)*|[\u{1F1E6}-\u{1F1FF}]{2}|\s)+$/u;

/** The text is a few emoji and nothing else, which are shown large. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && /\S/.test(text) && onlyEmoji.test(text);
}
