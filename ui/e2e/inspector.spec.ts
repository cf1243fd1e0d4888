/** The Connection Inspector, the Connection Doctor and holes in a log, with screenshots. */
import { type Page, expect, test } from "@playwright/test";
import { ROOM, SPACE, openScene } from "./open";

async function command(page: Page, words: string) {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(words);
  await page.keyboard.press("Enter");
}

const themes = [
  { name: "light", query: "theme=light" },
  { name: "dark", query: "theme=dark" },
  { name: "chinese", query: "theme=light&lang=zh-CN" },
  { name: "narrow", query: "theme=dark&lang=zh-CN", width: 480, height: 760 },
];

for (const { name, query, width = 1280, height = 820 } of themes) {
  test(`pictures of both tools, ${name}`, async ({ page }) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    await page.setViewportSize({ width, height });
    await openScene(page, `scene=main&${query}`);
    await page.keyboard.press("Control+,");
    await page.getByTestId("settings-advanced").click();
    await page.getByTestId("open-inspector").click();
    await expect(page.locator("[data-tint]")).toHaveCount(14);
    await page.waitForTimeout(250);
    await page.screenshot({ path: `test-results/inspector-${name}.png`, animations: "disabled" });
    await page.locator('[data-tint="sent"]').last().click();
    await expect(page.getByTestId("frame")).toContainText("The anchor can hold the row.");
    await page.waitForTimeout(250);
    await page.screenshot({ path: `test-results/inspector-frame-${name}.png`, animations: "disabled" });
    await page.getByTestId("open-doctor").click();
    await expect(page.locator("[data-verdict]")).toHaveCount(9);
    await page.waitForTimeout(250);
    await page.screenshot({ path: `test-results/doctor-${name}.png`, animations: "disabled" });
    expect(problems).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });
}

test("the Inspector filters, finds, pauses and explains", async ({ page }) => {
  await openScene(page, "scene=main");
  await command(page, "Inspector");
  const rows = page.locator("[data-tint]");
  await expect(rows).toHaveCount(14);
  await page.getByLabel("Show", { exact: true }).selectOption("trouble");
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: "close 1006" }).click();
  await expect(page.getByTestId("frame")).toContainText("This code is never sent");
  await page.getByLabel("Show", { exact: true }).selectOption("all");
  await page.getByLabel("Filter by type or content").fill("rate_limited");
  await expect(rows).toHaveCount(1);
  await page.getByLabel("Filter by type or content").fill("");

  await page.getByRole("button", { name: "Pause" }).click();
  await page.evaluate((space) => {
    window.homingDemo?.push({
      change: "traffic",
      space,
      traffic: {
        entries: [
          {
            number: 99,
            connection: 2,
            at: Date.now(),
            what: { what: "received", kind: "receipt", length: 20, preview: null },
          },
        ],
        round_trips: [],
        seconds: [],
        outages: null,
        online_since: Date.now(),
      },
    });
  }, SPACE);
  await expect(page.getByText("Paused. 1 new row.")).toBeVisible();
  await expect(rows).toHaveCount(14);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(rows).toHaveCount(15);
  await expect(rows.last()).toContainText("sent before the Inspector was open");
  await page.getByRole("button", { name: "receipt" }).click();
  await expect(page.getByTestId("frame")).toContainText("wasn’t recorded");

  await page.getByRole("button", { name: "Copy", exact: true }).first().click();
  await expect(page.getByText("Copied with private data hidden")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split("\n")).toHaveLength(14);
  await page.getByRole("button", { name: "Save to Downloads" }).click();
  await expect(page.getByText("homing-frames.jsonl")).toBeVisible();
});

test("who is offline finds out why", async ({ page }) => {
  await openScene(page, "scene=offline&theme=light");
  await page.getByTestId("why").click();
  await expect(page.getByTestId("doctor-verdict")).toHaveText("Failed at: TCP");
  await expect(page.locator('[data-step="tcp"]')).toContainText("Check the firewalls");
  await expect(page.locator('[data-verdict="skipped"]')).toHaveCount(5);
  await page.waitForTimeout(250);
  await page.screenshot({ path: "test-results/doctor-offline.png", animations: "disabled" });
  await page.getByRole("button", { name: "Copy report" }).click();
  await expect(page.getByText("Report copied. It contains no secrets.")).toBeVisible();
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(page.getByTestId("doctor-verdict")).toHaveText("Failed at: TCP");
});

for (const { name, query } of themes.slice(0, 3)) {
  test(`what is missing is said, and how much is left, ${name}`, async ({ page }) => {
    await openScene(page, `scene=main&${query}`);
    await expect(page.getByTestId("message").first()).toBeVisible();
    await page.evaluate(
      ([space, room]) => {
        const world = window.homingDemo;
        const head = world?.book(space, room).room.head ?? 0;
        const holes = [
          { from: 1, to: 30, expired: true },
          { from: head - 1, to: head - 1, expired: false },
          { from: head + 1, to: head + 214, expired: false },
        ];
        world?.pushIn(space, { diff: "holes", room, holes });
        world?.setLink(space, { state: "catching_up", rooms: 3, messages: 900 });
        world?.setLink(space, { state: "catching_up", rooms: 2, messages: 340 });
      },
      [SPACE, ROOM] as const,
    );
    const end = page.getByTestId("hole").last();
    await expect(end).toContainText("214");
    const banner = page.getByTestId("connection-banner");
    await expect(banner).toContainText("340");
    await expect(banner.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "62");
    await page.waitForTimeout(600);
    await page.screenshot({ path: `test-results/holes-${name}.png`, animations: "disabled" });
  });
}
