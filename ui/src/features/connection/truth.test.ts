import { describe, expect, it } from "vitest";
import type { Link, OutboxCount } from "@/generated/bridge";
import { en } from "@/i18n/en";
import { zhCN } from "@/i18n/zh-CN";
import { ASK_AFTER, truth } from "./truth";

const NOW = 50_000;
const none: OutboxCount = { waiting: 0, wedged: 0 };
const waiting = (attempt: number, until = NOW + 6_400): Link => ({
  state: "waiting",
  until,
  attempt,
  why: { cause: "unreachable" },
});
const keys = (link: Link, outbox = none, quieted = false) => {
  const { tone, says, actions } = truth(link, outbox, NOW, quieted);
  return [tone, says.map(({ key }) => key.replace("link.", "")), actions];
};

describe("the line of truth", () => {
  it.each<[string, Link, OutboxCount, unknown[]]>([
    ["is quiet when all is well", { state: "up_to_date", rtt_ms: 5 }, none, ["quiet", ["up_to_date"], []]],
    ["is quiet while catching up", { state: "catching_up", rooms: 3 }, none, ["quiet", ["catching_up"], []]],
    ["is quiet at the first try", { state: "connecting", attempt: 0 }, none, ["quiet", ["connecting"], []]],
    [
      "tells of a later try",
      { state: "connecting", attempt: 2 },
      { waiting: 1, wedged: 0 },
      ["warn", ["offline_dot", "waiting_messages", "trying"], []],
    ],
    [
      "counts down",
      waiting(1),
      { waiting: 2, wedged: 0 },
      ["warn", ["offline_dot", "waiting_messages", "next_try"], ["try_now"]],
    ],
    ["tries at zero", waiting(1, NOW - 5), none, ["warn", ["offline_dot", "trying"], ["try_now"]]],
    [
      "asks after many tries",
      waiting(ASK_AFTER),
      none,
      ["warn", ["offline_dot", "why.unreachable", "next_try"], ["try_now", "quiet", "stay_offline"]],
    ],
    [
      "says that it stays offline",
      { state: "stopped" },
      { waiting: 1, wedged: 0 },
      ["warn", ["stopped_text", "waiting_messages"], ["go_online"]],
    ],
    [
      "explains a changed certificate",
      { state: "refused", why: { cause: "certificate_changed" } },
      none,
      ["bad", ["why.certificate_changed"], ["try_now"]],
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

  it("leaves who asked for it alone, and tries on", () =>
    expect(truth(waiting(12), none, NOW, true).tone).toBe("quiet"));

  it("rounds up, so that 1 s is never shown as 0 s", () =>
    expect(truth(waiting(1, NOW + 100), none, NOW, false).says.at(-1)?.values).toEqual({ n: 1 }));

  it("has words for every cause, in every language", () => {
    for (const words of [en, zhCN]) {
      for (const cause of [
        "name_not_found",
        "unreachable",
        "timed_out",
        "certificate_changed",
        "certificate_untrusted",
        "not_homing",
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
