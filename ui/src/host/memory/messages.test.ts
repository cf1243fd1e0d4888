import { describe, expect, it } from "vitest";
import type { Content, MessageRef } from "@/generated/bridge";
import { handlers } from "./commands";
import { ME, NORTHLIGHT, demoWorld, roomId } from "./demo";

const ROOM = roomId(0);

function writing(link: "offline" | "main" = "offline") {
  const world = demoWorld(link, () => 0);
  const host = handlers(world);
  const write = (content: Content) => host.write({ space: NORTHLIGHT, room: ROOM, content }).cid;
  const message = (text: string) => write({ kind: "message", body: { text } });
  const row = (of: MessageRef) => world.row(NORTHLIGHT, ROOM, of);
  const waiting = () => world.outboxOf(NORTHLIGHT).slice(2);
  const [first] = world.book(NORTHLIGHT, ROOM).items;
  if (!first) throw new Error("the scene has no message");
  return { world, host, write, message, row, waiting, to: { user: first.sender, cid: first.key } };
}

describe("what waits", () => {
  it("is changed in place by an edit, and discarded by a deletion", () => {
    const { write, message, row, waiting } = writing();
    const of = { user: ME, cid: message("tpyo") };
    expect(write({ kind: "edit", body: { of, text: "typo" } })).toBe(of.cid);
    expect(waiting().map(({ content }) => content)).toMatchObject([
      { kind: "message", body: { text: "typo" } },
    ]);
    expect(row(of)?.edited).toBe(false);
    write({ kind: "redact", body: { of } });
    expect([waiting(), row(of)]).toEqual([[], null]);
  });

  it("lies over the row that it changes, and an opposite reaction takes it back", () => {
    const { write, row, waiting, to } = writing();
    const react = (emoji: string, on: boolean) => write({ kind: "react", body: { to, emoji, on } });
    react("❤️", true);
    expect(row(to)).toMatchObject({
      reactions: [{ emoji: "❤", count: 1, people: [ME], mine: true }],
      change: { kind: "react", delivery: { state: "queued" } },
    });
    react("❤", false);
    expect([row(to)?.reactions, row(to)?.change, waiting()]).toEqual([[], null, []]);
  });

  it.each([
    ["an edit of somebody else's", (of: MessageRef): Content => ({ kind: "edit", body: { of, text: "x" } })],
    [
      "a pin of what is not here",
      (of: MessageRef): Content => ({ kind: "pin", body: { of: { ...of, cid: "?" }, on: true } }),
    ],
  ])("is never %s", (_, content) => {
    const { write, to } = writing();
    expect(() => write(content(to))).toThrow();
  });
});

describe("a deletion on the server", () => {
  it("empties the message, its reactions, and the quotes of it", () => {
    const { world, row, to } = writing();
    const happen = (content: Content) => world.happen(NORTHLIGHT, ROOM, to.user, content);
    happen({ kind: "react", body: { to, emoji: "👍", on: true } });
    const cid = happen({ kind: "message", body: { text: "re", reply: { ...to, excerpt: "secret" } } });
    happen({ kind: "redact", body: { of: to } });
    expect(row(to)).toMatchObject({ content: { body: { text: "" } }, reactions: [], gone: to.user });
    expect(row({ user: to.user, cid })?.content).toMatchObject({ body: { reply: { excerpt: "" } } });
    expect(JSON.stringify(world.book(NORTHLIGHT, ROOM).items)).not.toContain("secret");
  });

  it("shows in the preview of the room, where it was the last message", () => {
    const { world } = writing();
    const last = world.book(NORTHLIGHT, ROOM).items.at(-1);
    const of = { user: last?.sender ?? "", cid: last?.key ?? "" };
    world.happen(NORTHLIGHT, ROOM, of.user, { kind: "redact", body: { of } });
    expect(world.book(NORTHLIGHT, ROOM).room.last).toMatchObject({ text: "", gone: true });
  });
});

describe("rows around a message", () => {
  it("have it in the middle, and none of one that is not here", () => {
    const world = demoWorld("long", () => 0);
    const host = handlers(world);
    const around = (of: MessageRef) =>
      host.timeline({ space: NORTHLIGHT, room: ROOM, part: { from: "around", ...of }, limit: 20 });
    const made = world.book(NORTHLIGHT, ROOM).make(500);
    const { items, more_after } = around({ user: made.sender, cid: made.key });
    expect([items[10]?.key, items.length, more_after]).toEqual([made.key, 20, true]);
    expect(() => around({ user: ME, cid: "?" })).toThrow();
  });
});
