/**
 * Which lines of a message belong together: code, quotes, lists, tables, headings, paragraphs.
 *
 * Much as in CommonMark, but for what people mean who do not know it: a fence may end at the end of a
 * line of code or begin at the end of a line of text, a quote ends with its last `>`, four blanks are
 * no code, and no line is ever a definition that is not shown. docs/text.md has the whole list.
 */
import { Fences, opensCode } from "./fences";
import { indentOf, unindented } from "./indent";
import { inline } from "./inline";
import { Held, unmentioned } from "./held";
import { tableAt } from "./table";
import { type Known, nobody } from "./token";
import { type Block, DEPTH, type Inline, type Item, type List } from "./tree";

const quoteLine = /^ {0,3}> ?/;
const heading = /^ {0,3}#{1,6}[ \t]+(\S.*)$/;
const rule = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** A number with a zero before it is text, because a list would show it without. */
const marker = /^( {0,3})(?:([-*•])|(0|[1-9]\d{0,5})([.)]))[ \t]+(?=[^ \t])/;
/** An item without words, which only goes on with a list. */
const emptyMarker = /^( {0,3})(?:([-*•])|(0|[1-9]\d{0,5})([.)]))[ \t]*$/;
const box = /^\[([ xX])\][ \t]+(?=[^ \t])/;
const blank = /^\s*$/;

/** Whether a line by itself is something else than text. */
function beginsBlock(line: string): boolean {
  return [quoteLine, marker, heading, rule].some((form) => form.test(line)) || opensCode(line);
}

/** Reads a message. Mentioned people are called by their present names, if they are known. */
export function parse(text: string, people: Known = nobody): Block[] {
  const held = new Held(text, people);
  return new Reader(held).blocks(held.text.replace(/\r\n?/g, "\n").split("\n"), 0);
}

interface Found {
  block: Block;
  /** The first line after it. */
  next: number;
  /** The text before and after it in its first and last line. */
  before?: string;
  after?: string;
}

class Reader {
  /** How many quotes the line stands in. */
  private quotes = 0;

  constructor(private readonly held: Held) {}

  blocks(lines: string[], depth: number): Block[] {
    const found: Block[] = [];
    let paragraph: string[] = [];
    const flush = () => {
      if (paragraph.length > 0) found.push({ kind: "paragraph", of: this.inline(paragraph.join("\n")) });
      paragraph = [];
    };
    const fences = new Fences(lines);
    for (let at = 0; at < lines.length;) {
      const line = lines[at] ?? "";
      const block: Found | null =
        this.code(line, at, fences) ??
        (depth < DEPTH ? (this.quote(lines, at, depth) ?? this.list(lines, at, depth)) : null) ??
        this.table(lines, at) ??
        this.oneLine(line, at);
      if (!block) {
        if (blank.test(line)) flush();
        else paragraph.push(line);
        at++;
        continue;
      }
      if (block.before && beginsBlock(block.before) && depth < DEPTH) {
        flush();
        found.push(...this.blocks([block.before], depth + 1));
      } else if (block.before) paragraph.push(block.before);
      flush();
      found.push(block.block);
      if (block.after) paragraph.push(block.after);
      at = block.next;
    }
    flush();
    return found;
  }

  private inline(text: string): Inline[] {
    const nodes = inline(text, this.held, beginsBlock);
    return this.quotes > 0 ? unmentioned(nodes) : nodes;
  }

  private code(line: string, at: number, fences: Fences): Found | null {
    const item = markerOf(line);
    if (quoteLine.test(line) || (item && opensCode(line.slice(item.length)))) return null;
    const found = fences.codeAt(at);
    if (!found) return null;
    const { language, code, next, before, after } = found;
    const text = this.held.restored(code.join("\n"));
    return { block: { kind: "code", language: this.held.restored(language), text }, next, before, after };
  }

  private quote(lines: string[], at: number, depth: number): Found | null {
    let next = at;
    const quoted: string[] = [];
    for (; quoteLine.test(lines[next] ?? ""); next++) quoted.push((lines[next] ?? "").replace(quoteLine, ""));
    if (next === at) return null;
    this.quotes++;
    const of = this.blocks(quoted, depth + 1);
    this.quotes--;
    return { block: { kind: "quote", of }, next };
  }

