//! What was met on the way to the public address, and what it means. Pure.

use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use homing_certificate::Certificate;
use homing_protocol::ErrorCode;
use homing_protocol::http::{CHALLENGE, CHALLENGE_WRONG, Problem};
use homing_protocol::link::Fingerprint;

use super::reach::Trust;
use super::{Finding, SKEW_MS, SOON, days_left};

pub(super) const NAME: &str = "public name";
pub(super) const PORT: &str = "public port";
pub(super) const TLS: &str = "public TLS";
pub(super) const UPGRADE: &str = "public upgrade";
pub(super) const HEALTH: &str = "public health";
pub(super) const CLOCK: &str = "public clock";

/// Characters of a stranger's words that are shown.
const WORDS: usize = 200;

/// What a handshake showed.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Of TLS.
    pub(super) version: String,
    pub(super) certificate: Certificate,
    pub(super) fingerprint: Fingerprint,
    /// Whether this system would accept it, where that counts.
    pub(super) trusted: Result<(), String>,
}

/// An answer over HTTP, as far as it matters.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where a redirection leads.
    pub(super) location: Option<String>,
    /// When, by the clock of whoever answered.
    pub(super) date: Option<String>,
    /// `WWW-Authenticate`.
    pub(super) challenge: Option<String>,
    /// `Sec-WebSocket-Protocol`.
    pub(super) subprotocol: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A refusal in the words of a server of Homing.
    fn problem(&self) -> Option<Problem> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Why there was no answer.
#[derive(Debug, Clone)]
pub(super) enum Broken {
    /// Nothing came in time.
    Silent,
    /// The connection ended.
    Cut(String),
    /// Something came that is not what was asked for.
    Garbled(String),
}

pub(super) fn name(host: &str, addresses: Result<&[SocketAddr], &String>) -> Finding {
    match addresses {
        Ok([]) => Finding::wrong(NAME, format!("{host} leads to no address"), FIX_NAME),
        Ok(addresses) => {
            let listed: Vec<String> = addresses.iter().map(|one| one.ip().to_string()).collect();
            Finding::fine(NAME, format!("{host} is {}", listed.join(", ")))
        }
        Err(error) => Finding::wrong(NAME, format!("{host} can't be found: {error}"), FIX_NAME),
    }
}

const FIX_NAME: &str = "check --public and the name's DNS records: nobody can use the join links";

pub(super) fn port(reached: Result<SocketAddr, &[String]>) -> Finding {
    match reached {
        Ok(address) => Finding::fine(PORT, format!("{address} answers")),
        Err(missed) => Finding::note(
            PORT,
            format!("not reached: {}", missed.join(", ")),
            "start the server; if it runs, open the port in the firewall and forward it in the \
             router. Some routers never lead back inside: then ask from outside with homing doctor \
             LINK",
        ),
    }
}

pub(super) fn plain(at: SocketAddr) -> Finding {
    if at.ip().is_loopback() {
        return Finding::fine(TLS, "not encrypted, which is fine within one computer");
    }
    Finding::note(
        TLS,
        "not encrypted: anybody on the way can read along",
        "serve with --tls self, or put a reverse proxy in front and set --public https://…",
    )
}

