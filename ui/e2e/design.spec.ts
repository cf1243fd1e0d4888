/** Measured design rules: columns, contrast of the selection, target sizes, high contrast. */
import { type Locator, type Page, expect, test } from "@playwright/test";
import { ROOM, SPACE, openScene } from "./open";

/** Colours painted over each other, the lowest first. */
type Layers = string[];

/** The contrast of two colours by WCAG 2.2. */
async function contrast(page: Page, a: Layers, b: Layers): Promise<number> {
  return page.evaluate(
    ([first, second]) => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      const light = (layers: Layers) => {
        if (!canvas) return 0;
        for (const colour of layers) {
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
        }
        const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [high = 0, low = 0] = [light(first), light(second)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    },
    [a, b] as const,
  );
}

/** The colours behind an element. */
const behind = (of: Locator): Promise<Layers> =>
  of.evaluate((one) => {
    const layers: string[] = [];
    for (let at = one.parentElement; at; at = at.parentElement)
      layers.unshift(getComputedStyle(at).backgroundColor);
    return layers;
  });

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
    const under = await behind(on);
    expect(await contrast(page, [...under, edge], under)).toBeGreaterThanOrEqual(3);
    const [text, fill] = await on.evaluate((label) => [
      getComputedStyle(label).color,
      getComputedStyle(label).backgroundColor,
    ]);
    expect(await contrast(page, [text ?? ""], [fill ?? ""])).toBeGreaterThanOrEqual(4.5);
    await page.screenshot({ path: `test-results/chosen-${theme}.png`, animations: "disabled" });
  });

const CODE = "Set `RUST_LOG=debug` first:\n\n```\nhoming status\nhoming doctor\n```";
/** Two surfaces with less look like one. WCAG has no limit here, because no text depends on it. */
const VISIBLE = 1.15;

for (const theme of ["light", "dark"])
  test(`code in an own message stands out from its bubble, ${theme}`, async ({ page }) => {
    await openScene(page, `scene=main&theme=${theme}`);
    await page.evaluate(([space, room, text]) => window.homingDemo?.write(space, room, text, []), [
      SPACE,
      ROOM,
      CODE,
    ] as const);
    const bubble = page.locator(".bubble", { hasText: "homing doctor" });
    await expect(bubble.locator("pre")).toBeVisible();
    const look = async (selector: string) => {
      const one = bubble.locator(selector);
      const under = await behind(one);
      const [fill, edge, text] = await one.evaluate((code) => {
        const { backgroundColor, borderTopColor, color } = getComputedStyle(code);
        return [backgroundColor, borderTopColor, color] as const;
      });
      const filled = [...under, fill];
      return {
        fill: await contrast(page, filled, under),
        edge: await contrast(page, [...filled, edge], under),
        text: await contrast(page, [...filled, text], filled),
      };
    };
    const inline = await look("p code");
    expect(inline.fill).toBeGreaterThanOrEqual(VISIBLE);
    expect(inline.text).toBeGreaterThanOrEqual(4.5);
    const block = await look("pre");
    expect(Math.max(block.fill, block.edge)).toBeGreaterThanOrEqual(VISIBLE);
    expect(block.text).toBeGreaterThanOrEqual(4.5);
    // With a fill of its own, each line would have a band behind it.
    expect((await look("pre code")).fill).toBe(1);
    await page.screenshot({ path: `test-results/own-code-${theme}.png`, animations: "disabled" });
  });

for (const theme of ["light", "dark"])
  test(`a switch that is off can be seen, and does not look on, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await openScene(page, `scene=main&theme=${theme}`);
    await page.keyboard.press("Control+,");
    await page.getByTestId("settings-appearance").click();
    const one = page.getByRole("switch").first();
    const look = async () => {
      const under = await behind(one);
      const [width, edge, fill, knob] = await one.evaluate((input) => {
        const {
          borderTopWidth: width,
          borderTopColor: edge,
          backgroundColor: fill,
        } = getComputedStyle(input);
        return [width, edge, fill, getComputedStyle(input, "::after").backgroundColor] as const;
      });
      const track = [...under, fill];
      return {
        edge: width === "0px" ? 1 : await contrast(page, [...track, edge], under),
        track: await contrast(page, track, under),
        knob: await contrast(page, [...track, knob], track),
      };
    };
    await one.uncheck();
    const off = await look();
    expect(off.edge).toBeGreaterThanOrEqual(3);
    expect(off.knob).toBeGreaterThanOrEqual(3);
    expect(off.track).toBe(1);
    await one.check();
    const on = await look();
    expect(on.track).toBeGreaterThanOrEqual(3);
    expect(on.knob).toBeGreaterThanOrEqual(3);
  });

test("in high contrast everything chosen, and every edge, is still there", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openScene(page, "scene=main&theme=light");
  const border = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((one) => getComputedStyle(one).borderTopWidth);
  // As painted: two colours can differ in their alpha alone, over the same canvas.
  const painted = async (selector: string) => {
    const one = page.locator(selector).first();
    return [...(await behind(one)), await one.evaluate((it) => getComputedStyle(it).backgroundColor)];
  };
  const apart = async (on: string, off: string) => contrast(page, await painted(on), await painted(off));
  expect(await apart(".room[aria-current]", ".room:not([aria-current])")).toBeGreaterThanOrEqual(3);
  await page.keyboard.press("Control+,");
  await page.getByTestId("settings-appearance").click();
  expect(await border(".dialog")).toBe("1px");
  expect(await apart(".choice label.on", ".choice label:not(.on)")).toBeGreaterThanOrEqual(3);
  expect(await border("input[role=switch]")).not.toBe("0px");
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
