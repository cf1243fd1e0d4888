/**
 * The loaded part of a room's log: a bounded window without gaps, or with explicit holes.
 *
 * Rows are ordered by seq, followed by queued ones in the order of writing. A row keeps its key from
 * being queued to being on the server, so replacing by key never duplicates it. Rows that are not
 * adjacent to the window are left out: scrolling there loads them.
 */
import type { Hole, Item, Seq, Timeline } from "@/generated/bridge";

/** Rows of one page. */
export const PAGE = 80;
/** Most rows kept. Beyond it the far end is dropped and loaded again when needed. */
export const HELD = 600;

export interface Log {
  items: Item[];
  holes: Hole[];
  more_before: boolean;
  more_after: boolean;
  /** The first answer has come. */
  loaded: boolean;
  /** Must be loaded again. */
  stale: boolean;
  /** How often it became stale: an answer to an older request is stale too. */
  voided: number;
  /** What came while the window is being read, to be taken again after every answer: pushes and answers
   *  travel separate ways, and an answer may be older than a push that overtook it. */
  missed: MissedWhileReading | null;
}

/** Changes during overlapping reads, from the beginning of the first to the end of the last. */
export interface MissedWhileReading {
  readings: number;
  items: Item[];
  gone: string[];
  holes: Hole[] | null;
}

export function emptyLog(): Log {
  return {
    items: [],
    holes: [],
    more_before: false,
    more_after: false,
    loaded: false,
    stale: false,
    voided: 0,
    missed: null,
  };
}

/** The seq of a row of the log; null for one in the outbox. */
export function seqOf(item: Item): Seq | null {
  return item.place.at === "log" ? item.place.n : null;
}

/** The first seq of a window; null when it has none. */
export function firstSeq(log: Log): Seq | null {
  const first = log.items[0];
  return first ? seqOf(first) : null;
}

/** The last seq of a window, before what is queued. */
export function lastSeq(log: Log): Seq | null {
  for (let i = log.items.length - 1; i >= 0; i--) {
    const item = log.items[i];
    if (item?.place.at === "log") return item.place.n;
  }
  return null;
}

function byPlace(a: Item, b: Item): number {
  if (a.place.at !== b.place.at) return a.place.at === "log" ? -1 : 1;
  return a.place.n - b.place.n;
}

/** Holes that lie in the window or touch its edge. */
function visible(holes: Hole[], first: Seq | null): Hole[] {
  return holes.filter((hole) => first === null || hole.to >= first - 1);
}

/** The lowest seq that belongs to the window: its first row, or the hole right before that. */
function floor(log: Log): Seq {
  const first = firstSeq(log);
  if (first === null) return 0;
  const before = log.holes.find((hole) => hole.to === first - 1);
  return before && !before.expired ? before.from : first;
}

/** Merges rows that are new or changed. */
export function mergeItems(log: Log, items: Item[]) {
  log.missed?.items.push(...items);
  const held = new Map(log.items.map((item) => [item.key, item]));
  const low = floor(log);
  const top = lastSeq(log) ?? 0;
  let changed = false;
  for (const item of items) {
    const known = held.has(item.key);
    const seq = seqOf(item);
    const joins = seq === null ? !log.more_after : seq >= low && (seq <= top || !log.more_after);
    if (!known && !joins) continue;
    held.set(item.key, item);
    changed = true;
  }
  if (changed) log.items = [...held.values()].sort(byPlace);
}

/** Drops rows. */
export function removeItems(log: Log, keys: string[]) {
  log.missed?.gone.push(...keys);
  const gone = new Set(keys);
  log.items = log.items.filter((item) => !gone.has(item.key));
}

/** Sets the holes of the room's log. */
export function setHoles(log: Log, holes: Hole[]) {
  if (log.missed) log.missed.holes = holes;
  log.holes = visible(holes, firstSeq(log));
}

/** Marks the window and its pending changes as stale: it must be loaded again. */
export function invalidateLog(log: Log) {
  log.stale = true;
  log.voided++;
  if (log.missed) Object.assign(log.missed, { items: [], gone: [], holes: null });
}

/** Begins a read of the window. Others may be running. */
export function beginRead(log: Log) {
  log.missed ??= { readings: 0, items: [], gone: [], holes: null };
  log.missed.readings++;
}

/** Ends a read: changes that arrived meanwhile are applied on top of the answer. */
export function endRead(log: Log) {
  const meanwhile = log.missed;
  if (!meanwhile) return;
  // Applying them must not collect them again.
  log.missed = null;
  mergeItems(log, meanwhile.items);
  removeItems(log, meanwhile.gone);
  if (meanwhile.holes) setHoles(log, meanwhile.holes);
  if (--meanwhile.readings > 0) log.missed = meanwhile;
}

/** Replaces the window. */
export function replaceLog(log: Log, part: Timeline) {
  log.items = [...part.items].sort(byPlace);
  log.holes = part.holes;
  log.more_before = part.more_before;
  log.more_after = part.more_after;
  log.loaded = true;
  log.stale = false;
}

/** Adds a page before the window; drops the far end if there are too many rows. */
export function prependPage(log: Log, part: Timeline) {
  const held = new Set(log.items.map((item) => item.key));
  const fresh = part.items.filter((item) => item.place.at === "log" && !held.has(item.key));
  const items = [...fresh, ...log.items].sort(byPlace);
  const cut = items.length > HELD;
  log.items = cut ? items.slice(0, HELD) : items;
  log.more_before = part.more_before;
  if (cut) log.more_after = true;
  log.holes = visible(part.holes, firstSeq(log));
}

/** Adds a page after the window; drops the far end if there are too many rows. */
export function appendPage(log: Log, part: Timeline) {
  const held = new Set(part.items.map((item) => item.key));
  const items = [...log.items.filter((item) => !held.has(item.key)), ...part.items].sort(byPlace);
  const cut = items.length > HELD;
  log.items = cut ? items.slice(items.length - HELD) : items;
  log.more_after = part.more_after;
  if (cut) log.more_before = true;
  log.holes = visible(
    [...log.holes.filter((hole) => !part.holes.some((other) => other.to === hole.to)), ...part.holes],
    firstSeq(log),
  );
}

/** Drops the oldest rows of a window at the head that new messages made too long. */
export function trimOldest(log: Log) {
  if (log.items.length <= HELD * 2) return;
  log.items = log.items.slice(log.items.length - HELD);
  log.more_before = true;
  log.holes = visible(log.holes, firstSeq(log));
}
