import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { createWords } from "@/i18n";
import type { Role } from "@/generated/bridge";
import { NORTHLIGHT, stage } from "@/testing/mount";
import App from "./App.vue";
import WelcomeScreen from "@/features/welcome/WelcomeScreen.vue";

afterEach(() => document.body.replaceChildren());

const dialog = () => document.querySelector<HTMLElement>("[role=dialog]");

/** The app after its space was entered, called so, by somebody of this role. */
async function entered(name: string, role: Role) {
  const all = await stage("main");
  const state = all.space();
  all.homing.state.spaces.set(NORTHLIGHT, {
    ...state,
    space: { ...state.space, name },
    people: new Map(
      [...state.people].map(([id, one]) => [id, id === state.space.me ? { ...one, role } : one]),
    ),
  });
  const app = all.put(App, { props: { words: createWords() } });
  all.navigation.show("add_space");
  await flushPromises();
  app.getComponent(WelcomeScreen).vm.$emit("entered", NORTHLIGHT);
  await flushPromises();
  return { ...all, app };
}

describe("a space that nobody has named", () => {
  it("is named by its first owner, who is asked at once", async () => {
    const { app, host } = await entered("Homing", "owner");
    await expect.poll(() => dialog()?.textContent, { timeout: 5000 }).toContain("Name your space");
    const field = document.querySelector<HTMLInputElement>("[data-testid=new-space-name]");
    const save = document.querySelector<HTMLButtonElement>("[data-testid=name-save]");
    await expect.poll(() => document.activeElement).toBe(field);
    expect(save?.disabled).toBe(true);
    if (field) field.value = "  Harbour ";
    field?.dispatchEvent(new Event("input"));
    await flushPromises();
    save?.click();
    await flushPromises();
    const asked = host.calls.filter(({ name }) => name === "rename_space").map(({ args }) => args);
    expect(asked).toEqual([{ space: NORTHLIGHT, name: "Harbour" }]);
    expect(dialog()).toBeNull();
    app.unmount();
  });

  it.each<[string, Role]>([
    ["Homing", "member"],
    ["Northlight", "owner"],
  ])("is no matter where it is called %s and one is %s", async (name, role) => {
    const { app, navigation } = await entered(name, role);
    expect([navigation.view.dialog, dialog()]).toEqual([null, null]);
    app.unmount();
  });
});
