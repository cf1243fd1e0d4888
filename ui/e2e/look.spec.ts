/** How it looks: pictures for people, and that nothing is wrong on the way to them. */
import { expect, test } from "@playwright/test";
import { MORNING, openScene } from "./open";

const scenes: {
  name: string;
  query: string;
  width?: number;
  height?: number;
  then?: "details" | "switcher" | "settings" | "invite" | "drawer";
}[] = [
  { name: "main-light", query: "scene=main&theme=light" },
  { name: "main-dark-offline", query: "scene=offline&theme=dark" },
  { name: "main-chinese", query: "scene=main&theme=light&lang=zh-CN" },
  { name: "main-spaces", query: "scene=spaces&theme=light" },
  { name: "main-narrow", query: "scene=main&theme=light", width: 480, height: 760 },
  { name: "drawer-narrow", query: "scene=main&theme=dark", width: 480, height: 760, then: "drawer" },
  { name: "details", query: "scene=main&theme=light", then: "details" },
  { name: "switcher", query: "scene=main&theme=dark", then: "switcher" },
  { name: "settings", query: "scene=main&theme=light", then: "settings" },
  {
    name: "settings-narrow",
    query: "scene=main&theme=dark&lang=zh-CN",
    width: 480,
    height: 760,
    then: "settings",
  },
  { name: "invite", query: "scene=main&theme=light", then: "invite" },
  { name: "empty", query: "scene=empty&theme=light" },
  { name: "empty-dark-chinese", query: "scene=empty&theme=dark&lang=zh-CN" },
];

for (const { name, query, width = 1280, height = 820, then } of scenes) {
  test(`a picture of ${name}`, async ({ page }) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await page.setViewportSize({ width, height });
    await openScene(page, query);
    await expect(page.getByRole("log")).toHaveAttribute("aria-busy", "false");
    if (then === "details") await page.getByTestId("details-open").click();
    if (then === "switcher") await page.keyboard.press("Control+k");
    if (then === "settings") await page.keyboard.press("Control+,");
    if (then === "drawer") await page.getByTestId("rooms-open").click();
    if (then === "invite") {
      await page.getByTestId("rooms-add").click();
      await page.getByTestId("menu-invite").click();
      await page.getByTestId("invite-create").click();
      await expect(page.getByTestId("invite-link")).toBeVisible();
    }
    await page.waitForTimeout(250);
    await page.screenshot({ path: `test-results/${name}.png`, animations: "disabled" });
    expect(problems).toEqual([]);
    // Nothing sticks out sideways.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}

test("a picture of welcome", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  await page
    .getByTestId("welcome-link")
    .fill("homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3kbNdY6cHk0rYx6fEwqj");
  await expect(page.getByTestId("welcome-found")).toContainText("Northlight, invited by Mei Lin");
  await page.getByTestId("welcome-name").fill("Aki Kern");
  await page.screenshot({ path: "test-results/welcome.png", animations: "disabled" });
  await page.getByTestId("welcome-name").fill("Locked");
  await page.getByTestId("welcome-join").click();
  await expect(page.getByTestId("failure")).toHaveAttribute("data-code", "keyring");
  await page.screenshot({ path: "test-results/welcome-keyring.png", animations: "disabled" });
});

test("a picture of welcome in the dark and narrow", async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 760 });
  await openScene(page, "scene=welcome&theme=dark&lang=zh-CN");
  await page.getByTestId("welcome-start").click();
  await page.screenshot({ path: "test-results/welcome-start.png", animations: "disabled" });
  expect(MORNING).toBeGreaterThan(0);
});
