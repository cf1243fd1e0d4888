/** Where a name after `@` begins and ends in what people type. */

/** The sign itself, and the wide one that Chinese and Japanese input methods write. */
export const AT = /[@＠]/;

/** An `@` after such a sign belongs to an address (`git@host`), to a path or to a word. */
const bound = /[\p{L}\p{N}_.%+/\\-]/u;
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
export function ends(name: string, next: string): boolean {
  return !/[\p{L}\p{N}\p{M}_]/u.test(next) || unspaced.test(next) || unspaced.test([...name].at(-1) ?? "");
}
