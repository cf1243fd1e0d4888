import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import DayLine from "@/features/timeline/DayLine.vue";
import { createWords } from "./index";
import { useDates } from "./dates";
import { daysBetween, lookAtZone } from "./zone";
import { rowsOf } from "@/features/timeline/rows";
import type { Item } from "@/generated/bridge";

const before = process.env["TZ"];

function inZone(zone: string) {
  process.env["TZ"] = zone;
  lookAtZone();
}

afterEach(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
  lookAtZone();
  vi.useRealTimers();
});

function line(zone: string, now: string, ts: string): string {
  inZone(zone);
  vi.useFakeTimers({ now: new Date(now) });
  const day = mount(DayLine, { props: { ts: Date.parse(ts) }, global: { plugins: [createWords()] } });
  return day.get("span").text();
}

describe("the day of an entry, by the calendar", () => {
  it.each([
    // The clock goes back: that day has 25 hours.
    ["Europe/Berlin", "2026-10-25T23:30:00+01:00", "2026-10-24T20:00:00+02:00", "Yesterday"],
    ["Europe/Berlin", "2026-10-25T23:30:00+01:00", "2026-10-25T00:10:00+02:00", "Today"],
    ["Europe/Berlin", "2026-10-26T00:10:00+01:00", "2026-10-25T00:10:00+02:00", "Yesterday"],
    // Forward: 23 hours.
    ["Europe/Berlin", "2026-03-30T00:30:00+02:00", "2026-03-29T12:00:00+02:00", "Yesterday"],
    ["Europe/Berlin", "2026-03-30T00:30:00+02:00", "2026-03-28T12:00:00+01:00", "Saturday, March 28"],
    ["America/New_York", "2026-03-09T00:15:00-04:00", "2026-03-08T01:00:00-05:00", "Yesterday"],
    ["America/New_York", "2026-11-01T23:45:00-05:00", "2026-10-31T23:45:00-04:00", "Yesterday"],
    // Half an hour; at midnight; a day that was left out.
    ["Australia/Lord_Howe", "2026-10-04T23:50:00+11:00", "2026-10-03T12:00:00+10:30", "Yesterday"],
    ["America/Asuncion", "2024-10-06T12:00:00-03:00", "2024-10-05T23:59:00-04:00", "Yesterday"],
    ["Pacific/Apia", "2011-12-31T09:00:00+14:00", "2011-12-29T09:00:00-10:00", "Thursday, December 29"],
    ["UTC", "2026-03-01T00:00:00Z", "2026-02-28T23:59:00Z", "Yesterday"],
    ["UTC", "2027-01-01T08:00:00Z", "2026-12-31T08:00:00Z", "Yesterday"],
    ["UTC", "2027-01-02T08:00:00Z", "2026-12-31T08:00:00Z", "Thursday, December 31, 2026"],
  ])("in %s at %s, %s is %s", (zone, now, ts, words) => expect(line(zone, now, ts)).toBe(words));

  it("counts back over a clock that went back", () =>
    expect([daysBetween(Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 1))]).toEqual([-1]));
});

describe("another zone while it runs", () => {
  const ts = Date.parse("2026-11-29T16:14:00Z");

  it("shows all times and days in it", async () => {
    inZone("Europe/Berlin");
    vi.useFakeTimers({ now: ts });
    const clock = mount(
      {
        setup() {
          const dates = useDates();
          return () => dates.clock(ts);
        },
      },
      { global: { plugins: [createWords()] } },
    );
    const day = mount(DayLine, { props: { ts: ts - 20 * 3_600_000 }, global: { plugins: [createWords()] } });
    expect([clock.text(), day.text()]).toEqual(["5:14 PM", "Yesterday"]);
    process.env["TZ"] = "Asia/Tokyo";
    window.dispatchEvent(new Event("focus"));
    await nextTick();
    expect([clock.text(), day.text()]).toEqual(["1:14 AM", "Yesterday"]);
    process.env["TZ"] = "America/Los_Angeles";
    await vi.advanceTimersByTimeAsync(0);
    document.dispatchEvent(new Event("visibilitychange"));
    await nextTick();
    expect(clock.text()).toBe("8:14 AM");
  });

  it("groups rows by its days", () => {
    const item = {
      key: "a",
      ts,
      place: { at: "log", seq: 1 },
      sender: "x",
      content: { kind: "message", body: { text: "", mentions: [] } },
    };
    const days = () =>
      rowsOf([item as unknown as Item], [], { me: "me", delivered: 0, newAfter: null, atStart: false })
        .filter((row) => row.kind === "day")
        .map((row) => row.key);
    inZone("Europe/Berlin");
    expect(days()).toEqual(["day-20261129"]);
    inZone("Asia/Tokyo");
    expect(days()).toEqual(["day-20261130"]);
  });
});
