import { describe, expect, it } from "vitest";
import type { Room } from "@/generated/bridge";
import { inOrder, sections } from "./sections";

const room = (id: string, rest: Partial<Room> = {}): Room => ({
  id,
  kind: "public",
  name: id,
  topic: "",
  members: 2,
  people: [],
  head: 0,
  read: 0,
  delivered: 0,
  unread: 0,
  mentions: 0,
  muted: false,
  muted_until: null,
  notify: null,
  draft: "",
  other_draft: "",
  last: null,
  ...rest,
});
const last = (ts: number) => ({ last: { sender: "a", text: "", ts, gone: false } });
const order = (rooms: Room[], open: string | null = null, filter = "") => {
  const parts = sections(rooms, open, filter, ({ name }) => name);
  return [parts.unread, parts.rooms, parts.direct].map((part) => part.map(({ id }) => id).join(""));
};

describe("the list of rooms", () => {
  it("puts unread first: mentions, then the newest", () => {
    const rooms = [
      room("a", { unread: 1, ...last(5) }),
      room("b", { unread: 9, ...last(9) }),
      room("c", { unread: 1, mentions: 1, ...last(1) }),
      room("d"),
    ];
    expect(order(rooms)).toEqual(["cba", "d", ""]);
  });

  it("counts a muted room only when it names the viewer", () => {
    expect(
      order([room("a", { unread: 3, muted: true }), room("b", { unread: 3, mentions: 1, muted: true })]),
    ).toEqual(["b", "a", ""]);
  });

  it("does not move the open room while it is read", () =>
    expect(order([room("b"), room("a", { unread: 2 })], "a")).toEqual(["", "ab", ""]));

  it("sorts rooms by name and direct ones by time", () => {
    const direct = (id: string, ts: number) => room(id, { kind: "direct", ...last(ts) });
    expect(order([room("z"), room("y"), direct("p", 1), direct("q", 2)])).toEqual(["", "yz", "qp"]);
  });

  it.each([
    ["Café", "cafe"],
    ["Über uns", "uber"],
    ["ｎｅｗｓ", "news"],
    ["delivery-1", "1 deliv"],
  ])("finds %s by %s", (name, filter) => expect(order([room(name), room("x")], null, filter)[1]).toBe(name));

  it("sorts numbers by their value", () =>
    expect(order([room("ops-245 "), room("ops-25 ")])[1]).toBe("ops-25 ops-245 "));

  it("finds by a part of the name, whatever its case", () => {
    expect(order([room("Alpha"), room("beta"), room("gamma", { unread: 1 })], null, " AL ")).toEqual([
      "",
      "Alpha",
      "",
    ]);
    expect(
      inOrder(sections([room("a"), room("b", { unread: 1 })], null, "", ({ name }) => name)).map(
        ({ id }) => id,
      ),
    ).toEqual(["b", "a"]);
  });
});
