/** Everything by keyboard. */
import { expect, test } from "@playwright/test";
import { openScene } from "./open";

test("one joins without a mouse", async ({ page }) => {
  await openScene(page, "scene=welcome");
  await expect(page.getByLabel("Join link")).toBeFocused();
  await page.keyboard.insertText("homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k");
  await expect(page.getByText("invited you to Northlight")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Your name")).toBeFocused();
  await page.keyboard.type("Aki");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("room-title")).toHaveText("# general");
  await expect(page.getByRole("textbox", { name: "Message to #general" })).toBeFocused();
});

test("a tour through rooms, dialogs and messages", async ({ page }) => {
  await openScene(page, "scene=main");
  const composer = page.getByTestId("composer");
  await expect(composer).toBeFocused();
  await page.keyboard.type("hello from the keyboard");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("message").last()).toHaveText(/hello from the keyboard/);
  await expect(page.getByTestId("message").last()).toHaveAttribute("data-state", "delivered");

  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("switcher")).toBeFocused();
  await page.keyboard.type("sam");
  await expect(page.getByRole("option", { selected: true })).toHaveText(/Samira Okoye/);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("room-title")).toHaveText("Samira Okoye");
  await expect(composer).toBeFocused();

  await page.keyboard.press("Alt+u");
  await expect(page.getByTestId("room-title")).toHaveText("# incidents");
  await page.keyboard.press("Alt+m");
  await expect(page.getByRole("log")).toBeFocused();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("log")).toBeFocused();

  await page.keyboard.press("Control+i");
  await expect(page.getByRole("complementary", { name: "Details" })).toBeVisible();
  await page.keyboard.press("Control+i");
  await expect(page.getByRole("complementary", { name: "Details" })).toBeHidden();

  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await expect(settings).toBeVisible();
  await settings.getByRole("tab", { name: "Profile" }).focus();
  await page.keyboard.press("ArrowDown");
  await expect(settings.getByRole("tab", { name: "Devices" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(settings.getByRole("tab", { name: "Appearance" })).toBeFocused();
  await settings.getByRole("radio", { name: "System" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.keyboard.press("Escape");
  await expect(settings).toBeHidden();
});

test("a device is renamed, and Esc leaves the field before the dialog", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("tab", { name: "Devices" }).click();
  const field = settings.getByLabel("Device name");
  const rename = (name: string) => settings.getByRole("button", { name: `Rename: ${name}` });
  await rename("Studio Mac").focus();
  await page.keyboard.press("Enter");
  await expect(field).toBeFocused();
  await page.screenshot({ path: "test-results/device-rename.png", animations: "disabled" });
  await page.keyboard.press("Escape");
  await expect(field).toBeHidden();
  await expect(settings).toBeVisible();
  await expect(rename("Studio Mac")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Reading corner");
  await page.keyboard.press("Enter");
  await expect(settings.getByText("Device renamed to Reading corner")).toBeVisible();
  await expect(rename("Reading corner")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(settings).toBeHidden();
});

test("every control that Tab reaches has a name and is seen to have the focus", async ({ page }) => {
  await openScene(page, "scene=main");
  const seen = new Set<string>();
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press("Tab");
    const control = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const style = getComputedStyle(element);
      const around = element.parentElement ? getComputedStyle(element.parentElement) : style;
      const name = element.getAttribute("aria-label") ?? element.textContent.trim();
      const shown = style.outlineStyle !== "none" || around.boxShadow !== "none" || around.borderColor !== "";
      return { name, shown, box: element.getBoundingClientRect().width };
    });
    if (!control) continue;
    expect(control.name, JSON.stringify(control)).not.toBe("");
    expect(control.shown, control.name).toBe(true);
    expect(control.box, control.name).toBeGreaterThan(0);
    seen.add(control.name);
  }
  for (const name of [
    "New room or message",
    "Settings",
    "Details",
    "Send",
    "Message to #delivery-engine",
    "Messages in #delivery-engine",
  ]) {
    expect([...seen]).toContain(name);
  }
});

test("a room that was chosen by mouse is written in at once; Escape leads back to the button", async ({
  page,
}) => {
  await openScene(page, "scene=main");
  const [opener, composer] = [page.getByTestId("switcher-open"), page.getByTestId("composer")];
  await opener.click();
  await expect(page.getByTestId("switcher")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(opener).toBeFocused();
  // Also the room that is already open.
  for (const name of ["delivery-engine", "Samira Okoye", "Theo Blanc"]) {
    await opener.click();
    await page.getByTestId("switcher").fill(name);
    await page.getByRole("option").first().click();
    await expect(page.getByTestId("room-title")).toContainText(name);
    await expect(composer).toBeFocused();
    // It stays there.
    await page.keyboard.type("hi");
    await expect(composer).toHaveValue("hi");
    await composer.fill("");
  }
  await page.getByTestId("rooms-add").click();
  await page.getByTestId("menu-direct").click();
  await page.getByTestId("people-search").fill("Ines");
  await page.keyboard.press("Enter");
  await page.getByTestId("direct-open").click();
  await expect(page.getByTestId("room-title")).toContainText("Ines");
  await expect(composer).toBeFocused();
});

test("a new room, by its dialog", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.getByRole("button", { name: "New room or message" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Create a room" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await page.keyboard.type("kitchen-table");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("room-title")).toHaveText("# kitchen-table");
});

test("a name is completed, and the message names the person", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.keyboard.type("@mei");
  await expect(page.getByRole("option", { selected: true })).toHaveText(/Mei Lin/);
  await page.keyboard.press("Tab");
  await page.keyboard.type("look at this");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("message").last().getByText("@Mei Lin")).toBeVisible();
});

test("a public room is joined, though its push comes after the answer", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("switcher")).toBeFocused();
  await page.keyboard.type("browse");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Join kitchen" }).press("Enter");
  await expect(page.getByTestId("room-title")).toHaveText("# kitchen");
});

