import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { hostOf } from "@/host/memory";
import { NORTHLIGHT, demoWorld, roomId } from "@/host/memory/demo";
import { type Host, toFailure } from "@/host/types";
import { createHoming } from "./homing";

const NOW = 1_000_000;
const ROOM = roomId(0);
/** What the room has on the server before anything happens. */
const HEAD = 100_000;

/** A window two pages before the head, and a host whose answers are as old as the question. */
async function reading() {
  const world = demoWorld("long", () => NOW);
  world.setLink(NORTHLIGHT, { state: "stopped" });
  const waits = world.write(NORTHLIGHT, ROOM, "waits", []);
  const answers: { give: () => void; fail: () => void }[] = [];
  const real = hostOf(world);
  const host: Host = {
    ...real,
    async call(name, args) {
      const answer = await real.call(name, args);
      if (name !== "timeline") return answer;
      return new Promise((resolve, reject) =>
        answers.push({
          give: () => resolve(answer),
          fail: () => reject(toFailure({ code: "storage", text: "disk full", retry_after_ms: null })),
        }),
      );
    },
  };
  const { logs, start, state } = createHoming(host, () => NOW);
  await start();
  const begun = new Map<string, (typeof answers)[number]>();
  const begin = async (name: string, read: Promise<void>) => {
    read.catch(() => undefined);
    await flushPromises();
    const asked = answers.pop();
    if (!asked) throw new Error(`${name} has asked for nothing`);
    begun.set(name, asked);
  };
  const readings: Record<string, () => Promise<void>> = {
    after: () => logs.after(NORTHLIGHT, ROOM),
    before: () => logs.before(NORTHLIGHT, ROOM),
    again: () => logs.again(NORTHLIGHT, ROOM),
    newest: () => logs.open(NORTHLIGHT, ROOM, "latest"),
    unread: () => logs.open(NORTHLIGHT, ROOM, "unread"),
  };

  /** `push`, `discard`, `restore`, `resync`, the name of a reading to begin it, or `end` and `fail` with that name;
   *  `answer` answers what was asked of itself. */
  async function step(words: string) {
    const [word = "", name = ""] = words.split(" ");
    const read = readings[word];
    if (read) await begin(word, read());
    else if (word === "push") world.receive(NORTHLIGHT, ROOM, "somebody", "pushed");
    else if (word === "discard") await real.call("discard_message", { space: NORTHLIGHT, cid: waits });
    else if (word === "restore") world.pushIn(NORTHLIGHT, { diff: "timeline_reset", room: ROOM });
    else if (word === "resync") await real.call("resync", {});
    else if (word === "answer") answers.pop()?.give();
    else if (word === "fail") begun.get(name)?.fail();
    else begun.get(name)?.give();
    await flushPromises();
  }
  await begin("start", logs.open(NORTHLIGHT, ROOM, { seq: HEAD - 60 }));
  await step("end start");
  /** What is shown beyond the old head. */
  const shown = () =>
    state.logs
      .get(ROOM)
      ?.items.filter(({ place }) => place.at === "outbox" || place.n > HEAD)
      .map(({ content }) => (content.kind === "message" ? content.body.text : ""));
  return { step, shown, log: () => state.logs.get(ROOM) };
}

describe("readings of a timeline that overlap", () => {
  it.each([
    { steps: "after, newest, end after, push, end newest", shown: ["pushed", "waits"] },
    { steps: "after, newest, push, end after, end newest", shown: ["pushed", "waits"] },
    { steps: "after, newest, push, end newest, end after", shown: ["pushed", "waits"] },
    { steps: "after, push, before, end before, end after", shown: ["pushed", "waits"] },
    { steps: "after, before, end before, push, end after", shown: ["pushed", "waits"] },
    { steps: "after, push, before, end after, end before", shown: ["pushed", "waits"] },
    { steps: "after, before, newest, end before, end after, push, end newest", shown: ["pushed", "waits"] },
    { steps: "unread, newest, end unread, push, end newest", shown: ["pushed", "waits"] },
    { steps: "newest, again, end again, push, end newest", shown: ["pushed", "waits"] },
    { steps: "after, newest, fail after, push, end newest", shown: ["pushed", "waits"] },
    { steps: "after, newest, push, end after, push, end newest", shown: ["pushed", "pushed", "waits"] },
    { steps: "after, newest, end after, discard, end newest", shown: [] },
    { steps: "after, discard, before, end before, end after", shown: [] },
  ])("$steps", async ({ steps, shown }) => {
    const all = await reading();
    for (const words of steps.split(", ")) await all.step(words);
    expect(all.shown()).toEqual(shown);
    // Nothing is collected that nobody waits for.
    expect(all.log()?.missed).toBeNull();
  });

  it.each(["restore", "resync"])("take nothing over from before a %s", async (void_) => {
    const all = await reading();
    for (const words of ["newest", "push", void_]) await all.step(words);
    expect(all.log()?.stale).toBe(true);
    await all.step("end newest");
    // That answer may be from before as well.
    expect(all.log()?.stale).toBe(true);
    await all.step("answer");
    expect(all.log()?.stale).toBe(false);
    expect(all.shown()).toEqual(["pushed", "waits"]);
  });
});
