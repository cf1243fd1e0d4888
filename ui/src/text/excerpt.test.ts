import { describe, expect, it } from "vitest";
import { excerptOf } from "./excerpt";
import { nobody } from "./token";

describe("an excerpt", () => {
  it.each([
    ["**bold** and `code`\nnext", "bold and code next"],
    ["- one\n- two", "• one • two"],
    ["  ", ""],
    ["> theirs\n\nmine", "mine"],
    ["> theirs", "theirs"],
    ["a".repeat(300), "a".repeat(200)],
    ["🕊".repeat(201), "🕊".repeat(200)],
  ])("of %j is %j", (text, line) => expect(excerptOf(text, nobody)).toBe(line));
});
