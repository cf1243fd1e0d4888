import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { hostOf } from "@/host/memory";
import { NORTHLIGHT, demoWorld, roomId } from "@/host/memory/demo";
import type { Args, Host } from "@/host/types";
import { PAGE } from "@/stores/log";
import { MORNING, spied } from "@/testing/mount";
import { boot } from "./boot";

/** Where the last window stood: far enough from the end that more follows the page around it. */
const SEQ = 100;

/** A host whose last window stood in a room; `timeline` may refuse. */
function standing(room: string, timeline?: () => Promise<never>) {
  const world = demoWorld("main", () => MORNING);
  const anchor = { room, key: "", seq: SEQ, offset: 0 };
  world.view.standing = { space: NORTHLIGHT, rooms: { [NORTHLIGHT]: room }, anchor };
  const host = hostOf(world);
  const refusing: Host = {
    ...host,
    call: (name, args) => (name === "timeline" && timeline ? timeline() : host.call(name, args)),
  };
  return spied(timeline ? refusing : host);
}

const asked = (host: ReturnType<typeof standing>) =>
  host.calls.filter(({ name }) => name === "timeline").map(({ args }) => args as Args<"timeline">);

describe("the first screen", () => {
  afterEach(() => document.body.replaceChildren());

  async function show(host: Host) {
    const place = document.createElement("div");
    place.id = "app";
    document.body.append(place);
    await boot("#app", host);
  }

  it("has the rows of the open room when it is drawn, and they are read once", async () => {
    const host = standing(roomId(0));
    await show(host);
    expect(document.querySelector("[data-testid=timeline]")?.getAttribute("aria-busy")).toBe("false");
    await flushPromises();
    const opening = { space: NORTHLIGHT, room: roomId(0), part: { from: "after", seq: SEQ - PAGE / 2 } };
    expect(asked(host)[0]).toMatchObject(opening);
    expect(
      asked(host).filter(({ part }) => part.from === "after" && part.seq === opening.part.seq),
    ).toHaveLength(1);
  });

  it("comes all the same when they can't be read, and says so", async () => {
    const refused = () => Promise.reject(Object.assign(new Error("disk"), { code: "storage", text: "disk" }));
    const host = standing(roomId(0), refused as () => Promise<never>);
    await show(host);
    await flushPromises();
    // Once ahead, and once more by the room itself, which shows what went wrong.
    expect(asked(host)).toHaveLength(2);
    expect(document.querySelector(".failure")).not.toBeNull();
  });

  it("is another room where the last one is gone", async () => {
    const host = standing("gone");
    await show(host);
    await flushPromises();
    expect(asked(host)).toHaveLength(1);
    expect(asked(host)[0]).not.toMatchObject({ room: "gone" });
  });
});
