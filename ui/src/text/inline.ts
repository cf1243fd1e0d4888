/**
 * Reads the marks of one paragraph. Linear in the length of the text.
 *
 * A backslash is a sign like any other unless it kept one from being a mark. Whether it did is found
 * by reading the text once more without it, and by where the mark would have opened.
 */
import { addressAt, hostOf, isSafeUrl, LONGEST_URL } from "./address";
import { append, deepest, fold, maybeMeant, nodes, pair, type Piece, type Pieces, runAt } from "./delimiters";
import { HELD, Held, unmentioned } from "./held";
import { AT, mayName } from "./mention";
import { words } from "./plain";
import { nobody } from "./token";
import { DEPTH, type Inline } from "./tree";
import { isVisible } from "./visible";

/** The characters that a backslash can escape. */
const escapable = /[!-/:-@[-`{-~]/;

/** Whether the line would be something else than a line of text if the sign at `at` counted. */
export type BeginsBlock = (line: string) => boolean;

interface Reading {
  nodes: Inline[];
  /** Positions of escaped characters, outside of code and addresses. */
  escapes: number[];
  /** Places that are marks and not text, and that somebody may have meant to be. */
  marks: Set<number>;
}

/** Reads a paragraph with these mentions in it. */
export function inline(
  text: string,
  held: Held = new Held("", nobody),
  beginsBlock: BeginsBlock = () => false,
): Inline[] {
  const first = read(text, held, "honoured", none);
  if (first.escapes.length === 0) return first.nodes;
  const needed = neededEscapes(text, first.escapes, held, beginsBlock);
  return needed.size === 0 ? first.nodes : read(text, held, "honoured", needed).nodes;
}

const none: ReadonlySet<number> = new Set();

/** The escapes without which there would be a mark. */
function neededEscapes(text: string, escapes: number[], held: Held, beginsBlock: BeginsBlock): Set<number> {
  const needed = new Set<number>();
  let bare = "";
  let from = 0;
  for (const at of escapes) {
    bare += text.slice(from, at);
    from = at + 1;
  }
  bare += text.slice(from);
  const { marks } = read(bare, held, "ignored", none);
  const known = new Set(escapes);
  escapes.forEach((at, nth) => {
    if (marks.has(at - nth)) needed.add(at);
  });
  let begin = 0;
  for (const line of text.split("\n")) {
    const at = /^[ \t]*\d{0,6}(?=\\)/.exec(line)?.[0].length ?? -1;
    if (known.has(begin + at) && beginsBlock(line.slice(0, at) + line.slice(at + 1))) needed.add(begin + at);
    begin += line.length + 1;
  }
  return needed;
}

/** For each run of backticks, where the next one of its length begins; and for each `(`, its end. */
function survey(text: string): { ticks: Map<number, number>; ends: Map<number, number> } {
  const [ticks, ends] = [new Map<number, number>(), new Map<number, number>()];
  const lastOf = new Map<number, number>();
  let open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "`") {
      let end = at;
      while (text.charAt(end) === "`") end++;
      const last = lastOf.get(end - at);
      if (last !== undefined) ticks.set(last, at);
      lastOf.set(end - at, at);
      at = end - 1;
    } else if (/\s/.test(char)) open = [];
    else if (char === "(") open.push(at);
    else if (char === ")") {
      const begin = open.pop();
      if (begin !== undefined) ends.set(begin, at);
    }
  }
  return { ticks, ends };
}

/** Blanks or line ends at both ends are there so that the code may begin or end with a backtick. */
function codeText(text: string): string {
  return /^[ \n]/.test(text) && /[ \n]$/.test(text) && /[^ \n]/.test(text) ? text.slice(1, -1) : text;
}

