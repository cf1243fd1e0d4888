/** Pages of a room's log, with what waits at its end. */
import type { Item, RoomId, Seq, SpaceId, Timeline, TimelinePart } from "@/generated/bridge";
import { fail } from "./fail";
import { rowOf, targetOf } from "./fold";
import { type World, entryOf } from "./world";

function lowest(world: World, space: SpaceId, room: RoomId, part: TimelinePart, limit: number): Seq {
  const { head, read, unread } = world.book(space, room).room;
  const last = head - limit + 1;
  switch (part.from) {
    case "latest":
      return last;
    case "unread":
      return unread === 0 ? last : Math.min(read + 1 - Math.floor(limit / 2), last);
    case "before":
      return part.seq - limit;
    case "after":
      return part.seq + 1;
    case "around": {
      const place = world.row(space, room, part)?.place;
      if (!place) fail("no_such_message", "it is not on this device");
      return place.at === "log" ? Math.min(place.n - Math.floor(limit / 2), last) : last;
    }
  }
}

export function timeline(
  world: World,
  space: SpaceId,
  room: RoomId,
  part: TimelinePart,
  limit: number,
): Timeline {
  const book = world.book(space, room);
  const { head } = book.room;
  const low = Math.max(1, lowest(world, space, room, part, limit));
  const high = part.from === "before" ? part.seq - 1 : Math.min(head, low + limit - 1);
  const items: Item[] = [];
  for (let seq = low; seq <= high; seq++) {
    const item = entryOf(book, seq);
    if (item) items.push(world.shown(space, item));
  }
  const reachesHead = high >= head;
  if (reachesHead && part.from !== "before") {
    const { outbox, overview } = world.space(space);
    for (const entry of outbox)
      if (entry.room === room && !targetOf(entry.content))
        items.push(world.shown(space, rowOf(entry, overview.space.me)));
  }
  return structuredClone({
    items,
    holes: book.holes.filter((hole) => hole.to >= low - 1),
    more_before: low > 1 && !(book.holes[0] && book.holes[0].from <= 1 && book.holes[0].to >= low - 1),
    more_after: !reachesHead,
  });
}

/** What is unread behind a place of the log. */
export function unreadAfter(world: World, space: SpaceId, room: RoomId, seq: Seq) {
  const { me } = world.space(space).overview.space;
  const book = world.book(space, room);
  const counted = { unread: 0, mentions: 0 };
  for (let at = seq + 1; at <= book.room.head; at++) {
    const item = entryOf(book, at);
    if (item?.content.kind !== "message" || item.sender === me || item.gone !== null) continue;
    counted.unread++;
    if (item.content.body.mentions?.includes(me)) counted.mentions++;
  }
  return counted;
}
