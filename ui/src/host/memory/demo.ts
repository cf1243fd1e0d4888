/** The demonstration: a space called Northlight, on an ordinary morning. */
import type {
  AppView,
  Item,
  Content,
  Person,
  Presence,
  Role,
  Room,
  RoomKind,
  Seq,
  UserId,
} from "@/generated/bridge";
import { defaultSettings, noDesktop } from "@/stores/state";
import { encode } from "@/text/token";
import { UNCHANGED } from "./fold";
import { noUpdate } from "./updates";
import { type RoomBook, type SpaceBook, World, id } from "./world";

export type Scene = "main" | "offline" | "welcome" | "empty" | "long" | "spaces" | "signed_out" | "rescued";

const names: [string, Role, Presence][] = [
  ["Aki Kern", "owner", "online"],
  ["Mei Lin", "admin", "online"],
  ["Samira Okoye", "member", "away"],
  ["Lin Xiao", "member", "online"],
  ["Jonas Berg", "member", "offline"],
  ["Ola Nowak", "member", "offline"],
  ["王芳", "member", "online"],
  ["Theo Blanc", "member", "online"],
  ["Ines Duarte", "member", "online"],
  ["Ravi Menon", "member", "offline"],
  ["Hana Sato", "guest", "online"],
  ["Paul Weber", "member", "offline"],
];
const user = (n: number): UserId => id("user", n + 1);
export const ME = user(0);
const AKI = encode([{ kind: "person", user: ME, name: "Aki" }]);
export const NORTHLIGHT = id("space", 1);
export const roomId = (n: number) => id("room", n + 1);

function room(n: number, kind: RoomKind, name: string, topic = "", rest: Partial<Room> = {}): Room {
  return {
    id: roomId(n),
    kind,
    name,
    topic,
    members: kind === "direct" ? 2 : names.length,
    people: [],
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
    ...rest,
  };
}

const noMake = (seq: Seq): Item => {
  throw new RangeError(`entry ${seq} is not made`);
};

function shelve(room: Room, members: UserId[]): RoomBook {
  return { room, members, made: 0, make: noMake, remade: new Map(), items: [], holes: [] };
}

/** Texts of many lengths, for rows of many heights. */
const phrases = [
  "Morning.",
  "The sweep of last night finished: no lost message in 40,000 reconnects.",
  "对，重连以后游标没有动。",
  "I moved the deadline into one timer, so waking up no longer fires four of them at once. The diff is small and the test fails without it, which is how I like them.",
  "ok 👍",
  "Can you look at the second graph? The tail is shorter, but the middle got slower, and I can't tell whether that is the new batch size or the machine.",
  "- checked the outbox\n- checked the cursor\n- did **not** check the clock",
  "`seq 41` again?\nNo, 42.",
  "A longer one. The store commits the row first and starts the task second; at start, tasks are made again from the rows. So whatever dies in between, nothing that was typed is gone, and nothing is sent twice, because the name of a message is its own and never used again.",
];

function made(seq: Seq, start: number): Item {
  const content: Content =
    seq % 97 === 0
      ? { kind: "membership", body: { user: user((seq % 11) + 1), change: "joined" } }
      : { kind: "message", body: { text: `${phrases[(seq * 7) % phrases.length] ?? ""} (${seq})` } };
  return {
    ...UNCHANGED,
    key: id("made", seq),
    place: { at: "log", n: seq },
    sender: user(((seq * 5) % 11) + (seq % 4 === 0 ? 0 : 1)),
    ts: start + seq * 47_000,
    content,
    delivery: null,
  };
}

