/** What the switcher offers for some letters. Pure. */

export interface Entry {
  id: string;
  group: "rooms" | "people" | "commands";
  name: string;
  /** Stands first among equals, e.g. because something in it is unread. */
  first: boolean;
}

/** More is not read; further letters narrow it. */
const SHOWN = 30;

/** How well a name fits: 0 begins with it, 1 a word does, 2 it is inside, 3 its letters in order; null not at all. */
export function fit(name: string, wanted: string): number | null {
  const low = name.toLocaleLowerCase();
  if (low.startsWith(wanted)) return 0;
  if (low.split(/[\s_-]+/).some((word) => word.startsWith(wanted))) return 1;
  if (low.includes(wanted)) return 2;
  let at = 0;
  for (const char of wanted) {
    at = low.indexOf(char, at) + 1;
    if (at === 0) return null;
  }
  return 3;
}

/** The entries that fit, the best first; in the groups' order when nothing is asked. */
export function search(entries: Entry[], query: string): Entry[] {
  const wanted = query.trim().replace(/^[#@]/, "").toLocaleLowerCase();
  return entries
    .map((entry, at) => ({ entry, at, rank: wanted === "" ? 0 : fit(entry.name, wanted) }))
    .filter((found): found is { entry: Entry; at: number; rank: number } => found.rank !== null)
    .sort(
      (a, b) =>
        a.rank - b.rank || (wanted === "" ? 0 : Number(b.entry.first) - Number(a.entry.first)) || a.at - b.at,
    )
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
}
