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
  ConnectionState,
  DesktopView,
  DeviceName,
  Diff,
  Examination,
  Hosting,
  Keyring,
  Open,
  OutboxCount,
  Overview,
  Person,
  Presence,
  Push,
  Rescued,
  Room,
  RoomId,
  Sealed,
  Settings,
  Space,
  SpaceId,
  Status,
  Unreadable,
  Update,
  UserId,
  ViewState,
} from "@/generated/bridge";
import { type TrafficLog, takeTraffic } from "./traffic";
import { type Log, mergeItems, removeItems, setHoles, invalidateLog } from "./log";

/** A typing notice expires after this time (from the protocol). */
export const TYPING_MS = 6000;

export interface SpaceState {
  space: Space;
  link: ConnectionState;
  rooms: Map<RoomId, Room>;
  people: Map<UserId, Person>;
  /** Who is not offline. */
  presence: Map<UserId, Presence>;
  /** The status that the person chose. */
  status: Status;
  outbox: OutboxCount;
  /** By room: who is typing, and when that expires. */
  typing: Map<RoomId, Map<UserId, number>>;
  /** The person's devices as of the last change; null before the first one. */
  devices: DeviceName[] | null;
}

export interface AppState {
  /** The number of the last push; null before the first snapshot. */
  number: number | null;
  version: string;
  profile: string | null;
  /** The person's full name from the operating system. */
  fullName: string | null;
  spaces: Map<SpaceId, SpaceState>;
  settings: Settings;
  keyring: Keyring;
  /** The file that keeps keys behind a passphrase. */
  sealed: Sealed;
  /** What the desktop does for the program. */
  desktop: DesktopView;
  hosting: Hosting | null;
  /** The state of updates of the program. */
  update: Update;
  /** Spaces on this device that can’t be opened. */
  unreadable: Unreadable[];
  /** Spaces whose damaged store was rebuilt, until the person dismisses the notice. */
  rescued: Rescued[];
  /** A request to open something; the app confirms it with `opened`. */
  open: Open | null;
  /** The saved position of the last window. */
  standing: ViewState | null;
  /** The loaded timelines, by room. */
  logs: Map<RoomId, Log>;
  /** The traffic of the connections whose Inspector is open. */
  traffic: Map<SpaceId, TrafficLog>;
  /** What the Doctor found last. */
  examinations: Map<SpaceId, Examination>;
}

export const defaultSettings: Settings = {
  theme: "system",
  language: "system",
  density: "comfortable",
  enter_sends: true,
  bubbles: true,
  notify: "all",
  notify_preview: true,
  notify_paused_until: 0,
  quiet_hours: { on: false, from: 1320, to: 420, days: [true, true, true, true, true, true, true] },
  close_to_tray: true,
  network: {
    proxy: "system",
    manual: { kind: "http", host: "", port: 0, user: "", password_kept: false, bypass: "" },
  },
  zoom: 100,
  spell_check: true,
  shortcut: null,
  autostart: false,
  graphics: "usual",
  muted_spaces: [],
  patience: {
    probe_every_ms: 30_000,
    probe_answer_ms: 5_000,
    retry_first_ms: 500,
    retry_most_ms: 30_000,
    ask_after: 10,
  },
  update_channel: "stable",
  update_check: true,
};

const noUpdate: Update = {
  way: "by_hand",
  stage: "idle",
  news: null,
  received: 0,
  on_quit: false,
  trouble: null,
  text: "",
  looked: null,
};

/** What there is without a desktop. */
export const noDesktop: DesktopView = {
  shortcut: { state: "off" },
  autostart_failed: null,
  safe_graphics: false,
  can: { autostart: false, safe_graphics: false, zoom: false, shortcut: false },
};

export function emptyState(): AppState {
  return {
    number: null,
    version: "",
    profile: null,
    fullName: null,
    spaces: new Map(),
    settings: { ...defaultSettings },
    keyring: { state: "untried" },
    sealed: "unused",
    desktop: noDesktop,
    hosting: null,
    update: noUpdate,
    unreadable: [],
    rescued: [],
    open: null,
    standing: null,
    logs: new Map(),
    traffic: new Map(),
    examinations: new Map(),
  };
}

/** `lost`: a push is missing before this one, which was not applied. */
export type Outcome = "applied" | "lost" | "ignored";

/** Applies a push. `now` is the base of expiry times. */
export function apply(state: AppState, push: Push, now: number): Outcome {
  if (push.push === "snapshot") {
    takeSnapshot(state, push.view);
    state.number = push.number;
    return "applied";
  }
  if (state.number === null) return "ignored";
  // A repeated push; the requested snapshot contains it already.
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
  state.fullName = view.full_name;
  state.settings = view.settings;
  state.keyring = view.keyring;
  state.sealed = view.sealed;
  state.desktop = view.desktop;
  state.hosting = view.hosting;
  state.update = view.update;
  state.unreadable = view.unreadable;
  state.rescued = view.rescued;
  state.open = view.open;
  state.standing = view.standing;
  state.spaces = new Map(view.spaces.map((overview) => [overview.space.id, fromOverview(overview)]));
  // Rows may be missing, so the visible timelines are loaded again.
  if (!again) return;
  for (const log of state.logs.values()) invalidateLog(log);
  for (const log of state.traffic.values()) log.stale = true;
}

function fromOverview(overview: Overview): SpaceState {
  return {
    space: overview.space,
    link: overview.link,
    rooms: new Map(overview.rooms.map((room) => [room.id, room])),
    people: new Map(overview.people.map((person) => [person.id, person])),
    presence: new Map(overview.presence),
    status: overview.status,
    outbox: overview.outbox,
    typing: new Map(),
    devices: null,
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
      state.traffic.delete(change.space);
      state.examinations.delete(change.space);
      return;
    }
    case "rescued":
      state.rescued = change.rescued;
      return;
    case "unreadable":
      state.unreadable = change.unreadable;
      return;
    case "settings":
      state.settings = change.settings;
      return;
    case "keyring":
      state.keyring = change.keyring;
      return;
    case "sealed":
      state.sealed = change.sealed;
      return;
    case "desktop":
      state.desktop = change.desktop;
      return;
    case "hosting":
      state.hosting = change.hosting;
      return;
    case "update":
      state.update = change.update;
      return;
    case "traffic": {
      // Only an open Inspector shows it.
      const log = state.traffic.get(change.space);
      if (log) takeTraffic(log, change.traffic);
      return;
    }
    case "examination":
      state.examinations.set(change.space, change.examination);
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
    case "status":
      space.status = diff.status;
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
      // A sent message ends the typing notice.
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
      if (log) invalidateLog(log);
      return;
    }
    case "devices":
      space.devices = diff.devices;
      return;
    case "outbox":
      space.outbox = diff.outbox;
      return;
  }
}
