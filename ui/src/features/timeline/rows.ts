/** Turns the loaded part of a room's log into rows: groups, day lines, the unread line, holes. */
import type { Hole, Item, Seq, UserId } from "@/generated/bridge";
import { seqOf } from "@/stores/log";
import { isOnlyEmoji } from "@/text/emoji";
import { textHeight } from "./textHeight";

/** The delivery state that a message shows. `delivered`: it is on every member's device. */
export type DeliveryState = "received" | "queued" | "sending" | "sent" | "delivered" | "wedged";

/** A message is `head` or `tail` if it is first or last of its group. `aside`: it shows its own delivery state. */
export type Row =
  | { kind: "start"; key: string }
  | { kind: "day"; key: string; ts: number }
  | { kind: "new"; key: string }
  | { kind: "hole"; key: string; count: number; expired: boolean }
  | { kind: "note"; key: string; item: Item }
  | {
      kind: "message";
      key: string;
      item: Item;
      way: DeliveryState;
      own: boolean;
      head: boolean;
      tail: boolean;
      aside: boolean;
    };

/** Whether the keyboard stops at a row: there is something to do. */
export function isStop(row: Row): boolean {
  if (row.kind === "message") return true;
  return row.kind === "note" && (row.item.content.kind === "pin" || row.item.change !== null);
}

export interface RowContext {
  me: UserId;
  /** Every member's device has the room up to here. */
  delivered: Seq;
  /** The unread line is after this; null: there is none. */
  newAfter: Seq | null;
  /** The loaded part begins at the room's first entry. */
  atStart: boolean;
}

export function deliveryStateOf(item: Item, delivered: Seq): DeliveryState {
  if (!item.delivery) return "received";
  if (item.delivery.state !== "sent") return item.delivery.state;
  const seq = seqOf(item);
  return seq !== null && seq <= delivered ? "delivered" : "sent";
}

/** The longest time from the first to the last message of a group. */
const GROUP_MS = 5 * 60_000;

/** The local day of a time as the number YYYYMMDD. */
function dayOf(ts: number): number {
  const date = new Date(ts);
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
}

/** Whether a message belongs to the group of `first`. A clock that was set back begins a new group. */
function together(first: Item, item: Item): boolean {
  return first.sender === item.sender && item.ts >= first.ts && item.ts - first.ts < GROUP_MS;
}

/** The key is the beginning, because a hole is filled from its end. */
function holeRow(hole: Hole): Row {
  return { kind: "hole", key: `hole-${hole.from}`, count: hole.to - hole.from + 1, expired: hole.expired };
}

/** Rows of a window, oldest first. */
export function rowsOf(items: Item[], holes: Hole[], context: RowContext): Row[] {
  const rows: Row[] = [];
  const missing = [...holes].sort((a, b) => a.from - b.from);
  if (context.atStart && missing.length === 0) rows.push({ kind: "start", key: "start" });
  let day = 0;
  let drawn = context.newAfter === null;
  let before: Item | null = null;

  for (const item of items) {
    const seq = seqOf(item);
    while (missing[0] && (seq === null || missing[0].to < seq)) {
      const hole = missing.shift();
      if (hole) rows.push(holeRow(hole));
      before = null;
    }
    const today = dayOf(item.ts);
    // A clock that went back must not draw the same day twice.
    if (today > day) {
      rows.push({ kind: "day", key: `day-${today}`, ts: item.ts });
      day = today;
      before = null;
    }
    if (!drawn && seq !== null && seq > (context.newAfter ?? 0)) {
      // The line is before the first message of others, because one's own is not unread.
      if (item.sender !== context.me) {
        drawn = true;
        rows.push({ kind: "new", key: "new" });
        before = null;
      }
    }
    // A message that is gone is a line about the room, like that somebody left.
    if (item.content.kind !== "message" || item.gone !== null) {
      rows.push({ kind: "note", key: item.key, item });
      before = null;
      continue;
    }
    const head = before === null || !together(before, item);
    const last = rows.at(-1);
    if (!head && last?.kind === "message") last.tail = false;
    const way = deliveryStateOf(item, context.delivered);
    rows.push({
      kind: "message",
      key: item.key,
      item,
      way,
      own: item.sender === context.me,
      head,
      tail: true,
      aside: false,
    });
    if (head) before = item;
  }
  for (const hole of missing) rows.push(holeRow(hole));
  // A group shows its delivery state once, at its end. A message with another state shows it beside
  // itself, which changes no layout. A wedged message has a note of its own.
  let way: DeliveryState | null = null;
  for (const row of rows.toReversed()) {
    if (row.kind !== "message") continue;
    if (row.tail || row.way === "wedged") way = row.way;
    row.aside = row.own && row.way !== way;
  }
  return rows;
}

/** Heights in pixels of what a message may have besides its text. */
const QUOTE = 47;
const PINNED = 16;
const CHIPS = 32;

/** The estimated height of a row that has not been measured. */
export function estimate(row: Row, width: number): number {
  switch (row.kind) {
    case "start":
      return 110;
    case "day":
    case "new":
      return 36;
    case "hole":
      return 42;
    case "note":
      return 28;
    case "message": {
      const { content, pinned, reactions } = row.item;
      const body = content.kind === "message" ? content.body : null;
      const text = body?.text ?? "";
      const extras = (body?.reply ? QUOTE : 0) + (pinned ? PINNED : 0) + (reactions.length > 0 ? CHIPS : 0);
      const column = Math.max(144, Math.min(660, width - 100));
      const edges = row.own && !isOnlyEmoji(text) ? 20 : 4;
      const around = row.own ? (row.tail ? 22 : 0) : row.head ? 26 : 0;
      return textHeight(text, column) + edges + around + extras;
    }
  }
}
