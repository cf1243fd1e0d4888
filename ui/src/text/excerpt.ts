/** The beginning of a message in one line, for a quote of it: without what it quotes itself. */
import { parse } from "./parse";
import { plain } from "./plain";
import { beginning, type Known } from "./token";

/** The longest excerpt in characters (from the protocol). */
const LONGEST = 200;
/** A longer text is not read whole. */
const READ = 4000;

export function excerptOf(text: string, people: Known): string {
  const all = parse(beginning(text, READ), people);
  const own = all.filter(({ kind }) => kind !== "quote");
  const line = plain(own.length > 0 ? own : all)
    .replace(/\s+/g, " ")
    .trim();
  return [...line].slice(0, LONGEST).join("");
}
