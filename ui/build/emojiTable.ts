/**
 * The table of emoji that ships, as the module `virtual:emoji-table`.
 *
 * emojibase-data holds far more than is shown: languages, subgroups, code points, a name for every skin
 * tone. The build takes what is needed, which is a tenth of it. Chinese words get their pinyin here, so
 * that nobody loads a table of readings to search by letters.
 */
import { createRequire } from "node:module";
import type { Plugin } from "vite";
import type { RawRow, RawTable, RawWords } from "../src/emoji/table";

const ID = "virtual:emoji-table";
/** Of each language of the interface, its data. */
const LANGUAGES = { en: "en", "zh-CN": "zh" } as const;
/** Names between colons: first those that people know from Slack, then those for newer emoji. */
const SHORTCODES = ["iamcal", "emojibase"];
/** Skin tones and hair by themselves are no emoji to pick. */
const COMPONENTS = 2;
const TONES = [1, 2, 3, 4, 5];

interface Entry {
  emoji: string;
  hexcode: string;
  label: string;
  version: number;
  order?: number;
  group?: number;
  tags?: string[];
  tone?: number | number[];
  skins?: Entry[];
}

const require = createRequire(import.meta.url);
const read = (name: string): unknown => require(`emojibase-data/${name}.json`);

/** Without a selector where the picture needs none, as Unicode recommends for interchange. */
const plain = (emoji: string) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");

/** The variants in which everybody has the same tone, from light to dark. */
function tonesOf({ skins = [] }: Entry): Entry[] {
  const all = TONES.map((tone) => skins.find((skin) => [skin.tone].flat().every((one) => one === tone)));
  return all.filter((skin) => skin !== undefined);
}

function rowOf(entry: Entry, shortcodes: Record<string, string | string[]>[]): RawRow {
  const codes = [...new Set(shortcodes.flatMap((known) => known[entry.hexcode] ?? []))];
  const { emoji, group = 0, version } = entry;
  const tones = tonesOf(entry);
  const [first] = tones;
  if (!first) return [plain(emoji), group, version, codes];
  return [plain(emoji), group, version, codes, tones.map((tone) => plain(tone.emoji)), first.version];
}

function wordsOf({ label, tags = [] }: Entry, spoken: (word: string) => string): RawWords {
  const keywords = [...new Set(tags.flatMap((tag) => tag.split(/[，、]/)))].filter((tag) => tag !== label);
  const readings = [...new Set([label, ...keywords].map(spoken))].filter((reading) => reading !== "");
  return readings.length > 0 ? [label, keywords, readings] : [label, keywords];
}

async function table(): Promise<RawTable> {
  const { pinyin } = await import("pinyin-pro");
  const spoken = (word: string) =>
    /\p{Script=Han}/u.test(word) ? pinyin(word, { toneType: "none", type: "array", v: true }).join("") : "";
  const listed = (language: string) =>
    (read(`${language}/data`) as Entry[])
      .filter(({ group }) => group !== undefined && group !== COMPONENTS)
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const entries = listed("en");
  const shortcodes = SHORTCODES.map(
    (preset) => read(`en/shortcodes/${preset}`) as Record<string, string | string[]>,
  );
  const words = Object.entries(LANGUAGES).map(([locale, language]) => {
    const named = new Map(listed(language).map((entry) => [entry.hexcode, entry]));
    return [locale, entries.map((entry) => wordsOf(named.get(entry.hexcode) ?? entry, spoken))];
  });
  const rows = entries.map((entry) => rowOf(entry, shortcodes));
  return { rows, words: Object.fromEntries(words) as RawTable["words"] };
}

export function emojiTable(): Plugin {
  return {
    name: "emoji-table",
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    async load(id) {
      if (id !== `\0${ID}`) return null;
      // Reading JSON is quicker than running the same as a program.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(await table()))})`;
    },
  };
}
