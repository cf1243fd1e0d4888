/** Answering, editing, reacting to, pinning and deleting messages, with the mouse and by keyboard. */
import { type Page, expect, test } from "@playwright/test";
import { id } from "../src/host/memory/world";
import { ROOM, SPACE, openScene } from "./open";

const message = (page: Page, text: string) =>
  page.getByTestId("message").filter({ has: page.locator(".rich", { hasText: text }) });
const OWN = "Release notes are in.";
const THEIRS = "Latency per hop";

/** Opens the menu of a message with the right button. */
async function menu(page: Page, text: string, entry: string) {
  await message(page, text).click({ button: "right" });
  await page.getByRole("menuitem", { name: entry }).click();
}

test("with the mouse", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  const composer = page.getByTestId("composer");

  await message(page, THEIRS).hover();
  await message(page, THEIRS).getByRole("button", { name: "Reply" }).click();
  await expect(page.getByText("Replying to Lin Xiao")).toBeVisible();
  await expect(composer).toBeFocused();
  await page.keyboard.type("Shorter tail, good");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Replying to Lin Xiao")).toBeHidden();
  const quote = message(page, "Shorter tail, good").getByTestId("quote");
  await expect(quote).toHaveAccessibleName(/^In reply to Lin Xiao: Latency per hop/);
  await quote.click();
  await expect(page.locator(".row.marked")).toContainText(THEIRS);

  await menu(page, OWN, "Edit message");
  await expect(composer).toHaveValue(/^Release notes are in/);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Notes are final.");
  await page.keyboard.press("Enter");
  await expect(message(page, "Notes are final. edited")).toBeVisible();
  await expect(composer).toHaveValue("");

  await message(page, THEIRS).hover();
  await message(page, THEIRS).getByRole("button", { name: "Add reaction" }).click();
  await page.getByTestId("emoji-search").fill("tada");
  await page.locator("[data-cell='0']").click();
  const chip = message(page, THEIRS).getByRole("button", { name: "🎉: You" });
  await expect(chip).toHaveAttribute("aria-pressed", "true");
  await chip.click();
  await expect(chip).toBeHidden();

  await menu(page, THEIRS, "Pin message");
  await expect(message(page, THEIRS).getByText("Pinned")).toBeVisible();
  await expect(page.getByText("You pinned a message")).toBeVisible();

  await menu(page, THEIRS, "Delete message");
  const dialog = page.getByRole("dialog", { name: "Delete this message?" });
  await expect(dialog).toContainText("erased for everyone");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(message(page, THEIRS).first()).toBeVisible();
  await menu(page, "Notes are final.", "Delete message");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("You deleted this message")).toBeVisible();
  await expect(message(page, "Notes are final.")).toHaveCount(0);
});

test("by keyboard", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  const composer = page.getByTestId("composer");
  await expect(composer).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(composer).toHaveValue(/^Release notes are in/);
  await page.keyboard.press("Escape");
  await expect(composer).toHaveValue("");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("End");
  await page.keyboard.type(" Thanks!");
  await page.keyboard.press("Enter");
  await expect(message(page, "pair of eyes. Thanks! edited")).toBeVisible();

  // To the message, and to its toolbar.
  await page.keyboard.press("Alt+m");
  await page.keyboard.press("ArrowUp");
  await expect(message(page, OWN)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(message(page, THEIRS)).toBeFocused();
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: "Add reaction" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Replying to Lin Xiao")).toBeVisible();
  await expect(composer).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Replying to Lin Xiao")).toBeHidden();

  await page.keyboard.press("Alt+m");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  const own = message(page, OWN);
  await expect(own.getByRole("button", { name: "Add reaction" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("emoji-search")).toBeFocused();
  await page.keyboard.type("tada");
  await page.keyboard.press("Enter");
  await expect(own.getByRole("button", { name: "🎉: You" })).toBeVisible();

  await expect(own.getByRole("button", { name: "Add reaction" }).first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(own).toBeFocused();
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitem", { name: "Add reaction" })).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Delete message" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete this message?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("You deleted this message")).toBeVisible();
});

test("what waits and what was refused", async ({ page }) => {
  await openScene(page, "scene=offline&theme=light");
  await menu(page, THEIRS, "Pin message");
  await expect(message(page, THEIRS).getByRole("img", { name: "Pin queued" })).toBeVisible();
  await page.evaluate(
    ([space]) => {
      const world = window.homingDemo;
      const pin = world?.outboxOf(space ?? "").find(({ content }) => content.kind === "pin");
      if (pin) world?.change(space ?? "", pin.cid, { delivery: { state: "wedged", reason: "forbidden" } });
    },
    [SPACE, ROOM],
  );
  const refused = message(page, THEIRS).getByTestId("change-refused");
  await expect(refused).toContainText("Pin not saved");
  await refused.getByRole("button", { name: "Discard" }).click();
  await expect(refused).toBeHidden();

  await menu(page, "On the train", "Delete message");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(message(page, "On the train")).toHaveCount(0);
});

test("what an edited message said before", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  const composer = page.getByTestId("composer");
  await composer.press("ArrowUp");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Notes are final.");
  await page.keyboard.press("Enter");
  const own = message(page, "Notes are final. edited");
  await expect(own).toBeVisible();
  await own.getByRole("button", { name: "edited" }).click();
  const history = page.getByRole("dialog", { name: "Edit history" });
  await expect(history).toContainText("Edited by you");
  await expect(history.getByTestId("version")).toHaveText([
    /Current.*Notes are final/,
    /Original.*Release notes/,
  ]);
  await page.keyboard.press("Escape");
  await expect(history).toBeHidden();

  await page.keyboard.press("Alt+m");
  await page.keyboard.press("ArrowUp");
  await expect(own).toBeFocused();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: "Edit history" }).press("Enter");
  await expect(history.getByTestId("version")).toHaveCount(2);
  await page.keyboard.press("Escape");
  await expect(own).toBeFocused();
});

