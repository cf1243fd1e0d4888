import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { speak } from "@/i18n";
import { ME, stage } from "@/testing/mount";
import DetailsPane from "./DetailsPane.vue";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

/** The menu is loaded when it is wanted, and gives the focus back a moment after it has closed. */
async function settle() {
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(50);
  await flushPromises();
}

async function details(role: "member" | "admin" = "admin", n = 0) {
  const all = await stage("main");
  const me = all.space().people.get(ME);
  if (!me) throw new Error("nobody looks");
  all.space().people.set(ME, { ...me, role });
  const place = { space: all.space().space.id, room: all.room(n).id };
  const members = await all.host.call("room_members", place);
  const wrapper = all.put(DetailsPane, { props: { space: all.space(), room: all.room(n), members } });
  const row = (name: string) => {
    const found = wrapper.findAll("li").find((one) => one.get(".name").text() === name);
    if (!found) throw new Error(`${name} is not there`);
    return found;
  };
  const more = (name: string) => row(name).get("[data-testid=person-more]");
  const entries = () => [...document.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const texts = () => entries().map((entry) => entry.textContent?.trim());
  const choose = async (entry: string) => {
    entries()
      .find((one) => one.textContent?.trim() === entry)
      ?.click();
    await settle();
  };
  const open = async (name: string) => {
    await more(name).trigger("click");
    await settle();
  };
  const called = (name: string) => all.host.calls.filter((call) => call.name === name);
  return { ...all, language: all.words, wrapper, place, row, more, texts, choose, open, called };
}

describe("a person in the details", () => {
  it("has a menu, which names whom it is about and is there by a click", async () => {
    const { more, open, texts } = await details();
    expect(more("Mei Lin").attributes("aria-label")).toBe("More actions for Mei Lin");
    await open("Mei Lin");
    expect(texts()).toEqual(["Message", "Mention", "Remove from room…"]);
  });

  it("has the same menu in Chinese", async () => {
    const { more, open, texts, language } = await details();
    await speak(language, "zh-CN");
    await flushPromises();
    expect(more("Mei Lin").attributes("aria-label")).toBe("Mei Lin 的更多操作");
    await open("Mei Lin");
    expect(texts()).toEqual(["发消息", "提及", "移出房间…"]);
  });

  it("has it under the right button of the mouse too, as often as it is pressed", async () => {
    const { row, texts, choose } = await details();
    for (const time of [1, 2]) {
      await row("Mei Lin").trigger("contextmenu", { button: 2 });
      await settle();
      expect([time, texts()]).toEqual([time, ["Message", "Mention", "Remove from room…"]]);
      await choose("Mention");
      expect([time, texts()]).toEqual([time, []]);
    }
  });

  it("is not removed by who may not", async () => {
    const { open, texts } = await details("member");
    await open("Mei Lin");
    expect(texts()).toEqual(["Message", "Mention"]);
  });

  it("is mentioned in the composer", async () => {
    const { open, choose, navigation, space } = await details();
    const mei = [...space().people.values()].find(({ name }) => name === "Mei Lin")?.id;
    await open("Mei Lin");
    await choose("Mention");
    expect(navigation.view.mention).toBe(mei);
  });

  it("is written to alone", async () => {
    const { open, choose, called, navigation, place } = await details();
    await open("Mei Lin");
    await choose("Message");
    expect(called("open_direct").length).toBe(1);
    expect(navigation.view.room).not.toBe(place.room);
  });

  it("is removed only after a question, which can be called off, and that is said", async () => {
    const { wrapper, open, choose, called, more, notices } = await details();
    const question = () => wrapper.find("[role=alert]");
    await open("Mei Lin");
    await choose("Remove from room…");
    expect(question().text()).toContain("They won’t see new messages there.");
    expect(document.activeElement?.textContent).toBe("Cancel");
    await question().get("button").trigger("click");
    await settle();
    expect([question().exists(), called("remove_member").length]).toEqual([false, 0]);
    expect(document.activeElement).toBe(more("Mei Lin").element);
    await open("Mei Lin");
    await choose("Remove from room…");
    await question().trigger("keydown", { key: "Escape" });
    expect([question().exists(), called("remove_member").length]).toEqual([false, 0]);
    await settle();
    await open("Mei Lin");
    await choose("Remove from room…");
    await wrapper.get("[data-testid=remove-sure]").trigger("click");
    await settle();
    expect([question().exists(), called("remove_member").length]).toEqual([false, 1]);
    expect(notices.list.map(({ text }) => text)).toEqual(["Removed Mei Lin from delivery-engine"]);
    expect(document.activeElement?.getAttribute("data-testid")).toBe("add-people");
  });
});
