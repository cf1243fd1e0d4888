/** What a close code means: what happened, what that means, what to do. */
import type { closeCodes } from "@/generated/bridge";

type Code = (typeof closeCodes)[number];

export const codes = {
  1000: {
    happened: "Closed normally",
    means: "One side said goodbye: this app when it goes offline or ends, or a server in its own way.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  1001: {
    happened: "The other side went away",
    means: "A server or a proxy is stopping, or this side gave a stuck connection up.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  1002: {
    happened: "Protocol error",
    means: "One side could not read what the other sent.",
    advice:
      "Update Homing and the server to the newest version; if it happens again, export the frames from the Connection Inspector and report it.",
  },
  1003: {
    happened: "Unsupported data",
    means: "One side got a kind of data that it does not take.",
    advice:
      "Update Homing and the server to the newest version; if it happens again, export the frames from the Connection Inspector and report it.",
  },
  1005: {
    happened: "Closed without a code",
    means:
      "The other side closed properly and gave no reason. A proxy does that, a server of Homing does not.",
    advice: "If it repeats, look for a proxy on the way and its time limits for WebSockets.",
  },
  1006: {
    happened: "Cut without goodbye",
    means:
      "The network or a proxy dropped the connection, or one side died. Nobody sends this code: it is concluded from the silence.",
    advice:
      "If it repeats at a steady interval, a proxy or router on the way closes idle connections: raise its time limit for WebSockets. Otherwise look at the network.",
  },
  1007: {
    happened: "Damaged text",
    means: "One side got text that is no UTF-8.",
    advice:
      "Update Homing and the server to the newest version; if it happens again, export the frames from the Connection Inspector and report it.",
  },
  1008: {
    happened: "Refused by policy",
    means: "Something on the way does not allow this connection.",
    advice: "Ask whoever runs the proxy or firewall between you and the server.",
  },
  1009: {
    happened: "A frame was too large",
    means: "One side got more at once than it takes.",
    advice:
      "Update Homing and the server to the newest version; if it happens again, export the frames from the Connection Inspector and report it.",
  },
  1010: {
    happened: "An extension is missing",
    means: "One side insists on something that the other does not speak.",
    advice: "Look for a proxy on the way that changes WebSockets.",
  },
  1011: {
    happened: "The server failed",
    means: "The server, or a proxy in front of it, met something unexpected.",
    advice: "Nothing at first: Homing reconnects. If it repeats, tell whoever runs the server.",
  },
  1012: {
    happened: "The service restarts",
    means: "It comes back by itself.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  1013: {
    happened: "The service is overloaded",
    means: "It asks everybody to come back later, which Homing does.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  1014: {
    happened: "Bad gateway",
    means: "A proxy stands before the server and does not reach it.",
    advice: "Ask whoever runs the server to look at the proxy and whether the server runs.",
  },
  1015: {
    happened: "No secure connection",
    means: "TLS failed. Nobody sends this code: it is concluded.",
    advice: "Run the Connection Doctor: it says whether the certificate is wrong, old or not trusted.",
  },
  4000: {
    happened: "The server failed",
    means: "Something went wrong on the server that it did not expect.",
    advice:
      "Nothing at first: Homing reconnects. If it repeats, tell whoever runs the server; its log says why.",
  },
  4001: {
    happened: "The server shut down",
    means: "It is being restarted or updated, and told everybody when to come back.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  4002: {
    happened: "The server heard nothing",
    means:
      "It asked for a sign of life and got none in time: the line was dead in the direction to the server.",
    advice:
      "If it repeats, run the Connection Doctor; look for a VPN, a proxy or a router that forgets idle connections.",
  },
  4003: {
    happened: "This device took its messages too slowly",
    means: "It read nothing for half a minute: it slept, or is very busy. What was missed is fetched again.",
    advice: "Nothing: Homing reconnects by itself and nothing is lost.",
  },
  4004: {
    happened: "The token expired",
    means: "The device’s proof of who you are has to be renewed.",
    advice: "Homing tries again. If it does not come back, sign in again; queued messages stay.",
  },
  4005: {
    happened: "Connected too often",
    means: "The server slows a device down that connects again and again.",
    advice: "Wait a minute. If it repeats, look in the history for what cuts the connection.",
  },
  4006: {
    happened: "The server was restored",
    means: "Its database is another one, usually a backup. Everything is fetched anew.",
    advice:
      "Nothing. What was written after the backup was made may be missing; what you had queued is sent.",
  },
  4007: {
    happened: "The greeting came too late",
    means: "The connection stood, and no greeting reached the server within 10 seconds.",
    advice:
      "If it repeats, the line is very slow or something in between holds data back: run the Connection Doctor.",
  },
  4500: {
    happened: "The two sides did not understand each other",
    means: "One side sent something that the protocol does not allow.",
    advice:
      "Update Homing and the server to the newest version; if it happens again, export the frames from the Connection Inspector and report it.",
  },
  4501: {
    happened: "No version in common",
    means: "This Homing and the server are too far apart in age.",
    advice: "Update the older of the two.",
  },
  4502: {
    happened: "This device was signed out",
    means: "Somebody with your account, or an administrator, revoked it.",
    advice: "Sign in again. What is queued on this device is kept and sent then.",
  },
  4503: {
    happened: "Replaced by a newer connection",
    means: "Another program uses the same device’s token: a copied profile, or a second start.",
    advice: "Close the other one, then choose Try now.",
  },
  4504: {
    happened: "The account is disabled",
    means: "An administrator disabled it.",
    advice: "Ask whoever runs the space. Nothing on this device is deleted.",
  },
  4505: {
    happened: "The server was sent too much",
    means: "This device sent more than the server allows, again and again, and was disconnected.",
    advice:
      "Homing comes back by itself after a minute, later each time. If it repeats, stop any bot or script on this account.",
  },
  4506: {
    happened: "Too many devices",
    means: "The account has as many devices as the server allows.",
    advice: "Sign a device out that you no longer use, in Settings on another device.",
  },
} satisfies Record<Code, { happened: string; means: string; advice: string }>;