pub(super) fn encryption(shown: &Shown, trust: &Trust, now_ms: i64) -> Finding {
    let Certificate { subject, issuer, ends, .. } = &shown.certificate;
    let given = match trust {
        Trust::Off => None,
        Trust::Pinned(expected) if *expected == shown.fingerprint => {
            let meaning =
                format!("{}, with the certificate of the join links, {expected}", shown.version);
            return Finding::fine(TLS, meaning);
        }
        Trust::Pinned(expected) => {
            return Finding::wrong(
                TLS,
                format!(
                    "shows the certificate {} of {subject:?} by {issuer:?}; the join links name \
                     {expected}, so every device refuses it",
                    shown.fingerprint
                ),
                "see what listens at this address: another server, or a proxy that does TLS itself \
                 (then serve with --tls off and --public https://…). If tls-cert.pem was replaced, \
                 put the old one and its key back from a backup, or send new links",
            );
        }
        Trust::System { given, .. } => given.as_ref(),
    };
    let until = shown.certificate.last_day().unwrap_or_else(|| "an unknown day".to_owned());
    let seen = format!("{}, certificate of {subject:?} by {issuer:?} until {until}", shown.version);
    if let Err(why) = &shown.trusted {
        return Finding::wrong(
            TLS,
            format!("{seen}, which this system does not trust: {}", short(why)),
            "use a certificate for this very name, with its whole chain (fullchain.pem), from an \
             authority that people's systems know; or serve with --tls self, whose links carry the \
             fingerprint",
        );
    }
    if given.is_some_and(|given| *given != shown.fingerprint) {
        return Finding::note(
            TLS,
            format!("{seen}: trusted, but not the one of --cert"),
            "restart the server if the file was renewed; else see what stands in front of it",
        );
    }
    if ends.is_some_and(|end| days_left(end, now_ms) < SOON) {
        let advice = "renew it, and restart or reload whatever shows it";
        return Finding::note(TLS, format!("{seen}: it ends soon"), advice);
    }
    Finding::fine(TLS, format!("{seen}, trusted by this system"))
}

pub(super) fn no_encryption(broken: &Broken) -> Finding {
    match broken {
        Broken::Silent => Finding::wrong(
            TLS,
            "connected, and then silence: no handshake within the time",
            "see what listens there and how busy it is; a firewall on the way may hold data back",
        ),
        Broken::Cut(why) => Finding::wrong(
            TLS,
            format!("the connection was cut while the keys were exchanged: {}", short(why)),
            "see what listens there: a forwarded port without anybody behind it, or a firewall, \
             does that",
        ),
        Broken::Garbled(why) => Finding::wrong(
            TLS,
            format!("what answers there does not speak TLS as it should: {}", short(why)),
            "check address and port; a server with --tls off needs a proxy in front of it that \
             does TLS, see deploy/nginx.conf",
        ),
    }
}

