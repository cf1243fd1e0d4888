/**
 * A composition in every field that handles Enter or Escape, with Chromium's input method: keys during
 * the composition belong to the input method, later ones to the field.
 */
import { type Locator, type Page, expect, test } from "@playwright/test";
import { openScene } from "./open";

interface Place {
  name: string;
  scene: string;
  /** Focuses the field. */
  open: (page: Page) => Promise<Locator>;
  /** It stands in a form, which Enter submits once nothing is composed. */
  submits?: true;
}

const byMenu = (item: string, field: (page: Page) => Locator) => async (page: Page) => {
  await page.getByRole("button", { name: "New room or message" }).click();
  await page.getByRole("menuitem", { name: item }).click();
  return field(page);
};

const PLACES: Place[] = [
  {
    name: "the composer",
    scene: "scene=main",
    open: async (page) => {
      await page.keyboard.type("To ");
      return page.getByTestId("composer");
    },
  },
  {
    name: "the composer, under an offer",
    scene: "scene=main",
    open: async (page) => {
      await page.keyboard.type("@");
      await expect(page.getByRole("option", { selected: true })).toBeVisible();
      return page.getByTestId("composer");
    },
  },
  {
    name: "the switcher",
    scene: "scene=main",
    open: async (page) => {
      await page.keyboard.press("Control+k");
      return page.getByTestId("switcher");
    },
  },
  {
    name: "the switcher, opened with the mouse",
    scene: "scene=main",
    open: async (page) => {
      await page.getByTestId("switcher-open").click();
      return page.getByTestId("switcher");
    },
  },
  {
    name: "the field that finds people",
    scene: "scene=main",
    open: byMenu("New message", (page) => page.getByTestId("people-search")),
  },
  {
    name: "the name of a new room",
    scene: "scene=main",
    open: byMenu("Create a room", (page) => page.getByLabel("Name", { exact: true })),
    submits: true,
  },
  {
    name: "the passphrase",
    scene: "scene=main&keyring=absent&sealed=closed",
    open: async (page) => {
      const field = page.getByLabel("Passphrase", { exact: true });
      await field.click();
      return field;
    },
    submits: true,
  },
  {
    name: "the join link",
    scene: "scene=welcome",
    open: (page) => Promise.resolve(page.getByLabel("Join link")),
    submits: true,
  },
];

/** Notes every form that is submitted, also one that only says below a field what is missing. */
const noteSubmits = (page: Page) =>
  page.evaluate(() =>
    window.addEventListener("submit", () => document.body.setAttribute("data-submitted", ""), {
      capture: true,
    }),
  );

/** Everything that a key of the composition would change if the field handled it. */
async function standing(page: Page) {
  return page.evaluate(() => ({
    room: document.querySelector("[data-testid=room-title]")?.textContent,
    last: [...document.querySelectorAll("[data-testid=message]")].at(-1)?.getAttribute("data-key"),
    dialogs: document.querySelectorAll("dialog[open]").length,
    alerts: [...document.querySelectorAll("[role=alert]")].map((one) => one.textContent),
    focus: document.activeElement?.outerHTML.slice(0, 60),
    submitted: document.body.hasAttribute("data-submitted"),
  }));
}

for (const { name, scene, open, submits } of PLACES) {
  test(`a word in ${name} keeps its keys`, async ({ page }) => {
    await openScene(page, scene);
    const field = await open(page);
    await expect(field).toBeFocused();
    await noteSubmits(page);
    const before = await field.inputValue();
    const stood = await standing(page);
    const cdp = await page.context().newCDPSession(page);
    const compose = (text: string) =>
      cdp.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    // macOS reports the keys that end a composition with their names.
    const press = async (key: string) => {
      for (const type of ["rawKeyDown", "keyUp"] as const)
        await cdp.send("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: 229 });
    };

    await compose("bei");
    await expect(field).toHaveValue(`${before}bei`);
    await press("ArrowDown");
    await press("Enter");
    await cdp.send("Input.insertText", { text: "北" });
    await expect(field).toHaveValue(`${before}北`);
    expect(await standing(page)).toEqual(stood);

    await compose("jing");
    await expect(field).toHaveValue(`${before}北jing`);
    await press("Escape");
    await compose("");
    await expect(field).toHaveValue(`${before}北`);
    expect(await standing(page)).toEqual(stood);

    if (!submits) return;
    await page.keyboard.press("Enter");
    expect((await standing(page)).submitted, "Enter of its own").toBe(true);
  });
}

const SWITCHES: [string, (room: Locator) => Promise<void>][] = [
  ["by the mouse", (room) => room.click()],
  // As from a notification: the focus stays in the field.
  ["from outside", (room) => room.dispatchEvent("click")],
];

for (const [how, open] of SWITCHES)
  test(`a word left open in the composer stays in its room, ${how}`, async ({ page }) => {
    await openScene(page, "scene=main");
    const composer = page.getByTestId("composer");
    await expect(composer).toBeFocused();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Input.imeSetComposition", { text: "你好", selectionStart: 2, selectionEnd: 2 });
    await expect(composer).toHaveValue("你好");
    await open(page.locator('[data-room-name="incidents"]'));
    await expect(page.getByTestId("room-title")).toHaveText("# incidents");
    await expect(composer).toHaveValue("");
    await open(page.locator('[data-room-name="delivery-engine"]'));
    await expect(page.getByTestId("room-title")).toHaveText("# delivery-engine");
    await expect(composer).toHaveValue("你好");
  });
