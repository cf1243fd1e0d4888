import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadEmoji } from "@/emoji/table";
import type { Content } from "@/generated/bridge";
import type { SpaceState } from "@/stores/state";
import { ME, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import MessageComposer from "./MessageComposer.vue";
import { LONGEST } from "./useSendMessage";

const idOf = (space: SpaceState, name: string) =>
  [...space.people.values()].find((person) => person.name === name)?.id ?? "";

async function composing(n = 3) {
  const all = await stage("main");
  const wrapper = all.put(MessageComposer, { props: { space: all.space(), room: all.room(n) } });
  const box = wrapper.get<HTMLTextAreaElement>("[data-testid=composer]");
  const written = () =>
    all.host.calls
      .filter(({ name }) => name === "write")
      .map(({ args }) => (args as { content: Content }).content);
  const sent = () => written().flatMap((content) => (content.kind === "message" ? [content.body] : []));
  const called = (name: string) =>
    all.host.calls.filter((call) => call.name === name).map(({ args }) => args);
  return { ...all, wrapper, box, written, sent, called };
}

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("the composer", () => {
  it("names its room", async () => {
    const { box } = await composing();
    expect(box.attributes("placeholder")).toBe("Message #general");
  });

  it("puts a mention that was asked for at the caret, goes there, and is ready for the same again", async () => {
    const { box, navigation, space } = await composing();
    await box.setValue("ask tomorrow");
    box.element.setSelectionRange(4, 4);
    box.element.blur();
    for (const text of ["ask @Mei Lin tomorrow", "ask @Mei Lin @Mei Lin tomorrow"]) {
      navigation.view.mention = idOf(space(), "Mei Lin");
      await flushPromises();
      expect([box.element.value, navigation.view.mention]).toEqual([text, null]);
    }
    expect(document.activeElement).toBe(box.element);
    expect(box.element.selectionStart).toBe("ask @Mei Lin @Mei Lin ".length);
  });

  it("sends with Enter, breaks the line with Shift+Enter, and is empty after it", async () => {
    const { box, sent, space, called } = await composing();
    await box.setValue("hello @Mei Lin");
    await box.trigger("keydown", { key: "Enter", shiftKey: true });
    expect(sent()).toEqual([]);
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(sent()).toEqual([{ text: `hello <@${idOf(space(), "Mei Lin")}|Mei Lin>` }]);
    expect(called("write")).toMatchObject([{ space: NORTHLIGHT, room: roomId(3) }]);
    expect(box.element.value).toBe("");
  });

  it("has the keys the other way round when the person wants it", async () => {
    const { box, sent, homing } = await composing();
    await homing.call("set_settings", { ...homing.state.settings, enter_sends: false });
    await box.setValue("x");
    await box.trigger("keydown", { key: "Enter" });
    expect(sent().length).toBe(0);
    await box.trigger("keydown", { key: "Enter", shiftKey: true });
    expect(sent().length).toBe(1);
  });

  it.each(["", "   ", "\n"])("refuses %j without a word", async (text) => {
    const { box, sent, notices } = await composing();
    await box.setValue(text);
    await box.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual([]);
    expect(notices.list).toEqual([]);
  });

  it.each([{ isComposing: true }, { keyCode: 229 }])(
    "leaves Enter to the input method: %j",
    async (event) => {
      const { box, sent } = await composing();
      await box.setValue("nihao");
      await box.trigger("keydown", { key: "Enter", ...event });
      expect(sent()).toEqual([]);
      expect(box.element.value).toBe("nihao");
    },
  );

  it("brings text back that could not be taken, before what was written since", async () => {
    const { box, host, notices } = await composing();
    let refuse: (reason: unknown) => void = () => undefined;
    vi.spyOn(host, "call").mockImplementation((name) =>
      name === "write" ? new Promise((_, reject) => (refuse = reject)) : new Promise(() => undefined),
    );
    await box.setValue("precious");
    await box.trigger("keydown", { key: "Enter" });
    await box.setValue("next");
    refuse({ code: "storage", text: "disk full", retry_after_ms: null });
    await flushPromises();
    expect(box.element.value).toBe("precious\nnext");
    expect(notices.list.length).toBe(1);
  });

  it("says by how much a text is too long, in characters, and that it can't be kept", async () => {
    const { box, wrapper, sent, navigation } = await composing();
    const said = () => wrapper.find("[data-testid=too-long]");
    await box.setValue("a".repeat(LONGEST));
    expect(said().exists()).toBe(false);
    // Three bytes each, and four in two units.
    await box.setValue("a".repeat(LONGEST - 1) + "字".repeat(1233) + "🕊");
    expect(said().attributes("role")).toBe("status");
    expect(said().text()).toMatch(
      /^1,234 characters over the limit\.\s+A draft this long can’t be saved: shorten it, or copy it before/,
    );
    await box.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual([]);
    await box.setValue("a".repeat(LONGEST + 1));
    expect(said().text()).toMatch(/^1 character over/);
    // The draft itself lies aside, and is kept.
    navigation.view.editing = { cid: "c", text: "b".repeat(LONGEST + 1) };
    await flushPromises();
    expect(said().text()).toBe("1 character over the limit.");
  });

  it("restores the draft, and saves a moment after the last key", async () => {
    vi.useFakeTimers();
    const { box, called } = await composing(4);
    expect(box.element.value).toBe("Notes so far: ");
    await box.setValue("Notes so far: one");
    await vi.advanceTimersByTimeAsync(499);
    expect(called("save_draft")).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(called("save_draft")).toMatchObject([
      { space: NORTHLIGHT, room: roomId(4), text: "Notes so far: one", seen: "Notes so far: " },
    ]);
  });

  it("saves at once when the room changes, and shows the other room's text", async () => {
    const { box, wrapper, room, called } = await composing(4);
    await box.setValue("half a though");
    await wrapper.setProps({ room: room(3) });
    expect(called("save_draft")).toMatchObject([
      { space: NORTHLIGHT, room: roomId(4), text: "half a though" },
    ]);
    expect(box.element.value).toBe("");
  });

  it("keeps the steps of each room apart, and goes on with them there", async () => {
    const { box, wrapper, room } = await composing();
    const step = async (redo: boolean) => {
      await box.trigger("keydown", { key: redo ? "Z" : "z", code: "KeyZ", ctrlKey: true, shiftKey: redo });
      await flushPromises();
      return box.element.value;
    };
    await box.setValue("of the first room");
    expect(await step(false)).toBe("");
    expect(await step(true)).toBe("of the first room");
    await wrapper.setProps({ room: room(4) });
    const there = box.element.value;
    expect([await step(true), await step(false), await step(false)]).toEqual([there, there, there]);
    await box.setValue(`${there}more`);
    expect([await step(false), await step(true)]).toEqual([there, `${there}more`]);
    await wrapper.setProps({ room: room(3) });
    expect([box.element.value, await step(false)]).toEqual(["of the first room", ""]);
  });

  it("saves when the window loses the focus and when it goes", async () => {
    const { box, wrapper, called } = await composing();
    await box.setValue("a");
    window.dispatchEvent(new Event("blur"));
    await box.setValue("ab");
    wrapper.unmount();
    expect(called("save_draft").map((args) => (args as { text: string }).text)).toEqual(["a", "ab"]);
  });

  it("completes a name by keyboard", async () => {
    const { box, wrapper, sent } = await composing();
    box.element.value = "@sam";
    box.element.setSelectionRange(4, 4);
    await box.trigger("input");
    expect(wrapper.findAll("[role=option]").map((option) => option.text())).toEqual(["SO Samira Okoye"]);
    expect(box.attributes("aria-activedescendant")).toBe(wrapper.get("[role=option]").attributes("id"));
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(box.element.value).toBe("@Samira Okoye ");
    expect(sent()).toEqual([]);
  });

  /** Types a text as a person does, the last sign by itself. */
  async function type(box: Awaited<ReturnType<typeof composing>>["box"], text: string) {
    box.element.value = text;
    box.element.setSelectionRange(text.length, text.length);
    box.element.dispatchEvent(new InputEvent("input", { bubbles: true, data: text.slice(-1) }));
    await flushPromises();
  }

  it.each(["Enter", "Tab"])(
    "completes an emoji with %s, which then is among the recent ones",
    async (key) => {
      await loadEmoji();
      const { box, wrapper, sent, navigation } = await composing();
      await type(box, "well done :tad");
      const options = wrapper.findAll("[role=option]").map((option) => option.text());
      expect(options[0]).toBe("🎉party popper:tada:");
      expect(wrapper.get("[role=listbox]").attributes("aria-label")).toBe("Emoji");
      await box.trigger("keydown", { key });
      await flushPromises();
      expect(box.element.value).toBe("well done 🎉 ");
      expect(navigation.view.emoji.recent).toEqual(["🎉"]);
      expect(sent()).toEqual([]);
    },
  );

  it("closes the suggestions with Escape, and sends with the next Enter", async () => {
    await loadEmoji();
    const { box, wrapper, sent } = await composing();
    await type(box, ":tad");
    await box.trigger("keydown", { key: "Escape" });
    expect(wrapper.find("[data-testid=suggestions]").exists()).toBe(false);
    await type(box, ":tada");
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(sent()).toMatchObject([{ text: ":tada" }]);
  });

  it("suggests the emoji nearest to the caret, in the skin tone of the person", async () => {
    await loadEmoji();
    const { box, wrapper, navigation } = await composing();
    navigation.setEmojiUse({ recent: [], tone: 5 });
    await type(box, "@Mei :wave");
    expect(wrapper.get("[role=option]").text()).toContain("👋🏿");
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(box.element.value).toBe("@Mei 👋🏿 ");
  });

  it("puts the emoji in for a code that is closed, and one step back brings the code again", async () => {
    await loadEmoji();
    const { box } = await composing();
    await type(box, "so :tada");
    await type(box, "so :tada:");
    expect(box.element.value).toBe("so 🎉");
    await box.trigger("keydown", { key: "z", code: "KeyZ", ctrlKey: true });
    await flushPromises();
    expect(box.element.value).toBe("so :tada:");
  });

  it.each(["10:20:30", "std::vec", ":)", "`:tad"])("suggests nothing for %j", async (text) => {
    await loadEmoji();
    const { box, wrapper } = await composing();
    await type(box, text);
    expect(wrapper.find("[data-testid=suggestions]").exists()).toBe(false);
  });

  it("suggests nothing while an input method composes", async () => {
    await loadEmoji();
    const { box, wrapper } = await composing();
    await type(box, ":tad");
    expect(wrapper.find("[data-testid=suggestions]").exists()).toBe(true);
    await box.trigger("compositionstart");
    expect(wrapper.find("[data-testid=suggestions]").exists()).toBe(false);
    await box.trigger("compositionend");
    expect(wrapper.find("[data-testid=suggestions]").exists()).toBe(true);
  });

  it("puts what is picked in the place of the selection", async () => {
    const { box, wrapper, navigation } = await composing();
    await box.setValue("a bad day");
    box.element.setSelectionRange(2, 5);
    await wrapper.get("[data-testid=emoji-open]").trigger("click");
    await vi.waitFor(() => expect(document.querySelector("[data-cell]")).not.toBeNull(), {
      timeout: 20_000,
    });
    const cell = document.querySelector<HTMLElement>("[aria-label='grinning face']");
    cell?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey: true }));
    await flushPromises();
    expect([box.element.value, box.element.selectionStart]).toEqual(["a 😀 day", 4]);
    // With Shift there is more to pick.
    expect(document.querySelector("[data-testid=emoji-picker]")).not.toBeNull();
    cell?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await flushPromises();
    expect(box.element.value).toBe("a 😀😀 day");
    expect(document.querySelector("[data-testid=emoji-picker]")).toBeNull();
    expect(document.activeElement).toBe(box.element);
    expect(navigation.view.emoji.recent).toEqual(["😀"]);
  });

  it("has the focus again when the picker is closed with Escape", async () => {
    const { box, wrapper } = await composing();
    await wrapper.get("[data-testid=emoji-open]").trigger("click");
    await vi.waitFor(() => expect(document.querySelector("[data-cell]")).not.toBeNull(), {
      timeout: 20_000,
    });
    const search = document.querySelector<HTMLElement>("[data-testid=emoji-search]");
    search?.focus();
    search?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    await flushPromises();
    expect(document.querySelector("[data-testid=emoji-picker]")).toBeNull();
    expect(document.activeElement).toBe(box.element);
  });

  it("takes back the last message that waits, with the up-arrow in an empty box", async () => {
    const { box, homing, world, navigation, sent, written } = await composing();
    world.setLink(NORTHLIGHT, { state: "stopped" });
    await homing.logs.open(NORTHLIGHT, roomId(3), "latest");
    const cid = world.write(NORTHLIGHT, roomId(3), "tpyo", []);
    await box.trigger("keydown", { key: "ArrowUp" });
    await flushPromises();
    expect(navigation.view.editing).toEqual({ cid, text: "tpyo" });
    expect(box.element.value).toBe("tpyo");
    await box.setValue("typo");
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(written()).toEqual([{ kind: "edit", body: { of: { user: ME, cid }, text: "typo" } }]);
    expect(sent()).toEqual([]);
  });

  it("edits the last message on the server too, and writes nothing where nothing was changed", async () => {
    const { box, homing, world, navigation, written } = await composing();
    const cid = world.happen(NORTHLIGHT, roomId(3), ME, { kind: "message", body: { text: "tpyo" } });
    world.receive(NORTHLIGHT, roomId(3), "somebody", "hm?");
    await homing.logs.open(NORTHLIGHT, roomId(3), "latest");
    await box.trigger("keydown", { key: "ArrowUp" });
    await flushPromises();
    expect(navigation.view.editing).toEqual({ cid, text: "tpyo" });
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect([navigation.view.editing, written(), box.element.value]).toEqual([null, [], ""]);
  });

  it("answers a message with its beginning, until Escape, and keeps the answer of a room apart", async () => {
    const { box, wrapper, navigation, room, sent } = await composing();
    const reply = { user: ME, cid: "c", excerpt: "what I said" };
    navigation.view.replying[roomId(3)] = reply;
    await flushPromises();
    expect(wrapper.get("[data-testid=replying]").text()).toContain("Replying to yourself");
    await box.trigger("keydown", { key: "Escape" });
    expect(wrapper.find("[data-testid=replying]").exists()).toBe(false);
    navigation.view.replying[roomId(3)] = reply;
    await wrapper.setProps({ room: room(4) });
    expect(wrapper.find("[data-testid=replying]").exists()).toBe(false);
    await wrapper.setProps({ room: room(3) });
    expect(wrapper.get("[data-testid=replying]").text()).toContain("what I said");
    await box.setValue("and again");
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect(sent()).toEqual([{ text: "and again", reply }]);
    expect(navigation.view.replying).toEqual({});
  });

  it("answers the same again when the text could not be taken", async () => {
    const { box, host, navigation } = await composing();
    const reply = { user: ME, cid: "c", excerpt: "what I said" };
    navigation.view.replying[roomId(3)] = reply;
    vi.spyOn(host, "call").mockRejectedValue({ code: "storage", text: "full", retry_after_ms: null });
    await box.setValue("precious");
    await box.trigger("keydown", { key: "Enter" });
    await flushPromises();
    expect([navigation.view.replying[roomId(3)], box.element.value]).toEqual([reply, "precious"]);
  });

  it("gives back what was being written when the change is given up", async () => {
    const { box, navigation } = await composing();
    await box.setValue("in the middle of");
    navigation.view.editing = { cid: "c", text: "other" };
    await flushPromises();
    expect(box.element.value).toBe("other");
    await box.trigger("keydown", { key: "Escape" });
    expect(box.element.value).toBe("in the middle of");
  });

  it("tells that somebody writes at most every 3 s", async () => {
    vi.useFakeTimers();
    const { box, called } = await composing();
    await box.setValue("a");
    await box.setValue("ab");
    expect(called("typing").length).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    await box.setValue("abc");
    expect(called("typing").length).toBe(2);
  });

  it("holds Enter back right after a jump that the person did not make", async () => {
    vi.useFakeTimers();
    const { box, sent, navigation } = await composing();
    await box.setValue("meant for another room");
    navigation.view.jumpedAt = Date.now();
    await box.trigger("keydown", { key: "Enter" });
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(800);
    await box.trigger("keydown", { key: "Enter" });
    expect(sent().length).toBe(1);
  });
});
