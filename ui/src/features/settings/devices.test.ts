import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NORTHLIGHT, stage } from "@/testing/mount";
import type { Host } from "@/host/types";
import DevicesTab from "./DevicesTab.vue";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] }));
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

const shown = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`);

async function tab() {
  const all = await stage();
  const wrapper = all.put(DevicesTab, { props: { space: all.space() } });
  await flushPromises();
  const asked = (name: string) => all.host.calls.filter((call) => call.name === name).length;
  const press = async (id: string) => {
    shown(id)?.click();
    await flushPromises();
  };
  return { ...all, wrapper, asked, press };
}

describe("linking a device", () => {
  it("shows a link and the same as a code, for as long as it is good", async () => {
    const { press } = await tab();
    await press("link-device");
    const field = shown("device-link") as HTMLInputElement;
    expect(field.value).toMatch(/^homing:\/\/link\//);
    const code = shown("link-qr");
    expect(code?.getAttribute("aria-label")).toBe("QR code of the device link");
    // With four modules of quiet on every side.
    expect(code?.getAttribute("viewBox")).toMatch(/^-4 -4 /);
    expect(shown("link-left")?.textContent).toContain("5:00");
    vi.advanceTimersByTime(61_000);
    await flushPromises();
    expect(shown("link-left")?.textContent).toContain("3:59");
    vi.advanceTimersByTime(240_000);
    await flushPromises();
    expect(shown("device-link")).toBe(null);
    await press("link-again");
    expect(shown("link-left")?.textContent).toContain("5:00");
  });

  it("ends the link when the dialog is closed", async () => {
    const { press, asked, wrapper } = await tab();
    await press("link-device");
    expect(asked("withdraw_link")).toBe(0);
    document.querySelector<HTMLElement>(".dialog-close")?.click();
    await flushPromises();
    expect(asked("withdraw_link")).toBe(1);
    expect(shown("device-link")).toBe(null);
    wrapper.unmount();
  });

  it("says at once that the device has come, and asks for the list again", async () => {
    const { press, asked, world } = await tab();
    await press("link-device");
    const before = asked("devices");
    const devices = [{ id: "01900000-0000-7003-8000-0000000000ff", name: "Lin’s laptop" }];
    world.pushIn(NORTHLIGHT, { diff: "devices", devices });
    await flushPromises();
    expect(shown("device-linked")?.textContent).toContain("Lin’s laptop is linked");
    expect(asked("devices")).toBe(before + 1);
    document.querySelector<HTMLElement>(".dialog-close")?.click();
    await flushPromises();
    // It is used up: there is nothing to end.
    expect(asked("withdraw_link")).toBe(0);
  });
});

describe("the list of devices", () => {
  it("has this one first, and tells those of one name apart by when they came in", async () => {
    const { host, put, space } = await stage();
    const call = host.call.bind(host);
    const device = (id: string, name: string, current: boolean) => ({
      id,
      name,
      current,
      created: Date.UTC(2026, 2, 1),
      last_seen: Date.UTC(2026, 2, 2),
    });
    host.call = ((name, args) =>
      name === "devices"
        ? Promise.resolve({
            devices: [
              device("a", "vm (Linux)", false),
              device("b", "Phone", false),
              device("c", "vm (Linux)", true),
            ],
          })
        : call(name, args)) as Host["call"];
    const wrapper = put(DevicesTab, { props: { space: space() } });
    await flushPromises();
    const rows = wrapper.findAll("[data-testid=devices] li").map((row) => row.text());
    expect(rows[0]).toContain("this device");
    expect(rows.map((row) => row.includes("signed in"))).toEqual([true, true, false]);
  });

  it("puts the link before the code, which says what it is for", async () => {
    const { press } = await tab();
    await press("link-device");
    const [field, code] = [shown("device-link"), shown("link-qr")];
    if (!field || !code) throw new Error("there is no link");
    expect(field.compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(code.parentElement?.textContent).toContain("scan it with a camera app");
  });
});

describe("signing a device out", () => {
  it("asks first, and says that it can’t be undone", async () => {
    const { wrapper, asked } = await tab();
    await wrapper.get("[aria-label='Sign out: Studio Mac']").trigger("click");
    expect(wrapper.text()).toContain("this can’t be undone");
    expect(asked("revoke_device")).toBe(0);
    await wrapper.get(".sure button:last-child").trigger("click");
    await flushPromises();
    expect(asked("revoke_device")).toBe(1);
    expect(wrapper.get("[role=status]").text()).toBe("Studio Mac was signed out");
  });
});

describe("the sign-in address", () => {
  it("is there to copy, with the fingerprint that another device shows", async () => {
    await tab();
    const field = shown("sign-in-link") as HTMLInputElement;
    const fingerprint = shown("fingerprint")?.textContent ?? "";
    expect(fingerprint).toMatch(/^[\w-]{43}$/);
    expect(field.value).toBe(`homing://sign-in/chat.northlight.example:7474?fp=${fingerprint}`);
  });
});
