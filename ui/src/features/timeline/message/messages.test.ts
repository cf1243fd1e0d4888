import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Content, Item } from "@/generated/bridge";
import { ME, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import TimelineView from "../TimelineView.vue";

enableAutoUnmount(afterEach);

const ROOM = roomId(0);

async function reading(scene: "main" | "offline" = "main") {
  const all = await stage(scene);
  const { world } = all;
  const wrapper = all.put(TimelineView, { props: { space: all.space(), room: all.room(0) } });
  const refresh = async () => {
    await flushPromises();
    await wrapper.setProps({ space: all.space(), room: all.room(0) });
    await flushPromises();
  };
  await refresh();
  const people = world.space(NORTHLIGHT).overview.people;
  const user = (name: string) => people.find((person) => person.name.startsWith(name))?.id ?? "";
  const happen = async (name: string, content: Content) => {
    const cid = world.happen(NORTHLIGHT, ROOM, user(name), content);
    await refresh();
    return cid;
  };
  const item = (key: string) => all.homing.state.logs.get(ROOM)?.items.find((one) => one.key === key);
  /** A message of somebody in the demonstration. */
  const of = (name: string): Item => {
    const found = world
      .book(NORTHLIGHT, ROOM)
      .items.findLast(({ sender, content }) => sender === user(name) && content.kind === "message");
    if (!found) throw new Error(`${name} wrote nothing`);
    return found;
  };
  const row = (key: string) => wrapper.get(`[data-key="${key}"]`);
  const written = () =>
    all.host.calls
      .filter(({ name }) => name === "write")
      .map(({ args }) => (args as { content: Content }).content);
  /** Opens the menu of a message and chooses from it. */
  const choose = async (key: string, action: string) => {
    await row(key).trigger("contextmenu", { button: 2 });
    const entry = () => document.querySelector<HTMLElement>(`[data-testid=message-menu-${action}]`);
    await expect.poll(entry, { timeout: 5000 }).not.toBeNull();
    entry()?.click();
    await vi.waitFor(() => expect(document.querySelector("[data-testid=message-menu]")).toBeNull());
    await refresh();
  };
  const ref = ({ sender, key }: Item) => ({ user: sender, cid: key });
  return { ...all, wrapper, refresh, user, happen, item, of, row, written, choose, ref };
}

describe("a message that answers another one", () => {
  it("quotes it as it is now, and leads to it", async () => {
    const { happen, of, ref, row, wrapper } = await reading();
    const to = of("Lin Xiao");
    const body = { text: "thanks", reply: { ...ref(to), excerpt: "old" } };
    const cid = await happen("Mei", { kind: "message", body });
    const quote = row(cid).get("[data-testid=quote]");
    expect(quote.attributes("aria-label")).toMatch(/^In reply to Lin Xiao: Latency per hop/);
    await quote.trigger("click");
    await flushPromises();
    expect(wrapper.get(`[data-row="${to.key}"]`).classes()).toContain("marked");
    await happen("Lin Xiao", { kind: "edit", body: { of: ref(to), text: "**new** words" } });
    expect(row(cid).get("[data-testid=quote]").text()).toContain("new words");
    await happen("Lin Xiao", { kind: "redact", body: { of: ref(to) } });
    expect(row(cid).get("[data-testid=quote]").text()).toContain("Message deleted");
  });

  it("says so when that message is not on this device", async () => {
    const { happen, row, notices, user } = await reading();
    const reply = { user: user("Ines"), cid: "nowhere", excerpt: "long ago" };
    const cid = await happen("Mei", { kind: "message", body: { text: "yes", reply } });
    expect(row(cid).get("[data-testid=quote]").text()).toContain("long ago");
    await row(cid).get("[data-testid=quote]").trigger("click");
    await flushPromises();
    expect(notices.list.map(({ text }) => text)).toEqual([
      "This message isn’t on this computer: it was deleted, or is older than what was fetched.",
    ]);
  });

  it("is begun from its toolbar, with the beginning of that message", async () => {
    const { of, row, navigation } = await reading();
    const to = of("Lin Xiao");
    await row(to.key).trigger("pointerover");
    await row(to.key).get("[data-testid=message-reply]").trigger("click");
    expect(navigation.view.replying[ROOM]).toMatchObject({ user: to.sender, cid: to.key });
    expect(navigation.view.replying[ROOM]?.excerpt).toMatch(/^Latency per hop/);
    expect(navigation.view.composed).toBe(1);
  });
});

describe("what changed a message", () => {
  it("is seen at it: edited, pinned, with a line that leads to it", async () => {
    const { happen, of, ref, row, wrapper } = await reading();
    const to = of("Mei");
    await happen("Mei", { kind: "edit", body: { of: ref(to), text: "now" } });
    expect(row(to.key).get(".rich").text()).toBe("now edited");
    await happen("Lin Xiao", { kind: "pin", body: { of: ref(to), on: true } });
    expect(row(to.key).find("[data-testid=pinned]").exists()).toBe(true);
    const note = wrapper.get("[data-testid=note][data-kind=pin]");
    expect(note.text()).toContain("pinned a message");
    await note.get("[data-testid=note-jump]").trigger("click");
    await flushPromises();
    expect(wrapper.get(`[data-row="${to.key}"]`).classes()).toContain("marked");
  });

  it.each([
    ["Mei", "Mei", "Mei Lin deleted this message"],
    ["Mei", "Aki", "You deleted a message from Mei Lin"],
    ["Aki", "Mei", "Mei Lin deleted your message"],
    ["Aki", "Aki", "You deleted this message"],
    ["Lin Xiao", "Mei", "Mei Lin deleted a message from Lin Xiao"],
  ])("leaves one line of a message of %s that %s deleted", async (from, by, words) => {
    const { happen, of, ref, row, wrapper } = await reading();
    const to = of(from);
    await happen(by, { kind: "redact", body: { of: ref(to) } });
    expect(row(to.key).attributes("data-kind")).toBe("gone");
    expect(row(to.key).text()).toContain(words);
    expect(wrapper.find(`[data-key="${to.key}"][data-testid=message]`).exists()).toBe(false);
  });
});

describe("reactions", () => {
  it("are counted, name the people, and a click takes one's own back", async () => {
    const { happen, of, ref, row, written, refresh } = await reading();
    const to = of("Lin Xiao");
    for (const name of ["Mei", "Aki", "Samira"])
      await happen(name, { kind: "react", body: { to: ref(to), emoji: "❤️", on: true } });
    const chip = () => row(to.key).get(".chip[data-emoji]");
    expect(chip().text()).toBe("❤️3");
    expect(chip().attributes()).toMatchObject({
      "aria-pressed": "true",
      "aria-label": "❤️: You, Mei Lin, and Samira Okoye",
    });
    await chip().trigger("click");
    await refresh();
    expect(written()).toEqual([{ kind: "react", body: { to: ref(to), emoji: "❤", on: false } }]);
    expect([chip().text(), chip().attributes("aria-pressed")]).toEqual(["❤️2", "false"]);
  });

  it("are picked from the toolbar, and are recent then", async () => {
    const { of, ref, row, written, navigation } = await reading();
    const to = of("Lin Xiao");
    await row(to.key).trigger("pointerover");
    await row(to.key).get("[data-testid=message-react]").trigger("click");
    const cell = () => document.querySelector<HTMLElement>("[aria-label='grinning face']");
    await expect.poll(cell, { timeout: 20_000 }).not.toBeNull();
    cell()?.click();
    await flushPromises();
    expect(written()).toEqual([{ kind: "react", body: { to: ref(to), emoji: "😀", on: true } }]);
    expect(navigation.view.emoji.recent).toEqual(["😀"]);
  });
});

describe("the menu of a message", () => {
  it.each([
    ["Aki", ["react", "reply", "forward", "edit", "copy", "link", "pin", "delete"]],
    // The reader owns the space.
    ["Lin Xiao", ["react", "reply", "forward", "copy", "link", "unread", "pin", "delete"]],
  ])("of %s offers what may be done", async (name, actions) => {
    const { of, row } = await reading();
    await row(of(name).key).trigger("contextmenu", { button: 2 });
    const entries = () =>
      [...document.querySelectorAll("[data-testid=message-menu] [role=menuitem]")].map((one) =>
        one.getAttribute("data-testid")?.replace("message-menu-", ""),
      );
    await expect.poll(entries, { timeout: 5000 }).toEqual(actions);
  });

  it("edits and pins", async () => {
    const { of, ref, choose, navigation, written } = await reading();
    const own = of("Aki");
    await choose(own.key, "edit");
    expect(navigation.view.editing).toMatchObject({ cid: own.key });
    await choose(own.key, "pin");
    expect(written()).toEqual([{ kind: "pin", body: { of: ref(own), on: true } }]);
  });

  it("marks as unread from a message on, until the room is read on purpose", async () => {
    const { of, choose, room, host, refresh, wrapper, screen } = await reading();
    screen.focused = true;
    await expect.poll(() => room(0).read, { timeout: 3000 }).toBe(room(0).head);
    await refresh();
    const from = of("Mei");
    await choose(from.key, "unread");
    expect(host.calls.filter(({ name }) => name === "mark_unread")).toMatchObject([
      { args: { room: ROOM, seq: from.place.n } },
    ]);
    expect(room(0).read).toBe(from.place.n - 1);
    expect(room(0).unread).toBeGreaterThan(0);
    const rows = () => wrapper.findAll("[data-row]").map((row) => row.attributes("data-row"));
    expect(rows()[rows().indexOf(from.key) - 1]).toBe("new");
    // It is in view, which is no reading of what was marked in this room.
    await refresh();
    const marked = () => host.calls.filter(({ name }) => name === "mark_read").length;
    const before = marked();
    await wrapper.get("[data-testid=timeline]").trigger("keydown", { key: "Escape" });
    await refresh();
    expect([marked() - before, room(0).unread]).toEqual([1, 0]);
  });

  it.each(["main", "offline"] as const)("forwards a copy to another room, %s", async (scene) => {
    const { of, choose, host, refresh, notices, navigation, room } = await reading(scene);
    const from = of("Lin Xiao");
    await choose(from.key, "forward");
    const field = (id: string) => document.querySelector<HTMLInputElement>(`[data-testid=${id}]`);
    await expect.poll(() => field("forward-room"), { timeout: 5000 }).not.toBeNull();
    const type = (id: string, text: string) => {
      const input = field(id);
      if (input) input.value = text;
      input?.dispatchEvent(new Event("input"));
    };
    const to = room(1);
    type("forward-room", to.name);
    type("forward-words", "worth a read");
    await flushPromises();
    field("forward-send")?.click();
    await refresh();
    const sent = host.calls.filter(({ name }) => name === "write").map(({ args }) => args);
    expect(sent).toMatchObject([{ room: to.id, content: { kind: "message" } }]);
    const { content } = sent[0] as { content: Content };
    const text = content.kind === "message" ? content.body.text : "";
    expect(text).toMatch(/^worth a read\n\n> Lin Xiao · #.+\n>\n> Latency per hop/);
    expect(text).toContain(`\n\nhoming://message/${NORTHLIGHT}/${ROOM}/${from.sender}/${from.key}`);
    expect(document.querySelector("[data-testid=forward]")).toBeNull();
    expect(notices.list.map((notice) => notice.text)).toEqual([`Forwarded to #${to.name}`]);
    notices.list[0]?.action?.run();
    expect(navigation.view.room).toBe(to.id);
  });

  it.each([
    ["main", /erased for everyone/],
    ["offline", /discarded without being sent/],
  ] as const)("asks before it deletes, %s", async (scene, lead) => {
    const { of, choose, written, world, refresh, wrapper } = await reading(scene);
    const key = scene === "offline" ? (world.outboxOf(NORTHLIGHT)[0]?.cid ?? "") : of("Aki").key;
    await choose(key, "delete");
    const sure = () => document.querySelector<HTMLElement>("[data-testid=delete-sure]");
    await expect.poll(sure, { timeout: 5000 }).not.toBeNull();
    expect(document.body.textContent).toMatch(lead);
    expect(written()).toEqual([]);
    sure()?.click();
    await refresh();
    expect(written()).toEqual([{ kind: "redact", body: { of: { user: ME, cid: key } } }]);
    expect(wrapper.find(`[data-key="${key}"][data-testid=message]`).exists()).toBe(false);
  });
});

describe("a change that is not on the server", () => {
  it("looks as if it waits, and says so when it was refused, with the ways out", async () => {
    const { world, of, ref, row, refresh, announcer, written, host } = await reading("offline");
    const to = of("Lin Xiao");
    const react = (on: boolean): Content => ({ kind: "react", body: { to: ref(to), emoji: "👍", on } });
    const cid = world.enqueue(NORTHLIGHT, ROOM, react(true));
    await refresh();
    expect(row(to.key).get("[data-testid=pending]").attributes("aria-label")).toBe("Reaction queued");
    expect(row(to.key).get(".chip[data-emoji]").attributes("aria-pressed")).toBe("true");
    world.change(NORTHLIGHT, cid, { delivery: { state: "wedged", reason: "no_such_message" } });
    await refresh();
    const note = () => row(to.key).find("[data-testid=change-refused]");
    expect(note().text()).toContain("Reaction not saved: the message was deleted");
    expect(announcer.urgent).toContain("Reaction not saved");
    expect(row(to.key).find(".chip").exists()).toBe(false);
    await note().get("[data-testid=retry]").trigger("click");
    await refresh();
    expect(note().exists()).toBe(false);
    world.change(NORTHLIGHT, cid, { delivery: { state: "wedged", reason: "forbidden" } });
    await refresh();
    await note().get("[data-testid=discard]").trigger("click");
    await refresh();
    expect([note().exists(), row(to.key).find("[data-testid=pending]").exists()]).toEqual([false, false]);
    expect(written()).toEqual([]);
    expect(host.calls.filter(({ name }) => name === "discard_message")).toMatchObject([{ args: { cid } }]);
  });

  it("can be kept from deleting a message", async () => {
    const { world, of, ref, row, refresh } = await reading("offline");
    const own = of("Aki");
    const cid = world.enqueue(NORTHLIGHT, ROOM, { kind: "redact", body: { of: ref(own) } });
    await refresh();
    expect(row(own.key).text()).toContain("You deleted this message");
    expect(row(own.key).get("[data-testid=pending]").attributes("aria-label")).toBe("Deletion queued");
    world.change(NORTHLIGHT, cid, { delivery: { state: "wedged", reason: "forbidden" } });
    await refresh();
    expect(row(own.key).get("[data-testid=change-refused]").text()).toContain("Message not deleted");
    expect(row(own.key).find(".rich").exists()).toBe(true);
  });
});
