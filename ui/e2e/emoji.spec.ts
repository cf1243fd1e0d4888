/** The emoji picker in a browser: how quickly it opens, where keys lead, how it looks, what it draws. */
import { type Page, expect, test } from "@playwright/test";
import { openScene } from "./open";

const opened = (page: Page) => page.locator("[data-cell]").first();

async function openPicker(page: Page) {
  await page.getByTestId("emoji-open").click();
  await opened(page).waitFor();
}

test("is open within a tenth of a second", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.getByTestId("emoji-open").hover();
  await page.waitForLoadState("networkidle");
  // Processor time of scripts, styles and layout: a busy machine and a slow screen are no fault of the picker.
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const parts = ["ScriptDuration", "RecalcStyleDuration", "LayoutDuration"];
  const spent = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics
      .filter(({ name }) => parts.includes(name))
      .reduce((sum, { value }) => sum + 1000 * value, 0);
  };
  const before = await spent();
  await openPicker(page);
  const took = (await spent()) - before;
  test.info().annotations.push({ type: "ms", description: took.toFixed(1) });
  expect(took).toBeGreaterThan(0);
  expect(took).toBeLessThan(100);
});

test("renders a part, and never loses the focus by scrolling", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await openPicker(page);
  expect(await page.locator("[data-cell]").count()).toBeLessThan(200);
  await page.keyboard.press("ArrowDown");
  const first = page.locator("[data-cell='0']");
  await expect(first).toBeFocused();
  await page
    .getByTestId("emoji-grid")
    .evaluate((grid) => ((grid.parentElement as HTMLElement).scrollTop = grid.clientHeight / 2));
  const numbers = () =>
    page
      .locator("[data-cell]")
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset["cell"])));
  await expect.poll(async () => Math.max(...(await numbers()))).toBeGreaterThan(800);
  await expect(first).toBeFocused();
  await page.keyboard.press("Control+End");
  await expect(page.locator("[data-cell]:focus")).toBeInViewport();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("composer")).toBeFocused();
});

test("offers no emoji that is drawn as a box", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await openPicker(page);
  const search = page.getByTestId("emoji-search");
  await search.fill("grinning");
  await expect(opened(page)).toBeVisible();
  // Unicode 17 is newer than the font of every system that this runs on so far.
  const boxes = await page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const ink = (text: string, colour: string) => {
      if (!canvas) return "";
      canvas.clearRect(0, 0, 300, 150);
      canvas.font = "24px 'Noto Color Emoji', sans-serif";
      canvas.fillStyle = colour;
      canvas.fillText(text, 0, 30);
      return canvas.getImageData(0, 0, 60, 60).data.join();
    };
    return [...document.querySelectorAll("[data-cell]")]
      .map((cell) => cell.textContent?.trim() ?? "")
      .filter((text) => ink(text, "#000") !== ink(text, "#f00"));
  });
  expect(boxes).toEqual([]);
});

for (const { name, query, width = 1280, height = 820, search = "" } of [
  { name: "light", query: "theme=light" },
  { name: "dark", query: "theme=dark" },
  { name: "chinese", query: "theme=light&lang=zh-CN", search: "xiao" },
  { name: "narrow", query: "theme=dark&lang=zh-CN", width: 480, height: 420 },
])
  test(`looks right, ${name}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await openScene(page, `scene=main&${query}`);
    await page.getByTestId("composer").fill("🎉");
    await page.keyboard.press("Enter");
    await openPicker(page);
    if (search !== "") await page.getByTestId("emoji-search").fill(search);
    const box = await page.getByTestId("emoji-picker").boundingBox();
    expect(
      box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
    ).toBe(true);
    await page.screenshot({ path: `test-results/emoji-${name}.png`, animations: "disabled" });
    if (search !== "") return;
    await page.getByTestId("emoji-search").fill(name === "narrow" ? "挥手" : "waving");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.getByTestId("emoji-tones")).toBeVisible();
    await page.screenshot({ path: `test-results/emoji-tones-${name}.png`, animations: "disabled" });
  });

test("is completed after a colon", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  const composer = page.getByTestId("composer");
  await composer.pressSequentially("shipped :tad");
  await expect(page.getByRole("option").first()).toContainText("🎉");
  await page.screenshot({ path: "test-results/emoji-completion.png", animations: "disabled" });
  await page.keyboard.press("Enter");
  await expect(composer).toHaveValue("shipped 🎉 ");
  await composer.pressSequentially("at 10:20:30 in std::vec");
  await expect(page.getByTestId("suggestions")).toHaveCount(0);
});
