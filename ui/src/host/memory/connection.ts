/** A recorded connection for the Inspector and the Doctor: two hours of example traffic. */
import type { Entry, Examination, Finding, SpaceId, TraceEvent, Traffic } from "@/generated/bridge";
import type { Handlers } from "./commands";
import type { World } from "./world";

type Line = Pick<
  Handlers,
  | "inspect"
  | "stop_inspecting"
  | "frame_text"
  | "export_frames"
  | "save_frames"
  | "examine"
  | "stop_examining"
  | "examination"
  | "examination_report"
>;

/** The duration of a step of the Doctor. */
const STEP_MS = 30;

const json = (value: unknown) => JSON.stringify(value);

/** A frame of the demonstration: direction, kind, seconds ago, and its text. */
const FRAMES: [sent: boolean, kind: string, ago: number, text: string][] = [
  [
    true,
    "hello",
    8030,
    json({ t: "hello", versions: [1], pos: 981233, useq: 4410, last_close: 1006, attempt: 1 }),
  ],
  [
    false,
    "welcome",
    8029.9,
    json({ t: "welcome", version: 1, server: "homing-server 0.1.0", heartbeat_ms: 25000 }),
  ],
  [
    false,
    "digest",
    8029.8,
    json({ t: "digest", pos: 981240, rooms: [{ room: "r_7d2", head: 48190, unread: 13 }] }),
  ],
  [false, "caught_up", 8029.7, json({ t: "caught_up" })],
  [
    true,
    "send",
    94.1,
    json({ t: "send", room: "r_7d2", items: [{ cid: "0199a7", kind: "message", body: "•••" }] }),
  ],
  [false, "ok", 94.0, json({ t: "ok", room: "r_7d2", items: [{ cid: "0199a7", seq: 48213, dup: false }] })],
  [
    false,
    "event",
    93.9,
    json({ t: "event", room: "r_7d2", seq: 48213, kind: "message", body: "•••", live: true }),
  ],
  [false, "ping", 61, json({ t: "ping", n: 7, heads: { r_7d2: 48213, r_91c: 1207 } })],
  [true, "pong", 60.9, json({ t: "pong", n: 7 })],
  [
    false,
    "err",
    40,
    json({ t: "err", code: "rate_limited", temporary: true, retry_after_ms: 800, text: "slower" }),
  ],
  [true, "ack", 12, json({ t: "ack", rooms: { r_7d2: 48213 } })],
];

export function demoTraffic(now: number): Traffic {
  const what = ([sent, kind, , text]: (typeof FRAMES)[number]): TraceEvent => ({
    what: sent ? "sent" : "received",
    kind,
    length: text.length,
    preview: text,
  });
  const happened: [ago: number, connection: number, what: TraceEvent][] = [
    [8032, 1, { what: "closed", code: 1006, by: "there" }],
    [8031, 1, { what: "failed", why: { cause: "unreachable" } }],
    [8030.1, 2, { what: "opened", attempt: 1 }],
    ...FRAMES.map((frame): [number, number, TraceEvent] => [frame[2], 2, what(frame)]),
  ];
  const entries: Entry[] = happened.map(([ago, connection, what], at) => ({
    number: at + 1,
    connection,
    at: now - ago * 1000,
    what,
  }));
  return {
    entries,
    round_trips: Array.from({ length: 40 }, (_, at) => ({
      at: now - (40 - at) * 5000,
      ms: 22 + ((at * 7) % 5) + (at === 24 ? 31 : 0),
    })),
    seconds: Array.from({ length: 290 }, (_, at) => ({
      at: Math.floor(now / 1000) - 290 + at,
      frames_in: (at * 13) % 7 === 0 ? 3 : (at * 5) % 3 === 0 ? 1 : 0,
      frames_out: at % 9 === 0 ? 1 : 0,
      bytes_in: 180,
      bytes_out: 40,
    })),
    outages: [
      { at: now - 24_000_000, code: 4001, by: "there", tries: 0, why: { cause: "none" }, lasted_ms: 800 },
      {
        at: now - 8_032_000,
        code: 1006,
        by: "there",
        tries: 1,
        why: { cause: "unreachable" },
        lasted_ms: 1900,
      },
    ],
    online_since: now - 8_029_900,
  };
}

