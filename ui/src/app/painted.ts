/**
 * Tells the program that the page is on the screen: first when it is drawn, then whenever it is asked.
 * Who hears nothing of it for too long takes the page for dead.
 */
import type { Host } from "@/host/types";

/** How the program asks, with the name that it knows too. */
const ASKED = "homing:painted?";

export function tellPainted(host: Host, page: Window = window) {
  if (!host.painted) return;
  const tell = () => void host.painted?.().catch(() => undefined);
  // Frames are drawn only for who looks: a page that nobody can see lives all the same.
  const drawn = () => {
    if (page.document.visibilityState === "hidden") tell();
    else page.requestAnimationFrame(() => page.requestAnimationFrame(tell));
  };
  page.addEventListener(ASKED, drawn);
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "hidden") tell();
  });
  drawn();
}
