import { describe, expect, it } from "vitest";
import { textHeight } from "./textHeight";

const lines = (n: number, of = "line") => Array.from({ length: n }, () => of).join("\n");
const code = (n: number) => `\`\`\`\n${lines(n)}\n\`\`\``;

describe("the height of a text before it is drawn", () => {
  it.each([
    ["one line", "hello", 21],
    ["wrapped lines", "x".repeat(200), 63],
    ["signs of twice the width", "鸽".repeat(100), 63],
    ["two paragraphs", "a\n\nb", 46],
    ["emoji alone", "🎉", 40],
    ["code, whose lines do not wrap", `\`\`\`\n${"x".repeat(900)}\n\`\`\``, 51],
    ["code that is folded", code(400), 20 * 19 + 64],
    ["code that is never closed", `\`\`\`\n${lines(3)}`, 3 * 19 + 32],
    ["code in one line of text", "```ls```", 21],
    ["a table", "|a|b|\n|-|-|\n|1|2|", 60],
  ])("%s", (_, text, height) => expect(textHeight(text, 600)).toBe(height));

  it.each(["|", "`", "~~~\n", " ", "鸽", "```\n"])(
    "ends with a wall of %j",
    (piece) => expect(textHeight(piece.repeat(65_536 / piece.length), 600)).toBeGreaterThan(0),
    // What is not linear takes minutes.
    20_000,
  );
});
