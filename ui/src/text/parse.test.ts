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
        case "rule":
          return "<hr>";
        case "mention":
          return `<@${node.user}:${node.name}>`;
        case "link":
          return `<a ${node.url}>${show(node.of)}</a>`;
        case "list":
          return `<${node.start === null ? "ul" : `ol ${node.start}`}>${node.items.map((item) => `<li>${loose(item)}</li>`).join("")}</>`;
        case "table":
          return `<table>${[node.head, ...node.rows].map((row) => `<tr>${row.map((cell) => `<td>${show(cell)}`).join("")}`).join("")}</table>`;
        default:
          return `<${node.kind}>${show(node.of)}</${node.kind}>`;
      }
    })
    .join("");
}

/** An item of a list that is one paragraph, without it. */
const loose = ([first, ...more]: Block[]): string =>
  first?.kind === "paragraph" ? show(first.of) + show(more) : show([...(first ? [first] : []), ...more]);

const people = [
  { id: "u1", name: "Lin" },
  { id: "u2", name: "Lin Xiao" },
  { id: "u3", name: "王芳" },
];

/** Numbers from 0 to 1, the same in every run. */
function seeded(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

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
    "¯\\_(ツ)_/¯",
    "¯_(ツ)_/¯",
    "\\\\files\\_old\\a",
    "\\\\server\\share",
    "\\[a\\]\\*",
    "^\\[[^\\]]*\\]$",
    "C:\\_build\\*.log",
    "C:\\-x\\[a]\\~b",
    "sed 's/\\*/x/'",
    "\\o/",
    "a\\_b\\_c",
    "\\d+\\.\\d{2}\\|\\$",
    "grep \\`",
    "\\@nobody",
    "\\",
  ])("keeps every backslash of %j", (text) => expect(show(inline(text, people))).toBe(text));

  it.each([
    ["\\*not\\*", "*not*"],
    ["\\*not*", "*not*"],
    ["\\**not**", "*<italic>not</italic>*"],
    ["\\_not\\_ *is*", "_not_ <italic>is</italic>"],
    ["\\`a\\`", "`a`"],
    ["\\[a](https://a.example)", "[a](<a https://a.example>https://a.example</a>)"],
    ["\\~~a~~", "~~a~~"],
    ["\\@Lin", "@Lin"],
    ["\\*a\\* and C:\\*", "*a* and C:\\*"],
    ["`\\*` *a*", "<code>\\*</code> <italic>a</italic>"],
  ])("drops the backslash that kept a mark from being one in %j", (text, tree) =>
    expect(show(inline(text, people))).toBe(tree),
  );

  it.each([
    ["``a`b``", "<code>a`b</code>"],
    ["`` `a` ``", "<code>`a`</code>"],
    ["` `", "<code> </code>"],
    ["**see `a**b` there**", "<bold>see <code>a**b</code> there</bold>"],
    ["*see `a*b` there*", "<italic>see <code>a*b</code> there</italic>"],
    ["~~see `a~~b` there~~", "<strike>see <code>a~~b</code> there</strike>"],
    ["[a `](b` c](https://a.example)", "<a https://a.example>a <code>](b</code> c</a>"],
    ["`a\nb`", "<code>a\nb</code>"],
    ["``open` a", "``open` a"],
    ["**粗体，**后面", "<bold>粗体，</bold>后面"],
    ["**“引用”**后面", "<bold>“引用”</bold>后面"],
    ["***both***", "<italic><bold>both</bold></italic>"],
    ["**a *b***", "<bold>a <italic>b</italic></bold>"],
    ["*a **b***", "<italic>a <bold>b</bold></italic>"],
    ["f(*args, **kwargs)", "f(*args, **kwargs)"],
    ["~5 and ~6", "~5 and ~6"],
    ["~~~a~~", "~~~a~~"],
  ])("reads the marks of %j", (text, tree) => expect(show(inline(text))).toBe(tree));

  it.each([
    ["[Rust](https://w.example/Rust_(language))", "<a https://w.example/Rust_(language)>Rust</a>"],
    [
      "(see https://w.example/Rust_(language))",
      "(see <a https://w.example/Rust_(language)>https://w.example/Rust_(language)</a>)",
    ],
    ["((https://a.example/x))", "((<a https://a.example/x>https://a.example/x</a>))"],
    ["[a [b] c](https://a.example)", "<a https://a.example>a [b] c</a>"],
    ["[[a]](https://a.example)", "<a https://a.example>[a]</a>"],
    ["{https://a.example}", "{<a https://a.example>https://a.example</a>}"],
    ["[https://a.example/x]", "[<a https://a.example/x>https://a.example/x</a>]"],
    ["https://a.example/x]", "<a https://a.example/x>https://a.example/x</a>]"],
    ["https://a.example/a[1]", "<a https://a.example/a[1]>https://a.example/a[1]</a>"],
    ["https://a.example/_foo_", "<a https://a.example/_foo_>https://a.example/_foo_</a>"],
    ["_https://a.example/x_", "<italic><a https://a.example/x>https://a.example/x</a></italic>"],
    ["**https://a.example/x**", "<bold><a https://a.example/x>https://a.example/x</a></bold>"],
    ["https://a.example/x…", "<a https://a.example/x>https://a.example/x</a>…"],
    ["https://a.example/x_(y).", "<a https://a.example/x_(y)>https://a.example/x_(y)</a>."],
    ["“https://a.example/x”", "“<a https://a.example/x>https://a.example/x</a>”"],
    ["www.a.example/x, or www.", "<a https://www.a.example/x>www.a.example/x</a>, or www."],
    ["[x (y)](https://a.example)", "<a https://a.example>x (y)</a>"],
    ["[a](https://a.example/ b)", "[a](<a https://a.example/>https://a.example/</a> b)"],
    ["[https://b.example](https://a.example)", "<a https://a.example>https://b.example</a>"],
    ["[a](https://a.example/(x)", "[a](<a https://a.example/(x)>https://a.example/(x)</a>"],
    ["![a](https://a.example)", "!<a https://a.example>a</a>"],
  ])("counts the brackets of %j", (text, tree) => expect(show(inline(text))).toBe(tree));

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
    ["root@Lin", "root@Lin"],
    ["git@Lin:repo", "git@Lin:repo"],
    ["(@Lin)", "(<@u1:Lin>)"],
    ["你好＠王芳请看", "你好<@u3:王芳>请看"],
    ["`@Lin`", "<code>@Lin</code>"],
    ["https://x.example/@Lin", "<a https://x.example/@Lin>https://x.example/@Lin</a>"],
  ])("finds the mentions of %j", (text, tree) => expect(show(inline(text, people))).toBe(tree));
});

