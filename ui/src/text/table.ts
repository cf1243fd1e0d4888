/** Tables, as GitHub writes them. */
import type { Align } from "./tree";

/** More columns are no table for people. The limit keeps a small text from becoming a large page. */
const COLUMNS = 64;

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

/** A table before its cells are read. */
interface Rows {
  align: Align[];
  head: string[];
  rows: string[][];
  /** The first line after it. */
  next: number;
}

/** The table that begins in line `at`; null if there is none. It ends before a line that is `other`. */
export function tableAt(lines: string[], at: number, other: (line: string) => boolean): Rows | null {
  const [first = "", second = ""] = [lines[at], lines[at + 1]];
  if (!first.includes("|") || !second.includes("|") || !/^[\s|:-]+$/.test(second)) return null;
  const head = cells(first);
  const under = cells(second);
  if (head.length !== under.length || head.length > COLUMNS) return null;
  if (!under.every((cell) => /^:?-+:?$/.test(cell))) return null;
  const align = under.map((cell): Align => {
    if (!cell.endsWith(":")) return "start";
    return cell.startsWith(":") ? "center" : "end";
  });
  const rows: string[][] = [];
  let next = at + 2;
  for (; (lines[next] ?? "").includes("|") && !other(lines[next] ?? ""); next++) {
    const row = cells(lines[next] ?? "");
    // More than there are columns is not lost.
    const over = row.splice(head.length);
    if (over.length > 0) row[head.length - 1] = [row[head.length - 1], ...over].join(" | ");
    rows.push(row);
  }
  return { align, head, rows, next };
}
