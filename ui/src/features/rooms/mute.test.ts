import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MORNING, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import MeFooter from "./MeFooter.vue";
import NotifyMenu from "./NotifyMenu.vue";
import RoomHeader from "./RoomHeader.vue";
import StatusMenu from "./StatusMenu.vue";

beforeEach(() => vi.useFakeTimers({ now: MORNING, toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const found = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const shown = (id: string) => {
  const element = found(id);
  if (!element) throw new Error(`${id} is not shown`);
  return element;
};

/** Chooses a line of an open menu, as a click does. */
async function choose(id: string) {
  shown(id).click();
  await flushPromises();
}

async function menuOf(n: number) {
  const all = await stage();
  all.put(NotifyMenu, {
    props: { space: all.space(), room: all.room(n), label: "Notifications", byKeyboard: false },
  });
  await flushPromises();
  const asked = () => all.host.calls.filter(({ name }) => /notify_room|mute_room/.test(name));
  return { ...all, asked };
}

describe("the menu of a room’s notifications", () => {
  it("says what holds, and what “everywhere” means", async () => {
    await menuOf(0);
    expect(shown("notify-everywhere").textContent).toContain("Default (All messages)");
    expect(shown("notify-everywhere").getAttribute("aria-checked")).toBe("true");
    expect(shown("notify-mentions").getAttribute("aria-checked")).toBe("false");
  });

  it("keeps a level for the room", async () => {
    const { asked, room } = await menuOf(0);
    await choose("notify-nothing");
    expect(asked()).toEqual([
      { name: "notify_room", args: { space: NORTHLIGHT, room: roomId(0), level: "nothing" } },
    ]);
    expect(room(0).notify).toBe("nothing");
  });

  it("goes back to what holds everywhere", async () => {
    const { room } = await menuOf(3);
    expect(room(3).notify).toBe("mentions");
    await choose("notify-everywhere");
    expect(room(3).notify).toBeNull();
  });

  it("mutes for a time and says until when", async () => {
    const { asked, room } = await menuOf(0);
    expect(shown("mute-tomorrow").textContent).toContain("Mute until tomorrow, 9:00");
    await choose("mute-hour");
    const until = MORNING + 3_600_000;
    expect(asked()).toEqual([
      { name: "mute_room", args: { space: NORTHLIGHT, room: roomId(0), muted: true, until } },
    ]);
    expect(room(0)).toMatchObject({ muted: true, muted_until: until });
  });

  it("offers a muted room only to be turned back on", async () => {
    const { room } = await menuOf(6);
    expect(found("mute-hour")).toBeNull();
    await choose("unmute");
    expect(room(6).muted).toBe(false);
  });
});

describe("the header’s bell", () => {
  it.each([
    [0, "Notifications for #delivery-engine"],
    [6, "Notifications for #ci-notices, muted"],
  ])("of room %i is called %s", async (n, name) => {
    const { put, space, room } = await stage();
    const header = put(RoomHeader, { props: { space: space(), room: room(n), members: null } });
    expect(header.get("[data-testid=notify-open]").attributes("aria-label")).toBe(name);
  });

  it("opens no menu in the next room", async () => {
    const { put, space, room } = await stage();
    const header = put(RoomHeader, { props: { space: space(), room: room(0), members: null } });
    await header.get("[data-testid=notify-open]").trigger("click");
    await vi.dynamicImportSettled();
    await flushPromises();
    shown("notify-menu");
    await header.setProps({ room: room(1) });
    await flushPromises();
    expect(found("notify-menu")).toBeNull();
  });
});

describe("the person’s own status", () => {
  async function menu() {
    const all = await stage();
    all.put(StatusMenu, { props: { label: "Status", byKeyboard: false } });
    await flushPromises();
    return all;
  }

  it("is chosen for every space", async () => {
    const { space, host } = await menu();
    expect(shown("status-available").getAttribute("aria-checked")).toBe("true");
    await choose("status-quiet");
    expect(host.calls).toContainEqual({ name: "set_status", args: { status: "quiet" } });
    expect(space().status).toBe("quiet");
  });

  it("pauses for an hour, and resumes", async () => {
    const { homing } = await menu();
    await choose("pause");
    expect(homing.state.settings.notify_paused_until).toBe(MORNING + 3_600_000);
  });

  it("shows itself at the foot of the rooms", async () => {
    const { put, space, homing } = await stage();
    const footer = put(MeFooter, { props: { space: space() } });
    expect(footer.find("[data-testid=quiet]").exists()).toBe(false);
    await homing.call("set_status", { status: "quiet" });
    await flushPromises();
    expect(footer.get("[data-testid=quiet]").text()).toBe("Do not disturb");
    expect(footer.get("[data-testid=status-open]").text()).toContain("Change status: Do not disturb");
    await homing.call("set_status", { status: "available" });
    const { settings } = homing.state;
    await homing.call("set_settings", { ...settings, notify_paused_until: MORNING + 60_000 });
    await flushPromises();
    expect(footer.get("[data-testid=quiet]").text()).toBe("Paused until 10:01 AM");
  });
});
