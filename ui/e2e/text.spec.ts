/** A message with everything that is made of text: its parts, its places, and pictures to look at. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Page, expect, test } from "@playwright/test";
import { ROOM, SPACE, openScene } from "./open";

const EVERYTHING = [
  "# Plan for *Friday*",
  "The fence test is **green**, ~~flaky~~ and `cargo test` says so. See https://northlight.example/a_(b) and [the notes](https://northlight.example/notes).",
  "C:\\_build\\*.log and ¯\\_(ツ)_/¯    stay",
  "",
  "1. Freeze the branch",
  "   - tag it",
  "     - and push",
  "2. Write the notes",
  "",
  "9) nine",
  "10) ten",
  "",
  "- [x] Numbers in section 2",
  "- [ ] A second pair of eyes, and a line that is long enough to be wrapped, so that one sees where its second line begins",
  "  - [ ] nested",
  "",
  "- שלום לכולם",
  "- [x] مرحبا بالجميع",
  "- 你好，世界",
  "",
  "> Old sockets could still deliver.",
  "> - and did",
  "",
  "| hop | p50 | p99 | what was seen there, in more words than the window has room for |",
  "|:--|--:|:-:|---|",
  "| server | 4 ms | 11 ms | nothing |",
  "| proxy | 9 ms | `140 ms` | a retry storm around ten past three, for three minutes |",
  "| phone | 31 ms |",
  "",
  "```rust",
  ...Array.from({ length: 24 }, (_, at) => `let line_${at} = ${at}; // שלום`),
  "```",
  "---",
  "www.northlight.example",
].join("\n");

/** Another person writes it in the first room. */
async function show(page: Page, text: string) {
  await page.evaluate(
    ([space, room, words]) => {
      const world = window.homingDemo;
      const mei = world?.space(space).overview.people[1]?.id ?? "";
      world?.receive(space, room, mei, words);
    },
    [SPACE, ROOM, text] as const,
  );
}

const last = (page: Page) => page.getByTestId("message").last();

test("each part is what it says to a screen reader", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await show(page, EVERYTHING);
  const message = last(page);
  await expect(message.getByRole("table")).toBeVisible();
  await expect(message.getByRole("columnheader")).toHaveCount(4);
  await expect(message.getByRole("checkbox", { checked: true })).toHaveCount(2);
  await expect(message.getByRole("checkbox", { checked: false })).toHaveCount(2);
  await expect(message.getByRole("group", { name: "Table" })).toBeVisible();
  await expect(message.getByRole("group", { name: "rust code" })).toBeVisible();
  await expect(message.getByRole("button", { name: "Show 4 more lines" })).toBeVisible();
  await message.getByRole("checkbox").first().click({ force: true });
  await expect(message.getByRole("checkbox", { checked: true })).toHaveCount(2);
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      resultTypes: ["violations"],
    }),
  );
  expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))).toEqual([]);
});

test("a wide table is scrolled in its place, and moves nothing else", async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 760 });
  await openScene(page, "scene=main&theme=light");
  await show(page, EVERYTHING);
  const place = last(page).locator(".table");
  const [inside, outside] = await place.evaluate((box) => [box.scrollWidth, box.clientWidth]);
  expect(inside).toBeGreaterThan(outside ?? 0);
  const log = page.getByTestId("timeline");
  expect(await log.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
});

test("blanks are as wide as they were typed", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await show(page, "a b");
  const narrow = await last(page).locator("p").evaluate(width);
  await show(page, "a     b");
  await expect(last(page).locator("p")).toHaveText("a     b", { useInnerText: true });
  expect(await last(page).locator("p").evaluate(width)).toBeGreaterThan(narrow + 10);
});

function width(line: Element): number {
  const range = document.createRange();
  range.selectNodeContents(line);
  return range.getBoundingClientRect().width;
}

for (const theme of ["light", "dark"])
  test(`everything in one message, ${theme}`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 1500 });
    await openScene(page, `scene=main&theme=${theme}`);
    await show(page, EVERYTHING);
    await expect(last(page).locator(".keyword").first()).toBeVisible();
    await page.screenshot({ path: `test-results/text-${theme}.png`, animations: "disabled" });
    await page.evaluate(([space, room, words]) => window.homingDemo?.write(space, room, words, []), [
      SPACE,
      ROOM,
      EVERYTHING,
    ] as const);
    await expect(last(page).locator(".keyword").first()).toBeVisible();
    await page.screenshot({ path: `test-results/text-own-${theme}.png`, animations: "disabled" });
  });
