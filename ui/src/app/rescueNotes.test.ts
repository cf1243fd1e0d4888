import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import SignedOutNote from "@/features/connection/SignedOutNote.vue";
import { stage } from "@/testing/mount";
import RescueNotes from "./RescueNotes.vue";

afterEach(() => document.body.replaceChildren());

describe("a damaged space", () => {
  it("is told with counts and the place, until it was read", async () => {
    const { put, homing } = await stage("rescued");
    const wrapper = put(RescueNotes);
    const note = wrapper.get("[data-testid=rescued]");
    expect(note.attributes("role")).toBe("alert");
    for (const words of [
      "The local database of Northlight was damaged",
      "3 unsent messages were rescued and will be sent automatically.",
      "1 unsaved draft or read marker was rescued.",
      "1 unsent message can’t be recovered.",
      ".damaged-1",
    ])
      expect(note.text()).toContain(words);
    expect(note.text()).not.toContain("there may have been more");
    await wrapper.get("[data-testid=rescue-read]").trigger("click");
    await flushPromises();
    expect(homing.state.rescued).toEqual([]);
    expect(wrapper.find("[data-testid=rescued]").exists()).toBe(false);
  });
});

describe("a device that was signed out", () => {
  it("says what happened, what is kept and what to do", async () => {
    const { put, space, navigation } = await stage("signed_out");
    const wrapper = put(SignedOutNote, { props: { space: space() } });
    for (const words of [
      "This device was signed out of Northlight",
      `${space().outbox.waiting} unsent messages are saved on this computer.`,
      "they’re sent automatically, each exactly once",
    ])
      expect(wrapper.text()).toContain(words);
    await wrapper.get("[data-testid=show-outbox]").trigger("click");
    expect(navigation.view.dialog).toBe("outbox");
    await wrapper.get("[data-testid=sign-in-again]").trigger("click");
    expect(navigation.view.dialog).toBe("add_space");
  });
});
