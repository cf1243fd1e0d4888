import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { nextTick, ref, shallowRef } from "vue";
import RichText from "@/components/RichText";
import type { Item } from "@/generated/bridge";
import { UNCHANGED } from "@/host/memory/fold";
import { createWords } from "@/i18n";
import { parse } from "@/text/parse";
import { plain } from "@/text/plain";
import { rowsOf } from "./rows";
import { useSelection } from "./useSelection";

afterEach(() => document.body.replaceChildren());

const NOON = Date.parse("2026-11-29T12:00:00Z");

/** Rows of messages, of which only those from `from` to `to` stand in the page. */
async function timeline(texts: string[], from: number, to: number) {
  const items = texts.map((text, at) => ({
    ...UNCHANGED,
    key: `m${at}`,
    ts: NOON + at * 60_000,
    sender: "ben",
    place: { at: "log", seq: at + 1 },
    content: { kind: "message", body: { text, mentions: [] } },
  })) as unknown as Item[];
  const rows = ref(rowsOf(items, [], { me: "me", delivered: 0, newAfter: null, atStart: false }));
  const shown = shallowRef([from, to]);
  const viewport = ref<HTMLElement | null>(null);
  let selection: ReturnType<typeof useSelection> | undefined;
  const view = mount(
    {
      setup() {
        selection = useSelection(viewport, rows, () => new Map());
        return { viewport, shown, texts };
      },
      template: `<div ref="viewport"><template v-for="(text, at) in texts" :key="at">
        <div v-if="at >= shown[0] && at <= shown[1]" :data-row="'m' + at"><time>12:00</time><b>Ben</b>
        <RichText :text="text" :people="new Map()" me="me" /></div></template></div>`,
      components: { RichText },
    },
    { attachTo: document.body, global: { plugins: [createWords()] } },
  );
  if (!selection) throw new Error("not set up");
  const word = (at: number) => {
    const node = view.element.querySelector(`[data-row=m${at}] p`)?.firstChild;
    if (!node) throw new Error(`row ${at} is not drawn`);
    return node;
  };
  const choose = async (a: number, ao: number, b: number, bo: number) => {
    document.getSelection()?.setBaseAndExtent(word(a), ao, word(b), bo);
    document.dispatchEvent(new Event("selectionchange"));
    await nextTick();
  };
  return { shown, choose, view, word, chosen: selection.chosen, began: selection.began };
}

const texts = Array.from({ length: 100 }, (_, at) => `message ${at}`);

describe("copying", () => {
  it("takes a message a line, and neither times nor names", async () => {
    const { choose, chosen } = await timeline(texts, 0, 9);
    await choose(2, 3, 5, 7);
    expect(chosen()).toBe("sage 2\nmessage 3\nmessage 4\nmessage");
  });

  it("takes them in their order when chosen upwards", async () => {
    const { choose, chosen } = await timeline(texts, 0, 9);
    await choose(5, 7, 2, 3);
    expect(chosen()).toBe("sage 2\nmessage 3\nmessage 4\nmessage");
  });

  it("takes rows that are not drawn any more, the one where it began among them", async () => {
    const { choose, chosen, shown, word, began } = await timeline(texts, 80, 99);
    await choose(97, 9, 90, 0);
    shown.value = [10, 30];
    await nextTick();
    // The browser puts the begin to what is left of it; the other end moves on.
    document.getSelection()?.setBaseAndExtent(word(30), 9, word(20), 0);
    document.dispatchEvent(new Event("selectionchange"));
    expect(began.value).toBe("m97");
    expect(chosen()?.split("\n")).toEqual(texts.slice(20, 98));
  });

  it("takes whole messages with their signs, and parts of a table with tabs", async () => {
    const many = ["- [x] a\n- b", "|h|i|\n|-|-|\n|1|2|\n\n---\nx", "1. c\n2. d"];
    const { view, chosen, word } = await timeline(many, 0, 2);
    const from = async (node: Node | null, to: Node | null, end: number) => {
      if (!node || !to) throw new Error("it is not drawn");
      document.getSelection()?.setBaseAndExtent(node, 0, to, end);
      document.dispatchEvent(new Event("selectionchange"));
      await nextTick();
      return chosen();
    };
    const { element } = view;
    expect(await from(element.querySelector("[data-row=m0] .rich"), word(2), 1)).toBe(
      "☑ a\n• b\nh\ti\n1\t2\n---\nx\nc",
    );
    const cell = element.querySelector("[data-row=m1] td")?.firstChild ?? null;
    expect(
      await from(cell, element.querySelector("[data-row=m2] li:last-child p")?.firstChild ?? null, 1),
    ).toBe("1\t2\n---\nx\n1. c\n2. d");
  });

  it("leaves one row to the page, and begins anew with another choice", async () => {
    const { choose, chosen, began } = await timeline(texts, 0, 9);
    await choose(2, 0, 2, 4);
    expect(chosen()).toBe(null);
    await choose(4, 0, 5, 4);
    expect(began.value).toBe("m4");
    document.getSelection()?.removeAllRanges();
    document.dispatchEvent(new Event("selectionchange"));
    expect([began.value, chosen()]).toEqual([null, null]);
  });

  it.each([
    ["**a** `b` [c](https://a.example)", "a b c"],
    ["- a\n  - b\n- c", "• a\n  • b\n• c"],
    ["3. a\n4. b", "3. a\n4. b"],
    ["> q\n\nx\ny", "q\nx\ny"],
    ["```\ncode\n  more\n```", "code\n  more"],
    ["a|b\n-|-\n1|2", "a\tb\n1\t2"],
    ["1) a\n2) b", "1) a\n2) b"],
    ["- [x] a\n  1. [ ] b\n  2. c", "☑ a\n  1. ☐ b\n  2. c"],
    ["# a\nb\n---\nc", "a\nb\n---\nc"],
    ["[a](https://a.example) www.a.example", "a www.a.example"],
    ["C:\\_a\\*.log \\*b\\*", "C:\\_a\\*.log *b*"],
  ])("%j has the words %j", (text, words) => expect(plain(parse(text))).toBe(words));
});
