/** The draft of another device beside one's own. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NORTHLIGHT, roomId, stage } from "@/testing/mount";
import MessageComposer from "./MessageComposer.vue";

const ROOM = 3;
const MINE = "two hundred words of mine";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  // A test that failed half-way leaves no word behind.
  window.dispatchEvent(new CompositionEvent("compositionend"));
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function composing() {
  const all = await stage("main");
  const wrapper = all.put(MessageComposer, { props: { space: all.space(), room: all.room(ROOM) } });
  const box = wrapper.get<HTMLTextAreaElement>("[data-testid=composer]");
  const shown = () => box.element.value;
  const offer = () => wrapper.find("[data-testid=other-draft] .text");
  const offered = () => (offer().exists() ? offer().text() : null);
  const saves = () =>
    all.host.calls.filter(({ name }) => name === "save_draft").map(({ args }) => args as { text: string });
  /** What the program holds is pushed: its draft, and what it keeps of another device beside it. */
  const holds = async (draft: string, other_draft = "") => {
    const room = { ...all.world.book(NORTHLIGHT, roomId(ROOM)).room, draft, other_draft };
    Object.assign(all.world.book(NORTHLIGHT, roomId(ROOM)).room, room);
    all.world.pushIn(NORTHLIGHT, { diff: "room", room });
    await vi.advanceTimersByTimeAsync(50);
    await wrapper.setProps({ room: all.room(ROOM) });
  };
  const write = async (text: string) => {
    await box.setValue(text);
    await vi.advanceTimersByTimeAsync(500);
    await wrapper.setProps({ room: all.room(ROOM) });
  };
  const press = async (which: "use" | "keep") => {
    await wrapper.get(`[data-testid=other-draft-${which}]`).trigger("click");
    await vi.advanceTimersByTimeAsync(50);
    await wrapper.setProps({ room: all.room(ROOM) });
  };
  const compose = async (type: "compositionstart" | "compositionend", stands: string) => {
    if (type === "compositionend") box.element.value = stands;
    box.element.dispatchEvent(new CompositionEvent(type, { data: stands, bubbles: true }));
    // The page knows nothing of it yet.
    if (type === "compositionstart") box.element.value = stands;
    await vi.advanceTimersByTimeAsync(0);
  };
  /** What is saved comes back when the test says so. */
  const echoLate = () => {
    const call = all.host.call.bind(all.host);
    vi.spyOn(all.host, "call").mockImplementation((name, args) =>
      name === "save_draft" ? Promise.resolve(null as never) : call(name, args),
    );
  };
  return { ...all, wrapper, box, shown, offer, offered, saves, holds, write, press, compose, echoLate };
}

