import { describe, expect, it } from "vitest";
import type { Room } from "@/generated/bridge";
import { RoomOrder } from "./order";
import { inOrder, sections } from "./sections";

const room = (id: string, rest: Partial<Room> = {}): Room =>
  ({
    id,
    kind: "public",
    name: id,
    people: [],
    unread: 0,
    mentions: 0,
    muted: false,
    last: null,
    ...rest,
  }) as Room;
const name = ({ name }: Room) => name;
const ids = (order: RoomOrder) => {
  const parts = order.sections();
  return [parts.unread, parts.rooms, parts.direct].map((part) => part.map(({ id }) => id).join(" "));
};
const map = (...rooms: Room[]) => new Map(rooms.map((one) => [one.id, one]));

describe("the order that is kept", () => {
  it("leaves the open room where it was clicked until another is opened", () => {
    const order = new RoomOrder();
    const rooms = map(room("a"), room("b", { unread: 2 }), room("c", { unread: 1 }));
    order.take(rooms, "a", name);
    expect(ids(order)).toEqual(["b c", "a", ""]);
    order.take(rooms, "b", name);
    expect(ids(order)).toEqual(["b c", "a", ""]);
    rooms.set("b", room("b"));
    order.take(rooms, "b", name);
    expect(ids(order)).toEqual(["b c", "a", ""]);
    order.take(rooms, "c", name);
    expect(ids(order)).toEqual(["c", "a b", ""]);
    order.take(rooms, null, name);
    expect(ids(order)).toEqual(["c", "a b", ""]);
  });

  it("does not put the room into the unread ones in which one stands at the start", () => {
    const order = new RoomOrder();
    order.take(map(room("a", { unread: 3 })), "a", name);
    expect(ids(order)).toEqual(["", "a", ""]);
  });

  it("follows names of people", () => {
    const order = new RoomOrder();
    const rooms = map(room("x", { kind: "direct" }), room("y", { kind: "direct" }));
    let called: Record<string, string> = { x: "Ana", y: "Ben" };
    const title = ({ id }: Room) => called[id] ?? "";
    order.take(rooms, null, title, 1);
    expect(ids(order)[2]).toBe("x y");
    called = { x: "Zoe", y: "Ben" };
    order.take(rooms, null, title, 2);
    expect(ids(order)[2]).toBe("y x");
  });

  it("is the order that sorting anew would give, after any changes", () => {
    let seed = 33;
    const random = (n: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) % n;
    const order = new RoomOrder();
    const rooms = map();
    for (let step = 0; step < 600; step++) {
      const id = `r${random(60)}`;
      if (random(8) === 0) rooms.delete(id);
      else
        rooms.set(
          id,
          room(id, {
            name: `ops-${random(30)}`,
            kind: random(3) === 0 ? "direct" : "public",
            unread: random(3),
            mentions: random(4) === 0 ? 1 : 0,
            muted: random(5) === 0,
            last: { sender: "", text: "", ts: random(50), gone: false },
          }),
        );
      order.take(rooms, null, name);
      const kept = order.sections();
      const anew = sections(rooms.values(), null, "", name);
      for (const part of ["unread", "rooms", "direct"] as const) {
        expect(new Set(kept[part])).toEqual(new Set(anew[part]));
        expect(
          kept[part].map((one) => [
            one.mentions > 0 && part === "unread",
            part === "rooms" ? one.name : one.last?.ts,
          ]),
        ).toEqual(
          anew[part].map((one) => [
            one.mentions > 0 && part === "unread",
            part === "rooms" ? one.name : one.last?.ts,
          ]),
        );
      }
    }
    expect(inOrder(order.sections()).length).toBe(rooms.size);
  });

  it("looks at nothing but what changed", () => {
    const order = new RoomOrder();
    const rooms = map(...Array.from({ length: 3000 }, (_, at) => room(`r${at}`)));
    order.take(rooms, null, name);
    let asked = 0;
    rooms.set("r7", room("r7", { unread: 1 }));
    order.take(rooms, null, (one) => {
      asked++;
      return one.name;
    });
    expect([asked, order.sections().unread.length]).toEqual([1, 1]);
  });
});
