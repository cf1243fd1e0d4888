/** Screenshots of a missing key, without horizontal overflow. */
import { type Page, expect, test } from "@playwright/test";
import { openScene } from "./open";

async function picture(page: Page, name: string) {
  await page.screenshot({ path: `test-results/${name}.png`, animations: "disabled" });
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
}

for (const state of ["locked", "absent", "denied", "changed", "timed_out", "failed"]) {
  test(`a picture of a keyring that is ${state}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=light&keyring=${state}`);
    await expect(page.getByTestId("key-banner")).toHaveAttribute("data-why", state);
    await picture(page, `keyring-${state}`);
  });
}

for (const [name, query, width] of [
  ["closed", "theme=light", 1280],
  ["closed-dark-chinese", "theme=dark&lang=zh-CN", 1280],
  ["closed-narrow", "theme=light", 480],
] as const) {
  test(`a picture of the passphrase, ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 760 });
    await openScene(page, `scene=main&keyring=absent&sealed=closed&${query}`);
    await page.getByTestId("passphrase").fill("correct hoarse battery");
    await picture(page, `passphrase-${name}`);
    await page.getByTestId("passphrase-submit").click();
    await expect(page.getByRole("alert")).toHaveCount(0);
    await picture(page, `passphrase-${name}-wrong`);
    await page.getByTestId("passphrase-forgotten").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await picture(page, `passphrase-${name}-forgotten`);
  });
}

test("a picture of a changed keyring in the dark, Chinese and narrow", async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 760 });
  await openScene(page, "scene=main&theme=dark&lang=zh-CN&keyring=changed");
  await picture(page, "keyring-changed-narrow");
});

test("a picture of the settings", async ({ page }) => {
  for (const [name, query] of [
    ["unused", "keyring=working&theme=light"],
    ["locked", "keyring=locked&theme=dark&lang=zh-CN"],
    ["open", "keyring=absent&sealed=open&theme=light"],
    ["damaged", "sealed=damaged&theme=dark"],
  ] as const) {
    await openScene(page, `scene=main&${query}`);
    await page.keyboard.press("Control+,");
    await page.getByTestId("settings-security").click();
    await picture(page, `settings-keys-${name}`);
  }
});
