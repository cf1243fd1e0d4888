import { effectScope, ref } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useNow } from "./now";

beforeEach(() => vi.useFakeTimers({ now: 1000 }));
afterEach(() => vi.useRealTimers());

describe("the clock", () => {
  it("goes on while its scope lives", () => {
    const scope = effectScope();
    const now = scope.run(() => useNow(250));
    vi.advanceTimersByTime(500);
    expect(now?.value).toBe(1500);
    scope.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rests while nothing needs it, and is right when it is needed again", () => {
    const until = ref(0);
    const scope = effectScope();
    const now = scope.run(() => useNow(1000, (time) => until.value > time));
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5000);
    until.value = 8500;
    expect(now?.value).toBe(6000);
    vi.advanceTimersByTime(2000);
    expect(now?.value).toBe(8000);
    vi.advanceTimersByTime(1000);
    expect(now?.value).toBe(9000);
    expect(vi.getTimerCount()).toBe(0);
    scope.stop();
  });
});
