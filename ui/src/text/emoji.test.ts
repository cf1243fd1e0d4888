import { describe, expect, it } from "vitest";
import { isOnlyEmoji } from "./emoji";

describe("emoji alone", () => {
  it.each([
    ["👍"],
    ["👍👍👍"],
    ["🕊️ 🎉"],
    [" 🎉\n"],
    ["🎉\n🎉"],
    // Flags: of a country, of a part of one, in a sequence.
    ["🇩🇪"],
    ["🇩🇪🇫🇷🇨🇳"],
    ["🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
    ["🏳️‍🌈"],
    ["🏳‍🌈"],
    ["🏴‍☠️"],
    // Keycaps, with and without the variation selector.
    ["1️⃣"],
    ["1⃣"],
    ["#️⃣*️⃣"],
    // Families, couples, professions, hearts.
    ["👩‍👩‍👧"],
    ["👨‍👩‍👧‍👦"],
    ["👩🏻‍❤️‍💋‍👨🏿👩🏻‍❤️‍💋‍👨🏿👩🏻‍❤️‍💋‍👨🏿"],
    ["🧑🏽‍🤝‍🧑🏻"],
    ["🕵️‍♂️"],
    ["🕵️‍♂"],
    ["👩🏾‍💻"],
    ["❤️‍🔥"],
    ["⛓️‍💥"],
    // Skin tones, also on what is text without one.
    ["👋🏿"],
    ["☝🏼"],
    ["✌️"],
    // A symbol that is asked for as a picture.
    ["©️"],
    ["™️ ❤️"],
    ["😐️"],
  ])("%s", (text) => expect(isOnlyEmoji(text)).toBe(true));

  it.each([
    [""],
    [" "],
    ["ok 👍"],
    ["👍."],
    ["👍👍👍👍"],
    ["👍 👍 👍 👍"],
    ["👍,👍"],
    // Text unless something else is asked for.
    ["©"],
    ["®™"],
    ["❤"],
    ["☝"],
    ["♂"],
    ["↔"],
    ["㊗"],
    // Asked for as text.
    ["😀\ufe0e"],
    ["❤\ufe0e"],
    ["12"],
    ["1\ufe0f"],
    ["#"],
    ["*"],
    ["\u20e3"],
    // Half a flag.
    ["🇩"],
    ["🇩🇪🇫"],
    ["\u200d"],
    ["\ufe0f"],
    ["王"],
    [":tada:"],
    ["👍".repeat(2000)],
  ])("%j is not", (text) => expect(isOnlyEmoji(text)).toBe(false));
});
