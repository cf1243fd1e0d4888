import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Role } from "@/generated/bridge";
import { NORTHLIGHT, stage } from "@/testing/mount";
import SpaceTab from "./SpaceTab.vue";

afterEach(() => document.body.replaceChildren());

async function tab(role: Role) {
  const all = await stage();
  const own = all.space().people.get(all.space().space.me);
  if (own) own.role = role;
  const wrapper = all.put(SpaceTab, { props: { space: all.space() } });
  await flushPromises();
  return { ...all, wrapper };
}

describe("the name of the space", () => {
  it.each<[Role, boolean]>([
    ["owner", true],
    ["admin", true],
    ["member", false],
    ["guest", false],
  ])("can be changed by %s: %s", async (role, may) => {
    const { wrapper } = await tab(role);
    expect(wrapper.find("[data-testid=new-space-name]").exists()).toBe(may);
  });

  it("is changed for everyone, and says so", async () => {
    const { wrapper, homing } = await tab("owner");
    expect(wrapper.get("[data-testid=rename-space]").attributes("disabled")).toBeDefined();
    await wrapper.get("[data-testid=new-space-name]").setValue(" Harbour ");
    await wrapper.get("form").trigger("submit");
    await flushPromises();
    expect(homing.state.spaces.get(NORTHLIGHT)?.space.name).toBe("Harbour");
    expect(wrapper.get("[role=status]").text()).toBe("The space is now called Harbour.");
  });

  it("says beside the field what is wrong with it", async () => {
    const { wrapper, host } = await tab("owner");
    vi.spyOn(host, "call").mockRejectedValue({ code: "name_invalid", text: "", retry_after_ms: null });
    await wrapper.get("[data-testid=new-space-name]").setValue("\u202e");
    await wrapper.get("form").trigger("submit");
    await flushPromises();
    const field = wrapper.get("[data-testid=new-space-name]");
    expect(field.attributes("aria-invalid")).toBe("true");
    expect(wrapper.text()).toContain("Enter 1 to 80 characters");
    expect(wrapper.find("[role=status]").exists()).toBe(false);
  });
});
