/** Turns trace entries into table rows: colour, text, and the filter. */
import type { ConnectionFailure, Entry, Second } from "@/generated/bridge";
import { closeCodeKey } from "@/i18n/closeCode";

export type Tint = "sent" | "received" | "control" | "trouble";
export type Filter = "all" | Tint;
export const FILTERS: Filter[] = ["all", "sent", "received", "control", "trouble"];

export interface FrameRow {
  key: string;
  entry: Entry;
  tint: Tint;
  mark: "↑" | "↓" | "✕" | "•";
  kind: string;
  length: number | null;
}

/** Frames that keep the connection alive and say nothing of rooms. */
const CONTROL = new Set(["ping", "pong", "ws_ping", "ws_pong", "eph", "bye", "ack"]);

function tintOf({ what }: Entry): Tint {
  switch (what.what) {
    case "opened":
      return "control";
    case "closed":
    case "failed":
      return "trouble";
    case "sent":
    case "received":
      if (what.kind === "err" || what.kind === "?") return "trouble";
      return CONTROL.has(what.kind) ? "control" : what.what;
  }
}

export function rowOf(entry: Entry): FrameRow {
  const { what } = entry;
  const frame = what.what === "sent" || what.what === "received";
  return {
    key: String(entry.number),
    entry,
    tint: tintOf(entry),
    mark: what.what === "sent" ? "↑" : what.what === "received" ? "↓" : what.what === "opened" ? "•" : "✕",
    kind: frame ? what.kind : what.what,
    length: frame ? what.length : null,
  };
}

/** The rows that match the filter, oldest first. */
export function chosen(entries: Entry[], filter: Filter, query: string): FrameRow[] {
  const wanted = query.trim().toLowerCase();
  return entries.map(rowOf).filter((row) => {
    if (filter !== "all" && row.tint !== filter) return false;
    if (wanted === "") return true;
    const { what } = row.entry;
    const text = what.what === "sent" || what.what === "received" ? (what.preview ?? "") : "";
    const code = what.what === "closed" ? String(what.code) : "";
    return [row.kind, text, code].some((words) => words.toLowerCase().includes(wanted));
  });
}

/** Frames by fifteen seconds, the last bar ending now. */
export const BARS = 20;
const BAR_SECONDS = 15;

export function bars(seconds: Second[], now: number): { in: number; out: number }[] {
  const end = Math.floor(now / 1000) + 1;
  const all = Array.from({ length: BARS }, () => ({ in: 0, out: 0 }));
  for (const second of seconds) {
    const bar = all[BARS - 1 - Math.floor((end - 1 - second.at) / BAR_SECONDS)];
    if (!bar) continue;
    bar.in += second.frames_in;
    bar.out += second.frames_out;
  }
  return all;
}

/** What passed within the last minute: frames, and bytes a second. */
export function lastMinute(seconds: Second[], now: number) {
  const from = Math.floor(now / 1000) - 60;
  const sum = { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0 };
  for (const second of seconds) {
    if (second.at <= from) continue;
    sum.framesIn += second.frames_in;
    sum.framesOut += second.frames_out;
    sum.bytesIn += second.bytes_in / 60;
    sum.bytesOut += second.bytes_out / 60;
  }
  return sum;
}

/** `1.2 kB` of bytes. */
export function bytes(n: number): string {
  if (n < 1000) return `${Math.round(n)} B`;
  const [value, unit] = n < 1e6 ? [n / 1e3, "kB"] : [n / 1e6, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** The key of what happened, for a code that may be of a later version. */
export function codeKey(code: number): string {
  return `close.codes.${closeCodeKey(code)}.happened`;
}

/** The message key of why an attempt failed, with its values. */
export function whyOf(why: ConnectionFailure): { key: string; values: Record<string, number> } {
  switch (why.cause) {
    case "closed":
      return { key: codeKey(why.code), values: {} };
    case "obstacle":
      return { key: `link.why.obstacle.${why.obstacle}`, values: { status: why.status } };
    case "proxy":
      return { key: `link.why.proxy.${why.trouble}`, values: {} };
    default:
      return { key: `link.why.${why.cause}`, values: {} };
  }
}
