import { describe, expect, it } from "vitest";
import { drawable } from "./drawable";

describe("what can be drawn", () => {
  it("tries one emoji of each version and form", () => {
    const tried: string[] = [];
    const drawn = drawable((emoji) => {
      tried.push(emoji);
      return emoji !== "🫩" && emoji !== "🙂‍↔️" && emoji !== "🇩🇪";
    });
    const table: [string, number, boolean][] = [
      ["😀", 1, true],
      ["🙂", 1, true],
      ["🫩", 16, false],
      ["🫆", 16, false],
      ["🙂‍↔️", 15.1, false],
      ["🍋‍🟩", 15.1, false],
      ["👁️‍🗨️", 2, true],
      ["🇩🇪", 0.6, false],
      ["🇫🇷", 0.6, false],
      ["🏁", 0.6, true],
      ["🏴󠁧󠁢󠁳󠁣󠁴󠁿", 5, true],
    ];
    for (const [emoji, version, can] of table) expect(drawn(emoji, version), emoji).toBe(can);
    expect(tried).toEqual(["😀", "🫩", "🙂‍↔️", "👁️‍🗨️", "🇩🇪", "🏁", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"]);
  });

  it("is everything where it can't be told", () => expect(drawable(null)("🫩", 99)).toBe(true));
});
