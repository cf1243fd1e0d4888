/** A long room: only rows near the viewport are rendered, and scrolling never jumps. */
import { type Page, expect, test } from "@playwright/test";
import { ROOM, SPACE, openScene } from "./open";

/** The position of each rendered message, by its place in the log. */
function places(page: Page): Promise<Record<string, number>> {
  return page.getByTestId("timeline").evaluate((log) => {
    const top = log.getBoundingClientRect().top;
    const bottom = log.getBoundingClientRect().bottom;
    const out: Record<string, number> = {};
    for (const row of log.querySelectorAll<HTMLElement>("[data-row]")) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top && box.top < bottom) out[row.dataset["row"] ?? ""] = box.top - top;
    }
    return out;
  });
}

/** By how much the rows common to two layouts moved: one number, otherwise they moved apart. */
function shift(before: Record<string, number>, after: Record<string, number>): number[] {
  const moves = Object.keys(before)
    .filter((key) => key in after && !key.startsWith("day-"))
    .map((key) => Math.round((after[key] ?? 0) - (before[key] ?? 0)));
  return [...new Set(moves)];
}

const settle = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/**
 * Turns the wheel up and waits until the page has scrolled. The browser applies it at a time of its own:
 * before that no row may move, then all by the same distance.
 */
async function turnUp(page: Page, by: number, note = ""): Promise<void> {
  const before = await places(page);
  await page.mouse.wheel(0, -by);
  await expect
    .poll(async () => {
      await settle(page);
      const moved = shift(before, await places(page));
      expect([[0], [by]], note).toContainEqual(moved);
      return moved;
    })
    .toEqual([by]);
}

const distance = (page: Page) =>
  page.getByTestId("timeline").evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);

test("a room of 100,000 messages opens at its end and draws few of them", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  expect(await page.getByTestId("message").count()).toBeLessThan(90);
  expect(await distance(page)).toBeLessThan(2);
});

test("scrolling up through thousands of messages never moves what is in view", async ({ page }) => {
  test.slow();
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.getByTestId("timeline").hover();
  for (let step = 0; step < 80; step++) await turnUp(page, 600, `step ${step}`);
  const oldest = await page.getByTestId("message").first().getAttribute("data-seq");
  expect(Number(oldest)).toBeLessThan(99_500);
  expect(await page.getByTestId("message").count()).toBeLessThan(90);
});

test("older messages that arrive while one rests at the top move nothing", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  // To the very top at once, past what is loaded; then rest there while pages come in.
  await page.getByTestId("timeline").evaluate((log) => (log.scrollTop = 0));
  await settle(page);
  const before = await places(page);
  await expect.poll(() => page.getByTestId("timeline").evaluate((log) => log.scrollTop)).toBeGreaterThan(800);
  expect(shift(before, await places(page))).toEqual([0]);
});

test("new messages keep the end in view, and move nothing while one reads further up", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  const receive = (text: string) =>
    page.evaluate(
      ([space, room, words]) => {
        const world = window.homingDemo;
        const mei = world?.space(space).overview.people[1]?.id ?? "";
        world?.receive(space, room, mei, words);
      },
      [SPACE, ROOM, text] as const,
    );
  await receive("unheard of\nin\nfour\nlines");
  await expect(page.getByTestId("timeline").getByText("unheard of")).toBeVisible();
  await settle(page);
  await expect.poll(() => distance(page)).toBeLessThan(2);
  await expect(page.locator('[data-room-name="delivery-engine"]')).toHaveAttribute("data-unread", "0");

  await page.getByTestId("timeline").hover();
  await turnUp(page, 450);
  await turnUp(page, 450);
  const before = await places(page);
  await receive("second");
  await receive("third");
  await settle(page);
  expect(shift(before, await places(page))).toEqual([0]);
  await expect(page.getByTestId("to-end")).toHaveText("2 new messages");
  await page.getByTestId("to-end").click();
  await expect(page.getByTestId("timeline").getByText("third")).toBeInViewport();
  await expect(page.getByTestId("to-end")).toBeHidden();
});