  private list(lines: string[], at: number, depth: number): Found | null {
    const first = markerOf(lines[at] ?? "");
    if (!first) return null;
    const numbers = first.number === null ? null : { start: first.number, after: first.after };
    const list: List = { kind: "list", numbers, items: [] };
    const run = new Run(first);
    let next = at;
    for (let found: Marker | null = first; found;) {
      const line = lines[next++] ?? "";
      const item = [line.slice(found.length)];
      // What is further in by two belongs to the item, though there is an empty line between.
      for (;;) {
        const from = afterBlanks(lines, next);
        const indent = indentOf(lines[from] ?? "");
        if (from === lines.length || indent < found.indent + 2) break;
        if (item.length === 1 && indent < found.content && run.isNext(markerOf(lines[from] ?? ""))) break;
        while (next < from) item.push(lines[next++] ?? "");
        item.push(unindented(lines[next++] ?? "", found.content));
      }
      list.items.push(this.item(item, depth));
      const from = afterBlanks(lines, next);
      found = run.goesOn(markerOf(lines[from] ?? "", emptyMarker));
      if (found) next = from;
    }
    return { block: list, next };
  }

  private item([first = "", ...more]: string[], depth: number): Item {
    const ticked = box.exec(first);
    // A backslash before a box kept it from being one.
    const rest = ticked ? first.slice(ticked[0].length) : first.replace(/^\\(?=\[[ xX]\][ \t]+[^ \t])/, "");
    return { done: ticked ? ticked[1] !== " " : null, of: this.blocks([rest, ...more], depth + 1) };
  }

  private oneLine(line: string, at: number): Found | null {
    if (rule.test(line)) return { block: { kind: "rule" }, next: at + 1 };
    const title = heading.exec(line)?.[1];
    if (title === undefined) return null;
    return { block: { kind: "heading", of: this.inline(title) }, next: at + 1 };
  }

  private table(lines: string[], at: number): Found | null {
    const found = tableAt(lines, at, (line) => quoteLine.test(line) || opensCode(line));
    if (!found) return null;
    const { align, next } = found;
    const row = (cells: string[]) => cells.map((cell) => this.inline(cell));
    return { block: { kind: "table", align, head: row(found.head), rows: found.rows.map(row) }, next };
  }
}

/** How an item begins. */
interface Marker {
  /** How far in. */
  indent: number;
  /** How many signs it is, with the blanks around. */
  length: number;
  /** The column after them. */
  content: number;
  number: number | null;
  bullet: string;
  /** What stands after the number. */
  after: "." | ")";
}

function markerOf(line: string, orForm = marker): Marker | null {
  if (rule.test(line)) return null;
  const [whole = "", indent = "", bullet = "", number, after] = marker.exec(line) ?? orForm.exec(line) ?? [];
  if (whole === "") return null;
  return {
    indent: indent.length,
    length: whole.length,
    content: indentOf(whole.replace(/[^ \t]/g, " ")),
    number: number === undefined ? null : Number(number),
    bullet,
    after: after === ")" ? ")" : ".",
  };
}

/**
 * The items of one list: the same bullet, or the next number each, or one number for all ("1. 1. 1."). What is
 * otherwise begins a list of its own, so that its number is shown as it was typed.
 */
class Run {
  private length = 1;
  private step: number | null = null;

  constructor(private readonly first: Marker) {}

  /** Whether it has the number after the last one, so that it is no list in its item. */
  isNext(found: Marker | null): boolean {
    const { after, number } = this.first;
    return (
      found?.number != null &&
      number !== null &&
      found.after === after &&
      found.number === number + this.length
    );
  }

  /** The marker, if it goes on with the list. */
  goesOn(found: Marker | null): Marker | null {
    const { bullet, after, number } = this.first;
    if (found?.bullet !== bullet || found.after !== after) return null;
    if (found.number !== null && number !== null) {
      const step = this.step ?? (found.number === number ? 0 : 1);
      if (found.number !== number + step * this.length) return null;
      this.step = step;
    }
    this.length++;
    return found;
  }
}

/** The next line that is not empty. */
function afterBlanks(lines: string[], at: number): number {
  let next = at;
  while (next < lines.length && blank.test(lines[next] ?? "")) next++;
  return next;
}
