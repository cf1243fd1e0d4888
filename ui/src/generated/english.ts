// Made by `cargo xtask codegen` from doctor/words.rs of the engine and close/words.rs of the protocol.
// Never edited by hand.
import type { FactKind, Outcome, Step } from "./bridge";

/** The steps of the Connection Doctor. */
export const doctorSteps = {
  history: "Last disconnect",
  name: "DNS",
  proxy: "Proxy",
  tcp: "TCP",
  tls: "Encryption (TLS)",
  upgrade: "WebSocket",
  sign_in: "Sign-in",
  round_trip: "Round trip",
  clock: "Clock",
} satisfies Record<Step, string>;

/** What the Connection Doctor observes. */
export const doctorFacts = {
  server: "Server",
  addresses: "Addresses",
  connected: "Connected to",
  missed: "Unreachable",
  proxy: "Proxy",
  chosen_by: "Configured in",
  encryption: "Encryption",
  subject: "Issued to",
  issuer: "Issued by",
  valid_until: "Valid until",
  fingerprint: "Fingerprint",
  expected: "Expected",
  status: "HTTP status",
  subprotocol: "Subprotocol",
  program: "Software",
  wire: "Protocol version",
  close_code: "Close code",
  when: "At",
  idle_for: "Silent before",
  round_trips: "Round trips",
  ahead: "Server ahead by",
  words: "Details",
} satisfies Record<FactKind, string>;

