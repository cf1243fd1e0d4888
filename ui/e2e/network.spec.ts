/** Network settings, before there is a space and after, with screenshots. */
import { type Page, expect, test } from "@playwright/test";
import { SPACE, openScene } from "./open";

const looks = [
  { name: "light", query: "theme=light" },
  { name: "dark", query: "theme=dark" },
  { name: "chinese", query: "theme=light&lang=zh-CN" },
  { name: "narrow", query: "theme=dark&lang=zh-CN", width: 480, height: 760 },
];
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

async function networkTab(page: Page) {
  await page.keyboard.press("Control+,");
  await page.getByTestId("settings-network").click();
}

async function certificateChanged(page: Page) {
  await page.evaluate((space) => {
    window.homingDemo?.setLink(space, {
      state: "refused",
      why: {
        cause: "certificate_changed",
        expected: "iC3kbNdY6cHk0rYx6fEwqjUe3m0v2m8TZq0J4b1Wc9E",
        found: "q7Zt0P1nY4VbO9sKxw2LhRr8uJcE5dFgTiM3aQzB6yU",
      },
    });
  }, SPACE);
}

for (const { name, query, width = 1280, height = 820 } of looks) {
  test(`pictures of the network, ${name}`, async ({ page }) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    const picture = async (of: string) => {
      await page.waitForTimeout(250);
      await page.screenshot({ path: `test-results/${of}-${name}.png`, animations: "disabled" });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    };
    await page.setViewportSize({ width, height });
    await openScene(page, `scene=main&${query}`);
    await networkTab(page);
    await picture("network");
    await page.getByRole("radio").nth(1).check();
    const form = page.getByTestId("proxy-form");
    await form.getByRole("textbox").nth(0).fill("http://proxy.northlight.example");
    await form.getByRole("textbox").nth(1).fill("3128");
    await form.getByRole("textbox").nth(2).fill("aki");
    await form.locator('[type="submit"]').click();
    await expect(form.locator('[aria-invalid="true"]')).toHaveCount(1);
    await picture("network-manual");
    await form.getByRole("textbox").nth(0).fill("wrong");
    await page.getByTestId("network-test").click();
    await expect(page.getByTestId("network-tested")).toHaveAttribute("data-tone", "bad");
    await page.getByTestId("network-tested").scrollIntoViewIfNeeded();
    await picture("network-tested");
    const authorities = page.getByTestId("authorities");
    await authorities.locator("textarea").fill(PEM);
    await page.getByTestId("ca-add").click();
    await expect(authorities.getByRole("listitem")).toHaveCount(1);
    await authorities.scrollIntoViewIfNeeded();
    await picture("network-authority");
    await page.keyboard.press("Escape");
    await certificateChanged(page);
    await expect(page.getByTestId("connection-banner")).toHaveAttribute("data-state", "refused");
    await page.getByTestId("certificate").click();
    await expect(page.locator("dl dd")).toHaveCount(2);
    await picture("certificate");
    expect(problems).toEqual([]);

    await openScene(page, `scene=welcome&${query}`);
    await picture("welcome-network");
    await page.getByTestId("welcome-network").click();
    await expect(page.getByTestId("network")).toBeVisible();
    await picture("welcome-network-open");
    await page.keyboard.press("Escape");
    await expect(page.getByTestId("welcome-link")).toBeVisible();
  });
}

test("a proxy is tried out, kept, and its password asked for again for another", async ({ page }) => {
  await openScene(page, "scene=main");
  await networkTab(page);
  await page.getByRole("radio", { name: "Manual" }).check();
  await page.getByLabel("Host").fill("proxy.northlight.example");
  await page.getByLabel("Port", { exact: true }).fill("70000");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Enter a port from 1 to 65535.")).toBeVisible();
  await page.getByLabel("Port", { exact: true }).fill("3128");
  await page.getByLabel("User name").fill("aki");
  await page.getByLabel("Password", { exact: true }).fill("s3cret");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByTestId("network-tested")).toHaveAttribute("data-tone", "ok");
  await expect(page.locator('[data-step="proxy"]')).toContainText("http://proxy.northlight.example:3128");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved. Reconnecting…")).toBeVisible();
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await expect(page.getByText("Saved in the keyring.")).toBeVisible();
  await page.getByLabel("Host").fill("other");
  await expect(page.getByText("The saved one is for aki at proxy.northlight.example.")).toBeVisible();
  await page.getByLabel("Host").fill("proxy.northlight.example");
  await page.getByRole("button", { name: "Forget password" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Stored in this computer’s keyring, never in a file.")).toBeVisible();
});

test("an authority is judged, kept and removed", async ({ page }) => {
  await openScene(page, "scene=main");
  await networkTab(page);
  const authorities = page.getByTestId("authorities");
  await authorities.getByLabel("Certificate (PEM)").fill("chat.example");
  await authorities.getByRole("button", { name: "Trust authority" }).click();
  await expect(authorities.getByRole("alert")).toContainText("That isn’t a complete PEM certificate");
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "ca.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(PEM) });
  await expect(authorities.getByLabel("Certificate (PEM)")).toHaveValue(PEM);
  await authorities.getByRole("button", { name: "Trust authority" }).click();
  await expect(authorities.getByRole("listitem")).toContainText("Northlight Internal CA");
  await authorities.getByRole("button", { name: /^Remove the authority/ }).click();
  await expect(authorities.getByRole("listitem")).toHaveCount(0);
});

test("a certificate that changed is explained, and only a new link goes on", async ({ page }) => {
  await openScene(page, "scene=main");
  await certificateChanged(page);
  await expect(page.getByTestId("connection-banner")).toContainText("certificate has changed");
  await page.getByRole("button", { name: "Learn more" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("iC3kbNdY6cHk0rYx6fEwqjUe3m0v2m8TZq0J4b1Wc9E");
  await expect(dialog).toContainText("q7Zt0P1nY4VbO9sKxw2LhRr8uJcE5dFgTiM3aQzB6yU");
  await dialog.getByLabel("New join link").fill("homing://join/chat.northlight.example/OTHER?fp=x");
  await dialog.getByRole("button", { name: "Use new link" }).click();
  await expect(dialog.getByRole("alert")).toContainText("another space");
  await dialog.getByLabel("New join link").fill("homing://join/chat.northlight.example/5RT9-K2QX?fp=x");
  await dialog.getByRole("button", { name: "Use new link" }).click();
  await expect(page.getByText("Now using the new link")).toBeVisible();
  await expect(page.getByTestId("connection-banner")).toHaveAttribute("data-state", "up_to_date");
});

test("a proxy that fails says so at once, and leads to the settings", async ({ page }) => {
  await openScene(page, "scene=offline");
  await page.evaluate((space) => {
    const why = { cause: "proxy", trouble: "wrong_password" } as const;
    const until = Date.now() + 23_000;
    window.homingDemo?.setLink(space, { state: "waiting", until, attempt: 1, why, ask: "not_yet" });
  }, SPACE);
  await expect(page.getByTestId("connection-banner")).toContainText(
    "The proxy rejected the user name or password.",
  );
  await page.getByTestId("network").click();
  await expect(page.getByRole("dialog")).toContainText("Network settings");
});
