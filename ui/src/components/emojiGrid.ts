/** The grid of the emoji picker: where its rows are, and where keys lead. Pure. */

/** Edge of a cell, in pixels. */
export const CELL = 36;
/** Height of the title of a section. */
export const TITLE = 30;
/** Above the first row where there is no title. */
export const GAP = 6;

export interface GridRow {
  kind: "title" | "cells";
  section: number;
  /** 1, 2, 3 … */
  number: number;
  /** Pixels below the upper edge of the grid. */
  top: number;
  height: number;
  /** Its first cell, counted through all sections. */
  from: number;
  count: number;
}

export interface Grid {
  rows: GridRow[];
  height: number;
  cells: number;
}

/** Cells of each section in rows, each section below its title; without titles, one after another. */
export function gridOf(sizes: readonly number[], columns: number, titled: boolean): Grid {
  const rows: GridRow[] = [];
  let top = titled ? 0 : GAP;
  let from = 0;
  sizes.forEach((size, section) => {
    if (titled) {
      rows.push({ kind: "title", section, number: rows.length + 1, top, height: TITLE, from, count: 0 });
      top += TITLE;
    }
    for (let at = 0; at < size; at += columns) {
      const count = Math.min(columns, size - at);
      rows.push({
        kind: "cells",
        section,
        number: rows.length + 1,
        top,
        height: CELL,
        from: from + at,
        count,
      });
      top += CELL;
    }
    from += size;
  });
  return { rows, height: top, cells: from };
}

/** The row of a cell; -1 if there is none. */
export function rowOf(grid: Grid, cell: number): number {
  return grid.rows.findIndex(
    ({ kind, from, count }) => kind === "cells" && cell >= from && cell < from + count,
  );
}

/** The rows that touch a part of the grid, and the row of one cell, which has the focus. */
export function rowsIn(grid: Grid, top: number, bottom: number, cell: number): GridRow[] {
  const kept = rowOf(grid, cell);
  return grid.rows.filter((row, at) => at === kept || (row.top < bottom && row.top + row.height > top));
}

/** The section at a height: the last one that begins above it. */
export function sectionAt(grid: Grid, top: number): number {
  return grid.rows.findLast((row) => row.top <= top)?.section ?? 0;
}

export interface GridKey {
  key: string;
  /** To the ends of the grid and not of the row. */
  ctrl: boolean;
  rtl: boolean;
  /** Rows that PageUp and PageDown pass. */
  page: number;
}

/** The cell that a key leads to; "out" is above the first row, null means that the key does nothing here. */
export function step(grid: Grid, cell: number, { key, ctrl, rtl, page }: GridKey): number | "out" | null {
  const last = grid.cells - 1;
  const cellRows = grid.rows.filter(({ kind }) => kind === "cells");
  const at = cellRows.findIndex(({ from, count }) => cell >= from && cell < from + count);
  const row = cellRows[at];
  if (!row) return null;
  /** The same column in another row, or the last cell of a shorter one. */
  const inRow = (to: number) => {
    const other = cellRows[Math.min(Math.max(to, 0), cellRows.length - 1)] ?? row;
    return other.from + Math.min(cell - row.from, other.count - 1);
  };
  switch (key) {
    case "ArrowRight":
    case "ArrowLeft":
      return Math.min(last, Math.max(0, cell + ((key === "ArrowRight") === rtl ? -1 : 1)));
    case "ArrowDown":
      return inRow(at + 1);
    case "ArrowUp":
      return at === 0 ? "out" : inRow(at - 1);
    case "PageDown":
      return inRow(at + page);
    case "PageUp":
      return inRow(at - page);
    case "Home":
      return ctrl ? 0 : row.from;
    case "End":
      return ctrl ? last : row.from + row.count - 1;
    default:
      return null;
  }
}
