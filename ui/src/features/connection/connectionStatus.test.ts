import { describe, expect, it } from "vitest";
import type { ConnectionFailure, ConnectionState, OutboxCount, RetryPrompt } from "@/generated/bridge";
import { createWords, speak } from "@/i18n";
import { en } from "@/i18n/en";
import { zhCN } from "@/i18n/zh-CN";
import { connectionStatus } from "./connectionStatus";

const NOW = 50_000;
const none: OutboxCount = { waiting: 0, wedged: 0 };
const waiting = (attempt: number, until = NOW + 6_400, ask: RetryPrompt = "not_yet"): ConnectionState => ({
  state: "waiting",
  until,
  attempt,
  why: { cause: "unreachable" },
  ask,
});
const keys = (link: ConnectionState, outbox = none) => {
  const { tone, says, actions } = connectionStatus(link, outbox, NOW);
  return [tone, says.map(({ key }) => key.replace("link.", "")), actions];
};

describe("the connection status", () => {
  it.each<[string, ConnectionState, OutboxCount, unknown[]]>([
    ["is quiet when all is well", { state: "up_to_date", rtt_ms: 5 }, none, ["quiet", ["up_to_date"], []]],
    [
      "is quiet while catching up",
      { state: "catching_up", rooms: 3, messages: 50 },
      none,
      ["quiet", ["catching_up"], []],
    ],
    [
      "shows how much is left when it takes a while",
      { state: "catching_up", rooms: 3, messages: 214 },
      none,
      ["busy", ["catching_up_dot", "messages_left"], []],
    ],
    [
      "is quiet at the first try",
      { state: "connecting", attempt: 0, ask: "not_yet" },
      none,
      ["quiet", ["connecting"], []],
    ],
    [
      "tells of a later try",
      { state: "connecting", attempt: 2, ask: "not_yet" },
      { waiting: 1, wedged: 0 },
      ["warn", ["offline_dot", "waiting_messages", "trying"], []],
    ],
    [
      "counts down",
      waiting(1),
      { waiting: 2, wedged: 0 },
      ["warn", ["offline_dot", "why.unreachable", "waiting_messages", "next_try"], ["try_now"]],
    ],
    [
      "says at once what is wrong with a proxy, and where that is set",
      { ...waiting(1), why: { cause: "proxy", trouble: "wrong_password" } } as ConnectionState,
      none,
      ["warn", ["offline_dot", "why.proxy.wrong_password", "next_try"], ["try_now", "network"]],
    ],
    [
      "says at once that a certificate is not trusted",
      { ...waiting(10, undefined, "now"), why: { cause: "certificate_untrusted" } } as ConnectionState,
      none,
      [
        "warn",
        ["offline_dot", "tried", "why.certificate_untrusted", "next_try"],
        ["try_now", "network", "keep_trying", "stay_offline"],
      ],
    ],
    [
      "stops at a certificate that changed, and explains",
      { state: "refused", why: { cause: "certificate_changed", expected: "a", found: "b" } },
      { waiting: 1, wedged: 0 },
      ["bad", ["why.certificate_changed", "waiting_messages"], ["certificate"]],
    ],
    [
      "tries at zero",
      waiting(1, NOW - 5),
      none,
      ["warn", ["offline_dot", "why.unreachable", "trying"], ["try_now"]],
    ],
    [
      "asks when the engine does",
      waiting(10, undefined, "now"),
      { waiting: 1, wedged: 0 },
      [
        "warn",
        ["offline_dot", "tried", "why.unreachable", "waiting_messages", "next_try"],
        ["try_now", "keep_trying", "stay_offline"],
      ],
    ],
    [
      "goes on asking while it tries",
      { state: "connecting", attempt: 11, ask: "now" },
      none,
      ["warn", ["offline_dot", "trying"], ["keep_trying", "stay_offline"]],
    ],
    [
      "leaves who asked for it alone",
      waiting(12, NOW, "quieted"),
      none,
      ["quiet", ["offline_dot", "why.unreachable", "trying"], ["try_now"]],
    ],
    [
      "leaves them alone while it tries",
      { state: "connecting", attempt: 12, ask: "quieted" },
      none,
      ["quiet", ["offline_dot", "trying"], []],
    ],
    [
      "says at once that there is no network",
      { state: "waiting", until: NOW + 400, attempt: 1, why: { cause: "no_network" }, ask: "not_yet" },
      none,
      ["warn", ["offline_dot", "why.no_network", "next_try"], ["try_now"]],
    ],
    [
      "says that it stays offline",
      { state: "stopped" },
      { waiting: 1, wedged: 0 },
      ["warn", ["stopped_text", "waiting_messages"], ["go_online"]],
    ],
    [
      "leads to signing in",
      { state: "refused", why: { cause: "signed_out" } },
      none,
      ["bad", ["why.signed_out"], ["sign_in"]],
    ],
    [
      "leads to the keyring",
      { state: "refused", why: { cause: "no_token" } },
      none,
      ["bad", ["why.no_token"], ["retry_keyring"]],
    ],
    [
      "tells of what can't be sent",
      { state: "up_to_date", rtt_ms: null },
      { waiting: 0, wedged: 1 },
      ["bad", ["wedged"], ["outbox"]],
    ],
  ])("%s", (_, link, outbox, expected) => expect(keys(link, outbox)).toEqual(expected));

  it("says what a close code means and what to do, where there are words", () => {
    const closed = (code: number) =>
      connectionStatus(
        { ...waiting(1), why: { cause: "closed", code } } as ConnectionState,
        none,
        NOW,
      ).says.map(({ key }) => key);
    expect(closed(4505)).toContain("close.codes.4505.happened");
    expect(closed(4505)).toContain("close.codes.4505.advice");
    expect(closed(4321)).toContain("link.why.closed");
  });

  it("shows nothing of a blip but to readers, and shows it after three seconds", () => {
    const tone = (link: ConnectionState, downFor: number) =>
      connectionStatus(link, none, NOW, { downFor, networkWorks: false }).tone;
    for (const link of [waiting(1), { state: "connecting", attempt: 1, ask: "not_yet" } as ConnectionState]) {
      expect(tone(link, 0)).toBe("quiet");
      expect(tone(link, 2999)).toBe("quiet");
      expect(tone(link, 3000)).toBe("warn");
    }
    // Who is asked something has waited for long.
    expect(tone(waiting(10, NOW, "now"), 0)).toBe("warn");
  });

  it("clears this computer's network where another space shows that it works", () => {
    const says = (link: ConnectionState, networkWorks: boolean) =>
      connectionStatus(link, none, NOW, { downFor: 9000, networkWorks }).says.map(({ key }) => key);
    expect(says(waiting(1), true)).toContain("link.network_works");
    expect(says(waiting(1), false)).not.toContain("link.network_works");
    const proxy = { ...waiting(1), why: { cause: "proxy", trouble: "refuses" } } as ConnectionState;
    expect(says(proxy, true)).not.toContain("link.network_works");
  });

  it("names what stands in the way, in every language", () => {
    for (const words of [en, zhCN]) {
      for (const [obstacle, text] of Object.entries(words.link.why.obstacle)) {
        const why = { cause: "obstacle", obstacle, status: 502 } as ConnectionFailure;
        const said = connectionStatus({ ...waiting(1), why } as ConnectionState, none, NOW).says;
        expect(said.map(({ key }) => key)).toContain(`link.why.obstacle.${obstacle}`);
        expect(text).not.toBe("");
        expect(Object.keys(words.fail)).toContain(obstacle);
      }
    }
  });

  it.each([
    [
      "en",
      "blocked",
      403,
      "Something in front of the server refuses the connection (status 403). Homing keeps trying.",
    ],
    [
      "en",
      "blocked",
      401,
      "Something in front of the server refuses the connection (status 401). Homing keeps trying.",
    ],
    ["en", "server_away", 502, "The server is away: it may be restarting (status 502)."],
    ["en", "server_away", 503, "The server is away: it may be restarting (status 503)."],
    ["en", "busy", 429, "The server is busy and asks to wait (status 429)."],
    ["en", "hung_up", 0, "The server hung up before it answered: it may be starting or full."],
    ["zh-CN", "blocked", 403, "服务器前面有设备拒绝了连接（状态 403）。Homing 会继续重试。"],
    ["zh-CN", "server_away", 502, "服务器暂时不在，可能正在重启（状态 502）。"],
    ["zh-CN", "busy", 429, "服务器繁忙，请稍候（状态 429）。"],
    ["zh-CN", "hung_up", 0, "服务器还没应答就断开了，可能正在启动或已满。"],
  ] as const)("says in %s of %s with status %i: %s", async (locale, obstacle, status, words) => {
    const spoken = createWords();
    await speak(spoken, locale);
    const { says } = connectionStatus(
      { ...waiting(1), why: { cause: "obstacle", obstacle, status } } as ConnectionState,
      none,
      NOW,
    );
    expect(says.map(({ key, values }) => spoken.global.t(key, values ?? {}))).toContain(words);
  });

  it("rounds up, so that 1 s is never shown as 0 s", () =>
    expect(connectionStatus(waiting(1, NOW + 100), none, NOW).says.at(-1)).toEqual({
      key: "link.next_try",
      n: 1,
    }));

  it("has words for every cause, in every language", () => {
    for (const words of [en, zhCN]) {
      for (const cause of [
        "no_network",
        "name_not_found",
        "unreachable",
        "timed_out",
        "certificate_changed",
        "certificate_untrusted",
        "signed_out",
        "version_unsupported",
        "no_token",
        "closed",
      ] as const) {
        expect(words.link.why[cause]).not.toBe("");
      }
    }
  });
});
