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

/** The person named at this place, and how the name is written there. */
export function mentionAt(
  text: string,
  at: number,
  people: Mentionable[],
): { user: string; name: string } | null {
  if (!mayName(text, at)) return null;
  // Whole names before first names: "@Lin" is Lin, if there is a Lin, and not Lin Xiao.
  for (const whole of [true, false]) {
    for (const person of people) {
      const name = whole ? person.name : person.whole ? "" : (person.name.split(" ")[0] ?? "");
      const written = text.slice(at + 1, at + 1 + name.length);
      if (name === "" || written.toLowerCase() !== name.toLowerCase()) continue;
      const next = String.fromCodePoint(text.codePointAt(at + 1 + name.length) ?? 32);
      if (ends(name, next)) return { user: person.id, name: written };
    }
  }
  return null;
}
