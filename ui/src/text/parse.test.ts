import { describe, expect, it } from "vitest";
import { type Block, type Inline, inline, isOnlyEmoji, isSafeUrl, parse } from "./parse";

/** A tree as one line of text, to compare. */
function show(nodes: (Block | Inline)[]): string {
  return nodes
    .map((node): string => {
      switch (node.kind) {
        case "text":
          return node.text;
        case "code":
          return "language" in node
            ? `<pre ${node.language}>${node.text}</pre>`
            : `<code>${node.text}</code>`;
        case "break":
          return "<br>";
        case "mention":
          return `<@${node.user}:${node.name}>`;
        case "link":
          return `<a ${node.url}>${show(node.of)}</a>`;
        case "list":
          return `<${node.start === null ? "ul" : `ol ${node.start}`}>${node.items.map((item) => `<li>${show(item)}</li>`).join("")}</>`;
        default:
          return `<${node.kind}>${show(node.of)}</${node.kind}>`;
      }
    })
    .join("");
}

const people = [
  { id: "u1", name: "Lin" },
  { id: "u2", name: "Lin Xiao" },
  { id: "u3", name: "王芳" },
];

describe("inline", () => {
  it.each([
    ["plain", "plain"],
    ["**bold** and *it* and ~~gone~~", "<bold>bold</bold> and <italic>it</italic> and <strike>gone</strike>"],
    ["__bold__ _it_", "<bold>bold</bold> <italic>it</italic>"],
    ["**bold *both* bold**", "<bold>bold <italic>both</italic> bold</bold>"],
    ["snake_case_name stays", "snake_case_name stays"],
    ["2 * 3 * 4", "2 * 3 * 4"],
    ["**open", "**open"],
    ["a ** b ** c", "a ** b ** c"],
    ["`**not bold**`", "<code>**not bold**</code>"],
    ["`open", "`open"],
    ["one\ntwo", "one<br>two"],
    ["\\*not\\*", "*not*"],
    ["C:\\new\\folder", "C:\\new\\folder"],
    ["<b>no</b>", "<b>no</b>"],
  ])("reads %j", (text, tree) => expect(show(inline(text))).toBe(tree));

  it.each([
    ["see https://a.example/x?y=1#z.", "see <a https://a.example/x?y=1#z>https://a.example/x?y=1#z</a>."],
    ["(https://a.example/x)", "(<a https://a.example/x>https://a.example/x</a>)"],
    ["https://a.example/x_(y)", "<a https://a.example/x_(y)>https://a.example/x_(y)</a>"],
    ["看https://a.example/页。好", "看<a https://a.example/页>https://a.example/页</a>。好"],
    ["[here](https://a.example)", "<a https://a.example>here</a>"],
    ["mailto:a@b.example", "<a mailto:a@b.example>a@b.example</a>"],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"],
    ["javascript:alert(1) data:text/html,x file:///etc", "javascript:alert(1) data:text/html,x file:///etc"],
    ["xhttps://a.example", "xhttps://a.example"],
  ])("finds the links of %j", (text, tree) => expect(show(inline(text))).toBe(tree));

  it.each([
    ["@Lin Xiao hi", "<@u2:Lin Xiao> hi"],
    ["@Lin, hi", "<@u1:Lin>, hi"],
    ["@Linda hi", "@Linda hi"],
    ["你好@王芳请看", "你好<@u3:王芳>请看"],
    ["a@b.example", "a@b.example"],
  ])("finds the mentions of %j", (text, tree) => expect(show(inline(text, people))).toBe(tree));
});

describe("parse", () => {
  it.each([
    ["a\n\n\nb", "<paragraph>a<br><br><br>b</paragraph>"],
    ["```rust\nfn a() {}\n```", "<pre rust>fn a() {}</pre>"],
    ["x\n```\n<b>\n\n*y*\n```\nz", "<paragraph>x</paragraph><pre ><b>\n\n*y*</pre><paragraph>z</paragraph>"],
    ["```\nnever closed", "<pre >never closed</pre>"],
    ["> a\n> b\nc", "<quote><paragraph>a<br>b</paragraph></quote><paragraph>c</paragraph>"],
    ["- a\n- **b**", "<ul><li>a</li><li><bold>b</bold></li></>"],
    ["3. a\n4. b", "<ol 3><li>a</li><li>b</li></>"],
    ["-not a list", "<paragraph>-not a list</paragraph>"],
    ["a\r\nb", "<paragraph>a<br>b</paragraph>"],
    ["   \n ", ""],
  ])("reads %j", (text, tree) => expect(show(parse(text, people))).toBe(tree));

  it("loses no letter", () => {
    const letters = (nodes: (Block | Inline)[]): string => show(nodes).replace(/<[^>]*>/g, "");
    for (const text of [
      "**a *b** c*",
      "[a](b",
      "`a``b`",
      "~~~a~~",
      "***a***",
      "_a_b_",
      "@@Lin@",
      "* *",
      "> ",
    ]) {
      const shown = letters(parse(text));
      for (const letter of text.replace(/[^a-z]/gi, "")) expect(shown).toContain(letter);
    }
  });

  it.each(["*", "`", "[", "**a ", "_a*", "> ", "@Lin", "~~", "```\n", "https://", "1. "])(
    "is quick with a wall of %j",
    (piece) => {
      const wall = piece.repeat(Math.ceil(64_000 / piece.length));
      const begin = performance.now();
      parse(wall, people);
      expect(performance.now() - begin).toBeLessThan(1500);
    },
  );
});

describe("what leads out", () => {
  it.each([
    ["https://a.example", true],
    ["http://127.0.0.1:8080/x", true],
    ["mailto:a@b.example", true],
    ["javascript:alert(1)", false],
    ["data:text/html,x", false],
    ["file:///etc/passwd", false],
    ["homing://join/x/y", false],
    ["//a.example", false],
    ["https://", false],
  ])("%s: %s", (url, safe) => expect(isSafeUrl(url)).toBe(safe));
});

describe("emoji alone", () => {
  it.each([
    ["👍", true],
    ["🕊️ 🎉", true],
    ["👩‍👩‍👧", true],
    ["🇩🇪", true],
    ["ok 👍", false],
    ["12", false],
    ["", false],
    [" ", false],
  ])("%j: %s", (text, alone) => expect(isOnlyEmoji(text)).toBe(alone));
});
