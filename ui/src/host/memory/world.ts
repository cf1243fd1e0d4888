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
  Content,
  Delivery,
  Diff,
  Hole,
  Item,
  Keyring,
  MessageRef,
  NotifyDecision,
  Overview,
  Push,
  Queued,
  Revision,
  Room,
  RoomId,
  Sealed,
  Seq,
  SpaceId,
  UserId,
} from "@/generated/bridge";
import { fail } from "./fail";
import { type Entry, UNCHANGED, changed, overlaid, rowOf, targetOf, withoutExcerpt } from "./fold";
import { names, typed, withMentions } from "./mention";

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
  /** Those of them that were changed. */
  remade: Map<Seq, Item>;
  items: Item[];
  holes: Hole[];
}

export interface SpaceBook {
  overview: Overview;
  books: Map<RoomId, RoomBook>;
  outbox: Entry[];
}

/** The entry of a log; undefined where there is none, or a hole. */
export function entryOf(book: RoomBook, seq: Seq): Item | undefined {
  if (book.holes.some((hole) => seq >= hole.from && seq <= hole.to)) return undefined;
  return seq <= book.made ? (book.remade.get(seq) ?? book.make(seq)) : book.items[seq - book.made - 1];
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
  /** The texts that the edited messages had, oldest first. */
  readonly revisions = new Map<Cid, Revision[]>();
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
    if (!book) fail("not_found", "no such space");
    return book;
  }

  book(space: SpaceId, room: RoomId): RoomBook {
    const book = this.space(space).books.get(room);
    if (!book) fail("not_found", "no such room");
    return book;
  }

  /** Adds an entry to a room's log. */
  append(space: SpaceId, room: RoomId, item: Omit<Item, "place" | keyof typeof UNCHANGED>): Item {
    const book = this.book(space, room);
    const seq = book.room.head + 1;
    const placed: Item = { ...UNCHANGED, ...item, place: { at: "log", n: seq } };
    book.items.push(placed);
    book.room.head = seq;
    this.preview(book);
    return placed;
  }

  /** The beginning of the last message, as it is now. */
  private preview(book: RoomBook) {
    const last = book.items.findLast(({ content }) => content.kind === "message");
    if (last?.content.kind !== "message") return;
    const { sender, ts, gone } = last;
    book.room.last = { sender, text: last.content.body.text.slice(0, 120), ts, gone: gone !== null };
  }

  /** The row of a message in the log; null if there is none here. */
  private logged(book: RoomBook, { user, cid }: MessageRef): Item | null {
    const held = book.items.find((item) => item.key === cid && item.sender === user);
    if (held) return held;
    for (let seq = book.made; seq > 0; seq--) {
      const item = entryOf(book, seq);
      if (item?.key === cid && item.sender === user) return item;
    }
    return null;
  }

  /** The server takes an event: it folds a change into its target and logs what is loud. */
  private commit(space: SpaceId, room: RoomId, by: UserId, content: Content, cid: Cid): Diff[] {
    const book = this.book(space, room);
    const { me } = this.space(space).overview.space;
    const target = targetOf(content);
    const touched: Item[] = [];
    if (target) {
      const keep = (item: Item) => {
        if (item.place.n <= book.made) book.remade.set(item.place.n, item);
        else book.items[item.place.n - book.made - 1] = item;
        touched.push(item);
      };
      const before = this.logged(book, target);
      if (before) keep(changed(before, content, by, me));
      if (before?.content.kind === "message" && content.kind === "edit") {
        const { text, mentions = [] } = before.content.body;
        const held = this.revisions.get(target.cid) ?? [{ text, mentions, ts: before.ts }];
        const { body } = content;
        this.revisions.set(target.cid, [
          ...held,
          { text: body.text, mentions: body.mentions ?? [], ts: this.now() },
        ]);
      }
      if (content.kind === "redact")
        for (const item of [...book.items]) {
          const without = withoutExcerpt(item, target);
          if (without !== item) keep(without);
        }
      this.preview(book);
    }
    if (!target || content.kind === "pin") {
      const delivery: Delivery | null = by === me && !target ? { state: "sent" } : null;
      touched.push(this.append(space, room, { key: cid, sender: by, ts: this.now(), content, delivery }));
    }
    const items = touched.map((item) => this.shown(space, item));
    return [
      { diff: "items", room, items },
      { diff: "room", room: book.room },
    ];
  }

  /** A row with what waits over it. */
  shown(space: SpaceId, item: Item): Item {
    const { outbox, overview } = this.space(space);
    return overlaid(item, outbox, overview.space.me);
  }

  /** Another person writes a message. */
  receive(space: SpaceId, room: RoomId, sender: UserId, said: string): Cid {
    const { people, space: self } = this.space(space).overview;
    const text = typed(said, people);
    const book = this.book(space, room);
    book.room.unread++;
    if (names(text, self.me)) book.room.mentions++;
    return this.happen(space, room, sender, withMentions({ kind: "message", body: { text } }));
  }

  /** Another person writes a message or changes one. */
  happen(space: SpaceId, room: RoomId, sender: UserId, content: Content): Cid {
    const cid = this.fresh("cid");
    this.pushIn(space, ...this.commit(space, room, sender, content, cid));
    return cid;
  }

  setLink(space: SpaceId, link: ConnectionState) {
    const book = this.space(space);
    book.overview.link = link;
    this.pushIn(space, { diff: "link", link });
    if (link.state === "up_to_date") this.flush(space);
  }

  /** The person writes a message. */
  write(space: SpaceId, room: RoomId, text: string, mentions: UserId[]): Cid {
    return this.enqueue(space, room, { kind: "message", body: { text, mentions } });
  }

  /** What the person writes or changes waits. */
  enqueue(space: SpaceId, room: RoomId, content: Content): Cid {
    const cid = this.fresh("cid");
    const entry: Entry = {
      room,
      cid,
      n: this.counter++,
      content,
      ts: this.now(),
      delivery: { state: "queued" },
    };
    this.space(space).outbox.push(entry);
    this.pushRow(space, entry);
    this.sendWaiting(space);
    return cid;
  }

  /** Shows the row that an entry of the outbox is or changes. */
  private pushRow(space: SpaceId, { room, cid, content }: Entry) {
    const { me } = this.space(space).overview.space;
    const row = this.row(space, room, targetOf(content) ?? { user: me, cid });
    this.pushIn(space, { diff: "items", room, items: row ? [row] : [] }, this.countOutbox(space));
  }

  /** A message of the log or of the outbox, as it is shown. */
  row(space: SpaceId, room: RoomId, of: MessageRef): Item | null {
    const { outbox, overview } = this.space(space);
    const { me } = overview.space;
    const waiting = outbox.find(
      (entry) => entry.cid === of.cid && of.user === me && !targetOf(entry.content),
    );
    const item = waiting ? rowOf(waiting, me) : this.logged(this.book(space, room), of);
    return item && this.shown(space, item);
  }

  countOutbox(space: SpaceId): Diff {
    const book = this.space(space);
    const wedged = book.outbox.filter(({ delivery }) => delivery.state === "wedged").length;
    book.overview.outbox = { waiting: book.outbox.length - wedged, wedged };
    return { diff: "outbox", outbox: book.overview.outbox };
  }

  change(space: SpaceId, cid: Cid, to: Partial<Pick<Entry, "content" | "delivery">>) {
    const entry = this.queued(space, cid);
    Object.assign(entry, to);
    this.pushRow(space, entry);
  }

  /** Takes something out of the outbox, with what changes it. */
  discard(space: SpaceId, cid: Cid) {
    const book = this.space(space);
    const { room, content } = this.queued(space, cid);
    const { me } = book.overview.space;
    const target = targetOf(content);
    book.outbox = book.outbox.filter((entry) => {
      const of = targetOf(entry.content);
      return entry.cid !== cid && !(target === null && of?.user === me && of.cid === cid);
    });
    const row = target && this.row(space, room, target);
    const diff: Diff = target
      ? { diff: "items", room, items: row ? [row] : [] }
      : { diff: "items_gone", room, keys: [cid] };
    this.pushIn(space, diff, this.countOutbox(space));
  }

  queued(space: SpaceId, cid: Cid): Entry {
    const entry = this.space(space).outbox.find((one) => one.cid === cid);
    if (!entry) fail("too_late", "it is on its way");
    return entry;
  }

  sendWaiting(space: SpaceId) {
    if (this.online(space)) this.flush(space);
  }

  /** Sends what waits, one after the other. */
  private flush(space: SpaceId) {
    const waiting = this.space(space).outbox.filter(({ delivery }) => delivery.state === "queued");
    waiting.forEach(({ cid }, at) => {
      setTimeout(() => this.step(space, cid, { state: "sending" }), SENDING_MS + at * 20);
      setTimeout(() => this.sent(space, cid), SENT_MS + at * 20);
    });
  }

  private online(space: SpaceId): boolean {
    return this.space(space).overview.link.state === "up_to_date";
  }

  private step(space: SpaceId, cid: Cid, delivery: Delivery) {
    const entry = this.space(space).outbox.find((one) => one.cid === cid);
    if (entry?.delivery.state === "queued" && this.online(space)) this.change(space, cid, { delivery });
  }

  private sent(space: SpaceId, cid: Cid) {
    const book = this.space(space);
    const entry = book.outbox.find((one) => one.cid === cid);
    if (!entry || entry.delivery.state === "wedged") return;
    if (!this.online(space)) {
      this.change(space, cid, { delivery: { state: "queued" } });
      return;
    }
    const target = targetOf(entry.content);
    // It was deleted by somebody else meanwhile.
    if (target && this.row(space, entry.room, target)?.gone !== null && entry.content.kind !== "redact") {
      this.change(space, cid, { delivery: { state: "wedged", reason: "no_such_message" } });
      return;
    }
    book.outbox = book.outbox.filter((one) => one.cid !== cid);
    const { room } = this.book(space, entry.room);
    const diffs = this.commit(space, entry.room, book.overview.space.me, entry.content, cid);
    room.read = room.head;
    this.pushIn(space, ...diffs, this.countOutbox(space));
    setTimeout(() => {
      room.delivered = Math.max(room.delivered, room.head);
      this.pushIn(space, { diff: "room", room });
    }, DELIVERED_MS);
  }

  outboxOf(space: SpaceId): Queued[] {
    return this.space(space).outbox.map(({ room, cid, content, ts, delivery }) => ({
      room,
      cid,
      content,
      ts,
      delivery,
    }));
  }
}
