/**
 * Holds the parser against the examples of CommonMark itself. Each of them is read as there, or stands in
 * `READ_OTHERWISE` with the reason, and then it does differ: a table that says too much fails as well.
 *
 * Not compared: blanks at both ends of a line, which stay here; the level of a heading; and whether a list is
 * loose, which has no meaning here. Addresses in the examples are made absolute, because only those lead anywhere.
 */
import { readFileSync } from "node:fs";
import { tests as written } from "commonmark-spec";
import { describe, expect, it } from "vitest";
import { READ_OTHERWISE } from "@/testing/commonmark";
import { type Block, type Inline, parse } from "./parse";
import { plain } from "./plain";

/** The specification writes a tab as an arrow. Its texts end with a line end, and messages do not. */
const tests = written.map(({ markdown, html, ...one }) => ({
  ...one,
  markdown: markdown.replaceAll("→", "\t").replace(/\n$/, ""),
  html: html.replaceAll("→", "\t"),
}));

const absolute = (text: string) => text.replaceAll("](/", "](https://a.example/");

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const address = (url: string) => (URL.canParse(url) ? new URL(url).href : url);
const lines = (text: string) =>
  text
    .split("<br>")
    .map((line) => line.trim())
    .join("<br>");

/** A tree of ours as one line, to compare. */
function ours(nodes: (Block | Inline)[]): string {
  return nodes
    .map((node): string => {
      switch (node.kind) {
        case "text":
          return escaped(node.text);
        case "code":
          return "language" in node
            ? `<pre ${node.language}>${escaped(node.text)}</pre>`
            : `<code>${escaped(node.text).replaceAll("\n", " ")}</code>`;
        case "break":
          return "<br>";
        case "rule":
          return "<hr>";
        case "mention":
          return `<@${node.name}>`;
        case "link":
          return `<a ${address(node.url)}>${ours(node.of)}</a>`;
        case "bold":
          return `<strong>${ours(node.of)}</strong>`;
        case "italic":
          return `<em>${ours(node.of)}</em>`;
        case "strike":
          return `<del>${ours(node.of)}</del>`;
        case "list": {
          const items = node.items.map(({ of }) => `<li>${ours(of)}</li>`).join("");
          return node.numbers ? `<ol ${node.numbers.start}>${items}</ol>` : `<ul>${items}</ul>`;
        }
        case "quote":
          return `<blockquote>${ours(node.of)}</blockquote>`;
        case "table":
          return `<table>${[node.head, ...node.rows].flat().map(ours).join("|")}</table>`;
        case "heading":
          return `<h>${lines(ours(node.of))}</h>`;
        case "paragraph":
          return `<p>${lines(ours(node.of))}</p>`;
      }
    })
    .join("");
}

const BLOCKS = new Set([
  "p",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "pre",
  "ul",
  "ol",
  "li",
  "blockquote",
  "hr",
]);

/** The same of what CommonMark makes of it. */
function theirs(parent: Node): string {
  let [out, run] = ["", ""];
  const flush = () => {
    // Line ends between blocks are nothing.
    const text = lines(run).replace(/^(?:<br>)+|(?:<br>)+$/g, "");
    if (text !== "") out += `<p>${text}</p>`;
    run = "";
  };
  for (const node of parent.childNodes) {
    if (!(node instanceof Element) || !BLOCKS.has(node.localName)) {
      run += inlineOf(node);
      continue;
    }
    flush();
    const within = () => theirs(node);
    switch (node.localName) {
      case "hr":
        out += "<hr>";
        break;
      case "p":
        out += `<p>${lines(of(node))}</p>`;
        break;
      case "pre": {
        const code = node.firstElementChild;
        const language = (code?.className ?? "").replace(/^language-/, "");
        out += `<pre ${language}>${escaped((code?.textContent ?? "").replace(/\n$/, ""))}</pre>`;
        break;
      }
      case "ol":
        out += `<ol ${node.getAttribute("start") ?? "1"}>${within()}</ol>`;
        break;
      case "ul":
      case "li":
      case "blockquote":
        out += `<${node.localName}>${within()}</${node.localName}>`;
        break;
      default:
        out += `<h>${lines(of(node))}</h>`;
    }
  }
  flush();
  return out;
}

const of = (node: Node) => [...node.childNodes].map(inlineOf).join("");

function inlineOf(node: Node): string {
  if (!(node instanceof Element))
    return node.nodeType === Node.TEXT_NODE
      ? escaped(node.textContent ?? "").replaceAll("\n", "<br>")
      : "<!>";
  switch (node.localName) {
    case "br":
      // The line end after it is in the text.
      return "";
    case "code":
      return `<code>${escaped(node.textContent ?? "")}</code>`;
    case "a": {
      const title = node.getAttribute("title");
      return `<a ${address(node.getAttribute("href") ?? "")}${title === null ? "" : ` ${title}`}>${of(node)}</a>`;
    }
    default:
      return `<${node.localName}>${of(node)}</${node.localName}>`;
  }
}

function read(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  return theirs(page.body);
}

/** The numbers of `1-3, 7`. */
function numbers(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

const otherwise = new Map<number, string>();
for (const { why, examples } of READ_OTHERWISE)
  for (const example of numbers(examples)) otherwise.set(example, why);

describe("an example of CommonMark", () => {
  it("has one reason at most to be read otherwise", () => {
    const all = READ_OTHERWISE.flatMap(({ examples }) => numbers(examples));
    expect(all.filter((one, at) => all.indexOf(one) !== at)).toEqual([]);
  });

  it.each(tests.map((one) => [one.number, one.section, one] as const))("%i, %s", (number, _, one) => {
    const shown = ours(parse(absolute(one.markdown)));
    const expected = read(absolute(one.html).replaceAll('href="/', 'href="https://a.example/'));
    if (otherwise.has(number)) expect(shown, otherwise.get(number)).not.toBe(expected);
    else expect(shown).toBe(expected);
  });

  it.each(tests.map((one) => [one.number, one] as const))("%i loses no word", (_, { markdown }) => {
    const tree = parse(markdown);
    const shown = ours(tree) + plain(tree);
    const lost = (markdown.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !shown.includes(word));
    expect(lost).toEqual([]);
  });
});

it("is counted in docs/text.md as it is", () => {
  const document = readFileSync("../docs/text.md", "utf8");
  const told = [...document.matchAll(/^\| ([\w ]+?) \| (\d+) \| (\d+) \|/gm)].map(([, ...cells]) =>
    cells.join(" "),
  );
  const sections = [...new Set(tests.map(({ section }) => section))].map((section) => {
    const all = tests.filter((one) => one.section === section);
    const taken = all.filter(({ number }) => !otherwise.has(number));
    return `${section} ${all.length} ${taken.length}`;
  });
  expect(told).toEqual(sections);
});
