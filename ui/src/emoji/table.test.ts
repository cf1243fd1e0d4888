import { describe, expect, it } from "vitest";
import table from "virtual:emoji-table";
import { searchEmoji } from "./search";
import { GROUPS, loadEmoji, setOf, toneOf, toned } from "./table";

const set = setOf(table, () => true);
const one = (emoji: string) => {
  const found = set.find(emoji);
  if (!found) throw new Error(`no ${emoji}`);
  return found;
};

describe("the table", () => {
  it("has every emoji of a recent Unicode once, in all groups and languages", () => {
    expect(set.all.length).toBeGreaterThan(1850);
    expect(new Set(set.all.map(({ emoji }) => emoji)).size).toBe(set.all.length);
    expect([...new Set(set.all.map(({ group }) => group))]).toEqual([...GROUPS]);
    for (const locale of ["en", "zh-CN"] as const)
      expect(set.all.filter(({ words }) => words[locale].name === "")).toEqual([]);
    expect(set.all.filter(({ words }) => !/\p{Script=Han}/u.test(words["zh-CN"].name)).length).toBeLessThan(
      40,
    );
    expect(set.all.filter(({ codes }) => codes.length === 0)).toEqual([]);
    // A chunk that opens at once.
    expect(JSON.stringify(table).length).toBeLessThan(600_000);
  });

  it.each([
    ["👋", ["👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"]],
    ["☝️", ["☝🏻", "☝🏼", "☝🏽", "☝🏾", "☝🏿"]],
    ["🕵️‍♀️", ["🕵🏻‍♀️", "🕵🏼‍♀️", "🕵🏽‍♀️", "🕵🏾‍♀️", "🕵🏿‍♀️"]],
    ["🧑‍🤝‍🧑", ["🧑🏻‍🤝‍🧑🏻", "🧑🏼‍🤝‍🧑🏼", "🧑🏽‍🤝‍🧑🏽", "🧑🏾‍🤝‍🧑🏾", "🧑🏿‍🤝‍🧑🏿"]],
    ["🎉", []],
    ["😐", []],
  ])("has %s with the skin tones %j", (emoji, tones) => expect(one(emoji).tones).toEqual(tones));

  it("finds and makes an emoji with a skin tone", () => {
    const wave = one("👋🏽");
    expect([wave.emoji, toneOf(wave, "👋🏽"), toneOf(wave, "👋")]).toEqual(["👋", 3, 0]);
    expect([toned(wave, 5), toned(wave, 0), toned(one("🎉"), 5)]).toEqual(["👋🏿", "👋", "🎉"]);
  });

  it("leaves out what can't be drawn, and skin tones that can't", () => {
    const older = setOf(table, (emoji, version) => version < 14 && emoji !== "👋🏻");
    expect(older.find("🫠")).toBeUndefined();
    expect(older.find("😀")).toBeDefined();
    expect(older.find("👋")?.tones).toEqual([]);
  });

  it("is loaded once, whole where there is no canvas", async () => {
    const loaded = await loadEmoji();
    expect(loaded.all.length).toBe(set.all.length);
    expect(await loadEmoji()).toBe(loaded);
  });
});

describe("searching", () => {
  const found = (query: string, locale: "en" | "zh-CN" = "en", recent: string[] = []) =>
    searchEmoji(set, query, locale, recent).map(({ emoji }) => emoji);

  it.each([
    ["tada", "en", "🎉"],
    [":tada:", "en", "🎉"],
    ["TADA", "en", "🎉"],
    ["+1", "en", "👍"],
    ["-1", "en", "👎"],
    ["thumbs up", "en", "👍"],
    ["up thumbs", "en", "👍"],
    ["thumbs_up", "en", "👍"],
    ["white_check", "en", "✅"],
    ["heart_eyes", "en", "😍"],
    ["germany", "en", "🇩🇪"],
    ["pinata", "en", "🪅"],
    ["🎉", "en", "🎉"],
    ["👋🏽", "en", "👋"],
    ["火箭", "en", "🚀"],
    ["火箭", "zh-CN", "🚀"],
    ["huojian", "zh-CN", "🚀"],
    ["rocket", "zh-CN", "🚀"],
    ["笑哭", "zh-CN", "😂"],
    ["鼓掌", "zh-CN", "👏"],
  ] as const)("%j in %s finds %s first", (query, locale, emoji) =>
    expect(found(query, locale)[0]).toBe(emoji),
  );

  it.each([
    ["party", "en", "🎉"],
    ["庆祝", "zh-CN", "🎉"],
    ["德国", "en", "🇩🇪"],
  ] as const)("%j in %s finds %s among others", (query, locale, emoji) =>
    expect(found(query, locale)).toContain(emoji),
  );

  it.each(["", "  ", ":", "qqqq", "xd"])("%j finds nothing", (query) => expect(found(query)).toEqual([]));

  it("finds a flag by its code, and not by two letters that begin other words", () => {
    expect(found("flag-ta")[0]).toBe("🇹🇦");
    expect(found("ta")).toContain("🎉");
    expect(found("ta").indexOf("🎉")).toBeLessThan(found("ta").indexOf("🇹🇦"));
  });

  it("does not take pinyin for English", () => expect(found("huojian")).toEqual([]));

  it("prefers what was used lately among those that fit as well", () => {
    const [first, second = ""] = found("smil");
    expect(found("smil", "en", [second])[0]).toBe(second);
    expect(first).not.toBe(second);
  });
});
