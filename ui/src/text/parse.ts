/**
 * Reads the text of a message into a syntax tree: a small subset of Markdown, and nothing of HTML.
 *
 * What is not understood stays text, character by character: a message never loses any. Reading is
 * linear in the length of the text, so nothing that somebody sends can stall the window.
 */

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "bold" | "italic" | "strike"; of: Inline[] }
  | { kind: "link"; url: string; of: Inline[] }
  | { kind: "mention"; user: string; name: string }
  | { kind: "break" };

export type Block =
  | { kind: "paragraph"; of: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; of: Block[] }
  | { kind: "list"; start: number | null; items: Inline[][] };

/** Somebody who can be mentioned. */
export interface Mentionable {
  id: string;
  name: string;
}

/** Deeper nesting of quotes and marks stays text. */
const DEPTH = 8;

const fence = /^ {0,3}```\s*([\w+#.-]*)\s*$/;
const quoteLine = /^ {0,3}> ?/;
const bullet = /^ {0,3}[-*•] +(?=\S)/;
const numbered = /^ {0,3}(\d{1,6})[.)] +(?=\S)/;

/** Reads a message. `people` are those that it names. */
export function parse(text: string, people: Mentionable[] = [], depth = 0): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let paragraph: string[] = [];

  const flush = () => {
    while (paragraph.length > 0 && paragraph[0]?.trim() === "") paragraph.shift();
    while (paragraph.length > 0 && paragraph.at(-1)?.trim() === "") paragraph.pop();
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", of: inline(paragraph.join("\n"), people) });
    paragraph = [];
  };

  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const opened = fence.exec(line);
    if (opened) {
      let stop = i + 1;
      while (stop < lines.length && !/^ {0,3}```\s*$/.test(lines[stop] ?? "")) stop++;
      // A fence with nothing in it is text.
      if (stop > i + 1) {
        flush();
        blocks.push({ kind: "code", language: opened[1] ?? "", text: lines.slice(i + 1, stop).join("\n") });
        i = stop;
        continue;
      }
    }
    if (quoteLine.test(line) && depth < DEPTH) {
      flush();
      const quoted: string[] = [];
      while (i < lines.length && quoteLine.test(lines[i] ?? ""))
        quoted.push((lines[i++] ?? "").replace(quoteLine, ""));
      i--;
      blocks.push({ kind: "quote", of: parse(quoted.join("\n"), people, depth + 1) });
      continue;
    }
    const mark = numbered.test(line) ? numbered : bullet.test(line) ? bullet : null;
    if (mark) {
      flush();
      const start = mark === numbered ? Number(numbered.exec(line)?.[1] ?? 1) : null;
      const items: Inline[][] = [];
      while (i < lines.length && mark.test(lines[i] ?? ""))
        items.push(inline((lines[i++] ?? "").replace(mark, ""), people));
      i--;
      blocks.push({ kind: "list", start, items });
      continue;
    }
    paragraph.push(line);
  }
  flush();
  return blocks;
}

const marks: Record<string, "bold" | "italic" | "strike"> = {
  "**": "bold",
  __: "bold",
  "*": "italic",
  _: "italic",
  "~~": "strike",
};

