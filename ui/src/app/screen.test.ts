import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import AdvancedTab from "@/features/settings/AdvancedTab.vue";
import SettingsDialog from "@/features/settings/SettingsDialog.vue";
import LeaveSpaceDialog from "@/features/spaces/LeaveSpaceDialog.vue";
import InviteDialog from "@/features/people/InviteDialog.vue";
import HoleRow from "@/features/timeline/HoleRow.vue";
import TimelineView from "@/features/timeline/TimelineView.vue";
import JoinForm from "@/features/welcome/JoinForm.vue";
import MainScreen from "./MainScreen.vue";
import RoomHeader from "@/features/rooms/RoomHeader.vue";
import RoomsPane from "@/features/rooms/RoomsPane.vue";
import TimelineStart from "@/features/timeline/TimelineStart.vue";
import { ME, stage } from "@/testing/mount";
import DetailsPane from "@/features/details/DetailsPane.vue";

async function details() {
  const all = await stage("main");
  const members = await all.host.call("room_members", {
    space: all.space().space.id,
    room: all.room(0).id,
  });
  const wrapper = all.put(DetailsPane, { props: { space: all.space(), room: all.room(0), members } });
  return { ...all, wrapper, members };
}

describe("leaving a room", () => {
  it("goes to the question whether to leave", async () => {
    const { wrapper } = await details();
    await wrapper.get("[data-testid=leave]").trigger("click");
    await flushPromises();
    expect(document.activeElement?.textContent).toBe("Cancel");
  });
});

describe("the header of a room", () => {
  it("shows the faces of those who are here, and no others", async () => {
    const all = await stage("main");
    const people = [...all.space().people.keys()].filter((user) => user !== ME).slice(0, 2);
    const [here = "", gone = ""] = people;
    all.space().presence.clear();
    all.space().presence.set(here, "online");
    const wrapper = all.put(RoomHeader, {
      props: { space: all.space(), room: all.room(0), members: [ME, here, gone] },
    });
    expect(wrapper.findAll(".stack > *").length).toBe(1);
    expect(wrapper.get("[data-testid=online]").text()).toContain("3 members · 2 online");
  });

  it("says in a narrow window that something is unread elsewhere", async () => {
    const all = await stage("main");
    const wrapper = all.put(RoomHeader, { props: { space: all.space(), room: all.room(0), members: [] } });
    const drawer = () => wrapper.get("[data-testid=rooms-open]").attributes("aria-label");
    expect([wrapper.find("[data-testid=unread-elsewhere]").exists(), drawer()]).toEqual([
      true,
      "Show rooms, unread messages",
    ]);
    for (const room of all.space().rooms.values()) Object.assign(room, { unread: 0, mentions: 0 });
    await wrapper.setProps({ members: [ME] });
    expect([wrapper.find("[data-testid=unread-elsewhere]").exists(), drawer()]).toEqual([
      false,
      "Show rooms",
    ]);
  });
});

describe("the list of rooms", () => {
  it("is one stop for Tab, which follows the arrows", async () => {
    const all = await stage("main");
    all.navigation.openRoom(all.space().space.id, all.room(0).id);
    const wrapper = all.put(RoomsPane, { props: { space: all.space() } });
    const stops = () => wrapper.findAll(".room[tabindex='0']").map((room) => room.attributes("data-testid"));
    expect(stops()).toEqual([`room-${all.room(0).id}`]);
    wrapper.get<HTMLElement>(".room[tabindex='0']").element.focus();
    await wrapper.get("[data-testid=rooms]").trigger("keydown", { key: "ArrowDown" });
    expect(stops()).toEqual([document.activeElement?.getAttribute("data-testid")]);
    expect(stops()).not.toEqual([`room-${all.room(0).id}`]);
  });

  it.each(["space-name", "rooms-add"])("leads to a second space by %s", async (opener) => {
    const all = await stage("main");
    const wrapper = all.put(RoomsPane, { props: { space: all.space() } });
    await wrapper.get(`[data-testid=${opener}]`).trigger("click");
    const entry = `[data-testid=${opener === "space-name" ? "space" : "menu"}-add_space]`;
    await expect.poll(() => document.querySelector(entry)).not.toBeNull();
    document.querySelector<HTMLElement>(entry)?.click();
    await expect.poll(() => all.navigation.view.dialog).toBe("add_space");
  });
});

describe("the field above the rooms", () => {
  it("is the way to the switcher, and no second box", async () => {
    const all = await stage("main");
    const wrapper = all.put(RoomsPane, { props: { space: all.space() } });
    expect(wrapper.findAll("input").length).toBe(0);
    await wrapper.get("[data-testid=find-open]").trigger("click");
    expect(all.navigation.view.dialog).toBe("switcher");
  });
});

