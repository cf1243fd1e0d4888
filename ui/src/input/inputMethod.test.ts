import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { afterComposition, afterEndingComposition, isForInputMethod } from "./inputMethod";

let field: HTMLTextAreaElement;
let heard: string[];

beforeEach(() => {
  field = document.createElement("textarea");
  document.body.append(field);
  field.focus();
  heard = [];
  field.addEventListener("keydown", (event) => heard.push(event.key));
});
afterEach(() => {
  tell("compositionend", "");
  vi.useRealTimers();
  vi.restoreAllMocks();
  field.remove();
});

function key(name: string, keyCode: number, isComposing = false) {
  // jsdom's constructor knows keyCode, its types do not.
  const init = { key: name, keyCode, isComposing, bubbles: true } as KeyboardEventInit;
  const event = new KeyboardEvent("keydown", init);
  field.dispatchEvent(event);
  return event;
}

function tell(type: "compositionstart" | "compositionupdate" | "compositionend", data: string) {
  field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
}

/** One more sign, as WebKitGTK tells it. */
function compose(data: string) {
  key("Unidentified", 229, true);
  tell("compositionupdate", data);
  field.value = data;
}

describe("keys", () => {
  it("belong to the input method, or to the page", () => {
    for (const [name, code, composing, taken] of [
      ["Enter", 13, false, false],
      ["a", 65, false, false],
      // WebKitGTK, with and without its preedit.
      ["Unidentified", 229, true, true],
      ["Unidentified", 229, false, true],
      // macOS: the composition is over when its last key comes.
      ["Enter", 229, false, true],
      ["Escape", 229, false, true],
      ["Backspace", 229, true, true],
      // Windows.
      ["Process", 229, true, true],
      ["Process", 0, false, true],
      // What fcitx5 lets through, and Chromium's arrows.
      ["ArrowDown", 40, true, true],
      ["k", 75, true, true],
    ] as const) {
      const event = key(name, code, composing);
      expect(isForInputMethod(event), `${name} ${code} ${composing}`).toBe(taken);
      expect(heard.pop() ?? null, `${name} ${code}`).toBe(taken ? null : name);
      expect(event.defaultPrevented).toBe(false);
    }
  });
});

describe("a change of what is on the screen", () => {
  it("is made at once while nothing is composed", () => {
    const act = vi.fn();
    afterEndingComposition(act);
    afterComposition(act);
    expect(act).toHaveBeenCalledTimes(2);
  });

  it("waits for the end of a word", () => {
    const act = vi.fn();
    tell("compositionstart", "");
    compose("ni");
    afterComposition(act);
    expect(act).not.toHaveBeenCalled();
    tell("compositionend", "你");
    expect(act).toHaveBeenCalledOnce();
  });

  it("ends a word that would be in its way, and keeps it where it was written", async () => {
    vi.useFakeTimers();
    const took: string[] = [];
    field.addEventListener("input", () => took.push(field.value));
    // The engine drops what is composed when the focus goes.
    field.addEventListener("blur", () => {
      field.value = "";
      tell("compositionend", "");
    });
    tell("compositionstart", "");
    compose("ni hao");
    const act = vi.fn(() => expect(field.value).toBe("ni hao"));
    afterEndingComposition(act);
    afterEndingComposition(act);
    await vi.runAllTimersAsync();
    expect(act).toHaveBeenCalledTimes(2);
    expect(took).toEqual(["ni hao"]);
  });

  it("that waits for the end finds a word that was ended back in its place", async () => {
    vi.useFakeTimers();
    field.addEventListener("blur", () => {
      field.value = "";
      tell("compositionend", "");
    });
    tell("compositionstart", "");
    compose("ni hao");
    const found: string[] = [];
    afterComposition(() => {
      found.push(field.value);
      afterComposition(() => found.push("at once"));
    });
    afterEndingComposition(() => found.push("then"));
    await vi.runAllTimersAsync();
    expect(found).toEqual(["ni hao", "at once", "then"]);
  });

  it("does not wait for ever for an engine that says nothing", async () => {
    vi.useFakeTimers();
    tell("compositionstart", "");
    compose("ni");
    const act = vi.fn();
    afterEndingComposition(act);
    await vi.advanceTimersByTimeAsync(399);
    expect(act).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(act).toHaveBeenCalledOnce();
  });
});