/** What an outcome of the Connection Doctor means, and what to do about it. */
export const doctorOutcomes = {
  history_unknown: { means: "There’s no record of earlier connections here." },
  never_ended: { means: "No connection has ended since Homing started." },
  ended_before: { means: "This is how the last connection ended. Homing reconnects automatically." },
  ended_by_verdict: {
    means: "The server ended the last connection because of this device.",
    advice: "Follow the close code’s advice.",
  },
  cut_when_idle: {
    means: "The last connections were cut after the same silence. A proxy or router on the way closes idle connections sooner than the server’s heartbeat.",
    advice: "Ask the server admin to allow a minute of silence (nginx: proxy_read_timeout), or lower “Ping after idle” in Settings → Advanced.",
  },
  name_found: { means: "Found the server’s address." },
  name_slow: {
    means: "Found the server’s address, but slowly. This delays every connection.",
    advice: "Check this network’s DNS server.",
  },
  name_is_address: { means: "It’s an IP address, so no lookup is needed." },
  name_at_proxy: { means: "The proxy looks it up, so nobody on this network sees it." },
  name_not_found: {
    means: "Can’t find this host, or you’re offline.",
    advice: "Check your network and the spelling of the address. Company servers often need a VPN.",
  },
  name_timed_out: {
    means: "This network’s DNS server isn’t responding.",
    advice: "Check your network. A disconnected VPN can leave its DNS server behind.",
  },
  no_proxy: { means: "No proxy is set. Homing connects directly." },
  proxy_off: { means: "The proxy is turned off in settings. Homing connects directly." },
  proxy_excepted: { means: "A proxy is set, but this server bypasses it. Homing connects directly." },
  proxy_not_needed: { means: "The server is this computer, so no proxy is needed." },
  proxy_used: { means: "The proxy connected to the server." },
  proxy_not_found: {
    means: "Can’t find the proxy, or you’re offline.",
    advice: "Check the proxy’s name in Network settings. Company proxies only work on the company network.",
  },
  proxy_unreachable: {
    means: "The proxy isn’t responding.",
    advice: "Check its address and port in Network settings, and that you’re on its network.",
  },
  proxy_needs_password: {
    means: "The proxy requires a user name and password.",
    advice: "Enter them in Network settings.",
  },
  proxy_wrong_password: {
    means: "The proxy rejected the user name or password.",
    advice: "Enter them again in Network settings. The password may have been changed.",
  },
  proxy_no_password: {
    means: "Can’t get the proxy password from the keyring, so the proxy wasn’t used.",
    advice: "Unlock the keyring, or enter the password again in Network settings.",
  },
  proxy_refuses: {
    means: "The proxy blocks this server or port.",
    advice: "Ask the proxy’s admin to allow the server’s name and port.",
  },
  proxy_hung_up: {
    means: "The proxy closed the connection without answering.",
    advice: "Check the proxy’s port and type. HTTP and SOCKS5 aren’t the same.",
  },
  not_a_proxy: {
    means: "There’s no proxy of this type at that address.",
    advice: "Check the proxy’s port and type. HTTP and SOCKS5 aren’t the same.",
  },
  proxy_unusable: {
    means: "Homing can’t use the configured proxy, and won’t bypass it.",
    advice: "Enter a proxy that starts with http:// or socks5:// in Network settings, or turn the proxy off.",
  },
  proxy_timed_out: {
    means: "The proxy accepted the request but didn’t answer.",
    advice: "Check the proxy’s type, HTTP or SOCKS5. It may also be waiting for the server; check that the server is running.",
  },
  tcp_connected: { means: "Connected to the server’s port." },
  tcp_fell_back: {
    means: "The first address didn’t respond, but another one did. This delays every connection.",
    advice: "Tell the server admin that one of its addresses doesn’t work.",
  },
  tcp_by_proxy: { means: "The proxy is connected to the server." },
  tcp_not_by_proxy: {
    means: "The proxy can’t reach the server.",
    advice: "Check the spelling of the server’s address, that the server is running, and that the proxy may connect to it.",
  },
  tcp_refused: {
    means: "The computer is reachable, but nothing is listening on this port.",
    advice: "Ask the server admin whether the server is running, and on which port.",
  },
  tcp_unreachable: {
    means: "This address can’t be reached from here.",
    advice: "Check your network, VPN and firewall.",
  },
  tcp_timed_out: {
    means: "No response. Something on the way drops the packets.",
    advice: "Check the firewalls on both sides, and whether the server’s port is open to the outside.",
  },
  tls_pinned: { means: "Encrypted, and the certificate matches your join link." },
  tls_trusted: { means: "Encrypted, and this computer trusts the certificate." },
  tls_ends_soon: {
    means: "Encrypted and trusted, but the certificate expires within two weeks.",
    advice: "Tell the server admin to renew it.",
  },
  tls_off_here: { means: "Not encrypted, which is fine on one computer." },
  tls_off: {
    means: "Not encrypted. Anyone on the way can read your messages.",
    advice: "Ask the server admin to turn TLS on.",
  },
  certificate_changed: {
    means: "The certificate doesn’t match your join link. It’s a different server, or someone is intercepting the connection.",
    advice: "Ask the server admin for the fingerprint over another channel. If the certificate was replaced, use a new join link.",
  },
  certificate_untrusted: {
    means: "This computer doesn’t trust the certificate.",
    advice: "Check this computer’s clock, add your company’s certificate authority in Network settings, or use a join link with the fingerprint.",
  },
  tls_none: {
    means: "This port doesn’t use TLS.",
    advice: "Check the port. Wi-Fi sign-in pages can also cause this.",
  },
  tls_cut: {
    means: "The connection was closed during the TLS handshake, probably by a firewall.",
    advice: "Try another network, or ask this network’s admin.",
  },
  tls_timed_out: {
    means: "Connected, but the TLS handshake got no response.",
    advice: "Something on the way holds data back. Try another network.",
  },
  upgraded: { means: "The server speaks Homing’s protocol." },
  asks_for_token: { means: "The server responds and asks you to sign in, as expected." },
  no_token: {
    means: "Can’t get this device’s token from the keyring, so the server wasn’t contacted.",
    advice: "Unlock or start the keyring, or enter your passphrase, then try again. If your key is gone for good, sign in again.",
  },
  token_refused: {
    means: "The server rejected this device’s token. The device was signed out.",
    advice: "Sign in again. Unsent messages on this device are kept.",
  },
  token_missing: {
    means: "The server responds, but never gets the token. Something on the way removes the Authorization header.",
    advice: "Ask the server admin to have the proxy pass Authorization on.",
  },
  blocked: {
    means: "Something in front of the server blocks this request. The response isn’t the server’s.",
    advice: "Ask the admin of that proxy or filter to let /v1/ through without a sign-in of its own. The server checks tokens itself.",
  },
  words_replaced: {
    means: "The server responds as expected, but a proxy replaces its error messages with a page of its own.",
    advice: "Ask the proxy’s admin to leave error bodies under /v1/ alone (nginx: proxy_intercept_errors off, Apache: ProxyErrorOverride Off).",
  },
  bad_gateway: {
    means: "The proxy in front of the server can’t reach it.",
    advice: "Ask the server admin whether the server is running.",
  },
  busy: {
    means: "The server, or a proxy in front of it, asks clients to come back later.",
    advice: "Wait a minute. If it keeps happening, ask the server admin.",
  },
  server_failed: {
    means: "The server, or a proxy in front of it, failed.",
    advice: "Ask the server admin to check the server’s log and disk.",
  },
  redirected: {
    means: "The address redirects elsewhere, and Homing doesn’t follow redirects.",
    advice: "Ask the server admin for a link with the final address.",
  },
  upgrade_spoilt: {
    means: "A Homing server responds, but a proxy in between breaks the WebSocket.",
    advice: "The proxy must speak HTTP/1.1 to the server and pass the path and the headers Upgrade, Connection and Sec-WebSocket-*; see docs/operations.md.",
  },
  subprotocol_hidden: {
    means: "A proxy in between removes the Sec-WebSocket-Protocol header from the response.",
    advice: "Ask the server admin to have the proxy pass it on.",
  },
  not_homing: {
    means: "There’s no Homing server at this address.",
    advice: "Check the address and port. A proxy in front of the server must pass /v1/ to it, see docs/operations.md.",
  },
  upgrade_cut: {
    means: "The connection was closed before a response. The server is starting or full, or something on the way blocks WebSockets.",
    advice: "Try again in a minute, or from another network. If it keeps happening, ask the server admin to check the server and the proxy in front of it.",
  },
  upgrade_timed_out: {
    means: "The server accepted the request but didn’t answer.",
    advice: "Ask the server admin to check the server’s load and log.",
  },
  signed_in: { means: "Signed in." },
  signed_in_already: { means: "Homing is already signed in. A second connection would end the first, so this was checked there." },
  took_over: { means: "Homing reconnected in the meantime and took over." },
  no_account: { means: "You need an account in this space." },
  version_unsupported: {
    means: "This version of Homing isn’t compatible with the server.",
    advice: "Update the older one.",
  },
  other_server: {
    means: "The server knows this device as someone else’s. This is a different space.",
    advice: "Ask the server admin whether the database was replaced.",
  },
  sign_in_closed: {
    means: "The server closed the connection instead of signing you in. The close code says why.",
    advice: "Follow the close code’s advice.",
  },
  sign_in_broken: {
    means: "The server sent something that isn’t Homing’s protocol.",
    advice: "Update Homing and the server. If it happens again, report it with this report.",
  },
  sign_in_timed_out: {
    means: "The server didn’t answer the sign-in.",
    advice: "Ask the server admin to check the server’s disk and log.",
  },
  answered: { means: "The server responds." },
  answered_slowly: {
    means: "The server responds, but takes more than a second.",
    advice: "Your connection is busy. Check for downloads and weak Wi-Fi.",
  },
  no_answer: {
    means: "Connected, but the server doesn’t respond.",
    advice: "Something on the way stops forwarding data. Try another network.",
  },
  clocks_agree: { means: "Your clock matches the server’s." },
  clocks_differ: {
    means: "Your clock and the server’s differ by more than a minute, so message times look wrong. Message order isn’t affected.",
    advice: "Set this computer’s clock automatically. If it’s right, tell the server admin.",
  },
  not_reached: { means: "Not checked because an earlier step failed." },
  not_seen: { means: "Worked, but couldn’t be checked from here." },
} satisfies Record<Outcome, { means: string; advice?: string }>;

