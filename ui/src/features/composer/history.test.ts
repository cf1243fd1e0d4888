import { describe, expect, it } from "vitest";
import { History, type Moment } from "./history";

const at = (text: string, start = text.length, end = start): Moment => ({
  text,
  written: text,
  start,
  end,
});

/** A history of what is typed sign by sign, `ms` apart. */
function typed(text: string, ms = 100) {
  let clock = 0;
  const history = new History(at(""), () => clock);
  const type = (more: string, from: string) => {
    let now = from;
    for (const sign of more) {
      clock += ms;
      now += sign;
      history.changed(at(now));
    }
    return now;
  };
  type(text, "");
  return { history, type, wait: (by: number) => (clock += by) };
}

const back = (history: History, steps: number) =>
  Array.from({ length: steps }, () => history.undo()?.text ?? null);

describe("steps", () => {
  it("are words", () => {
    const { history } = typed("one two three");
    expect(back(history, 4)).toEqual(["one two ", "one ", "", null]);
    expect(history.redo()?.text).toBe("one ");
    expect(history.redo()?.text).toBe("one two ");
    expect(history.redo()?.text).toBe("one two three");
    expect(history.redo()).toBeNull();
  });

  it("end with a pause, a move of the caret and another kind of key", () => {
    const { history, type, wait } = typed("one");
    wait(2000);
    const more = type("more", "one");
    history.changed(at(more.slice(0, -1)));
    history.changed(at(more.slice(0, -2)));
    history.moved(0, 0);
    history.changed(at("xonemo", 1));
    expect(back(history, 5)).toEqual(["onemo", "onemore", "one", "", null]);
  });

  it("know what was chosen", () => {
    const { history } = typed("all of it");
    history.moved(0, 9);
    history.changed(at(""));
    expect(history.undo()).toEqual(at("all of it", 0, 9));
    expect(history.redo()).toEqual(at(""));
  });

  it("are whole where the program writes", () => {
    const { history, type } = typed("hi @An");
    history.changed(at("hi @Ana Ruiz "));
    type("x", "hi @Ana Ruiz ");
    expect(back(history, 4)).toEqual(["hi @Ana Ruiz ", "hi @An", "hi ", ""]);
  });

  it("forward are gone once something is written", () => {
    const { history } = typed("one two");
    history.undo();
    history.changed(at("one x"));
    expect(history.redo()).toBeNull();
    expect(back(history, 2)).toEqual(["one ", ""]);
  });

  it("are signs and not halves of them", () => {
    const { history } = typed("a👍b");
    expect(back(history, 2)).toEqual(["", null]);
  });

  it("are not kept for ever", () => {
    const { history } = typed(Array.from({ length: 300 }, () => "w").join(" "));
    expect(back(history, 201).filter((text) => text !== null)).toHaveLength(200);
  });
});
