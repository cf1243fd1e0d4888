import { describe, expect, it } from "vitest";
import { RECENT, withUsed } from "./emojiUse";
import { createNavigation } from "./navigation";

describe("the emoji used last", () => {
  it.each([
    [[], "a", ["a"]],
    [["a", "b"], "b", ["b", "a"]],
    [["a", "b"], "c", ["c", "a", "b"]],
  ])("%j and then %s are %j", (before, emoji, after) => expect(withUsed(before, emoji)).toEqual(after));

  it("are not more than the program keeps", () => {
    const many = Array.from({ length: RECENT }, (_, n) => `${n}`);
    expect(withUsed(many, "new")).toEqual(["new", ...many.slice(0, -1)]);
  });

  it("are saved with the place of the window, and come back with it", () => {
    const saved: unknown[] = [];
    const place = { space: "s", rooms: { s: "r" }, anchor: null };
    const emoji = { recent: ["🎉"], tone: 4 };
    const navigation = createNavigation({ ...place, emoji }, (state) => saved.push(state));
    expect(navigation.view.emoji).toEqual(emoji);
    navigation.setEmojiUse({ recent: ["👋🏾", "🎉"], tone: 4 });
    expect(saved).toEqual([{ ...place, emoji: { recent: ["👋🏾", "🎉"], tone: 4 } }]);
  });
});
