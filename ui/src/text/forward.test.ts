import { describe, expect, it } from "vitest";
import { forwardedText } from "./forward";
import { parse } from "./parse";
import { words } from "./plain";

const LINK = `homing://message/${Array(4).fill("01900000-0000-7000-8000-00000000abcd").join("/")}`;
const base = { words: "", sender: "Mei Lin", room: "#general", text: "one\n\ntwo", link: LINK };

describe("the text of a forwarded message", () => {
  it("quotes who, where, what and the link", () => {
    expect(forwardedText(base)).toBe(`> Mei Lin · #general\n>\n> one\n>\n> two\n\n${LINK}`);
  });

  it("begins with one's own words", () => {
    expect(forwardedText({ ...base, words: " look \n" })).toMatch(/^look\n\n> Mei Lin/);
  });

  it.each(["one\rtwo", "one\r\r<\\!room>", "one\r\ntwo"])("keeps all lines of %j in the quote", (text) => {
    const tree = parse(forwardedText({ ...base, text }));
    expect(tree.map(({ kind }) => kind)).toEqual(["quote", "paragraph"]);
  });

  it("names no room of a direct conversation", () => {
    expect(forwardedText({ ...base, room: "" })).toMatch(/^> Mei Lin\n/);
  });

  it.each([
    "**bold**",
    "~~~",
    "# big",
    "- one",
    "[x](https://a.example)",
    "`code`",
    "a_b_c",
    "1. FC",
    "+ plus",
    "1) one",
  ])("takes the name %s for a name", (sender) => {
    const [quote] = parse(forwardedText({ ...base, sender, room: "" }));
    const [head] = quote?.kind === "quote" ? quote.of : [];
    expect(head?.kind === "paragraph" ? words(head.of) : null).toBe(sender);
  });

  it.each(["```\ncode", "> quoted", "- one\n- two", "| a |\n| - |"])(
    "keeps %j inside of the quote",
    (text) => {
      const tree = parse(forwardedText({ ...base, words: "look", text }));
      expect(tree.map(({ kind }) => kind)).toEqual(["paragraph", "quote", "paragraph"]);
      expect(tree.at(-1)).toMatchObject({ of: [{ kind: "link", url: LINK }] });
    },
  );
});
