import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MORNING, NORTHLIGHT, roomId, stage } from "@/testing/mount";
import NotificationsTab from "./NotificationsTab.vue";

beforeEach(() => vi.useFakeTimers({ now: MORNING, toFake: ["Date"] }));
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function tab() {
  const all = await stage();
  const wrapper = all.put(NotificationsTab);
  await flushPromises();
  const press = async (id: string) => {
    await wrapper.get(`[data-testid=${id}]`).trigger("click");
    await flushPromises();
  };
  const settings = () => all.homing.state.settings;
  return { ...all, wrapper, press, settings };
}

describe("the notification settings", () => {
  it("keep a level", async () => {
    const { wrapper, settings } = await tab();
    await wrapper.get("input[value=mentions]").setValue(true);
    await flushPromises();
    expect(settings().notify).toBe("mentions");
  });

  it("pause for an hour, say until when, and resume", async () => {
    const { wrapper, press, settings } = await tab();
    await press("settings-pause");
    expect(settings().notify_paused_until).toBe(MORNING + 3_600_000);
    expect(wrapper.get("[data-testid=pause-field] [role=status]").text()).toBe("Paused until 11:00 AM");
    await press("settings-resume");
    expect(settings().notify_paused_until).toBe(0);
  });

  it("keep hours of quiet and the days on which they begin", async () => {
    const { wrapper, settings } = await tab();
    expect(wrapper.find("[data-testid=quiet-from]").exists()).toBe(false);
    await wrapper.get("[data-testid=quiet-hours] [role=switch]").setValue(true);
    await flushPromises();
    await wrapper.get("[data-testid=quiet-from] select").setValue("1410");
    await flushPromises();
    await wrapper.get("[data-testid=quiet-to] select").setValue("390");
    await flushPromises();
    expect(wrapper.get("[data-testid=quiet-hours]").text()).toContain("Ends the next day");
    await wrapper.get("[data-testid=quiet-day-6]").setValue(false);
    await flushPromises();
    const days = [true, true, true, true, true, true, false];
    expect(settings().quiet_hours).toEqual({ on: true, from: 1410, to: 390, days });
  });

  it("offer a time that was kept though it is none of those offered", async () => {
    const { wrapper, homing, settings } = await tab();
    const hours = { ...settings().quiet_hours, on: true, from: 1397 };
    await homing.call("set_settings", { ...settings(), quiet_hours: hours });
    await flushPromises();
    const select = wrapper.get<HTMLSelectElement>("[data-testid=quiet-from] select");
    expect(select.element.selectedOptions[0]?.label).toBe("11:17 PM");
  });

  it("name the days in the language of the interface", async () => {
    const { wrapper } = await tab();
    await wrapper.get("[data-testid=quiet-hours] [role=switch]").setValue(true);
    await flushPromises();
    const names = wrapper.findAll("[data-testid^=quiet-day]").map((day) => day.attributes("aria-label"));
    expect(names).toEqual(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
  });

  it("show a test notification", async () => {
    const { wrapper, press, host } = await tab();
    await press("test-notification");
    expect(host.calls.some(({ name }) => name === "test_notification")).toBe(true);
    expect(wrapper.text()).toContain("Test notification sent.");
  });
});

describe("why was I not notified?", () => {
  it("says where, what and why", async () => {
    const { wrapper } = await tab();
    const muted = wrapper.get("[data-why=muted]");
    expect(muted.text()).toContain("#ci-notices");
    expect(muted.text()).toContain("not notified");
    expect(muted.text()).toContain("This room is muted.");
    expect(wrapper.get("[data-why=mention]").text()).not.toContain("not notified");
  });

  it("does something about it, once", async () => {
    const { wrapper, room, host } = await tab();
    await wrapper.get("[data-why=muted] button").trigger("click");
    await flushPromises();
    expect(room(6).muted).toBe(false);
    expect(wrapper.find("[data-why=muted] button").exists()).toBe(false);
    await wrapper.get("[data-why=room_not_mentioned] button").trigger("click");
    await flushPromises();
    expect(host.calls).toContainEqual({
      name: "notify_room",
      args: { space: NORTHLIGHT, room: roomId(3), level: "all" },
    });
    expect(wrapper.find("[data-why=seen] button").exists()).toBe(false);
  });
});
