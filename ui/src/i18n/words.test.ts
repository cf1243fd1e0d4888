import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { regional } from "./dates";
import { en } from "./en";
import { localeFor } from "./index";
import { zhCN } from "./zh-CN";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, before = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") out.set(before + key, value);
    else for (const [rest, words] of flat(value, `${before}${key}.`)) out.set(rest, words);
  }
  return out;
}

const english = flat(en);
const chinese = flat(zhCN);
/** The code that speaks. */
const sources = () =>
  readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(vue|ts)$/.test(name) && !/test|generated|i18n/.test(name))
    .map((name) => [name, readFileSync(join("src", name), "utf8")] as const);
const holes = (words: string) => [...new Set(words.match(/\{\w+\}/g))].sort();

describe("the words", () => {
  it("are the same in every language", () =>
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort()));

  it.each([...english.keys()])("%s takes the same values in every language", (key) => {
    expect(holes(chinese.get(key) ?? "")).toEqual(holes(english.get(key) ?? ""));
  });

  it("are never empty by accident", () => {
    const empty = [...english, ...chinese].filter(
      ([key, words]) => words.trim() === "" && key !== "link.why.none",
    );
    expect(empty).toEqual([]);
  });

  it("have no run of blanks", () =>
    expect([...english, ...chinese].filter(([, words]) => /\s{2}/.test(words))).toEqual([]));

  // The column "not" of README.md, and what else no native writer would put on a screen.
  it.each([
    [
      "English",
      english,
      /whoever|nobody is called|nothing is called|somebody|everybody|anybody|by themselves|by itself/i,
    ],
    [
      "English",
      english,
      /up to date|too far apart|deserves? a look|as the system|as everywhere|usual figures|it holds/i,
    ],
    [
      "English",
      english,
      /is no (link|PEM|Homing)|no longer there any|was not sent yet|not sent yet|\banew\b|stands? (in )?between/i,
    ],
    ["English", english, /\bthe host\b|\blog in\b|\bfor ever\b|please|!$| {2}/i],
    [
      "Chinese",
      chinese,
      /您|登出|口令|医生|洪水|道别|道了别|问候|听不懂|主机方|主人|管理者|有人在中间|通常的|已是最新$/,
    ],
    ["Chinese", chinese, /[\u4e00-\u9fff] ?\([^)]*\)|[\u4e00-\u9fff][,;:?!]| {2}/],
  ])("keep to the glossary in %s", (_, words, forbidden) =>
    expect([...words].filter(([, text]) => forbidden.test(text))).toEqual([]),
  );

  it("have every figure as the language writes it", () => {
    const bare = sources().flatMap(([file, text]) =>
      [...text.matchAll(/\bt\(\s*[^{}]*?\{ (?:[a-z_]+: [^{}]*, )?n: (?!n\(|figure\()[^{}]*\}/g)]
        .map(([call]) => `${file}: ${call}`)
        // What stands in a field is written as it is typed there.
        .filter((call) => !call.includes("n: shown(")),
    );
    expect(bare).toEqual([]);
  });

  it("have two forms for what is counted, in English", () => {
    const counted = [...english].filter(([, words]) => /\{n\} (?!ms\b)[a-z]+s\b/.test(words));
    expect(counted.length).toBeGreaterThan(15);
    // Never one of anything.
    expect(counted.filter(([, words]) => !words.includes(" | "))).toEqual([]);
  });

  it("hold every key that the code names", () => {
    const named = sources().flatMap(([, text]) =>
      [...text.matchAll(/\bt\(\s*["']([a-z_.]+)["']/g)].map((found) => found[1] ?? ""),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((key) => !english.has(key))).toEqual([]);
  });
});

describe("the language", () => {
  it.each([
    ["system", ["zh-TW", "en"], "zh-CN"],
    ["system", ["fr-FR", "en-GB"], "en"],
    ["system", ["fr-FR"], "en"],
    ["en", ["zh-CN"], "en"],
    ["zh-CN", ["en"], "zh-CN"],
  ] as const)("%s with %j is %s", (choice, system, locale) => expect(localeFor(choice, system)).toBe(locale));

  it.each([
    ["en", ["de-DE", "en-GB", "en"], "en-GB"],
    ["en", ["de-DE"], "en"],
    ["zh-CN", ["zh-CN", "en"], "zh-CN"],
  ])("writes times of %s on a system of %j as %s", (locale, system, tag) =>
    expect(regional(locale, system)).toBe(tag),
  );
});
