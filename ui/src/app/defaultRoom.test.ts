import { defineComponent } from "vue";
import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { stage } from "@/testing/mount";
import { useDefaultRoom } from "./useDefaultRoom";

describe("the first room", () => {
  it("is chosen in a space that is looked at", async () => {
    const { put, space, navigation } = await stage();
    const first = [...space().rooms.keys()][0];
    put(defineComponent(() => (useDefaultRoom(space, () => first), () => null)));
    navigation.openSpace(space().space.id);
    navigation.closeRoom();
    await flushPromises();
    expect(navigation.view.room).toBe(first);
  });

  it("takes nobody back from a space that was just entered and is still to come", async () => {
    const { put, space, navigation } = await stage();
    const entered = "01890a5d-ac96-774b-bcce-b302099a8057";
    put(defineComponent(() => (useDefaultRoom(space, () => [...space().rooms.keys()][0]), () => null)));
    navigation.openSpace(entered);
    await flushPromises();
    expect(navigation.view.space).toBe(entered);
  });
});
