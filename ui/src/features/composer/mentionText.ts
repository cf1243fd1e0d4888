/**
 * The text in the composer, with the mentions in it. Pure.
 *
 * A text is kept as it is sent, with tokens; a box of plain text shows the names. So a draft, a step of undo
 * and an edited message keep who is meant. What changes in the box is found by comparing, and a mention of
 * which something was changed is text from then on.
 */
import type { UserId } from "@/generated/bridge";
import { encode, type Known, type Part, parts, shownAs } from "@/text/token";

/** A mention and where it is shown. */
interface Mark {
  at: number;
  end: number;
  part: Part;
}

export interface MentionText {
  /** As it is shown. */
  text: string;
  marks: Mark[];
}

export function read(written: string, people: Known): MentionText {
  const marks: Mark[] = [];
  let text = "";
  for (const part of parts(written)) {
    const at = text.length;
    text += shownAs(part, people);
    if (part.kind !== "text") marks.push({ at, end: text.length, part });
  }
  return { text, marks };
}

function write({ text, marks }: MentionText): string {
  const all: Part[] = [];
  let done = 0;
  for (const { at, end, part } of marks) {
    all.push({ kind: "text", text: text.slice(done, at) }, part);
    done = end;
  }
  all.push({ kind: "text", text: text.slice(done) });
  return encode(all.filter((part) => part.kind !== "text" || part.text !== ""));
}

/**
 * The text to be kept once `next` is shown. `caret` is where the caret is then, if that is known: what is
 * behind it was not changed, which tells which of two equal names is gone.
 */
export function changed(before: MentionText, next: string, caret: number | null): string {
  const old = before.text;
  const most = Math.min(old.length, next.length);
  let after = 0;
  const limit = caret === null ? most : Math.min(most, next.length - caret);
  while (after < limit && old.charAt(old.length - 1 - after) === next.charAt(next.length - 1 - after))
    after++;
  let from = 0;
  while (from < most - after && old.charAt(from) === next.charAt(from)) from++;
  // What is behind the caret may have changed as well, and what is before a deletion did not.
  while (after < most - from && old.charAt(old.length - 1 - after) === next.charAt(next.length - 1 - after))
    after++;
  const to = old.length - after;
  const shift = next.length - old.length;
  const marks = before.marks.flatMap((mark): Mark[] => {
    if (mark.end <= from) return [mark];
    return mark.at >= to ? [{ ...mark, at: mark.at + shift, end: mark.end + shift }] : [];
  });
  return write({ text: next, marks });
}

/** The text with a mention at a place where its name is shown. */
export function marked(
  written: string,
  at: number,
  user: UserId | null,
  name: string,
  people: Known,
): string {
  const { text, marks } = read(written, people);
  const part: Part = user === null ? { kind: "room" } : { kind: "person", user, name };
  const mark = { at, end: at + 1 + name.length, part };
  const others = marks.filter((other) => other.end <= mark.at || other.at >= mark.end);
  return write({ text, marks: [...others, mark].sort((a, b) => a.at - b.at) });
}
