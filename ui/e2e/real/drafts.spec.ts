/** Two devices of one person, with an engine each: text on one is never replaced by the other's draft. */
import { type Browser, type Page, expect, test } from "@playwright/test";
import { World, say, texts } from "./host";

const LONG = "two hundred words of somebody who sat in a train";

let world: World;
test.beforeAll(async () => {
  world = await World.start();
});
test.afterAll(() => world.stop());

const box = (page: Page) => page.getByTestId("composer");
const offered = (page: Page) => page.getByTestId("other-draft").locator(".text");
const state = (page: Page) => page.getByTestId("connection-banner");

/** The text waits for nothing more: it is saved when the window loses the caret. */
async function write(page: Page, text: string) {
  await box(page).fill(text);
  await box(page).blur();
}

/** A second window with its own engine and network, signed in with a device link of the first. */
async function second(browser: Browser, first: Page, name: string): Promise<Page> {
  await first.keyboard.press("Control+,");
  await first.getByTestId("settings-devices").click();
  await first.getByTestId("link-device").click();
  const link = await first.getByTestId("device-link").inputValue();
  const through = /127\.0\.0\.1:\d+/;
  const [own] = through.exec(await world.link(name)) ?? [""];
  const page = await world.page(browser, name);
  await page.getByTestId("welcome-link").fill(link.replace(through, own));
  await expect(page.getByTestId("welcome-found")).toContainText("Northlight");
  await page.getByTestId("welcome-join").click();
  await expect(page.getByTestId("main")).toBeVisible();
  await expect(state(page)).toHaveAttribute("data-state", "up_to_date");
  await first.getByTestId("link-done").click();
  await first.keyboard.press("Escape");
  return page;
}

async function offline(page: Page, name: string) {
  await world.offline(name);
  await expect(state(page)).not.toHaveAttribute("data-state", "up_to_date", { timeout: 30_000 });
}

async function online(page: Page, name: string) {
  await world.online(name);
  await expect(state(page)).toHaveAttribute("data-state", "up_to_date", { timeout: 40_000 });
}

test("what is written on two devices is on both, and one is chosen", async ({ browser }) => {
  test.setTimeout(240_000);
  const desk = await world.join(browser, "desk");
  const lap = await second(browser, desk, "lap");

  await test.step("an idle device follows the one that writes", async () => {
    await write(desk, "see you");
    await expect(box(lap)).toHaveValue("see you");
    await desk.getByTestId("composer").fill("");
    await desk.getByTestId("composer").blur();
    await expect(box(lap)).toHaveValue("");
  });

  await test.step("a text under the caret stays, and the other one is offered", async () => {
    await box(desk).fill(LONG);
    await expect(box(lap)).toHaveValue(LONG);
    await write(lap, "ok");
    await expect(offered(desk)).toHaveText("ok");
    await expect(box(desk)).toHaveValue(LONG);
    await expect(box(desk)).toBeFocused();
    await desk.getByTestId("other-draft-keep").click();
    await expect(offered(desk)).toHaveCount(0);
    await expect(box(desk)).toHaveValue(LONG);
  });

  await test.step("what was written offline, before a restart, is there beside what came meanwhile", async () => {
    await offline(desk, "desk");
    await write(desk, `${LONG}, and more`);
    await write(lap, "on my way");
    await world.restart("desk");
    await desk.reload();
    await expect(box(desk)).toHaveValue(`${LONG}, and more`);
    await online(desk, "desk");
    await expect(offered(desk)).toHaveText("on my way");
    await expect(box(desk)).toHaveValue(`${LONG}, and more`);
    await expect(offered(lap)).toHaveText(`${LONG}, and more`);
    await expect(box(lap)).toHaveValue("on my way");
  });

  await test.step("the other one is used, and nothing is offered any more", async () => {
    await lap.getByTestId("other-draft-use").click();
    await expect(box(lap)).toHaveValue(`${LONG}, and more`);
    await expect(box(lap)).toBeFocused();
    await expect(offered(lap)).toHaveCount(0);
  });

  await test.step("what is sent on one device leaves both empty", async () => {
    await lap.getByTestId("composer").press("Enter");
    await expect.poll(() => texts(desk)).toEqual([`${LONG}, and more`]);
    await expect(box(lap)).toHaveValue("");
    await expect(box(desk)).toHaveValue("");
    await expect(offered(lap)).toHaveCount(0);
  });

  await test.step("what is sent on one device takes nothing from what is typed on the other", async () => {
    await write(desk, "a question");
    await expect(box(lap)).toHaveValue("a question");
    await offline(desk, "desk");
    await write(desk, "another one, typed in the tunnel");
    await say(lap, "a question");
    await online(desk, "desk");
    await expect(box(desk)).toHaveValue("another one, typed in the tunnel");
    await expect(box(lap)).toHaveValue("another one, typed in the tunnel");
    await expect.poll(() => texts(lap)).toEqual([`${LONG}, and more`, "a question"]);
  });
});
