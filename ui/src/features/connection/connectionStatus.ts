/** What the connection banner shows: text, tone and actions. */
import type { ConnectionFailure, ConnectionState, OutboxCount } from "@/generated/bridge";
import { isKnownCode } from "@/i18n/closeCode";

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

export interface ConnectionStatus {
  /** `quiet`: all is well, for screen readers only. `busy`: all is well, and work takes a while. */
  tone: "quiet" | "busy" | "warn" | "bad";
  state: ConnectionState["state"] | "wedged";
  /** Message keys with their values, in order. `sentence`: the text lacks a full stop. */
  says: { key: string; n?: number; values?: Record<string, string | number>; sentence?: true }[];
  actions: Action[];
}

function why(failure: ConnectionFailure): ConnectionStatus["says"] {
  switch (failure.cause) {
    case "none":
      return [];
    case "obstacle":
      return [{ key: `link.why.obstacle.${failure.obstacle}`, values: { status: failure.status } }];
    case "closed":
      // A known code is explained: what happened and what to do.
      return isKnownCode(failure.code)
        ? [
            { key: `close.codes.${failure.code}.happened`, sentence: true },
            { key: `close.codes.${failure.code}.advice` },
          ]
        : [{ key: "link.why.closed", values: { code: failure.code } }];
    case "proxy":
      return [{ key: `link.why.proxy.${failure.trouble}` }];
    default:
      return [{ key: `link.why.${failure.cause}` }];
  }
}

/** This many messages arrive faster than a status line could be read. */
const AT_ONCE = 50;

function waiting(outbox: OutboxCount): ConnectionStatus["says"] {
  return outbox.waiting > 0 ? [{ key: "link.waiting_messages", n: outbox.waiting }] : [];
}

/** A shorter interruption is no outage: only the footer shows it, not the banner. */
export const BLIP_MS = 3000;

/** What the connection state does not contain. */
export interface StatusContext {
  /** For how long there has been no connection, in milliseconds. */
  downFor: number;
  /** Another space is connected, so this computer's network is not to blame. */
  networkWorks: boolean;
}

/** Causes for which people suspect their own network first. */
const BLAMED_ON_NETWORK: ConnectionFailure["cause"][] = ["unreachable", "timed_out", "obstacle"];

/** The action that opens the network settings, for causes that they can fix. */
const settings = ({ cause }: ConnectionFailure): Action[] =>
  cause === "proxy" || cause === "certificate_untrusted" ? ["network"] : [];

/** The cause is shown from the first failure on, the number of attempts only once the person is asked. */
function whyNot(
  link: Extract<ConnectionState, { state: "waiting" }>,
  networkWorks: boolean,
): ConnectionStatus["says"] {
  const tried = link.ask === "now" ? [{ key: "link.tried", n: link.attempt }] : [];
  const fine =
    networkWorks && BLAMED_ON_NETWORK.includes(link.why.cause) ? [{ key: "link.network_works" }] : [];
  return [...tried, ...why(link.why), ...fine];
}

export function connectionStatus(
  link: ConnectionState,
  outbox: OutboxCount,
  now: number,
  { downFor, networkWorks }: StatusContext = { downFor: BLIP_MS, networkWorks: false },
): ConnectionStatus {
  const blip = downFor < BLIP_MS;
  switch (link.state) {
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((link.until - now) / 1000));
      const next = seconds > 0 ? { key: "link.next_try", n: seconds } : { key: "link.trying" };
      return {
        tone: link.ask === "quieted" || (blip && link.ask === "not_yet") ? "quiet" : "warn",
        state: "waiting",
        says: [{ key: "link.offline_dot" }, ...whyNot(link, networkWorks), ...waiting(outbox), next],
        actions: [
          "try_now",
          ...settings(link.why),
          ...(link.ask === "now" ? (["keep_trying", "stay_offline"] as const) : []),
        ],
      };
    }
    case "connecting":
      return {
        tone:
          link.attempt > 0 && link.ask !== "quieted" && !(blip && link.ask === "not_yet") ? "warn" : "quiet",
        state: "connecting",
        says:
          link.attempt > 0
            ? [{ key: "link.offline_dot" }, ...waiting(outbox), { key: "link.trying" }]
            : [{ key: "link.connecting" }],
        // The actions stay during an attempt, so that they do not vanish under the pointer.
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
