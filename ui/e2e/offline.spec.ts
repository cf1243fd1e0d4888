/** Nothing typed while offline is lost, and the connection banner shows the state. */
import { expect, test } from "@playwright/test";
import { SPACE, openScene } from "./open";

test("messages wait offline and go out by themselves", async ({ page }) => {
  await openScene(page, "scene=offline");
  const banner = page.getByTestId("connection-banner");
  await expect(banner).toContainText("2 messages queued. Retrying in");
  await page.getByTestId("composer").fill("a third one");
  await page.keyboard.press("Enter");
  await expect(banner).toContainText("3 messages queued");
  await expect(page.locator('[data-testid=message][data-state="queued"]')).toHaveCount(3);
  const keys = await page
    .locator("[data-testid=message]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")));

  await page.getByTestId("outbox-open").click();
  await expect(page.getByTestId("outbox").getByRole("listitem")).toHaveCount(3);
  await page.keyboard.press("Escape");

  await page.getByTestId("try-now").click();
  await expect(banner).toHaveAttribute("data-state", "up_to_date");
  await expect(page.locator('[data-testid=message][data-state="queued"]')).toHaveCount(0);
  await expect(page.getByTestId("message").last()).toHaveAttribute("data-state", "delivered");
  const after = await page
    .locator("[data-testid=message]")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")));
  expect(after).toEqual(keys);
});

test("the countdown counts down", async ({ page }) => {
  await openScene(page, "scene=offline");
  const left = async () =>
    Number(/Retrying in (\d) s\./.exec(await page.getByTestId("connection-banner").innerText())?.[1]);
  // The clock of the page runs while it opens.
  const before = await left();
  expect(before).toBeGreaterThan(3);
  await page.clock.runFor(3000);
  await expect.poll(left).toBeLessThanOrEqual(before - 3);
});

test("staying offline is a choice that can be taken back", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.evaluate((space) => {
    window.homingDemo?.setLink(space, {
      state: "waiting",
      until: Date.now() + 20_000,
      attempt: 12,
      why: { cause: "timed_out" },
      ask: "now",
    });
  }, SPACE);
  await expect(page.getByTestId("connection-banner")).toContainText(
    "12 attempts failed. The server isn’t responding.",
  );
  await page.getByTestId("stay-offline").click();
  await expect(page.getByTestId("connection-banner")).toContainText("You’re working offline.");
  await page.getByTestId("go-online").click();
  await expect(page.getByTestId("connection-banner")).toHaveAttribute("data-state", "up_to_date");
});

test("who wants to be left alone is, while it tries on", async ({ page }) => {
  await openScene(page, "scene=offline");
  const banner = page.getByTestId("connection-banner");
  await page.evaluate((space) => {
    const [until, why] = [Date.now() + 20_000, { cause: "unreachable" } as const];
    window.homingDemo?.setLink(space, { state: "waiting", until, attempt: 10, why, ask: "now" });
  }, SPACE);
  await expect(banner).toContainText("10 attempts failed.");
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  await page.getByRole("button", { name: "Keep trying" }).click();
  await expect(page.getByRole("button", { name: "Keep trying" })).toHaveCount(0);
  // Screen readers still get the state, and the rest of the screen shows it.
  await expect(banner).toHaveAttribute("data-state", "waiting");
  await expect(banner.getByRole("status")).toContainText("Offline.");
});

test("a draft is there again after a reload of another room", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.getByTestId("composer").fill("half a thought");
  await page.locator('[data-room-name="general"]').click();
  await expect(page.getByTestId("composer")).toHaveValue("");
  await expect(page.locator('[data-room-name="delivery-engine"]')).toHaveAccessibleName(/draft/);
  await page.locator('[data-room-name="delivery-engine"]').click();
  await expect(page.getByTestId("composer")).toHaveValue("half a thought");
});
