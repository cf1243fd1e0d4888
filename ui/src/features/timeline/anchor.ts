/** The scroll position in a room as a row and an offset, so that a new window can restore it. */
import type { RowPlace } from "@/components/useVirtualRows";
import type { RoomId, ScrollAnchor } from "@/generated/bridge";
import type { From } from "@/stores/homing";
import { seqOf } from "@/stores/log";
import type { Row } from "./rows";

/**
 * The topmost row in view that is in the log. Day lines and the unread line are made from their
 * neighbours and may be elsewhere tomorrow; a row of the outbox has no number to read around.
 */
export function anchorOf(
  room: RoomId,
  inView: readonly RowPlace[],
  rows: readonly Row[],
): ScrollAnchor | null {
  const known = new Map(rows.map((row) => [row.key, row]));
  for (const { key, y } of inView) {
    const row = known.get(key);
    if (row?.kind !== "message" && row?.kind !== "note") continue;
    const seq = seqOf(row.item);
    if (seq !== null) return { room, key, seq, offset: y };
  }
  return null;
}

/** The saved scroll position in a room; null if the room was at its end. */
export function anchorIn(view: { anchor: ScrollAnchor | null }, room: RoomId): ScrollAnchor | null {
  return view.anchor?.room === room ? view.anchor : null;
}

/** Which part of the log to load for a saved scroll position. */
export function openingPoint(anchor: ScrollAnchor | null): From {
  return anchor ? { seq: anchor.seq } : "unread";
}
