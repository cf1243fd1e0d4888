/**
 * Code between fences. A fence may end at the end of a line of code or begin at the end of a line of
 * text: people put it there who do not know that it should have a line of its own.
 *
 * No expression here tries one place twice, so a line of blanks and backticks costs what it is long.
 */
import { indentOf, unindented } from "./indent";

/** However far in: there is no other code that begins with blanks. */
const opened = /^[ \t]*(`{3,}|~{3,})(.*)$/;
const language = /^[\w+#.-]*$/;
const blank = /^\s*$/;

/** Code, and the text around it. */
export interface Fenced {
  language: string;
  code: string[];
  /** The first line after it. */
  next: number;
  /** The text before and after it in its first and last line. */
  before: string;
  after: string;
}

/** Whether a line by itself opens code. */
export function opensCode(line: string): boolean {
  return opened.test(line);
}

/** Where the run of such signs begins that ends at `end`. */
function beginOf(line: string, end: number, sign: RegExp): number {
  let begin = end;
  while (begin > 0 && sign.test(line.charAt(begin - 1))) begin--;
  return begin;
}

interface End {
  /** The line with the closing fence. */
  line: number;
  /** Code before it in that line. */
  kept: string | null;
  /** Text after it. */
  after: string;
}

/** The fences in some lines. Closings are looked up once for each kind, so that many open ones cost no more. */
export class Fences {
  private readonly known = new Map<string, End[]>();

  constructor(private readonly lines: string[]) {}

  /** The code that is opened in line `at`; null if there is none. */
  codeAt(at: number): Fenced | null {
    const line = this.lines[at] ?? "";
    if (!line.includes("```") && !line.includes("~~~")) return null;
    const [, fence = "", info = ""] = opened.exec(line) ?? [];
    if (fence !== "" && !(fence.startsWith("`") && info.includes("`"))) {
      const named = language.test(info.trim());
      const code = named ? [] : [info.trimStart()];
      const close = this.after(at, fence);
      const end = close ?? { line: this.lines.length, kept: null, after: "" };
      const indent = indentOf(line);
      const between = this.lines.slice(at + 1, end.line);
      if (end.kept !== null) between.push(end.kept);
      code.push(...between.map((one) => unindented(one, indent)));
      // A fence with nothing after it is text.
      if (!close && code.length === 0) return null;
      return { language: named ? info.trim() : "", code, next: end.line + 1, before: "", after: end.after };
    }
    return this.lateAt(at);
  }

  /** Text, and a fence at its end. */
  private lateAt(at: number): Fenced | null {
    const line = (this.lines[at] ?? "").trimEnd();
    const end = beginOf(line, line.length, /[\w+#.-]/);
    const begin = beginOf(line, end, /`/);
    const [before, fence, name] = [line.slice(0, begin).trimEnd(), line.slice(begin, end), line.slice(end)];
    if (fence.length < 3 || before === "") return null;
    // Inside of code that was begun in this line it is the end of that.
    const runs = before.match(/`+/g)?.filter((run) => run.length === fence.length).length ?? 0;
    const close = runs % 2 === 0 ? this.after(at, fence) : null;
    if (!close || (close.line === at + 1 && close.kept === null)) return null;
    const code = this.lines.slice(at + 1, close.line);
    if (close.kept !== null) code.push(close.kept);
    return { language: name, code, next: close.line + 1, before, after: close.after };
  }

  /** Where a fence that was opened in line `at` closes. */
  private after(at: number, fence: string): End | null {
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
    const found: End[] = [];
    this.lines.forEach((whole, at) => {
      if (!whole.includes(fence)) return;
      const line = whole.trimEnd();
      const begin = beginOf(line, line.length, sign === "`" ? /`/ : /~/);
      const before = line.slice(0, begin);
      if (line.length - begin >= fence.length) {
        if (blank.test(before) || sign === "`")
          found.push({ line: at, kept: blank.test(before) ? null : before.trimEnd(), after: "" });
        return;
      }
      const run = /^[ \t]*([`~]+)[ \t]+(?=[^ \t])/.exec(line);
      const after = run ? line.slice(run[0].length) : "";
      const closes = run?.[1]?.split(sign).join("") === "" && run[1].length >= fence.length;
      if (closes && !after.includes(sign)) found.push({ line: at, kept: null, after });
    });
    this.known.set(fence, found);
    return found;
  }
}

/** Closings with text after them that are passed over. */
const LOOKED_AT = 50;