pub(super) fn upgrade(asked: &Result<Answer, Broken>) -> Finding {
    let answer = match asked {
        Ok(answer) => answer,
        Err(broken) => return no_upgrade(broken),
    };
    let status = answer.status;
    match answer.problem().map(|problem| (problem.code, problem.text)) {
        // A server that names its challenge names what would be agreed on as well.
        Some((ErrorCode::Unauthorized, _))
            if answer.challenge.is_some() && answer.subprotocol.is_none() =>
        {
            return Finding::wrong(
                UPGRADE,
                "a server of Homing answers, and the header Sec-WebSocket-Protocol of its answer is \
                 hidden on the way: no device can connect",
                "let the proxy in front pass Sec-WebSocket-Protocol on (nginx: no \
                 proxy_hide_header for it)",
            );
        }
        Some((ErrorCode::TokenMissing, _)) => return no_token(),
        Some((ErrorCode::RateLimited, _)) => {
            return Finding::wrong(UPGRADE, format!("a server asks to wait ({status})"), WAIT);
        }
        Some((ErrorCode::Unauthorized, _)) => {
            return Finding::fine(
                UPGRADE,
                "a server of Homing answers and asks for a token, as it should: upgrades get \
                 through",
            );
        }
        Some((ErrorCode::Invalid, text)) => {
            return Finding::wrong(
                UPGRADE,
                format!(
                    "a server of Homing answers, but the request for a WebSocket was spoilt on the \
                     way ({status}: {})",
                    short(&text)
                ),
                "the proxy in front must speak HTTP/1.1 to the server and pass the headers Upgrade, \
                 Connection and Sec-WebSocket-*, as deploy/nginx.conf does",
            );
        }
        Some((_, text)) => {
            return Finding::wrong(
                UPGRADE,
                format!("a server of Homing refuses ({status}: {})", short(&text)),
                "look at the server's log, and at the other findings",
            );
        }
        None if answer.challenge.as_deref() == Some(CHALLENGE_WRONG) => {
            return Finding::note(
                UPGRADE,
                format!(
                    "a server of Homing answers as it should, and a proxy puts a page of its own \
                     in place of its words ({status}): devices see less of why something failed"
                ),
                "leave the bodies of errors under /v1/ alone (nginx: proxy_intercept_errors off, \
                 Apache: ProxyErrorOverride Off)",
            );
        }
        None if answer.challenge.as_deref() == Some(CHALLENGE) => return no_token(),
        None => {}
    }
    let (meaning, advice) = match status {
        101 => (
            "a WebSocket opens for somebody without a token: this is no server of Homing"
                .to_owned(),
            "check --public, and where the proxy in front leads",
        ),
        200..=299 => (
            format!("another program's page answers ({status})"),
            "check --public; the proxy in front must pass /v1/ to the server, see deploy/nginx.conf",
        ),
        300..=399 => (
            format!(
                "it leads elsewhere ({status}) to {}, and devices follow no redirection",
                short(answer.location.as_deref().unwrap_or("nowhere"))
            ),
            "name the final address in --public, with https:// if the proxy does TLS",
        ),
        429 => (format!("something asks to wait ({status})"), WAIT),
        401 | 403 | 407 => (
            format!("something in front of the server refuses ({status})"),
            "let /v1/ pass without a sign-in or filter of the proxy's own: the server asks for \
             tokens itself",
        ),
        404 => (
            "there is nothing of Homing at this address (404)".to_owned(),
            "check --public; the proxy in front must pass /v1/ to the server unchanged, see \
             deploy/nginx.conf",
        ),
        502..=504 => (
            format!("a proxy answers that the server behind it is away ({status})"),
            "start the server; the proxy must lead to the address of --listen, see proxy_pass in \
             deploy/nginx.conf",
        ),
        _ => (
            format!("the answer is not one of a server of Homing ({status})"),
            "see what listens there; a proxy in front must pass upgrades, see deploy/nginx.conf",
        ),
    };
    Finding::wrong(UPGRADE, meaning, advice)
}

const WAIT: &str = "see what limits the rate in front of the server, and let /v1/ through";

fn no_token() -> Finding {
    Finding::wrong(
        UPGRADE,
        "a server of Homing answers, and the token of a device does not reach it: something on the \
         way removes the header Authorization, so nobody can sign in",
        "let the proxy in front pass Authorization on (nginx: no proxy_set_header Authorization; \
         Apache: no RequestHeader unset)",
    )
}

fn no_upgrade(broken: &Broken) -> Finding {
    let (meaning, advice) = match broken {
        Broken::Silent => (
            "the request was taken and nothing was said".to_owned(),
            "look at the server's load and log, and at the proxy's in front of it",
        ),
        Broken::Cut(why) => (
            format!(
                "the connection ended before an answer to the request for a WebSocket: {}",
                short(why)
            ),
            "start the server, or see whether it is full (--max-connections); else a proxy or \
             firewall on the way may not allow WebSockets: look at the proxy's log",
        ),
        Broken::Garbled(why) => (
            format!("what answers there does not speak HTTP: {}", short(why)),
            "check the port, and whether --tls is what the server runs with",
        ),
    };
    Finding::wrong(UPGRADE, meaning, advice)
}

/// Never wrong: devices do not ask for it.
pub(super) fn health(asked: &Result<Answer, Broken>) -> Finding {
    let seen = match asked {
        Ok(answer) if answer.status == 200 && answer.body == b"ok\n" => {
            return Finding::fine(HEALTH, "/healthz answers");
        }
        Ok(answer) if answer.status == 200 => "/healthz is another program's".to_owned(),
        Ok(answer) => format!("/healthz answers {}", answer.status),
        Err(Broken::Silent) => "/healthz does not answer".to_owned(),
        Err(Broken::Cut(why) | Broken::Garbled(why)) => format!("/healthz: {}", short(why)),
    };
    Finding::note(
        HEALTH,
        seen,
        "devices do not need it; to watch the server from outside, let the proxy pass /healthz",
    )
}

