/** Completing a name after `@`, and finding whom a text names. Pure. */
import type { Person, UserId } from "@/generated/bridge";

/** More would not be read. */
const OFFERED = 6;

export interface Asked {
  /** Where the `@` stands. */
  at: number;
  /** What was written after it. */
  part: string;
}

/** What is being completed at the caret; null if nothing is. */
export function askedAt(text: string, caret: number): Asked | null {
  const before = text.slice(0, caret);
  const at = before.lastIndexOf("@");
  if (at < 0 || (at > 0 && /[\p{L}\p{N}]/u.test(before.charAt(at - 1)))) return null;
  const part = before.slice(at + 1);
  // Two words at most: names have blanks, but not every text after an `@` is a name.
  return part.includes("\n") || part.split(" ").length > 2 || part.startsWith(" ") ? null : { at, part };
}

/** People to offer, best first: whose name begins with it, then who has a word that does. */
export function offer(people: Iterable<Person>, part: string, me: UserId): Person[] {
  const wanted = part.toLocaleLowerCase();
  const rank = ({ name }: Person) => {
    const low = name.toLocaleLowerCase();
    if (low.startsWith(wanted)) return 0;
    if (low.split(/\s+/).some((word) => word.startsWith(wanted))) return 1;
    return wanted !== "" && low.includes(wanted) ? 2 : 3;
  };
  const found = [...people]
    .filter((person) => !person.gone && person.id !== me && rank(person) < 3)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, OFFERED);
  // A name that is written out needs no help, and Enter after it sends.
  return found.length === 1 && found[0]?.name === part ? [] : found;
}

/** The text with the name put in, and where the caret then stands. */
export function complete(
  text: string,
  caret: number,
  asked: Asked,
  name: string,
): { text: string; caret: number } {
  const begin = `${text.slice(0, asked.at)}@${name} `;
  return { text: begin + text.slice(caret).replace(/^ /, ""), caret: begin.length };
}

/** Whom a text names, by their whole names. */
export function namedIn(text: string, people: Iterable<Person>): UserId[] {
  const found: UserId[] = [];
  let rest = text;
  for (const person of [...people].sort((a, b) => b.name.length - a.name.length)) {
    const mark = `@${person.name}`;
    const parts = rest.split(mark);
    const named = parts
      .slice(1)
      .some((after) => !/^[\p{Script=Latin}\p{N}_]/u.test(after) || /\P{Script=Latin}$/u.test(person.name));
    if (!named) continue;
    found.push(person.id);
    // "@Lin Xiao" names Lin Xiao and not also a Lin.
    rest = parts.join("\n");
  }
  return found;
}
