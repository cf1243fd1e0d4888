import { describe, expect, it } from "vitest";
import table from "virtual:emoji-table";
import { setOf } from "@/emoji/table";
import { closedCodeAt, emojiQueryAt, isInCode } from "./emojiCompletion";

/** The caret is where the bar stands. */
function at(marked: string): [string, number] {
  return [marked.replace("|", ""), marked.indexOf("|")];
}

describe("completing an emoji", () => {
  it.each([
    [":ta|", 0, "ta"],
    ["hi :ta|", 3, "ta"],
    ["hi :ta| there", 3, "ta"],
    [":ta|da", 0, "ta"],
    ["a\n:white_check|", 2, "white_check"],
    [":+1|", 0, "+1"],
    [":-1|", 0, "-1"],
    [":微笑|", 0, "微笑"],
    ["(:ta|", 1, "ta"],
    ["🎉:ta|", 2, "ta"],
    ["❤️:ta|", 2, "ta"],
    ["好，:ta|", 2, "ta"],
    ["done! :ta|", 6, "ta"],
    ["`code` :ta|", 7, "ta"],
    ["```\ncode\n```\n:ta|", 13, "ta"],
    ["it's a ` here\n\n:ta|", 15, "ta"],
  ])("%j asks at %d for %j", (marked, place, part) =>
    expect(emojiQueryAt(...at(marked))).toEqual({ at: place, part }),
  );

  it.each([
    [":|"],
    [":t|"],
    [":|ta"],
    [":)|"],
    [":-D|"],
    [":-)|"],
    [":3|"],
    [": ta|"],
    [":ta |"],
    [":ta da|"],
    // Times, ratios, versions.
    ["10:20:30|"],
    ["at 10:20am|"],
    ["4:cd|"],
    // Names of C++ and Rust, addresses, paths, JSON, labels.
    ["std::vec|"],
    ["::std|"],
    ["x = a::bc|"],
    ["https://x|"],
    ["http:ab|"],
    ["C:\\temp:ab|"],
    ['{"key":true|'],
    ["f():int|"],
    ["a[0]:int|"],
    ["std`:ab|"],
    ["note:ok|"],
    ["说:ok|"],
    ["说明：ok|"],
    ["snake_:ab|"],
    ["user@host:ab|"],
    // Code.
    ["`:ta|"],
    ["see `a :ta|"],
    ["``a ` :ta|"],
    ["```\n:ta|"],
    ["```rust\nlet x; :ta|"],
    ["~~~\n:ta|"],
    ["```\na\n~~~\n:ta|"],
    [`:${"a".repeat(70)}|`],
  ])("%j asks for nothing", (marked) => expect(emojiQueryAt(...at(marked))).toBeNull());

  it("is quick in a long text", () => {
    const text = `:${"a".repeat(60_000)}!`.repeat(2);
    const begin = performance.now();
    expect(emojiQueryAt(text, text.length)).toBeNull();
    expect(performance.now() - begin).toBeLessThan(100);
  });

  it.each([
    ["", false],
    ["`a`", false],
    ["`a", true],
    ["``a`b``", false],
    ["``a`", true],
    ["\\`a", false],
    ["```\na", true],
    ["```\na\n```", false],
    ["````\na\n```", true],
    ["```a``` b", false],
  ])("%j ends in code: %s", (text, inside) => expect(isInCode(text)).toBe(inside));
});

describe("a code that is closed", () => {
  const set = setOf(table, () => true);
  const closed = (marked: string) => {
    const found = closedCodeAt(...at(marked), set);
    return found && [found.at, found.emoji.emoji];
  };
  it.each([
    [":tada:|", [0, "🎉"]],
    ["so :TADA:| then", [3, "🎉"]],
    [":+1:|", [0, "👍"]],
    [":ta:|", null],
    [":nothing_like_it:|", null],
    ["10:20:30:|", null],
    ["std::vec:|", null],
    ["`:tada:|", null],
    [":tada|", null],
  ])("%j is %j", (marked, emoji) => expect(closed(marked)).toEqual(emoji));
});
