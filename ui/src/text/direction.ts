/** Which way a text is written, and names inside sentences of another direction. */
import { type Block, type Inline, inside } from "./tree";

const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Mandaic}\p{Script=Samaritan}\p{Script=Mende_Kikakui}\p{Script=Hanifi_Rohingya}]/u;
const strong = /\p{L}/u;

export type Direction = "ltr" | "rtl";

function first(text: string): Direction | null {
  const letter = strong.exec(text)?.[0];
  if (letter === undefined) return null;
  return rightToLeft.test(letter) ? "rtl" : "ltr";
}

/**
 * By the first letter, as `dir="auto"` would say it. Names, addresses and code are no words of the
 * text: they stand in every language, and say nothing of the one around them.
 */
export function directionOf(nodes: (Block | Inline)[]): Direction | null {
  for (const node of nodes) {
    let found: Direction | null;
    if (node.kind === "text") found = first(node.text);
    else if (node.kind === "link") {
      const bare = node.of.length === 1 && node.of[0]?.kind === "text" && node.url.endsWith(node.of[0].text);
      found = bare ? null : directionOf(node.of);
    } else found = directionOf(inside(node));
    if (found) return found;
  }
  return null;
}

/**
 * A name for a place inside a sentence. One that is written from right to left is set apart, so that
 * neither turns the other's signs around; any other needs nothing.
 */
export function apart(name: string): string {
  return rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
}
