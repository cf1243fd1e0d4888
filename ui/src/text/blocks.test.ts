import { describe, expect, it } from "vitest";
import { show } from "@/testing/tree";
import { parse } from "./parse";

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
  ])("reads %j", (text, tree) => expect(show(parse(text))).toBe(tree));

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
    ["1. a\n1. b\n1. c", "<ol 1><li>a</li><li>b</li><li>c</li></>"],
    ["1. a\n2. b\n1. c", "<ol 1><li>a</li><li>b</li></><ol 1><li>c</li></>"],
    ["1) a\n2) b", "<ol 1)><li>a</li><li>b</li></>"],
    ["1. a\n2) b", "<ol 1><li>a</li></><ol 2)><li>b</li></>"],
    ["- a\n* b", "<ul><li>a</li></><ul><li>b</li></>"],
    ["007. a", "<paragraph>007. a</paragraph>"],
    ["0. a\n1. b", "<ol 0><li>a</li><li>b</li></>"],
    ["+ a", "<paragraph>+ a</paragraph>"],
    ["- a\n-\n- c", "<ul><li>a</li><li></li><li>c</li></>"],
    ["1. a\n2.\n3. c", "<ol 1><li>a</li><li></li><li>c</li></>"],
    ["-", "<paragraph>-</paragraph>"],
    ["1. a\n  2. b", "<ol 1><li>a</li><li>b</li></>"],
    ["1. a\n  1. b\n  2. c", "<ol 1><li>a<ol 1><li>b</li><li>c</li></></li></>"],
    ["1. ```\n   x\n   ```\n\n   b", "<ol 1><li><pre >x</pre><paragraph>b</paragraph></li></>"],
    ["-\ta\n\tb", "<ul><li>a<br>b</li></>"],
    ["- a\n  ```\n  x\n    y\n  ```", "<ul><li>a<pre >x\n  y</pre></li></>"],
    ["# One *two*\n## Three", "<heading>One <italic>two</italic></heading><heading>Three</heading>"],
    ["#general is a room", "<paragraph>#general is a room</paragraph>"],
    ["a\n---\nb", "<paragraph>a</paragraph><hr><paragraph>b</paragraph>"],
    [
      "a | b\n--|:-:\n1 | `2`\n3\nafter",
      "<table><tr><td>a<td>b<tr><td>1<td><code>2</code></table><paragraph>3<br>after</paragraph>",
    ],
    ["|a|b|\n|-|-|\n|1|2|3|\n|4|", "<table><tr><td>a<td>b<tr><td>1<td>2 | 3<tr><td>4</table>"],
    [
      "a|b\n-|-\n- | 2\n> c | d",
      "<table><tr><td>a<td>b<tr><td>-<td>2</table><quote><paragraph>c | d</paragraph></quote>",
    ],
    ["# | b\n-|-\n1 | 2", "<table><tr><td>#<td>b<tr><td>1<td>2</table>"],
    ["- a|b\n  -|-\n  1|2", "<ul><li><table><tr><td>a<td>b<tr><td>1<td>2</table></li></>"],
    ["a|b\n-|-\n`x \\| y`|2", "<table><tr><td>a<td>b<tr><td><code>x | y</code><td>2</table>"],
    ["a | b\n--", "<paragraph>a | b<br>--</paragraph>"],
    ["a | b", "<paragraph>a | b</paragraph>"],
    ["[a]: https://a.example", "<paragraph>[a]: <a https://a.example>https://a.example</a></paragraph>"],
    ["    four blanks", "<paragraph>    four blanks</paragraph>"],
    ["&amp; &#64;", "<paragraph>&amp; &#64;</paragraph>"],
  ])("reads the blocks of %j", (text, tree) => expect(show(parse(text))).toBe(tree));

  it.each([
    ["- [ ] a\n- [x] b\n- [X] c", "<ul><li o>a</li><li x>b</li><li x>c</li></>"],
    ["- a\n  - [x] b\n    1. [ ] c", "<ul><li>a<ul><li x>b<ol 1><li o>c</li></></li></></li></>"],
    ["- [ ] **a**\n\n  more", "<ul><li o><bold>a</bold><paragraph>more</paragraph></li></>"],
    ["- [x]a", "<ul><li>[x]a</li></>"],
    ["- [x]", "<ul><li>[x]</li></>"],
    ["- [x](https://a.example)", "<ul><li><a https://a.example>x</a></li></>"],
    ["- [y] a", "<ul><li>[y] a</li></>"],
    ["[x] a", "<paragraph>[x] a</paragraph>"],
    ["- \\[x] a", "<ul><li>[x] a</li></>"],
    ["- \\[y] a", "<ul><li>\\[y] a</li></>"],
    ["- a\n  [x] b", "<ul><li>a<br>[x] b</li></>"],
  ])("reads the tasks of %j", (text, tree) => expect(show(parse(text))).toBe(tree));

  it("keeps a text as it is composed, and the blanks in it", () => {
    for (const text of ["Zoe\u0308", "\u212b \ufa19 \u2126", "a    b", "  in", "x\ty"])
      expect(show(parse(text))).toBe(`<paragraph>${text}</paragraph>`);
  });

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
    ["  ```\n  a\n    b\n c\n  ```", "<pre >a\n  b\nc</pre>"],
    ["    ```\n    a\n    ```", "<pre >a</pre>"],
    ["```\n```\nafter", "<pre ></pre><paragraph>after</paragraph>"],
    ["```", "<paragraph>```</paragraph>"],
    ["```rust", "<paragraph>```rust</paragraph>"],
    ["a`b ```\nx\n```", "<paragraph>a`b</paragraph><pre >x</pre>"],
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
});
