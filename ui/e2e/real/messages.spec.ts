/** Two windows, two engines, one server: messages arrive once and in one order. */
import { expect, test } from "@playwright/test";
import { World, say, states, texts } from "./host";

test.describe.configure({ mode: "serial" });

let world: World;
test.beforeAll(async () => {
  world = await World.start();
});
test.afterAll(() => world.stop());

test("joining, talking, being cut off and coming back", async ({ browser }) => {
  test.setTimeout(120_000);
  const aki = await world.join(browser, "aki");
  const mei = await world.join(browser, "mei");
  await expect(aki.getByTestId("note").filter({ hasText: "mei" }).first()).toBeVisible();

  await test.step("each reads what the other writes", async () => {
    await say(aki, "hello **mei**");
    await expect(mei.getByTestId("message").last()).toHaveText(/hello mei/);
    await say(mei, "你好 @aki");
    await expect(aki.getByTestId("message").last()).toHaveText(/你好 @aki/);
    // A device acknowledges at most every 5 s.
    await expect.poll(() => states(aki), { timeout: 15_000 }).toEqual(["delivered", "received"]);
  });

  await test.step("what is written offline waits, says so, and is not lost by a restart", async () => {
    await world.offline("aki");
    await say(aki, "offline one");
    await expect(aki.getByTestId("connection-banner")).toHaveAttribute("data-state", "waiting", {
      timeout: 30_000,
    });
    await say(aki, "offline two");
    await say(mei, "meanwhile");
    await expect(aki.getByTestId("connection-banner")).toContainText("2 messages queued");
    await world.restart("aki");
    await aki.reload();
    await expect.poll(() => texts(aki)).toEqual(["hello mei", "你好 @aki", "offline one", "offline two"]);
    await expect.poll(async () => (await states(aki)).slice(2)).toEqual(["queued", "queued"]);
  });

  await test.step("back, everything is in both windows, once and in one order", async () => {
    // Without "Try now" the longest wait between two attempts is 30 s.
    await world.online("aki");
    await expect(aki.getByTestId("connection-banner")).toHaveAttribute("data-state", "up_to_date", {
      timeout: 40_000,
    });
    await expect.poll(async () => (await texts(aki)).length, { timeout: 20_000 }).toBe(5);
    await expect.poll(() => texts(mei)).toEqual(await texts(aki));
    expect([...(await texts(aki))].sort()).toEqual(
      ["hello mei", "meanwhile", "offline one", "offline two", "你好 @aki"].sort(),
    );
    await expect.poll(() => states(aki), { timeout: 15_000 }).not.toContain("sent");
  });

  await test.step("a reload keeps everything", async () => {
    const before = await texts(mei);
    await mei.getByTestId("composer").fill("half a thought");
    await mei.getByTestId("composer").blur();
    await mei.reload();
    await expect.poll(() => texts(mei)).toEqual(before);
    await expect(mei.getByTestId("composer")).toHaveValue("half a thought");
  });
});

test("a room made here is found and joined there", async ({ browser }) => {
  const aki = await world.page(browser, "aki");
  const mei = await world.page(browser, "mei");
  await aki.getByTestId("rooms-add").click();
  await aki.getByTestId("menu-create_room").click();
  await aki.getByTestId("create-room-name").fill("kitchen");
  await aki.getByTestId("create-room-submit").click();
  await expect(aki.getByTestId("room-title")).toHaveText("# kitchen");
  await say(aki, "who is hungry?");

  await mei.getByTestId("rooms-add").click();
  await mei.getByTestId("menu-browse_rooms").click();
  await mei.getByRole("button", { name: "Join kitchen" }).click();
  await expect(mei.getByTestId("room-title")).toHaveText("# kitchen");
  await expect(mei.getByTestId("message").last()).toHaveText(/who is hungry/);
  await expect(aki.getByTestId("note").filter({ hasText: "mei joined" })).toBeVisible();
});

test("an invitation made here lets a third person in", async ({ browser }) => {
  const aki = await world.page(browser, "aki");
  await aki.getByTestId("rooms-add").click();
  await aki.getByTestId("menu-invite").click();
  await aki.getByTestId("invite-create").click();
  const link = await aki.getByTestId("invite-link").inputValue();
  const lin = await world.page(browser, "lin");
  await lin.getByTestId("welcome-link").fill(link);
  await expect(lin.getByTestId("welcome-found")).toContainText("aki invited you to");
  await lin.getByTestId("welcome-name").fill("aki");
  await lin.getByTestId("welcome-join").click();
  await expect(lin.getByText("This name is taken.")).toBeVisible();
  await lin.getByTestId("welcome-name").fill("lin");
  await lin.getByTestId("welcome-join").click();
  await expect(lin.getByTestId("main")).toBeVisible();
});
