import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h, ref } from "vue";
import type { Row } from "./rows";
import { NORTHLIGHT, roomId, stage } from "@/testing/mount";
import TimelineView from "./TimelineView.vue";
import { rangeInView, useReadMarker } from "./useReadMarker";

enableAutoUnmount(afterEach);

async function reading(scene: "main" | "offline" = "main") {
  const all = await stage(scene);
  all.screen.focused = true;
  const wrapper = all.put(TimelineView, { props: { space: all.space(), room: all.room(0) } });
  await flushPromises();
  await flushPromises();
  const press = async (key: string) => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    );
    await flushPromises();
  };
  const refresh = async () => {
    await wrapper.setProps({ space: all.space(), room: all.room(0) });
    await flushPromises();
  };
  const texts = wrapper.findAll("[data-testid=message]").map((one) => one.get(".rich").text());
  const at = () => texts.indexOf(document.activeElement?.querySelector(".rich")?.textContent ?? "");
  return { ...all, wrapper, press, refresh, at, last: texts.length - 1 };
}

describe("walking the messages", () => {
  it("goes from message to message by arrows, and says each", async () => {
    const { wrapper, press, at, last } = await reading();
    wrapper.get<HTMLElement>("[role=log]").element.focus();
    await press("ArrowUp");
    expect(at()).toBe(last);
    await press("ArrowUp");
    await press("ArrowUp");
    expect(at()).toBe(last - 2);
    await press("ArrowDown");
    expect(at()).toBe(last - 1);
    const heard = document.activeElement?.getAttribute("aria-label") ?? "";
    expect(heard).toMatch(/^.+, \d\d?:\d\d.*: Latency per hop/);
    await press("ArrowDown");
    await press("ArrowDown");
    expect(at()).toBe(last);
  });

  it("is one stop for Tab: only the message one stands on offers its buttons", async () => {
    const { wrapper, press } = await reading();
    const stops = () => wrapper.findAll("article button[tabindex='0']").length;
    expect(stops()).toBe(0);
    wrapper.get<HTMLElement>("[role=log]").element.focus();
    await press("ArrowUp");
    const own = document.activeElement;
    expect(stops()).toBe(own?.querySelectorAll("button").length);
    expect(stops()).toBeGreaterThan(0);
  });

  it("comes to what can be done with Enter, and back with Escape, which then marks nothing", async () => {
    const { wrapper, press, host } = await reading();
    wrapper.get<HTMLElement>("[role=log]").element.focus();
    await press("ArrowUp");
    const own = document.activeElement;
    await press("Enter");
    expect([document.activeElement?.tagName, own?.contains(document.activeElement)]).toEqual([
      "BUTTON",
      true,
    ]);
    const first = document.activeElement;
    await press("ArrowRight");
    expect(document.activeElement).not.toBe(first);
    const marked = () => host.calls.filter(({ name }) => name === "mark_read").length;
    const before = marked();
    await press("Escape");
    expect([document.activeElement, marked()]).toEqual([own, before]);
  });
});