pub(super) fn clock(date: Option<&str>, now_ms: i64) -> Finding {
    let Some(date) = date else {
        return Finding::skipped(CLOCK, "the answer does not say what time it is there");
    };
    let since = httpdate::parse_http_date(date)
        .ok()
        .and_then(|date| date.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    let advice = "set both clocks by NTP: people see wrong times, and certificates depend on it";
    let Some(there) = since else {
        return Finding::note(CLOCK, format!("{:?} is no time", short(date)), advice);
    };
    let ahead = there - now_ms;
    if ahead.abs() < SKEW_MS {
        return Finding::fine(CLOCK, "agrees with this machine's");
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let seconds = ahead.abs() / 1000;
    let meaning = format!("whoever answers is {seconds} s {way} this machine's clock");
    Finding::note(CLOCK, meaning, advice)
}

/// What a server can't look at.
pub(super) fn for_devices() -> [Finding; 2] {
    ["sign-in", "round trip"].map(|step| {
        let advice = "run homing doctor on a device that has joined";
        Finding { advice: Some(advice.to_owned()), ..Finding::skipped(step, "needs a device") }
    })
}

/// A stranger's words, on one line and without what moves a cursor.
fn short(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    const NOW: i64 = 1_795_197_559_000; // 2026-11-20 17:59:19
    const OURS: Fingerprint = Fingerprint([1; 32]);
    const THEIRS: Fingerprint = Fingerprint([2; 32]);

    fn shown(days: i64, trusted: bool) -> Shown {
        let certificate = Certificate {
            subject: "chat.example".into(),
            issuer: "Some Authority".into(),
            ends: Some(NOW / 1000 + days * 24 * 60 * 60),
            ..Certificate::default()
        };
        let trusted = if trusted { Ok(()) } else { Err("unknown issuer".to_owned()) };
        Shown { version: "TLS 1.3".into(), certificate, fingerprint: OURS, trusted }
    }

    #[test]
    fn a_certificate_is_judged_by_what_devices_expect() {
        let system = |given| Trust::System { given, extra: Vec::new() };
        for (shown, trust, verdict, words) in [
            (shown(90, true), Trust::Pinned(OURS), Verdict::Fine, "join links"),
            // The fingerprint is the promise: dates and authorities are not looked at.
            (shown(-9, false), Trust::Pinned(OURS), Verdict::Fine, "join links"),
            (shown(90, true), Trust::Pinned(THEIRS), Verdict::Wrong, "every device refuses"),
            (shown(90, true), system(None), Verdict::Fine, "until 2027-02-18, trusted"),
            (shown(90, true), system(Some(OURS)), Verdict::Fine, "\"chat.example\""),
            (shown(90, true), system(Some(THEIRS)), Verdict::Doubtful, "--cert"),
            (shown(13, true), system(None), Verdict::Doubtful, "ends soon"),
            (shown(14, true), system(None), Verdict::Fine, "trusted"),
            (shown(90, false), system(Some(OURS)), Verdict::Wrong, "unknown issuer"),
        ] {
            let found = encryption(&shown, &trust, NOW);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.meaning.contains(words), "{found:?}");
        }
        assert_eq!(plain("127.0.0.1:1".parse().unwrap()).verdict, Verdict::Fine);
        assert_eq!(plain("192.0.2.1:1".parse().unwrap()).verdict, Verdict::Doubtful);
    }

    fn answer(status: u16, body: &str) -> Result<Answer, Broken> {
        let location = Some("https://chat.example/".to_owned());
        Ok(Answer { status, location, body: body.into(), ..Answer::default() })
    }

    /// As a server of this version says it, with what a proxy leaves of it.
    fn refusal(challenge: &str, subprotocol: bool, body: &str) -> Result<Answer, Broken> {
        let subprotocol = subprotocol.then(|| "homing.v1".to_owned());
        let challenge = Some(challenge.to_owned());
        Ok(Answer { challenge, subprotocol, ..answer(401, body)? })
    }

    #[test]
    fn an_answer_tells_who_stands_there() {
        let problem = |code: &str| format!("{{\"code\":\"{code}\",\"text\":\"so\\nit is\"}}");
        for (asked, verdict, words) in [
            (answer(401, &problem("unauthorized")), Verdict::Fine, "upgrades get through"),
            (
                refusal(CHALLENGE_WRONG, true, &problem("unauthorized")),
                Verdict::Fine,
                "get through",
            ),
            (
                refusal(CHALLENGE_WRONG, false, &problem("unauthorized")),
                Verdict::Wrong,
                "Sec-WebSocket-Protocol of its answer is hidden",
            ),
            (refusal(CHALLENGE, true, &problem("token_missing")), Verdict::Wrong, "Authorization"),
            (refusal(CHALLENGE, true, "<h1>401</h1>"), Verdict::Wrong, "Authorization"),
            (
                refusal(CHALLENGE_WRONG, true, "<h1>401</h1>"),
                Verdict::Doubtful,
                "a page of its own",
            ),
            (answer(429, &problem("rate_limited")), Verdict::Wrong, "asks to wait (429)"),
            (answer(429, ""), Verdict::Wrong, "asks to wait (429)"),
            (answer(400, &problem("invalid")), Verdict::Wrong, "spoilt on the way (400: soit is)"),
            (answer(500, &problem("internal")), Verdict::Wrong, "refuses (500"),
            (answer(401, "<h1>Sign in</h1>"), Verdict::Wrong, "in front of the server refuses"),
            (answer(101, ""), Verdict::Wrong, "no server of Homing"),
            (answer(200, "<h1>Hello</h1>"), Verdict::Wrong, "another program's page"),
            (answer(301, ""), Verdict::Wrong, "to https://chat.example/"),
            (answer(404, ""), Verdict::Wrong, "nothing of Homing"),
            (answer(502, ""), Verdict::Wrong, "behind it is away"),
            (answer(504, ""), Verdict::Wrong, "behind it is away"),
            (answer(426, ""), Verdict::Wrong, "(426)"),
            (Err(Broken::Silent), Verdict::Wrong, "nothing was said"),
            (Err(Broken::Cut("reset".into())), Verdict::Wrong, "reset"),
            (Err(Broken::Garbled("SMTP".into())), Verdict::Wrong, "does not speak HTTP: SMTP"),
        ] {
            let found = upgrade(&asked);
            assert_eq!(
                (found.verdict, found.advice.is_some()),
                (verdict, verdict != Verdict::Fine)
            );
            assert!(found.meaning.contains(words), "{found:?}");
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
            (Err(Broken::Silent), Verdict::Doubtful),
        ] {
            assert_eq!(health(&asked).verdict, verdict, "{asked:?}");
        }
    }

    #[test]
    fn clocks_agree_within_a_minute() {
        for (date, verdict, words) in [
            (Some("Fri, 20 Nov 2026 17:59:19 GMT"), Verdict::Fine, "agrees"),
            (Some("Fri, 20 Nov 2026 17:58:20 GMT"), Verdict::Fine, "agrees"),
            (Some("Fri, 20 Nov 2026 17:58:19 GMT"), Verdict::Doubtful, "60 s behind"),
            (Some("Fri, 20 Nov 2026 19:59:19 GMT"), Verdict::Doubtful, "7200 s ahead of"),
            (Some("yesterday"), Verdict::Doubtful, "no time"),
            (None, Verdict::Skipped, "does not say"),
        ] {
            let found = clock(date, NOW);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.meaning.contains(words), "{found:?}");
        }
    }

    #[test]
    fn handshakes_that_fail_are_told_apart() {
        for (broken, words) in [
            (Broken::Silent, "silence"),
            (Broken::Cut("reset".into()), "cut"),
            (Broken::Garbled("alert".into()), "does not speak TLS"),
        ] {
            let found = no_encryption(&broken);
            assert_eq!(found.verdict, Verdict::Wrong);
            assert!(found.meaning.contains(words), "{found:?}");
        }
    }
}
