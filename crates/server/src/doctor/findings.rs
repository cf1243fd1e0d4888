//! Turns the results of the connection steps into findings. Pure.

use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use homing_certificate::Certificate;
use homing_protocol::ErrorCode;
use homing_protocol::http::{CHALLENGE, CHALLENGE_WRONG, Problem};
use homing_protocol::link::Fingerprint;

use super::public_address::Trust;
use super::{EXPIRES_SOON_DAYS, Finding, SKEW_MS, days_left};

pub(super) const NAME: &str = "public name";
pub(super) const PORT: &str = "public port";
pub(super) const TLS: &str = "public TLS";
pub(super) const UPGRADE: &str = "public upgrade";
pub(super) const HEALTH: &str = "public health";
pub(super) const CLOCK: &str = "public clock";

/// Characters of a foreign response that are shown.
const MAX_QUOTED_CHARS: usize = 200;

/// The result of a TLS handshake.
#[derive(Debug, Clone)]
pub(super) struct TlsSession {
    /// TLS version.
    pub(super) version: String,
    pub(super) certificate: Certificate,
    pub(super) fingerprint: Fingerprint,
    /// Whether this system trusts the certificate, where that matters.
    pub(super) trusted: Result<(), String>,
}

/// The parts of an HTTP response that matter here.
#[derive(Debug, Clone, Default)]
pub(super) struct HttpResponse {
    pub(super) status: u16,
    /// Target of a redirect.
    pub(super) location: Option<String>,
    /// The `Date` header.
    pub(super) date: Option<String>,
    /// `WWW-Authenticate`.
    pub(super) challenge: Option<String>,
    /// `Sec-WebSocket-Protocol`.
    pub(super) subprotocol: Option<String>,
    pub(super) body: Vec<u8>,
}

