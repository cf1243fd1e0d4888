import { describe, expect, it } from "vitest";
import { isVisible } from "./visible";

describe("whether a text can be seen", () => {
  it.each(["a", " .", "鸽", "🕊", "👩\u200d🚀", "कि", "e\u0301", "\ue000"])("can: %j", (text) => {
    expect(isVisible(text)).toBe(true);
  });
  it.each([
    "",
    " \n",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\u3164",
    "\u2800",
    "\ufe0f",
    "\u0301",
    "\0",
    "\u{e0067}",
    "\u{1d159}",
  ])("can't: %j", (text) => {
    expect(isVisible(text)).toBe(false);
  });
});
