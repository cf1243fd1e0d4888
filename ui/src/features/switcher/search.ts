/** What the switcher offers for some letters. Pure. */
import { EVERY, asking } from "@/text/search";

export interface Entry {
  id: string;
  group: "rooms" | "people" | "commands";
  name: string;
  /** First among equal matches, e.g. because it is unread. */
  first: boolean;
  /** Further words by which it is found. */
  also?: string;
}

/** More is not read; further letters narrow it. */
const SHOWN = 30;

/** The entries that fit, the best first; in the order in which they came when nothing is asked. */
export function search<E extends Entry>(entries: E[], query: string): E[] {
  const named = asking(query, { loose: true });
  if (named === EVERY) return entries.slice(0, SHOWN);
  // In a long text the letters of any word occur somewhere.
  const described = asking(query);
  return entries
    .map((entry) => ({
      entry,
      rank: Math.min(
        named(entry.name) ?? Infinity,
        (entry.also === undefined ? null : described(`${entry.name} ${entry.also}`)) ?? Infinity,
      ),
    }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || Number(b.entry.first) - Number(a.entry.first))
    .map(({ entry }) => entry)
    .slice(0, SHOWN);
}
