/** axe finds no violation on any screen, in the light and the dark theme. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Page, expect, test } from "@playwright/test";
import { SPACE, openScene } from "./open";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Measured at rest: without motion nothing is half transparent.
test.use({ contextOptions: { reducedMotion: "reduce" } });

async function findings(page: Page): Promise<string[]> {
  // Outside of the page's own policy, as a test may be.
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ["violations"],
    }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
  );
}

for (const theme of ["light", "dark"]) {
  test(`nothing is found in the Inspector and the Doctor, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=${theme}`);
    await page.getByTestId("link-state").click();
    await expect(page.getByTestId("connection-card")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("card-inspector").click();
    await page.locator('[data-tint="trouble"]').first().click();
    await expect(page.getByTestId("frame")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("open-doctor").click();
    await expect(page.locator("[data-verdict]")).toHaveCount(9);
    expect(await findings(page)).toEqual([]);
  });
}

for (const theme of ["light", "dark"]) {
  test(`nothing is found on the main screen, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=offline&theme=${theme}`);
    await expect(page.getByTestId("message").first()).toBeVisible();
    await page.evaluate((space) => {
      const world = window.homingDemo;
      const [first] = world?.outboxOf(space) ?? [];
      if (first) world?.change(space, first.cid, { delivery: { state: "wedged", reason: "too_large" } });
    }, SPACE);
    await expect(page.locator('[data-state="wedged"]').first()).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("details-open").click();
    await expect(page.getByTestId("members")).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });

  test(`nothing is found in the dialogs, ${theme}`, async ({ page }) => {
    test.slow();
    await openScene(page, `scene=main&theme=${theme}`);
    await page.keyboard.press("Control+,");
    for (const tab of [
      "profile",
      "appearance",
      "language",
      "notifications",
      "desktop",
      "devices",
      "space",
      "security",
      "network",
      "advanced",
      "about",
    ]) {
      await page.getByTestId(`settings-${tab}`).click();
      expect(await findings(page), tab).toEqual([]);
    }
    await page.keyboard.press("Escape");
    for (const dialog of ["create_room", "browse_rooms", "direct", "invite"]) {
      await page.getByTestId("rooms-add").click();
      await page.getByTestId(`menu-${dialog}`).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      expect(await findings(page), dialog).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
    }
    await page.getByTestId("space-name").click();
    await page.getByTestId("space-leave_space").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(await findings(page), "leave").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByTestId("switcher").fill("i");
    expect(await findings(page), "switcher").toEqual([]);
  });

  test(`nothing is found in the emoji picker, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=${theme}`);
    await page.getByTestId("emoji-open").click();
    await expect(page.getByRole("grid")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("emoji-search").fill("wave");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.getByTestId("emoji-tones")).toBeVisible();
    expect(await findings(page), "skin tones").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByTestId("composer").pressSequentially(":ta");
    await expect(page.getByTestId("suggestions")).toBeVisible();
    expect(await findings(page), "suggestions").toEqual([]);
  });

  test(`nothing is found on welcome and in an empty space, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=welcome&theme=${theme}`);
    await page.getByTestId("welcome-link").fill("homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k");
    await expect(page.getByTestId("welcome-found")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("welcome-link").fill("nonsense");
    await expect(page.getByText("That isn’t a Homing link")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByTestId("welcome-start").click();
    expect(await findings(page)).toEqual([]);
    await page.goto(`/?scene=empty&theme=${theme}`);
    await expect(page.getByTestId("empty-space")).toBeVisible();
    expect(await findings(page)).toEqual([]);
  });
}

for (const theme of ["light", "dark"]) {
  test(`nothing is found where a key is missing, ${theme}`, async ({ page }) => {
    for (const keys of ["keyring=changed", "keyring=absent&sealed=closed", "sealed=damaged"]) {
      await openScene(page, `scene=main&theme=${theme}&${keys}`);
      await expect(page.getByTestId("key-banner")).toBeVisible();
      expect(await findings(page), keys).toEqual([]);
    }
    await page.getByTestId("passphrase-renew").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(await findings(page), "a new passphrase").toEqual([]);
    await page.getByTestId("passphrase").fill("short");
    await page.getByTestId("passphrase-submit").click();
    expect(await findings(page), "too short").toEqual([]);
  });

  test(`nothing is found where keys move to a keyring, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=${theme}&keyring=absent&sealed=open`);
    await page.keyboard.press("Control+,");
    await page.getByTestId("settings-security").click();
    await page.getByTestId("use-keyring").click();
    await expect(page.getByTestId("not-moved")).toBeVisible();
    expect(await findings(page), "settings").toEqual([]);
  });
}
