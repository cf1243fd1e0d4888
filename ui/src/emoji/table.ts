/**
 * The emoji that can be picked, in the order of Unicode, with their names in every language.
 *
 * The table is loaded when it is first wanted. What this webview can't draw is not in it.
 */
import { type ShallowRef, shallowRef } from "vue";
import type { Locale } from "@/i18n";
import { canvasProbe, drawable } from "./drawable";

/** As the build writes it: emoji, number of its group, version, codes; then its skin tones and their version. */
export type RawRow = [string, number, number, string[], string[]?, number?];
/** Name, keywords, how they are spoken. */
export type RawWords = [string, string[], string[]?];

export interface RawTable {
  rows: RawRow[];
  /** In the order of the rows. */
  words: Record<Locale, RawWords[]>;
}

export const GROUPS = [
  "smileys",
  "people",
  "animals",
  "food",
  "travel",
  "activities",
  "objects",
  "symbols",
  "flags",
] as const;
export type Group = (typeof GROUPS)[number];

/** Skin tones by their number. */
export const TONES = ["neutral", "light", "medium_light", "medium", "medium_dark", "dark"] as const;

/** By its number in emojibase-data, where 2 are components. */
const NUMBERS: Record<number, Group> = {
  0: "smileys",
  1: "people",
  3: "animals",
  4: "food",
  5: "travel",
  6: "activities",
  7: "objects",
  8: "symbols",
  9: "flags",
};

export interface EmojiWords {
  name: string;
  keywords: string[];
  /** Chinese words in pinyin, the name first. */
  spoken: string[];
}

export interface Emoji {
  /** As it is sent, with the neutral skin. */
  emoji: string;
  group: Group;
  /** Its names between colons. The first is the one that is shown. */
  codes: string[];
  /** With each skin tone, from light to dark; empty if it has none. */
  tones: string[];
  words: Record<Locale, EmojiWords>;
}

export interface EmojiSet {
  all: Emoji[];
  /** An emoji in whichever skin tone. */
  find(emoji: string): Emoji | undefined;
  byCode(code: string): Emoji | undefined;
}

/** The emoji with a skin tone, from 1 (light) to 5 (dark), where it has one. */
export function toned(emoji: Emoji, tone: number): string {
  return emoji.tones[tone - 1] ?? emoji.emoji;
}

/** The skin tone of an emoji as it is written; 0 is the neutral one. */
export function toneOf(emoji: Emoji, written: string): number {
  return emoji.tones.indexOf(written) + 1;
}

/** `drawn` says whether an emoji of a version can be drawn here. */
export function setOf(
  { rows, words }: RawTable,
  drawn: (emoji: string, version: number) => boolean,
): EmojiSet {
  const all: Emoji[] = [];
  const written = new Map<string, Emoji>();
  const coded = new Map<string, Emoji>();
  const locales = Object.keys(words) as Locale[];
  rows.forEach(([emoji, group, version, codes, tones = [], toneVersion = version], at) => {
    if (!drawn(emoji, version)) return;
    const [first] = tones;
    const one: Emoji = {
      emoji,
      group: NUMBERS[group] ?? "symbols",
      codes,
      tones: first !== undefined && drawn(first, toneVersion) ? tones : [],
      words: Object.fromEntries(
        locales.map((locale) => {
          const [name = "", keywords = [], spoken = []] = words[locale][at] ?? [];
          return [locale, { name, keywords, spoken }];
        }),
      ) as Record<Locale, EmojiWords>,
    };
    all.push(one);
    for (const form of [emoji, ...one.tones]) written.set(form, one);
    for (const code of codes) if (!coded.has(code)) coded.set(code, one);
  });
  return { all, find: (emoji) => written.get(emoji), byCode: (code) => coded.get(code) };
}

const loaded = shallowRef<EmojiSet | null>(null);
let loading: Promise<EmojiSet> | null = null;

export function loadEmoji(): Promise<EmojiSet> {
  loading ??= load().catch((failed: unknown) => {
    // The next one who wants it tries again.
    loading = null;
    throw failed;
  });
  return loading;
}

async function load(): Promise<EmojiSet> {
  const { default: table } = await import("virtual:emoji-table");
  loaded.value = setOf(table, drawable(canvasProbe()));
  return loaded.value;
}

/** The emoji, or null until they are loaded, which begins now. */
export function useEmojiSet(): Readonly<ShallowRef<EmojiSet | null>> {
  if (!loaded.value) void loadEmoji().catch(() => undefined);
  return loaded;
}
