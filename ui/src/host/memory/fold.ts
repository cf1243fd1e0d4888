/**
 * What changes leave of a message: those of the log, which the server folds, and those that wait in the
 * outbox, which lie over its row. Pure.
 */
import type {
  Cid,
  Content,
  Delivery,
  Item,
  MessageRef,
  ReactionGroup,
  RoomId,
  UserId,
} from "@/generated/bridge";
import { reactionKey } from "@/text/emoji";

/** So many people of a reaction are named (from the protocol). */
const NAMED = 10;

/** Something that is not on the server. */
export interface Entry {
  room: RoomId;
  cid: Cid;
  /** Its place in the order of writing. */
  n: number;
  content: Content;
  ts: number;
  delivery: Delivery;
}

/** The parts of a row that only changes of it have. */
export const UNCHANGED = {
  edited: false,
  reactions: [],
  pinned: false,
  gone: null,
  change: null,
} satisfies Partial<Item>;

/** The message that a content changes. */
export function targetOf(content: Content): MessageRef | null {
  switch (content.kind) {
    case "edit":
    case "redact":
    case "pin":
      return content.body.of;
    case "react":
      return content.body.to;
    default:
      return null;
  }
}

export function isOf(content: Content, { user, cid }: MessageRef): boolean {
  const target = targetOf(content);
  return target?.user === user && target.cid === cid;
}

function reacted(
  groups: ReactionGroup[],
  by: UserId,
  me: UserId,
  written: string,
  on: boolean,
): ReactionGroup[] {
  const emoji = reactionKey(written);
  const before = groups.find((group) => group.emoji === emoji);
  // Whoever is not named may be among the rest, which only the server knows. Here everybody is named.
  if ((before?.people.includes(by) ?? false) === on) return groups;
  const mine = (group: ReactionGroup) => (by === me ? on : group.mine);
  if (!before) return [...groups, { emoji, count: 1, people: [by], mine: by === me }];
  const count = before.count + (on ? 1 : -1);
  const people = on
    ? [...before.people, by].slice(0, NAMED)
    : before.people.filter((person) => person !== by);
  return groups
    .map((group) => (group === before ? { ...group, count, people, mine: mine(group) } : group))
    .filter((group) => group.count > 0);
}

/** A row after a change of it by somebody. */
export function changed(item: Item, content: Content, by: UserId, me: UserId): Item {
  if (item.content.kind !== "message" || item.gone !== null) return item;
  switch (content.kind) {
    case "edit": {
      const { text, mentions } = content.body;
      const body = { ...item.content.body, text, mentions: mentions ?? [] };
      return { ...item, content: { kind: "message", body }, edited: true };
    }
    case "react":
      return {
        ...item,
        reactions: reacted(item.reactions, by, me, content.body.emoji, content.body.on),
      };
    case "redact":
      return {
        ...item,
        ...UNCHANGED,
        content: { kind: "message", body: { text: "" } },
        gone: by,
      };
    case "pin":
      return { ...item, pinned: content.body.on };
    default:
      return item;
  }
}

/** A row without the excerpt of a message that is gone. */
export function withoutExcerpt(item: Item, { user, cid }: MessageRef): Item {
  if (item.content.kind !== "message") return item;
  const { reply } = item.content.body;
  if (reply?.user !== user || reply.cid !== cid) return item;
  return {
    ...item,
    content: { kind: "message", body: { ...item.content.body, reply: { ...reply, excerpt: "" } } },
  };
}

/** The row of a message that waits. */
export function rowOf(entry: Entry, me: UserId): Item {
  return {
    ...UNCHANGED,
    key: entry.cid,
    place: { at: "outbox", n: entry.n },
    sender: me,
    ts: entry.ts,
    content: entry.content,
    delivery: entry.delivery,
  };
}

/** A row as it is shown: with what waits. What was refused changes nothing, but for a text, which is the person's. */
export function overlaid(item: Item, outbox: readonly Entry[], me: UserId): Item {
  const own = outbox.filter(({ content }) => isOf(content, { user: item.sender, cid: item.key }));
  const last = own.at(-1);
  if (!last) return item;
  const shown = own.filter(({ content, delivery }) => delivery.state !== "wedged" || content.kind === "edit");
  const row = shown.reduce((before, { content }) => changed(before, content, me, me), item);
  return { ...row, change: { cid: last.cid, kind: last.content.kind, delivery: last.delivery } };
}