function read(
  text: string,
  held: Held,
  escaping: "honoured" | "ignored",
  dropped: ReadonlySet<number>,
): Reading {
  const { ticks, ends } = survey(text);
  const pieces: Pieces = {};
  const escapes: number[] = [];
  const marks = new Set<number>();
  /** Brackets that may begin a link. */
  let brackets: Piece[] = [];
  const taken = (from: number, length: number) => {
    for (let at = from; at < from + length; at++) marks.add(at);
  };
  const paired = (opener: number, closer: number, size: number) => {
    if (!maybeMeant(text, opener, closer)) return;
    taken(opener, size);
    taken(closer, size);
  };
  const put = (from: number, node: Inline) => append(pieces, { text: "", node, depth: 0, from });

  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    if (char === "\n") {
      put(at++, { kind: "break" });
      continue;
    }
    if (char === "\\" && escaping === "honoured" && escapable.test(text.charAt(at + 1))) {
      escapes.push(at);
      append(pieces, { text: text.slice(dropped.has(at) ? at + 1 : at, at + 2), depth: 0, from: at });
      at += 2;
      continue;
    }
    if (char === "`") {
      let size = 1;
      while (text.charAt(at + size) === "`") size++;
      const end = ticks.get(at);
      if (end === undefined) {
        append(pieces, { text: "`".repeat(size), depth: 0, from: at });
        at += size;
        continue;
      }
      put(at, { kind: "code", text: held.restored(codeText(text.slice(at + size, end))) });
      taken(at, size);
      taken(end, size);
      at = end + size;
      continue;
    }
    if (char === "*" || char === "_" || char === "~") {
      const run = runAt(text, at);
      append(pieces, { text: "", run, depth: 0, from: at });
      at += run.length;
      continue;
    }
    if (char === "[") {
      brackets.push(append(pieces, { text: "[", depth: 0, from: at++ }));
      continue;
    }
    if (char === "]") {
      const open = brackets.pop();
      const end = text.charAt(at + 1) === "(" ? ends.get(at + 1) : undefined;
      const to = open && end !== undefined && end - at <= LONGEST_URL ? text.slice(at + 2, end) : "";
      const url = held.restored(to);
      if (open?.after && end !== undefined && isSafeUrl(url)) {
        pair(pieces, open, paired);
        const last = pieces.last ?? open;
        const depth = deepest(open.after, last) + 1;
        // A link holds no link; and what is nested too deep is not tried again.
        brackets = [];
        const label = unmentioned(nodes(open.after, last));
        if (depth <= DEPTH && isHonest(label, url)) {
          taken(open.from, 1);
          taken(at, end - at + 1);
          const node: Inline = { kind: "link", url, of: unlinked(label) };
          fold(pieces, open, last, { text: "", depth, from: open.from, node });
          at = end + 1;
          continue;
        }
      }
      append(pieces, { text: "]", depth: 0, from: at++ });
      continue;
    }
    const mention = HELD.test(char) ? held.nodeAt(text, at) : null;
    if (mention) {
      put(at, mention);
      at += 2;
      continue;
    }
    // A backslash before it keeps a name from being one.
    if (AT.test(char) && mayName(text, at) && /[\p{L}\p{N}]/u.test(text.slice(at + 1, at + 3))) taken(at, 1);
    const address = /[hmw]/i.test(char) ? addressAt(text, at) : null;
    if (address) {
      const shown = text.slice(at, at + address.length);
      put(at, { kind: "link", url: address.url, of: [{ kind: "text", text: shown }] });
      at += address.length;
      continue;
    }
    let end = at + 1;
    while (end < text.length && !/[\n\\`*_~[\]@＠hmw\udb80-\udbbf]/i.test(text.charAt(end))) end++;
    append(pieces, { text: text.slice(at, end), depth: 0, from: at });
    at = end;
  }
  pair(pieces, undefined, paired);
  return { nodes: nodes(pieces.first, pieces.last), escapes, marks };
}

/**
 * Whether a label tells where its link leads: it can be seen, and names no other place. One that does
 * not stays text, with both addresses in it.
 */
function isHonest(label: Inline[], url: string): boolean {
  const sameHost = (of: Inline[]): boolean =>
    of.every(
      (node) =>
        !("of" in node) || ((node.kind !== "link" || hostOf(node.url) === hostOf(url)) && sameHost(node.of)),
    );
  return isVisible(words(label)) && sameHost(label);
}

/** The same without links: their words stay. */
function unlinked(all: Inline[]): Inline[] {
  return all.flatMap((node): Inline[] => {
    if (node.kind === "link") return node.of;
    return "of" in node ? [{ ...node, of: unlinked(node.of) }] : [node];
  });
}
