import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { createWords } from "@/i18n";
import RichText from "./RichText";

afterEach(() => document.body.replaceChildren());

const [DANA, ANA] = ["00000000-0000-7000-8000-00000000000d", "00000000-0000-7000-8000-00000000000a"];
const people = new Map([
  [DANA, { name: "דנה" }],
  [ANA, { name: "Ana" }],
]);

function shown(text: string) {
  return mount(RichText, { props: { text, people, me: ANA }, global: { plugins: [createWords()] } });
}

/** Tag and direction of everything that has one. */
function directions(text: string): string[] {
  const { element } = shown(text);
  return [...element.querySelectorAll("[dir]")].map(
    (node) => `${node.localName} ${node.getAttribute("dir")}`,
  );
}

describe("each block has its own direction", () => {
  it.each([
    ["שלום\n\nhello", ["p rtl", "p ltr"]],
    ["Agenda\n- مرحبا\n- second", ["p ltr", "ul rtl", "li rtl", "p rtl", "li ltr", "p ltr"]],
    ["> שלום\nEnglish line.", ["blockquote rtl", "p rtl", "p ltr"]],
    [`<@${DANA}|Dana> please look at this by Friday.`, ["p ltr"]],
    ["https://a.example שלום", ["p rtl", "a ltr"]],
    ["`ls` שלום", ["p rtl", "code ltr"]],
    ["שלום\n```\ncargo test; exit 1\n```", ["p rtl", "div ltr"]],
    ["# שלום", ["p rtl"]],
    ["123", ["p ltr"]],
    ["- שלום\n  - x", ["ul rtl", "li rtl", "p rtl", "ul ltr", "li ltr", "p ltr"]],
  ])("%j", (text, expected) => expect(directions(text)).toEqual(expected));

  it("sets a name apart", () => {
    expect(shown(`<@${DANA}|Dana> hi`).get("bdi").text()).toBe("@דנה");
  });
});

describe("a mention", () => {
  const one = (text: string) =>
    shown(text)
      .findAll("bdi")
      .map((name) => [name.text(), name.classes("me")]);

  it.each([
    [
      `<@${ANA}|Anna> <@${DANA}|Dana>`,
      [
        ["@Ana", true],
        ["@דנה", false],
      ],
    ],
    ["<!room> hi", [["@room", true]]],
    ["<@00000000-0000-7000-8000-00000000000b|Bo>", [["@Bo", false]]],
    [`\`<@${ANA}|Ana>\` @Ana`, []],
    ["<\\!room>", []],
  ])("is drawn for %j as %j", (text, names) => expect(one(text)).toEqual(names));

  it("shows no token where it is none", () => {
    expect(shown(`\`<@${DANA}|Dana>\` <\\!room>`).text()).toBe("@דנה <!room>");
  });
});

describe("a link", () => {
  it.each([
    ["click", 0, true],
    ["auxclick", 1, true],
    ["auxclick", 2, false],
  ] as const)("by %s of button %i is opened outside: %s", async (type, button, opens) => {
    const text = shown("see https://a.example/x");
    const event = new MouseEvent(type, { button, bubbles: true, cancelable: true });
    text.get("a").element.dispatchEvent(event);
    expect(text.emitted("open") ?? []).toEqual(opens ? [["https://a.example/x"]] : []);
    expect(event.defaultPrevented).toBe(opens);
  });
});

describe("code", () => {
  const lines = (n: number) =>
    "```\n" + Array.from({ length: n }, (_, at) => `line ${at}`).join("\n") + "\n```";

  it("is folded past 20 lines, and opens", async () => {
    expect(shown(lines(20)).find("[data-testid=unfold-code]").exists()).toBe(false);
    const long = shown(lines(40));
    expect(long.get("pre").classes()).toContain("folded");
    expect(long.get("[data-testid=unfold-code]").text()).toBe("Show 20 more lines");
    await long.get("[data-testid=unfold-code]").trigger("click");
    expect(long.get("pre").classes()).not.toContain("folded");
    expect(long.get("[data-testid=unfold-code]").text()).toBe("Show less");
  });

  it("is copied as it was written", async () => {
    const block = shown("```js\n  a\n\nb\n```");
    await block.get("[data-testid=copy-code]").trigger("click");
    expect(block.emitted("copy")).toEqual([["  a\n\nb"]]);
  });
});
