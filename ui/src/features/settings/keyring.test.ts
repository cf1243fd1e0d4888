import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { en } from "@/i18n/en";
import { stage } from "@/testing/mount";
import KeyringTab from "./KeyringTab.vue";

afterEach(() => document.body.replaceChildren());

describe("settings of the keys", () => {
  it("say that the keyring works, and offer a passphrase instead", async () => {
    const { put } = await stage();
    const tab = put(KeyringTab);
    expect(tab.get("[data-testid=keyring]").text()).toContain(en.keyring.working);
    await tab.get("[data-testid=use-passphrase]").trigger("click");
    expect(document.querySelector("[role=dialog]")?.textContent).toContain(en.passphrase.use_title);
  });

  it("say what is wrong with the keyring, and ask it again", async () => {
    const { put, world } = await stage();
    world.keep({ state: "denied" }, "unused");
    const tab = put(KeyringTab);
    expect(tab.text()).toContain(en.keyring.what.denied);
    expect(tab.text()).toContain(en.keyring.todo.denied);
    await tab.get("[data-testid=keyring] button").trigger("click");
    await flushPromises();
    expect(tab.text()).toContain(en.keyring.working);
  });

  it("create a keyring where none was set up", async () => {
    const { put, world } = await stage();
    world.keep({ state: "not_set_up" }, "unused");
    const tab = put(KeyringTab);
    expect(tab.text()).toContain(en.keyring.what.not_set_up);
    await tab.get("[data-testid=create-keyring]").trigger("click");
    await flushPromises();
    expect(tab.text()).toContain(en.keyring.working);
  });

  it("move the keys back to the keyring, or say why they stay", async () => {
    const { put, world } = await stage();
    world.keep({ state: "absent" }, "open");
    const tab = put(KeyringTab);
    expect(tab.find("[data-testid=keyring]").exists()).toBe(false);
    await tab.get("[data-testid=use-keyring]").trigger("click");
    await flushPromises();
    expect(tab.get("[data-testid=not-moved]").text()).toContain(en.keyring.what.absent);
    world.keep({ state: "working" }, "open");
    await tab.get("[data-testid=use-keyring]").trigger("click");
    await flushPromises();
    expect(tab.get("[data-testid=keyring]").text()).toContain(en.keyring.working);
  });

  it.each(["closed", "damaged", "newer"] as const)(
    "say what to do with a file that is %s",
    async (sealed) => {
      const { put, world } = await stage();
      world.keep({ state: "absent" }, sealed);
      const tab = put(KeyringTab);
      expect(tab.text()).toContain(en.passphrase[sealed]);
      expect(tab.text()).toContain(en.passphrase[`${sealed}_lead`]);
      expect(tab.find("[data-testid=enter-passphrase]").exists()).toBe(sealed === "closed");
      expect(tab.find("[data-testid=passphrase-forgotten]").exists()).toBe(sealed !== "newer");
    },
  );
});
