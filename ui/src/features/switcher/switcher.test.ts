import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import SettingsDialog from "@/features/settings/SettingsDialog.vue";
import { stage } from "@/testing/mount";
import SwitcherDialog from "./SwitcherDialog.vue";

afterEach(() => document.body.replaceChildren());

async function switching() {
  const all = await stage("main");
  all.put(SwitcherDialog, { props: { space: all.space() } });
  await flushPromises();
  const box = () => document.querySelector<HTMLInputElement>("[data-testid=switcher]");
  const options = () => [...document.querySelectorAll("[role=option]")];
  const rows = () =>
    options().map((row) => [
      row.querySelector(".name")?.textContent,
      row.querySelector("small")?.textContent ?? null,
    ]);
  const ask = async (text: string) => {
    const input = box();
    if (!input) throw new Error("no switcher");
    input.value = text;
    input.dispatchEvent(new Event("input"));
    await flushPromises();
  };
  const enter = async () => {
    box()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await flushPromises();
  };
  return { ...all, options, rows, ask, enter };
}

describe("the switcher", () => {
  it("says of a person that it is a direct message", async () => {
    const { rows, ask } = await switching();
    await ask("mei");
    expect(rows()[0]).toEqual(["Mei Lin", "Direct message"]);
  });

  it("finds words in any order, and settings by what is set there", async () => {
    const { rows, ask } = await switching();
    await ask("engine del");
    expect(rows()[0]?.[0]).toBe("delivery-engine");
    await ask("password");
    expect(rows()[0]).toEqual(["Profile", "Settings"]);
    await ask("sign out");
    expect(rows()[0]?.[0]).toBe("Devices");
    await ask("proxy");
    expect(rows()[0]?.[0]).toBe("Network");
  });

  it("offers no page of the settings for letters that stand here and there in its words", async () => {
    const { rows, ask } = await switching();
    await ask("lin");
    expect(rows().map(([name]) => name)).toEqual(
      expect.arrayContaining(["Lin Xiao", "Mei Lin", "Devices", "delivery-engine"]),
    );
    for (const page of ["Profile", "Appearance", "Language"])
      expect(rows().map(([name]) => name)).not.toContain(page);
  });

  it("says how much is unread in no more than three signs", async () => {
    const { options, space } = await switching();
    for (const room of space().rooms.values()) Object.assign(room, { unread: 20_000, muted: false });
    await flushPromises();
    expect(options()[0]?.querySelector(".unread")?.textContent).toBe("99+");
  });

  it("opens the page of the settings that was chosen, once", async () => {
    const { ask, enter, navigation, put, space } = await switching();
    await ask("proxy");
    await enter();
    expect([navigation.view.dialog, navigation.view.page]).toEqual(["settings", "network"]);
    document.body.replaceChildren();
    put(SettingsDialog, { props: { space: space() } });
    await flushPromises();
    expect(document.querySelector("[data-testid=settings-network]")?.getAttribute("data-state")).toBe(
      "active",
    );
    expect(navigation.view.page).toBe("profile");
  });

  it("is no dead end: what is not there can be made", async () => {
    const { ask, enter, rows, navigation } = await switching();
    await ask("#no such thing");
    expect(rows().map(([name]) => name)).toEqual([
      "Create room “no such thing”",
      expect.stringMatching(/./),
      expect.stringMatching(/./),
    ]);
    expect(document.querySelector("[role=status]")?.textContent).toBe("No matches");
    await enter();
    expect([navigation.view.dialog, navigation.view.wanted]).toEqual(["create_room", "no such thing"]);
  });

  it("leads to rooms of other spaces and names the space", async () => {
    const { homing, rows, ask, enter, navigation, space, room } = await switching();
    const here = space();
    const quay = { ...room(0), id: "quay", name: "quay-side", kind: "public" as const };
    homing.state.spaces.set("harbour", {
      ...here,
      space: { ...here.space, id: "harbour", name: "Harbour" },
      rooms: new Map([[quay.id, quay]]),
    });
    await flushPromises();
    await ask("quay");
    expect(rows()[0]).toEqual(["quay-side", "Room · Harbour"]);
    await enter();
    await expect.poll(() => [navigation.view.space, navigation.view.room]).toEqual(["harbour", "quay"]);
  });

  it("shows what is unread", async () => {
    const { options, space } = await switching();
    const unread = [...space().rooms.values()].find((room) => room.unread > 0 && !room.muted);
    expect(options()[0]?.querySelector(".unread")?.textContent).toBe(String(unread?.unread ?? ""));
  });

  it("finds Chinese names by pinyin", async () => {
    const { rows, ask } = await switching();
    await ask("wang");
    await vi.waitFor(() => expect(rows().map(([name]) => name)).toContain("王芳"), { timeout: 20_000 });
  }, 30_000);
});
