/** Completion of emoji after `:`. Pure. */
import type { Emoji, EmojiSet } from "@/emoji/table";
import type { Query } from "./completion";

/** A `:` after such a sign belongs to a time, a path, a name of C++ or Rust, an address, JSON. */
const bound = /(?!\uFE0F)[\p{L}\p{N}\p{M}\p{Pe}\p{Pf}_:/\\."'`@-]$/u;
/** Two letters at least, so that `:)`, `:-D` and `: ` are left alone; or what everybody knows for a thumb. */
const query = /:(\p{L}[\p{L}\p{M}][\p{L}\p{M}\p{N}_+-]*|[+-]1)$/u;
/** No code is as long. */
const LONGEST = 64;

/** The emoji to complete at the caret; null if there is none. */
export function emojiQueryAt(text: string, caret: number): Query | null {
  const before = text.slice(0, caret);
  const [whole, part = ""] = query.exec(before.slice(-LONGEST)) ?? [];
  if (whole === undefined) return null;
  const at = caret - whole.length;
  return bound.test(before.slice(Math.max(0, at - 2), at)) || isInCode(before) ? null : { at, part };
}

/** The emoji whose code was just closed by a `:` at the caret, and where it began. */
export function closedCodeAt(
  text: string,
  caret: number,
  set: EmojiSet,
): { at: number; emoji: Emoji } | null {
  if (text.charAt(caret - 1) !== ":") return null;
  const asked = emojiQueryAt(text, caret - 1);
  const emoji = asked && set.byCode(asked.part.toLowerCase());
  return asked && emoji ? { at: asked.at, emoji } : null;
}

const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * Whether a text ends in code: in a block whose fence is open, or after a backtick in its paragraph that
 * no other one closes. The text after the caret is not asked: it may not be written yet.
 */
export function isInCode(text: string): boolean {
  let open: string | null = null;
  let paragraph = "";
  for (const line of text.split("\n")) {
    const [, mark] = fence.exec(line) ?? [];
    if (open !== null) {
      if (mark?.startsWith(open) && line.trim() === mark) open = null;
      paragraph = "";
    } else if (
      mark !== undefined &&
      !(mark.startsWith("`") && line.trimStart().slice(mark.length).includes("`"))
    ) {
      open = mark;
    } else paragraph = line.trim() === "" ? "" : `${paragraph}\n${line}`;
  }
  return open !== null || hasOpenRun(paragraph);
}

/** A run of backticks is closed by the next one that is as long. */
function hasOpenRun(paragraph: string): boolean {
  const runs = [...paragraph.matchAll(/(?<!\\)`+/g)].map(([run]) => run.length);
  for (let at = 0; at < runs.length; at++) {
    const end = runs.indexOf(runs[at] ?? 0, at + 1);
    if (end < 0) return true;
    at = end;
  }
  return false;
}
