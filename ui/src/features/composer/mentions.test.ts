import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { Content } from "@/generated/bridge";
import { ME, stage } from "@/testing/mount";
import { encode, type Part } from "@/text/token";
import MessageComposer from "./MessageComposer.vue";
import { changed, marked, read } from "./mentionText";

const user = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const person = (n: number, name: string): Part => ({ kind: "person", user: user(n), name });
const text = (words: string): Part => ({ kind: "text", text: words });
const people = new Map([[user(1), { name: "Ben" }]]);

/** What is kept after the box was changed. */
const after = (before: Part[], next: string, caret: number | null = null) =>
  changed(read(encode(before), people), next, caret);

describe("a text with mentions", () => {
  it("is shown with present names", () =>
    expect(read(encode([text("hi "), person(1, "Benny"), text("!")]), people).text).toBe("hi @Ben!"));

  it.each([
    ["hi @Ben! more", [text("hi "), person(1, "Benny"), text("! more")]],
    ["oh hi @Ben!", [text("oh hi "), person(1, "Benny"), text("!")]],
    ["@Ben!", [person(1, "Benny"), text("!")]],
    ["hi @Ben", [text("hi "), person(1, "Benny")]],
    ["hi @Be!", [text("hi @Be!")]],
    ["hi @Been!", [text("hi @Been!")]],
    ["hi Ben!", [text("hi Ben!")]],
    ["hi @Bens!", [text("hi "), person(1, "Benny"), text("s!")]],
    ["", []],
  ])("keeps a mention of which nothing was changed: %j", (next, kept) =>
    expect(after([text("hi "), person(1, "Benny"), text("!")], next)).toBe(encode(kept)),
  );

  it("knows by the caret which of two equal names is gone", () => {
    const both = [person(3, "Sam"), text(" "), person(4, "Sam")];
    expect(after(both, "@Sam", 0)).toBe(encode([person(4, "Sam")]));
    expect(after(both, "@Sam", 4)).toBe(encode([person(3, "Sam")]));
  });

  it("keeps what looks like a token as it was typed", () => {
    const kept = after([], "<!room>");
    expect([kept, read(kept, people).text]).toEqual(["<\\!room>", "<!room>"]);
    expect(read(after([text("<!room")], "<!room>"), people)).toEqual({ text: "<!room>", marks: [] });
  });

  it("takes a new mention in the place of its name", () => {
    const put = marked("hi @Ben and @Ben", 12, user(1), "Ben", people);
    expect(put).toBe(encode([text("hi @Ben and "), person(1, "Ben")]));
    expect(marked(put, 3, null, "Ben", people)).toBe(
      encode([text("hi "), { kind: "room" }, text(" and "), person(1, "Ben")]),
    );
  });

  it("is read as it was written, whatever is typed", () => {
    const signs = ["@Ben", "<", "\\", "!room>", " ", "a", "\n"];
    let seed = 3;
    const next = (most: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % most;
    let kept = encode([person(1, "Ben")]);
    for (let step = 0; step < 2000; step++) {
      const shown = read(kept, people).text;
      const [from, length] = [next(shown.length + 1), next(3)];
      const wanted = shown.slice(0, from) + (signs[next(signs.length)] ?? "") + shown.slice(from + length);
      kept = changed(read(kept, people), wanted.slice(0, 40), null);
      expect(read(kept, people).text).toBe(wanted.slice(0, 40));
    }
  });
});

async function composing(role: "member" | "owner" = "owner", members = 40) {
  const all = await stage("main");
  const me = all.space().people.get(ME);
  if (me) all.space().people.set(ME, { ...me, role });
  const room = { ...all.room(3), members };
  const wrapper = all.put(MessageComposer, { props: { space: all.space(), room } });
  const box = wrapper.get<HTMLTextAreaElement>("[data-testid=composer]");
  const sent = () =>
    all.host.calls
      .filter(({ name }) => name === "write")
      .map(({ args }) => (args as { content: Content }).content)
      .flatMap((content) =>
        content.kind === "message" || content.kind === "edit" ? [content.body.text] : [],
      );
  const type = async (words: string) => {
    box.element.value = words;
    box.element.setSelectionRange(words.length, words.length);
    await box.trigger("input");
  };
  const press = async (key: string, more = {}) => {
    await box.trigger("keydown", { key, ...more });
    await flushPromises();
  };
  const mei = [...all.space().people.values()].find(({ name }) => name === "Mei Lin")?.id ?? "";
  return { ...all, wrapper, box, sent, type, press, mei, token: `<@${mei}|Mei Lin>` };
}

afterEach(() => document.body.replaceChildren());

describe("in the composer", () => {
  it("a chosen name is a mention, also after undo and redo", async () => {
    const { box, type, press, sent, token } = await composing();
    await type("@mei");
    await press("Enter");
    expect(box.element.value).toBe("@Mei Lin ");
    await type("@Mei Lin hi");
    await type("");
    await press("z", { ctrlKey: true });
    expect(box.element.value).toBe("@Mei Lin hi");
    await press("Enter");
    expect(sent()).toEqual([`${token} hi`]);
  });

  it("a name that was chosen and then spoilt is text", async () => {
    const { type, press, sent } = await composing();
    await type("@mei");
    await press("Enter");
    await type("@Mei Lix and");
    await press("Enter");
    expect(sent()).toEqual(["@Mei Lix and"]);
  });

  it("no token is seen in a draft or an edited message, and its mention stays", async () => {
    const { box, press, sent, navigation, token, host } = await composing();
    navigation.view.editing = { cid: "00000000-0000-7000-8000-000000000001", text: `ask ${token}` };
    await flushPromises();
    expect(box.element.value).toBe("ask @Mei Lin");
    await box.setValue("ask @Mei Lin now");
    await press("Enter");
    expect(sent()).toEqual([`ask ${token} now`]);
    await box.setValue("@Mei Lin");
    window.dispatchEvent(new Event("blur"));
    expect(host.calls.filter(({ name }) => name === "save_draft").at(-1)?.args).toMatchObject({
      text: "@Mei Lin",
    });
  });

  it.each([
    ["owner", 40, true],
    ["member", 40, false],
    ["member", 15, true],
  ] as const)("a %s in a room of %d is offered everybody: %j", async (role, members, may) => {
    const { wrapper, type, press, sent } = await composing(role, members);
    await type("@ro");
    const offered = wrapper.findAll("[role=option]").map((option) => option.text());
    expect(offered.some((one) => one.startsWith("@room"))).toBe(may);
    await type("@room lunch");
    await press("Enter");
    expect(sent()).toEqual([may ? "<!room> lunch" : "@room lunch"]);
  });

  it("what looks like a token is sent as text", async () => {
    const { type, press, sent } = await composing();
    await type("<!room> `@Mei Lin` > a");
    await press("Enter");
    expect(sent()).toEqual(["<\\!room> `@Mei Lin` > a"]);
  });
});