describe("the tick", () => {
  it.each([
    ["sent", "Saved on the server", "One member gets it when", ["Not delivered yet 1", "Delivered 10"]],
    ["delivered", "On everyone’s device", "All 11 other members have it", ["Delivered 11"]],
  ])("%s says on a click who has the message", async (state, heading, who, lists) => {
    const { wrapper, space } = await reading();
    await wrapper.get(`[data-state=${state}] [data-testid=tick]`).trigger("click");
    const card = () => document.querySelector("[data-testid=delivery-card]");
    await expect.poll(card, { timeout: 5000 }).not.toBeNull();
    expect(card()?.querySelector("h3")?.textContent).toBe(heading);
    expect(card()?.textContent).toContain(who);
    expect(card()?.textContent).toContain("Saved on the server: ");
    expect(card()?.querySelectorAll(".signs li").length).toBe(4);
    const people = card()?.querySelectorAll("[data-testid=delivery-people] section") ?? [];
    expect([...people].map((list) => list.querySelector("h4")?.textContent.trim())).toEqual(lists);
    const names = [...people].map((list) =>
      [...list.querySelectorAll(".name")].map((one) => one.textContent),
    );
    expect(names.flat()).not.toContain(space().people.get(space().space.me)?.name);
    expect(new Set(names.flat()).size).toBe(11);
  });

  it("says what it knows where the server does not tell who has it", async () => {
    const { wrapper, host } = await reading();
    const call = host.call.bind(host);
    vi.spyOn(host, "call").mockImplementation((name, args) =>
      name === "room_receipts"
        ? Promise.reject(new Error("no connection"))
        : (call(name, args) as Promise<never>),
    );
    await wrapper.get("[data-state=sent] [data-testid=tick]").trigger("click");
    const card = () => document.querySelector("[data-testid=delivery-card]");
    await expect.poll(card, { timeout: 5000 }).not.toBeNull();
    await flushPromises();
    expect(card()?.textContent).toContain("At least one of 11 other members");
    expect(card()?.querySelector("[data-testid=delivery-people]")).toBeNull();
  });

  it("tells who has got it meanwhile while it is open", async () => {
    const { wrapper, world, refresh } = await reading();
    await wrapper.get("[data-state=sent] [data-testid=tick]").trigger("click");
    const lists = () =>
      [...document.querySelectorAll("[data-testid=delivery-people] h4")].map((one) => one.textContent.trim());
    await expect.poll(lists, { timeout: 5000 }).toEqual(["Not delivered yet 1", "Delivered 10"]);
    const held = world.book(NORTHLIGHT, roomId(0)).room;
    held.delivered = held.head;
    world.pushIn(NORTHLIGHT, { diff: "room", room: { ...held } });
    await refresh();
    await expect.poll(lists, { timeout: 5000 }).toEqual(["Delivered 11"]);
  });

  it("says of what waits that it is safe here", async () => {
    const { wrapper } = await reading("offline");
    await wrapper.get("[data-state=queued] [data-testid=tick]").trigger("click");
    const card = () => document.querySelector("[data-testid=delivery-card]");
    await expect.poll(card, { timeout: 5000 }).not.toBeNull();
    expect(card()?.textContent).toContain("Saved on this computer.");
    expect(card()?.textContent).not.toContain("Saved on the server: ");
  });
});

describe("a refused message that is being changed", () => {
  it("is outlined, and still says why it was refused", async () => {
    const { wrapper, world, refresh } = await reading("offline");
    const cid = world.outboxOf(NORTHLIGHT)[0]?.cid ?? "";
    world.change(NORTHLIGHT, cid, { delivery: { state: "wedged", reason: "too_large" } });
    await refresh();
    const row = () => wrapper.get(`[data-key="${cid}"][data-testid=message]`);
    expect(row().classes()).not.toContain("editing");
    await row().get("[data-testid=edit]").trigger("click");
    expect(row().classes()).toContain("editing");
    expect(row().text()).toContain("too long");
  });
});

const said = (n: number) =>
  ({ kind: "message", key: `m${n}`, item: { key: `m${n}`, place: { at: "log", n } } }) as Row;
const place = (key: string, at: number) => ({ key, y: at * 30 });

describe("how far one has read", () => {
  const rows: Row[] = [
    said(1),
    said(2),
    { kind: "hole", key: "hole-4", count: 2, expired: false },
    said(5),
    said(6),
    said(7),
  ];
  it.each([
    [["m5", "m6", "m7"], { first: 5, last: 6 }],
    [["m1", "m2", "hole-4", "m5", "m6"], { first: 5, last: 5 }],
    [["m7"], null],
    [[], null],
  ])("with %j in view is %j: not the lowest, and nothing across a hole", (keys, stretch) =>
    expect(rangeInView(keys.map(place), rows)).toEqual(stretch),
  );

  it("goes up to what was in view, without leaving anything out", async () => {
    const all = await stage("main");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      all.screen.focused = true;
      const room = { ...all.room(0), read: 10, unread: 500, head: 510 };
      const log = all.homing.logs.of(roomId(0));
      Object.assign(log, { loaded: true, more_after: true });
      const marked = () =>
        all.host.calls
          .filter(({ name }) => name === "mark_read")
          .map(({ args }) => (args as { seq: number }).seq);
      let sees: ReturnType<typeof useReadMarker>["sees"] = () => undefined;
      const Reader = defineComponent(() => {
        ({ sees } = useReadMarker(all.space, () => room, ref(false)));
        return () => h("i");
      });
      all.put(Reader);
      sees({ first: 40, last: 60 });
      await vi.advanceTimersByTimeAsync(1000);
      expect(marked()).toEqual([]);
      sees({ first: 5, last: 20 });
      sees({ first: 18, last: 35 });
      await vi.advanceTimersByTimeAsync(1000);
      expect(marked()).toEqual([35]);
      sees({ first: 20, last: 30 });
      await vi.advanceTimersByTimeAsync(1000);
      expect(marked()).toEqual([35]);
    } finally {
      vi.useRealTimers();
    }
  });
});
