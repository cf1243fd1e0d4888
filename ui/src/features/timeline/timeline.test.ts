import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NORTHLIGHT, roomId, stage } from "@/testing/mount";
import TimelineView from "./TimelineView.vue";

afterEach(() => document.body.replaceChildren());

async function reading(scene: "main" | "offline" | "empty", n = 0) {
  const all = await stage(scene);
  all.screen.focused = true;
  const wrapper = all.put(TimelineView, { props: { space: all.space(), room: all.room(n) } });
  await flushPromises();
  await flushPromises();
  const refresh = async () => {
    await wrapper.setProps({ space: all.space(), room: all.room(n) });
    await flushPromises();
  };
  return { ...all, wrapper, refresh };
}

describe("the timeline", () => {
  it("is a named log with one row for each entry", async () => {
    const { wrapper } = await reading("main");
    expect(wrapper.get("[role=log]").attributes("aria-label")).toBe("Messages in #delivery-engine");
    expect(wrapper.findAll("[data-testid=message]").map((row) => row.attributes("data-state"))).toEqual([
      "received",
      "delivered",
      "received",
      "received",
      "sent",
    ]);
    expect(wrapper.get("[data-testid=note]").text()).toContain("Lin Xiao joined");
    expect(wrapper.get("[data-testid=hole]").text()).toContain("Fetching 214 messages…");
    expect(wrapper.get("[data-kind=new]").text()).toBe("New");
  });

  it("copies only the words of messages that were chosen, a line each", async () => {
    const { wrapper } = await reading("main");
    const [one, other] = wrapper.findAll("[data-testid=message] .rich p").slice(-2);
    if (!one || !other) throw new Error("there is too little to choose from");
    const copied: string[] = [];
    const copy = () => {
      document.dispatchEvent(new Event("selectionchange"));
      const event = new Event("copy", { bubbles: true, cancelable: true });
      const clipboardData = { setData: (_: string, text: string) => copied.push(text) };
      one.element.dispatchEvent(Object.assign(event, { clipboardData }));
      return event.defaultPrevented;
    };
    document.getSelection()?.setBaseAndExtent(one.element, 0, other.element, other.element.childNodes.length);
    expect([copy(), copied]).toEqual([true, [`${one.text()}\n${other.text()}`]]);
    // Within one message the page knows best.
    document.getSelection()?.setBaseAndExtent(one.element, 0, one.element, one.element.childNodes.length);
    expect([copy(), copied.length]).toEqual([false, 1]);
  });

  it("says that what waits sends itself", async () => {
    const { wrapper } = await reading("offline");
    expect(wrapper.findAll("[data-state=queued]").length).toBe(2);
    expect(wrapper.text().match(/Queued, sends automatically/g)?.length).toBe(1);
  });

  it("shows one to three emoji large and without a bubble, but for what was refused", async () => {
    const { world, wrapper, refresh } = await reading("offline");
    const shown = (cid: string) => {
      const row = wrapper.get(`[data-key="${cid}"][data-testid=message]`);
      return [row.get(".bubble").classes("bare"), row.get(".rich").classes("large")];
    };
    const write = (text: string) => world.write(NORTHLIGHT, roomId(0), text, []);
    const [alone, words, many] = [write("🎉 👋🏽"), write("🎉 great"), write("🎉🎉🎉🎉")];
    await refresh();
    expect([shown(alone), shown(words), shown(many)]).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
    world.change(NORTHLIGHT, alone, { delivery: { state: "wedged", reason: "refused" } });
    await refresh();
    expect(shown(alone)).toEqual([false, true]);
  });

  it("offers four ways out of a refused message, and says why it was refused", async () => {
    const { world, wrapper, refresh, announcer, navigation } = await reading("offline");
    const cid = world.outboxOf(NORTHLIGHT)[0]?.cid ?? "";
    world.change(NORTHLIGHT, cid, { delivery: { state: "wedged", reason: "too_large" } });
    await refresh();
    const row = wrapper.get(`[data-key="${cid}"][data-testid=message]`);
    expect(row.attributes("data-state")).toBe("wedged");
    expect(row.text()).toContain("sent: too long");
    expect(announcer.urgent).toContain("sent: too long");
    await row.get("[data-testid=edit]").trigger("click");
    expect(navigation.view.editing?.cid).toBe(cid);
    await row.get("[data-testid=discard]").trigger("click");
    await flushPromises();
    expect(wrapper.find(`[data-key="${cid}"]`).exists()).toBe(false);
  });

  it("keeps a message's row from being queued to being on everyone's device", async () => {
    const { world, wrapper, refresh, homing } = await reading("offline");
    const cid = world.outboxOf(NORTHLIGHT)[0]?.cid ?? "";
    const element = wrapper.get(`[data-row="${cid}"]`).element;
    const state = () => wrapper.get(`[data-key="${cid}"][data-testid=message]`).attributes("data-state");
    expect(state()).toBe("queued");
    world.change(NORTHLIGHT, cid, { delivery: { state: "sending" } });
    await refresh();
    expect(state()).toBe("sending");
    await homing.call("try_now", { space: NORTHLIGHT });
    const done = () =>
      homing.state.logs.get(roomId(0))?.items.find(({ key }) => key === cid)?.place.at === "log";
    world.change(NORTHLIGHT, cid, { delivery: { state: "queued" } });
    await expect.poll(done, { timeout: 3000 }).toBe(true);
    await refresh();
    expect(["sent", "delivered"]).toContain(state());
    expect(wrapper.get(`[data-row="${cid}"]`).element).toBe(element);
  });

  it("never makes HTML of what somebody wrote", async () => {
    const { world, wrapper, refresh } = await reading("main");
    world.receive(
      NORTHLIGHT,
      roomId(0),
      "x",
      '<img src=x onerror="alert(1)"><b>no</b> [x](javascript:alert(1))',
    );
    await refresh();
    const last = wrapper.findAll("[data-testid=message]").at(-1);
    expect(last?.text()).toContain("<img src=x");
    expect(last?.find("img, b, a").exists()).toBe(false);
  });

  it("reads out what comes in, and marks it as read when it is seen", async () => {
    const { world, refresh, announcer, host } = await reading("main");
    const [sender] = [...world.space(NORTHLIGHT).overview.people].filter(({ name }) => name === "Mei Lin");
    world.receive(NORTHLIGHT, roomId(0), sender?.id ?? "", "ping");
    await refresh();
    expect(announcer.polite).toBe("Mei Lin: ping");
    await expect
      .poll(() => host.calls.filter(({ name }) => name === "mark_read").length, { timeout: 2000 })
      .toBeGreaterThan(0);
  });

  it("marks what is seen although more keeps coming", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { world, host } = await reading("main");
      await vi.advanceTimersByTimeAsync(1000);
      const marked = () => host.calls.filter(({ name }) => name === "mark_read").length;
      const before = marked();
      for (let n = 0; n < 8; n++) {
        world.receive(NORTHLIGHT, roomId(0), "somebody", `one of many ${n}`);
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(marked() - before).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it("marks nothing while it is still being opened where one stood", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const all = await stage("main");
      all.screen.focused = true;
      const room = all.room(0);
      expect(room.unread).toBeGreaterThan(0);
      await all.homing.logs.open(NORTHLIGHT, room.id, "unread");
      // It is held from before, and is read again.
      all.homing.logs.of(room.id).stale = true;
      let answer: () => void = () => undefined;
      const call = all.host.call.bind(all.host);
      vi.spyOn(all.host, "call").mockImplementation(async (name, args) => {
        if (name === "timeline") await new Promise<void>((done) => (answer = done));
        return call(name, args);
      });
      all.put(TimelineView, { props: { space: all.space(), room } });
      await vi.advanceTimersByTimeAsync(2000);
      expect(all.host.calls.filter(({ name }) => name === "mark_read")).toEqual([]);
      expect(all.screen.atEnd).toBe(false);
      answer();
      await vi.advanceTimersByTimeAsync(2000);
      expect(all.screen.atEnd).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("welcomes who is still alone", async () => {
    const { wrapper, navigation } = await reading("empty");
    await wrapper.get("[data-testid=invite-open]").trigger("click");
    expect(navigation.view.dialog).toBe("invite");
  });

  it("shows a failed reading with a way to try again", async () => {
    const all = await stage("main");
    const { call } = all.host;
    all.host.call = () => Promise.reject({ code: "storage", text: "disk", retry_after_ms: null });
    const wrapper = all.put(TimelineView, { props: { space: all.space(), room: all.room(3) } });
    await flushPromises();
    expect(wrapper.get("[data-testid=failure]").attributes("data-code")).toBe("storage");
    all.host.call = call;
    await wrapper.get("[data-testid=failure] button").trigger("click");
    await flushPromises();
    await flushPromises();
    expect(wrapper.find("[data-testid=failure]").exists()).toBe(false);
    expect(wrapper.findAll("[data-testid=message]").length).toBeGreaterThan(0);
  });
});
