/**
 * Finding emoji by their codes, names and keywords, in every language of the interface at once.
 *
 * The words asked for may stand in any order; each must begin a word of the emoji. Chinese is written
 * without blanks, so there any part of a word will do; where the interface is Chinese its pinyin does too.
 */
import type { Locale } from "@/i18n";
import type { Emoji, EmojiSet } from "./table";

interface Key {
  codes: string[];
  /** Words of the names, and of the codes. */
  names: string[];
  keywords: string[];
  /** Names and keywords in pinyin. */
  spoken: string[];
  spokenNames: string[];
}

const han = /\p{Script=Han}/u;
const between = /[\s_\-.,:，、：“”"'’()/&]+/u;

/** Without case and accents. */
const fold = (text: string) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
const wordsOf = (texts: string[]) => fold(texts.join(" ")).split(between);

/** A code whose end is only the code of a country: `:ta` asks for no flag. */
const flag = /^flag[-_]/;

/** Folded once: a search goes through all of them at every key. */
const keys = new WeakMap<Emoji, Key>();

function keyOf(emoji: Emoji): Key {
  const known = keys.get(emoji);
  if (known) return known;
  const languages = Object.values(emoji.words);
  const key = {
    codes: emoji.codes,
    names: wordsOf([...languages.map(({ name }) => name), ...emoji.codes.filter((code) => !flag.test(code))]),
    keywords: wordsOf(languages.flatMap(({ keywords }) => keywords)),
    spoken: languages.flatMap(({ spoken }) => spoken),
    spokenNames: languages.flatMap(({ spoken }) => spoken.slice(0, 1)),
  };
  keys.set(emoji, key);
  return key;
}

/** How well a word fits: the lower the better, null not at all. */
function fit(key: Key, token: string, pinyin: boolean): number | null {
  const begins = (word: string) => word.startsWith(token);
  const contains = (word: string) => word.includes(token);
  if (key.names.includes(token)) return 1;
  if (key.names.some(begins)) return 2;
  if (key.keywords.includes(token)) return 3;
  if (key.keywords.some(begins)) return 4;
  if (han.test(token)) return key.names.some(contains) ? 2 : key.keywords.some(contains) ? 4 : null;
  if (!pinyin) return null;
  return key.spokenNames.some(begins) ? 5 : key.spoken.some(begins) ? 6 : null;
}

/**
 * The emoji that fit, the best first. Of those that fit as well, the ones in `recent` come first, and then
 * those that come first in Unicode.
 */
export function searchEmoji(
  set: EmojiSet,
  query: string,
  locale: Locale,
  recent: readonly string[] = [],
): Emoji[] {
  const pasted = set.find(query.trim());
  if (pasted) return [pasted];
  const code = query.trim().replace(/^:|:$/g, "").toLowerCase();
  const tokens = fold(code)
    .split(between)
    .filter((token) => token !== "");
  if (tokens.length === 0) return [];
  const used = new Set(recent.map((written) => set.find(written)));
  const found: { emoji: Emoji; rank: number }[] = [];
  for (const emoji of set.all) {
    const key = keyOf(emoji);
    let worst = key.codes.includes(code) ? 0 : -1;
    for (const token of worst < 0 ? tokens : []) {
      const rank = fit(key, token, locale === "zh-CN");
      worst = rank === null ? Infinity : Math.max(worst, rank);
    }
    if (worst < Infinity) found.push({ emoji, rank: 2 * worst + (used.has(emoji) ? 0 : 1) });
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ emoji }) => emoji);
}
