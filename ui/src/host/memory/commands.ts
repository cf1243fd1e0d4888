/** What each command does in memory. A command without an entry does not compile. */
import type { Args, CommandName, Returns } from "@/host/types";
import type { Overview, Room, RoomKind, SpaceId, UserId } from "@/generated/bridge";
import { deviceHandlers, isSelfMade } from "./devices";
import { fail } from "./fail";
import { judge } from "./connectionPolicy";
import { networkHandlers } from "./network";
import { passphraseHandlers } from "./passphrase";
import { DEVICE_CODE } from "./qr";
import { lineHandlers } from "./connection";
import { messageHandlers } from "./messages";
import { unreadAfter } from "./timeline";
import { updateHandlers } from "./updates";
import { type RoomBook, type World, id } from "./world";

export type Handlers = { [K in CommandName]: (args: Args<K>) => Returns<K> };

/** The duration of an attempt to connect. */
const CONNECT_MS = 400;
/** Keys that another app has. */
const TAKEN = "Ctrl+Alt+KeyT";
/** A push follows its answer by so much. */
const PUSH_MS = 40;

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
      status: "available",
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
      muted_until: null,
      notify: null,
      draft: "",
      other_draft: "",
      last: null,
    };
    const book: RoomBook = {
      room,
      members,
      made: 0,
      remade: new Map(),
      items: [],
      holes: [],
      make: () => fail("not_found", "nothing is made here"),
    };
    world.space(space).books.set(room.id, book);
    world.append(space, room.id, {
      key: world.fresh("event"),
      sender: me(space),
      ts: world.now(),
      content: { kind: "created", body: { kind: "public", name } },
      delivery: null,
    });
    room.read = room.head;
    return room;
  }

  function changeRoom(space: SpaceId, room: string, change: Partial<Room>) {
    const book = world.book(space, room);
    Object.assign(book.room, change);
    world.pushIn(space, { diff: "room", room: book.room });
  }

  return {
    ...networkHandlers(world),
    ...passphraseHandlers(world),
    inspect_link({ link }) {
      if (link.trim().startsWith("homing://sign-in/")) fail("sign_in_link", "this is where to sign in");
      const device = link.trim().startsWith("homing://link/");
      if (!device && !link.trim().startsWith("homing://join/")) fail("not_a_link", "this is no link");
      if (!link.includes("fp=")) fail("damaged_link", "the fingerprint is missing");
      if (link.includes("EXPIRED")) fail(device ? "link_invalid" : "invite_invalid", "the link has expired");
      return {
        space_name: "Northlight",
        comes_as: device
          ? { kind: "oneself", name: "Aki", linked_by: "Aki’s laptop (Linux)" }
          : { kind: "member", invited_by: "Mei Lin", role: "member" },
        address: "chat.northlight.example:7474",
        pinned: true,
      };
    },
    link_device: (args) => enter(args.attempt, "Northlight", "Aki", false),
    join(args) {
      if (args.name === "Mei Lin") fail("name_taken", "the name is taken");
      if (args.password !== null && args.password.length < 8)
        fail("password_too_short", "at least 8 characters");
      if (args.name === "Nowhere" && world.view.keyring.state !== "working") {
        world.keep({ state: "not_set_up" }, "unused");
        fail("keyring", "no keyring was set up yet");
      }
      if (args.name === "Locked" && !args.session_only && world.view.sealed !== "open") {
        if (world.view.sealed !== "unused") fail("sealed", "the passphrase was not entered yet");
        world.keep({ state: "locked" }, "unused");
        fail("keyring", "the keyring is locked");
      }
      return enter(args.attempt, "Northlight", args.name, false);
    },
    link_by_code(args) {
      if (isSelfMade(args.address) && args.fingerprint === null)
        fail("certificate_untrusted", "the certificate is self-made");
      if (args.code.replace(/[^a-z0-9]/gi, "").toUpperCase() !== DEVICE_CODE.replaceAll("-", ""))
        fail("code_invalid", "the code is wrong");
      return enter(args.attempt, "Northlight", "Aki", false);
    },
    sign_in(args) {
      if (isSelfMade(args.address) && args.fingerprint === null)
        fail("certificate_untrusted", "the certificate is self-made");
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
      world.setLink(space, { state: "connecting", attempt: 3, ask: "not_yet" });
      setTimeout(() => world.setLink(space, { state: "up_to_date", rtt_ms: 23 }), CONNECT_MS);
      return null;
    },
    stay_offline({ space }) {
      world.setLink(space, { state: "stopped" });
      return null;
    },
    go_online({ space }) {
      world.setLink(space, { state: "connecting", attempt: 0, ask: "not_yet" });
      setTimeout(() => world.setLink(space, { state: "up_to_date", rtt_ms: 23 }), CONNECT_MS);
      return null;
    },
    keep_trying({ space }) {
      const { link } = world.space(space).overview;
      if (link.state === "waiting" || link.state === "connecting")
        world.setLink(space, { ...link, ask: "quieted" });
      return null;
    },
    retry_keyring() {
      world.keep({ state: "working" }, world.view.sealed);
      return null;
    },
    create_keyring() {
      world.keep({ state: "working" }, world.view.sealed);
      return null;
    },
    ...messageHandlers(world),
    mark_read({ space, room, seq }) {
      const book = world.book(space, room);
      if (seq > book.room.read)
        changeRoom(space, room, { read: seq, ...(seq >= book.room.head ? { unread: 0, mentions: 0 } : {}) });
      return null;
    },
    mark_unread({ space, room, seq }) {
      if (seq <= world.book(space, room).room.read)
        changeRoom(space, room, { read: seq - 1, ...unreadAfter(world, space, room, seq - 1) });
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
    // The last of them is as far behind as the room says; the others have everything.
    room_receipts({ space, room: asked }) {
      const { members, room } = world.book(space, asked);
      return members.map((user) => ({
        user,
        delivered: user === members.at(-1) ? room.delivered : room.head,
      }));
    },
    add_members({ space, room, users }) {
      const book = world.book(space, room);
      book.members.push(...users);
      const me = world.space(space).overview.space.me;
      const items = users.map((user) =>
        world.append(space, room, {
          key: world.fresh("event"),
          sender: me,
          ts: world.now(),
          content: { kind: "membership", body: { user, change: "added" } },
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
    mute_room({ space, room, muted, until }) {
      changeRoom(space, room, { muted, muted_until: muted ? until : null });
      if (muted && until !== null) {
        const end = () => {
          // Another mute may have taken its place.
          if (world.book(space, room).room.muted_until === until)
            changeRoom(space, room, { muted: false, muted_until: null });
        };
        setTimeout(end, until - world.now());
      }
      return null;
    },
    notify_room({ space, room, level }) {
      changeRoom(space, room, { notify: level });
      return null;
    },
    set_status({ status }) {
      for (const [space, book] of world.spaces) {
        book.overview.status = status;
        world.pushIn(space, { diff: "status", status });
      }
      return null;
    },
    save_draft({ space, room, text, seen }) {
      const offered = world.book(space, room).room.other_draft;
      changeRoom(space, room, {
        draft: text,
        other_draft: seen === offered || text === offered ? "" : offered,
      });
      return null;
    },
    typing: () => null,
    invite: () => ({
      link: "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3kbNdY6cHk0rYx6fEwqjUe3m0v2m8T",
    }),
    ...deviceHandlers(world),
    ...lineHandlers(world),
    rescue_read({ space }) {
      world.view.rescued = world.view.rescued.filter((rescue) => rescue.space !== space);
      world.push({ change: "rescued", rescued: world.view.rescued });
      return null;
    },
    rename_space({ space, name }) {
      const { overview } = world.space(space);
      overview.space = { ...overview.space, name };
      world.pushIn(space, { diff: "space", space: overview.space });
      return null;
    },
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
    judge_patience: judge,
    set_settings(settings) {
      if (judge(settings.patience).misfits.length > 0) fail("bad_setting", "a figure can't be");
      world.view.settings = settings;
      // As a desktop where another app has these keys.
      const state = settings.shortcut === null ? "off" : settings.shortcut === TAKEN ? "taken" : "works";
      world.view.desktop = { ...world.view.desktop, shortcut: { state } };
      world.push({ change: "settings", settings }, { change: "desktop", desktop: world.view.desktop });
      return null;
    },
    ...updateHandlers(world),
    look: () => null,
    keep_standing(standing) {
      world.view.standing = standing;
      return null;
    },
    opened() {
      world.view.open = null;
      return null;
    },
    quit: () => null,
    notify_decisions: () => world.decisions,
    test_notification: () => null,
  };
}
