import { describe, expect, it } from "vitest";
import { type Entry, search } from "./search";

const entry = (name: string, rest: Partial<Entry> = {}): Entry => ({
  id: name,
  group: "rooms",
  name,
  first: false,
  ...rest,
});

describe("the switcher", () => {
  it("puts the best fit first, then what is unread", () => {
    const found = search(
      [entry("a new one"), entry("engine"), entry("newest"), entry("news", { first: true })],
      "new",
    );
    expect(found.map(({ name }) => name)).toEqual(["news", "newest", "a new one"]);
  });

  it("keeps the order when nothing is asked, and takes # and @", () => {
    expect(search([entry("b"), entry("a")], " ").map(({ name }) => name)).toEqual(["b", "a"]);
    expect(search([entry("general")], "#gen").length).toBe(1);
  });
});