test("a room that one leaves gives way to another", async ({ page }) => {
  await openScene(page, "scene=main");
  await page.keyboard.press("Control+i");
  await page.getByTestId("leave").press("Enter");
  await page.getByTestId("leave-sure").press("Enter");
  await expect(page.getByTestId("room-title")).toHaveText("# incidents");
  await expect(page.locator('[data-room-name="delivery-engine"]')).toHaveCount(0);
});

test("the passphrase is entered without a mouse", async ({ page }) => {
  await openScene(page, "scene=main&keyring=absent&sealed=closed");
  const field = page.getByLabel("Passphrase", { exact: true });
  await field.focus();
  await page.keyboard.type("correct hoarse battery");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Wrong passphrase.")).toBeVisible();
  await expect(field).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("correct horse battery");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("key-banner")).toBeHidden();
});

test("a room is made quiet without a mouse", async ({ page }) => {
  await openScene(page, "scene=main");
  const bell = page.getByRole("button", { name: "Notifications for #delivery-engine" });
  await bell.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Default" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitemradio", { name: "Direct messages and mentions" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(bell).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Notifications for #delivery-engine, muted" })).toBeVisible();

  await page.getByRole("button", { name: "Status: Available" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Available" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Status: Away" })).toBeFocused();
});

test("messages are walked by arrows, further than what is drawn, and taken up by Enter", async ({ page }) => {
  test.slow();
  await openScene(page, "scene=long");
  await expect(page.locator('[data-seq="100000"]')).toBeInViewport();
  await page.keyboard.press("Alt+m");
  const focused = page.locator("article:focus");
  for (let step = 0; step < 30; step++) await page.keyboard.press("ArrowUp");
  const seq = async () => Number(await focused.getAttribute("data-seq"));
  // Lines about members are passed over.
  await expect.poll(seq).toBeLessThanOrEqual(99_971);
  const before = await seq();
  expect(before).toBeGreaterThan(99_900);
  await expect(focused).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("article button:focus")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(focused).toHaveAttribute("data-seq", String(before));
  await page.screenshot({ path: "test-results/walking.png", animations: "disabled" });
});
