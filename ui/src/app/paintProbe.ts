/**
 * Confirms to the program that the page paints: once after the first frame, then on every probe. The
 * program restarts a page that does not answer.
 */
import type { Host } from "@/host/types";

/** The event that the program dispatches. The name is repeated there. */
const PROBE = "homing:painted?";

export function answerPaintProbe(host: Host, page: Window = window) {
  if (!host.painted) return;
  const confirm = () => void host.painted?.().catch(() => undefined);
  // A hidden page gets no animation frames, so it confirms at once.
  const afterPaint = () => {
    if (page.document.visibilityState === "hidden") confirm();
    else page.requestAnimationFrame(() => page.requestAnimationFrame(confirm));
  };
  page.addEventListener(PROBE, afterPaint);
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "hidden") confirm();
  });
  afterPaint();
}