test("a link to a message", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await menu(page, THEIRS, "Copy link to message");
  await expect(page.getByText("Link copied")).toBeVisible();
  await page.getByTestId("composer").focus();
  await page.keyboard.press("Control+v");
  await page.keyboard.press("Enter");
  const link = page.getByRole("link", { name: /^homing:\/\/message\// });
  await expect(link).toBeVisible();
  await link.click();
  await expect(page.locator(".row.marked")).toContainText(THEIRS);
  await expect(message(page, THEIRS)).toBeFocused();

  // From the system, while another room is open.
  const [, room, user, cid] = ((await link.getAttribute("href")) ?? "")
    .replace("homing://message/", "")
    .split("/");
  await page.getByTestId(`room-${id("room", 2)}`).click();
  await page.evaluate(
    ([space = "", room = "", user = "", cid = ""]) =>
      window.homingDemo?.push({
        change: "open",
        open: { what: "message", message: { space, room, of: { user, cid } } },
      }),
    [SPACE, room ?? "", user ?? "", cid ?? ""],
  );
  await expect(page.locator(".row.marked")).toContainText(THEIRS);
});

test("marked as unread, and as read", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  const room = page.getByTestId(`room-${ROOM}`);
  await page.clock.runFor(2000);
  await expect(room).toHaveAttribute("data-unread", "0");
  await menu(page, THEIRS, "Mark unread from here");
  await expect(page.locator("[data-kind=new]")).toBeVisible();
  await expect(room).not.toHaveAttribute("data-unread", "0");
  const unread = (await room.textContent()) ?? "";
  // What is in view is not read again by itself.
  await page.clock.runFor(5000);
  await expect(room).toHaveText(unread);

  await page.getByTestId("timeline").focus();
  await page.keyboard.press("Escape");
  await expect(page.getByText("#delivery-engine marked as read")).toBeVisible();
  await expect(room).not.toHaveText(unread);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(room).toHaveText(unread);

  // Reading begins again with the next opening.
  await page.getByTestId(`room-${id("room", 2)}`).click();
  await room.click();
  await page.clock.runFor(2000);
  await expect(room).not.toHaveText(unread);
});

test("forwarded to another room, by keyboard", async ({ page }) => {
  await openScene(page, "scene=main&theme=light");
  await page.keyboard.press("Alt+m");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(message(page, THEIRS)).toBeFocused();
  await page.keyboard.press("Shift+F10");
  await page.getByRole("menuitem", { name: "Forward message" }).press("Enter");
  await expect(page.getByTestId("forward-room")).toBeFocused();
  await page.keyboard.type("design");
  await expect(page.getByRole("option", { name: "design", selected: true })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByTestId("forward-words")).toBeFocused();
  await page.keyboard.type("Worth a look");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Forward message" })).toBeHidden();
  await expect(message(page, THEIRS)).toBeFocused();

  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByTestId("room-title")).toContainText("design");
  const copy = message(page, "Worth a look");
  await expect(copy.locator("blockquote")).toContainText("Lin Xiao · #delivery-engine");
  await expect(copy.locator("blockquote")).toContainText(THEIRS);
  await copy.getByRole("link", { name: /^homing:/ }).click();
  await expect(page.locator(".row.marked")).toContainText(THEIRS);
});
