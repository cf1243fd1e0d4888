/**
 * Which lines of a message belong together: code, quotes, lists, tables, headings, paragraphs.
 *
 * Much as in CommonMark, but for what people mean who do not know it: a fence may end at the end of a
 * line of code or begin at the end of a line of text, a quote ends with its last `>`, four blanks are
 * no code, and no line is ever a definition that is not shown.
 */
import { inline } from "./inline";
import { type Align, type Block, DEPTH, type Inline, type Mentionable } from "./tree";

const quoteLine = /^ {0,3}> ?/;
const bullet = /^( {0,3})[-*•] +(?=\S)/;
const numbered = /^( {0,3})(\d{1,6})[.)] +(?=\S)/;
const heading = /^ {0,3}#{1,6}[ \t]+(\S.*)$/;
const rule = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
const opened = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const language = /^\s*([\w+#.-]*)\s*$/;
const blank = /^\s*$/;

/** Whether a line by itself is something else than text. */
function beginsBlock(line: string): boolean {
  return [quoteLine, bullet, numbered, heading, rule, opened].some((form) => form.test(line));
}

/** Reads a message. `people` are those that it names. */
export function parse(text: string, people: Mentionable[] = []): Block[] {
  // However a keyboard composes a letter, it is the letter of the name.
  return new Reader(people).blocks(text.normalize("NFC").replace(/\r\n?/g, "\n").split("\n"), 0);
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
  constructor(private readonly people: Mentionable[]) {}

  blocks(lines: string[], depth: number): Block[] {
    const found: Block[] = [];
    let paragraph: string[] = [];
    const flush = () => {
      if (paragraph.length > 0) found.push({ kind: "paragraph", of: this.inline(paragraph.join("\n")) });
      paragraph = [];
    };
    const ends = new Fences(lines);
    for (let at = 0; at < lines.length;) {
      const line = lines[at] ?? "";
      const block: Found | null =
        this.code(lines, at, ends) ??
        (depth < DEPTH ? (this.quote(lines, at, depth) ?? this.list(lines, at, depth)) : null) ??
        this.oneLine(line, at) ??
        this.table(lines, at);
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
    return inline(text, this.people, beginsBlock);
  }

  private code(lines: string[], at: number, ends: Fences): Found | null {
    const line = lines[at] ?? "";
    if (!line.includes("```") && !line.includes("~~~")) return null;
    const own = opened.exec(line);
    if (own && !(own[1]?.startsWith("`") && own[2]?.includes("`"))) {
      const [, fence = "", info = ""] = own;
      const name = language.exec(info)?.[1];
      const code = name === undefined ? [info.trimStart()] : [];
      const end = ends.after(at, fence) ?? { line: lines.length, kept: null, after: "" };
      code.push(...lines.slice(at + 1, end.line));
      if (end.kept !== null) code.push(end.kept);
      // A fence with nothing in it is text.
      if (code.length === 0) return null;
      return this.fenced(name, code, end.line + 1, { after: end.after });
    }
    // Text, and a fence at its end.
    if (quoteLine.test(line)) return null;
    const late = /^(.*[^`\s])\s*(?<!`)(`{3,})([\w+#.-]*)\s*$/.exec(line);
    if (!late) return null;
    const [, before = "", fence = "", name] = late;
    // Inside of code that was begun in this line it is the end of that.
    const runs = before.match(/`+/g)?.filter((run) => run.length === fence.length).length ?? 0;
    const end = runs % 2 === 0 ? ends.after(at, fence) : null;
    if (!end || (end.line === at + 1 && end.kept === null)) return null;
    const code = lines.slice(at + 1, end.line);
    if (end.kept !== null) code.push(end.kept);
    return this.fenced(name, code, end.line + 1, { before, after: end.after });
  }

  private fenced(name: string | undefined, code: string[], next: number, around: Partial<Found>): Found {
    return { block: { kind: "code", language: name ?? "", text: code.join("\n") }, next, ...around };
  }

  private quote(lines: string[], at: number, depth: number): Found | null {
    let next = at;
    const quoted: string[] = [];
    for (; quoteLine.test(lines[next] ?? ""); next++) quoted.push((lines[next] ?? "").replace(quoteLine, ""));
    return next === at ? null : { block: { kind: "quote", of: this.blocks(quoted, depth + 1) }, next };
  }

  private list(lines: string[], at: number, depth: number): Found | null {
    const line = lines[at] ?? "";
    if (rule.test(line)) return null;
    const mark = numbered.test(line) ? numbered : bullet.test(line) ? bullet : null;
    if (!mark) return null;
    const start = mark === numbered ? Number(numbered.exec(line)?.[2] ?? 1) : null;
    const items: Block[][] = [];
    let next = at;
    while (items.length === 0 || followsOn(lines[next], start, items)) {
      const [whole, indent = ""] = mark.exec(lines[next] ?? "") ?? [];
      if (whole === undefined || rule.test(lines[next] ?? "")) break;
      const item = [(lines[next] ?? "").slice(whole.length)];
      next++;
      // What is further in by two belongs to the item, though there is an empty line between.
      for (;;) {
        let from = next;
        while (from < lines.length && blank.test(lines[from] ?? "")) from++;
        const inside = lead(lines[from] ?? "");
        if (from === lines.length || inside < indent.length + 2) break;
        while (next < from) item.push(lines[next++] ?? "");
        item.push(unindented(lines[next++] ?? "", Math.min(inside, whole.length)));
      }
      items.push(this.blocks(item, depth + 1));
      let from = next;
      while (from < lines.length && blank.test(lines[from] ?? "")) from++;
      if (mark.test(lines[from] ?? "")) next = from;
    }
    return { block: { kind: "list", start, items }, next };
  }

  private oneLine(line: string, at: number): Found | null {
    if (rule.test(line)) return { block: { kind: "rule" }, next: at + 1 };
    const title = heading.exec(line)?.[1];
    if (title === undefined) return null;
    return { block: { kind: "heading", of: this.inline(title) }, next: at + 1 };
  }

  private table(lines: string[], at: number): Found | null {
    const [first = "", second = ""] = [lines[at], lines[at + 1]];
    if (!first.includes("|") || !second.includes("|") || !/^[\s|:-]+$/.test(second)) return null;
    const head = cells(first);
    const under = cells(second);
    if (head.length !== under.length || !under.every((cell) => /^:?-+:?$/.test(cell))) return null;
    const align = under.map((cell): Align => {
      if (!cell.endsWith(":")) return "start";
      return cell.startsWith(":") ? "center" : "end";
    });
    const rows: Inline[][][] = [];
    let next = at + 2;
    for (; (lines[next] ?? "").includes("|"); next++) {
      const row = cells(lines[next] ?? "");
      // More than there are columns is not lost.
      const over = row.splice(head.length);
      if (over.length > 0) row[head.length - 1] = [row[head.length - 1], ...over].join(" | ");
      while (row.length < head.length) row.push("");
      rows.push(row.map((cell) => this.inline(cell)));
    }
    return { block: { kind: "table", align, head: head.map((cell) => this.inline(cell)), rows }, next };
  }
}

/** Whether a line is the next item: a bullet, the next number, or the first again ("1. 1. 1."). */
function followsOn(line = "", start: number | null, items: unknown[]): boolean {
  const number = Number(numbered.exec(line)?.[2]);
  return start === null || number === start + items.length || number === start;
}

/** How far in a line begins; a tab is four. */
function lead(line: string): number {
  let width = 0;
  for (const char of line) {
    if (char === " ") width++;
    else if (char === "\t") width += 4;
    else break;
  }
  return width;
}

/** The line without so much of its beginning. */
function unindented(line: string, width: number): string {
  let [at, gone] = [0, 0];
  for (; gone < width && at < line.length; at++) gone += line.charAt(at) === "\t" ? 4 : 1;
  return " ".repeat(Math.max(0, gone - width)) + line.slice(at);
}

/** The cells between the unescaped bars of a line. */
function cells(line: string): string[] {
  const found: string[] = [];
  let cell = "";
  const row = line.trim();
  for (let at = 0; at < row.length; at++) {
    const char = row.charAt(at);
    if (char === "\\" && row.charAt(at + 1) === "|") {
      cell += "|";
      at++;
    } else if (char === "|") {
      if (at > 0) found.push(cell.trim());
      cell = "";
    } else cell += char;
  }
  if (cell.trim() !== "" || row === "|") found.push(cell.trim());
  return found;
}

interface End {
  /** The line with the closing fence. */
  line: number;
  /** Code before it in that line. */
  kept: string | null;
  /** Text after it. */
  after: string;
}

/** Where fences close. Looked up once for each kind, so that many open ones cost no more. */
class Fences {
  private readonly known = new Map<string, End[]>();

  constructor(private readonly lines: string[]) {}

  /** Where a fence that was opened in line `at` closes. */
  after(at: number, fence: string): End | null {
    const all = this.closings(fence);
    let [low, high] = [0, all.length];
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((all[mid]?.line ?? 0) > at) high = mid;
      else low = mid + 1;
    }
    // One with text after it counts only if nothing else closes.
    return all.slice(low, low + LOOKED_AT).find((end) => end.after === "") ?? all[low] ?? null;
  }

  private closings(fence: string): End[] {
    const known = this.known.get(fence);
    if (known) return known;
    const sign = fence.charAt(0);
    const run = `\\${sign}{${fence.length},}`;
    const closing = new RegExp(`^(.*?)(?<!\\${sign})${run}\\s*$`);
    const early = new RegExp(`^ {0,3}${run}[ \\t]+([^\\${sign}]*\\S)\\s*$`);
    const found: End[] = [];
    this.lines.forEach((line, at) => {
      if (!line.includes(fence)) return;
      const [whole, before = ""] = closing.exec(line) ?? [];
      if (whole !== undefined && (blank.test(before) || sign === "`"))
        found.push({ line: at, kept: blank.test(before) ? null : before.trimEnd(), after: "" });
      else {
        const after = early.exec(line)?.[1];
        if (after !== undefined) found.push({ line: at, kept: null, after });
      }
    });
    this.known.set(fence, found);
    return found;
  }
}

/** Closings with text after them that are passed over. */
const LOOKED_AT = 50;
