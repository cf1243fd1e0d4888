/** A changed certificate is refused with an explanation, and accepted with a new link. */
import { expect, test } from "@playwright/test";
import { World, say, states, texts } from "./host";

let world: World;
test.beforeAll(async () => {
  world = await World.start();
});
test.afterAll(() => world.stop());

/** The parts of a link. */
const fingerprint = (link: string) => /fp=([\w-]{43})/.exec(link)?.[1] ?? "";

test("a changed certificate stops, explains, and goes on by a new link only", async ({ browser }) => {
  test.setTimeout(60_000);
  const aki = await world.join(browser, "aki");
  const before = fingerprint(await world.link("aki"));
  await say(aki, "before");
  await expect.poll(() => states(aki)).toEqual(["sent"]);

  await world.recertify();
  const banner = aki.getByTestId("connection-banner");
  await expect(banner).toHaveAttribute("data-state", "refused", { timeout: 20_000 });
  await expect(banner).toContainText("The server’s certificate has changed.");
  await say(aki, "written meanwhile");
  await expect(banner).toContainText("1 message queued.");
  const link = await world.link("aki");
  const now = fingerprint(link);
  expect(now).not.toBe(before);

  await aki.getByRole("button", { name: "Learn more" }).click();
  const dialog = aki.getByRole("dialog", { name: "The server’s certificate has changed" });
  await expect(dialog).toContainText(before);
  await expect(dialog).toContainText(now);
  await expect(dialog).toContainText("Someone is intercepting your connection");
  await aki.waitForTimeout(250);
  await aki.screenshot({ path: "test-results/real-certificate-light.png" });
  await aki.emulateMedia({ colorScheme: "dark" });
  await aki.screenshot({ path: "test-results/real-certificate-dark.png" });

  // Opening the dialog again shows the same, and the old link is refused.
  await dialog.getByRole("button", { name: "Check again" }).click();
  await expect(banner).toHaveAttribute("data-state", "refused");
  await aki.getByRole("button", { name: "Learn more" }).click();
  await dialog.getByLabel("New join link").fill(link.replace(now, before));
  await dialog.getByRole("button", { name: "Use new link" }).click();
  await expect(dialog.getByRole("alert")).toHaveAttribute("data-code", "certificate_changed");

  await dialog.getByLabel("New join link").fill(link);
  await dialog.getByRole("button", { name: "Use new link" }).click();
  await expect(aki.getByText("Now using the new link")).toBeVisible();
  await expect(banner).toHaveAttribute("data-state", "up_to_date");
  await expect.poll(() => texts(aki)).toEqual(["before", "written meanwhile"]);
  await expect.poll(() => states(aki)).toEqual(["sent", "sent"]);
});

test("the network is set before there is a space", async ({ browser }) => {
  const lin = await world.page(browser, "lin");
  await lin.getByRole("button", { name: "Network settings" }).click();
  await lin.getByRole("radio", { name: "Manual" }).check();
  await lin.getByLabel("Host").fill("nobody.invalid");
  await lin.getByLabel("Port", { exact: true }).fill("1080");
  await lin.getByLabel("User name").fill("lin");
  await lin.getByLabel("Password", { exact: true }).fill("s3cret-of-lin");
  await lin.getByLabel("Server or join link").fill("chat.invalid");
  await lin.getByRole("button", { name: "Test connection" }).click();
  await expect(lin.getByTestId("network-tested")).toHaveAttribute("data-tone", "bad");
  await expect(lin.getByTestId("network-tested")).toContainText("Can’t find the proxy");
  await lin.getByRole("button", { name: "Save", exact: true }).click();
  await expect(lin.getByText("Saved. Reconnecting…")).toBeVisible();
  expect(await lin.content()).not.toContain("s3cret-of-lin");
  await lin.keyboard.press("Escape");
  // That proxy reaches nothing, and the failure offers to change it.
  await lin.getByTestId("welcome-link").fill("homing://join/chat.invalid/5RT9-K2QX");
  await expect(lin.getByTestId("failure")).toHaveAttribute("data-code", "proxy_not_found");
  await lin.getByTestId("failure-network").click();
  await lin.getByRole("radio", { name: "No proxy" }).check();
  await lin.getByRole("button", { name: "Save", exact: true }).click();
  await expect(lin.getByText("Saved. Reconnecting…")).toBeVisible();
});
