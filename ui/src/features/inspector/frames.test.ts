import { describe, expect, it } from "vitest";
import type { Entry, Second, TraceEvent } from "@/generated/bridge";
import { BARS, bars, bytes, chosen, codeKey, lastMinute, rowOf } from "./frames";

const entry = (number: number, what: TraceEvent): Entry => ({ number, connection: 1, at: 0, what });
const sent = (kind: string, preview: string | null = null): TraceEvent => ({
  what: "sent",
  kind,
  length: 9,
  preview,
});
const received = (kind: string): TraceEvent => ({ what: "received", kind, length: 9, preview: null });

describe("a row", () => {
  it.each([
    [sent("send"), "sent", "↑"],
    [received("event"), "received", "↓"],
    [received("ping"), "control", "↓"],
    [sent("pong"), "control", "↑"],
    [received("err"), "trouble", "↓"],
    [{ what: "closed", code: 1006, by: "there" }, "trouble", "✕"],
    [{ what: "failed", why: { cause: "unreachable" } }, "trouble", "✕"],
    [{ what: "opened", attempt: 0 }, "control", "•"],
  ] as [TraceEvent, string, string][])("of %j is %s", (what, tint, mark) => {
    expect(rowOf(entry(1, what))).toMatchObject({ tint, mark });
  });
});

describe("the filter", () => {
  const entries = [
    entry(1, sent("send", '{"room":"r_7d2"}')),
    entry(2, received("ok")),
    entry(3, received("ping")),
    entry(4, { what: "closed", code: 4001, by: "there" }),
  ];
  it.each([
    ["all", "", [1, 2, 3, 4]],
    ["sent", "", [1]],
    ["control", "", [3]],
    ["trouble", "", [4]],
    ["all", " R_7D2 ", [1]],
    ["all", "4001", [4]],
    ["received", "send", []],
  ] as const)("%s with “%s” leaves %j", (filter, query, left) => {
    expect(chosen(entries, filter, query).map((row) => row.entry.number)).toEqual(left);
  });
});

describe("the chart", () => {
  const second = (at: number, frames: number): Second => ({
    at,
    frames_in: frames,
    frames_out: 1,
    bytes_in: 600,
    bytes_out: 60,
  });
  it("puts each second in the bar of its quarter of a minute", () => {
    const all = bars([second(1000, 2), second(999, 3), second(985, 5), second(0, 9)], 1_000_999);
    expect(all).toHaveLength(BARS);
    expect(all.slice(-2)).toEqual([
      { in: 5, out: 1 },
      { in: 5, out: 2 },
    ]);
    expect(all.slice(0, -2).every((bar) => bar.in === 0)).toBe(true);
  });
  it("counts the last minute", () => {
    const sum = lastMinute([second(1000, 2), second(941, 3), second(940, 4)], 1_000_000);
    expect(sum).toEqual({ framesIn: 5, framesOut: 2, bytesIn: 20, bytesOut: 2 });
  });
  it.each([
    [999, "999 B"],
    [1200, "1.2 kB"],
    [45_000, "45 kB"],
    [2_500_000, "2.5 MB"],
  ])("writes %d bytes as %s", (n, words) => expect(bytes(n)).toBe(words));
});

describe("a close code", () => {
  it.each([
    [1006, "close.codes.1006.happened"],
    [4321, "close.codes.retryable.happened"],
    [4999, "close.codes.final.happened"],
    [3000, "close.codes.registered.happened"],
  ])("%d is named", (code, key) => expect(codeKey(code)).toBe(key));
});
