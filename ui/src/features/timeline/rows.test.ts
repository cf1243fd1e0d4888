import { describe, expect, it } from "vitest";
import type { Item, Content } from "@/generated/bridge";
import { UNCHANGED } from "@/host/memory/fold";
import { type RowContext, type Row, rowsOf, deliveryStateOf } from "./rows";

const ME = "me";
const at = (hour: number, minute: number, second = 0, day = 20) =>
  new Date(2026, 10, day, hour, minute, second).getTime();
const reading: RowContext = { me: ME, delivered: 0, newAfter: null, atStart: false };

function say(n: number, sender: string, ts: number, rest: Partial<Item> = {}): Item {
  return {
    ...UNCHANGED,
    key: `k${n}`,
    place: { at: "log", n },
    sender,
    ts,
    content: { kind: "message", body: { text: "x", mentions: [] } },
    delivery: sender === ME ? { state: "sent" } : null,
    ...rest,
  };
}
const note = (n: number, content: Content, ts = at(9, 0)) => say(n, "a", ts, { content });
const queued = (n: number, rest: Partial<Item> = {}) =>
  say(0, ME, at(10, 0), { key: `q${n}`, place: { at: "outbox", n }, delivery: { state: "queued" }, ...rest });

/** Rows as short words: `H` begins a group, `T` ends one. */
const words = (rows: Row[]) =>
  rows.map((row) =>
    row.kind === "message"
      ? `${row.key}${row.head ? "H" : ""}${row.tail ? "T" : ""}`
      : row.kind === "note"
        ? row.key
        : row.kind,
  );

describe("rows", () => {
  it("groups by author and five minutes", () => {
    const items = [
      say(1, "a", at(9, 0, 1)),
      say(2, "a", at(9, 3)),
      say(3, "a", at(9, 5, 0)),
      say(4, "a", at(9, 5, 1)),
      say(5, "b", at(9, 5, 2)),
      say(6, "a", at(9, 5, 3)),
      // A clock that went back.
      say(7, "a", at(9, 4)),
    ];
    expect(words(rowsOf(items, [], reading))).toEqual([
      "day",
      "k1H",
      "k2",
      "k3T",
      "k4HT",
      "k5HT",
      "k6HT",
      "k7HT",
    ]);
  });

  it("draws a line for each day, and no second one when a clock went back", () => {
    const items = [
      say(1, "a", at(23, 59, 0, 19)),
      say(2, "a", at(0, 0, 0, 20)),
      say(3, "b", at(23, 58, 0, 19)),
      say(4, "b", at(0, 2, 0, 20)),
    ];
    expect(words(rowsOf(items, [], reading))).toEqual(["day", "k1HT", "day", "k2HT", "k3H", "k4T"]);
  });

  it.each([
    {
      name: "before the first unread one",
      newAfter: 1,
      senders: ["a", "a", "a"],
      rows: ["day", "k1HT", "new", "k2H", "k3T"],
    },
    {
      name: "nowhere when nothing is unread",
      newAfter: null,
      senders: ["a", "a", "a"],
      rows: ["day", "k1H", "k2", "k3T"],
    },
    {
      name: "before the first of others when one's own came first",
      newAfter: 1,
      senders: ["a", ME, "a"],
      rows: ["day", "k1HT", "k2HT", "new", "k3HT"],
    },
    {
      name: "nowhere when only one's own came after it",
      newAfter: 1,
      senders: ["a", ME, ME],
      rows: ["day", "k1HT", "k2H", "k3T"],
    },
    {
      name: "at the top when all are unread",
      newAfter: 0,
      senders: ["a", "a", "a"],
      rows: ["day", "new", "k1H", "k2", "k3T"],
    },
  ])("draws the unread line $name", ({ newAfter, senders, rows }) => {
    const items = senders.map((sender, n) => say(n + 1, sender, at(9, 0)));
    expect(words(rowsOf(items, [], { ...reading, newAfter }))).toEqual(rows);
  });

  it("shows each hole where it is", () => {
    const holes = [
      { from: 8, to: 9, expired: false },
      { from: 1, to: 2, expired: true },
      { from: 5, to: 6, expired: false },
    ];
    const rows = rowsOf(
      [say(3, "a", at(9, 0)), say(4, "a", at(9, 0)), say(7, "a", at(9, 0)), queued(1)],
      holes,
      { ...reading, atStart: true },
    );
    expect(words(rows)).toEqual(["hole", "day", "k3H", "k4T", "hole", "k7HT", "hole", "q1HT"]);
    expect(rows.filter((row) => row.kind === "hole").map(({ count, expired }) => [count, expired])).toEqual([
      [2, true],
      [2, false],
      [2, false],
    ]);
    // A hole is filled from its end, and stays the same row.
    const filled = rowsOf([say(4, "a", at(9, 0))], [{ from: 1, to: 3, expired: false }], reading);
    const more = rowsOf([say(3, "a", at(9, 0))], [{ from: 1, to: 2, expired: false }], reading);
    expect(more[0]?.key).toBe(filled[0]?.key);
  });

  it("shows the beginning of the room only when nothing is missing before it", () => {
    expect(
      words(
        rowsOf([note(1, { kind: "created", body: { kind: "public", name: "x" } })], [], {
          ...reading,
          atStart: true,
        }),
      )[0],
    ).toBe("start");
    expect(words(rowsOf([say(2, "a", at(9, 0))], [], reading))[0]).toBe("day");
  });

  it("shows kinds that it does not know as notes, which end a group", () => {
    const items = [say(1, "a", at(9, 0)), note(2, { kind: "unknown" }), say(3, "a", at(9, 0))];
    expect(words(rowsOf(items, [], reading))).toEqual(["day", "k1HT", "k2", "k3HT"]);
  });

  it("gives a sign of its own to who is on another way than the group", () => {
    const items = [
      say(1, ME, at(10, 0)),
      queued(1),
      queued(2, { delivery: { state: "wedged", reason: "too_large" } }),
      queued(3),
    ];
    const asides = rowsOf(items, [], reading).flatMap((row) =>
      row.kind === "message" ? [[row.key, row.way, row.aside]] : [],
    );
    expect(asides).toEqual([
      ["k1", "sent", true],
      ["q1", "queued", true],
      ["q2", "wedged", false],
      ["q3", "queued", false],
    ]);
  });
});

describe("the way of a message", () => {
  it.each([
    [say(5, "a", 0), 9, "received"],
    [say(5, ME, 0), 4, "sent"],
    [say(5, ME, 0), 5, "delivered"],
    [queued(1), 99, "queued"],
    [queued(1, { delivery: { state: "sending" } }), 99, "sending"],
    [queued(1, { delivery: { state: "wedged", reason: "refused" } }), 99, "wedged"],
  ] as const)("%#", (item, delivered, way) => expect(deliveryStateOf(item, delivered)).toBe(way));
});
