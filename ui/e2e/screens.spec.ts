/** Screenshots of every screen, without errors in the console and without horizontal overflow. */
import { expect, test } from "@playwright/test";
import { MORNING, SPACE, openScene } from "./open";

const scenes: {
  name: string;
  query: string;
  width?: number;
  height?: number;
  then?:
    | "details"
    | "switcher"
    | "settings"
    | "advanced"
    | "about"
    | "asked"
    | "invite"
    | "drawer"
    | "notifications"
    | "why"
    | "room-notify"
    | "status"
    | "devices"
    | "link";
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
  { name: "advanced", query: "scene=main&theme=light", then: "advanced" },
  { name: "advanced-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "advanced" },
  {
    name: "advanced-narrow",
    query: "scene=main&theme=light",
    width: 480,
    height: 760,
    then: "advanced",
  },
  { name: "about", query: "scene=main&theme=light", then: "about" },
  { name: "about-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "about" },
  { name: "about-narrow", query: "scene=main&theme=light", width: 480, height: 760, then: "about" },
  { name: "asked", query: "scene=offline&theme=light", then: "asked" },
  { name: "asked-dark-chinese", query: "scene=offline&theme=dark&lang=zh-CN", then: "asked" },
  { name: "asked-narrow", query: "scene=offline&theme=light", width: 480, height: 760, then: "asked" },
  { name: "notifications", query: "scene=main&theme=light", then: "notifications" },
  { name: "why", query: "scene=main&theme=light", then: "why" },
  { name: "why-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "why" },
  { name: "why-narrow", query: "scene=main&theme=dark", width: 480, height: 760, then: "why" },
  { name: "notifications-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "notifications" },
  {
    name: "notifications-narrow",
    query: "scene=main&theme=light",
    width: 480,
    height: 760,
    then: "notifications",
  },
  { name: "room-notify", query: "scene=main&theme=light", then: "room-notify" },
  { name: "room-notify-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "room-notify" },
  {
    name: "room-notify-narrow",
    query: "scene=main&theme=light",
    width: 480,
    height: 760,
    then: "room-notify",
  },
  { name: "status", query: "scene=main&theme=light", then: "status" },
  { name: "status-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "status" },
  { name: "invite", query: "scene=main&theme=light", then: "invite" },
  { name: "devices", query: "scene=main&theme=light", then: "devices" },
  { name: "link-device", query: "scene=main&theme=light", then: "link" },
  { name: "link-device-dark-chinese", query: "scene=main&theme=dark&lang=zh-CN", then: "link" },
  { name: "link-device-narrow", query: "scene=main&theme=light", width: 480, height: 760, then: "link" },
  { name: "signed-out", query: "scene=signed_out&theme=light" },
  { name: "signed-out-dark-chinese", query: "scene=signed_out&theme=dark&lang=zh-CN" },
  { name: "signed-out-narrow", query: "scene=signed_out&theme=light", width: 480, height: 760 },
  { name: "rescued", query: "scene=rescued&theme=light" },
  { name: "rescued-dark-chinese", query: "scene=rescued&theme=dark&lang=zh-CN" },
  { name: "rescued-narrow", query: "scene=rescued&theme=light", width: 480, height: 760 },
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
    if (then === "advanced") {
      await page.keyboard.press("Control+,");
      await page.getByTestId("settings-advanced").click();
      await page.getByTestId("figures").locator("summary").click();
      // The third value is invalid, and the field shows why.
      await page.getByRole("textbox").nth(2).fill("90");
    }
    if (then === "devices" || then === "link") {
      await page.keyboard.press("Control+,");
      await page.getByTestId("settings-devices").click();
    }
    if (then === "link") {
      await page.getByTestId("link-device").click();
      await expect(page.getByTestId("link-qr")).toBeVisible();
    }
    if (then === "about") {
      await page.keyboard.press("Control+,");
      await page.getByTestId("settings-about").click();
      await page.getByTestId("update-look").click();
      await expect(page.getByTestId("news")).toBeVisible();
    }
    if (then === "asked") {
      await page.evaluate((space) => {
        const why = { cause: "unreachable" } as const;
        const until = Date.now() + 23_000;
        window.homingDemo?.setLink(space, { state: "waiting", until, attempt: 10, why, ask: "now" });
      }, SPACE);
      await expect(page.getByTestId("keep-trying")).toBeVisible();
    }
    if (then === "why") {
      await page.keyboard.press("Control+,");
      await page.getByTestId("settings-notifications").click();
      await page.getByTestId("why").getByRole("listitem").last().scrollIntoViewIfNeeded();
    }
    if (then === "notifications") {
      await page.keyboard.press("Control+,");
      await page.getByTestId("settings-notifications").click();
      await page.getByTestId("quiet-hours").getByRole("switch").check();
      await page.getByTestId("quiet-day-6").uncheck();
      await page.getByTestId("settings-pause").click();
    }
    if (then === "room-notify") await page.getByTestId("notify-open").click();
    if (then === "status") {
      await page.getByTestId("status-open").click();
      await page.getByTestId("status-quiet").click();
      await page.getByTestId("status-open").click();
      await expect(page.getByTestId("status-menu")).toBeVisible();
    }
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
    // No horizontal overflow.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}

test("a picture of welcome", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  await page
    .getByTestId("welcome-link")
    .fill("homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3kbNdY6cHk0rYx6fEwqj");
  await expect(page.getByTestId("welcome-found")).toContainText("Mei Lin invited you to Northlight");
  await page.getByTestId("welcome-name").fill("Aki Kern");
  await page.screenshot({ path: "test-results/welcome.png", animations: "disabled" });
  await page.getByTestId("welcome-name").fill("Locked");
  await page.getByTestId("welcome-join").click();
  await expect(page.getByTestId("failure")).toHaveAttribute("data-code", "keyring");
  await page.screenshot({ path: "test-results/welcome-keyring.png", animations: "disabled" });
});

test("nothing moves under the pointer while a link is looked into", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  const link = page.getByTestId("welcome-link");
  const place = () => page.getByTestId("welcome-join").boundingBox();
  const before = await place();
  const good = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
  for (const [text, said] of [
    [good, "invited you to Northlight"],
    [good.replace("5RT9-K2QX", "EXPIRED"), "This invitation has expired"],
  ] as const) {
    await link.fill(text);
    await expect(page.getByText(said)).toBeVisible();
    expect(await place()).toEqual(before);
  }
});

test("a picture of welcome with a device link", async ({ page }) => {
  await openScene(page, "scene=welcome&theme=light");
  await page
    .getByTestId("welcome-link")
    .fill("homing://link/chat.northlight.example/5RT9-K2QX?fp=iC3kbNdY6cHk0rYx6fEwqj");
  await expect(page.getByTestId("welcome-found")).toContainText("Signing in to Northlight as Aki");
  await page.screenshot({ path: "test-results/welcome-device.png", animations: "disabled" });
});

test("a picture of welcome in the dark and narrow", async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 760 });
  await openScene(page, "scene=welcome&theme=dark&lang=zh-CN");
  await page.getByTestId("welcome-start").click();
  await page.screenshot({ path: "test-results/welcome-start.png", animations: "disabled" });
  expect(MORNING).toBeGreaterThan(0);
});
