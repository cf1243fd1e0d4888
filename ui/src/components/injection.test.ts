/** What others write is only ever text, whatever it looks like. */
import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWords } from "@/i18n";
import { INJECTIONS } from "@/testing/injections";
import RichText from "./RichText";

/** Everything that may stand in a message, with all that may stand in it. */
const ALLOWED: Record<string, string[]> = {
  div: ["class", "dir", "tabindex", "role", "aria-label", "aria-hidden"],
  p: ["dir", "class"],
  br: [],
  hr: [],
  b: [],
  i: [],
  s: [],
  bdi: ["class"],
  a: ["href", "title", "rel", "dir"],
  blockquote: ["dir"],
  ul: ["dir", "role"],
  ol: ["dir", "role", "start", "style"],
  li: ["dir", "class", "style"],
  span: ["class", "role", "aria-disabled", "aria-checked", "aria-label"],
  table: ["dir"],
  thead: [],
  tbody: [],
  tr: [],
  th: ["dir", "class", "scope"],
  td: ["dir", "class", "colspan"],
  pre: ["class", "style", "tabindex", "role", "aria-label"],
  code: ["dir"],
  button: ["type", "class", "aria-label", "title", "aria-expanded", "data-testid"],
  svg: [],
};

const pwned = vi.fn();
beforeEach(() => vi.stubGlobal("pwned", pwned));
afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  pwned.mockReset();
});

describe("a text that would do something", () => {
  it.each(INJECTIONS)("is only shown: %j", (text) => {
    const page = mount(RichText, {
      props: { text, people: new Map([["a", { name: "Ana" }]]), me: "a" },
      global: { plugins: [createWords()] },
      attachTo: document.body,
    });
    const element = page.element as HTMLElement;
    for (const node of element.querySelectorAll("*:not(svg *)")) {
      const names = node.getAttributeNames().filter((name) => !name.startsWith("data-v-"));
      expect(Object.keys(ALLOWED)).toContain(node.localName);
      if (node.localName !== "svg")
        expect(
          names.filter((name) => !ALLOWED[node.localName]?.includes(name)),
          node.outerHTML,
        ).toEqual([]);
    }
    for (const link of element.querySelectorAll("a")) {
      expect(link.getAttribute("href")).toMatch(
        /^(?:https?:\/\/|mailto:)[^\s\p{Cc}\u202a-\u202e\u2066-\u2069]+$/iu,
      );
      expect(link.textContent).toMatch(/\S/);
      link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
    const written = text.match(/[\p{L}\p{N}]+/gu) ?? [];
    const shown = element.textContent + element.innerHTML;
    expect(written.filter((word) => !shown.includes(word))).toEqual([]);
    expect(pwned).not.toHaveBeenCalled();
  });
});