function northlight(scene: Scene, now: number): SpaceBook {
  const people: Person[] = names.map(([name, role], n) => ({ id: user(n), name, role, gone: false }));
  if (scene === "empty") people.splice(1);
  const presence = people.map((person, n): [UserId, Presence] => [person.id, names[n]?.[2] ?? "offline"]);
  const books = new Map<string, RoomBook>();
  const add = (made: Room, members = people.map((person) => person.id)) =>
    books.set(made.id, shelve(made, members));
  if (scene === "empty") {
    add(room(0, "public", "general", "", { members: 1 }));
  } else {
    add(room(0, "public", "delivery-engine", "Outbox, sync and the proof that it works"));
    add(room(1, "public", "incidents", "What went wrong, and what we do about it"));
    add(room(2, "public", "design", "How it looks and feels"));
    add(room(3, "public", "general", "", { notify: "mentions" }));
    add(room(4, "private", "release-train", "0.1 leaves on Friday", { draft: "Notes so far: " }));
    add(room(5, "public", "上海办公室", "办公室的大小事"));
    add(room(6, "public", "ci-notices", "", { muted: true }));
    add(room(7, "direct", "", "", { people: [user(1)] }), [ME, user(1)]);
    add(room(8, "direct", "", "", { people: [user(2)] }), [ME, user(2)]);
    add(room(9, "direct", "", "", { people: [user(4), user(5)], members: 3 }), [ME, user(4), user(5)]);
  }
  return {
    overview: {
      space: { id: NORTHLIGHT, name: "Northlight", address: "chat.northlight.example:7474", me: ME },
      link:
        scene === "offline"
          ? { state: "waiting", until: now + 7000, attempt: 3, why: { cause: "unreachable" }, ask: "not_yet" }
          : scene === "signed_out"
            ? { state: "refused", why: { cause: "signed_out" } }
            : { state: "up_to_date", rtt_ms: 23 },
      rooms: [],
      people,
      presence: presence.filter(([, is]) => is !== "offline"),
      status: "available",
      outbox: { waiting: 0, wedged: 0 },
    },
    books,
    outbox: [],
  };
}

function talk(world: World, scene: Scene, now: number) {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  const at = (hour: number, minute: number, days = 0) =>
    day.getTime() - days * 86_400_000 + (hour * 60 + minute) * 60_000;
  const say = (n: number, from: number, ts: number, text: string, mentions: UserId[] = []) =>
    world.append(NORTHLIGHT, roomId(n), {
      key: world.fresh("cid"),
      sender: user(from),
      ts,
      content: { kind: "message", body: { text, mentions } },
      delivery: from === 0 ? { state: "sent" } : null,
    });
  const note = (n: number, from: number, ts: number, content: Content) =>
    world.append(NORTHLIGHT, roomId(n), {
      key: world.fresh("event"),
      sender: user(from),
      ts,
      content,
      delivery: null,
    });

  const main = world.book(NORTHLIGHT, roomId(0));
  main.made = 214;
  main.make = (seq) => made(seq, at(0, 0, 3));
  main.room.head = 214;
  main.holes = [{ from: 1, to: 214, expired: false }];
  say(
    0,
    2,
    at(9, 41),
    `Last night’s chaos run is **green again**. ${AKI} what was the retry storm around ten past three?`,
    [ME],
  );
  say(
    0,
    0,
    at(9, 47),
    "The fence test found it. Old sockets could still deliver after a reconnect; now every frame carries the connection epoch.",
  );
  note(0, 3, at(9, 49), { kind: "membership", body: { user: user(3), change: "joined" } });
  say(
    0,
    1,
    at(9, 52),
    "> **Aki Kern** Old sockets could still deliver after a reconnect…\n明白了。我把这个场景加进模拟器了，种子 `41877` 现在是绿的。\n```rust\nfn retry_delay(attempt: u32, rng: &mut impl Rng) -> Duration {  // full jitter\n    rng.random_range(Duration::ZERO..=ceiling(attempt))\n}\n```",
  );
  main.room.read = main.room.head;
  main.room.delivered = main.room.head;
  say(
    0,
    3,
    at(9, 56),
    "Latency per hop, before and after. The page is at https://northlight.example/latency",
  );
  if (scene === "offline" || scene === "signed_out") {
    main.room.read = main.room.head;
    world.write(
      NORTHLIGHT,
      roomId(0),
      "On the train, tunnel ahead. I’ll write the release notes offline.",
      [],
    );
    world.write(
      NORTHLIGHT,
      roomId(0),
      "Draft is in the shared doc, please check the numbers in section 2.",
      [],
    );
  } else {
    main.room.unread = 1;
    say(0, 0, at(9, 58), "Release notes are in. Numbers in section 2 need a second pair of eyes.");
  }
  for (let n = 0; n < 3; n++)
    say(
      1,
      4,
      at(8, n),
      ["Disk of node 2 is at 91 %.", "Rotated the logs.", `${AKI} please confirm the alert is quiet.`][n] ??
        "",
      n === 2 ? [ME] : [],
    );
  Object.assign(world.book(NORTHLIGHT, roomId(1)).room, { read: 2, unread: 1, mentions: 1 });
  for (let n = 0; n < 14; n++) say(2, (n % 3) + 1, at(7, n), phrases[n % phrases.length] ?? "");
  Object.assign(world.book(NORTHLIGHT, roomId(2)).room, { read: 2, unread: 12 });
  note(3, 0, at(7, 0, 2), { kind: "created", body: { kind: "public" as const, name: "general" } });
  say(3, 6, at(7, 30), "大家早上好 🐦");
  say(5, 6, at(7, 40), "今天下午三点开会，会议室 B。");
  say(4, 1, at(10, 0, 1), "Branch is cut.");
  say(7, 1, at(9, 20), "Lunch at twelve?");
  say(8, 2, at(18, 5, 1), "Thanks!");
  for (const book of world.space(NORTHLIGHT).books.values()) {
    if (book.room.unread === 0) book.room.read = book.room.head;
    book.room.delivered = Math.max(book.room.delivered, book.room.head - 1);
  }
  if (scene === "long") {
    main.made = 100_000;
    main.make = (seq) => made(seq, now - 100_001 * 47_000);
    main.holes = [];
    main.items = [];
    Object.assign(main.room, { head: 100_000, read: 100_000, delivered: 100_000, unread: 0 });
  }
}