describe("a draft of another device", () => {
  it("is taken over where nothing stands, and goes where it goes", async () => {
    const { shown, offered, holds } = await composing();
    await holds("from afar");
    expect([shown(), offered()]).toEqual(["from afar", null]);
    await holds("");
    expect(shown()).toBe("");
  });

  it("follows while nobody is in the box", async () => {
    const { shown, offered, holds, box } = await composing();
    await holds("from");
    box.element.blur();
    await holds("from afar");
    expect([shown(), offered()]).toEqual(["from afar", null]);
  });

  it("never takes the place of a text under the caret, not even of one that came from there", async () => {
    const { shown, offered, holds, write, saves, box } = await composing();
    await holds("from");
    box.element.focus();
    await holds("ok");
    expect([shown(), offered()]).toEqual(["from", "ok"]);
    // Going on says what it went on from, so that the program keeps the other.
    await write("from me");
    expect(saves()).toMatchObject([{ text: "from me", seen: "from" }]);
  });

  it("never takes the place of what was typed and not saved yet", async () => {
    const { shown, offered, holds, box } = await composing();
    box.element.blur();
    await box.setValue("typed");
    await holds("ok");
    expect([shown(), offered()]).toEqual(["typed", "ok"]);
  });

  it("leaves alone what an input method composes", async () => {
    const { shown, offered, holds, compose } = await composing();
    await compose("compositionstart", "\u3147");
    await holds("ok");
    expect([shown(), offered()]).toEqual(["\u3147", "ok"]);
    await compose("compositionend", "\uc544");
    expect([shown(), offered()]).toEqual(["\uc544", "ok"]);
  });

  it.each([
    ["", ["ok", null]],
    ["\uc544", ["\uc544", "ok"]],
  ])("waits while one begins to compose, and takes an empty place only (%j)", async (became, then) => {
    const { shown, offered, holds, compose } = await composing();
    await compose("compositionstart", "");
    await holds("ok");
    expect([shown(), offered()]).toEqual(["", null]);
    await compose("compositionend", became);
    expect([shown(), offered()]).toEqual(then);
  });

  it("ends nothing of what is composed where it ended", async () => {
    const { shown, offered, holds, compose, box } = await composing();
    await holds("from");
    box.element.focus();
    await compose("compositionstart", "from \u3147");
    await holds("");
    await compose("compositionend", "from \uc544");
    expect([shown(), offered()]).toEqual(["from \uc544", null]);
  });

  it("is not what the program held before, when the room changes while a text is being saved", async () => {
    const { shown, holds, write, echoLate } = await composing();
    echoLate();
    await write("nu");
    await holds("");
    expect(shown()).toBe("nu");
    await holds("nu");
    expect(shown()).toBe("nu");
  });

  it("is not offered any more when it is as it was before", async () => {
    const { offered, holds, box } = await composing();
    await holds("from");
    await box.setValue("from me");
    await holds("ok");
    expect(offered()).toBe("ok");
    await holds("from");
    expect(offered()).toBe(null);
  });

  it("gives way to what was typed here in the moment in which it came", async () => {
    const { shown, offered, holds, write, box, echoLate } = await composing();
    echoLate();
    await write("typed");
    box.element.blur();
    await holds("ok");
    await holds("typed", "ok");
    expect([shown(), offered()]).toEqual(["typed", "ok"]);
  });

  it("is used when asked for, and the caret is in it", async () => {
    const { shown, offered, holds, write, press, saves, box } = await composing();
    await write(MINE);
    await holds(MINE, "ok");
    expect([shown(), offered()]).toEqual([MINE, "ok"]);
    await press("use");
    expect([shown(), saves().at(-1)]).toMatchObject(["ok", { text: "ok", seen: "ok" }]);
    expect(document.activeElement).toBe(box.element);
    expect(offered()).toBe(null);
  });

  it("is used without what no message can hold, and can be undone", async () => {
    const { shown, holds, write, press, saves, box } = await composing();
    await write(MINE);
    await holds(MINE, "o\0k");
    await press("use");
    expect([shown(), saves().at(-1)]).toMatchObject(["ok", { text: "ok", seen: "o\0k" }]);
    await box.trigger("keydown", { key: "z", code: "KeyZ", ctrlKey: true });
    expect(shown()).toBe(MINE);
  });

  it("is what is used, though it was sent before the word that is composed was done", async () => {
    const { shown, holds, write, press, compose, saves } = await composing();
    await write(MINE);
    await holds(MINE, "ok");
    await compose("compositionstart", `${MINE}\u3147`);
    await press("use");
    await holds(MINE);
    await compose("compositionend", `${MINE}\uc544`);
    expect([shown(), saves().at(-1)]).toMatchObject(["ok", { text: "ok", seen: "ok" }]);
  });

  it("does not end what was typed under the caret, where the program is not sure", async () => {
    const { shown, offered, holds, write } = await composing();
    await write(MINE);
    // It ended elsewhere, and the program keeps it.
    await holds("", MINE);
    expect([shown(), offered()]).toEqual([MINE, null]);
    // Another one comes from there meanwhile.
    await holds("ok", MINE);
    expect([shown(), offered()]).toEqual([MINE, "ok"]);
    await holds("", MINE);
    expect([shown(), offered()]).toEqual([MINE, null]);
    // It is a message by now.
    await holds("");
    expect([shown(), offered()]).toEqual(["", null]);
  });

  it("goes on with what the program kept, as with what stood there all the time", async () => {
    const { shown, offered, holds, write, saves } = await composing();
    await write(MINE);
    await holds("", MINE);
    await write(`${MINE}, and more`);
    expect(saves().at(-1)).toMatchObject({ text: `${MINE}, and more`, seen: MINE });
    await holds(`${MINE}, and more`);
    expect([shown(), offered()]).toEqual([`${MINE}, and more`, null]);
  });

  it("leaves what the program kept beside an empty box, where nobody is at it", async () => {
    const { shown, offered, holds, write, box } = await composing();
    await write(MINE);
    box.element.blur();
    await holds("", MINE);
    expect([shown(), offered()]).toEqual(["", MINE]);
  });

  it("goes when mine is kept", async () => {
    const { shown, offered, holds, write, press, saves } = await composing();
    await write(MINE);
    await holds(MINE, "ok");
    await press("keep");
    expect([shown(), offered(), saves().at(-1)]).toMatchObject([MINE, null, { text: MINE, seen: "ok" }]);
  });

  it("can be put away where nothing was written", async () => {
    const { wrapper, holds } = await composing();
    await holds("", "ok");
    expect(wrapper.get("[data-testid=other-draft-keep]").text()).toBe("Dismiss");
  });
});

