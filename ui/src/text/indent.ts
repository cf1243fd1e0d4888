/** How far in lines begin, in columns. A tab goes to the next fourth one. */

const TAB = 4;

const after = (column: number, sign: string) => column + (sign === "\t" ? TAB - (column % TAB) : 1);

/** How far in a line begins. */
export function indentOf(line: string): number {
  let column = 0;
  for (const sign of line) {
    if (sign !== " " && sign !== "\t") break;
    column = after(column, sign);
  }
  return column;
}

/** The line without so many columns of its blanks, or as many as there are. */
export function unindented(line: string, columns: number): string {
  let [at, column] = [0, 0];
  for (; column < columns && /[ \t]/.test(line.charAt(at)); at++) column = after(column, line.charAt(at));
  return " ".repeat(Math.max(0, column - columns)) + line.slice(at);
}
