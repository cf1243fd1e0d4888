import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { excerptOf } from "./excerpt";
import { type Block, type Inline, inside, parse } from "./parse";
import { plain } from "./plain";
import { beginning, encode, named, nobody, type Part, parts } from "./token";
import { resolve } from "./typed";

interface Table {
  ids: Record<string, string>;
  names: Record<string, string>;
  read: [string, string, boolean, string][];
  typed: [string, string][];
}

/** The core reads the same. */
const table = JSON.parse(readFileSync("../crates/protocol/tests/mentions.json", "utf8")) as Table;

const keys = Object.keys(table.ids);
const idOf = (key: string) => table.ids[key] ?? "";
const person = (key: string): Part => ({ kind: "person", user: idOf(key), name: table.names[key] ?? "" });
const people = keys.map((key) => ({ id: idOf(key), name: table.names[key] ?? "" }));
const written = (short: string) =>
  keys.reduce(
    (text, key) =>
      text.replaceAll(`{${key}}`, idOf(key)).replaceAll(`{${key.toUpperCase()}}`, encode([person(key)])),
    short.replaceAll("{R}", "<!room>"),
  );

/** The ids of the mentions that are drawn, and whether everybody is one. */
function drawn(text: string): [string[], boolean] {
  const ids: (string | null)[] = [];
  const look = (nodes: (Block | Inline)[]) => {
    for (const node of nodes) {
      if (node.kind === "mention") ids.push(node.user);
      look(inside(node));
    }
  };
  look(parse(text));
  return [[...new Set(ids.filter((id) => id !== null))], ids.includes(null)];
}

describe("mentions", () => {
  it.each(table.read)("of %j are %j, of everybody %j, shown as %j", (short, who, room, shown) => {
    const text = written(short);
    expect(drawn(text)).toEqual([[...who].map((key) => idOf(key.toLowerCase())), room]);
    expect(named(text, nobody)).toBe(shown);
    expect(encode(parts(text))).toBe(text);
    // No token is seen, wherever it stands.
    if (!shown.includes("<@0") && !shown.includes("<!")) expect(plain(parse(text))).not.toMatch(/<@0|<!/);
  });

  it.each(table.typed)("typed as %j are sent as %j", (typed, sent) => {
    const all: Part[] = [{ kind: "text", text: written(typed) }];
    expect(encode(resolve(all, people, true))).toBe(written(sent));
  });

  it("name everybody only where that may be", () =>
    expect(encode(resolve([{ kind: "text", text: "@room" }], people, false))).toBe("@room"));

  it("that were chosen count where they may stand, and are text elsewhere", () => {
    const chosen = (...around: [string, string]): Part[] => [
      { kind: "text", text: around[0] },
      person("sam2"),
      { kind: "text", text: around[1] },
    ];
    expect(encode(resolve(chosen("hi ", ""), people, false))).toBe(`hi ${encode([person("sam2")])}`);
    expect(encode(resolve(chosen("`", "`"), people, false))).toBe("`@Sam`");
    expect(encode(resolve(chosen("> ", ""), people, false))).toBe("> @Sam");
  });

  it("follow a person through renames", () => {
    const text = `${encode([person("a")])} and ${encode([person("b")])}`;
    const now = new Map([[idOf("a"), { name: "Ada Lovelace" }]]);
    expect(plain(parse(text, now))).toBe("@Ada Lovelace and @Ben Li");
    expect(named(text, now)).toBe("@Ada Lovelace and @Ben Li");
    expect(excerptOf(text, now)).toBe("@Ada Lovelace and @Ben Li");
  });

  it("are not cut", () => {
    const text = `hi ${encode([person("a")])} there`;
    for (let most = 0; most <= text.length; most++)
      expect(beginning(text, most).includes("<")).toBe(most >= text.length - " there".length);
    expect(excerptOf("a ".repeat(1990) + encode([person("a")]) + "b", nobody)).not.toContain("<");
  });

  it("leave the signs of the plane that holds them as they are", () => {
    const text = `\u{f0000}${encode([person("a")])}\`\u{f0001}\`\u{ffffd}`;
    expect(plain(parse(text))).toBe("\u{f0000}@Ada\u{f0001}\u{ffffd}");
  });

  it("come out as they went in, whatever was typed", () => {
    const signs = ["<", ">", "\\", "@", "!", "|", "!room>", idOf("a"), "a", "\n", "<!room>"];
    let seed = 7;
    const next = (most: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 1 + next(12) }, () => signs[next(signs.length)]).join("");
      const all: Part[] = [{ kind: "text", text }, person("b"), { kind: "text", text }];
      expect(parts(encode(all))).toEqual(all);
      expect(encode(parts(text))).toBe(text);
    }
  });
});
