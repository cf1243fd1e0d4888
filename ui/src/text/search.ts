/**
 * Finding things by their names: one rule for every list that can be searched.
 *
 * Names are compared without what a keyboard may lack: case, accents, letters joined in one (`ß`,
 * `æ`, `ﬁ`), the dot of `ı`. It is the same on every system, whatever its language. The words asked for
 * may stand in any order. Chinese names are found by their pinyin and its initials as well.
 */
import { shallowRef } from "vue";

/** Combining accents and points, and invisible characters. */
const extras =
  /(?=\p{Mn})[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Cyrillic}]|[\u00ad\u200b-\u200f\u2060]/gu;
/** Letters that Unicode normalisation does not decompose. */
const joined: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ŧ: "t",
  ŋ: "n",
  ı: "i",
  ĸ: "k",
  ſ: "s",
  ƒ: "f",
  ς: "σ",
  ə: "e",
};
const apart = new RegExp(`[${Object.keys(joined).join("")}]`, "g");

/** A text as it is compared. Two that look alike but for case and accents are the same. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(extras, "")
    .toLowerCase()
    .replace(extras, "")
    .replace(apart, (letter) => joined[letter] ?? letter);
}

/** Between words: blanks and what joins the parts of a room's name. */
const between = /[\s_\-./,·・&+()[\]#@＃＠]+/u;
const han = /\p{Script=Han}/u;

interface Key {
  whole: string;
  words: string[];
  /** How it is spoken: the syllables joined, and their initials. */
  readings: string[];
}

/** Reads Chinese signs: for each the ways in which it is spoken. Loaded when it is first needed. */
export type Reader = (name: string) => string[][];
const reader = shallowRef<Reader | null>(null);
let loading = false;

async function learn() {
  loading = true;
  try {
    reader.value = (await import("./pinyin")).read;
    keys.clear();
  } catch {
    // Without it names are found by their signs.
    loading = false;
  }
}

/** Readings of one name that are kept: a sign may be spoken in several ways. */
const READINGS = 16;

function readingsOf(name: string, read: Reader): string[] {
  let ways: { full: string; initials: string }[] = [{ full: "", initials: "" }];
  for (const sign of read(name)) {
    const more = ways.flatMap((way) =>
      sign.map((one) => ({ full: way.full + one, initials: way.initials + one.charAt(0) })),
    );
    ways = more.slice(0, READINGS);
  }
  return [...new Set(ways.flatMap((way) => [way.full, way.initials]))];
}

/** Names that are folded already. A list is searched at every key. */
const keys = new Map<string, Key>();
/** More than the rooms and people of a large space. */
const KEPT = 20_000;

function keyOf(name: string): Key {
  const known = keys.get(name);
  if (known) return known;
  if (keys.size >= KEPT) keys.clear();
  const whole = fold(name).trim();
  const read = han.test(name) ? reader.value : null;
  const key = {
    whole,
    words: whole.split(between).filter((word) => word !== ""),
    readings: read ? readingsOf(name, read) : [],
  };
  keys.set(name, key);
  return key;
}

/** How well a word fits: 0 it begins the name, 1 a word of it, 2 it is inside; null not at all. */
function fit({ whole, words, readings }: Key, token: string): number | null {
  if (whole.startsWith(token)) return 0;
  if (words.some((word) => word.startsWith(token)) || readings.some((way) => way.startsWith(token))) return 1;
  return whole.includes(token) || (token.length > 2 && readings.some((way) => way.includes(token)))
    ? 2
    : null;
}

/** All letters occur in this order: `dve` finds delivery-engine. */
function letters({ whole }: Key, token: string): boolean {
  let at = 0;
  for (const letter of token) {
    at = whole.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return token.length > 1;
}

/** How well names fit what is asked: the lower the better, null not at all. */
export type Fit = (name: string) => number | null;

/** Nothing is asked: every name fits. */
export const EVERY: Fit = () => 0;

/**
 * A matcher for names. `loose` also matches names that only contain the letters, in order.
 */
export function asking(query: string, { loose = false } = {}): Fit {
  const whole = fold(query).trim().replace(/^[#@]/, "");
  const tokens = whole.split(between).filter((token) => token !== "");
  if (tokens.length === 0) return EVERY;
  if (/[a-z]/.test(whole) && !loading) void learn();
  // Read here, so that a computed value updates once the table is loaded.
  void reader.value;
  return (name) => {
    const key = keyOf(name);
    if (key.whole.startsWith(whole)) return key.whole === whole ? -1 : 0;
    let worst = 0;
    for (const token of tokens) {
      const found = fit(key, token);
      if (found === null) return loose && letters(key, whole.replace(/\s/g, "")) ? 3 : null;
      worst = Math.max(worst, found);
    }
    // The words as they follow each other are nearer than the same words anywhere.
    return tokens.length > 1 && worst === 0 ? 1 : worst;
  };
}

/** Kept: making one for each comparison is what makes a long list slow. Numbers go by their value. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export function byName(a: string, b: string): number {
  return collator.compare(a, b);
}

/** Those whose name fits, the best first, else in the order in which they came. */
export function found<T>(all: Iterable<T>, fits: Fit, nameOf: (one: T) => string): T[] {
  const ranked: { one: T; rank: number }[] = [];
  for (const one of all) {
    const rank = fits(nameOf(one));
    if (rank !== null) ranked.push({ one, rank });
  }
  return ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
}
