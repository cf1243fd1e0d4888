import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { ConnectionState } from "@/generated/bridge";
import { NORTHLIGHT, roomId, stage } from "@/testing/mount";
import EditHistory from "./EditHistory.vue";

enableAutoUnmount(afterEach);

const ROOM = roomId(0);
const ONLINE: ConnectionState = { state: "up_to_date", rtt_ms: 12 };

async function edited(link: ConnectionState = ONLINE, forgotten = false) {
  const all = await stage("main");
  const { world } = all;
  const mei = world.space(NORTHLIGHT).overview.people.find(({ name }) => name === "Mei Lin")?.id ?? "";
  const cid = world.happen(NORTHLIGHT, ROOM, mei, { kind: "message", body: { text: "first" } });
  const of = { user: mei, cid };
  for (const text of ["second", "**third**"])
    world.happen(NORTHLIGHT, ROOM, mei, { kind: "edit", body: { of, text } });
  if (forgotten) world.revisions.set(cid, []);
  world.setLink(NORTHLIGHT, link);
  const row = () => {
    const found = world.row(NORTHLIGHT, ROOM, of);
    if (!found) throw new Error("there is no such message");
    return found;
  };
  const anchor = { getBoundingClientRect: () => new DOMRect() };
  const wrapper = all.put(EditHistory, {
    props: { space: all.space(), room: all.room(0), item: row(), anchor },
  });
  const refresh = async () => {
    await flushPromises();
    await wrapper.setProps({ space: all.space(), room: all.room(0), item: row() });
    await flushPromises();
  };
  const card = () => document.querySelector("[data-testid=edit-history]")?.textContent ?? "";
  const versions = () =>
    [...document.querySelectorAll("[data-testid=version]")].map((one) => [
      one.querySelector("em")?.textContent ?? "",
      one.querySelector(".rich")?.textContent,
    ]);
  return { ...all, mei, of, refresh, card, versions };
}

describe("the history of an edited message", () => {
  it("says that it loads, then who changed it, and every text, newest first", async () => {
    const { card, versions, refresh } = await edited();
    expect(card()).toContain("Loading the edit history");
    await refresh();
    expect(card()).toContain("Edited by Mei Lin");
    expect(versions()).toEqual([
      ["Current", "third"],
      ["", "second"],
      ["Original", "first"],
    ]);
  });

  it("says when it can't be read offline, and loads with the connection", async () => {
    const { card, versions, refresh, world } = await edited({ state: "stopped" });
    await refresh();
    expect(card()).toContain("You’re offline");
    expect(versions()).toEqual([]);
    world.setLink(NORTHLIGHT, ONLINE);
    await refresh();
    expect(versions()).toHaveLength(3);
  });

  it("goes on with an edit that is made meanwhile", async () => {
    const { world, mei, of, refresh, versions } = await edited();
    await refresh();
    world.happen(NORTHLIGHT, ROOM, mei, { kind: "edit", body: { of, text: "fourth" } });
    await refresh();
    expect(versions()[0]).toEqual(["Current", "fourth"]);
    expect(versions()).toHaveLength(4);
  });

  it("forgets the texts of a message that is deleted while they are read", async () => {
    const { world, mei, of, refresh, versions, card } = await edited();
    await refresh();
    world.happen(NORTHLIGHT, ROOM, mei, { kind: "redact", body: { of } });
    await refresh();
    expect(versions()).toEqual([]);
    expect(card()).toContain("This message isn’t on this computer");
  });

  it("says that there is nothing where the server tells nothing", async () => {
    const { refresh, card } = await edited(ONLINE, true);
    await refresh();
    expect(card()).toContain("No earlier versions");
  });
});
