/**
 * Where the person is, for every time on the screen. It may change while the program runs: a flight, a
 * setting. The page hears of it from nobody, so it looks: when the window is looked at again, and at
 * most a minute later.
 */
import { type Ref, shallowRef } from "vue";

const LOOK_MS = 60_000;

/** Two summers and winters tell apart what has one name in the browser and another in the system. */
function here(): string {
  const year = new Date().getFullYear();
  const offsets = [new Date(), new Date(year, 0, 1), new Date(year, 6, 1)].map((day) =>
    day.getTimezoneOffset(),
  );
  return `${new Intl.DateTimeFormat().resolvedOptions().timeZone} ${offsets.join(" ")}`;
}

const zone = shallowRef(here());

export function lookAtZone() {
  zone.value = here();
}

let watched = false;

/** Names the zone. Whoever reads it is drawn anew in another one. */
export function useZone(): Readonly<Ref<string>> {
  if (!watched && typeof window !== "undefined") {
    watched = true;
    window.addEventListener("focus", lookAtZone);
    document.addEventListener("visibilitychange", lookAtZone);
    // Hidden, nobody sees it; and becoming visible looks at once.
    setInterval(() => document.visibilityState === "visible" && lookAtZone(), LOOK_MS);
  }
  return zone;
}

/** How many days of the calendar lie between two times, where the person is. */
export function daysBetween(from: number, to: number): number {
  const day = (ts: number) => {
    const date = new Date(ts);
    // As if it were in UTC, where every day has 24 hours.
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
  };
  return day(to) - day(from);
}
