import { describe, expect, it } from "vitest";
import { isKey, stepOf } from "./keys";

const press = (key: string, code: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent("keydown", { key, code, ctrlKey: true, ...more });

describe("a key", () => {
  it("is known by its sign, and by its place where a layout has no Latin letters", () => {
    for (const [layout, key, code, sign, fits] of [
      ["us", "k", "KeyK", "k", true],
      ["us", "K", "KeyK", "k", true],
      ["ru", "л", "KeyK", "k", true],
      ["il", "ל", "KeyK", "k", true],
      ["gr", "κ", "KeyK", "k", true],
      ["th", "า", "KeyK", "k", true],
      ["us", "j", "KeyJ", "k", false],
      // Dvorak writes K at the place of V, and T at the place of K.
      ["dvorak", "k", "KeyV", "k", true],
      ["dvorak", "t", "KeyK", "k", false],
      ["us", ",", "Comma", ",", true],
      ["ru", "б", "Comma", ",", true],
      ["il", "ת", "Comma", ",", true],
      ["ru", ",", "Slash", ",", true],
      ["fr", ";", "Comma", ",", false],
      ["us", "/", "Slash", "/", true],
      ["ru", ".", "Slash", "/", true],
      ["de", "-", "Slash", "/", false],
      ["de", "ö", "Semicolon", "k", false],
      // A key that writes nothing.
      ["us", "Control", "ControlLeft", "k", false],
    ] as const)
      expect(isKey(press(key, code), sign), `${layout} ${key} for ${sign}`).toBe(fits);
  });

  it("asks for a step back or forward", () => {
    for (const [key, code, more, step] of [
      ["z", "KeyZ", {}, "undo"],
      ["Z", "KeyZ", { shiftKey: true }, "redo"],
      ["я", "KeyZ", {}, "undo"],
      ["y", "KeyY", {}, "redo"],
      ["z", "KeyZ", { ctrlKey: false, metaKey: true }, "undo"],
      ["Z", "KeyZ", { ctrlKey: false, metaKey: true, shiftKey: true }, "redo"],
      ["y", "KeyY", { ctrlKey: false, metaKey: true }, null],
      // German: Z where others have Y.
      ["z", "KeyY", {}, "undo"],
      ["y", "KeyZ", {}, "redo"],
      ["z", "KeyZ", { altKey: true }, null],
      ["z", "KeyZ", { ctrlKey: false }, null],
    ] as const)
      expect(stepOf(press(key, code, more)), `${key} ${JSON.stringify(more)}`).toBe(step);
  });
});
