/** How large everything is: steps as browsers have them, within what the program takes. */
import { useHoming } from "./homing";

export const STEPS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;

/** The next step from a zoom, upwards or downwards; the last one stays. */
export function nextZoom(now: number, by: 1 | -1): number {
  return (by > 0 ? STEPS.find((step) => step > now) : STEPS.findLast((step) => step < now)) ?? now;
}

export function useZoom() {
  const homing = useHoming();

  function set(zoom: number) {
    // A browser zooms by itself.
    if (!homing.state.desktop.can.zoom || zoom === homing.state.settings.zoom) return;
    // What can't be kept stays as it was, which everybody sees.
    homing.call("set_settings", { ...homing.state.settings, zoom }).catch(() => undefined);
  }

  return {
    step: (by: 1 | -1) => set(nextZoom(homing.state.settings.zoom, by)),
    reset: () => set(100),
  };
}
