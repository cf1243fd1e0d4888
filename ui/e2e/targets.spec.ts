/** Everything that can be pressed is at least 24 by 24 pixels (WCAG 2.2, success criterion 2.5.8). */
import { type Page, expect, test } from "@playwright/test";
import { SETTINGS_PAGES } from "../src/stores/navigation";
import { SPACE, openScene } from "./open";

/** The controls that are smaller. A label is part of its control; links within a text are exempt. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const least = 24;
    const roles = ["button", "tab", "option", "menuitem", "menuitemradio", "menuitemcheckbox"];
    const controls = ["a[href]", "button", "input", "select", "summary", "textarea"]
      .concat(roles.map((role) => `[role=${role}]`))
      .join();
    const targets = [...document.querySelectorAll(controls)]
      .filter((one) => one.checkVisibility() && !one.matches(".sr-only, .rich a"))
      .map((one) => one.closest("label") ?? one);
    return targets.flatMap((one) => {
      const { width, height } = one.getBoundingClientRect();
      const name = one.getAttribute("aria-label") ?? one.textContent;
      // A hundredth of a pixel is rounding.
      return Math.min(width, height) < least - 0.01 ? [`${one.className} ${name}: ${width} × ${height}`] : [];
    });
  });
}

test("the main screen", async ({ page }) => {
  await openScene(page, "scene=offline&theme=light");
  await expect(page.getByTestId("message").first()).toBeVisible();
  await page.evaluate((space) => {
    const world = window.homingDemo;
    const [first] = world?.outboxOf(space) ?? [];
    if (first) world?.change(space, first.cid, { delivery: { state: "wedged", reason: "too_large" } });
  }, SPACE);
  await expect(page.locator('[data-state="wedged"]').first()).toBeVisible();
  await page.getByTestId("message").last().click({ button: "right" });
  await expect(page.getByTestId("message-menu")).toBeVisible();
  expect(await tooSmall(page), "with the menu of a message").toEqual([]);
  await page.getByRole("menuitem", { name: "Copy text" }).click();
  await expect(page.getByTestId("notice")).toBeVisible();
  await page.getByTestId("details-open").click();
  await expect(page.getByTestId("members")).toBeVisible();
  expect(await tooSmall(page)).toEqual([]);
});

test("the menus of the main screen, and its rail of spaces", async ({ page }) => {
  await openScene(page, "scene=spaces&theme=light");
  for (const opens of ["space-name", "rooms-add", "notify-open", "status-open", "link-state"]) {
    await page.getByTestId(opens).click();
    await expect(page.locator(".menu")).toBeVisible();
    expect(await tooSmall(page), opens).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.locator(".menu")).toHaveCount(0);
  }
});

test("where a key is missing", async ({ page }) => {
  for (const keys of ["keyring=changed", "keyring=not_set_up", "keyring=absent&sealed=closed"]) {
    await openScene(page, `scene=main&theme=light&${keys}`);
    await expect(page.getByTestId("key-banner")).toBeVisible();
    expect(await tooSmall(page), keys).toEqual([]);
  }
});

test("welcome", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  expect(await tooSmall(page)).toEqual([]);
  await page.evaluate(() => {
    if (window.homingDemo)
      window.homingDemo.copied = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
    window.dispatchEvent(new Event("focus"));
  });
  await expect(page.getByTestId("copied-link")).toBeVisible();
  expect(await tooSmall(page), "with a copied link").toEqual([]);
  await page.getByTestId("copied-link").click();
  await page.getByTestId("welcome-name").fill("Locked");
  await page.getByTestId("welcome-join").click();
  await expect(page.getByTestId("failure")).toBeVisible();
  expect(await tooSmall(page), "with a failure").toEqual([]);
});

test("the other ways in", async ({ page }) => {
  for (const way of ["welcome-start", "welcome-sign-in"]) {
    await openScene(page, "scene=welcome&theme=light");
    await page.getByTestId(way).click();
    await expect(page.getByTestId(way)).toHaveCount(0);
    expect(await tooSmall(page), way).toEqual([]);
  }
});

test("settings", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.keyboard.press("Control+,");
  for (const tab of SETTINGS_PAGES) {
    await page.getByTestId(`settings-${tab}`).click();
    await expect(page.getByRole("tabpanel")).toBeVisible();
    expect(await tooSmall(page), tab).toEqual([]);
  }
  // The details of what failed can be opened.
  await page.evaluate(() => {
    const world = window.homingDemo;
    if (!world) return;
    const failed = { stage: "failed", trouble: "offline", text: "connection reset" } as const;
    world.view.update = { ...world.view.update, ...failed };
    world.push({ change: "update", update: world.view.update });
  });
  await expect(page.getByRole("tabpanel").locator("summary")).toBeVisible();
  expect(await tooSmall(page), "a failed update").toEqual([]);
});
