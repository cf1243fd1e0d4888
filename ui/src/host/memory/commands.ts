/** What each command does in memory. A command without an entry does not compile. */
import type { Args, CommandName, Returns } from "@/host/types";
import type { Code, Item, Overview, Room, RoomKind, SpaceId, UserId } from "@/generated/bridge";
import { type RoomBook, type World, id } from "./world";

export type Handlers = { [K in CommandName]: (args: Args<K>) => Returns<K> };

/** A try to connect takes so long. */
const CONNECT_MS = 400;
/** A push follows its answer by so much. */
const PUSH_MS = 40;

function fail(code: Code, text: string): never {
  throw { code, text, retry_after_ms: null };
}

export function handlers(world: World): Handlers {
  let nextRoom = 0x900;
  const attempts = new Map<string, SpaceId>();

  function enter(attempt: string, spaceName: string, name: string, owner: boolean): { space: SpaceId } {
    const before = attempts.get(attempt);
    if (before) return { space: before };
    const me = world.fresh("user");
    const space = world.fresh("space");
    const overview: Overview = {
      space: { id: space, name: spaceName, address: "chat.northlight.example:7474", me },
      link: { state: "up_to_date", rtt_ms: 12 },
      rooms: [],
      people: [{ id: me, name, role: owner ? "owner" : "member", gone: false }],
      presence: [[me, "online"]],
      outbox: { waiting: 0, wedged: 0 },
    };
    world.addSpace({ overview, books: new Map(), outbox: [] });
    makeRoom(space, "public", "general", "", [me]);
    overview.rooms = [...world.space(space).books.values()].map((book) => book.room);
    attempts.set(attempt, space);
    if (owner) world.view.hosting = { space, address: "192.168.1.20:7474" };
    world.push({ change: "space_entered", overview }, { change: "hosting", hosting: world.view.hosting });
    return { space };
  }

  const me = (space: SpaceId) => world.space(space).overview.space.me;

  function makeRoom(
    space: SpaceId,
    kind: RoomKind,
    name: string,
    topic: string,
    members: UserId[],
    made = id("room", nextRoom++),
  ): Room {
    const people = kind === "direct" ? members.filter((user) => user !== me(space)) : [];
    const room: Room = {
      id: made,
      kind,
      name,
      topic,
      members: members.length,
      people,
      head: 0,
      read: 0,
      delivered: 0,
      unread: 0,
      mentions: 0,
      muted: false,
      draft: "",
      last: null,
    };
    const book: RoomBook = {
      room,
      members,
      made: 0,
      items: [],
      holes: [],
      make: () => fail("not_found", "nothing is made here"),
    };
    world.space(space).books.set(room.id, book);
    const item: Omit<Item, "place"> = {
      key: world.fresh("event"),
      sender: me(space),
      ts: world.now(),
      content: { kind: "created", name },
      delivery: null,
    };
    world.append(space, room.id, item);
    room.read = room.head;
    return room;
  }

  function changeRoom(space: SpaceId, room: string, change: Partial<Room>) {
    const book = world.book(space, room);
    Object.assign(book.room, change);
    world.pushIn(space, { diff: "room", room: book.room });
  }

  return {
    inspect_link({ link }) {
      if (!link.trim().startsWith("homing://join/")) fail("not_a_link", "this is no join link");
      if (!link.includes("fp=")) fail("damaged_link", "the fingerprint is missing");
      if (link.includes("EXPIRED")) fail("invite_invalid", "the invitation has expired");
      return {
        space_name: "Northlight",
        invited_by: "Mei Lin",
        role: "member",
        address: "chat.northlight.example:7474",
        pinned: true,
      };
    },
    join(args) {
      if (args.name === "Mei Lin") fail("name_taken", "the name is taken");
      if (args.password !== null && args.password.length < 8)
        fail("password_too_short", "at least 8 characters");
      if (args.name === "Locked" && !args.session_only) {
        world.view.keyring = { state: "locked" };
        world.push({ change: "keyring", keyring: world.view.keyring });
        fail("keyring", "the keyring is locked");
      }
      return enter(args.attempt, "Northlight", args.name, false);
    },
    sign_in(args) {
      if (args.password !== "correct horse") fail("bad_login", "name or password are wrong");
      return enter(args.name, "Northlight", args.name, false);
    },
    start_space: (args) => enter(args.attempt, args.space_name, args.name, true),
    leave_space({ space }) {
      world.spaces.delete(space);
      world.view.spaces = world.view.spaces.filter((overview) => overview.space.id !== space);
      world.push({ change: "space_left", space });
      return null;
    },
    try_now({ space }) {
      world.setLink(space, { state: "connecting", attempt: 3 });
      setTimeout(() => world.setLink(space, { state: "up_to_date", rtt_ms: 23 }), CONNECT_MS);
      return null;
    },
    stay_offline({ space }) {
      world.setLink(space, { state: "stopped" });
      return null;
    },
    go_online({ space }) {
      world.setLink(space, { state: "connecting", attempt: 0 });
      setTimeout(() => world.setLink(space, { state: "up_to_date", rtt_ms: 23 }), CONNECT_MS);
      return null;
    },
    retry_keyring() {
      world.view.keyring = { state: "working" };
      world.push({ change: "keyring", keyring: world.view.keyring });
      return null;
    },
    send_message: ({ space, room, text, mentions }) => ({ cid: world.write(space, room, text, mentions) }),
    retry_message({ space, cid }) {
      world.change(space, cid, { delivery: { state: "queued" } });
      if (world.space(space).overview.link.state === "up_to_date")
        world.setLink(space, world.space(space).overview.link);
      return { cid };
    },
    discard_message({ space, cid }) {
      const { room } = world.queued(space, cid);
      const book = world.space(space);
      book.outbox = book.outbox.filter(({ item }) => item.key !== cid);
      world.pushIn(space, { diff: "items_gone", room, keys: [cid] }, world.countOutbox(space));
      return null;
    },
    edit_queued({ space, cid, text, mentions }) {
      world.change(space, cid, {
        content: { kind: "message", text, mentions },
        delivery: { state: "queued" },
      });
      if (world.space(space).overview.link.state === "up_to_date")
        world.setLink(space, world.space(space).overview.link);
      return { cid };
    },
    outbox: ({ space }) => world.outboxOf(space),
    timeline: ({ space, room, part, limit }) => world.timeline(space, room, part, limit),
    mark_read({ space, room, seq }) {
      const book = world.book(space, room);
      if (seq > book.room.read)
        changeRoom(space, room, { read: seq, ...(seq >= book.room.head ? { unread: 0, mentions: 0 } : {}) });
      return null;
    },
    create_room({ space, kind, name, topic, members }) {
      if ([...world.space(space).books.values()].some((book) => book.room.name === name))
        fail("name_taken", "the name is taken");
      const room = makeRoom(space, kind, name, topic, [world.space(space).overview.space.me, ...members]);
      world.pushIn(space, { diff: "room", room });
      return { room: room.id };
    },
    open_direct({ space, users }) {
      const wanted = [...users].sort().join();
      for (const book of world.space(space).books.values()) {
        if (book.room.kind === "direct" && [...book.room.people].sort().join() === wanted)
          return { room: book.room.id };
      }
      const room = makeRoom(space, "direct", "", "", [world.space(space).overview.space.me, ...users]);
      world.pushIn(space, { diff: "room", room });
      return { room: room.id };
    },
    public_rooms: ({ space }) => [
      ...[...world.space(space).books.values()]
        .filter((book) => book.room.kind === "public")
        .map(({ room }) => ({
          room: room.id,
          name: room.name,
          topic: room.topic,
          members: room.members,
          joined: true,
        })),
      { room: id("room", 0x800), name: "kitchen", topic: "Recipes and leftovers", members: 5, joined: false },
    ],
    join_room({ space, room: asked }) {
      const room = makeRoom(space, "public", "kitchen", "Recipes and leftovers", [me(space)], asked);
      // As with a real engine, the push may come after the answer.
      setTimeout(() => world.pushIn(space, { diff: "room", room }), PUSH_MS);
      return null;
    },
    leave_room({ space, room }) {
      world.space(space).books.delete(room);
      world.pushIn(space, { diff: "room_gone", room });
      return null;
    },
    room_members: ({ space, room }) => [...world.book(space, room).members],
    add_members({ space, room, users }) {
      const book = world.book(space, room);
      book.members.push(...users);
      const me = world.space(space).overview.space.me;
      const items = users.map((user) =>
        world.append(space, room, {
          key: world.fresh("event"),
          sender: me,
          ts: world.now(),
          content: { kind: "membership", user, change: "added" },
          delivery: null,
        }),
      );
      world.pushIn(space, { diff: "items", room, items });
      changeRoom(space, room, { members: book.members.length, read: book.room.head });
      return null;
    },
    remove_member({ space, room, user }) {
      const book = world.book(space, room);
      book.members = book.members.filter((other) => other !== user);
      changeRoom(space, room, { members: book.members.length });
      return null;
    },
    mute_room({ space, room, muted }) {
      changeRoom(space, room, { muted });
      return null;
    },
    save_draft({ space, room, text }) {
      changeRoom(space, room, { draft: text });
      return null;
    },
    typing: () => null,
    invite: () => ({
      link: "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3kbNdY6cHk0rYx6fEwqjUe3m0v2m8T",
    }),
    devices: () => ({
      devices: [
        {
          id: id("device", 1),
          name: "Aki’s laptop (Linux)",
          created: world.now() - 9e8,
          last_seen: world.now(),
          current: true,
        },
        {
          id: id("device", 2),
          name: "Studio Mac",
          created: world.now() - 9e9,
          last_seen: world.now() - 2e8,
          current: false,
        },
      ],
    }),
    revoke_device: () => null,
    edit_me({ space, name }) {
      const { overview } = world.space(space);
      const person = overview.people.find((other) => other.id === overview.space.me);
      if (!person) return null;
      if (name !== null) person.name = name;
      world.pushIn(space, { diff: "person", person });
      return null;
    },
    resync() {
      world.resync();
      return null;
    },
    set_settings(settings) {
      world.view.settings = settings;
      world.push({ change: "settings", settings });
      return null;
    },
    look: () => null,
    opened() {
      world.view.open = null;
      return null;
    },
    notify_decisions: () => world.decisions,
    test_notification: () => null,
  };
}
