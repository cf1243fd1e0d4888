import { describe, expect, it } from "vitest";
import { port } from "./useNetwork";

describe("a port", () => {
  it.each([
    ["3128", 3128],
    [" 1080 ", 1080],
    ["1", 1],
    ["65535", 65_535],
    // The engine says what is wrong with these, as with no port at all.
    ["0", 0],
    ["65536", 0],
    ["", 0],
    ["80a", 0],
    ["-1", 0],
    ["8e1", 0],
  ])("%j is %i", (text, value) => expect(port(text)).toBe(value));
});
