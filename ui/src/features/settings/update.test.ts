import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { Update } from "@/generated/bridge";
import { noUpdate } from "@/host/memory/updates";
import { stage } from "@/testing/mount";
import UpdateFields from "./UpdateFields.vue";
import { megabytes, pieces } from "./update";

afterEach(() => (document.body.innerHTML = ""));

describe("notes of a version", () => {
  it.each([
    ["", []],
    ["One\nline.", [{ kind: "text", text: "One line." }]],
    ["- a\n  b\n- c", [{ kind: "list", points: ["a b", "c"] }]],
    [
      "## Title\n\nText\n- a\n\n- b",
      [
        { kind: "text", text: "Title" },
        { kind: "text", text: "Text" },
        { kind: "list", points: ["a"] },
        { kind: "list", points: ["b"] },
      ],
    ],
    ["- 离线时写下的，\n  也在。", [{ kind: "list", points: ["离线时写下的，也在。"] }]],
    ["<img src=x onerror=alert(1)>", [{ kind: "text", text: "<img src=x onerror=alert(1)>" }]],
  ])("%j", (notes, expected) => {
    expect(pieces(notes)).toEqual(expected);
  });

  it("never counts less than there is", () => {
    expect([0, 1, 1e6, 14_700_000].map(megabytes)).toEqual(["0.0", "0.1", "1.0", "14.7"]);
  });
});

const NEWS = {
  version: "0.2.0",
  notes: "- Quicker.",
  notes_zh: "",
  page: "https://example.org/0.2.0",
  size: 2_000_000,
};

async function tab(update: Partial<Update>) {
  const { put, host, world } = await stage();
  const set = async (change: Partial<Update>) => {
    world.view.update = { ...noUpdate, ...change };
    world.push({ change: "update", update: world.view.update });
    await flushPromises();
  };
  await set(update);
  const view = put(UpdateFields);
  const buttons = () => view.findAll("button").map((one) => one.text());
  const press = async (name: string) => {
    const found = view.findAll("button").find((one) => one.text() === name);
    if (!found) throw new Error(`there is no button ${name} among ${buttons().join(", ")}`);
    await found.trigger("click");
    await flushPromises();
  };
  const asked = () => host.calls.filter(({ name }) => name !== "resync");
  return { view, set, buttons, press, asked };
}

describe("new versions", () => {
  it("are asked for when the person wants to know", async () => {
    const { view, press, asked } = await tab({});
    expect(view.text()).toContain("Not checked yet");
    await press("Check now");
    expect(asked()).toEqual([{ name: "look_for_update", args: {} }]);
    expect(view.text()).toContain("Checking…");
  });

  it("are offered with what is new, and fetched by themselves only when asked", async () => {
    const { view, buttons, press, asked } = await tab({ stage: "available", news: NEWS });
    expect(view.text()).toContain("Version 0.2.0 is available");
    expect(view.get('[data-testid="news"]').text()).toContain("Quicker.");
    expect(buttons()).toEqual(["Download 2.0 MB", "Check now"]);
    await press("Download 2.0 MB");
    expect(asked()).toEqual([{ name: "fetch_update", args: {} }]);
  });

  it("show how far the download is, and stop it", async () => {
    const { view, press, asked, buttons } = await tab({ stage: "fetching", news: NEWS, received: 500_000 });
    const bar = view.get("progress");
    expect([bar.attributes("max"), bar.attributes("value")]).toEqual(["2000000", "500000"]);
    expect(view.text()).toContain("0.5 of 2.0 MB");
    expect(buttons()).toEqual(["Cancel"]);
    await press("Cancel");
    expect(asked()).toEqual([{ name: "cancel_update", args: {} }]);
  });

  it("go on where a stopped download stood", async () => {
    const { buttons } = await tab({ stage: "available", news: NEWS, received: 500_000 });
    expect(buttons()).toContain("Resume download");
  });

  it("are installed now, on quitting, or after all not", async () => {
    const { view, press, asked, set } = await tab({ stage: "ready", news: NEWS });
    await press("Restart and install");
    await set({ stage: "ready", news: NEWS });
    await press("Install when I quit");
    expect(view.text()).toContain("Will be installed when you quit Homing.");
    await press("Don’t install when I quit");
    expect(asked().map(({ args }) => args)).toEqual([
      { when: "now" },
      { when: "on_quit" },
      { when: "later" },
    ]);
  });

  it.each([
    ["deb", "sudo apt install ./homing-desktop_*.deb"],
    ["rpm", "sudo dnf install ./homing-desktop-*.rpm"],
    ["flatpak", "flatpak update chat.homing.desktop"],
  ] as const)("are left to the package manager of a %s", async (way, command) => {
    const { view, buttons } = await tab({ way, stage: "available", news: NEWS });
    expect(view.text()).toContain(command);
    expect(buttons()).toEqual(["Open the download page", "Check now"]);
  });

  it("say what went wrong and offer a way on", async () => {
    const { view, buttons } = await tab({
      stage: "failed",
      trouble: "forged",
      text: "bad signature",
      news: NEWS,
    });
    expect(view.text()).toContain("wasn’t signed by the makers of Homing");
    expect(view.text()).toContain("bad signature");
    expect(buttons()).toEqual(["Download 2.0 MB", "Open the download page", "Check now"]);
  });

  it("name no reason where none is known", async () => {
    const { view } = await tab({ stage: "failed", news: NEWS });
    expect(view.get("[role=status]").text()).toBe("That didn’t work. Try again.");
  });

  it("are nobody’s business in a copy that was custom build", async () => {
    const { view, buttons } = await tab({ way: "by_hand" });
    expect(view.text()).toContain("custom build");
    expect(buttons()).toEqual([]);
  });

  it("come from the channel that was chosen", async () => {
    const { view, asked } = await tab({});
    await view.get('input[value="beta"]').setValue(true);
    await flushPromises();
    expect(asked().map(({ args }) => (args as { update_channel: string }).update_channel)).toEqual(["beta"]);
  });
});
