/** Words for what the Doctor finds. */
import type { Outcome } from "@/generated/bridge";

export const outcomes = {
  history_unknown: { means: "How earlier connections ended isn’t kept here." },
  never_ended: { means: "No connection has ended since Homing started." },
  ended_before: { means: "This is how the last connection ended. Homing reconnects automatically." },
  ended_by_verdict: {
    means: "The server ended the last connection because of this device.",
    advice: "See what the close code says.",
  },
  cut_when_idle: {
    means:
      "The last connections were cut after the same silence: something on the way has a time limit shorter than the server’s heartbeat.",
    advice:
      "Ask the server admin to allow a minute of silence (nginx: proxy_read_timeout), or lower “Ping after idle” in Settings → Advanced.",
  },
  token_missing: {
    means:
      "The server answers, but the token never reaches it: something on the way removes the Authorization header.",
    advice: "Ask the server admin to pass Authorization on.",
  },
  blocked: {
    means: "Something in front of the server refuses, and the words aren’t the server’s.",
    advice: "Ask the admin of that proxy or filter to let /v1/ pass; the server asks for tokens itself.",
  },
  busy: {
    means: "The server, or a proxy in front of it, asks to come back later.",
    advice: "Wait a minute. If it stays like this, ask the server admin.",
  },
  redirected: {
    means: "The address leads elsewhere, and Homing follows no redirects.",
    advice: "Ask for a link with the final address.",
  },
  server_failed: {
    means: "The server, or a proxy in front of it, failed.",
    advice: "Ask the server admin to check its log and its disk.",
  },
  subprotocol_hidden: {
    means: "A proxy in between hides the Sec-WebSocket-Protocol header of the answer.",
    advice: "Ask the server admin to pass it on.",
  },
  upgrade_spoilt: {
    means: "A Homing server answers, and a proxy in between breaks the WebSocket.",
    advice:
      "The proxy must speak HTTP/1.1 to the server and pass the path and the headers Upgrade, Connection and Sec-WebSocket-*; see docs/operations.md.",
  },
  words_replaced: {
    means: "The server answers as it should, and a proxy replaces what it says with a page of its own.",
    advice:
      "Ask the proxy’s admin to leave error bodies under /v1/ alone (nginx: proxy_intercept_errors off, Apache: ProxyErrorOverride Off).",
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
    advice:
      "Check the proxy’s type, HTTP or SOCKS5. It may also be waiting for the server; check that the server is running.",
  },
  tcp_by_proxy: { means: "The proxy is connected to the server." },
  tcp_not_by_proxy: {
    means: "The proxy can’t reach the server.",
    advice:
      "Check the spelling of the server’s address, that the server is running, and that the proxy may connect to it.",
  },
  tcp_connected: { means: "Connected to the server’s port." },
  tcp_fell_back: {
    means: "The first address didn’t respond, but another one did. This delays every connection.",
    advice: "Tell the server admin that one of its addresses doesn’t work.",
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
    means:
      "The certificate doesn’t match your join link. It’s a different server, or someone is intercepting the connection.",
    advice:
      "Ask the server admin for the fingerprint over another channel. If the certificate was replaced, use a new join link.",
  },
  certificate_untrusted: {
    means: "This computer doesn’t trust the certificate.",
    advice:
      "Check this computer’s clock, add your company’s certificate authority in Network settings, or use a join link with the fingerprint.",
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
    advice:
      "Unlock or start the keyring, or enter your passphrase, then try again. If your key is gone for good, sign in again.",
  },
  token_refused: {
    means: "The server rejected this device’s token. The device was signed out.",
    advice: "Sign in again. Unsent messages on this device are kept.",
  },
  bad_gateway: {
    means: "The proxy in front of the server can’t reach it.",
    advice: "Ask the server admin whether the server is running.",
  },
  not_homing: {
    means: "There’s no Homing server at this address.",
    advice:
      "Check the address and port. A proxy in front of the server must pass /v1/ to it, see docs/operations.md.",
  },
  upgrade_cut: {
    means: "The connection was closed while switching to WebSocket.",
    advice: "A proxy or firewall may block WebSockets. Try another network.",
  },
  upgrade_timed_out: {
    means: "The server accepted the request but didn’t answer.",
    advice: "Ask the server admin to check the server’s load and log.",
  },
  signed_in: { means: "Signed in." },
  signed_in_already: {
    means: "Homing is already signed in. A second connection would end the first, so this was checked there.",
  },
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
    means:
      "Your clock and the server’s differ by more than a minute, so message times look wrong. Message order isn’t affected.",
    advice: "Set this computer’s clock automatically. If it’s right, tell the server admin.",
  },
  not_reached: { means: "Not checked because an earlier step failed." },
  not_seen: { means: "Worked, but couldn’t be checked from here." },
} satisfies Record<Outcome, { means: string; advice?: string }>;
