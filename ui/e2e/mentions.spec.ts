/** A mention from the first key to what others see of it. */
import { expect, test } from "@playwright/test";
import { openScene } from "./open";

test("a chosen name stays a mention while the text is edited, and no token is ever seen", async ({
  page,
}) => {
  await openScene(page, "scene=main");
  const composer = page.getByTestId("composer");
  const last = page.getByTestId("message").last();
  const mention = last.locator("bdi.at");
  await page.keyboard.type("@mei");
  await page.keyboard.press("Enter");
  await page.keyboard.type("see `@Samira Okoye` and <!room>");
  await expect(composer).toHaveValue("@Mei Lin see `@Samira Okoye` and <!room>");
  await page.keyboard.press("Enter");
  await expect(mention).toHaveText(["@Mei Lin"]);
  await expect(last).toContainText("see @Samira Okoye and <!room>");

  // The composer has the name, and the mention survives what is changed around it.
  await page.keyboard.press("ArrowUp");
  await expect(composer).toHaveValue("@Mei Lin see `@Samira Okoye` and <!room>");
  await page.keyboard.press("Home");
  await page.keyboard.type("hi ");
  await page.keyboard.press("Enter");
  await expect(last).toContainText("hi @Mei Lin");
  await expect(mention).toHaveText(["@Mei Lin"]);

  // A letter of the name is gone: it is text, until undo brings it back.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  for (let key = 0; key < 5; key++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Delete");
  await expect(composer).toHaveValue(/^hi @Mi Lin see/);
  await page.keyboard.press("Control+z");
  await expect(composer).toHaveValue(/^hi @Mei Lin see/);
  await page.keyboard.press("Delete");
  await expect(composer).toHaveValue(/^hi @Mi Lin see/);
  // Else it would take the name that is offered for "@M".
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(last).toContainText("hi @Mi Lin");
  await expect(mention).toHaveCount(0);
});
