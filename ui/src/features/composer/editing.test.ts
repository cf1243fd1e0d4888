import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { useNavigation } from "@/stores/navigation";
import { ME, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import MessageComposer from "./MessageComposer.vue";

const HERE = roomId(4);
const ELSEWHERE = roomId(3);
const DRAFT = "a long draft";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  // A test that failed half-way leaves no word behind.
  window.dispatchEvent(new CompositionEvent("compositionend"));
  document.body.replaceChildren();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

/** An input method begins to compose, so that this stands in the box, which the page knows nothing of. */
function compose(find: () => { element: HTMLTextAreaElement }, stands: string) {
  const { element } = find();
  const tell = (type: string) => element.dispatchEvent(new CompositionEvent(type, { bubbles: true }));
  tell("compositionstart");
  element.value = stands;
  const end = (became: string) => {
    element.value = became;
    tell("compositionend");
    return settle();
  };
  return { end };
}

/** A composer that goes where the person goes; a message waits in the room, and another elsewhere. */
async function composing() {
  const all = await stage("main");
  const { world, homing, navigation, host } = all;
  const Screen = defineComponent(() => {
    const { view } = useNavigation();
    return () => {
      const there = view.space === NORTHLIGHT && view.dialog !== "add_space";
      const room = there && view.room ? all.space().rooms.get(view.room) : undefined;
      return room ? h(MessageComposer, { space: all.space(), room }) : null;
    };
  });
  world.setLink(NORTHLIGHT, { state: "stopped" });
  const cid = world.write(NORTHLIGHT, HERE, "hello", []);
  const other = world.write(NORTHLIGHT, ELSEWHERE, "over there", []);
  navigation.openRoom(NORTHLIGHT, HERE);
  await homing.logs.open(NORTHLIGHT, HERE, "latest");
  const wrapper = all.put(Screen);
  const find = () => wrapper.get<HTMLTextAreaElement>("[data-testid=composer]");
  const shown = () => find().element.value;
  const stored = (room = HERE) => world.book(NORTHLIGHT, room).room.draft;
  const saved = () =>
    host.calls.filter(({ name }) => name === "save_draft").map(({ args }) => (args as { text: string }).text);
  const edit = async (message = { cid, text: "hello" }) => {
    navigation.view.editing = message;
    await settle();
  };
  const key = async (name: string) => {
    await find().trigger("keydown", { key: name });
    await settle();
  };
  const write = (text: string) => find().setValue(text);
  const discard = () => homing.call("discard_message", { space: NORTHLIGHT, cid });
  const send = async () => {
    world.setLink(NORTHLIGHT, { state: "up_to_date", rtt_ms: 23 });
    await vi.advanceTimersByTimeAsync(300);
  };
  return { ...all, wrapper, cid, other, find, shown, stored, saved, edit, key, write, discard, send };
}

it("leaves out what no message can hold", async () => {
  const { write, shown, key, saved, host, find } = await composing();
  await write("one\0two");
  expect(shown()).toBe("onetwo");
  await find().trigger("blur");
  expect(saved()).toEqual(["onetwo"]);
  await key("Enter");
  const sent = host.calls.filter(({ name }) => name === "write").map(({ args }) => args);
  expect(sent).toMatchObject([{ content: { body: { text: "onetwo" } } }]);
});

/** The same in the middle of changing the message, with a draft that was not stored yet. */
async function changing(to = "hello, cha") {
  const all = await composing();
  await all.write(DRAFT);
  await all.edit();
  expect(all.shown()).toBe("hello");
  if (to !== "hello") await all.write(to);
  return all;
}

type Stage = Awaited<ReturnType<typeof changing>>;

describe("the draft while a message that waits is changed", () => {
  it.each<[string, (all: Stage) => unknown]>([
    ["some time passes", () => vi.advanceTimersByTimeAsync(500)],
    ["the box loses the focus", ({ find }) => find().trigger("blur")],
    ["the window loses the focus", () => window.dispatchEvent(new Event("blur"))],
    ["the page goes", () => window.dispatchEvent(new Event("pagehide"))],
    ["another room is opened", ({ navigation }) => navigation.openRoom(NORTHLIGHT, ELSEWHERE)],
    ["another space is opened", ({ navigation }) => navigation.openSpace("another")],
    ["the room is gone", ({ navigation }) => navigation.closeRoom()],
    ["the screen is put away", ({ wrapper }) => wrapper.unmount()],
  ])("is what is stored when %s", async (_, happens) => {
    const all = await changing();
    await happens(all);
    await settle();
    expect(all.stored()).toBe(DRAFT);
    expect(all.saved()).toEqual([DRAFT]);
  });

  it.each<[string, (all: Stage) => unknown]>([
    ["the room", ({ navigation }) => navigation.openRoom(NORTHLIGHT, ELSEWHERE)],
    ["the space", ({ navigation }) => navigation.openSpace("another")],
    ["the room, which went,", ({ navigation }) => navigation.closeRoom()],
    ["the screen, to add a space,", ({ navigation }) => navigation.show("add_space")],
  ])("is there again, and the change is over, after %s was left", async (_, leave) => {
    const all = await changing();
    await leave(all);
    await settle();
    all.navigation.show(null);
    all.navigation.openRoom(NORTHLIGHT, HERE);
    await settle();
    expect(all.shown()).toBe(DRAFT);
    expect(all.navigation.view.editing).toBeNull();
  });

  it.each<[string, (all: Stage) => unknown]>([
    ["is given up", ({ key }) => key("Escape")],
    ["is saved", ({ key }) => key("Enter")],
    ["is void, for the message was discarded", ({ discard }) => discard()],
  ])("comes back when the change %s", async (_, end) => {
    const all = await changing();
    await end(all);
    await vi.advanceTimersByTimeAsync(500);
    expect(all.shown()).toBe(DRAFT);
    expect(all.stored()).toBe(DRAFT);
    expect(all.saved()).toEqual([DRAFT]);
    expect(all.navigation.view.editing).toBeNull();
  });

  it.each(["hello", "hello, cha"])(
    "stays aside when the message is sent meanwhile, and %j is an edit of what was sent",
    async (text) => {
      const { send, shown, navigation, notices, key, host, stored } = await changing(text);
      await send();
      expect([shown(), navigation.view.editing?.text, notices.list]).toEqual([text, "hello", []]);
      await key("Enter");
      const edits = host.calls.filter(({ name }) => name === "write").map(({ args }) => args);
      // What was not changed is not sent.
      expect(edits).toMatchObject(text === "hello" ? [] : [{ content: { kind: "edit", body: { text } } }]);
      await vi.advanceTimersByTimeAsync(500);
      expect([shown(), stored()]).toEqual([DRAFT, DRAFT]);
    },
  );

  it("comes back below what was changed already when an admin deletes the message, and no key that comes too late sends it", async () => {
    const { send, shown, key, host, world, cid, notices } = await changing();
    await send();
    const [, admin] = world.space(NORTHLIGHT).overview.people;
    world.happen(NORTHLIGHT, HERE, admin?.id ?? "", { kind: "redact", body: { of: { user: ME, cid } } });
    await settle();
    expect(shown()).toBe(`hello, cha\n${DRAFT}`);
    expect(notices.list.map(({ text }) => text)).toEqual(["Message deleted"]);
    const writes = () => host.calls.filter(({ name }) => name === "write").length;
    await key("Enter");
    expect(writes()).toBe(0);
    await vi.advanceTimersByTimeAsync(701);
    await key("Enter");
    expect(writes()).toBe(1);
  });

  it("comes back when what is composed is done, where the message was discarded", async () => {
    const all = await changing("hello");
    const { shown, find, navigation, discard } = all;
    const { end } = compose(find, "hello ni");
    await discard();
    await settle();
    expect([shown(), navigation.view.editing]).toMatchObject(["hello ni", { text: "hello" }]);
    await end("hello \u4f60");
    expect([shown(), navigation.view.editing]).toEqual([DRAFT, null]);
  });

  it("stays aside as long as a window that ends before the message says nothing of it", async () => {
    const { homing, shown, navigation } = await changing();
    const log = homing.logs.of(HERE);
    Object.assign(log, { items: [], more_after: true });
    await settle();
    expect(shown()).toBe("hello, cha");
    Object.assign(log, { more_after: false });
    await settle();
    expect(shown()).toBe(DRAFT);
    expect(navigation.view.editing).toBeNull();
  });

  it("is not taken for a message when another one is changed next", async () => {
    const { edit, key, shown, world } = await changing();
    await edit({ cid: world.write(NORTHLIGHT, HERE, "second", []), text: "second" });
    expect(shown()).toBe("second");
    await key("Escape");
    expect(shown()).toBe(DRAFT);
  });

  it("of each room is its own when a message of another room is changed next", async () => {
    const { navigation, other, shown, stored, key, world } = await changing();
    world.book(NORTHLIGHT, ELSEWHERE).room.draft = "theirs";
    world.pushIn(NORTHLIGHT, { diff: "room", room: world.book(NORTHLIGHT, ELSEWHERE).room });
    navigation.openRoom(NORTHLIGHT, ELSEWHERE, other);
    navigation.view.editing = { cid: other, text: "over there" };
    await vi.advanceTimersByTimeAsync(500);
    expect(shown()).toBe("over there");
    expect([stored(), stored(ELSEWHERE)]).toEqual([DRAFT, "theirs"]);
    await key("Escape");
    expect(shown()).toBe("theirs");
  });

  it("lies aside when the room is opened for the change", async () => {
    const { navigation, cid, shown, stored, key } = await composing();
    navigation.closeRoom();
    await settle();
    navigation.openRoom(NORTHLIGHT, HERE, cid);
    navigation.view.editing = { cid, text: "hello" };
    await vi.advanceTimersByTimeAsync(500);
    expect(shown()).toBe("hello");
    expect(stored()).toBe("Notes so far: ");
    await key("Escape");
    expect(shown()).toBe("Notes so far: ");
  });

  it("is the one that another device saved last", async () => {
    const { homing, shown, key } = await changing();
    await vi.advanceTimersByTimeAsync(500);
    await homing.call("save_draft", { space: NORTHLIGHT, room: HERE, text: "written elsewhere", seen: "" });
    await settle();
    expect(shown()).toBe("hello, cha");
    await key("Escape");
    expect(shown()).toBe("written elsewhere");
  });
});

describe("text that could not be sent", () => {
  /** Refuses what is sent next, when it is told to. */
  function refusing({ host }: Stage): () => Promise<unknown> {
    const call = host.call.bind(host);
    let refuse: (reason: unknown) => void = () => undefined;
    vi.spyOn(host, "call").mockImplementation((name, args) =>
      name === "write" ? new Promise((_, reject) => (refuse = reject)) : call(name, args),
    );
    return () => {
      refuse({ code: "storage", text: "disk full", retry_after_ms: null });
      return settle();
    };
  }

  it.each<[string, (all: Stage) => unknown]>([
    ["another room was opened", ({ navigation }) => navigation.openRoom(NORTHLIGHT, ELSEWHERE)],
    ["another space was opened", ({ navigation }) => navigation.openSpace("another")],
  ])("stands in its room's draft, before what was there, after %s", async (_, leave) => {
    const all = await changing();
    const refuse = refusing(all);
    await all.key("Enter");
    await leave(all);
    await settle();
    await refuse();
    expect(all.stored()).toBe(`hello, cha\n${DRAFT}`);
    expect(all.stored(ELSEWHERE)).toBe("");
  });

  it("waits for what is composed", async () => {
    const all = await composing();
    const refuse = refusing(all);
    await all.write("precious");
    await all.key("Enter");
    const { end } = compose(all.find, "ni");
    await refuse();
    expect(all.shown()).toBe("ni");
    await end("\u4f60");
    expect(all.shown()).toBe("precious\n\u4f60");
  });

  it("stands there once when it was the draft itself", async () => {
    const all = await composing();
    const refuse = refusing(all);
    await all.write("precious");
    await vi.advanceTimersByTimeAsync(500);
    await all.key("Enter");
    all.navigation.openSpace("another");
    await settle();
    await refuse();
    expect(all.stored()).toBe("precious");
  });

  it("is kept out of a message that is changed next", async () => {
    const all = await composing();
    const refuse = refusing(all);
    await all.write("precious");
    await all.key("Enter");
    await all.edit();
    await refuse();
    expect(all.shown()).toBe("hello");
    await vi.advanceTimersByTimeAsync(500);
    expect(all.stored()).toBe("precious");
    await all.key("Escape");
    expect(all.shown()).toBe("precious");
  });
});
