import { describe, expect, it } from "vitest";
import { slices } from "./useWindowedList";

const view = { top: 0, height: 600, row: 30, heading: 40 };

describe("a long list", () => {
  it("is drawn whole while it is short", () =>
    expect(slices([50, 100], view)).toEqual([
      { from: 0, to: 50, above: 0, below: 0 },
      { from: 0, to: 100, above: 0, below: 0 },
    ]));

  it.each([0, 500, 3000, 44_000, 89_000, 200_000])(
    "keeps its height, and what is in view is there at %d",
    (top) => {
      const counts = [1500, 1400, 100];
      const parts = slices(counts, { ...view, top });
      let y = 0;
      parts.forEach((part, at) => {
        const count = counts[at] ?? 0;
        y += view.heading;
        expect(part.above + (part.to - part.from) * view.row + part.below).toBe(count * view.row);
        for (let row = 0; row < count; row++) {
          const [begin, end] = [y + row * view.row, y + (row + 1) * view.row];
          if (end > top && begin < top + view.height) expect(row >= part.from && row < part.to).toBe(true);
        }
        y += count * view.row;
      });
      expect(parts.reduce((sum, part) => sum + part.to - part.from, 0)).toBeLessThan(70);
    },
  );
});
