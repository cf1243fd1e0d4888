import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NORTHLIGHT, stage } from "@/testing/mount";
import type { Code } from "@/generated/bridge";
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

  it("says why it could not", async () => {
    const { wrapper, host } = await tab();
    const call = host.call.bind(host);
    const failure = { code: "offline", text: "", retry_after_ms: null };
    host.call = ((name, args) =>
      name === "revoke_device" ? Promise.reject(failure) : call(name, args)) as Host["call"];
    await wrapper.get("[aria-label='Sign out: Studio Mac']").trigger("click");
    await wrapper.get("[data-testid=revoke-sure]").trigger("click");
    await flushPromises();
    expect(wrapper.get("[data-testid=failure]").text()).toContain("Can’t reach the server");
    expect(wrapper.find("[role=status]").exists()).toBe(false);
  });
});

describe("renaming a device", () => {
  /** Opens the field of a device; answers what else happens there. */
  async function renaming(device: string) {
    const all = await tab();
    const opener = () => all.wrapper.get<HTMLElement>(`[aria-label='Rename: ${device}']`);
    await opener().trigger("click");
    await flushPromises();
    const field = all.wrapper.get<HTMLInputElement>("[data-testid=device-name]");
    const enter = async (name: string, event: KeyboardEventInit = {}) => {
      await field.setValue(name);
      await field.trigger("keydown", { key: "Enter", ...event });
      await flushPromises();
    };
    const renamed = () =>
      all.host.calls.filter((call) => call.name === "rename_device").map((call) => call.args);
    const isOpen = () => all.wrapper.find("[data-testid=device-name]").exists();
    const names = () => all.wrapper.findAll("[data-testid=devices] b").map((one) => one.text());
    return { ...all, field, opener, enter, renamed, isOpen, names };
  }

  it("begins with the name that it has, chosen, to be written over", async () => {
    const { field } = await renaming("Studio Mac");
    expect(field.element.value).toBe("Studio Mac");
    expect(document.activeElement).toBe(field.element);
    expect([field.element.selectionStart, field.element.selectionEnd]).toEqual([0, "Studio Mac".length]);
    expect(document.querySelector(`label[for='${field.element.id}']`)?.textContent).toBe("Device name");
  });

  it.each(["Aki’s laptop (Linux)", "Studio Mac"])("saves with Enter: %s", async (device) => {
    const { wrapper, enter, renamed, isOpen, names, opener } = await renaming(device);
    await enter("  Reading corner ");
    const args = renamed();
    expect(args).toEqual([expect.objectContaining({ name: "Reading corner" })]);
    expect(isOpen()).toBe(false);
    expect(names()).toContain("Reading corner");
    expect(names()).not.toContain(device);
    expect(wrapper.get("[role=status]").text()).toBe("Device renamed to Reading corner");
    expect(() => opener()).toThrow();
    const again = wrapper.get("[aria-label='Rename: Reading corner']").element;
    expect(document.activeElement).toBe(again);
  });

  it("saves with the button", async () => {
    const { wrapper, field, names } = await renaming("Studio Mac");
    await field.setValue("Reading corner");
    await wrapper.get(".renaming .primary").trigger("click");
    await flushPromises();
    expect(names()).toContain("Reading corner");
  });

  it("cancels with Esc, which the dialog does not hear", async () => {
    const { field, renamed, isOpen, names, opener } = await renaming("Studio Mac");
    const heard = vi.fn();
    window.addEventListener("keydown", heard);
    await field.setValue("Reading corner");
    await field.trigger("keydown", { key: "Escape" });
    await flushPromises();
    window.removeEventListener("keydown", heard);
    expect(heard).not.toHaveBeenCalled();
    expect(isOpen()).toBe(false);
    expect(renamed()).toEqual([]);
    expect(names()).toContain("Studio Mac");
    expect(document.activeElement).toBe(opener().element);
  });

  it.each([{ isComposing: true }, { keyCode: 229 }])(
    "leaves the keys of a word being composed to the input method: %j",
    async (event) => {
      const { field, enter, renamed, isOpen } = await renaming("Studio Mac");
      await enter("书房", event);
      await field.trigger("keydown", { key: "Escape", ...event });
      expect(renamed()).toEqual([]);
      expect(isOpen()).toBe(true);
      expect(field.element.value).toBe("书房");
    },
  );

  it("asks for nothing when the name is the same, and for no empty one", async () => {
    const { wrapper, enter, renamed, isOpen } = await renaming("Studio Mac");
    await enter("   ");
    expect(isOpen()).toBe(true);
    expect(wrapper.get<HTMLButtonElement>(".renaming .primary").element.disabled).toBe(true);
    await enter(" Studio Mac ");
    expect(isOpen()).toBe(false);
    expect(renamed()).toEqual([]);
  });

  it.each<[Code, string, string]>([
    ["name_invalid", ".note", "Enter 1 to 64 characters"],
    ["offline", "[data-testid=failure]", "Can’t reach the server"],
  ])("says beside the field what is wrong, and keeps what was written: %s", async (code, place, words) => {
    const { wrapper, host, field, enter, isOpen, names } = await renaming("Studio Mac");
    const call = host.call.bind(host);
    const failure = { code, text: "", retry_after_ms: null };
    host.call = ((name, args) =>
      name === "rename_device" ? Promise.reject(failure) : call(name, args)) as Host["call"];
    await enter("Reading\u202e corner");
    const row = wrapper.get("li:has([data-testid=device-name])");
    expect(row.get(place).text()).toContain(words);
    expect(field.element.getAttribute("aria-invalid")).toBe(code === "name_invalid" ? "true" : null);
    expect(isOpen()).toBe(true);
    expect(field.element.value).toBe("Reading\u202e corner");
    expect(wrapper.find("[role=status]").exists()).toBe(false);
    expect(names()).not.toContain("Reading\u202e corner");
    host.call = call;
    await enter("Reading corner");
    expect(names()).toContain("Reading corner");
  });

  it("saves once, however often Enter is pressed", async () => {
    const { host, enter, wrapper } = await renaming("Studio Mac");
    let answer: (value: null) => void = () => undefined;
    const call = host.call.bind(host);
    const asked = vi.fn(() => new Promise<null>((resolve) => (answer = resolve)));
    host.call = ((name, args) => (name === "rename_device" ? asked() : call(name, args))) as Host["call"];
    await enter("Reading corner");
    await enter("Reading corner");
    expect(asked).toHaveBeenCalledTimes(1);
    expect(wrapper.find("[role=status]").exists()).toBe(false);
    answer(null);
    await flushPromises();
    expect(wrapper.get("[role=status]").text()).toBe("Device renamed to Reading corner");
  });

  it("shows the new name though the list was being read meanwhile", async () => {
    const { host, world, enter, names } = await renaming("Studio Mac");
    const call = host.call.bind(host);
    const old = await call("devices", { space: NORTHLIGHT });
    let late: (value: typeof old) => void = () => undefined;
    host.call = ((name, args) =>
      name === "devices" ? new Promise((resolve) => (late = resolve)) : call(name, args)) as Host["call"];
    world.pushIn(NORTHLIGHT, { diff: "devices", devices: [] });
    await flushPromises();
    await enter("Reading corner");
    host.call = call;
    late(old);
    await flushPromises();
    expect(names()).toContain("Reading corner");
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