it("an own save that comes back late replaces nothing", async () => {
  const { shown, offered, holds, write, echoLate } = await composing();
  echoLate();
  await write("a");
  await write("ab");
  await holds("a");
  expect([shown(), offered()]).toEqual(["ab", null]);
  await write("abc");
  await holds("ab");
  expect([shown(), offered()]).toEqual(["abc", null]);
});

describe("a room that is left and opened again at once", () => {
  async function leaving() {
    const all = await composing();
    const go = (n: number) => all.wrapper.setProps({ room: all.room(n) });
    return { ...all, go };
  }

  it("shows what was typed, which the program does not show yet", async () => {
    const { shown, offered, write, holds, echoLate, go, box } = await leaving();
    await write("hello");
    await holds("hello");
    echoLate();
    await box.setValue("hello world");
    await go(4);
    await go(ROOM);
    expect([shown(), offered()]).toEqual(["hello world", null]);
    // The program's late answers replace nothing.
    await holds("hello world");
    expect([shown(), offered()]).toEqual(["hello world", null]);
  });

  it("shows nothing where what stood there was sent", async () => {
    const { shown, write, holds, echoLate, go, box } = await leaving();
    await write("hello");
    await holds("hello");
    echoLate();
    await box.trigger("keydown", { key: "Enter" });
    await vi.advanceTimersByTimeAsync(0);
    await go(4);
    await go(ROOM);
    expect(shown()).toBe("");
  });

  it("shows what the program shows, once that has come back", async () => {
    const { shown, write, holds, go } = await leaving();
    await write("hello");
    await holds("hello");
    await go(4);
    await vi.advanceTimersByTimeAsync(1000);
    await holds("from afar");
    await go(ROOM);
    expect(shown()).toBe("from afar");
  });

  it("shows what could not be saved, and saves it with the next key", async () => {
    const { shown, saves, go, box, host, write } = await leaving();
    const call = host.call.bind(host);
    let fails = true;
    vi.spyOn(host, "call").mockImplementation((name, args) =>
      name === "save_draft" && fails ? Promise.reject(new Error("disk full")) : call(name, args),
    );
    await box.setValue("precious");
    await go(4);
    await vi.advanceTimersByTimeAsync(5000);
    await go(ROOM);
    expect(shown()).toBe("precious");
    fails = false;
    await write("precious words");
    expect(saves().at(-1)).toMatchObject({ text: "precious words", seen: "" });
  });
});