describe("leaving a space", () => {
  it("is offered under its name, and says what it costs", async () => {
    const all = await stage("offline");
    const wrapper = all.put(RoomsPane, { props: { space: all.space() } });
    await wrapper.get("[data-testid=space-name]").trigger("click");
    const entry = () => document.querySelector<HTMLElement>("[data-testid=space-leave_space]");
    await expect.poll(entry, { timeout: 5000 }).not.toBeNull();
    entry()?.click();
    await expect.poll(() => all.navigation.view.dialog).toBe("leave_space");
    wrapper.unmount();
    all.put(LeaveSpaceDialog, { props: { space: all.space() } });
    await expect.poll(() => document.querySelector("[role=dialog]")).not.toBeNull();
    const dialog = document.querySelector("[role=dialog]");
    expect(dialog?.textContent).toContain("Leave Northlight on this device");
    expect(dialog?.textContent).toContain("2 unsent messages will be lost.");
    const left = () => all.host.calls.filter(({ name }) => name === "leave_space").length;
    expect(left()).toBe(0);
    document.querySelector<HTMLElement>("[data-testid=leave-space-sure]")?.click();
    await flushPromises();
    // The next space is not asked the same.
    expect([left(), all.navigation.view.dialog]).toEqual([1, null]);
    document.body.replaceChildren();
  });
});

describe("the connection in the footer", () => {
  it("opens a card in words, from which the tools are reached", async () => {
    const all = await stage("main");
    const wrapper = all.put(RoomsPane, { props: { space: all.space() } });
    await wrapper.get("[data-testid=link-state]").trigger("click");
    const card = () => document.querySelector("[data-testid=connection-card]");
    await expect.poll(card, { timeout: 5000 }).not.toBeNull();
    expect(all.navigation.view.dialog).toBeNull();
    for (const words of ["Connected", "chat.northlight.example:7474", "23 ms", "Last message"])
      expect(card()?.textContent).toContain(words);
    document.querySelector<HTMLElement>("[data-testid=card-doctor]")?.click();
    expect(all.navigation.view.dialog).toBe("doctor");
    wrapper.unmount();
  });
});

