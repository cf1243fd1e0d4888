/** Opening a scene of the in-memory host. */
import type { Page } from "@playwright/test";
import type { World } from "../src/host/memory/world";

declare global {
  interface Window {
    homingDemo?: World;
  }
}

/** Ten in the morning, local time, on a Friday. */
export const MORNING = new Date("2026-11-20T10:00:00+01:00").getTime();

/** Opens a scene at ten in the morning. The clock runs on from there. */
export async function openScene(page: Page, query: string) {
  await page.clock.install({ time: MORNING });
  await page.goto(`/?${query}`);
  await page.evaluate(() => document.fonts.ready);
}
