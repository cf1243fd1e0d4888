import { flushPromises } from "@vue/test-utils";
import type { App } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Open } from "@/generated/bridge";
import { hostOf } from "@/host/memory";
import { NORTHLIGHT, demoWorld, roomId } from "@/host/memory/demo";
import type { Args, Host } from "@/host/types";
import { PAGE } from "@/stores/log";
import { MORNING, spied } from "@/testing/mount";
import { boot } from "./boot";

/** Where the last window stood: far enough from the end that more follows the page around it. */
const SEQ = 100;

/** A host whose last window stood in a room, and which may be asked for a row. */
function standing(room: string, open: Open | null = null) {
  const world = demoWorld("main", () => MORNING);
  const anchor = { room, key: "", seq: SEQ, offset: 0 };
  world.view.standing = {
    space: NORTHLIGHT,
    rooms: { [NORTHLIGHT]: room },
    anchor,
    emoji: { recent: [], tone: 0 },
  };
  world.view.open = open;
  return hostOf(world);
}

/** The same with other answers when rows are asked for. */
const answering = (host: Host, timeline: () => Promise<never>): Host => ({
  ...host,
  call: (name, args) => (name === "timeline" ? timeline() : host.call(name, args)),
});

const asked = (host: ReturnType<typeof spied>) =>
  host.calls.filter(({ name }) => name === "timeline").map(({ args }) => args as Args<"timeline">);

describe("the first screen", () => {
  let app: App | null = null;

  beforeEach(() => {
    const place = document.createElement("div");
    place.id = "app";
    document.body.append(place);
  });
  afterEach(() => {
    app?.unmount();
    app = null;
    document.body.replaceChildren();
    vi.useRealTimers();
  });

  it("has the rows of the open room when it is drawn, and they are read once", async () => {
    const host = spied(standing(roomId(0)));
    app = await boot("#app", host);
    expect(document.querySelector("[data-testid=timeline]")?.getAttribute("aria-busy")).toBe("false");
    await flushPromises();
    const opening = { space: NORTHLIGHT, room: roomId(0), part: { from: "after", seq: SEQ - PAGE / 2 } };
    expect(asked(host)[0]).toMatchObject(opening);
    expect(
      asked(host).filter(({ part }) => part.from === "after" && part.seq === opening.part.seq),
    ).toHaveLength(1);
  });

  it("reads on for a row that was asked for and lies elsewhere", async () => {
    const open: Open = { what: "room", space: NORTHLIGHT, room: roomId(0), key: "elsewhere", compose: false };
    const host = spied(standing(roomId(0), open));
    app = await boot("#app", host);
    await flushPromises();
    expect(asked(host).map(({ part }) => part.from)).toContain("unread");
  });

  it("comes all the same when they can't be read, and says so", async () => {
    const refusal = Object.assign(new Error("disk"), { code: "storage", text: "disk" });
    const host = spied(answering(standing(roomId(0)), () => Promise.reject(refusal)));
    app = await boot("#app", host);
    await flushPromises();
    // Once ahead, and once more by the room itself, which shows what went wrong.
    expect(asked(host)).toHaveLength(2);
    expect(document.querySelector(".failure")).not.toBeNull();
  });

  it("comes all the same when they take long", async () => {
    vi.useFakeTimers();
    const host = answering(standing(roomId(0)), () => new Promise<never>(() => undefined));
    const booting = boot("#app", host);
    await vi.advanceTimersByTimeAsync(249);
    expect(document.querySelector("[data-testid=main]")).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(document.querySelector("[data-testid=main]")).not.toBeNull();
    expect(document.querySelector("[data-testid=timeline]")?.getAttribute("aria-busy")).toBe("true");
    app = await booting;
  });

  it("is another room where the last one is gone", async () => {
    const host = spied(standing("gone"));
    app = await boot("#app", host);
    await flushPromises();
    expect(asked(host)).toHaveLength(1);
    expect(asked(host)[0]).not.toMatchObject({ room: "gone" });
  });
});