/** What a close code means and what to do, by code, and by range for an unknown one. */
export const closeCodes = {
  1000: {
    happened: "Closed normally",
    means: "Homing went offline or quit, or the server closed the connection.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
  },
  1001: {
    happened: "The other side went away",
    means: "The server or a proxy is shutting down, or Homing gave up a stalled connection.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
  },
  1002: {
    happened: "Protocol error",
    means: "One side couldn’t read what the other sent.",
    advice: "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.",
  },
  1003: {
    happened: "Unsupported data",
    means: "One side received a type of data it doesn’t accept.",
    advice: "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.",
  },
  1005: {
    happened: "Closed without a code",
    means: "The connection was closed without a reason. Proxies do this, Homing servers don’t.",
    advice: "If it keeps happening, check the WebSocket timeouts of any proxy in between.",
  },
  1006: {
    happened: "Connection lost",
    means: "The network or a proxy dropped the connection, or one side stopped. This code is never sent; it means the connection ended without one.",
    advice: "If it happens at regular intervals, a proxy or router closes idle connections. Raise its WebSocket timeout. Otherwise check your network.",
  },
  1007: {
    happened: "Invalid text",
    means: "One side received text that isn’t UTF-8.",
    advice: "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.",
  },
  1008: {
    happened: "Blocked by policy",
    means: "Something on the way doesn’t allow this connection.",
    advice: "Ask the admin of the proxy or firewall between you and the server.",
  },
  1009: {
    happened: "Message too large",
    means: "One side received more data at once than it accepts.",
    advice: "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.",
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
  1012: {
    happened: "Service restarting",
    means: "It will be back shortly.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
  },
  1013: {
    happened: "Service overloaded",
    means: "The service asked clients to come back later. Homing does.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
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
    advice: "Nothing at first; Homing reconnects. If it keeps happening, tell the server admin; the server’s log has the reason.",
  },
  4001: {
    happened: "Server shutting down",
    means: "The server is restarting or being updated, and said when to reconnect.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
  },
  4002: {
    happened: "Server timed out",
    means: "The server didn’t hear from this device in time. The connection to the server was lost.",
    advice: "If it keeps happening, run the Connection Doctor and check for a VPN, proxy or router that drops idle connections.",
  },
  4003: {
    happened: "This device is too slow",
    means: "It received nothing for half a minute because it was asleep or very busy. Missed messages are fetched again.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
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
    advice: "If it keeps happening, the connection is very slow or something holds data back. Run the Connection Doctor.",
  },
  4500: {
    happened: "Protocol mismatch",
    means: "One side sent something the protocol doesn’t allow.",
    advice: "Update Homing and the server. If it happens again, export the frames from the Connection Inspector and report it.",
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
    advice: "Homing reconnects automatically after a minute, later each time. If it keeps happening, stop any bot or script on this account.",
  },
  4506: {
    happened: "Too many devices",
    means: "This account has reached the server’s device limit.",
    advice: "On another device, open Settings → Devices and sign out of one you no longer use.",
  },
  registered: {
    happened: "Closed with a WebSocket code",
    means: "This version of Homing doesn’t know it.",
    advice: "If it keeps happening, run the Connection Doctor and check for a proxy in between.",
  },
  retryable: {
    happened: "Closed by the server for an unknown reason",
    means: "This version of Homing doesn’t know the reason. It reconnects automatically.",
    advice: "Nothing. Homing reconnects automatically and nothing is lost.",
  },
  final: {
    happened: "Closed by the server for an unknown reason",
    means: "This version of Homing doesn’t know the reason and won’t reconnect automatically.",
    advice: "Update Homing. A newer version may know the reason. Then choose Try now.",
  },
  invalid: {
    happened: "Closed with an unknown code",
    means: "It doesn’t come from a Homing server but from something in between.",
    advice: "If it keeps happening, run the Connection Doctor and check for a proxy in between.",
  },
} satisfies Record<string, { happened: string; means: string; advice: string }>;
