/**
 * Reads the text of a message into a syntax tree: a small subset of Markdown, and nothing of HTML.
 *
 * What is not understood stays text, sign by sign: a message never loses any. Reading is linear in
 * the length of the text, so nothing that somebody sends can stall the window. Why there is no
 * library here stands in records 32 and 40.
 */
export { isMessageLink, isSafeUrl } from "./address";
export { parse } from "./blocks";
export { inline } from "./inline";
export { inside, signOf } from "./tree";
export type { Align, Block, Inline, Item } from "./tree";
