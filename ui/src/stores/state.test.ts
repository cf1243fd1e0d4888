import { describe, expect, it, vi } from "vitest";
import type { Change, Item, Push } from "@/generated/bridge";
import { hostOf } from "@/host/memory";
import { UNCHANGED } from "@/host/memory/fold";
import { NORTHLIGHT, demoWorld, roomId } from "@/host/memory/demo";
import type { Host } from "@/host/types";
import { createHoming } from "./homing";
import { emptyLog } from "./log";
import { type AppState, apply, emptyState } from "./state";

const NOW = 1_000_000;

function started(): AppState {
  const state = emptyState();
  demoWorld("main", () => NOW).listen((push) => apply(state, push, NOW));
  return state;
}

function next(state: AppState, ...changes: Change[]): Push {
  return { push: "changes", number: (state.number ?? 0) + 1, changes };
}

const northlight = (state: AppState) => {
  const space = state.spaces.get(NORTHLIGHT);
  if (!space) throw new Error("no space");
  return space;
};

describe("apply", () => {
  it("takes a snapshot and what follows it", () => {
    const state = started();
    const room = northlight(state).rooms.get(roomId(3));
    if (!room) throw new Error("no room");
    expect(
      apply(
        state,
        next(state, {
          change: "in",
          space: NORTHLIGHT,
          diff: { diff: "room", room: { ...room, unread: 7 } },
        }),
        NOW,
      ),
    ).toBe("applied");
    expect(northlight(state).rooms.get(roomId(3))?.unread).toBe(7);
  });

  it("says that a push is lost and then applies nothing", () => {
    const state = started();
    const before = structuredClone(northlight(state).link);
    const push = next(state, {
      change: "in",
      space: NORTHLIGHT,
      diff: { diff: "link", link: { state: "stopped" } },
    });
    expect(apply(state, { ...push, number: push.number + 1 }, NOW)).toBe("lost");
    expect(northlight(state).link).toEqual(before);
  });

  it("ignores what came before the snapshot, and an old push that comes again", () => {
    expect(apply(emptyState(), { push: "changes", number: 5, changes: [] }, NOW)).toBe("ignored");
    const state = started();
    const push = next(state, {
      change: "in",
      space: NORTHLIGHT,
      diff: { diff: "link", link: { state: "stopped" } },
    });
    apply(state, push, NOW);
    apply(
      state,
      next(state, {
        change: "in",
        space: NORTHLIGHT,
        diff: { diff: "link", link: { state: "connecting", attempt: 0, ask: "not_yet" } },
      }),
      NOW,
    );
    expect(apply(state, push, NOW)).toBe("ignored");
    expect(northlight(state).link.state).toBe("connecting");
  });

  it("makes timelines stale with a second snapshot, and keeps their rows", () => {
    const state = started();
    state.logs.set(roomId(0), { ...emptyLog(), loaded: true });
    demoWorld("main", () => NOW).listen((push) => apply(state, push, NOW));
    expect(state.logs.get(roomId(0))).toMatchObject({ loaded: true, stale: true });
  });

  it("forgets who is offline when it is told of everybody", () => {
    const state = started();
    const [somebody] = northlight(state).presence.keys();
    apply(
      state,
      next(state, { change: "in", space: NORTHLIGHT, diff: { diff: "presence", people: [], all: true } }),
      NOW,
    );
    expect(somebody).toBeDefined();
    expect(northlight(state).presence.size).toBe(0);
  });

  it("ends a typing notice with the message", () => {
    const state = started();
    const room = roomId(0);
    const user = [...northlight(state).people.keys()][2] ?? "";
    apply(state, next(state, { change: "in", space: NORTHLIGHT, diff: { diff: "typing", room, user } }), NOW);
    expect(northlight(state).typing.get(room)?.get(user)).toBe(NOW + 6000);
    const item: Item = {
      ...UNCHANGED,
      key: "k",
      place: { at: "log", n: 999 },
      sender: user,
      ts: NOW,
      content: { kind: "stub" },
      delivery: null,
    };
    apply(
      state,
      next(state, { change: "in", space: NORTHLIGHT, diff: { diff: "items", room, items: [item] } }),
      NOW,
    );
    expect(northlight(state).typing.get(room)?.has(user)).toBe(false);
  });

  it("lets go of a space with its timelines", () => {
    const state = started();
    state.logs.set(roomId(0), emptyLog());
    apply(state, next(state, { change: "space_left", space: NORTHLIGHT }), NOW);
    expect(state.spaces.size).toBe(0);
    expect(state.logs.size).toBe(0);
  });
});

describe("the store", () => {
  it("asks for the snapshot again when a push is lost, and is whole after it", async () => {
    const world = demoWorld("main", () => NOW);
    const host: Host = hostOf(world);
    const call = vi.spyOn(host, "call");
    const homing = createHoming(host, () => NOW);
    await homing.start();
    world.loseNext = true;
    world.receive(NORTHLIGHT, roomId(3), "somebody", "lost");
    expect(call).not.toHaveBeenCalled();
    world.receive(NORTHLIGHT, roomId(3), "somebody", "noticed");
    expect(call).toHaveBeenCalledWith("resync", {});
    await vi.waitFor(() => expect(homing.state.spaces.get(NORTHLIGHT)?.rooms.get(roomId(3))?.unread).toBe(2));
    world.receive(NORTHLIGHT, roomId(3), "somebody", "and on");
    expect(homing.state.spaces.get(NORTHLIGHT)?.rooms.get(roomId(3))?.unread).toBe(3);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it("keeps a row that overtook the answer to a reading", async () => {
    const world = demoWorld("main", () => NOW);
    const host: Host = hostOf(world);
    const homing = createHoming(host, () => NOW);
    await homing.start();
    const call = host.call.bind(host);
    vi.spyOn(host, "call").mockImplementation(async (name, args) => {
      const answer = await call(name, args);
      // The answer is on its way already; the push is faster.
      if (name === "timeline") world.receive(NORTHLIGHT, roomId(3), "somebody", "missed");
      return answer;
    });
    await homing.logs.open(NORTHLIGHT, roomId(3), "latest");
    const texts = homing.state.logs
      .get(roomId(3))
      ?.items.map((item) => (item.content.kind === "message" ? item.content.body.text : ""));
    expect(texts?.at(-1)).toBe("missed");
  });

  it("holds few timelines, and lets go of the one used longest ago", async () => {
    const homing = createHoming(hostOf(demoWorld("main", () => NOW)), () => NOW);
    await homing.start();
    for (let n = 0; n < 8; n++) homing.logs.of(roomId(n));
    homing.logs.of(roomId(0));
    homing.logs.of(roomId(8));
    expect(homing.state.logs.has(roomId(0))).toBe(true);
    expect(homing.state.logs.has(roomId(1))).toBe(false);
    expect(homing.state.logs.size).toBe(8);
  });
});
