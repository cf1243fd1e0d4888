/** Completing a name after `@`, and finding whom a text names. Pure. */
import type { Person, UserId } from "@/generated/bridge";
import { mayName } from "@/text/mention";
import { asking, byName, found } from "@/text/search";

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
  const at = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
  if (at < 0 || !mayName(before, at)) return null;
  const part = before.slice(at + 1);
  // Two words at most: names have blanks, but not every text after an `@` is a name.
  return part.includes("\n") || part.split(" ").length > 2 || part.startsWith(" ") ? null : { at, part };
}

/**
 * People to offer, best first: whose name begins with it, then who has a word that does; among equals
 * who spoke last, by the place in `recent`.
 */
export function offer(
  people: Iterable<Person>,
  part: string,
  me: UserId,
  recent: ReadonlyMap<UserId, number> = new Map(),
): Person[] {
  const there = [...people].filter((person) => !person.gone && person.id !== me);
  const spoke = ({ id }: Person) => recent.get(id) ?? -1;
  there.sort((a, b) => spoke(b) - spoke(a) || byName(a.name, b.name));
  const offered = found(there, asking(part), ({ name }) => name).slice(0, OFFERED);
  // A name that is written out needs no help, and Enter after it sends.
  return offered.length === 1 && offered[0]?.name === part ? [] : offered;
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
