import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionState, Keyring } from "@/generated/bridge";
import { missingKey } from "@/stores/keyStorage";
import { stage } from "@/testing/mount";
import { en } from "@/i18n/en";
import KeyBanner from "./KeyBanner.vue";

afterEach(() => document.body.replaceChildren());

const working: Keyring = { state: "working" };
const refused: ConnectionState = { state: "refused", why: { cause: "no_token" } };
const waiting: ConnectionState = {
  state: "waiting",
  until: 0,
  attempt: 1,
  why: { cause: "no_token" },
  ask: "not_yet",
};
const connecting: ConnectionState = { state: "connecting", attempt: 0, ask: "not_yet" };

describe("a missing key", () => {
  it.each([
    ["is said as the keyring has it", refused, { state: "locked" }, "unused", false, "locked"],
    ["is said while it is looked for again", waiting, { state: "absent" }, "unused", false, "absent"],
    ["stays said with every try", connecting, { state: "absent" }, "unused", true, "absent"],
    ["is not said before it is known", connecting, { state: "untried" }, "unused", false, null],
    [
      "is said as soon as the keyring is late",
      connecting,
      { state: "timed_out" },
      "unused",
      false,
      "timed_out",
    ],
    ["is lost if the keyring works", refused, working, "unused", false, "missing"],
    ["waits for the passphrase", refused, { state: "absent" }, "closed", false, "closed"],
    ["is in a damaged file", refused, working, "damaged", false, "damaged"],
    ["is in the keyring though there is a file", refused, { state: "denied" }, "open", false, "denied"],
    [
      "is nothing to say once it is there",
      { state: "up_to_date", rtt_ms: 1 },
      { state: "locked" },
      "closed",
      true,
      null,
    ],
    [
      "is not why the network is away",
      { ...waiting, why: { cause: "no_network" } },
      { state: "locked" },
      "closed",
      true,
      null,
    ],
  ] as const)("%s", (_, link, keyring, sealed, before, expected) =>
    expect(missingKey(link as ConnectionState, keyring as Keyring, sealed, before)).toBe(expected),
  );
});

describe("the banner", () => {
  const states = ["locked", "absent", "not_set_up", "denied", "changed", "missing", "timed_out"] as const;

  it.each(states)("says of %s what happened, what it means and what to do", async (state) => {
    const { put, space, world } = await stage();
    world.keep({ state: state === "missing" ? "working" : state }, "unused");
    const banner = put(KeyBanner, { props: { space: space(), why: state } });
    expect(banner.get("h2").text()).toBe(en.keyring.what[state]);
    expect(banner.text()).toContain("Northlight");
    expect(banner.text()).toContain("Nothing was deleted");
    expect(banner.text()).toContain(en.keyring.todo[state]);
    expect(banner.get("[data-testid=retry-keyring]").text()).toBe("Retry");
  });

  it("has different words for every state", () => {
    for (const words of [en.keyring.what, en.keyring.todo, en.keyring.entry])
      expect(new Set(Object.values(words)).size).toBe(Object.keys(words).length);
  });

  it("asks the keyring again and says if nothing has changed", async () => {
    const { put, space, world, host } = await stage();
    world.keep({ state: "locked" }, "unused");
    const refusing = host.call.bind(host);
    let refuses = true;
    host.call = (name, args) =>
      name === "retry_keyring" && refuses
        ? Promise.reject({ code: "keyring", text: "locked", retry_after_ms: null })
        : refusing(name, args);
    const banner = put(KeyBanner, { props: { space: space(), why: "locked" } });
    await banner.get("[data-testid=retry-keyring]").trigger("click");
    await flushPromises();
    expect(banner.text()).toContain(en.keyring.still);
    refuses = false;
    await banner.get("[data-testid=retry-keyring]").trigger("click");
    await flushPromises();
    expect(banner.text()).not.toContain(en.keyring.still);
    expect(space().link.state).toBe("up_to_date");
  });

  it("offers to create a keyring only where none was set up", async () => {
    const { put, space, world } = await stage();
    world.keep({ state: "locked" }, "unused");
    expect(
      put(KeyBanner, { props: { space: space(), why: "locked" } })
        .find("[data-testid=create-keyring]")
        .exists(),
    ).toBe(false);
    world.keep({ state: "not_set_up" }, "unused");
    const banner = put(KeyBanner, { props: { space: space(), why: "not_set_up" } });
    expect(banner.get("[data-testid=create-keyring]").text()).toBe("Create a keyring");
    await banner.get("[data-testid=create-keyring]").trigger("click");
    await flushPromises();
    expect(space().link.state).toBe("up_to_date");
  });

  it("takes the passphrase, refuses a wrong one in words, and forgets what was typed", async () => {
    const { put, space, world, host, homing } = await stage();
    world.keep({ state: "absent" }, "closed");
    const banner = put(KeyBanner, { props: { space: space(), why: "closed" } });
    const field = banner.get<HTMLInputElement>("[data-testid=passphrase]");
    expect(field.attributes("type")).toBe("password");
    await field.setValue("correct hoarse battery");
    await banner.get("form").trigger("submit");
    await flushPromises();
    expect(banner.text()).toContain(en.fail.wrong_passphrase);
    expect(field.attributes("aria-invalid")).toBe("true");
    await field.setValue("correct horse battery");
    await banner.get("form").trigger("submit");
    await flushPromises();
    expect(homing.state.sealed).toBe("open");
    expect(field.element.value).toBe("");
    expect(host.calls.filter(({ name }) => name === "enter_passphrase").length).toBe(2);
  });

  it("offers to sign in again where the key may be gone for good", async () => {
    const { put, space, navigation } = await stage();
    const banner = put(KeyBanner, { props: { space: space(), why: "changed" } });
    await banner.get("[data-testid=sign-in-again]").trigger("click");
    expect(navigation.view.dialog).toBe("add_space");
  });
});
