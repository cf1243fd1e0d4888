/** Words for what the Doctor finds, and for why a connection ended. */
import type { Outcome, closeCodes } from "@/generated/bridge";

type Code = (typeof closeCodes)[number];

export const outcomes = {
  name_found: { means: "The name leads to an address." },
  name_slow: {
    means: "The name was found, but slowly: every connection begins with this wait.",
    advice: "Look at the DNS server of this network.",
  },
  name_is_address: { means: "An address needs no looking up." },
  name_at_proxy: { means: "Left to the proxy, so nobody in this network learns it." },
  name_not_found: {
    means: "Nobody knows a computer of this name, or this computer has no network.",
    advice: "Check the network and the spelling of the address; names inside a company often need its VPN.",
  },
  name_timed_out: {
    means: "The DNS server of this network does not answer.",
    advice: "Check the network; a VPN that was cut leaves such a DNS server behind.",
  },
  no_proxy: { means: "None is set; Homing connects directly." },
  proxy_off: { means: "The settings want none; Homing connects directly." },
  proxy_excepted: { means: "One is set, and this server is excepted; Homing connects directly." },
  proxy_not_needed: { means: "The server is this computer, which needs none." },
  proxy_used: { means: "The proxy opened the way to the server." },
  proxy_not_found: {
    means: "Nobody knows a computer of the proxy’s name, or this computer has no network.",
    advice:
      "Check the proxy’s name in the network settings; a company’s proxy is known in its own network only.",
  },
  proxy_unreachable: {
    means: "Nobody answers at the proxy’s address.",
    advice:
      "Check its name and port in the network settings, and whether this computer is in the proxy’s network.",
  },
  proxy_needs_password: {
    means: "The proxy needs a user name and a password.",
    advice: "Enter both in the network settings.",
  },
  proxy_wrong_password: {
    means: "The proxy does not accept this user name and password.",
    advice: "Enter both again in the network settings; the password may have been changed.",
  },
  proxy_no_password: {
    means: "The keyring does not give the proxy’s password, so the proxy was not asked.",
    advice: "Unlock the keyring, or enter the password again in the network settings.",
  },
  proxy_refuses: {
    means: "The proxy’s rules do not allow connections to this server and port.",
    advice: "Ask whoever runs the proxy to allow the server’s name and port.",
  },
  proxy_hung_up: {
    means: "Something answers at the proxy’s address, and hung up without a word.",
    advice: "Check the port and the kind of the proxy: HTTP and SOCKS5 are different ones.",
  },
  not_a_proxy: {
    means: "What answers at the proxy’s address is no proxy of this kind.",
    advice: "Check the port and the kind of the proxy: HTTP and SOCKS5 are different ones.",
  },
  proxy_unusable: {
    means: "A proxy is set in a way that Homing can’t use, and Homing does not go past it.",
    advice:
      "Homing can use proxies that begin with http:// or socks5://. Name one in the network settings, or choose none.",
  },
  proxy_timed_out: {
    means: "The proxy took the request and gave no answer.",
    advice:
      "Check the kind of the proxy, HTTP or SOCKS5; else it may be waiting for the server: ask whether that runs.",
  },
  tcp_by_proxy: { means: "The proxy is connected to the server." },
  tcp_not_by_proxy: {
    means: "The proxy answers, and does not reach the server.",
    advice:
      "Check the spelling of the server’s address; ask whether the server runs, and whether the proxy may go there.",
  },
  tcp_connected: { means: "The server’s computer answers at this port." },
  tcp_fell_back: {
    means: "The first address did not answer, a later one did: every connection waits for that.",
    advice: "Tell whoever runs the server that one of its addresses is dead.",
  },
  tcp_refused: {
    means: "The computer is there, and nothing listens at this port.",
    advice: "Ask whoever runs the server whether it runs and at which port.",
  },
  tcp_unreachable: {
    means: "There is no way to this address from here.",
    advice: "Check the network, the VPN and the firewall of this computer.",
  },
  tcp_timed_out: {
    means: "Nobody answers, not even with a no: something on the way swallows the packets.",
    advice: "Check the firewall here and at the server; ask whether the server’s port is open from outside.",
  },
  tls_pinned: { means: "Encrypted, and the certificate is the very one of the join link." },
  tls_trusted: { means: "Encrypted, and this computer trusts the certificate." },
  tls_ends_soon: {
    means: "Encrypted and trusted, but the certificate ends within two weeks.",
    advice: "Tell whoever runs the server to renew it.",
  },
  tls_off_here: { means: "Not encrypted, which is fine within one computer." },
  tls_off: {
    means: "Not encrypted: anybody on the way can read along.",
    advice: "Ask whoever runs the server to turn TLS on.",
  },
  certificate_changed: {
    means: "This is not the certificate of the join link: another server, or somebody in between.",
    advice:
      "Ask whoever runs the server, by another way, for its fingerprint; if it was made anew, join again with a new link.",
  },
  certificate_untrusted: {
    means: "This computer does not trust the certificate.",
    advice:
      "Check this computer’s clock; add a company’s own authority in the network settings; or join with a link that names the fingerprint.",
  },
  tls_none: {
    means: "What answers there does not speak TLS.",
    advice: "Check the port; a login page of a hotel network also does this.",
  },
  tls_cut: {
    means: "The connection was cut while the keys were exchanged: a firewall does that.",
    advice: "Try another network; ask whoever runs this one.",
  },
  tls_timed_out: {
    means: "Connected, and then silence.",
    advice: "Something on the way holds data back: try another network.",
  },
  upgraded: { means: "The server speaks the protocol of Homing." },
  asks_for_token: { means: "A server answers and asks who you are, as it should." },
  no_token: {
    means: "The keyring does not give this device’s token, so nothing was asked of the server.",
    advice:
      "Unlock the keyring or start it, or enter your passphrase, then try again. If your key is gone for good, sign in again.",
  },
  token_refused: {
    means: "The server does not accept this device’s token: it was signed out or revoked.",
    advice: "Sign in again; what is queued on this device is kept.",
  },
  bad_gateway: {
    means: "A proxy stands before the server and does not reach it.",
    advice: "Ask whoever runs the server whether it runs.",
  },
  not_homing: {
    means: "What answers is no Homing server, or a proxy in between spoils the WebSocket.",
    advice:
      "Check address and port; a proxy before the server must pass the headers Upgrade and Connection, see docs/operations.md.",
  },
  upgrade_cut: {
    means: "The connection was cut when it should have become a WebSocket.",
    advice: "A proxy or firewall on the way may not allow WebSockets: try another network.",
  },
  upgrade_timed_out: {
    means: "The server took the request and said nothing.",
    advice: "Ask whoever runs the server to look at its load and its log.",
  },
  signed_in: { means: "The server knows this device." },
  signed_in_already: {
    means:
      "Homing’s own connection is signed in right now; a second one of this device would end it, so this was seen there.",
  },
  took_over: { means: "Homing’s own connection came back meanwhile and took over." },
  no_account: { means: "Needs an account in the space." },
  version_unsupported: {
    means: "This Homing and the server are too far apart in age.",
    advice: "Update the older of the two.",
  },
  other_server: {
    means: "The server knows this device as somebody else’s: another space answers there.",
    advice: "Ask whoever runs the server whether its database was replaced.",
  },
  sign_in_closed: {
    means: "The server closed the connection instead of a greeting; its code says why.",
    advice: "See what the close code advises.",
  },
  sign_in_broken: {
    means: "The server said something that is not the protocol.",
    advice: "Update Homing and the server; if it stays so, report it with this report.",
  },
  sign_in_timed_out: {
    means: "The server took the greeting and did not answer.",
    advice: "Ask whoever runs the server to look at its disk and its log.",
  },
  answered: { means: "Questions are answered." },
  answered_slowly: {
    means: "Questions are answered, but it takes more than a second.",
    advice: "Something on the way is busy: look at downloads and the wifi.",
  },
  no_answer: {
    means: "The connection stands, and a question is not answered.",
    advice: "Something on the way goes dead after a moment: try another network.",
  },
  clocks_agree: { means: "This clock and the server’s agree." },
  clocks_differ: {
    means:
      "This clock and the server’s differ by more than a minute: times of messages look wrong. Their order does not depend on clocks.",
    advice: "Set this computer’s clock by the network; if it is right, tell the server’s owner.",
  },
  not_reached: { means: "Not looked at, because a step before it failed." },
  not_seen: { means: "Happened, and could not be looked at from here." },
} satisfies Record<Outcome, { means: string; advice?: string }>;

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
    happened: "The limits were broken too often",
    means: "The server took this device for a flood and closed the door.",
    advice: "Stop any bot or script on this account, wait a minute, then choose Try now.",
  },
  4506: {
    happened: "Too many devices",
    means: "The account has as many devices as the server allows.",
    advice: "Sign a device out that you no longer use, in Settings on another device.",
  },
} satisfies Record<Code, { happened: string; means: string; advice: string }>;
