/** Messages and their changes: writing, and what waits. */
import type { Cid, Content, MessageRef, RoomId, SpaceId } from "@/generated/bridge";
import { reactionKey } from "@/text/emoji";
import { isVisible } from "@/text/visible";
import type { Handlers } from "./commands";
import { fail } from "./fail";
import { type Entry, isOf, targetOf } from "./fold";
import { timeline } from "./timeline";
import type { World } from "./world";

type Messages = Pick<
  Handlers,
  | "write"
  | "retry_message"
  | "discard_message"
  | "outbox"
  | "revisions"
  | "message_link"
  | "read_message_link"
  | "timeline"
>;

export function messageHandlers(world: World): Messages {
  /** A message that was not sent, so that it can still become another one. */
  function unsent(space: SpaceId, { user, cid }: MessageRef): Entry | null {
    const { outbox, overview } = world.space(space);
    const entry = outbox.find((one) => one.cid === cid && !targetOf(one.content));
    return entry && user === overview.space.me && entry.delivery.state !== "sending" ? entry : null;
  }

  /** Refuses what the server would refuse, as far as this device knows. */
  function judge(space: SpaceId, room: RoomId, content: Content) {
    const { me } = world.space(space).overview.space;
    const target = targetOf(content);
    if ((content.kind === "message" || content.kind === "edit") && !isVisible(content.body.text))
      fail("empty", "there is nothing to see");
    if (!target) return;
    const row = world.row(space, room, target);
    if (row?.content.kind !== "message") fail("no_such_message", "there is no such message");
    if (row.gone !== null && content.kind !== "redact") fail("no_such_message", "it was deleted");
    const role = world.space(space).overview.people.find(({ id }) => id === me)?.role;
    const manages = role === "admin" || role === "owner";
    if (content.kind === "edit" && target.user !== me) fail("forbidden", "only the sender edits");
    if (content.kind === "redact" && target.user !== me && !manages) fail("forbidden", "only the sender");
  }

  /** What waits and would be taken back by a reaction; null if there is none. */
  function opposite(space: SpaceId, content: Content): Entry | null {
    if (content.kind !== "react") return null;
    const { to, emoji, on } = content.body;
    const waiting = world
      .space(space)
      .outbox.findLast(
        (entry) =>
          isOf(entry.content, to) &&
          entry.content.kind === "react" &&
          reactionKey(entry.content.body.emoji) === reactionKey(emoji) &&
          entry.delivery.state !== "sending",
      );
    return waiting?.content.kind === "react" && waiting.content.body.on !== on ? waiting : null;
  }

  function write(space: SpaceId, room: RoomId, content: Content): Cid {
    judge(space, room, content);
    const target = targetOf(content);
    const waiting = target && unsent(space, target);
    if (waiting && content.kind === "redact") {
      world.discard(space, waiting.cid);
      return waiting.cid;
    }
    if (waiting?.content.kind === "message" && content.kind === "edit") {
      const { text, mentions } = content.body;
      const body = { ...waiting.content.body, text, mentions: mentions ?? [] };
      world.change(space, waiting.cid, {
        content: { kind: "message", body },
        delivery: { state: "queued" },
      });
      world.sendWaiting(space);
      return waiting.cid;
    }
    const before = opposite(space, content);
    if (before) {
      world.discard(space, before.cid);
      return before.cid;
    }
    return world.enqueue(space, room, content);
  }

  return {
    write: ({ space, room, content }) => ({ cid: write(space, room, content) }),
    retry_message({ space, cid }) {
      world.change(space, cid, { delivery: { state: "queued" } });
      world.sendWaiting(space);
      return { cid };
    },
    discard_message({ space, cid }) {
      world.discard(space, cid);
      return null;
    },
    outbox: ({ space }) => world.outboxOf(space),
    revisions({ space, room, of }) {
      const { state } = world.space(space).overview.link;
      if (state !== "up_to_date") fail("offline", "the server can't be reached");
      const row = world.row(space, room, of);
      if (row?.content.kind !== "message" || row.gone !== null)
        fail("no_such_message", "there is no such message");
      const { text, mentions = [] } = row.content.body;
      return world.revisions.get(of.cid) ?? [{ text, mentions, ts: row.ts }];
    },
    message_link: ({ space, room, of }) => ({
      link: `homing://message/${space}/${room}/${of.user}/${of.cid}`,
    }),
    read_message_link({ link }) {
      const ids = /^homing:\/\/message\/([^?#]*)/.exec(link.trim())?.[1]?.split("/");
      if (!ids) fail("not_a_link", "this is no link to a message");
      const [space, room, user, cid] = ids;
      if (!space || !room || !user || !cid) fail("damaged_link", "it names no message");
      return { space, room, of: { user, cid } };
    },
    timeline: ({ space, room, part, limit }) => timeline(world, space, room, part, limit),
  };
}