export function demoFrame(number: number): string | null {
  const frame = FRAMES[number - 4];
  const shown = frame?.[3].replaceAll('"•••"', '{"text":"The anchor can hold the row."}');
  return shown ? JSON.stringify(JSON.parse(shown), null, 2) : null;
}

const finding = (
  step: Finding["step"],
  outcome: Finding["outcome"],
  verdict: Finding["verdict"],
  took_ms: number | null,
  ...facts: [Finding["facts"][number]["about"], string][]
): Finding => ({ step, outcome, verdict, took_ms, facts: facts.map(([about, value]) => ({ about, value })) });

const HOST = "chat.northlight.example:4664";

/** What the Doctor finds, of a connection that is up or down. */
export function demoFindings(online: boolean): Finding[] {
  const way: Finding[] = [
    finding(
      "history",
      "ended_before",
      "fine",
      null,
      ["close_code", "1006"],
      ["when", "Fri, 20 Nov 2026 17:59:19 GMT"],
    ),
    finding("name", "name_found", "fine", 14, ["server", HOST], ["addresses", "192.0.2.17, 2001:db8::17"]),
    finding("proxy", "no_proxy", "fine", null),
  ];
  if (!online) {
    const rest = ["tls", "upgrade", "sign_in", "round_trip", "clock"] as const;
    return [
      ...way,
      finding("tcp", "tcp_timed_out", "wrong", 10_000, ["missed", "192.0.2.17:4664: no answer"]),
      ...rest.map((step) => finding(step, "not_reached", "skipped", null)),
    ];
  }
  const fingerprint = "iC3kbNdY6cHk0rYx6fEwqjUe3m0v2m8TZq0J4b1Wc9E";
  return [
    ...way,
    finding("tcp", "tcp_connected", "fine", 23, ["connected", "192.0.2.17:4664"]),
    finding(
      "tls",
      "tls_pinned",
      "fine",
      31,
      ["subject", "Homing space"],
      ["valid_until", "2120-01-01"],
      ["fingerprint", fingerprint],
      ["expected", fingerprint],
      ["encryption", "TLSv1_3, TLS13_AES_256_GCM_SHA384"],
    ),
    finding("upgrade", "upgraded", "fine", 24, ["subprotocol", "homing.v1"]),
    finding("sign_in", "signed_in_already", "fine", null, ["program", "homing-server 0.1.0"], ["wire", "1"]),
    finding("round_trip", "answered", "fine", 25, ["round_trips", "23 ms"]),
    finding("clock", "clocks_differ", "doubtful", null, ["ahead", "94 s"]),
  ];
}

const noExamination: Examination = { running: false, findings: [] };

export function lineHandlers(world: World): Line {
  const examinations = new Map<SpaceId, Examination>();
  return {
    inspect: () => demoTraffic(world.now()),
    stop_inspecting: () => null,
    frame_text: ({ number }) => ({ text: demoFrame(number) }),
    export_frames: () => ({
      text: demoTraffic(world.now())
        .entries.map((entry) => JSON.stringify(entry))
        .join("\n"),
    }),
    save_frames: () => ({ path: "/home/aki/Downloads/homing-frames.jsonl" }),
    examine({ space }) {
      const findings = demoFindings(world.space(space).overview.link.state === "up_to_date");
      examinations.set(space, { running: true, findings: [] });
      const tell = (examination: Examination) => {
        if (!examinations.get(space)?.running) return;
        examinations.set(space, examination);
        world.push({ change: "examination", space, examination });
      };
      findings.forEach((_, at) =>
        setTimeout(
          () => tell({ running: at + 1 < findings.length, findings: findings.slice(0, at + 1) }),
          STEP_MS * (at + 1),
        ),
      );
      return null;
    },
    stop_examining({ space }) {
      const { findings } = examinations.get(space) ?? noExamination;
      examinations.set(space, { running: false, findings });
      return { running: false, findings };
    },
    examination: ({ space }) => examinations.get(space) ?? noExamination,
    examination_report: () => ({ text: "Connection Doctor of homing-desktop 0.1.0 on linux\n" }),
  };
}