impl HttpResponse {
    /// The body as an error of a Homing server.
    fn problem(&self) -> Option<Problem> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Why there was no response.
#[derive(Debug, Clone)]
pub(super) enum ExchangeError {
    /// Nothing arrived in time.
    TimedOut,
    /// The connection was closed.
    Closed(String),
    /// The response does not belong to the protocol.
    Invalid(String),
}

pub(super) fn name(host: &str, addresses: Result<&[SocketAddr], &String>) -> Finding {
    match addresses {
        Ok([]) => Finding::wrong(NAME, format!("{host} has no address"), FIX_NAME),
        Ok(addresses) => {
            let listed: Vec<String> = addresses.iter().map(|one| one.ip().to_string()).collect();
            Finding::fine(NAME, format!("{host} resolves to {}", listed.join(", ")))
        }
        Err(error) => Finding::wrong(NAME, format!("can't find {host}: {error}"), FIX_NAME),
    }
}

const FIX_NAME: &str = "check --public and the DNS records; until then, join links don't work";

pub(super) fn port(reached: Result<SocketAddr, &[String]>) -> Finding {
    match reached {
        Ok(address) => Finding::fine(PORT, format!("{address} responds")),
        Err(missed) => Finding::note(
            PORT,
            format!("can't connect: {}", missed.join(", ")),
            "start the server; if it's running, open the port in your firewall and forward it on \
             your router. Some routers can't connect back to their own network; then run `homing \
             doctor LINK` from outside",
        ),
    }
}

pub(super) fn plain(at: SocketAddr) -> Finding {
    if at.ip().is_loopback() {
        return Finding::fine(TLS, "not encrypted, which is fine on one computer");
    }
    Finding::note(
        TLS,
        "not encrypted; anyone on the way can read your messages",
        "use --tls self, or a reverse proxy and --public https://…",
    )
}

pub(super) fn encryption(session: &TlsSession, trust: &Trust, now_ms: i64) -> Finding {
    let Certificate { subject, issuer, not_after, .. } = &session.certificate;
    let given = match trust {
        Trust::Off => None,
        Trust::Pinned(expected) if *expected == session.fingerprint => {
            let meaning = format!(
                "{}, and the certificate matches the join links, {expected}",
                session.version
            );
            return Finding::fine(TLS, meaning);
        }
        Trust::Pinned(expected) => {
            return Finding::wrong(
                TLS,
                format!(
                    "the certificate is {}, issued to {subject:?} by {issuer:?}, but the join \
                     links expect {expected}, so every device rejects it",
                    session.fingerprint
                ),
                "check what's listening at this address: another server, or a proxy that handles \
                 TLS (then use --tls off and --public https://…). If tls-cert.pem was replaced, \
                 restore it and its key from a backup, or send new join links",
            );
        }
        Trust::System { given, .. } => given.as_ref(),
    };
    let until = session.certificate.last_day().unwrap_or_else(|| "an unknown date".to_owned());
    let seen = format!(
        "{}, certificate issued to {subject:?} by {issuer:?}, valid until {until}",
        session.version
    );
    if let Err(why) = &session.trusted {
        return Finding::wrong(
            TLS,
            format!("{seen}, not trusted by this system: {}", short(why)),
            "use a certificate for this exact name, with its full chain (fullchain.pem), from an \
             authority that people's systems trust; or use --tls self, whose join links have the \
             fingerprint",
        );
    }
    if given.is_some_and(|given| *given != session.fingerprint) {
        return Finding::note(
            TLS,
            format!("{seen}, trusted, but not the one from --cert"),
            "restart the server if you renewed the file; otherwise check what's in front of it",
        );
    }
    if not_after.is_some_and(|end| days_left(end, now_ms) < EXPIRES_SOON_DAYS) {
        let advice = "renew it and reload the program that uses it";
        return Finding::note(TLS, format!("{seen}, expires soon"), advice);
    }
    Finding::fine(TLS, format!("{seen}, trusted by this system"))
}

pub(super) fn no_encryption(error: &ExchangeError) -> Finding {
    match error {
        ExchangeError::TimedOut => Finding::wrong(
            TLS,
            "connected, but the TLS handshake got no response",
            "check what's listening there and how busy it is; a firewall on the way may hold \
             data back",
        ),
        ExchangeError::Closed(why) => Finding::wrong(
            TLS,
            format!("the connection was closed during the TLS handshake: {}", short(why)),
            "check what's listening there; a firewall or a forwarded port with nothing behind it \
             can cause this",
        ),
        ExchangeError::Invalid(why) => Finding::wrong(
            TLS,
            format!("the TLS handshake failed: {}", short(why)),
            "check the address and port; with --tls off, a proxy in front must handle TLS, see \
             deploy/nginx.conf",
        ),
    }
}

pub(super) fn upgrade(asked: &Result<HttpResponse, ExchangeError>) -> Finding {
    let answer = match asked {
        Ok(answer) => answer,
        Err(error) => return no_upgrade(error),
    };
    let status = answer.status;
    match answer.problem().map(|problem| (problem.code, problem.text)) {
        // A Homing server that sends its challenge also sends the subprotocol.
        Some((ErrorCode::Unauthorized, _))
            if answer.challenge.is_some() && answer.subprotocol.is_none() =>
        {
            return Finding::wrong(
                UPGRADE,
                "a Homing server responds, but something on the way removes the \
                 Sec-WebSocket-Protocol header from the response, so no device can connect",
                "have the proxy in front pass Sec-WebSocket-Protocol on (nginx: no \
                 proxy_hide_header for it)",
            );
        }
        Some((ErrorCode::TokenMissing, _)) => return no_token(),
        Some((ErrorCode::RateLimited, _)) => {
            return Finding::wrong(
                UPGRADE,
                format!("a Homing server limits the rate of requests ({status})"),
                WAIT,
            );
        }
        Some((ErrorCode::Unauthorized, _)) => {
            return Finding::fine(
                UPGRADE,
                "a Homing server responds and asks for a token, as expected; WebSockets get \
                 through",
            );
        }
        Some((ErrorCode::Invalid, text)) => {
            return Finding::wrong(
                UPGRADE,
                format!(
                    "a Homing server responds, but something on the way breaks the WebSocket \
                     request ({status}: {})",
                    short(&text)
                ),
                "the proxy in front must speak HTTP/1.1 to the server and pass the headers \
                 Upgrade, Connection and Sec-WebSocket-*, as in deploy/nginx.conf",
            );
        }
        Some((_, text)) => {
            return Finding::wrong(
                UPGRADE,
                format!("a Homing server rejected the request ({status}: {})", short(&text)),
                "check the server's log and the other steps",
            );
        }
        None if answer.challenge.as_deref() == Some(CHALLENGE_WRONG) => {
            return Finding::note(
                UPGRADE,
                format!(
                    "a Homing server responds as expected, but a proxy replaces its error \
                     messages with a page of its own ({status}), so devices can't say why \
                     something failed"
                ),
                "leave error bodies under /v1/ alone (nginx: proxy_intercept_errors off, Apache: \
                 ProxyErrorOverride Off)",
            );
        }
        None if answer.challenge.as_deref() == Some(CHALLENGE) => return no_token(),
        None => {}
    }
    let (meaning, advice) = match status {
        101 => (
            "a WebSocket opens without a token, so this isn't a Homing server".to_owned(),
            "check --public and where the proxy in front leads",
        ),
        200..=299 => (
            format!("another program responds ({status})"),
            "check --public; the proxy in front must pass /v1/ to the server, see deploy/nginx.conf",
        ),
        300..=399 => (
            format!(
                "the address redirects ({status}) to {}, and devices don't follow redirects",
                short(answer.location.as_deref().unwrap_or("nowhere"))
            ),
            "set --public to the final address, with https:// if the proxy handles TLS",
        ),
        429 => (
            format!("something in front of the server limits the rate of requests ({status})"),
            WAIT,
        ),
        401 | 403 | 407 => (
            format!("something in front of the server blocks the request ({status})"),
            "let /v1/ through without the proxy's own sign-in or filter; the server checks \
             tokens itself",
        ),
        404 => (
            "there's no Homing server at this address (404)".to_owned(),
            "check --public; the proxy in front must pass /v1/ to the server unchanged, see \
             deploy/nginx.conf",
        ),
        502..=504 => (
            format!("the proxy in front of the server can't reach it ({status})"),
            "start the server; the proxy must lead to the address in --listen, see proxy_pass in \
             deploy/nginx.conf",
        ),
        _ => (
            format!("the response isn't from a Homing server ({status})"),
            "check what's listening there; a proxy in front must pass WebSockets on, see \
             deploy/nginx.conf",
        ),
    };
    Finding::wrong(UPGRADE, meaning, advice)
}

const WAIT: &str = "check what limits the rate in front of the server, and let /v1/ through";

fn no_token() -> Finding {
    Finding::wrong(
        UPGRADE,
        "a Homing server responds, but never gets a device's token; something on the way removes \
         the Authorization header, so nobody can sign in",
        "have the proxy in front pass Authorization on (nginx: no proxy_set_header \
         Authorization; Apache: no RequestHeader unset)",
    )
}

fn no_upgrade(error: &ExchangeError) -> Finding {
    let (meaning, advice) = match error {
        ExchangeError::TimedOut => (
            "the server accepted the request but didn't answer".to_owned(),
            "check the load and log of the server and of the proxy in front of it",
        ),
        ExchangeError::Closed(why) => (
            format!(
                "the connection was closed before a response to the WebSocket request: {}",
                short(why)
            ),
            "start the server, or check whether it's full (--max-connections); otherwise a proxy \
             or firewall may block WebSockets, so check the proxy's log",
        ),
        ExchangeError::Invalid(why) => (
            format!("the response isn't HTTP: {}", short(why)),
            "check the port, and that --tls is the same as for the running server",
        ),
    };
    Finding::wrong(UPGRADE, meaning, advice)
}

/// Never an error: devices don't use `/healthz`.
pub(super) fn health(asked: &Result<HttpResponse, ExchangeError>) -> Finding {
    let seen = match asked {
        Ok(answer) if answer.status == 200 && answer.body == b"ok\n" => {
            return Finding::fine(HEALTH, "/healthz responds");
        }
        Ok(answer) if answer.status == 200 => "/healthz belongs to another program".to_owned(),
        Ok(answer) => format!("/healthz responds with {}", answer.status),
        Err(ExchangeError::TimedOut) => "/healthz doesn't respond".to_owned(),
        Err(ExchangeError::Closed(why) | ExchangeError::Invalid(why)) => {
            format!("/healthz: {}", short(why))
        }
    };
    Finding::note(
        HEALTH,
        seen,
        "devices don't need it; to monitor the server from outside, have the proxy pass /healthz \
         on",
    )
}

pub(super) fn clock(date: Option<&str>, now_ms: i64) -> Finding {
    let Some(date) = date else {
        return Finding::skipped(CLOCK, "the response has no date");
    };
    let since = httpdate::parse_http_date(date)
        .ok()
        .and_then(|date| date.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    let advice = "set both clocks by NTP; message times and certificates depend on them";
    let Some(there) = since else {
        return Finding::note(CLOCK, format!("{:?} isn't a date", short(date)), advice);
    };
    let ahead = there - now_ms;
    if ahead.abs() < SKEW_MS {
        return Finding::fine(CLOCK, "matches this computer's");
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let seconds = ahead.abs() / 1000;
    let meaning = format!("the server's clock is {seconds} s {way} this computer's");
    Finding::note(CLOCK, meaning, advice)
}

/// Steps that need a device.
pub(super) fn for_devices() -> [Finding; 2] {
    ["sign-in", "round trip"].map(|step| {
        let advice = "run `homing doctor` on a device that has joined";
        Finding { advice: Some(advice.to_owned()), ..Finding::skipped(step, "needs a device") }
    })
}

/// A foreign text, shortened and without control characters.
fn short(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    const NOW: i64 = 1_795_197_559_000; // 2026-11-20 17:59:19
    const OURS: Fingerprint = Fingerprint([1; 32]);
    const THEIRS: Fingerprint = Fingerprint([2; 32]);

    fn session(days: i64, trusted: bool) -> TlsSession {
        let certificate = Certificate {
            subject: "chat.example".into(),
            issuer: "Some Authority".into(),
            not_after: Some(NOW / 1000 + days * 24 * 60 * 60),
            ..Certificate::default()
        };
        let trusted = if trusted { Ok(()) } else { Err("unknown issuer".to_owned()) };
        TlsSession { version: "TLS 1.3".into(), certificate, fingerprint: OURS, trusted }
    }

    #[test]
    fn a_certificate_is_judged_by_what_devices_expect() {
        let system = |given| Trust::System { given, extra: Vec::new() };
        for (session, trust, verdict, words) in [
            (session(90, true), Trust::Pinned(OURS), Verdict::Fine, "join links"),
            // The fingerprint is the promise: dates and authorities are not looked at.
            (session(-9, false), Trust::Pinned(OURS), Verdict::Fine, "join links"),
            (session(90, true), Trust::Pinned(THEIRS), Verdict::Wrong, "every device rejects"),
            (session(90, true), system(None), Verdict::Fine, "until 2027-02-18, trusted"),
            (session(90, true), system(Some(OURS)), Verdict::Fine, "\"chat.example\""),
            (session(90, true), system(Some(THEIRS)), Verdict::Doubtful, "--cert"),
            (session(13, true), system(None), Verdict::Doubtful, "expires soon"),
            (session(14, true), system(None), Verdict::Fine, "trusted"),
            (session(90, false), system(Some(OURS)), Verdict::Wrong, "unknown issuer"),
        ] {
            let found = encryption(&session, &trust, NOW);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.meaning.contains(words), "{found:?}");
        }
        assert_eq!(plain("127.0.0.1:1".parse().unwrap()).verdict, Verdict::Fine);
        assert_eq!(plain("192.0.2.1:1".parse().unwrap()).verdict, Verdict::Doubtful);
    }

    fn answer(status: u16, body: &str) -> Result<HttpResponse, ExchangeError> {
        let location = Some("https://chat.example/".to_owned());
        Ok(HttpResponse { status, location, body: body.into(), ..HttpResponse::default() })
    }

    /// As a server of this version says it, with what a proxy leaves of it.
    fn refusal(
        challenge: &str,
        subprotocol: bool,
        body: &str,
    ) -> Result<HttpResponse, ExchangeError> {
        let subprotocol = subprotocol.then(|| "homing.v1".to_owned());
        let challenge = Some(challenge.to_owned());
        Ok(HttpResponse { challenge, subprotocol, ..answer(401, body)? })
    }

    #[test]
    fn an_answer_tells_who_stands_there() {
        let problem = |code: &str| format!("{{\"code\":\"{code}\",\"text\":\"so\\nit is\"}}");
        for (asked, verdict, words) in [
            (answer(401, &problem("unauthorized")), Verdict::Fine, "WebSockets get through"),
            (
                refusal(CHALLENGE_WRONG, true, &problem("unauthorized")),
                Verdict::Fine,
                "get through",
            ),
            (
                refusal(CHALLENGE_WRONG, false, &problem("unauthorized")),
                Verdict::Wrong,
                "removes the Sec-WebSocket-Protocol header",
            ),
            (refusal(CHALLENGE, true, &problem("token_missing")), Verdict::Wrong, "Authorization"),
            (refusal(CHALLENGE, true, "<h1>401</h1>"), Verdict::Wrong, "Authorization"),
            (
                refusal(CHALLENGE_WRONG, true, "<h1>401</h1>"),
                Verdict::Doubtful,
                "a page of its own",
            ),
            (
                answer(429, &problem("rate_limited")),
                Verdict::Wrong,
                "limits the rate of requests (429)",
            ),
            (answer(429, ""), Verdict::Wrong, "limits the rate of requests (429)"),
            (
                answer(400, &problem("invalid")),
                Verdict::Wrong,
                "breaks the WebSocket request (400: soit is)",
            ),
            (answer(500, &problem("internal")), Verdict::Wrong, "rejected the request (500"),
            (answer(401, "<h1>Sign in</h1>"), Verdict::Wrong, "in front of the server blocks"),
            (answer(403, "<h1>403</h1>"), Verdict::Wrong, "in front of the server blocks"),
            (answer(407, ""), Verdict::Wrong, "in front of the server blocks"),
            (answer(101, ""), Verdict::Wrong, "isn't a Homing server"),
            (answer(200, "<h1>Hello</h1>"), Verdict::Wrong, "another program responds"),
            (answer(301, ""), Verdict::Wrong, "to https://chat.example/"),
            (answer(404, ""), Verdict::Wrong, "no Homing server"),
            (answer(502, ""), Verdict::Wrong, "can't reach it"),
            (answer(503, ""), Verdict::Wrong, "can't reach it"),
            (answer(504, ""), Verdict::Wrong, "can't reach it"),
            (answer(426, ""), Verdict::Wrong, "(426)"),
            (Err(ExchangeError::TimedOut), Verdict::Wrong, "didn't answer"),
            (Err(ExchangeError::Closed("reset".into())), Verdict::Wrong, "reset"),
            (Err(ExchangeError::Invalid("SMTP".into())), Verdict::Wrong, "isn't HTTP: SMTP"),
        ] {
            let found = upgrade(&asked);
            assert_eq!(
                (found.verdict, found.advice.is_some()),
                (verdict, verdict != Verdict::Fine)
            );
            assert!(found.meaning.contains(words), "{found:?}");
            // Clauses, as those of `homing doctor`.
            for text in [Some(&found.meaning), found.advice.as_ref()].into_iter().flatten() {
                assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{text}");
            }
            let said = format!("{} {}", found.meaning, found.advice.unwrap_or_default());
            assert!(!said.contains("  ") || said.ends_with("  "), "{said}");
        }
    }

    #[test]
    fn health_is_fine_or_doubtful() {
        for (asked, verdict) in [
            (answer(200, "ok\n"), Verdict::Fine),
            (answer(200, "<h1>Hello</h1>"), Verdict::Doubtful),
            (answer(404, ""), Verdict::Doubtful),
            (Err(ExchangeError::TimedOut), Verdict::Doubtful),
        ] {
            assert_eq!(health(&asked).verdict, verdict, "{asked:?}");
        }
    }

    #[test]
    fn clocks_agree_within_a_minute() {
        for (date, verdict, words) in [
            (Some("Fri, 20 Nov 2026 17:59:19 GMT"), Verdict::Fine, "matches"),
            (Some("Fri, 20 Nov 2026 17:58:20 GMT"), Verdict::Fine, "matches"),
            (Some("Fri, 20 Nov 2026 17:58:19 GMT"), Verdict::Doubtful, "60 s behind"),
            (Some("Fri, 20 Nov 2026 19:59:19 GMT"), Verdict::Doubtful, "7200 s ahead of"),
            (Some("yesterday"), Verdict::Doubtful, "isn't a date"),
            (None, Verdict::Skipped, "no date"),
        ] {
            let found = clock(date, NOW);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.meaning.contains(words), "{found:?}");
        }
    }

    #[test]
    fn handshakes_that_fail_are_told_apart() {
        for (error, words) in [
            (ExchangeError::TimedOut, "no response"),
            (ExchangeError::Closed("reset".into()), "closed during the TLS handshake: reset"),
            (ExchangeError::Invalid("alert".into()), "the TLS handshake failed: alert"),
        ] {
            let found = no_encryption(&error);
            assert_eq!(found.verdict, Verdict::Wrong);
            assert!(found.meaning.contains(words), "{found:?}");
        }
    }
}
