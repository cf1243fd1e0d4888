import { describe, expect, it, vi } from "vitest";
import { asking, byName, fold, found } from "./search";

describe("folding", () => {
  it.each([
    ["Zoë", "zoe"],
    ["Zoe\u0308", "zoe"],
    ["JOSÉ", "jose"],
    ["Işıl", "isil"],
    ["İstanbul", "istanbul"],
    ["Straße", "strasse"],
    ["STRASSE", "strasse"],
    ["Gaël Ærø", "gael aero"],
    ["ﬁona", "fiona"],
    ["Ｃａｆé", "cafe"],
    ["Łódź", "lodz"],
    ["Ad\u200da", "ada"],
    ["ΣΊΣΥΦΟΣ", "σισυφοσ"],
    ["σίσυφος", "σισυφοσ"],
    ["Ёлка", "елка"],
    ["مُحَمَّد", "محمد"],
    ["Þór", "thor"],
    ["clé①", "cle1"],
    ["नमस्ते", "नमस्ते"],
  ])("%s is %s", (text, folded) => expect(fold(text)).toBe(folded));
});

describe("asking for a name", () => {
  it.each([
    ["Zoë Ångström", "zoe", 0],
    ["Zoë Ångström", "angs", 1],
    ["Zoë Ångström", "angstrom zoe", 1],
    ["Zoë Ångström", "zoe ang", 0],
    ["delivery-engine", "engine del", 1],
    ["delivery-1", "deliv 1", 1],
    ["delivery-engine", "gin", 2],
    ["delivery-engine", "xyz", null],
    ["general", "general", -1],
    ["general", "#gen", 0],
    ["Işıl Şahin", "isil sahin", -1],
    ["Straße", "strasse", -1],
    ["上海办公室", "办公", 2],
    ["上海办公室", "上海", 0],
    ["anything", "  ", 0],
  ])("%s by %j: %s", (name, query, rank) => expect(asking(query)(name)).toBe(rank));

  it("takes letters in their order only when it may", () => {
    expect(asking("dve")("delivery-engine")).toBe(null);
    expect(asking("dve", { loose: true })("delivery-engine")).toBe(3);
  });

  it("finds Chinese names by pinyin and initials, once the table is there", async () => {
    await vi.waitFor(() => expect(asking("wang")("王芳")).toBe(1), { timeout: 20_000 });
    for (const [name, query] of [
      ["王芳", "wangf"],
      ["王芳", "wf"],
      ["王芳", "wang fang"],
      ["上海办公室", "shanghai"],
      ["上海办公室", "shbgs"],
      ["重庆", "chongqing"],
      ["重庆", "zhongqing"],
      ["单雄信", "shan"],
      ["吕布", "lv"],
      ["前端 team", "qianduan te"],
    ] as const)
      expect(asking(query)(name), `${name} by ${query}`).not.toBe(null);
    expect(asking("li")("王芳")).toBe(null);
  }, 30_000);
});

it("keeps the order of equals, the best first", () => {
  const names = ["a new one", "newest", "news", "engine"];
  expect(found(names, asking("new"), (name) => name)).toEqual(["newest", "news", "a new one"]);
});

it("sorts numbers by their value", () => {
  expect(["ops-data-245", "ops-data-25", "Ops-data-3"].sort(byName)).toEqual([
    "Ops-data-3",
    "ops-data-25",
    "ops-data-245",
  ]);
});
