import { describe, expect, it } from "vitest";
import type { Person } from "@/generated/bridge";
import { mentionQueryAt, complete, mayMentionRoom, mention, offer, offersRoom } from "./completion";

const person = (name: string, rest: Partial<Person> = {}): Person => ({
  id: name,
  name,
  role: "member",
  gone: false,
  ...rest,
});
const people = [
  person("Lin Xiao"),
  person("Lin"),
  person("Mei Lin"),
  person("王芳"),
  person("Me"),
  person("Zoë"),
  person("Lina", { gone: true }),
];

describe("completing a name", () => {
  it.each([
    ["@", 1, { at: 0, part: "" }],
    ["hi @me", 6, { at: 3, part: "me" }],
    ["hi @Mei Li", 10, { at: 3, part: "Mei Li" }],
    ["hi @Mei Lin and", 15, null],
    ["mail@x", 6, null],
    ["@a\nb", 4, null],
    ["@ x", 3, null],
    ["你好 @王", 5, { at: 3, part: "王" }],
    ["你好@王", 4, { at: 2, part: "王" }],
    ["你好@Be", 5, { at: 2, part: "Be" }],
    ["＠Be", 3, { at: 0, part: "Be" }],
    ["。＠Be", 4, { at: 1, part: "Be" }],
    ["，@Be", 4, { at: 1, part: "Be" }],
    ["さん＠Be", 5, { at: 2, part: "Be" }],
    ["ops@ex", 6, null],
    ["привет@ex", 9, null],
    ["https://x.example/@Be", 21, null],
  ])("%j at %d asks for %j", (text, caret, asked) => expect(mentionQueryAt(text, caret)).toEqual(asked));

  it("offers the best first, and neither oneself nor who is gone", () => {
    expect(offer(people, "lin", "Me").map(({ name }) => name)).toEqual(["Lin", "Lin Xiao", "Mei Lin"]);
    expect(offer(people, "芳", "Me").map(({ name }) => name)).toEqual(["王芳"]);
  });

  it.each([
    ["zoe", "Zoë"],
    ["jose", "José"],
    ["isil", "Işıl Şahin"],
    ["sahin isil", "Işıl Şahin"],
    ["strasse", "Anna Straße"],
    ["fiona", "ﬁona"],
    ["GAEL", "Gaël"],
  ])("offers for %s %s", (part, name) =>
    expect(offer([person(name), person("Bo")], part, "Me")).toEqual([person(name)]),
  );

  it("offers first who spoke last", () => {
    const recent = new Map([
      ["Lin Xiao", 2],
      ["Mei Lin", 3],
      ["Lin", 1],
    ]);
    expect(offer(people, "", "Me", recent).map(({ name }) => name)).toEqual([
      "Mei Lin",
      "Lin Xiao",
      "Lin",
      "Zoë",
      "王芳",
    ]);
    expect(offer(people, "li", "Me", recent).map(({ name }) => name)).toEqual(["Lin Xiao", "Lin", "Mei Lin"]);
  });

  it("puts the name in after a wide sign", () =>
    expect(complete("你好＠王", 4, { at: 2, part: "王" }, "@王芳").text).toBe("你好@王芳 "));

  it("offers nothing for a name that is written out", () => {
    expect(offer(people, "王芳", "Me")).toEqual([]);
    expect(offer(people, "Lin", "Me").length).toBe(3);
  });

  it("puts the name in and the caret behind it", () => {
    expect(complete("hi @me there", 6, { at: 3, part: "me" }, "@Mei Lin")).toEqual({
      text: "hi @Mei Lin there",
      caret: 12,
    });
  });
});

describe("a mention at the caret", () => {
  it.each([
    ["", 0, "@Lin Xiao ", 10],
    ["ask about it", 4, "ask @Lin Xiao about it", 14],
    ["ask about it", 3, "ask @Lin Xiao about it", 14],
    ["请问", 2, "请问@Lin Xiao ", 12],
    ["mail", 4, "mail @Lin Xiao ", 15],
  ])("stands apart from the words around it: %j at %i", (text, caret, put, then) => {
    expect(mention(text, caret, "Lin Xiao")).toEqual({ text: put, caret: then });
  });
});

describe("everybody in the room", () => {
  it.each([
    ["member", 15, true],
    ["member", 16, false],
    ["guest", 2, true],
    ["admin", 5000, true],
    ["owner", 5000, true],
  ] as const)("by a %s of %d may be mentioned: %j", (role, members, may) =>
    expect(mayMentionRoom(person("Me", { role }), members)).toBe(may),
  );

  it.each([
    ["", true],
    ["r", true],
    ["Roo", true],
    ["room", false],
    ["rx", false],
  ])("is offered for %j: %j", (part, is) => expect(offersRoom(part)).toBe(is));
});
