import { describe, expect, it } from "vitest";
import { CELL, GAP, TITLE, gridOf, rowOf, rowsIn, sectionAt, step } from "./emojiGrid";

// 0 1 2 | 3 4      in the first section,
// 5                in the second,
// 6 7 8 | 9 10 11  in the third.
const grid = gridOf([5, 1, 6], 3, true);

describe("the grid", () => {
  it("puts sections below their titles, and cells in rows", () => {
    expect(grid.rows.map(({ kind, from, count }) => [kind, from, count])).toEqual([
      ["title", 0, 0],
      ["cells", 0, 3],
      ["cells", 3, 2],
      ["title", 5, 0],
      ["cells", 5, 1],
      ["title", 6, 0],
      ["cells", 6, 3],
      ["cells", 9, 3],
    ]);
    expect([grid.height, grid.cells]).toEqual([3 * TITLE + 5 * CELL, 12]);
    expect(gridOf([4], 3, false).rows.map(({ top }) => top)).toEqual([GAP, GAP + CELL]);
  });

  it.each([
    [0, 1],
    [4, 2],
    [5, 4],
    [11, 7],
    [12, -1],
  ])("has cell %d in row %d", (cell, row) => expect(rowOf(grid, cell)).toBe(row));

  it("draws what touches the view, and the row with the focus wherever it is", () => {
    const first = (rows: ReturnType<typeof rowsIn>) => rows.map(({ top }) => top);
    expect(first(rowsIn(grid, 0, TITLE + 1, 0))).toEqual([0, TITLE]);
    expect(rowsIn(grid, 0, TITLE, 11).map(({ from }) => from)).toEqual([0, 9]);
  });

  it.each([
    [0, 0],
    [TITLE + 2 * CELL - 1, 0],
    [TITLE + 2 * CELL, 1],
    [10_000, 2],
  ])("has at %d the section %d", (top, section) => expect(sectionAt(grid, top)).toBe(section));

  const go = (cell: number, key: string, more = {}) =>
    step(grid, cell, { key, ctrl: false, rtl: false, page: 2, ...more });
  it.each([
    [0, "ArrowRight", {}, 1],
    [2, "ArrowRight", {}, 3],
    [4, "ArrowRight", {}, 5],
    [11, "ArrowRight", {}, 11],
    [5, "ArrowLeft", {}, 4],
    [0, "ArrowLeft", {}, 0],
    [1, "ArrowLeft", { rtl: true }, 2],
    [1, "ArrowRight", { rtl: true }, 0],
    // A shorter row takes its last cell.
    [2, "ArrowDown", {}, 4],
    [4, "ArrowDown", {}, 5],
    [5, "ArrowDown", {}, 6],
    [10, "ArrowDown", {}, 10],
    [10, "ArrowUp", {}, 7],
    [7, "ArrowUp", {}, 5],
    [1, "ArrowUp", {}, "out"],
    [4, "Home", {}, 3],
    [3, "End", {}, 4],
    [7, "Home", { ctrl: true }, 0],
    [0, "End", { ctrl: true }, 11],
    [0, "PageDown", {}, 5],
    [11, "PageUp", {}, 5],
    [0, "PageUp", {}, 0],
    [0, "Enter", {}, null],
    [12, "ArrowLeft", {}, null],
  ])("from %d leads %s %j to %j", (cell, key, more, to) => expect(go(cell, key, more)).toBe(to));
});
