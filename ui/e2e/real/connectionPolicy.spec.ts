/** The connection policy: the settings reach the engine, and the person is asked after failed attempts. */
import { expect, test } from "@playwright/test";
import { World, say, texts } from "./host";

let world: World;
test.beforeAll(async () => {
  world = await World.start();
});
test.afterAll(() => world.stop());

test("after the chosen number of tries the person is asked, and may be left alone", async ({ browser }) => {
  test.setTimeout(60_000);
  const aki = await world.join(browser, "aki");
  const banner = aki.getByTestId("connection-banner");

  await test.step("figures are judged where they are typed, and hold at once", async () => {
    await aki.keyboard.press("Control+,");
    await aki.getByRole("tab", { name: "Advanced" }).click();
    await aki.getByTestId("figures").locator("summary").click();
    await aki.getByLabel("Longest wait (s)").fill("0.2");
    await expect(
      aki.getByText("At least 1 s. Anything less would overload a server that’s down."),
    ).toBeVisible();
    await aki.getByLabel("Longest wait (s)").fill("1");
    await aki.getByLabel("Ask me after failed attempts").fill("2");
    await aki.getByLabel("Ask me after failed attempts").blur();
    await expect(aki.getByText("Saved")).toBeVisible();
    await aki.keyboard.press("Escape");
  });

  await test.step("the person is asked", async () => {
    await world.offline("aki");
    await say(aki, "is anybody there?");
    await expect(aki.getByRole("button", { name: "Keep trying" })).toBeVisible();
    await expect(banner).toContainText("attempts failed.");
    await expect(banner).toContainText("1 message queued.");
    await aki.emulateMedia({ colorScheme: "light" });
    await aki.screenshot({ path: "test-results/real-asked-light.png" });
    await aki.emulateMedia({ colorScheme: "dark" });
    await aki.screenshot({ path: "test-results/real-asked-dark.png" });
  });

  await test.step("the engine remembers the answer, not the window", async () => {
    await aki.getByRole("button", { name: "Keep trying" }).click();
    await expect(aki.getByRole("button", { name: "Keep trying" })).toHaveCount(0);
    await aki.reload();
    await expect.poll(() => texts(aki)).toEqual(["is anybody there?"]);
    await expect(banner).toHaveAttribute("data-state", /waiting|connecting/);
    await expect(aki.getByRole("button", { name: "Keep trying" })).toHaveCount(0);
  });

  await test.step("and tries on by itself", async () => {
    await world.online("aki");
    await expect(banner).toHaveAttribute("data-state", "up_to_date", { timeout: 15_000 });
    await aki.keyboard.press("Control+,");
    await aki.getByRole("tab", { name: "Advanced" }).click();
    await aki.getByTestId("figures").locator("summary").click();
    await expect(aki.getByLabel("Ask me after failed attempts")).toHaveValue("2");
    await aki.getByRole("button", { name: "Reset to defaults" }).click();
    await expect(aki.getByLabel("Ask me after failed attempts")).toHaveValue("10");
    await expect(aki.getByText("Saved")).toBeVisible();
  });
});
