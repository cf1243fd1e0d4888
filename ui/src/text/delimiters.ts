/**
 * Which `*`, `_` and `~~` are marks, by the algorithm of CommonMark ("process emphasis"), over a
 * linked list of pieces, so that it is linear in their number.
 *
 * It differs where people write without knowing of it: beside Chinese, Japanese and Korean, which put no
 * blank there, a mark may stand at punctuation (the amendment "CJK-friendly emphasis"); and `_` marks
 * nothing inside a word, a path or a face such as `¯\_(ツ)_/¯`.
 */
import { DEPTH, type Inline } from "./tree";

export interface Piece {
  /** The text if it is no mark. */
  text: string;
  node?: Inline;
  /** How many marks lie inside each other here. */
  depth: number;
  /** Where it begins in the text. */
  from: number;
  run?: Run;
  before?: Piece | undefined;
  after?: Piece | undefined;
}

interface Run {
  sign: string;
  /** How many signs are left, and how many there were. */
  left: number;
  length: number;
  opens: boolean;
  closes: boolean;
}

export interface Pieces {
  first?: Piece;
  last?: Piece;
}

export function append(pieces: Pieces, piece: Piece): Piece {
  if (pieces.last) {
    pieces.last.after = piece;
    piece.before = pieces.last;
  } else pieces.first = piece;
  pieces.last = piece;
  return piece;
}

const blank = /\s/;
/** Inside of such no `_` is a mark: words, symbols, paths. */
const solid = /[\p{L}\p{N}\p{S}/\\]/u;

const punctuation = /[\p{P}\p{S}]/u;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3001-\u303f\uff01-\uffee]/u;

/** Whether a run is at the outer side of `inner`, with `outer` beyond: "flanking", in the terms of CommonMark. */
function flanks(inner: string, outer: string): boolean {
  if (inner === "" || blank.test(inner)) return false;
  if (!punctuation.test(inner) || unspaced.test(inner)) return true;
  return outer === "" || blank.test(outer) || punctuation.test(outer) || unspaced.test(outer);
}

/**
 * Whether a writer may have meant a pair of marks there. After a word, a symbol or the parts of a path nobody
 * opens one, and before such nobody closes one: the two backslashes of `C:\*.log D:\*.log` did not keep the words
 * between them from being italic.
 */
export function maybeMeant(text: string, opener: number, closer: number): boolean {
  let [begin, end] = [opener, closer];
  while (begin > 0 && text.charAt(begin - 1) === text.charAt(opener)) begin--;
  while (text.charAt(end) === text.charAt(closer)) end++;
  const [before, next] = [signBefore(text, begin), String.fromCodePoint(text.codePointAt(end) ?? 32)];
  const joins = (sign: string, form: RegExp) => !unspaced.test(sign) && (solid.test(sign) || form.test(sign));
  return !joins(before, /[:.]/) && !joins(next, /\p{Ps}/u);
}

/** The whole sign before a place, which may be two units. */
function signBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(at - 2, at) : text.charAt(at - 1);
}

export function runAt(text: string, at: number): Run {
  const sign = text.charAt(at);
  let end = at;
  while (text.charAt(end) === sign) end++;
  const length = end - at;
  const before = signBefore(text, at);
  const next = end < text.length ? String.fromCodePoint(text.codePointAt(end) ?? 0) : "";
  let opens = flanks(next, before);
  let closes = flanks(before, next);
  if (sign === "_") {
    // The rest of a run after a backslash is in the path that the backslash may be of: `..\\__init__.py`.
    const inPath = before === sign && text.charAt(at - 2) === "\\";
    const [inWord, outWord] = [inPath || solid.test(before), solid.test(next)];
    opens = opens && !inWord;
    closes = closes && !outWord;
  }
  // A single `~` is "about", and three are a fence.
  if (sign === "~" && length !== 2) opens = closes = false;
  return { sign, left: length, length, opens, closes };
}

