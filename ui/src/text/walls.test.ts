/** Texts that nobody writes by hand: marks at random, and walls of them. */
import { describe, expect, it } from "vitest";
import { show } from "@/testing/tree";
import { parse } from "./parse";

/** Numbers from 0 to 1, the same in every run. */
function seeded(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

describe("a text that is nothing but marks", () => {
  it("loses no word and never fails, whatever it is given", () => {
    const random = seeded(14);
    const bits =
      "* ** _ ~~ ~ ` `` ``` ```` ~~~ [ ] ( ) ]( \\ \\* \\_ \\` > - 1. # | |- :-: --- @ @Lin ＠ <!room> <@01900000-0000-7002-8000-000000000001|`*> https://a.example/ www. mailto: < & \n \n\n \t 　 ‮ \ud83d 😀 a-b 王芳 שלום 。".split(
        " ",
      );
    for (let round = 0; round < 1000; round++) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 24) }, (_, at) =>
        random() < 0.4
          ? `w${at}${random() < 0.5 ? " " : ""}`
          : `${bits[Math.floor(random() * bits.length)]}${random() < 0.3 ? " " : ""}`,
      );
      const text = parts.join("");
      const shown = show(parse(text));
      const lost = (text.match(/w\d+/g) ?? []).filter((word) => !shown.includes(word));
      if (lost.length > 0) expect.fail(`${lost.join()} of ${JSON.stringify(text)}`);
    }
  }, 20_000);

  it.each([
    "*",
    "`",
    "[",
    "**a ",
    "_a*",
    "> ",
    "@Lin",
    "<!room>",
    "<@01900000-0000-7002-8000-000000000001|",
    "<\\",
    "~~",
    "```\n",
    "https://",
    "1. ",
    "`a``",
    "[](",
    "[a](https://a.example/",
    "\\*",
    "\\[",
    "*a **b ",
    "a*b_",
    "- ",
    "- a\n  ",
    "|a",
    "|-",
    "a|b\n-|-\n",
    "~~~\n",
    "x```\n",
    "``` x\n",
    "www.",
    "mailto:",
    "https://:",
    "(",
    "((https://a.example/",
    "https://a.example/)",
    "_)",
    "# ",
    "\n\n  - ",
    "1. a\n\n",
    "- [x] ",
    "- [ ] a\n",
    "1) a\n",
    "\\[x] ",
    "[a](https://b.example) ",
    "[https://a.example](https://a.example)",
    "[https://a.example/x](",
    "https://a.example看",
    "-\t",
    "|",
  ])(
    "ends with a wall of %j",
    (piece) => expect(parse(piece.repeat(Math.ceil(64_000 / piece.length)))).not.toEqual([]),
    // What is not linear takes minutes.
    20_000,
  );

  // One place of these costs as much as the whole text, if something looks at it twice.
  it.each([
    `\`\`\`${" ".repeat(64_000)}!\nx`,
    `\`\`\`\n\`\`\` ${" ".repeat(64_000)}\`\``,
    `\`\`\`\n\`\`\`${"x".repeat(64_000)} !`,
    `x ${"`".repeat(64_000)} y`,
    `x\`\`\`${"x".repeat(64_000)} !\ny`,
    `\` ${"a".repeat(64_000)}\``,
    `\`${" ".repeat(64_000)}a\``,
    `${"- ".repeat(32_000)}x`,
    `# ${" ".repeat(64_000)}`,
    `- ${" ".repeat(64_000)}`,
    `${" ".repeat(64_000)}x`,
    `www.${"a.".repeat(32_000)}`,
    `https://${"@".repeat(64_000)}看`,
    `a|b\n-|-\n${" ".repeat(64_000)}`,
  ])("ends with one long line, the %#th", (text) => expect(parse(text)).not.toEqual([]), 20_000);

  it("makes no more cells than it has signs", () => {
    const rows = (columns: number) =>
      `${"|a".repeat(columns)}\n${"|-".repeat(columns)}\n${"|\n".repeat(30_000 - 2 * columns)}`;
    const cells = (text: string) =>
      parse(text).flatMap((block) => (block.kind === "table" ? [block.head, ...block.rows].flat() : []))
        .length;
    expect(cells(rows(64))).toBeGreaterThan(64);
    expect(cells(rows(64))).toBeLessThan(rows(64).length);
    expect(cells(rows(65))).toBe(0);
  });
});
