/**
 * The store: the state, updated by the host's pushes, and the commands to the host.
 *
 * Only this file joins the pure state to a host. Features take it with `useHoming`.
 */
import { type InjectionKey, inject, reactive, shallowReactive, shallowReadonly } from "vue";
import type { Args, CommandName, Host, Returns } from "@/host/types";
import type { MessageRef, RoomId, SpaceId, Timeline, TimelinePart } from "@/generated/bridge";
import { type AppState, type SpaceState, apply, emptyState } from "./state";
import {
  type Log,
  appendPage,
  beginRead,
  emptyLog,
  endRead,
  firstSeq,
  lastSeq,
  PAGE,
  prependPage,
  replaceLog,
} from "./log";

/** Timelines cached for rooms that are not open. */
const LOGS = 8;

export interface Homing {
  readonly state: AppState;
  call<K extends CommandName>(name: K, args: Args<K>): Promise<Returns<K>>;
  copy(text: string | Promise<string>): Promise<void>;
  /** The link to a space on the clipboard, where it can be read. */
  copiedLink(): Promise<string | null>;
  openLink(url: string): Promise<void>;
  /** Subscribes to pushes. Resolves with the first snapshot. */
  start(): Promise<void>;
  stop(): void;
  logs: Logs;
}

/** Where a room is opened: at the first unread row, at the end, or around a row. */
export type From = "unread" | "latest" | { seq: number } | { around: MessageRef };

/** Loads timelines. Each method resolves when the rows are in the state. */
export interface Logs {
  /** The room's timeline; created empty if it is not cached. */
  of(room: RoomId): Log;
  open(space: SpaceId, room: RoomId, from: From): Promise<void>;
  /** Loads a room before it is first rendered, so that it appears with its rows. */
  openAhead(space: SpaceId, room: RoomId, from: From): Promise<void>;
  /** Whether the room was opened ahead. Only the first view that asks, of whichever room, is told so. */
  wasOpenedAhead(room: RoomId): boolean;
  before(space: SpaceId, room: RoomId): Promise<void>;
  after(space: SpaceId, room: RoomId): Promise<void>;
  /** Loads a stale timeline again, at its position. */
  again(space: SpaceId, room: RoomId): Promise<void>;
}

const key: InjectionKey<Homing> = Symbol("homing");
export const homingKey = key;

export function useHoming(): Homing {
  const homing = inject(key);
  if (!homing) throw new Error("no store was provided");
  return homing;
}

export function createHoming(host: Host, now: () => number = Date.now): Homing {
  const state = reactive(emptyState()) as AppState;
  let unsubscribe: (() => void) | null = null;
  let asking = false;

  async function resync() {
    if (asking) return;
    asking = true;
    try {
      await host.call("resync", {});
    } finally {
      asking = false;
    }
  }

  return {
    state: shallowReadonly(state) as AppState,
    call: (name, args) => host.call(name, args),
    copy: (text) => host.copy(text),
    copiedLink: () => host.copiedLink?.() ?? Promise.resolve(null),
    openLink: (url) => host.openLink(url),
    async start() {
      await new Promise<void>((resolve, reject) => {
        host
          .subscribe((push) => {
            const outcome = apply(state, push, now());
            if (outcome === "lost") void resync();
            if (push.push === "snapshot") resolve();
          })
          .then((end) => (unsubscribe = end), reject);
      });
    },
    stop() {
      unsubscribe?.();
      unsubscribe = null;
    },
    logs: createLogs(host, state),
  };
}

function partOf(from: From): TimelinePart {
  if (typeof from === "string") return { from };
  if ("around" in from) return { from: "around", ...from.around };
  return { from: "after", seq: Math.max(0, from.seq - PAGE / 2) };
}

function createLogs(host: Host, state: AppState): Logs {
  const busy = new Set<string>();
  /** Counts the openings of a room: only the answer to the last one is used. */
  const turns = new Map<RoomId, number>();
  let openedAhead: RoomId | null = null;

  /** One reading of a kind and room at a time; a second one has nothing to add. */
  async function once(name: string, read: () => Promise<void>) {
    if (busy.has(name)) return;
    busy.add(name);
    try {
      await read();
    } finally {
      busy.delete(name);
    }
  }

  function of(room: RoomId): Log {
    const held = state.logs.get(room);
    if (held) {
      // The one used last stands last.
      state.logs.delete(room);
      state.logs.set(room, held);
      return held;
    }
    while (state.logs.size >= LOGS) {
      const oldest = state.logs.keys().next();
      if (oldest.done) break;
      state.logs.delete(oldest.value);
    }
    // Rows are replaced as a whole, so shallow reactivity is enough.
    const made = shallowReactive(emptyLog());
    state.logs.set(room, made);
    return made;
  }

  /**
   * Reads a part and takes it, unless `fits` says that the window was replaced meanwhile. An answer from
   * before the window became stale is not taken: it is asked for again.
   */
  async function read(
    space: SpaceId,
    room: RoomId,
    part: TimelinePart,
    limit: number,
    take: (log: Log, rows: Timeline) => void,
    fits: () => boolean,
  ) {
    const log = of(room);
    beginRead(log);
    try {
      let voided: number;
      let rows: Timeline;
      do {
        ({ voided } = log);
        rows = await host.call("timeline", { space, room, part, limit });
      } while (fits() && log.voided !== voided);
      if (fits()) take(log, rows);
    } finally {
      endRead(log);
    }
  }

  async function open(space: SpaceId, room: RoomId, from: From) {
    const part = partOf(from);
    const turn = (turns.get(room) ?? 0) + 1;
    turns.set(room, turn);
    await read(space, room, part, PAGE, replaceLog, () => turns.get(room) === turn);
  }

  return {
    of,
    open,
    async openAhead(space, room, from) {
      openedAhead = room;
      await open(space, room, from);
    },
    wasOpenedAhead(room) {
      const was = openedAhead === room;
      openedAhead = null;
      return was;
    },
    before: (space, room) =>
      once(`before ${room}`, async () => {
        const log = of(room);
        const seq = firstSeq(log);
        if (seq === null || !log.more_before) return;
        await read(space, room, { from: "before", seq }, PAGE, prependPage, () => firstSeq(log) === seq);
      }),
    after: (space, room) =>
      once(`after ${room}`, async () => {
        const log = of(room);
        const seq = lastSeq(log);
        if (seq === null || !log.more_after) return;
        await read(space, room, { from: "after", seq }, PAGE, appendPage, () => lastSeq(log) === seq);
      }),
    again: (space, room) =>
      once(`again ${room}`, async () => {
        const log = of(room);
        const first = firstSeq(log);
        const part: TimelinePart =
          log.more_after && first !== null ? { from: "after", seq: first - 1 } : { from: "latest" };
        await read(space, room, part, Math.max(PAGE, log.items.length), replaceLog, () => true);
      }),
  };
}

/** The space of a state, when it is there. */
export function spaceOf(state: AppState, id: SpaceId | null): SpaceState | null {
  return id === null ? null : (state.spaces.get(id) ?? null);
}
