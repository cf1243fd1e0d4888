import { enableAutoUnmount, flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { useOpenRequest } from "@/app/useOpenRequest";
import type { MessageArgs, MessageRef } from "@/generated/bridge";
import { NORTHLIGHT, roomId, stage } from "@/testing/mount";
import { h } from "vue";
import TimelineView from "../TimelineView.vue";

enableAutoUnmount(afterEach);

const ROOM = roomId(0);
const NOWHERE = roomId(0x777);

async function reading() {
  const all = await stage("main");
  const { world, homing } = all;
  const wrapper = all.put(TimelineView, { props: { space: all.space(), room: all.room(0) } });
  all.put({
    setup: () => {
      useOpenRequest();
      return () => h("i");
    },
  });
  const refresh = async () => {
    await flushPromises();
    await wrapper.setProps({ space: all.space(), room: all.room(0) });
    await flushPromises();
  };
  await refresh();
  const mei = world.space(NORTHLIGHT).overview.people.find(({ name }) => name === "Mei Lin")?.id ?? "";
  const say = async (text: string): Promise<MessageRef> => {
    const cid = world.happen(NORTHLIGHT, ROOM, mei, { kind: "message", body: { text } });
    await refresh();
    return { user: mei, cid };
  };
  const open = async (message: MessageArgs) => {
    world.push({ change: "open", open: { what: "message", message } });
    await refresh();
  };
  const link = async (message: MessageArgs) => (await homing.call("message_link", message)).link;
  const said = () => all.notices.list.map(({ text }) => text);
  return { ...all, wrapper, refresh, mei, say, open, link, said };
}

describe("a link to a message", () => {
  it("is followed in a message: to the room, the row and its highlight", async () => {
    const { say, link, wrapper, refresh, said, host } = await reading();
    const of = await say("the plan");
    const there = await link({ space: NORTHLIGHT, room: ROOM, of });
    const { cid } = await say(`see ${there}, please`);
    const anchor = wrapper.get(`[data-key="${cid}"] a`);
    expect(anchor.attributes("href")).toBe(there);
    await anchor.trigger("click");
    await refresh();
    expect(wrapper.get(`[data-row="${of.cid}"]`).classes()).toContain("marked");
    expect(said()).toEqual([]);
    expect(host.calls.map(({ name }) => name)).toContain("read_message_link");
  });

  it("comes from the system, and opens the room of the message", async () => {
    const { say, open, navigation, mei } = await reading();
    const of = await say("the plan");
    navigation.show("settings");
    await open({ space: NORTHLIGHT, room: roomId(1), of: { user: mei, cid: "elsewhere" } });
    expect(navigation.view).toMatchObject({ room: roomId(1), dialog: null });
    expect(of.cid).not.toBe("");
  });

  it.each([
    ["the space is not here", roomId(0x999), ROOM, /a space that isn’t on this computer/],
    ["the reader is not in the room", NORTHLIGHT, NOWHERE, /a room that you’re not in/],
  ])("says so when %s", async (_, space, room, words) => {
    const { open, said, navigation, mei } = await reading();
    const before = navigation.view.room;
    await open({ space, room, of: { user: mei, cid: "any" } });
    expect(said()).toEqual([expect.stringMatching(words)]);
    expect(navigation.view).toMatchObject({ room: before, sought: null });
  });

  it("says so when the message is not to be found", async () => {
    const { open, said, mei, navigation } = await reading();
    await open({ space: NORTHLIGHT, room: ROOM, of: { user: mei, cid: "nowhere" } });
    expect(said()).toEqual([expect.stringMatching(/This message isn’t on this computer/)]);
    expect(navigation.view.sought).toBe(null);
  });

  it("leads to what is left of a message that was deleted", async () => {
    const { say, open, world, mei, refresh, wrapper } = await reading();
    const of = await say("oops");
    world.happen(NORTHLIGHT, ROOM, mei, { kind: "redact", body: { of } });
    await refresh();
    await open({ space: NORTHLIGHT, room: ROOM, of });
    const row = wrapper.get(`[data-row="${of.cid}"]`);
    expect(row.classes()).toContain("marked");
    expect(row.text()).toContain("Mei Lin deleted this message");
  });
});
