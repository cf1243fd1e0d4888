/** The one line of truth about the connection: what to say, how loud, and what can be done. */
import type { Link, LinkFailure, OutboxCount } from "@/generated/bridge";

export type Action =
  | "try_now"
  | "keep_trying"
  | "stay_offline"
  | "go_online"
  | "retry_keyring"
  | "outbox"
  | "sign_in"
  | "network"
  | "certificate";

export interface Truth {
  /** `quiet`: nothing is wrong, only readers are told. `busy`: nothing is wrong, and it takes a while. */
  tone: "quiet" | "busy" | "warn" | "bad";
  state: Link["state"] | "wedged";
  /** Keys of the words, with what goes into them, in order. */
  says: { key: string; n?: number; values?: Record<string, string | number> }[];
  actions: Action[];
}

function why(failure: LinkFailure): Truth["says"] {
  switch (failure.cause) {
    case "none":
      return [];
    case "not_homing":
      return [{ key: "link.why.not_homing", values: { status: failure.status } }];
    case "closed":
      return [{ key: "link.why.closed", values: { code: failure.code } }];
    case "proxy":
      return [{ key: `link.why.proxy.${failure.trouble}` }];
    default:
      return [{ key: `link.why.${failure.cause}` }];
  }
}

/** So many messages are here before a line about them is read. */
const AT_ONCE = 50;

function waiting(outbox: OutboxCount): Truth["says"] {
  return outbox.waiting > 0 ? [{ key: "link.waiting_messages", n: outbox.waiting }] : [];
}

/** Why there is no connection is certain at the first failure, and it is in a person's hands. */
const CERTAIN: LinkFailure["cause"][] = ["no_network", "proxy", "certificate_untrusted"];

/** Where the network settings can help. */
const settings = ({ cause }: LinkFailure): Action[] =>
  cause === "proxy" || cause === "certificate_untrusted" ? ["network"] : [];

/** What the person is told when they are asked how to go on: how often it failed, and why. */
function asked(link: Extract<Link, { state: "waiting" }>): Truth["says"] {
  if (link.ask === "now") return [{ key: "link.tried", n: link.attempt }, ...why(link.why)];
  return CERTAIN.includes(link.why.cause) ? why(link.why) : [];
}

export function truth(link: Link, outbox: OutboxCount, now: number): Truth {
  switch (link.state) {
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((link.until - now) / 1000));
      const next = seconds > 0 ? { key: "link.next_try", values: { n: seconds } } : { key: "link.trying" };
      return {
        tone: link.ask === "quieted" ? "quiet" : "warn",
        state: "waiting",
        says: [{ key: "link.offline_dot" }, ...asked(link), ...waiting(outbox), next],
        actions: [
          "try_now",
          ...settings(link.why),
          ...(link.ask === "now" ? (["keep_trying", "stay_offline"] as const) : []),
        ],
      };
    }
    case "connecting":
      return {
        tone: link.attempt > 0 && link.ask !== "quieted" ? "warn" : "quiet",
        state: "connecting",
        says:
          link.attempt > 0
            ? [{ key: "link.offline_dot" }, ...waiting(outbox), { key: "link.trying" }]
            : [{ key: "link.connecting" }],
        // Whoever reaches for one of them does not find it gone for the moment of a try.
        actions: link.ask === "now" ? ["keep_trying", "stay_offline"] : [],
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
            : link.why.cause === "certificate_changed"
              ? "certificate"
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
            tone: link.messages > AT_ONCE ? "busy" : "quiet",
            state: "catching_up",
            says:
              link.messages > AT_ONCE
                ? [
                    { key: "link.catching_up_dot", n: link.rooms },
                    { key: "link.messages_left", n: link.messages },
                  ]
                : [{ key: "link.catching_up", n: link.rooms }],
            actions: [],
          };
  }
}
