import { type VueWrapper, flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadEmoji } from "@/emoji/table";
import { createWords, speak } from "@/i18n";
import EmojiPicker from "./EmojiPicker.vue";

let wrapper: VueWrapper;

async function open(props: Record<string, unknown> = {}, locale: "en" | "zh-CN" = "en") {
  const words = createWords();
  await speak(words, locale);
  wrapper = mount(EmojiPicker, { attachTo: document.body, props, global: { plugins: [words] } });
  await flushPromises();
  const search = wrapper.get<HTMLInputElement>("[data-testid=emoji-search]");
  search.element.focus();
  const press = async (key: string, more: Record<string, unknown> = {}) => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
    );
    await flushPromises();
  };
  const focused = () => document.activeElement?.getAttribute("aria-label");
  const labels = () => wrapper.findAll("[role=gridcell]").map((cell) => cell.attributes("aria-label"));
  const titles = () => wrapper.findAll("[role=rowheader]").map((title) => title.text());
  return { search, press, focused, labels, titles, picked: () => wrapper.emitted("pick") ?? [] };
}

beforeEach(async () => void (await loadEmoji()));
afterEach(() => {
  vi.useRealTimers();
  wrapper.unmount();
});

describe("the emoji picker", () => {
  it("shows recent ones first, then every group, and renders only a part of them", async () => {
    const { labels, titles } = await open({ recent: ["👋🏽", "🎉", "gone"] });
    expect(titles().slice(0, 2)).toEqual(["Recent", "Smileys & emotion"]);
    expect(labels().slice(0, 3)).toEqual(["waving hand, Medium skin tone", "party popper", "grinning face"]);
    expect(labels().length).toBeLessThan(200);
    expect(wrapper.get("[role=grid]").attributes("aria-rowcount")).toMatch(/^2\d\d$/);
  });

  it("has no section of what there is none of", async () => {
    const { titles } = await open();
    expect(titles()[0]).toBe("Smileys & emotion");
  });

  it.each([
    ["en", "tada", "party popper"],
    ["en", "庆祝", "party popper"],
    ["zh-CN", "tada", "拉炮彩带"],
    ["zh-CN", "火箭", "火箭"],
    ["zh-CN", "huojian", "火箭"],
  ] as const)("finds in %s %j, which is %s", async (locale, query, name) => {
    const { search, labels } = await open({}, locale);
    await search.setValue(query);
    expect(labels()).toContain(name);
  });

  it("says how many it found, and that there are none", async () => {
    const { search, labels } = await open();
    await search.setValue("tada");
    expect(wrapper.get("[role=status]").text()).toBe("1 match");
    await search.setValue("qqqq");
    expect(wrapper.get("[role=status]").text()).toBe("0 matches");
    expect(wrapper.text()).toContain("No matches");
    expect(labels()).toEqual([]);
  });

  it("picks the first one found with Enter, and nothing where nothing was looked for", async () => {
    const { search, press, picked } = await open();
    await press("Enter");
    await search.setValue("rocket");
    await press("Enter");
    await press("Enter", { shiftKey: true });
    expect(picked()).toEqual([
      ["🚀", false],
      ["🚀", true],
    ]);
  });

  it("leaves Enter to the input method", async () => {
    const { search, press, picked } = await open();
    await search.setValue("rocket");
    await press("Enter", { isComposing: true });
    expect(picked()).toEqual([]);
  });

  it("walks from the search into the grid and back", async () => {
    const { press, focused, search, picked } = await open();
    await press("ArrowDown");
    expect(focused()).toBe("grinning face");
    await press("ArrowRight");
    expect(focused()).toBe("grinning face with big eyes");
    await press("Enter");
    await press("ArrowUp");
    expect(document.activeElement).toBe(search.element);
    // It is left where it was.
    await press("ArrowDown");
    expect(focused()).toBe("grinning face with big eyes");
    await press("End", { ctrlKey: true });
    expect(focused()).toBe("flag: Wales");
    await press("Home", { ctrlKey: true });
    expect(focused()).toBe("grinning face");
    // A letter is meant for the search.
    await press("t");
    expect(document.activeElement).toBe(search.element);
    expect(picked()).toEqual([["😃", false]]);
  });

  it("has one tab stop in the grid", async () => {
    const { press } = await open();
    await press("ArrowDown");
    await press("ArrowRight");
    const stops = wrapper
      .findAll("[role=gridcell][tabindex='0']")
      .map((cell) => cell.attributes("aria-label"));
    expect(stops).toEqual(["grinning face with big eyes"]);
  });

  it("leads to a section, and along the sections by keys", async () => {
    const { press, focused, titles } = await open();
    wrapper.get<HTMLElement>(".sections [tabindex='0']").element.focus();
    await press("End");
    expect(focused()).toBe("Flags");
    await press("ArrowLeft");
    expect(focused()).toBe("Symbols");
    document.activeElement?.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 0 }));
    await flushPromises();
    expect(focused()).toBe("ATM sign");
    expect(titles()).toContain("Symbols");
    expect(wrapper.get("[aria-current=true]").attributes("aria-label")).toBe("Symbols");
  });

  it("shows everything in the skin tone of the person, who changes it by keyboard", async () => {
    const { search, press, focused } = await open({ tone: 3 });
    await search.setValue("wave");
    expect(wrapper.get("[aria-label='waving hand, Medium skin tone']").text()).toBe("👋🏽");
    await wrapper.get("[data-testid=emoji-tone]").trigger("click");
    await flushPromises();
    expect(focused()).toBe("Medium skin tone");
    await press("ArrowRight");
    await press("ArrowRight");
    expect(focused()).toBe("Dark skin tone");
    document.activeElement?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await flushPromises();
    expect(wrapper.emitted("update:tone")).toEqual([[5]]);
    expect(document.activeElement).toBe(wrapper.get("[data-testid=emoji-tone]").element);
  });

  it("offers the skin tones of one emoji by keyboard, and Escape goes back to it", async () => {
    const { search, press, focused, picked } = await open();
    await search.setValue("waving hand");
    await press("ArrowDown");
    await press("ArrowDown", { altKey: true });
    expect(wrapper.get("[data-testid=emoji-tones]").attributes("aria-label")).toBe(
      "Skin tones of waving hand",
    );
    expect(focused()).toBe("No skin tone");
    const escaped = vi.fn();
    window.addEventListener("keydown", escaped);
    await press("Escape");
    window.removeEventListener("keydown", escaped);
    expect(escaped).not.toHaveBeenCalled();
    expect(wrapper.find("[data-testid=emoji-tones]").exists()).toBe(false);
    expect(focused()).toBe("waving hand");
    await press("ArrowDown", { altKey: true });
    await press("ArrowRight");
    document.activeElement?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await flushPromises();
    expect(picked()).toEqual([["👋🏻", false]]);
  });

  it("offers them by a long press and by the other button, which pick nothing", async () => {
    const { search, picked } = await open();
    await search.setValue("waving hand");
    const cell = wrapper.get("[aria-label='waving hand']");
    const shown = () => wrapper.find("[data-testid=emoji-tones]").exists();
    vi.useFakeTimers();
    await cell.trigger("pointerdown", { button: 0 });
    await vi.advanceTimersByTimeAsync(449);
    expect(shown()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown()).toBe(true);
    await cell.trigger("pointerup");
    await cell.trigger("click");
    expect(picked()).toEqual([]);
    await wrapper.get("[data-testid=emoji-tones]").trigger("keydown", { key: "Escape" });
    expect(shown()).toBe(false);
    await cell.trigger("contextmenu");
    expect(shown()).toBe(true);
  });

  it("has the emoji of a space among them, found by their names", async () => {
    const custom = [{ name: "parrot", url: "blob:parrot" }];
    const { search, labels, titles, picked, press } = await open({ custom, recent: [":parrot:"] });
    expect(titles().slice(0, 2)).toEqual(["Recent", "Custom"]);
    expect(wrapper.get("[role=gridcell] img").attributes("src")).toBe("blob:parrot");
    await search.setValue(":parr");
    expect(labels()[0]).toBe("parrot");
    await press("Enter");
    expect(picked()).toEqual([[":parrot:", false]]);
  });
});
