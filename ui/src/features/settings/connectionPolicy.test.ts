import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionPolicy } from "@/generated/bridge";
import { stage } from "@/testing/mount";
import AdvancedTab from "./AdvancedTab.vue";
import { type Wrong, typed } from "./useConnectionPolicy";

afterEach(() => (document.body.innerHTML = ""));

describe("a figure as it is typed", () => {
  it.each<[string, number | Wrong["why"]]>([
    ["30", 30_000],
    [" 0.5 ", 500],
    ["0,5", 500],
    ["0.0004", 0],
    ["999999999", 0xffff_ffff],
    ["", "no_number"],
    ["-1", "no_number"],
    ["1e3", "no_number"],
    ["1.2.3", "no_number"],
    ["half", "no_number"],
  ])("%j", (text, expected) => {
    const value = typed("retry_first", text);
    expect(typeof value === "number" ? value : value.why).toBe(expected);
  });

  it("counts tries, not parts of them", () => {
    expect(typed("ask_after", "12")).toBe(12);
    expect(typed("ask_after", "2.5")).toEqual({ why: "no_whole_number", figure: "ask_after" });
  });
});

async function tab() {
  const { put, host, homing } = await stage();
  const view = put(AdvancedTab);
  await flushPromises();
  const field = (name: string) => {
    const label = [...document.querySelectorAll("label")].find((one) => one.textContent === name);
    const input = document.getElementById(label?.htmlFor ?? "");
    if (!(input instanceof HTMLInputElement)) throw new Error(`there is no field ${name}`);
    return input;
  };
  const type = async (name: string, text: string) => {
    const input = field(name);
    input.value = text;
    input.dispatchEvent(new Event("input"));
    input.dispatchEvent(new Event("change"));
    await flushPromises();
  };
  const note = (name: string) => document.getElementById(`${field(name).id}-note`)?.textContent?.trim();
  const kept = () =>
    host.calls
      .filter(({ name }) => name === "set_settings")
      .map(({ args }) => (args as { patience: ConnectionPolicy }).patience);
  return { view, homing, field, type, note, kept };
}

describe("how patient the connection is", () => {
  it("shows each figure with what it may be", async () => {
    const { field, note } = await tab();
    expect(field("First wait (s)").value).toBe("0.5");
    expect(note("First wait (s)")).toBe("0.1 to 60, default 0.5");
    expect(note("Ask me after failed attempts")).toBe("2 to 1000, default 10");
  });

  it("keeps what fits as soon as the field is left", async () => {
    const { type, kept, view, homing } = await tab();
    await type("Ping after idle (s)", "12,5");
    expect(kept().map(({ probe_every_ms }) => probe_every_ms)).toEqual([12_500]);
    expect(homing.state.settings.patience.probe_every_ms).toBe(12_500);
    expect(view.text()).toContain("Saved");
  });

  it("says at the field why a figure can't be, and keeps nothing", async () => {
    const { type, kept, note, field } = await tab();
    await type("Wait for reply (s)", "90");
    expect(note("Wait for reply (s)")).toBe(
      "At most 60 s. Homing would wait that long on a lost connection.",
    );
    expect(field("Wait for reply (s)").getAttribute("aria-invalid")).toBe("true");
    await type("Ask me after failed attempts", "soon");
    expect(note("Ask me after failed attempts")).toBe("Enter a number.");
    await type("Wait for reply (s)", "6");
    expect(kept()).toEqual([]);
    await type("Ask me after failed attempts", "3");
    expect(kept().map(({ probe_answer_ms, ask_after }) => [probe_answer_ms, ask_after])).toEqual([
      [6_000, 3],
    ]);
  });

  it("marks the longest wait when it is below the first", async () => {
    const { type, note, kept } = await tab();
    await type("First wait (s)", "40");
    expect(note("Longest wait (s)")).toBe("At least the first wait, 40 s.");
    expect(kept()).toEqual([]);
  });

  it("leaves a figure that is being typed alone while others are kept", async () => {
    const { field, kept, homing } = await tab();
    field("Ask me after failed attempts").value = "2";
    field("Ask me after failed attempts").dispatchEvent(new Event("input"));
    const { settings } = homing.state;
    const patience = { ...settings.patience, retry_most_ms: 1_000 };
    await homing.call("set_settings", { ...settings, patience });
    await flushPromises();
    expect(field("Longest wait (s)").value).toBe("1");
    expect(field("Ask me after failed attempts").value).toBe("2");
    field("Ask me after failed attempts").dispatchEvent(new Event("change"));
    await flushPromises();
    expect(kept().map(({ retry_most_ms, ask_after }) => [retry_most_ms, ask_after])).toEqual([
      [1_000, 10],
      [1_000, 2],
    ]);
  });

  it("goes back to the usual figures", async () => {
    const { type, view, kept, field } = await tab();
    const reset = () => view.get("[data-testid=figures] button");
    expect(reset().attributes("disabled")).toBeDefined();
    await type("Longest wait (s)", "5");
    await reset().trigger("click");
    await flushPromises();
    expect(field("Longest wait (s)").value).toBe("30");
    expect(kept().map(({ retry_most_ms }) => retry_most_ms)).toEqual([5_000, 30_000]);
  });
});