const styles: Record<string, ["italic" | "strike", "bold" | "strike"]> = {
  "*": ["italic", "bold"],
  _: ["italic", "bold"],
  "~": ["strike", "strike"],
};

/** Pieces from `first` to `last` as nodes: text beside text is one. */
export function nodes(first?: Piece, last?: Piece): Inline[] {
  const out: Inline[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") out.push({ kind: "text", text: plain });
    plain = "";
  };
  for (let piece = first; piece; piece = piece === last ? undefined : piece.after) {
    if (piece.node) {
      flush();
      out.push(piece.node);
    } else plain += piece.run ? piece.run.sign.repeat(piece.run.left) : piece.text;
  }
  flush();
  return out;
}

/** The depth of the deepest of them. */
export function deepest(first: Piece, last: Piece): number {
  let most = 0;
  for (let piece: Piece | undefined = first; piece; piece = piece === last ? undefined : piece.after)
    most = Math.max(most, piece.depth);
  return most;
}

/** Puts one piece in the place of those from `first` to `last`. */
export function fold(pieces: Pieces, first: Piece, last: Piece, folded: Piece) {
  folded.before = first.before;
  folded.after = last.after;
  if (folded.before) folded.before.after = folded;
  else pieces.first = folded;
  if (folded.after) folded.after.before = folded;
  else pieces.last = folded;
}

/** Turns pairs of runs after `bottom` into marks. `paired` hears where the marks were. */
export function pair(
  pieces: Pieces,
  bottom: Piece | undefined,
  paired: (opener: number, closer: number, size: number) => void,
) {
  /** Open runs, in the order of the text. */
  const open: Piece[] = [];
  /** Below these no opener was found, by sign, length and whether the closer opens as well. */
  const floor = new Map<string, number>();
  let closer = bottom ? bottom.after : pieces.first;
  while (closer) {
    const run = closer.run;
    if (!run) {
      closer = closer.after;
      continue;
    }
    const key = `${run.sign}${run.opens}${run.length % 3}`;
    let found = -1;
    if (run.closes && run.left > 0) {
      const stop = floor.get(key) ?? 0;
      for (let at = open.length - 1; at >= stop; at--) {
        const other = open[at]?.run;
        if (!other || other.sign !== run.sign) continue;
        const odd =
          (other.closes || run.opens) &&
          (other.length + run.length) % 3 === 0 &&
          !(other.length % 3 === 0 && run.length % 3 === 0);
        if (odd) continue;
        found = at;
        break;
      }
      if (found < 0) floor.set(key, open.length);
    }
    const opener = open[found];
    if (!opener?.run) {
      if (run.opens) open.push(closer);
      closer = closer.after;
      continue;
    }
    open.length = found + 1;
    for (const [of, at] of floor) if (at > open.length) floor.set(of, open.length);
    const size = run.sign === "~" || (run.left >= 2 && opener.run.left >= 2) ? 2 : 1;
    const [inner, end] = [opener.after, closer.before];
    const depth = inner && end && inner !== closer ? deepest(inner, end) + 1 : DEPTH + 1;
    if (depth > DEPTH || !inner || !end) {
      // Too deep: open marks stay text, so that they are not searched again and again.
      if (depth > DEPTH && inner && inner !== closer) open.length = 0;
      else open.pop();
      continue;
    }
    opener.run.left -= size;
    run.left -= size;
    paired(opener.from + opener.run.left, closer.from, size);
    closer.from += size;
    const style = styles[run.sign]?.[size - 1] ?? "italic";
    const folded: Piece = {
      text: "",
      depth,
      from: opener.from,
      node: { kind: style, of: nodes(inner, end) },
    };
    fold(pieces, inner, end, folded);
    if (opener.run.left === 0) {
      open.pop();
      fold(pieces, opener, folded, folded);
    }
    if (run.left === 0) {
      const next: Piece | undefined = closer.after;
      fold(pieces, folded, closer, folded);
      closer = next;
    }
  }
}