test("a message that comes before a turn of the wheel is told does not turn it back", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  for (const by of [400, 4000]) {
    const stood = await page.getByTestId("timeline").evaluate(
      async (log, [space, room, by]) => {
        const world = window.homingDemo;
        const mei = world?.space(space).overview.people[1]?.id ?? "";
        log.scrollTop -= by;
        const stood = log.scrollTop;
        world?.receive(space, room, mei, "while the wheel is turned");
        // Long enough for the rows to follow, and within the frame whose scroll event is not there yet.
        for (let step = 0; step < 50; step++) await Promise.resolve();
        return stood;
      },
      [SPACE, ROOM, by] as const,
    );
    await settle(page);
    await settle(page);
    const stands = await page.getByTestId("timeline").evaluate((log) => log.scrollTop);
    expect(Math.abs(stands - stood)).toBeLessThan(by / 4);
    expect(Object.keys(await places(page)).length).toBeGreaterThan(2);
    await page.getByTestId("to-end").click();
    await expect.poll(() => distance(page)).toBeLessThan(2);
  }
});

for (const [name, steps] of [
  ["nearby", 1],
  ["in what was let go of meanwhile", 9],
] as const)
  test(`from a jump to the end one comes back to the pixel, ${name}`, async ({ page }) => {
    test.slow();
    await openScene(page, "scene=long");
    await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
    const [end, back] = [page.getByTestId("to-end"), page.getByTestId("jump-back")];
    await expect(back).toBeHidden();
    const top = () => page.getByTestId("message").first().getAttribute("data-seq").then(Number);
    for (let step = 0; step < steps; step++) {
      const before = await top();
      await page.getByTestId("timeline").evaluate((log) => (log.scrollTop = 0));
      await expect.poll(top, { intervals: [50] }).toBeLessThan(before);
      await settle(page);
    }
    const before = await places(page);
    await end.click();
    await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
    await expect(end).toBeHidden();
    await back.click();
    await expect(back).toBeHidden();
    await expect.poll(async () => shift(before, await places(page))).toEqual([0]);
    // Scrolling up from the end removes the button.
    await end.click();
    await expect(back).toBeVisible();
    await page.getByTestId("timeline").hover();
    await turnUp(page, 300);
    await expect(back).toBeHidden();
  });

test("a narrower window keeps what is read where it is", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.getByTestId("timeline").hover();
  for (let step = 0; step < 7; step++) await turnUp(page, 600);
  const before = await places(page);
  const [first] = Object.keys(before);
  await page.setViewportSize({ width: 620, height: 820 });
  await settle(page);
  const moved = async () => {
    const after = await places(page);
    return Math.abs((after[first ?? ""] ?? Number.NaN) - (before[first ?? ""] ?? 0));
  };
  await expect.poll(moved).toBeLessThan(2);
  // And it stays there.
  await settle(page);
  expect(await moved()).toBeLessThan(2);
});

test("the composer grows and the banner appears without losing the end", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.getByTestId("composer").fill("one\ntwo\nthree\nfour\nfive");
  await settle(page);
  await expect.poll(() => distance(page)).toBeLessThan(2);
  await page.evaluate((space) => window.homingDemo?.setLink(space, { state: "stopped" }), SPACE);
  await settle(page);
  await expect.poll(() => distance(page)).toBeLessThan(2);
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
});

test("a window built anew stands at the same row, to the pixel", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.getByTestId("timeline").hover();
  for (let step = 0; step < 8; step++) await turnUp(page, 517);
  // A moment after it was reached it is told to the program, which holds it for the next window.
  const told = () => page.evaluate(() => window.homingDemo?.view.standing?.anchor?.seq ?? 0);
  const first = page.getByTestId("message");
  await expect.poll(told).toBeGreaterThan(0);
  await page.clock.runFor(1000);
  const before = await places(page);
  expect(Object.keys(before)).not.toContain("k100000");
  await page.reload();
  await expect(first.first()).toBeVisible();
  await expect.poll(async () => shift(before, await places(page))).toEqual([0]);
  expect(Object.keys(await places(page))).toEqual(Object.keys(before));
});

test("a window built anew at the end of a room stands at its end", async ({ page }) => {
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.clock.runFor(1000);
  await page.reload();
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  expect(await distance(page)).toBeLessThan(2);
});
