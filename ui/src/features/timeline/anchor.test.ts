import { describe, expect, it } from "vitest";
import type { Item } from "@/generated/bridge";
import { anchorOf } from "./anchor";
import { UNCHANGED } from "@/host/memory/fold";
import type { Row } from "./rows";

const item = (key: string, n: number, at: "log" | "outbox" = "log"): Item => ({
  ...UNCHANGED,
  key,
  place: { at, n },
  sender: "a",
  ts: 0,
  content: { kind: "message", body: { text: "x", mentions: [] } },
  delivery: null,
});
const message = (key: string, n: number, at: "log" | "outbox" = "log"): Row => ({
  kind: "message",
  key,
  item: item(key, n, at),
  way: "received",
  own: false,
  head: true,
  tail: true,
  aside: false,
});
const rows: Row[] = [
  { kind: "day", key: "day-1", ts: 0 },
  message("a", 1),
  { kind: "new", key: "new" },
  { kind: "note", key: "b", item: item("b", 2) },
  { kind: "hole", key: "hole-9", count: 7, expired: false },
  message("c", 10),
  message("q", 1, "outbox"),
];

describe("the anchor", () => {
  it.each([
    [
      "the topmost row, cut off or not",
      [
        { key: "a", y: -12.4 },
        { key: "b", y: 30 },
      ],
      { key: "a", seq: 1, offset: -12.4 },
    ],
    [
      "what follows a day line",
      [
        { key: "day-1", y: -3 },
        { key: "a", y: 21 },
      ],
      { key: "a", seq: 1, offset: 21 },
    ],
    [
      "what follows the unread line",
      [
        { key: "new", y: 0 },
        { key: "b", y: 24 },
      ],
      { key: "b", seq: 2, offset: 24 },
    ],
    [
      "what follows a hole",
      [
        { key: "hole-9", y: -40 },
        { key: "c", y: 20 },
      ],
      { key: "c", seq: 10, offset: 20 },
    ],
  ])("is %s", (_, inView, wanted) => {
    expect(anchorOf("r", inView, rows)).toEqual({ room: "r", ...wanted });
  });

  it("is none where nothing in view is in the log, or is known", () => {
    expect(anchorOf("r", [{ key: "q", y: 0 }], rows)).toBeNull();
    expect(anchorOf("r", [{ key: "gone", y: 0 }], rows)).toBeNull();
    expect(anchorOf("r", [], rows)).toBeNull();
  });
});
