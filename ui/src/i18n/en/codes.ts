/** What a close code means: what happened, what that means, what to do. */
import type { closeCodes } from "@/generated/bridge";

type Code = (typeof closeCodes)[number];

const update =
  "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.";
const nothing = "Nothing. Homing reconnects automatically and nothing is lost.";

export const codes = {
  1000: {
    happened: "Closed normally",
    means: "Homing went offline or quit, or the server closed the connection.",
    advice: nothing,
  },
  1001: {
    happened: "The other side went away",
    means: "The server or a proxy is shutting down, or Homing gave up a stalled connection.",
    advice: nothing,
  },
  1002: { happened: "Protocol error", means: "One side couldn’t read what the other sent.", advice: update },
  1003: {
    happened: "Unsupported data",
    means: "One side received a type of data it doesn’t accept.",
    advice: update,
  },
  1005: {
    happened: "Closed without a code",
    means: "The connection was closed without a reason. Proxies do this, Homing servers don’t.",
    advice: "If it keeps happening, check the WebSocket timeouts of any proxy in between.",
  },
  1006: {
    happened: "Connection lost",
    means:
      "The network or a proxy dropped the connection, or one side stopped. This code is never sent; it means the connection ended without one.",
    advice:
      "If it happens at regular intervals, a proxy or router closes idle connections. Raise its WebSocket timeout. Otherwise check your network.",
  },
  1007: { happened: "Invalid text", means: "One side received text that isn’t UTF-8.", advice: update },
  1008: {
    happened: "Blocked by policy",
    means: "Something on the way doesn’t allow this connection.",
    advice: "Ask the admin of the proxy or firewall between you and the server.",
  },
  1009: {
    happened: "Message too large",
    means: "One side received more data at once than it accepts.",
    advice: update,
  },
  1010: {
    happened: "Missing extension",
    means: "One side requires an extension that the other doesn’t support.",
    advice: "Check for a proxy in between that changes WebSockets.",
  },
  1011: {
    happened: "Server error",
    means: "The server, or a proxy in front of it, ran into an unexpected error.",
    advice: "Nothing at first; Homing reconnects. If it keeps happening, tell the server admin.",
  },
  1012: { happened: "Service restarting", means: "It will be back shortly.", advice: nothing },
  1013: {
    happened: "Service overloaded",
    means: "The service asked clients to come back later. Homing does.",
    advice: nothing,
  },
  1014: {
    happened: "Bad gateway",
    means: "The proxy in front of the server can’t reach it.",
    advice: "Ask the server admin to check the proxy and the server.",
  },
  1015: {
    happened: "No secure connection",
    means: "TLS failed. This code is never sent; Homing infers it.",
    advice: "Run the Connection Doctor to see whether the certificate is wrong, expired or untrusted.",
  },
  4000: {
    happened: "Server error",
    means: "The server ran into an unexpected error.",
    advice:
      "Nothing at first; Homing reconnects. If it keeps happening, tell the server admin; the server’s log has the reason.",
  },
  4001: {
    happened: "Server shutting down",
    means: "The server is restarting or being updated, and said when to reconnect.",
    advice: nothing,
  },
  4002: {
    happened: "Server timed out",
    means: "The server didn’t hear from this device in time. The connection to the server was lost.",
    advice:
      "If it keeps happening, run the Connection Doctor and check for a VPN, proxy or router that drops idle connections.",
  },
  4003: {
    happened: "This device is too slow",
    means:
      "It received nothing for half a minute because it was asleep or very busy. Missed messages are fetched again.",
    advice: nothing,
  },
  4004: {
    happened: "Session expired",
    means: "This device’s sign-in needs to be renewed.",
    advice: "Homing tries again. If it doesn’t reconnect, sign in again. Unsent messages are kept.",
  },
  4005: {
    happened: "Too many connections",
    means: "The server slows down devices that reconnect too often.",
    advice: "Wait a minute. If it keeps happening, check the reconnect history for the cause.",
  },
  4006: {
    happened: "Server was restored",
    means: "The server’s database was replaced, usually by a backup. Everything is downloaded again.",
    advice: "Nothing. Messages written after the backup may be missing; your unsent messages will be sent.",
  },
  4007: {
    happened: "Handshake timed out",
    means: "Connected, but the handshake didn’t reach the server within 10 seconds.",
    advice:
      "If it keeps happening, the connection is very slow or something holds data back. Run the Connection Doctor.",
  },
  4500: {
    happened: "Protocol mismatch",
    means: "One side sent something the protocol doesn’t allow.",
    advice: update,
  },
  4501: {
    happened: "Incompatible versions",
    means: "This version of Homing isn’t compatible with the server.",
    advice: "Update the older one.",
  },
  4502: {
    happened: "This device was signed out",
    means: "You signed it out from another device, or an admin did.",
    advice: "Sign in again. Unsent messages on this device are kept and sent then.",
  },
  4503: {
    happened: "Replaced by a newer connection",
    means: "Another program is using this device’s sign-in, such as a copied profile or a second instance.",
    advice: "Close the other program, then choose Try now.",
  },
  4504: {
    happened: "Account disabled",
    means: "An admin disabled this account.",
    advice: "Ask the server admin. Nothing on this device is deleted.",
  },
  4505: {
    happened: "Too many requests",
    means: "The server disconnected this device for sending too many requests.",
    advice:
      "Homing reconnects automatically after a minute, later each time. If it keeps happening, stop any bot or script on this account.",
  },
  4506: {
    happened: "Too many devices",
    means: "This account has reached the server’s device limit.",
    advice: "On another device, open Settings → Devices and sign out of one you no longer use.",
  },
} satisfies Record<Code, { happened: string; means: string; advice: string }>;
