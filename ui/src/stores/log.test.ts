import { describe, expect, it } from "vitest";
import type { Delivery, Item, Timeline } from "@/generated/bridge";
import { UNCHANGED } from "@/host/memory/fold";
import {
  HELD,
  appendPage,
  emptyLog,
  firstSeq,
  lastSeq,
  mergeItems,
  prependPage,
  removeItems,
  replaceLog,
  setHoles,
} from "./log";

const item = (key: string, place: Item["place"], delivery: Delivery | null = null): Item => ({
  ...UNCHANGED,
  key,
  place,
  sender: "me",
  ts: 0,
  content: { kind: "message", body: { text: key, mentions: [] } },
  delivery,
});
const at = (n: number) => item(`s${n}`, { at: "log", n });
const queued = (n: number, key = `q${n}`) => item(key, { at: "outbox", n }, { state: "queued" });
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => at(from + n));
const part = (items: Item[], rest: Partial<Timeline> = {}): Timeline => ({
  items,
  holes: [],
  more_before: false,
  more_after: false,
  ...rest,
});
const keys = (log: { items: Item[] }) => log.items.map(({ key }) => key);

function holding(timeline: Timeline) {
  const log = emptyLog();
  replaceLog(log, timeline);
  return log;
}

describe("a window of a log", () => {
  it("keeps queued rows last, in the order of writing", () => {
    const log = holding(part([queued(9), at(1), queued(8), at(2)]));
    expect(keys(log)).toEqual(["s1", "s2", "q8", "q9"]);
  });

  it("moves a row from the outbox to the log without doubling it", () => {
    const log = holding(part([at(1), queued(5, "mine"), queued(6)]));
    mergeItems(log, [item("mine", { at: "log", n: 2 }, { state: "sent" })]);
    expect(keys(log)).toEqual(["s1", "mine", "q6"]);
    expect(log.items[1]?.delivery).toEqual({ state: "sent" });
  });

  it.each([
    { name: "the next row at the head", rest: {}, rows: [at(6)], kept: true },
    {
      name: "a row past a window that does not reach the head",
      rest: { more_after: true },
      rows: [at(9)],
      kept: false,
    },
    { name: "a row before the window", rest: { more_before: true }, rows: [at(2)], kept: false },
    {
      name: "a row of the hole right before the window",
      rest: { more_before: true, holes: [{ from: 1, to: 2, expired: false }] },
      rows: [at(2)],
      kept: true,
    },
    {
      name: "a queued row while the head is elsewhere",
      rest: { more_after: true },
      rows: [queued(1)],
      kept: false,
    },
  ])("takes or leaves $name", ({ rest, rows, kept }) => {
    const log = holding(part(range(3, 5), rest));
    mergeItems(log, rows);
    expect(log.items.length).toBe(kept ? 4 : 3);
  });

  it("fills a hole in the middle", () => {
    const log = holding(part([at(1), at(5)], { holes: [{ from: 2, to: 4, expired: false }] }));
    mergeItems(log, [at(3), at(4)]);
    setHoles(log, [{ from: 2, to: 2, expired: false }]);
    expect(keys(log)).toEqual(["s1", "s3", "s4", "s5"]);
    mergeItems(log, [at(2)]);
    setHoles(log, []);
    expect(keys(log)).toEqual(["s1", "s2", "s3", "s4", "s5"]);
  });

  it("lets go of the far end, and knows it", () => {
    const log = holding(part(range(1000, 1000 + HELD - 1), { more_before: true }));
    prependPage(log, part(range(920, 999), { more_before: true }));
    expect(log.items.length).toBe(HELD);
    expect(firstSeq(log)).toBe(920);
    expect(log.more_after).toBe(true);
    appendPage(log, part(range((lastSeq(log) ?? 0) + 1, (lastSeq(log) ?? 0) + 80), { more_after: true }));
    expect(log.items.length).toBe(HELD);
    expect(log.more_before).toBe(true);
    expect(firstSeq(log)).toBe(1000);
  });

  it("drops what was discarded", () => {
    const log = holding(part([at(1), queued(1), queued(2)]));
    removeItems(log, ["q1"]);
    expect(keys(log)).toEqual(["s1", "q2"]);
  });
});
