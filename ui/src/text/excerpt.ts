/** The beginning of a message in one line, for a quote of it: without what it quotes itself. */
import { type Mentionable, parse } from "./parse";
import { plain } from "./plain";

/** The longest excerpt in characters (from the protocol). */
const LONGEST = 200;
/** A longer text is not read whole. */
const READ = 4000;

export function excerptOf(text: string, people: Mentionable[]): string {
  const all = parse(text.slice(0, READ), people);
  const own = all.filter(({ kind }) => kind !== "quote");
  const line = plain(own.length > 0 ? own : all)
    .replace(/\s+/g, " ")
    .trim();
  return [...line].slice(0, LONGEST).join("");
}