/** A world with a scene in it. */
export function demoWorld(
  scene: Scene,
  now: () => number,
  settings: Partial<AppView["settings"]> = {},
): World {
  const view: AppView = {
    version: "0.1.0",
    profile: null,
    full_name: null,
    spaces: [],
    unreadable: [],
    rescued: [],
    settings: { ...defaultSettings, ...settings },
    keyring: { state: "working" },
    sealed: "unused",
    update: noUpdate,
    hosting: null,
    open: null,
    desktop: {
      ...noDesktop,
      can: { autostart: true, safe_graphics: true, zoom: true, shortcut: true },
    },
    standing: null,
  };
  const world = new World(view, now);
  if (scene === "welcome") return world;
  const start = now();
  world.addSpace(northlight(scene, start));
  if (scene === "empty") {
    const first = {
      key: world.fresh("event"),
      sender: ME,
      ts: start,
      content: { kind: "created" as const, body: { kind: "public" as const, name: "general" } },
      delivery: null,
    };
    world.append(NORTHLIGHT, roomId(0), first);
    world.book(NORTHLIGHT, roomId(0)).room.read = 1;
    view.hosting = { space: NORTHLIGHT, address: "192.168.1.20:7474" };
  } else {
    talk(world, scene, start);
  }
  if (scene === "spaces") {
    for (const [n, name] of ["云上", "Open Source"].entries()) {
      const space = { id: id("space", n + 2), name, address: "chat.example:7474", me: ME };
      const base = northlight("empty", start).overview;
      const overview = { ...base, space };
      const mine = shelve(
        room(100 + n, "public", "general", "", { unread: n === 0 ? 2 : 0, mentions: n === 0 ? 2 : 0 }),
        [ME],
      );
      world.addSpace({ overview, books: new Map([[mine.room.id, mine]]), outbox: [] });
    }
  }
  if (scene === "rescued")
    view.rescued.push({
      space: NORTHLIGHT,
      name: "Northlight",
      queued: 3,
      unsaved: 1,
      unreadable: 1,
      unsure: false,
      aside: `/home/aki/.local/share/chat.homing.desktop/profile/spaces/${NORTHLIGHT}.damaged-1`,
    });
  world.decisions.push(
    { space: NORTHLIGHT, room: roomId(1), ts: start - 60_000, shown: true, why: "mention" },
    { space: NORTHLIGHT, room: roomId(7), ts: start - 120_000, shown: true, why: "direct" },
    { space: NORTHLIGHT, room: roomId(6), ts: start - 180_000, shown: false, why: "muted" },
    { space: NORTHLIGHT, room: roomId(0), ts: start - 240_000, shown: false, why: "seen" },
    { space: NORTHLIGHT, room: roomId(3), ts: start - 360_000, shown: false, why: "room_not_mentioned" },
    { space: NORTHLIGHT, room: roomId(2), ts: start - 36_000_000, shown: false, why: "quiet_hours" },
  );
  return world;
}
