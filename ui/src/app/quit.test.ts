import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { createWords } from "@/i18n";
import { stage } from "@/testing/mount";
import App from "./App.vue";

afterEach(() => document.body.replaceChildren());

const dialog = () => document.querySelector("[role=dialog]");
const press = async (name: string) => {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent?.trim() === name);
  if (!button) throw new Error(`no button is called ${name}`);
  button.click();
  await flushPromises();
};

/** The app, asked whether to quit while so many others are connected. */
async function asked(people: number) {
  const all = await stage("main");
  const app = all.put(App, { props: { words: createWords() } });
  const ask = async (people: number) => {
    all.world.push({ change: "open", open: { what: "quit", space_name: "Harbour", people } });
    await flushPromises();
  };
  await ask(people);
  const quits = () => all.host.calls.filter(({ name }) => name === "quit").length;
  return { ...all, app, ask, quits };
}

describe("quitting while others are connected to the space on this computer", () => {
  it("is asked first, and keeping it running quits nothing", async () => {
    const { app, host, quits } = await asked(2);
    expect(dialog()?.textContent).toContain("2 people are connected to Harbour on this computer.");
    expect(host.calls.map(({ name }) => name)).toContain("opened");
    expect(document.activeElement?.textContent).toBe("Keep running");
    await press("Keep running");
    expect([dialog(), quits()]).toEqual([null, 0]);
    app.unmount();
  });

  it("is done by whoever means it", async () => {
    const { app, quits } = await asked(1);
    expect(dialog()?.textContent).toContain("1 person is connected to Harbour on this computer.");
    await press("Quit anyway");
    expect(quits()).toBe(1);
    app.unmount();
  });

  it("is asked with those who are there now", async () => {
    const { app, ask } = await asked(1);
    await ask(3);
    expect(document.querySelectorAll("[role=dialog]").length).toBe(1);
    expect(dialog()?.textContent).toContain("3 people are connected");
    app.unmount();
  });
});
