/** What the switcher offers for some letters. Pure. */
import { EVERY, asking, found } from "@/text/search";

export interface Entry {
  id: string;
  group: "rooms" | "people" | "commands";
  name: string;
  /** Stands first among equals, e.g. because something in it is unread. */
  first: boolean;
  /** Further words by which it is found. */
  also?: string;
}

/** More is not read; further letters narrow it. */
const SHOWN = 30;

/** The entries that fit, the best first; in the order in which they came when nothing is asked. */
export function search<E extends Entry>(entries: E[], query: string): E[] {
  const fits = asking(query, { loose: true });
  if (fits === EVERY) return entries.slice(0, SHOWN);
  const ahead = [...entries].sort((a, b) => Number(b.first) - Number(a.first));
  return found(ahead, fits, ({ name, also }) => (also === undefined ? name : `${name} ${also}`)).slice(
    0,
    SHOWN,
  );
}