describe("the settings", () => {
  it("tell what is about the space from what is about the app", async () => {
    const all = await stage("main");
    all.put(SettingsDialog, { props: { space: all.space() } });
    await flushPromises();
    const names = [...document.querySelectorAll(".tabs .list > *")].map((one) => one.textContent?.trim());
    expect(names.slice(0, 6)).toEqual([
      "Northlight",
      "Profile",
      "Devices",
      "Space",
      "This app",
      "Appearance",
    ]);
    document.body.replaceChildren();
  });

  it("show the tools for the connection before the figures, which are folded", async () => {
    const all = await stage("main");
    const wrapper = all.put(AdvancedTab);
    const doctor = wrapper.get("[data-testid=open-doctor]").element;
    const figures = wrapper.get("[data-testid=figures]").element;
    expect(doctor.compareDocumentPosition(figures) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(figures.hasAttribute("open")).toBe(false);
  });
});

describe("a room in which one is alone", () => {
  it("offers to add people", async () => {
    const all = await stage("main");
    const room = { ...all.room(0), members: 1, topic: "Ships and trains" };
    const wrapper = all.put(TimelineStart, { props: { space: all.space(), room, title: "#new" } });
    expect(wrapper.text()).toContain("Ships and trains");
    await wrapper.get("[data-testid=start-add]").trigger("click");
    expect([all.navigation.view.details, all.navigation.view.adding]).toEqual([true, true]);
    await wrapper.setProps({ room: { ...room, members: 2 } });
    expect(wrapper.find("[data-testid=start-add]").exists()).toBe(false);
  });
});

describe("the title of the window", () => {
  it("says where one is and in how many rooms something waits", async () => {
    const all = await stage("main");
    all.navigation.openRoom(all.space().space.id, all.room(0).id);
    all.put(MainScreen, { props: { space: all.space() } });
    await flushPromises();
    const waiting = () =>
      [...all.space().rooms.values()].filter((room) => room.mentions > 0 || (room.unread > 0 && !room.muted));
    expect(document.title).toBe(`(${waiting().length}) #delivery-engine – Northlight`);
    for (const room of all.space().rooms.values()) Object.assign(room, { unread: 0, mentions: 0 });
    await flushPromises();
    expect(document.title).toBe("#delivery-engine – Northlight");
  });
});

describe("a room with much to read", () => {
  it("is marked as read by a button and by Escape", async () => {
    const all = await stage("main");
    const room = all.room(0);
    Object.assign(room, { unread: 20_000, read: 0 });
    const wrapper = all.put(TimelineView, { props: { space: all.space(), room } });
    await flushPromises();
    const marked = () => all.host.calls.filter(({ name }) => name === "mark_read").map(({ args }) => args);
    const wanted = { space: all.space().space.id, room: room.id, seq: room.head };
    const before = marked().length;
    await wrapper.get("[data-testid=timeline]").trigger("keydown", { key: "Escape" });
    expect(marked().slice(before)).toEqual([wanted]);
  });
});

describe("all rooms", () => {
  it("are marked as read by Shift and Escape, which says how many", async () => {
    const all = await stage("main");
    all.navigation.openRoom(all.space().space.id, all.room(0).id);
    all.put(MainScreen, { props: { space: all.space() } });
    await flushPromises();
    const waiting = [...all.space().rooms.values()].filter((room) => room.unread > 0);
    const marked = () => all.host.calls.filter(({ name }) => name === "mark_read").length;
    const before = marked();
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", shiftKey: true }));
    await expect.poll(() => all.notices.list.length, { timeout: 3000 }).toBe(1);
    expect(waiting.length).toBeGreaterThan(1);
    expect(marked() - before).toBeGreaterThanOrEqual(waiting.length);
    const [notice] = all.notices.list;
    expect(notice?.text).toBe(`${waiting.length} rooms marked as read`);

    expect(notice?.action?.words).toBe("Undo");
    const were = waiting.map(({ id, read }) => ({ space: all.space().space.id, room: id, seq: read + 1 }));
    notice?.action?.run();
    await flushPromises();
    const undone = all.host.calls.filter(({ name }) => name === "mark_unread").map(({ args }) => args);
    expect(undone).toEqual(were);
  });
});

describe("a hole in what is held", () => {
  it.each([
    [false, false, "Fetching 214 messages…", true],
    [true, false, "214 older messages, fetched when you’re back online", false],
    [false, true, "214 older messages were deleted from the server", false],
  ])("claims to fetch only what it can fetch (%s, %s)", async (waits, expired, words, bar) => {
    const all = await stage("main");
    const wrapper = all.put(HoleRow, { props: { count: 214, waits, expired } });
    expect([wrapper.text(), wrapper.find("i").exists()]).toEqual([words, bar]);
  });
});

describe("the bar of a hole", () => {
  it("shows how much has come, and nothing moves without that", async () => {
    const all = await stage("main");
    const wrapper = all.put(HoleRow, { props: { count: 200, expired: false } });
    const bar = () => wrapper.get("i b").attributes("style");
    expect(bar()).toBe("inline-size: 0%;");
    await wrapper.setProps({ count: 50 });
    expect([wrapper.text(), bar()]).toEqual(["Fetching 50 messages…", "inline-size: 75%;"]);
  });
});

describe("joining with nothing filled in", () => {
  it("says what is missing, where it is missing", async () => {
    const all = await stage("welcome");
    const wrapper = all.put(JoinForm);
    await wrapper.get("[data-testid=welcome-join]").trigger("submit");
    expect(wrapper.text()).toContain("Paste a join link first.");
    await wrapper.get("[data-testid=welcome-link]").setValue("homing://join/chat.example/ABCD-EFGH?fp=x");
    expect(wrapper.text()).not.toContain("Paste a join link first.");
    await wrapper.get("[data-testid=welcome-join]").trigger("submit");
    expect(wrapper.text()).toContain("Enter your name first.");
  });
});

describe("choosing a role for an invitation", () => {
  it("begins at the chosen one, so that Space changes nothing", async () => {
    const all = await stage("main");
    all.put(InviteDialog, { props: { space: all.space() } });
    await expect.poll(() => (document.activeElement as HTMLInputElement).value).toBe("member");
  });
});

describe("an invitation", () => {
  it("says where it works, if that is not everywhere", async () => {
    const all = await stage("main");
    document.body.replaceChildren();
    const { call } = all.host;
    let link = "";
    all.host.call = ((name, args) =>
      name === "invite" ? Promise.resolve({ link }) : call(name, args)) as typeof call;
    for (const [server, words] of [
      ["192.168.1.20:7474", "Only works for people on your network."],
      ["127.0.0.1:7474", "Only works on this computer."],
      ["chat.example.org", undefined],
    ] as const) {
      link = `homing://join/${server}/5RT9-K2QX?fp=iC3k`;
      const wrapper = all.put(InviteDialog, { props: { space: all.space() } });
      await flushPromises();
      document.querySelector<HTMLElement>("[data-testid=invite-create]")?.click();
      await expect.poll(() => document.querySelector("[data-testid=invite-link]")).not.toBeNull();
      expect(document.querySelector("[data-testid=invite-reach]")?.textContent.trim()).toBe(words);
      wrapper.unmount();
    }
  });

  it("is copied with who invites, where to, and what to do with the link", async () => {
    const all = await stage("main");
    const copied: string[] = [];
    document.body.replaceChildren();
    all.homing.copy = (text) => Promise.resolve(text).then((one) => void copied.push(one));
    all.put(InviteDialog, { props: { space: all.space() } });
    await flushPromises();
    document.querySelector<HTMLElement>("[data-testid=invite-create]")?.click();
    const words = () => document.querySelector<HTMLElement>("[data-testid=invite-words]");
    await expect.poll(words, { timeout: 3000 }).not.toBeNull();
    words()?.click();
    await expect.poll(() => copied.length, { timeout: 3000 }).toBe(1);
    const lines = copied[0]?.split("\n") ?? [];
    expect(lines[0]).toBe("Aki Kern invites you to Northlight on Homing.");
    expect(lines.at(-1)).toMatch(/^homing:\/\/join\//);
    document.body.replaceChildren();
  });
});
