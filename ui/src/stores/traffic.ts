/**
 * The traffic of a connection for the Inspector. It is bounded, and merges the answer to opening the
 * Inspector with what was pushed since.
 */
import type { Entry, Outage, RoundTrip, Second, Traffic } from "@/generated/bridge";

/** Entries kept: twice what the engine keeps, so that pausing loses no row that was shown. */
export const LINES = 2000;
/** The chart of round trips. */
export const TRIPS = 240;
/** The chart of frames: five minutes. */
export const SECONDS = 300;

export interface TrafficLog {
  entries: Entry[];
  trips: RoundTrip[];
  seconds: Second[];
  outages: Outage[];
  online_since: number | null;
  /** Pushes may have been missed: open the Inspector again. */
  stale: boolean;
}

export function emptyTraffic(): TrafficLog {
  return { entries: [], trips: [], seconds: [], outages: [], online_since: null, stale: false };
}

const newest = <T>(all: T[], most: number): T[] => (all.length > most ? all.slice(all.length - most) : all);

/** Adds what is new. Entries that are already present are skipped. */
export function takeTraffic(log: TrafficLog, traffic: Traffic) {
  const last = log.entries.at(-1)?.number ?? 0;
  const fresh = traffic.entries.filter((entry) => entry.number > last);
  if (fresh.length > 0) log.entries = newest([...log.entries, ...fresh], LINES);
  const measured = log.trips.at(-1)?.at ?? 0;
  const trips = traffic.round_trips.filter((trip) => trip.at > measured);
  if (trips.length > 0) log.trips = newest([...log.trips, ...trips], TRIPS);
  const begun = traffic.seconds[0]?.at;
  if (begun !== undefined) {
    const before = log.seconds.filter((second) => second.at < begun);
    log.seconds = newest([...before, ...traffic.seconds], SECONDS);
  }
  if (traffic.outages) log.outages = traffic.outages;
  log.online_since = traffic.online_since;
}