describe("parse", () => {
  it.each([
    ["a\n\n\nb", "<paragraph>a</paragraph><paragraph>b</paragraph>"],
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

  it.each([
    ["- a\n  - b\n    - c\n- d", "<ul><li>a<ul><li>b<ul><li>c</li></></li></></li><li>d</li></>"],
    [
      "1. a\n   - b\n\n   more\n2. c",
      "<ol 1><li>a<ul><li>b</li></><paragraph>more</paragraph></li><li>c</li></>",
    ],
    ["1. a\n  - b", "<ol 1><li>a<ul><li>b</li></></li></>"],
    ["- a\n\n- b", "<ul><li>a</li><li>b</li></>"],
    ["- a\n\ntext\n- b", "<ul><li>a</li></><paragraph>text</paragraph><ul><li>b</li></>"],
    ["3. a\n7. b", "<ol 3><li>a</li></><ol 7><li>b</li></>"],
    ["1. a\n1. b", "<ol 1><li>a</li><li>b</li></>"],
    ["- a\n  ```\n  x\n    y\n  ```", "<ul><li>a<pre >x\n  y</pre></li></>"],
    ["# One *two*\n## Three", "<heading>One <italic>two</italic></heading><heading>Three</heading>"],
    ["#general is a room", "<paragraph>#general is a room</paragraph>"],
    ["a\n---\nb", "<paragraph>a</paragraph><hr><paragraph>b</paragraph>"],
    [
      "a | b\n--|:-:\n1 | `2`\n3\nafter",
      "<table><tr><td>a<td>b<tr><td>1<td><code>2</code></table><paragraph>3<br>after</paragraph>",
    ],
    ["|a|b|\n|-|-|\n|1|2|3|\n|4|", "<table><tr><td>a<td>b<tr><td>1<td>2 | 3<tr><td>4<td></table>"],
    ["a | b\n--", "<paragraph>a | b<br>--</paragraph>"],
    ["a | b", "<paragraph>a | b</paragraph>"],
    ["[a]: https://a.example", "<paragraph>[a]: <a https://a.example>https://a.example</a></paragraph>"],
    ["    four blanks", "<paragraph>    four blanks</paragraph>"],
    ["&amp; &#64;", "<paragraph>&amp; &#64;</paragraph>"],
  ])("reads the blocks of %j", (text, tree) => expect(show(parse(text, people))).toBe(tree));

  it.each([
    ["```\nset -e\nexit 0```\nafter", "<pre >set -e\nexit 0</pre><paragraph>after</paragraph>"],
    [
      "text before ```\ncode\n```\nafter",
      "<paragraph>text before</paragraph><pre >code</pre><paragraph>after</paragraph>",
    ],
    ["text before```js\ncode```", "<paragraph>text before</paragraph><pre js>code</pre>"],
    ["```\ncode\n``` after\nmore", "<pre >code</pre><paragraph>after<br>more</paragraph>"],
    ["```ls -la```", "<paragraph><code>ls -la</code></paragraph>"],
    ["see ```ls -la``` and ```\nx\n```", "<paragraph>see <code>ls -la</code> and</paragraph><pre >x</pre>"],
    ["```SELECT *\nFROM t```", "<pre >SELECT *\nFROM t</pre>"],
    ["````\n```\nx\n```\n````\ny", "<pre >```\nx\n```</pre><paragraph>y</paragraph>"],
    ["~~~\n```\n~~~", "<pre >```</pre>"],
    ["```\na\n```\n```\nb\n```", "<pre >a</pre><pre >b</pre>"],
    ["use ``` for code", "<paragraph>use ``` for code</paragraph>"],
    ["nothing after ```", "<paragraph>nothing after ```</paragraph>"],
    ["> ```\n> a\n> ```\nb", "<quote><pre >a</pre></quote><paragraph>b</paragraph>"],
    ["```\n\n  kept\n\n```", "<pre >\n  kept\n</pre>"],
  ])("ends code where it was ended in %j", (text, tree) => expect(show(parse(text))).toBe(tree));

  it.each([
    ["\\# no title", "<paragraph># no title</paragraph>"],
    ["\\- no item", "<paragraph>- no item</paragraph>"],
    ["1\\. no item", "<paragraph>1. no item</paragraph>"],
    ["\\> no quote", "<paragraph>> no quote</paragraph>"],
    ["\\-5 degrees", "<paragraph>\\-5 degrees</paragraph>"],
    ["- \\*a*", "<ul><li>*a*</li></>"],
  ])("drops the backslash at the begin of a line where it counted in %j", (text, tree) =>
    expect(show(parse(text))).toBe(tree),
  );

  it("loses no word and never fails, whatever it is given", () => {
    const random = seeded(14);
    const bits =
      "* ** _ ~~ ~ ` `` ``` ```` ~~~ [ ] ( ) ]( \\ \\* \\_ \\` > - 1. # | |- :-: --- @ @Lin ＠ https://a.example/ www. mailto: < & \n \n\n \t 　 ‮ \ud83d 😀 a-b 王芳 שלום 。".split(
        " ",
      );
    for (let round = 0; round < 1000; round++) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 24) }, (_, at) =>
        random() < 0.4
          ? `w${at}${random() < 0.5 ? " " : ""}`
          : `${bits[Math.floor(random() * bits.length)]}${random() < 0.3 ? " " : ""}`,
      );
      const text = parts.join("");
      const shown = show(parse(text, people));
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
  ])(
    "ends with a wall of %j",
    (piece) => expect(parse(piece.repeat(Math.ceil(64_000 / piece.length)), people)).not.toEqual([]),
    // What is not linear takes minutes.
    20_000,
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
