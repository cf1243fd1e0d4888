/** Measured design rules: columns, contrast of the selection, target sizes, high contrast. */
import { type Page, expect, test } from "@playwright/test";
import { openScene } from "./open";

/** The contrast of two colours by WCAG 2.2. */
async function contrast(page: Page, a: string, b: string): Promise<number> {
  return page.evaluate(
    ([first, second]) => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const light = (colour: string) => {
        if (!canvas) return 0;
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [high = 0, low = 0] = [light(first ?? ""), light(second ?? "")].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    },
    [a, b],
  );
}

test("words and composer keep to a column on a wide screen", async ({ page }) => {
  await page.setViewportSize({ width: 3840, height: 1600 });
  await openScene(page, "scene=main&theme=light");
  await expect(page.getByRole("log")).toHaveAttribute("aria-busy", "false");
  for (const selector of ["[data-testid=message]", ".composer .box"]) {
    const widths = await page
      .locator(selector)
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width));
    expect(widths.length, selector).toBeGreaterThan(0);
    expect(Math.max(...widths), selector).toBeLessThanOrEqual(960);
  }
  await page.screenshot({ path: "test-results/wide.png", animations: "disabled" });
});

for (const theme of ["light", "dark"])
  test(`the chosen segment can be told, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=${theme}`);
    await page.keyboard.press("Control+,");
    await page.getByTestId("settings-appearance").click();
    const on = page.locator(".choice label.on").first();
    const edge = await on.evaluate((label) => getComputedStyle(label).borderTopColor);
    const under = await on.evaluate(
      (label) => getComputedStyle(label.parentElement as HTMLElement).backgroundColor,
    );
    expect(await contrast(page, edge, under)).toBeGreaterThanOrEqual(3);
    const [text, fill] = await on.evaluate((label) => [
      getComputedStyle(label).color,
      getComputedStyle(label).backgroundColor,
    ]);
    expect(await contrast(page, text ?? "", fill ?? "")).toBeGreaterThanOrEqual(4.5);
    await page.screenshot({ path: `test-results/chosen-${theme}.png`, animations: "disabled" });
  });

test("in high contrast everything chosen, and every edge, is still there", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openScene(page, "scene=main&theme=light");
  const shown = (selector: string, property: "backgroundColor" | "borderTopWidth") =>
    page
      .locator(selector)
      .first()
      .evaluate((one, name) => getComputedStyle(one)[name], property);
  expect(await shown(".room[aria-current]", "backgroundColor")).not.toBe(
    await shown(".room:not([aria-current])", "backgroundColor"),
  );
  await page.keyboard.press("Control+,");
  await page.getByTestId("settings-appearance").click();
  expect(await shown(".dialog", "borderTopWidth")).toBe("1px");
  const [on, off] = [page.locator(".choice label.on"), page.locator(".choice label:not(.on)")];
  const fill = (of: typeof on) => of.first().evaluate((label) => getComputedStyle(label).backgroundColor);
  expect(await fill(on)).not.toBe(await fill(off));
  expect(await shown("input[role=switch]", "borderTopWidth")).not.toBe("0px");
  await page.screenshot({ path: "test-results/forced-colors.png", animations: "disabled" });
});

test("what creates a room is in view while the dialog is long", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 600 });
  await openScene(page, "scene=main&theme=light");
  await page.getByTestId("rooms-add").click();
  await page.getByTestId("menu-create_room").click();
  await expect(page.getByTestId("create-room-submit")).toBeInViewport({ ratio: 1 });
  await expect(page.locator("[role=option].at")).toHaveCount(0);
  await page.screenshot({ path: "test-results/create-room.png", animations: "disabled" });
});

test("the way to a second space stands under the name of the first", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.getByTestId("space-name").click();
  await page.screenshot({ path: "test-results/space-menu.png", animations: "disabled" });
  await page.getByRole("menuitem", { name: "Add a space" }).click();
  await expect(page.getByTestId("welcome")).toBeVisible();
});

test("F6 walks the parts of the window, and the rooms are one stop", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await expect(page.getByTestId("composer")).toBeFocused();
  await page.keyboard.press("F6");
  await expect(page.locator(".room[aria-current]")).toBeFocused();
  expect(await page.locator(".room[tabindex='0']").count()).toBe(1);
  await page.keyboard.press("F6");
  await expect(page.getByRole("log")).toBeFocused();
  await page.keyboard.press("Shift+F6");
  await expect(page.locator(".room[aria-current]")).toBeFocused();
});

test("the field beside Copy keeps its width", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.getByTestId("space-name").click();
  await page.getByTestId("space-invite").click();
  await page.getByTestId("invite-create").click();
  const width = async () => (await page.getByTestId("invite-link").boundingBox())?.width;
  const before = await width();
  await page.getByTestId("invite-copy").click();
  await expect(page.getByTestId("invite-copy").getByText("Copied")).toBeVisible();
  expect(await width()).toBe(before);
});

test("the settings scroll in one place, and what goes on below fades out", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.keyboard.press("Control+,");
  await page.setViewportSize({ width: 1280, height: 520 });
  for (const tab of ["notifications", "network", "appearance"]) {
    await page.getByTestId(`settings-${tab}`).click();
    const scrollers = await page
      .locator(".dialog, .dialog .content:not([hidden]), .dialog .content *")
      .evaluateAll((all) =>
        all
          .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowY))
          .filter((one) => one.scrollHeight > one.clientHeight + 1)
          .map((one) => one.className),
      );
    expect(scrollers, tab).toEqual(["content"]);
  }
  const rim = await page.locator(".dialog .content:not([hidden])").evaluate((content) => {
    const { position, insetBlockEnd } = getComputedStyle(content, "::after");
    return [position, insetBlockEnd, getComputedStyle(content).scrollbarGutter];
  });
  expect(rim).toEqual(["sticky", "0px", "stable"]);
});
