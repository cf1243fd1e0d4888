/**
 * What the interface knows, and the one way it changes.
 *
 * `apply` takes a push and nothing else: no clock, no host, no screen. Each change carries the whole
 * new value of what it names, so applying one twice is harmless. A number that is not the next one
 * is told to the caller, who asks for the snapshot again; until it comes nothing is applied.
 */
import type {
  AppView,
  Change,
  Diff,
  Hosting,
  Keyring,
  Link,
  Open,
  OutboxCount,
  Overview,
  Person,
  Presence,
  Push,
  Room,
  RoomId,
  Settings,
  Space,
  SpaceId,
  Unreadable,
  UserId,
} from "@/generated/bridge";
import { type Log, mergeItems, removeItems, setHoles } from "./log";

/** Somebody writes is forgotten after so long without another word of it (the protocol's figure). */
export const TYPING_MS = 6000;

export interface SpaceState {
  space: Space;
  link: Link;
  rooms: Map<RoomId, Room>;
  people: Map<UserId, Person>;
  /** Who is not offline. */
  presence: Map<UserId, Presence>;
  outbox: OutboxCount;
  /** By room: who writes, and when that is to be forgotten. */
  typing: Map<RoomId, Map<UserId, number>>;
}

export interface AppState {
  /** The number of the last push; null before the first snapshot. */
  number: number | null;
  version: string;
  profile: string | null;
  spaces: Map<SpaceId, SpaceState>;
  settings: Settings;
  keyring: Keyring;
  hosting: Hosting | null;
  /** Spaces on this device that can’t be opened. */
  unreadable: Unreadable[];
  /** Something asks to be shown; the app shows it and answers `opened`. */
  open: Open | null;
  /** The timelines that were looked at, by room. */
  logs: Map<RoomId, Log>;
}

export const defaultSettings: Settings = {
  theme: "system",
  language: "system",
  density: "comfortable",
  enter_sends: true,
  bubbles: true,
  notify: "all",
  notify_preview: true,
  close_to_tray: true,
};

export function emptyState(): AppState {
  return {
    number: null,
    version: "",
    profile: null,
    spaces: new Map(),
    settings: { ...defaultSettings },
    keyring: { state: "untried" },
    hosting: null,
    unreadable: [],
    open: null,
    logs: new Map(),
  };
}

/** `lost`: a push is missing before this one, which was not applied. */
export type Outcome = "applied" | "lost" | "ignored";

/** Applies a push. `now` dates what is forgotten by itself. */
export function apply(state: AppState, push: Push, now: number): Outcome {
  if (push.push === "snapshot") {
    takeSnapshot(state, push.view);
    state.number = push.number;
    return "applied";
  }
  if (state.number === null) return "ignored";
  // An old one again; the snapshot that was asked for holds it already.
  if (push.number <= state.number) return "ignored";
  if (push.number !== state.number + 1) return "lost";
  for (const change of push.changes) applyChange(state, change, now);
  state.number = push.number;
  return "applied";
}

function takeSnapshot(state: AppState, view: AppView) {
  const again = state.number !== null;
  state.version = view.version;
  state.profile = view.profile;
  state.settings = view.settings;
  state.keyring = view.keyring;
  state.hosting = view.hosting;
  state.unreadable = view.unreadable;
  state.open = view.open;
  state.spaces = new Map(view.spaces.map((overview) => [overview.space.id, fromOverview(overview)]));
  // Rows may have been among what was lost: what is shown stays and is read again.
  if (again) for (const log of state.logs.values()) log.stale = true;
}

function fromOverview(overview: Overview): SpaceState {
  return {
    space: overview.space,
    link: overview.link,
    rooms: new Map(overview.rooms.map((room) => [room.id, room])),
    people: new Map(overview.people.map((person) => [person.id, person])),
    presence: new Map(overview.presence),
    outbox: overview.outbox,
    typing: new Map(),
  };
}

function applyChange(state: AppState, change: Change, now: number) {
  switch (change.change) {
    case "in": {
      const space = state.spaces.get(change.space);
      if (space) applyDiff(state, space, change.diff, now);
      return;
    }
    case "space_entered":
      state.spaces.set(change.overview.space.id, fromOverview(change.overview));
      return;
    case "space_left": {
      const rooms = state.spaces.get(change.space)?.rooms.keys() ?? [];
      for (const room of rooms) state.logs.delete(room);
      state.spaces.delete(change.space);
      return;
    }
    case "settings":
      state.settings = change.settings;
      return;
    case "keyring":
      state.keyring = change.keyring;
      return;
    case "hosting":
      state.hosting = change.hosting;
      return;
    case "open":
      state.open = change.open;
      return;
  }
}

function applyDiff(state: AppState, space: SpaceState, diff: Diff, now: number) {
  switch (diff.diff) {
    case "space":
      space.space = diff.space;
      return;
    case "link":
      space.link = diff.link;
      return;
    case "room":
      space.rooms.set(diff.room.id, diff.room);
      return;
    case "room_gone":
      space.rooms.delete(diff.room);
      space.typing.delete(diff.room);
      state.logs.delete(diff.room);
      return;
    case "person":
      space.people.set(diff.person.id, diff.person);
      return;
    case "presence":
      if (diff.all) space.presence.clear();
      for (const [user, presence] of diff.people) {
        if (presence === "offline") space.presence.delete(user);
        else space.presence.set(user, presence);
      }
      return;
    case "typing": {
      const here = space.typing.get(diff.room) ?? new Map<UserId, number>();
      space.typing.set(diff.room, new Map(here).set(diff.user, now + TYPING_MS));
      return;
    }
    case "items": {
      const log = state.logs.get(diff.room);
      if (log) mergeItems(log, diff.items);
      // Who sent something no longer writes it.
      const typing = space.typing.get(diff.room);
      for (const item of diff.items) typing?.delete(item.sender);
      return;
    }
    case "items_gone": {
      const log = state.logs.get(diff.room);
      if (log) removeItems(log, diff.keys);
      return;
    }
    case "holes": {
      const log = state.logs.get(diff.room);
      if (log) setHoles(log, diff.holes);
      return;
    }
    case "timeline_reset": {
      const log = state.logs.get(diff.room);
      if (log) log.stale = true;
      return;
    }
    case "outbox":
      space.outbox = diff.outbox;
      return;
  }
}