describe("a word", () => {
  it.each(["pointerdown", "focusout"])("that a click took away comes back with %s", (heard) => {
    field.value = "你好吗";
    field.setSelectionRange(2, 2);
    tell("compositionstart", "");
    key("Unidentified", 229, true);
    tell("compositionupdate", "北京");
    // As WebKitGTK tells it: a key that nobody pressed, and the end twice.
    key("Unidentified", 229, true);
    tell("compositionend", "");
    tell("compositionend", "");
    expect(field.value).toBe("你好吗");
    field.dispatchEvent(new Event(heard, { bubbles: true }));
    expect(field.value).toBe("你好北京吗");
    expect(field.selectionStart).toBe(4);
  });

  it("that was given up with a key is gone", () => {
    tell("compositionstart", "");
    compose("北京");
    key("Unidentified", 229, true);
    field.value = "";
    tell("compositionend", "");
    field.dispatchEvent(new KeyboardEvent("keyup", { key: "Escape", bubbles: true }));
    field.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    expect(field.value).toBe("");
  });

  it("that became signs is not written twice", () => {
    tell("compositionstart", "");
    compose("北京");
    tell("compositionend", "北京");
    expect(field.value).toBe("北京");
  });

  /** As WebKitGTK tells it when another window takes the keyboard from a word of ibus-hangul. */
  function leave() {
    tell("compositionstart", "");
    compose("글");
    field.value = "한글";
    tell("compositionend", "글");
    key("Unidentified", 229);
    field.value = "한글글";
    field.setSelectionRange(3, 3);
    tell("compositionend", "글");
  }

  /** The same word once more, behind a key that nobody pressed. */
  function comesAgain() {
    key("Unidentified", 229);
    field.value += "글";
    field.setSelectionRange(field.value.length, field.value.length);
    tell("compositionend", "글");
  }

  /** The keyboard goes to another window: of the field, then of the page. */
  function goes() {
    vi.spyOn(document, "hasFocus").mockReturnValue(false);
    field.dispatchEvent(new Event("blur"));
    window.dispatchEvent(new Event("blur"));
  }

  function returns() {
    vi.spyOn(document, "hasFocus").mockReturnValue(true);
    window.dispatchEvent(new Event("focus"));
    field.dispatchEvent(new Event("focus"));
  }

  it("that another window ended twice stands there once, before the field is told to save it", () => {
    const took: string[] = [];
    field.addEventListener("input", () => took.push(field.value));
    field.addEventListener("blur", () => took.push(`saved ${field.value}`));
    leave();
    goes();
    expect(field.selectionStart).toBe(2);
    expect(took).toEqual(["한글", "saved 한글"]);
    goes();
    expect(field.value).toBe("한글");
  });

  it("stands there once however often it comes while the keyboard goes back and forth", () => {
    leave();
    goes();
    returns();
    goes();
    comesAgain();
    expect(field.value).toBe("한글");
    returns();
    comesAgain();
    expect(field.value).toBe("한글");
  });

  it("stands there once where its last key is let go late", () => {
    tell("compositionstart", "");
    compose("글");
    tell("compositionend", "글");
    field.dispatchEvent(new KeyboardEvent("keyup", { key: "f", bubbles: true }));
    comesAgain();
    goes();
    expect(field.value).toBe("글");
  });

  it("stays twice where only another field has the keyboard", () => {
    leave();
    returns();
    field.dispatchEvent(new Event("blur"));
    expect(field.value).toBe("한글글");
  });

  it.each([
    ["a key", () => field.dispatchEvent(new KeyboardEvent("keyup", { key: "g", bubbles: true }))],
    ["the next word", () => tell("compositionstart", "")],
    ["a click", () => field.dispatchEvent(new Event("pointerdown", { bubbles: true }))],
  ])("that was written twice stays so after %s", (_, comes) => {
    leave();
    comes();
    goes();
    expect(field.value).toBe("한글글");
  });

  it("that keys wrote twice stays so", () => {
    for (const value of ["글", "글글"]) {
      tell("compositionstart", "");
      compose("글");
      key("Unidentified", 229, true);
      field.value = value;
      tell("compositionend", "글");
    }
    goes();
    expect(field.value).toBe("글글");
  });
});
