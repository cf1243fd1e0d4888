/**
 * A small server and engine in memory: what the interface would see of real ones, without either.
 *
 * For development and tests only; a build that ships has none of it. Nothing here is random: names
 * are counted, and time comes from outside.
 */
import type {
  AppView,
  Change,
  Cid,
  ConnectionState,
  Delivery,
  Diff,
  Hole,
  Item,
  Keyring,
  NotifyDecision,
  Overview,
  Push,
  Queued,
  Room,
  RoomId,
  Sealed,
  Seq,
  SpaceId,
  Timeline,
  TimelinePart,
  UserId,
} from "@/generated/bridge";

/** A name that reads like the real ones. */
export function id(kind: string, n: number): string {
  const hex = [...kind].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 0xffff, 7);
  return `00000000-${hex.toString(16).padStart(4, "0")}-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** A room with its log. The first `made` entries are not stored but generated on request. */
export interface RoomBook {
  room: Room;
  members: UserId[];
  made: number;
  make(seq: Seq): Item;
  items: Item[];
  holes: Hole[];
}

export interface SpaceBook {
  overview: Overview;
  books: Map<RoomId, RoomBook>;
  outbox: { room: RoomId; item: Item }[];
}

/** How long the steps of a sending take, in milliseconds. */
const SENDING_MS = 60;
const SENT_MS = 160;
const DELIVERED_MS = 600;

export class World {
  /** The link on the clipboard, as the program around the page would read it. */
  copied: string | null = null;
  readonly view: AppView;
  readonly spaces = new Map<SpaceId, SpaceBook>();
  readonly decisions: NotifyDecision[] = [];
  private listeners = new Set<(push: Push) => void>();
  private number = 1;
  private counter = 1;
  /** Loses the next push, to see what a listener does. */
  loseNext = false;

  constructor(
    view: AppView,
    readonly now: () => number,
  ) {
    this.view = view;
  }

  fresh(kind: string): string {
    return id(kind, this.counter++ + 0x1000);
  }

  /** Removes the keys, as a locked keyring or file does, or restores them. */
  keep(keyring: Keyring, sealed: Sealed) {
    const given = sealed === "open" || (sealed === "unused" && keyring.state === "working");
    this.view.keyring = keyring;
    this.view.sealed = sealed;
    this.push({ change: "keyring", keyring }, { change: "sealed", sealed });
    for (const space of this.spaces.keys())
      this.setLink(
        space,
        given ? { state: "up_to_date", rtt_ms: 23 } : { state: "refused", why: { cause: "no_token" } },
      );
  }

  addSpace(book: SpaceBook) {
    this.spaces.set(book.overview.space.id, book);
    this.view.spaces.push(book.overview);
  }

  listen(listener: (push: Push) => void): () => void {
    this.listeners.add(listener);
    listener(this.snapshot());
    return () => this.listeners.delete(listener);
  }

  private snapshot(): Push {
    for (const space of this.spaces.values())
      space.overview.rooms = [...space.books.values()].map((book) => book.room);
    return { push: "snapshot", number: this.number, view: structuredClone(this.view) };
  }

  resync() {
    for (const listener of this.listeners) listener(this.snapshot());
  }

  push(...changes: Change[]) {
    this.number++;
    if (this.loseNext) {
      this.loseNext = false;
      return;
    }
    const push: Push = { push: "changes", number: this.number, changes: structuredClone(changes) };
    for (const listener of this.listeners) listener(push);
  }

  pushIn(space: SpaceId, ...diffs: Diff[]) {
    this.push(...diffs.map((diff): Change => ({ change: "in", space, diff })));
  }

  space(id: SpaceId): SpaceBook {
    const book = this.spaces.get(id);
    if (!book) throw { code: "not_found", text: "no such space", retry_after_ms: null };
    return book;
  }

  book(space: SpaceId, room: RoomId): RoomBook {
    const book = this.space(space).books.get(room);
    if (!book) throw { code: "not_found", text: "no such room", retry_after_ms: null };
    return book;
  }

  /** Adds an entry to a room's log. */
  append(space: SpaceId, room: RoomId, item: Omit<Item, "place">): Item {
    const book = this.book(space, room);
    const seq = book.room.head + 1;
    const placed: Item = { ...item, place: { at: "log", n: seq } };
    book.items.push(placed);
    book.room.head = seq;
    if (placed.content.kind === "message") {
      book.room.last = { sender: placed.sender, text: placed.content.body.text.slice(0, 120), ts: placed.ts };
    }
    return placed;
  }

  /** Another person writes a message. */
  receive(space: SpaceId, room: RoomId, sender: UserId, text: string) {
    const me = this.space(space).overview.space.me;
    const book = this.book(space, room);
    const mentions = text.includes("@Aki") ? [me] : [];
    const item = this.append(space, room, {
      key: this.fresh("cid"),
      sender,
      ts: this.now(),
      content: { kind: "message", body: { text, mentions } },
      delivery: null,
    });
    book.room.unread++;
    if (mentions.length > 0) book.room.mentions++;
    this.pushIn(space, { diff: "items", room, items: [item] }, { diff: "room", room: book.room });
  }

  setLink(space: SpaceId, link: ConnectionState) {
    const book = this.space(space);
    book.overview.link = link;
    this.pushIn(space, { diff: "link", link });
    if (link.state === "up_to_date") this.flush(space);
  }

  /** The person writes. */
  write(space: SpaceId, room: RoomId, text: string, mentions: UserId[]): Cid {
    const cid = this.fresh("cid");
    const book = this.space(space);
    const item: Item = {
      key: cid,
      place: { at: "outbox", n: this.counter++ },
      sender: book.overview.space.me,
      ts: this.now(),
      content: { kind: "message", body: { text, mentions } },
      delivery: { state: "queued" },
    };
    book.outbox.push({ room, item });
    this.pushIn(space, { diff: "items", room, items: [item] }, this.countOutbox(space));
    if (book.overview.link.state === "up_to_date") this.flush(space);
    return cid;
  }

  countOutbox(space: SpaceId): Diff {
    const book = this.space(space);
    const wedged = book.outbox.filter(({ item }) => item.delivery?.state === "wedged").length;
    book.overview.outbox = { waiting: book.outbox.length - wedged, wedged };
    return { diff: "outbox", outbox: book.overview.outbox };
  }

  change(space: SpaceId, cid: Cid, to: Partial<Item>) {
    const entry = this.queued(space, cid);
    entry.item = { ...entry.item, ...to };
    this.pushIn(space, { diff: "items", room: entry.room, items: [entry.item] }, this.countOutbox(space));
  }

  queued(space: SpaceId, cid: Cid): { room: RoomId; item: Item } {
    const entry = this.space(space).outbox.find(({ item }) => item.key === cid);
    if (!entry) throw { code: "too_late", text: "it is on its way", retry_after_ms: null };
    return entry;
  }

  /** Sends what waits, one after the other. */
  private flush(space: SpaceId) {
    const waiting = this.space(space).outbox.filter(({ item }) => item.delivery?.state === "queued");
    waiting.forEach(({ item }, at) => {
      setTimeout(() => this.step(space, item.key, { state: "sending" }), SENDING_MS + at * 20);
      setTimeout(() => this.sent(space, item.key), SENT_MS + at * 20);
    });
  }

  private online(space: SpaceId): boolean {
    return this.space(space).overview.link.state === "up_to_date";
  }

  private step(space: SpaceId, cid: Cid, delivery: Delivery) {
    const entry = this.space(space).outbox.find(({ item }) => item.key === cid);
    if (entry && this.online(space)) this.change(space, cid, { delivery });
  }

  private sent(space: SpaceId, cid: Cid) {
    const book = this.space(space);
    const entry = book.outbox.find(({ item }) => item.key === cid);
    if (!entry) return;
    if (!this.online(space)) {
      this.change(space, cid, { delivery: { state: "queued" } });
      return;
    }
    book.outbox = book.outbox.filter(({ item }) => item.key !== cid);
    const item = this.append(space, entry.room, {
      ...entry.item,
      ts: this.now(),
      delivery: { state: "sent" },
    });
    const room = this.book(space, entry.room).room;
    room.read = room.head;
    this.pushIn(
      space,
      { diff: "items", room: room.id, items: [item] },
      { diff: "room", room },
      this.countOutbox(space),
    );
    setTimeout(() => {
      room.delivered = Math.max(room.delivered, room.head);
      this.pushIn(space, { diff: "room", room });
    }, DELIVERED_MS);
  }

  outboxOf(space: SpaceId): Queued[] {
    return this.space(space).outbox.map(({ room, item }) => ({
      room,
      cid: item.key,
      text: item.content.kind === "message" ? item.content.body.text : "",
      ts: item.ts,
      delivery: item.delivery ?? { state: "queued" },
    }));
  }

  timeline(space: SpaceId, room: RoomId, part: TimelinePart, limit: number): Timeline {
    const book = this.book(space, room);
    const { head, read, unread } = book.room;
    let low: number;
    switch (part.from) {
      case "latest":
        low = head - limit + 1;
        break;
      case "unread":
        low = unread === 0 ? head - limit + 1 : Math.min(read + 1 - Math.floor(limit / 2), head - limit + 1);
        break;
      case "before":
        low = part.seq - limit;
        break;
      case "after":
        low = part.seq + 1;
        break;
    }
    low = Math.max(1, low);
    const high = part.from === "before" ? part.seq - 1 : Math.min(head, low + limit - 1);
    const items: Item[] = [];
    for (let seq = low; seq <= high; seq++) {
      const item = seq <= book.made ? book.make(seq) : book.items[seq - book.made - 1];
      if (item && !book.holes.some((hole) => seq >= hole.from && seq <= hole.to)) items.push(item);
    }
    const reachesHead = high >= head;
    if (reachesHead && part.from !== "before") {
      items.push(
        ...this.space(space)
          .outbox.filter((entry) => entry.room === room)
          .map((entry) => entry.item),
      );
    }
    return structuredClone({
      items,
      holes: book.holes.filter((hole) => hole.to >= low - 1),
      more_before: low > 1 && !(book.holes[0] && book.holes[0].from <= 1 && book.holes[0].to >= low - 1),
      more_after: !reachesHead,
    });
  }
}