const bareUrl = /(?:https?:\/\/|mailto:)[^\s<>"`\u3000-\u303f\uff00-\uffef]+/iy;

/** Reads the marks of one paragraph. */
export function inline(text: string, people: Mentionable[] = [], depth = 0): Inline[] {
  const out: Inline[] = [];
  const names = [...people].sort((a, b) => b.name.length - a.name.length);
  /** Where a closing mark was looked for in vain: looking again from further on finds none either. */
  const missing = new Set<string>();
  let plain = "";

  const push = (node: Inline) => {
    if (plain !== "") out.push({ kind: "text", text: plain });
    plain = "";
    out.push(node);
  };

  for (let i = 0; i < text.length;) {
    const char = text.charAt(i);
    if (char === "\n") {
      push({ kind: "break" });
      i++;
      continue;
    }
    if (char === "\\" && /[\\`*_~[\]>@-]/.test(text.charAt(i + 1))) {
      plain += text.charAt(i + 1);
      i += 2;
      continue;
    }
    if (char === "`" && !missing.has("`")) {
      const end = text.indexOf("`", i + 1);
      if (end > i + 1) {
        push({ kind: "code", text: text.slice(i + 1, end) });
        i = end + 1;
        continue;
      }
      if (end < 0) missing.add("`");
    }
    if (depth < DEPTH) {
      const mark = openingMark(text, i);
      const end = mark && !missing.has(mark) ? closingMark(text, i + mark.length, mark) : -1;
      const style = mark ? marks[mark] : undefined;
      if (mark && style && end > 0) {
        push({ kind: style, of: inline(text.slice(i + mark.length, end), people, depth + 1) });
        i = end + mark.length;
        continue;
      }
      if (mark) {
        if (end < 0) missing.add(mark);
        plain += mark;
        i += mark.length;
        continue;
      }
      const link = char === "[" ? namedLink(text, i) : null;
      if (link) {
        push({ kind: "link", url: link.url, of: inline(link.label, people, depth + 1) });
        i = link.end;
        continue;
      }
    }
    if (char === "@") {
      const named = mentionAt(text, i, names);
      if (named) {
        push({ kind: "mention", user: named.user, name: named.name });
        i += named.name.length + 1;
        continue;
      }
    }
    const url =
      (char === "h" || char === "H" || char === "m" || char === "M") && !/[\w/]/.test(text.charAt(i - 1))
        ? urlAt(text, i)
        : null;
    if (url) {
      push({ kind: "link", url, of: [{ kind: "text", text: url.replace(/^mailto:/i, "") }] });
      i += url.length;
      continue;
    }
    plain += char;
    i++;
  }
  if (plain !== "") out.push({ kind: "text", text: plain });
  return out;
}

const wordBefore = /[\p{L}\p{N}]/u;

/** A mark that opens here: text follows it at once, and `_` does not stand inside a word. */
function openingMark(text: string, at: number): string | null {
  const two = text.slice(at, at + 2);
  const mark = two in marks ? two : text.charAt(at) in marks ? text.charAt(at) : null;
  if (!mark) return null;
  const next = text.charAt(at + mark.length);
  if (next === "" || /\s/.test(next) || next === mark.charAt(0)) return null;
  if (mark.startsWith("_") && wordBefore.test(text.charAt(at - 1))) return null;
  return mark;
}

/** Where the mark closes: text stands right before it; -1 if nowhere. */
function closingMark(text: string, from: number, mark: string): number {
  for (let end = text.indexOf(mark, from + 1); end >= 0; end = text.indexOf(mark, end + mark.length)) {
    const before = text.charAt(end - 1);
    const after = text.charAt(end + mark.length);
    if (/\s/.test(before)) continue;
    if (mark.length === 1 && (after === mark || before === mark)) continue;
    if (mark.startsWith("_") && wordBefore.test(after)) continue;
    return end;
  }
  return -1;
}

function namedLink(text: string, at: number): { label: string; url: string; end: number } | null {
  // Long enough for any label or address that a person means.
  const found = /^\[([^[\]\n]{1,300})\]\(([^()\s]{1,2000})\)/.exec(text.slice(at, at + 2310));
  if (!found) return null;
  const [whole, label = "", url = ""] = found;
  return isSafeUrl(url) ? { label, url, end: at + whole.length } : null;
}

function urlAt(text: string, at: number): string | null {
  bareUrl.lastIndex = at;
  const found = bareUrl.exec(text)?.[0];
  if (!found) return null;
  // What ends a sentence does not belong to the address; a bracket does if it was opened inside.
  let url = found.replace(/[.,;:!?'*_~]+$/, "");
  if (url.endsWith(")") && !url.includes("(")) url = url.slice(0, -1);
  return isSafeUrl(url) ? url : null;
}

function mentionAt(text: string, at: number, people: Mentionable[]): { user: string; name: string } | null {
  // Whole names before first names: "@Lin" is Lin, if there is a Lin, and not Lin Xiao.
  for (const called of [(name: string) => name, (name: string) => name.split(" ")[0] ?? ""]) {
    for (const person of people) {
      const name = called(person.name);
      if (name === "" || !text.startsWith(name, at + 1)) continue;
      const next = text.charAt(at + 1 + name.length);
      // "@Lin" does not name the Lin of "@Linda".
      if (/[\p{Script=Latin}\p{N}_]/u.test(next) && /[\p{Script=Latin}\p{N}_]$/u.test(name)) continue;
      return { user: person.id, name };
    }
  }
  return null;
}

/** Only these lead out of the window. */
export function isSafeUrl(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === "mailto:" || ((protocol === "http:" || protocol === "https:") && hostname !== "");
  } catch {
    return false;
  }
}

/** Pictures with their modifiers and joiners, and flags. (`\\p{RGI_Emoji}` needs a newer webview.) */
const onlyEmoji =
  /^(?:\p{Extended_Pictographic}(?:[\u{1F3FB}-\u{1F3FF}]|\uFE0F|\u200D)*|[\u{1F1E6}-\u{1F1FF}]{2}|\s)+$/u;

/** The text is a few emoji and nothing else, which are shown large. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 24 && /\S/.test(text) && onlyEmoji.test(text);
}
