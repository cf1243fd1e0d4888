/** What suppresses notifications, and for how long: pauses, mutes, the person's own status. */
import type { AppView, NotifyLevel, Room, Status } from "@/generated/bridge";
import type { AppState } from "./state";

export const HOUR_MS = 3_600_000;
/** The hour at which a mute until tomorrow ends. */
const MORNING_HOUR = 9;

export const LEVELS: readonly NotifyLevel[] = ["all", "mentions", "nothing"];
export const STATUSES: readonly Status[] = ["available", "away", "quiet"];

/** For how long a room is muted. */
export type MuteSpan = "hour" | "eight_hours" | "tomorrow" | "ever";
export const MUTE_SPANS: readonly MuteSpan[] = ["hour", "eight_hours", "tomorrow", "ever"];

/** When a mute that begins now ends; null: never. Tomorrow is a calendar day, not 24 hours. */
export function muteEnd(span: MuteSpan, now: number): number | null {
  switch (span) {
    case "hour":
      return now + HOUR_MS;
    case "eight_hours":
      return now + 8 * HOUR_MS;
    case "tomorrow": {
      const day = new Date(now);
      return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, MORNING_HOUR).getTime();
    }
    case "ever":
      return null;
  }
}

/** Whether notifications are paused. */
export function isPaused(settings: AppView["settings"], now: number): boolean {
  return now < settings.notify_paused_until;
}

/** Whether a room never notifies. */
export function isSilenced(room: Room): boolean {
  return room.muted || room.notify === "nothing";
}

/** The person's status, if it is the same in every space. */
export function sameStatus(state: AppState): Status | null {
  const all = new Set([...state.spaces.values()].map((space) => space.status));
  const [only] = all;
  return all.size === 1 && only !== undefined ? only : null;
}
