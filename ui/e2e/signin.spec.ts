/** Signing in to a server with a self-signed certificate, and links on the clipboard. */
import { type Page, expect, test } from "@playwright/test";
import { openScene } from "./open";

async function signIn(page: Page, query = "") {
  await openScene(page, `scene=welcome${query}`);
  await page.getByTestId("welcome-sign-in").click();
  await page.getByTestId("sign-in-address").fill("192.168.1.20");
  await page.getByTestId("sign-in-name").fill("Aki");
  await page.getByTestId("sign-in-password").fill("correct horse");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("trust")).toBeVisible();
}

for (const [name, query, width] of [
  ["light", "&theme=light", 1280],
  ["dark-chinese", "&theme=dark&lang=zh-CN", 1280],
  ["narrow", "&theme=light", 480],
] as const) {
  test(`a picture of the question, ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 760 });
    await signIn(page, query);
    await page.screenshot({ path: `test-results/trust-${name}.png`, animations: "disabled" });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}

test("the question has its safe answer under the keys, and lets in by the other", async ({ page }) => {
  await signIn(page, "&theme=light");
  const dialog = page.getByRole("dialog", { name: "Is this your server?" });
  await expect(dialog).toContainText("Nothing you typed has been sent");
  await expect(page.getByTestId("trust-cancel")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId("welcome")).toBeVisible();
  await page.getByTestId("sign-in-submit").click();
  await page.getByTestId("trust-sure").click();
  await expect(page.getByTestId("main")).toBeVisible();
});

for (const [name, query] of [
  ["light", "&theme=light"],
  ["dark-chinese", "&theme=dark&lang=zh-CN"],
] as const) {
  test(`a code from another device signs in, ${name}`, async ({ page }) => {
    await openScene(page, `scene=welcome${query}`);
    await page.getByTestId("welcome-sign-in").click();
    await page.getByTestId("sign-in-address").fill("chat.northlight.example");
    await page.getByTestId("sign-in-change").click();
    await expect(page.getByTestId("sign-in-code")).toBeFocused();
    await page.keyboard.type("5rt9 k2qx 7mpa hd3");
    await page.screenshot({ path: `test-results/sign-in-code-${name}.png`, animations: "disabled" });
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("failure")).toBeVisible();
    await page.getByTestId("sign-in-code").press("End");
    await page.keyboard.type("w");
    await page.keyboard.press("Enter");
    await expect(page.getByTestId("main")).toBeVisible();
  });
}

test("the address with its fingerprint stands among the devices", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.keyboard.press("Control+,");
  await page.getByTestId("settings-devices").click();
  await expect(page.getByLabel("Sign-in address")).toHaveValue(/^homing:\/\/sign-in\//);
  await page.getByTestId("fingerprint").scrollIntoViewIfNeeded();
  await page.screenshot({ path: "test-results/sign-in-address.png", animations: "disabled" });
});

test("a link that was copied is offered when one comes back", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  await expect(page.getByTestId("copied-link")).toHaveCount(0);
  await page.evaluate(() => {
    if (window.homingDemo)
      window.homingDemo.copied = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
    window.dispatchEvent(new Event("focus"));
  });
  await expect(page.getByTestId("copied-link")).toHaveText(
    "Use the join link you copied (chat.northlight.example)",
  );
  await page.screenshot({ path: "test-results/copied-link.png", animations: "disabled" });
  await page.getByTestId("copied-link").click();
  await expect(page.getByTestId("welcome-found")).toContainText("Mei Lin invited you to Northlight");
});
