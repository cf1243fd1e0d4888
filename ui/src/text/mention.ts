/** Which person an `@` in a text names. */
import type { Mentionable } from "./tree";

/** The sign itself, and the wide one that Chinese and Japanese input methods write. */
export const AT = /[@＠]/;

/** An `@` after such a sign belongs to an address (`git@host`), to a path or to a word. */
const bound = /[\p{L}\p{N}_.%+/-]/u;
/** These are written without blanks between words: an `@` after them begins a name. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Bopomofo}]/u;

/** Whether a name may begin at this place. */
export function mayName(text: string, at: number): boolean {
  if (at === 0) return true;
  const low = text.charCodeAt(at - 1);
  const before = low >= 0xdc00 && low <= 0xdfff ? text.slice(at - 2, at) : text.charAt(at - 1);
  return !bound.test(before) || unspaced.test(before);
}

/** The name ends before this sign: "@Lin" does not name the Lin of "@Linda". */
function ends(name: string, next: string): boolean {
  return !/[\p{L}\p{N}\p{M}_]/u.test(next) || unspaced.test(next) || unspaced.test(name.slice(-1));
}

interface Name {
  user: string;
  /** As it is compared: composed, in lower case. */
  folded: string;
  /** How many units it has in a text, which may be written in composed letters or not. */
  shortest: number;
  longest: number;
}

/** The names of people, made ready to be looked for. */
export interface Names {
  whole: Name[];
  /** First words of names that may stand for the whole. */
  first: Name[];
}

const folded = (text: string) => text.normalize("NFC").toLowerCase();

export function namesOf(people: Mentionable[]): Names {
  const ready = (user: string, name: string): Name => ({
    user,
    folded: folded(name),
    shortest: name.normalize("NFC").length,
    longest: name.normalize("NFD").length,
  });
  // Longer ones first: "@Lin Xiao" is not Lin.
  const sorted = people.filter(({ name }) => name !== "").sort((a, b) => b.name.length - a.name.length);
  return {
    whole: sorted.map(({ id, name }) => ready(id, name)),
    first: sorted
      .filter(({ whole }) => !whole)
      .map(({ id, name }) => ready(id, name.split(" ")[0] ?? ""))
      .filter(({ shortest }) => shortest > 0),
  };
}

/** The name as it is written at this place; null if it is not. */
function writtenAt(text: string, at: number, name: Name): string | null {
  for (let length = name.shortest; length <= name.longest && at + length <= text.length; length++) {
    const written = text.slice(at, at + length);
    if (folded(written) !== name.folded) continue;
    const next = String.fromCodePoint(text.codePointAt(at + length) ?? 32);
    if (ends(written, next)) return written;
  }
  return null;
}

/** The person named at this place, and how the name is written there. */
export function mentionAt(text: string, at: number, names: Names): { user: string; name: string } | null {
  if (!mayName(text, at)) return null;
  // Whole names before first names: "@Lin" is Lin, if there is a Lin, and not Lin Xiao.
  for (const some of [names.whole, names.first])
    for (const name of some) {
      const written = writtenAt(text, at + 1, name);
      if (written !== null) return { user: name.user, name: written };
    }
  return null;
}
