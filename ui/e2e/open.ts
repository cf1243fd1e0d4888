/** Opening a scene of the in-memory host. */
import type { Page } from "@playwright/test";
import { type World, id } from "../src/host/memory/world";

declare global {
  interface Window {
    homingDemo?: World;
  }
}

/** Ten in the morning, local time, on a Friday. */
export const MORNING = new Date("2026-11-20T10:00:00+01:00").getTime();

/** The demonstration's space and its first room. */
export const SPACE = id("space", 1);
export const ROOM = id("room", 1);

/** Opens a scene in its first room at ten in the morning. The clock runs on from there. */
export async function openScene(page: Page, query: string) {
  await page.clock.install({ time: MORNING });
  const place = JSON.stringify({ space: SPACE, rooms: { [SPACE]: ROOM } });
  await page.addInitScript((kept) => {
    if (!localStorage.getItem("homing.place")) localStorage.setItem("homing.place", kept);
  }, place);
  await page.goto(`/?${query}`);
  await page.locator("[data-testid=main], [data-testid=welcome]").waitFor();
  await page.evaluate(() => document.fonts.ready);
}
