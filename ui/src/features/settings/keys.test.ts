import { describe, expect, it } from "vitest";
import { keysOf, shownKeys } from "./keys";

const press = (code: string, key: string, held: Partial<KeyboardEventInit> = {}) =>
  keysOf(new KeyboardEvent("keydown", { code, key, ...held }));

describe("keys that bring the window", () => {
  it.each([
    ["KeyH", "h", { ctrlKey: true, altKey: true }, "Ctrl+Alt+KeyH"],
    // The place of the key counts, not what a layout writes there.
    ["KeyH", "р", { ctrlKey: true }, "Ctrl+KeyH"],
    ["F9", "F9", { altKey: true }, "Alt+F9"],
    ["Digit1", "!", { metaKey: true, shiftKey: true }, "Shift+Super+Digit1"],
  ])("%s (%s) with %j is %s", (code, key, held, keys) => expect(press(code, key, held)).toEqual({ keys }));

  it("waits while only keys are held that do nothing alone", () => {
    expect(press("ControlLeft", "Control", { ctrlKey: true })).toBe("held");
    expect(press("MetaLeft", "Meta", { metaKey: true })).toBe("held");
  });

  it("takes nothing that would keep a letter from being written", () => {
    expect(press("KeyA", "a")).toBe("needs");
    expect(press("KeyA", "A", { shiftKey: true })).toBe("needs");
    expect(press("MediaPlayPause", "MediaPlayPause", { ctrlKey: true })).toBe("needs");
  });

  it("shows what stands on the keys", () => {
    expect(shownKeys("Ctrl+Alt+KeyH")).toEqual(["Ctrl", "Alt", "H"]);
    expect(shownKeys("Super+Digit1")).toEqual(["Super", "1"]);
    expect(shownKeys("Alt+ArrowUp")).toEqual(["Alt", "↑"]);
  });
});
