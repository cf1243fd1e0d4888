/** Where one stands in a room, so that a window built anew stands there too. */
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

/** Where the last window stood in a room, if it stood above its end. */
export function standingIn(view: { anchor: ScrollAnchor | null }, room: RoomId): ScrollAnchor | null {
  return view.anchor?.room === room ? view.anchor : null;
}

/** Where to open a room that one stood in. */
export function fromOf(anchor: ScrollAnchor | null): From {
  return anchor ? { seq: anchor.seq } : "unread";
}
