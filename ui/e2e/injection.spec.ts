/** What others write is only ever text, in a browser under the policy of the app. */
import { expect, test } from "@playwright/test";
import { INJECTIONS } from "../src/testing/injections";
import { ROOM, SPACE, openScene } from "./open";

test("a text that would do something is only shown", async ({ page, baseURL }) => {
  test.setTimeout(120_000);
  const heard: string[] = [];
  page.on("dialog", (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") heard.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(baseURL ?? "")) heard.push(`request: ${request.url()}`);
  });
  page.on("popup", (popup) => heard.push(`popup: ${popup.url()}`));
  await page.exposeFunction("pwned", () => heard.push("ran"));
  await openScene(page, "scene=main&theme=light");
  const place = page.url();
  for (const text of INJECTIONS) {
    const seq = await page.evaluate(
      ([space, room, words]) => {
        const world = window.homingDemo;
        const mei = world?.space(space).overview.people[1]?.id ?? "";
        world?.receive(space, room, mei, words);
        return world?.book(space, room).room.head;
      },
      [SPACE, ROOM, text] as const,
    );
    const message = page.locator(`[data-testid=message][data-seq="${seq}"]`);
    await expect(message).toBeVisible();
    for (const link of await message.locator(".rich a").all()) await link.hover();
  }
  await page.keyboard.press("Tab");
  expect(heard).toEqual([]);
  expect(page.url()).toBe(place);
  expect(page.context().pages()).toHaveLength(1);
});
