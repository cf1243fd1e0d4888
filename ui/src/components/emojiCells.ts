/** What the emoji picker shows: cells in sections. Pure. */
import { searchEmoji } from "@/emoji/search";
import { type Emoji, type EmojiSet, GROUPS, type Group, toneOf, toned } from "@/emoji/table";
import type { Locale } from "@/i18n";

/** An emoji of the space itself: a picture that has a name. */
export interface CustomEmoji {
  name: string;
  /** Where its picture is. */
  url: string;
}

export type SectionId = "recent" | "custom" | Group;

export interface Cell {
  /** What is picked: an emoji, or the name of a custom one between colons. */
  text: string;
  /** The picture of a custom one. */
  image: string | null;
  name: string;
  code: string;
  /** Null for a custom one. */
  emoji: Emoji | null;
  /** The skin tone that it is shown in; 0 is the neutral one. */
  tone: number;
}

export interface Section {
  id: SectionId;
  cells: Cell[];
}

export interface Choice {
  set: EmojiSet;
  custom: readonly CustomEmoji[];
  /** What was used last, as it was written. */
  recent: readonly string[];
  tone: number;
  locale: Locale;
}

function cellOf(emoji: Emoji, written: string, locale: Locale): Cell {
  return {
    text: written,
    image: null,
    name: emoji.words[locale].name,
    code: codeOf(emoji.codes[0] ?? ""),
    emoji,
    tone: toneOf(emoji, written),
  };
}

const codeOf = (name: string) => `:${name}:`;

function customCell({ name, url }: CustomEmoji): Cell {
  return { text: codeOf(name), image: url, name, code: codeOf(name), emoji: null, tone: 0 };
}

/** Every section that has something in it. */
export function sectionsOf({ set, custom, recent, tone, locale }: Choice): Section[] {
  const named = new Map(custom.map((one) => [codeOf(one.name), one]));
  const used = recent.map((written) => {
    const own = named.get(written);
    const emoji = set.find(written);
    return own ? customCell(own) : emoji ? cellOf(emoji, written, locale) : null;
  });
  const groups = new Map<Group, Cell[]>(GROUPS.map((group) => [group, []]));
  for (const emoji of set.all) groups.get(emoji.group)?.push(cellOf(emoji, toned(emoji, tone), locale));
  const sections: Section[] = [
    { id: "recent", cells: used.filter((cell) => cell !== null) },
    { id: "custom", cells: custom.map(customCell) },
    ...[...groups].map(([id, cells]) => ({ id, cells })),
  ];
  return sections.filter(({ cells }) => cells.length > 0);
}

/** What fits a query: custom ones first. */
export function foundCells({ set, custom, recent, tone, locale }: Choice, query: string): Cell[] {
  const wanted = query.trim().replaceAll(":", "").toLowerCase();
  const own = custom.filter(({ name }) => name.toLowerCase().includes(wanted));
  const emoji = searchEmoji(set, query, locale, recent);
  return [...own.map(customCell), ...emoji.map((one) => cellOf(one, toned(one, tone), locale))];
}

/** The neutral form of an emoji and its skin tones, from light to dark. */
export function formsOf(emoji: Emoji): string[] {
  return [emoji.emoji, ...emoji.tones];
}
