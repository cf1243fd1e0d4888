import { describe, expect, it } from "vitest";
import { closeCodes } from "@/generated/english";
import { closeCodeKey } from "./closeCode";
import { en } from "./en";
import { zhCN } from "./zh-CN";

describe("a close code", () => {
  it.each([["en", en] as const, ["zh-CN", zhCN] as const])("has words of its own in %s", (_, words) => {
    const { codes } = words.close;
    expect(Object.keys(codes)).toEqual(Object.keys(closeCodes));
    for (const explained of Object.values(codes)) {
      expect(Object.values(explained).filter((text) => text.length <= 3)).toEqual([]);
    }
    const said = Object.values(codes).map(({ happened, means }) => `${happened} ${means}`);
    expect(new Set(said).size).toBe(said.length);
  });
  it.each([
    [1006, 1006],
    [1004, "registered"],
    [3999, "registered"],
    [4321, "retryable"],
    [4999, "final"],
    [999, "invalid"],
    [5000, "invalid"],
  ])("%d is explained by %s", (code, key) => expect(closeCodeKey(code)).toBe(key));
});
