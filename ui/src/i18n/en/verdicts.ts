/** Words for what the Doctor finds. */
import type { Outcome } from "@/generated/bridge";

export const outcomes = {
  history_unknown: { means: "How earlier connections ended isn’t kept here." },
  never_ended: { means: "No connection has ended since Homing started." },
  ended_before: { means: "This is how the last connection ended. Homing reconnects by itself." },
  ended_by_verdict: {
    means: "The server ended the last connection because of this device.",
    advice: "See what the close code says.",
  },
  cut_when_idle: {
    means:
      "The last connections were cut after the same silence: something on the way has a time limit shorter than the server’s heartbeat.",
    advice:
      "Ask whoever runs the proxy in front of the server to allow a minute of silence (nginx: proxy_read_timeout), or lower “Ping after idle” in Settings → Advanced.",
  },
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
  token_missing: {
    means:
      "The server answers, but the token never reaches it: something on the way removes the Authorization header.",
    advice: "Ask whoever runs the proxy in front of the server to pass Authorization on.",
  },
  blocked: {
    means: "Something in front of the server refuses, and the words aren’t the server’s.",
    advice: "Ask whoever runs that proxy or filter to let /v1/ pass; the server asks for tokens itself.",
  },
  words_replaced: {
    means: "The server answers as it should, and a proxy replaces what it says with a page of its own.",
    advice:
      "Tell whoever runs the proxy to leave error bodies under /v1/ alone (nginx: proxy_intercept_errors off, Apache: ProxyErrorOverride Off).",
  },
  bad_gateway: {
    means: "A proxy answers, but the server behind it is away.",
    advice: "Ask whoever runs the server whether it is running.",
  },
  busy: {
    means: "The server, or a proxy in front of it, asks to come back later.",
    advice: "Wait a minute. If it stays like this, ask whoever runs the server.",
  },
  server_failed: {
    means: "The server, or a proxy in front of it, failed.",
    advice: "Ask whoever runs the server to check its log and its disk.",
  },
  redirected: {
    means: "The address leads elsewhere, and Homing follows no redirects.",
    advice: "Ask for a link with the final address.",
  },
  upgrade_spoilt: {
    means: "A Homing server answers, and a proxy in between breaks the WebSocket.",
    advice:
      "The proxy must speak HTTP/1.1 to the server and pass the path and the headers Upgrade, Connection and Sec-WebSocket-*; see docs/operations.md.",
  },
  subprotocol_hidden: {
    means: "A proxy in between hides the Sec-WebSocket-Protocol header of the answer.",
    advice: "Ask whoever runs the proxy in front of the server to pass it on.",
  },
  not_homing: {
    means: "What answers isn’t a Homing server.",
    advice:
      "Check the address and the port; a proxy in front of the server must lead /v1/ to it, see docs/operations.md.",
  },
  upgrade_cut: {
    means:
      "The connection ended before an answer: the server is starting or full, or something on the way doesn’t allow WebSockets.",
    advice:
      "Try again in a minute. If it stays like this, ask whoever runs the server to check it and the proxy in front of it, or try another network.",
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
