/** Switching rooms faster than anybody reads does not disconnect the device for too many requests. */
import { expect, test } from "@playwright/test";
import { World } from "./host";

/** As many as after a holiday, five per second. */
const SWITCHES = 300;
const EACH_MS = 200;
const ROOMS = ["anchors", "birds", "compasses", "docks", "eddies"];

let world: World;
test.beforeAll(async () => {
  world = await World.start();
});
test.afterAll(() => world.stop());

test("three hundred rooms in a minute", async ({ browser }) => {
  test.setTimeout(180_000);
  const aki = await world.join(browser, "aki");
  for (const room of ROOMS) {
    await aki.getByTestId("rooms-add").click();
    await aki.getByTestId("menu-create_room").click();
    await aki.getByTestId("create-room-name").fill(room);
    await aki.getByTestId("create-room-submit").click();
    await expect(aki.getByTestId("room-title")).toContainText(room);
  }
  await aki.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const look = () => {
      for (const line of document.querySelectorAll<HTMLElement>('[data-testid="connection-banner"]')) {
        seen.add(line.dataset["state"] ?? "");
      }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    look();
  });
  const titles = new Set<string | null>();
  for (let n = 0; n < SWITCHES; n += 1) {
    // How long the key is held sets the pace.
    await aki.keyboard.press("Alt+ArrowDown", { delay: EACH_MS });
    if (n < 12) titles.add(await aki.getByTestId("room-title").textContent());
  }
  expect(titles.size).toBeGreaterThan(ROOMS.length - 1);
  await expect(aki.getByTestId("connection-banner")).toHaveAttribute("data-state", "up_to_date");
  const seen = await aki.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  expect(seen.filter((state) => !["up_to_date", "catching_up"].includes(state))).toEqual([]);
});
