/** The one line of truth about the connection: what to say, how loud, and what can be done. */
import type { Link, LinkFailure, OutboxCount } from "@/generated/bridge";

export type Action =
  "try_now" | "quiet" | "stay_offline" | "go_online" | "retry_keyring" | "outbox" | "sign_in";

export interface Truth {
  /** `quiet`: nothing is wrong, only readers are told. */
  tone: "quiet" | "warn" | "bad";
  state: Link["state"] | "wedged";
  /** Keys of the words, with what goes into them, in order. */
  says: { key: string; n?: number; values?: Record<string, string | number> }[];
  actions: Action[];
}

/** After so many failed tries the person is asked whether to go on (product.md: never a dead end). */
export const ASK_AFTER = 10;

function why(failure: LinkFailure): Truth["says"] {
  switch (failure.cause) {
    case "none":
      return [];
    case "not_homing":
      return [{ key: "link.why.not_homing", values: { status: failure.status } }];
    case "closed":
      return [{ key: "link.why.closed", values: { code: failure.code } }];
    default:
      return [{ key: `link.why.${failure.cause}` }];
  }
}

function waiting(outbox: OutboxCount): Truth["says"] {
  return outbox.waiting > 0 ? [{ key: "link.waiting_messages", n: outbox.waiting }] : [];
}

/** `quieted`: the person asked to be left alone while it tries on. */
export function truth(link: Link, outbox: OutboxCount, now: number, quieted: boolean): Truth {
  switch (link.state) {
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((link.until - now) / 1000));
      const next = seconds > 0 ? { key: "link.next_try", values: { n: seconds } } : { key: "link.trying" };
      const ask = link.attempt >= ASK_AFTER;
      return {
        tone: quieted ? "quiet" : "warn",
        state: "waiting",
        says: [{ key: "link.offline_dot" }, ...waiting(outbox), ...(ask ? why(link.why) : []), next],
        actions: ask ? ["try_now", "quiet", "stay_offline"] : ["try_now"],
      };
    }
    case "connecting":
      return {
        tone: link.attempt > 0 && !quieted ? "warn" : "quiet",
        state: "connecting",
        says:
          link.attempt > 0
            ? [{ key: "link.offline_dot" }, ...waiting(outbox), { key: "link.trying" }]
            : [{ key: "link.connecting" }],
        actions: [],
      };
    case "stopped":
      return {
        tone: "warn",
        state: "stopped",
        says: [{ key: "link.stopped_text" }, ...waiting(outbox)],
        actions: ["go_online"],
      };
    case "refused": {
      const first: Action =
        link.why.cause === "no_token"
          ? "retry_keyring"
          : link.why.cause === "signed_out"
            ? "sign_in"
            : "try_now";
      return {
        tone: "bad",
        state: "refused",
        says: [...why(link.why), ...waiting(outbox)],
        actions: [first],
      };
    }
    case "catching_up":
    case "up_to_date":
      if (outbox.wedged > 0)
        return {
          tone: "bad",
          state: "wedged",
          says: [{ key: "link.wedged", n: outbox.wedged }],
          actions: ["outbox"],
        };
      return link.state === "up_to_date"
        ? { tone: "quiet", state: "up_to_date", says: [{ key: "link.up_to_date" }], actions: [] }
        : {
            tone: "quiet",
            state: "catching_up",
            says: [{ key: "link.catching_up", n: link.rooms }],
            actions: [],
          };
  }
}
