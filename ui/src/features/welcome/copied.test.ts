import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { stage } from "@/testing/mount";
import WelcomeScreen from "./WelcomeScreen.vue";

const LINK = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
afterEach(() => document.body.replaceChildren());

async function arriving(copied: string | null) {
  const all = await stage("welcome");
  let reads = 0;
  const read = all.homing.copiedLink;
  all.homing.copiedLink = () => {
    reads++;
    return read();
  };
  all.world.copied = copied;
  const wrapper = all.put(WelcomeScreen);
  await flushPromises();
  const offer = () => wrapper.find("[data-testid=copied-link]");
  const focus = async () => {
    window.dispatchEvent(new Event("focus"));
    await flushPromises();
  };
  return { ...all, wrapper, offer, focus, reads: () => reads };
}

describe("a link that was copied", () => {
  it("is offered when the window is come back to, and joined by at a click", async () => {
    const { wrapper, offer, focus, world, host } = await arriving(null);
    expect(offer().exists()).toBe(false);
    world.copied = LINK;
    await focus();
    expect(offer().text()).toBe("Use the join link you copied (chat.northlight.example)");
    const field = () => wrapper.get<HTMLInputElement>("[data-testid=welcome-link]").element.value;
    expect(field()).toBe("");
    await offer().trigger("click");
    expect(field()).toBe(LINK);
    expect(document.activeElement?.getAttribute("data-testid")).toBe("welcome-name");
    await expect.poll(() => wrapper.find("[data-testid=welcome-found]").exists()).toBe(true);
    expect(host.calls.some(({ name }) => name === "join")).toBe(false);
  });

  it("of one's other device is offered as signing in", async () => {
    const { offer } = await arriving(LINK.replace("/join/", "/link/"));
    expect(offer().text()).toBe("Use the device link you copied (chat.northlight.example)");
  });

  it("is no reason to ask a server that nobody chose", async () => {
    const { offer, focus, host, world } = await arriving(LINK);
    await focus();
    expect(host.calls.filter(({ name }) => name === "inspect_link")).toEqual([]);
    world.copied = null;
    await focus();
    expect(offer().exists()).toBe(false);
  });

  it("is not looked for where there is nothing to paste it into", async () => {
    const { wrapper, focus, reads } = await arriving(null);
    const before = reads();
    await wrapper.get("[data-testid=welcome-start]").trigger("click");
    await focus();
    expect(reads()).toBe(before);
    await wrapper.get("[data-testid=welcome-back]").trigger("click");
    await wrapper.get("[data-testid=welcome-link]").setValue("homing://join/other");
    const typed = reads();
    await focus();
    expect(reads()).toBe(typed);
    wrapper.unmount();
    await focus();
    expect(reads()).toBe(typed);
  });
});
