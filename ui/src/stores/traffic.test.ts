import { expect, it } from "vitest";
import type { Entry, Traffic } from "@/generated/bridge";
import { LINES, emptyTraffic, takeTraffic } from "./traffic";

const entry = (number: number): Entry => ({
  number,
  connection: 1,
  at: number,
  what: { what: "opened", attempt: 0 },
});
const second = (at: number, frames_in: number) => ({
  at,
  frames_in,
  frames_out: 0,
  bytes_in: 0,
  bytes_out: 0,
});
const traffic = (change: Partial<Traffic>): Traffic => ({
  entries: [],
  round_trips: [],
  seconds: [],
  outages: null,
  online_since: 5,
  ...change,
});

it("joins what comes without taking anything twice", () => {
  const line = emptyTraffic();
  takeTraffic(
    line,
    traffic({ entries: [entry(1), entry(2)], seconds: [second(7, 1), second(8, 1)], outages: [] }),
  );
  // Pushed before the answer was here, and again in it.
  takeTraffic(
    line,
    traffic({ entries: [entry(2), entry(3)], seconds: [second(8, 4)], round_trips: [{ at: 9, ms: 3 }] }),
  );
  takeTraffic(line, traffic({ round_trips: [{ at: 9, ms: 3 }], online_since: null }));
  expect(line.entries.map((one) => one.number)).toEqual([1, 2, 3]);
  expect(line.seconds).toEqual([second(7, 1), second(8, 4)]);
  expect(line.trips).toHaveLength(1);
  expect(line.outages).toEqual([]);
  expect(line.online_since).toBeNull();
});

it("keeps the newest", () => {
  const line = emptyTraffic();
  takeTraffic(line, traffic({ entries: Array.from({ length: LINES + 5 }, (_, at) => entry(at + 1)) }));
  expect([line.entries.length, line.entries[0]?.number]).toEqual([LINES, 6]);
});
