import { describe, expect, it } from "vitest";
import { HOUR_MS, muteEnd } from "./mute";

describe("a mute", () => {
  const now = new Date(2026, 10, 20, 22, 15).getTime();
  it.each([
    ["hour", now + HOUR_MS],
    ["eight_hours", now + 8 * HOUR_MS],
    ["tomorrow", new Date(2026, 10, 21, 9, 0).getTime()],
    ["ever", null],
  ] as const)("for %s ends at %s", (span, end) => expect(muteEnd(span, now)).toBe(end));

  it("until tomorrow goes over the end of a year", () =>
    expect(muteEnd("tomorrow", new Date(2026, 11, 31, 0, 5).getTime())).toBe(
      new Date(2027, 0, 1, 9).getTime(),
    ));
});
