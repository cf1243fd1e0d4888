import { describe, expect, it } from "vitest";
import { show } from "@/testing/tree";
import { type Inline, inline, isSafeUrl } from "./parse";
import { words } from "./plain";

/** A link to a message. */
const MESSAGE = `homing://message/${Array(4).fill("01900000-0000-7000-8000-00000000abcd").join("/")}`;

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
    "C:\\*.log and D:\\*.txt",
    "C:\\_build\\*.log and ¯\\_(ツ)_/¯",
    "¯\\_(ツ)_/¯ ¯\\_(ツ)_/¯",
    "s/\\*/x/ s/\\*/y/",
    "dir\\*a dir\\*b",
    "..\\__init__.py ..\\__main__.py",
    "D:\\~~a D:\\~~b",
    "\\",
  ])("keeps every backslash of %j", (text) => expect(show(inline(text))).toBe(text));

  it.each([
    ["\\*not\\*", "*not*"],
    ["(\\*not\\*)", "(*not*)"],
    ["看\\*不\\*看", "看*不*看"],
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
    expect(show(inline(text))).toBe(tree),
  );

  it.each([
    ["``a`b``", "<code>a`b</code>"],
    ["`` `a` ``", "<code>`a`</code>"],
    ["` `", "<code> </code>"],
    ["``\na\n``", "<code>a</code>"],
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
    ["5*(3+2)*4", "5*(3+2)*4"],
    ["2**(n-1) and 3**(n-1)", "2**(n-1) and 3**(n-1)"],
    ["看**“引用”**后面", "看<bold>“引用”</bold>后面"],
    ["*（一）*二", "<italic>（一）</italic>二"],
    ["한국어**(강조)**는", "한국어<bold>(강조)</bold>는"],
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
    ["[https://a.example/x](https://a.example/y)", "<a https://a.example/y>https://a.example/x</a>"],
    ["[www.a.example](https://a.example/y)", "<a https://a.example/y>www.a.example</a>"],
    ["[https://a.example/x][b]", "[<a https://a.example/x>https://a.example/x</a>][b]"],
    ["https://[::1]:80/x", "<a https://[::1]:80/x>https://[::1]:80/x</a>"],
    ["https://a.example/x[1](2)", "<a https://a.example/x[1](2)>https://a.example/x[1](2)</a>"],
    ["[a](https://a.example/(x)", "[a](<a https://a.example/(x)>https://a.example/(x)</a>"],
    ["![a](https://a.example)", "!<a https://a.example>a</a>"],
  ])("counts the brackets of %j", (text, tree) => expect(show(inline(text))).toBe(tree));

  it.each([
    ["see https://a.example/x?y=1#z.", "see <a https://a.example/x?y=1#z>https://a.example/x?y=1#z</a>."],
    ["(https://a.example/x)", "(<a https://a.example/x>https://a.example/x</a>)"],
    ["https://a.example/x_(y)", "<a https://a.example/x_(y)>https://a.example/x_(y)</a>"],
    ["看https://a.example/页。好", "看<a https://a.example/页>https://a.example/页</a>。好"],
    ["[here](https://a.example)", "<a https://a.example>here</a>"],
    ["mailto:a@b.example", "<a mailto:a@b.example>mailto:a@b.example</a>"],
    ["看https://a.example看", "看<a https://a.example>https://a.example</a>看"],
    ["www.a.example을", "<a https://www.a.example>www.a.example</a>을"],
    ["https://例え.example/道", "<a https://例え.example/道>https://例え.example/道</a>"],
    ["https://我的a网.example", "<a https://我的a网.example>https://我的a网.example</a>"],
    ["[x](javascript:alert(1))", "[x](javascript:alert(1))"],
    ["javascript:alert(1) data:text/html,x file:///etc", "javascript:alert(1) data:text/html,x file:///etc"],
    ["xhttps://a.example", "xhttps://a.example"],
  ])("finds the links of %j", (text, tree) => expect(show(inline(text))).toBe(tree));

  it.each([
    "[https://b.example](https://a.example)",
    "[https://b.example/x](https://a.example/x)",
    "[**www.b.example**](https://a.example)",
    "[pay at https://b.example now](https://a.example)",
    "[mailto:a@b.example](mailto:c@b.example)",
    "[\u200b](https://a.example)",
    "[ ](https://a.example)",
    "[**\u2060**](https://a.example)",
    "[](https://a.example)",
  ])("shows where a link leads that hides it: %j", (text) => {
    const links = (nodes: Inline[]): string[] =>
      nodes.flatMap((node) => (node.kind === "link" ? words([node]) : "of" in node ? links(node.of) : []));
    const shown = inline(text);
    expect(words(shown)).toBe(text.replaceAll("**", ""));
    expect(links(shown)).toEqual(text.match(/(?:https?:\/\/|www\.|mailto:)[^\s\])*]+/g));
  });
});

describe("what leads out", () => {
  it.each([
    ["https://a.example", true],
    ["http://127.0.0.1:8080/x", true],
    ["mailto:a@b.example", true],
    ["javascript:alert(1)", false],
    ["https:a.example", false],
    ["http:\\\\a.example", false],
    [" https://a.example", false],
    ["https://a.example/\u202egnp.exe", false],
    ["https://a.exa\u200bmple", false],
    ["https://a.example/\u0000", false],
    ["mailto:", false],
    ["data:text/html,x", false],
    ["file:///etc/passwd", false],
    ["homing://join/x/y", false],
    [MESSAGE, true],
    [MESSAGE.toUpperCase(), true],
    [`${MESSAGE}?later=1`, true],
    [`${MESSAGE}/more`, false],
    [MESSAGE.slice(0, -1), false],
    ["homing://message/a/b/c/d", false],
    ["//a.example", false],
    ["https://", false],
  ])("%s: %s", (url, safe) => expect(isSafeUrl(url)).toBe(safe));
});
