//! Explains close codes: what happened, what it means, what to do.
//!
//! Written once, in English. `homing` and the Doctor's report print it, and `cargo xtask codegen`
//! writes it into the interface's English catalogue, against which the other languages are
//! type-checked. [`CloseCode::meaning`] is the short form, which travels in close frames and stands
//! in logs.

use super::CloseCode;

/// The explanation of a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseText {
    /// What happened, as a label without a full stop: "Server shutting down".
    pub happened: &'static str,
    /// What that means for who reads it, in sentences.
    pub means: &'static str,
    /// What to do, in sentences.
    pub advice: &'static str,
}

const fn words(happened: &'static str, means: &'static str, advice: &'static str) -> CloseText {
    CloseText { happened, means, advice }
}

const NOTHING: &str = "Nothing. Homing reconnects automatically and nothing is lost.";
const UPDATE: &str = "Update Homing and the server. If it happens again, export the frames from \
                       the Connection Inspector and report it.";
const IN_BETWEEN: &str =
    "If it keeps happening, run the Connection Doctor and check for a proxy in between.";

/// What a code without words of its own is explained by. A client obeys such a code by its range,
/// too; see [`CloseCode::may_retry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRange {
    /// 1000 to 3999, which RFC 6455 and its registry give out.
    Registered,
    /// 4000 to 4499: the server closed, and the client reconnects.
    Retryable,
    /// 4500 to 4999: the server closed, and the client waits for the person.
    Final,
    /// The rest, which no endpoint may send.
    Invalid,
}

impl CodeRange {
    /// All ranges.
    pub const ALL: [Self; 4] = [Self::Registered, Self::Retryable, Self::Final, Self::Invalid];

    /// The key of the range in the interface's catalogue.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Retryable => "retryable",
            Self::Final => "final",
            Self::Invalid => "invalid",
        }
    }

    /// The range in words.
    #[must_use]
    pub const fn words(self) -> CloseText {
        match self {
            Self::Registered => words(
                "Closed with a WebSocket code",
                "This version of Homing doesn't know it.",
                IN_BETWEEN,
            ),
            Self::Retryable => words(
                "Closed by the server for an unknown reason",
                "This version of Homing doesn't know the reason. It reconnects automatically.",
                NOTHING,
            ),
            Self::Final => words(
                "Closed by the server for an unknown reason",
                "This version of Homing doesn't know the reason and won't reconnect automatically.",
                "Update Homing. A newer version may know the reason. Then choose Try now.",
            ),
            Self::Invalid => words(
                "Closed with an unknown code",
                "It doesn't come from a Homing server but from something in between.",
                IN_BETWEEN,
            ),
        }
    }
}

impl CloseCode {
    /// Every code with words of its own, in order.
    pub fn known() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(|(code, _)| Self(*code))
    }

    /// The range that explains the code if it is not [known](Self::known).
    #[must_use]
    pub const fn range(self) -> CodeRange {
        match self.0 {
            1000..4000 => CodeRange::Registered,
            4000..4500 => CodeRange::Retryable,
            4500..5000 => CodeRange::Final,
            _ => CodeRange::Invalid,
        }
    }

    /// The code in words. Answers for every code; one that is not [known](Self::known) is explained
    /// by its [range](Self::range).
    #[must_use]
    pub fn words(self) -> CloseText {
        let known = KNOWN.iter().find(|(code, _)| *code == self.0);
        known.map_or_else(|| self.range().words(), |(_, words)| *words)
    }
}

/// The codes of RFC 6455 and its registry, then those of `homing.v1`.
const KNOWN: &[(u16, CloseText)] = &[
    (
        1000,
        words(
            "Closed normally",
            "Homing went offline or quit, or the server closed the connection.",
            NOTHING,
        ),
    ),
    (
        1001,
        words(
            "The other side went away",
            "The server or a proxy is shutting down, or Homing gave up a stalled connection.",
            NOTHING,
        ),
    ),
    (1002, words("Protocol error", "One side couldn't read what the other sent.", UPDATE)),
    (
        1003,
        words("Unsupported data", "One side received a type of data it doesn't accept.", UPDATE),
    ),
    (
        1005,
        words(
            "Closed without a code",
            "The connection was closed without a reason. Proxies do this, Homing servers don't.",
            "If it keeps happening, check the WebSocket timeouts of any proxy in between.",
        ),
    ),
    (
        1006,
        words(
            "Connection lost",
            "The network or a proxy dropped the connection, or one side stopped. This code is \
             never sent; it means the connection ended without one.",
            "If it happens at regular intervals, a proxy or router closes idle connections. \
             Raise its WebSocket timeout. Otherwise check your network.",
        ),
    ),
    (1007, words("Invalid text", "One side received text that isn't UTF-8.", UPDATE)),
    (
        1008,
        words(
            "Blocked by policy",
            "Something on the way doesn't allow this connection.",
            "Ask the admin of the proxy or firewall between you and the server.",
        ),
    ),
    (
        1009,
        words("Message too large", "One side received more data at once than it accepts.", UPDATE),
    ),
    (
        1010,
        words(
            "Missing extension",
            "One side requires an extension that the other doesn't support.",
            "Check for a proxy in between that changes WebSockets.",
        ),
    ),
    (
        1011,
        words(
            "Server error",
            "The server, or a proxy in front of it, ran into an unexpected error.",
            "Nothing at first; Homing reconnects. If it keeps happening, tell the server admin.",
        ),
    ),
    (1012, words("Service restarting", "It will be back shortly.", NOTHING)),
    (
        1013,
        words(
            "Service overloaded",
            "The service asked clients to come back later. Homing does.",
            NOTHING,
        ),
    ),
    (
        1014,
        words(
            "Bad gateway",
            "The proxy in front of the server can't reach it.",
            "Ask the server admin to check the proxy and the server.",
        ),
    ),
    (
        1015,
        words(
            "No secure connection",
            "TLS failed. This code is never sent; Homing infers it.",
            "Run the Connection Doctor to see whether the certificate is wrong, expired or \
             untrusted.",
        ),
    ),
    (
        4000,
        words(
            "Server error",
            "The server ran into an unexpected error.",
            "Nothing at first; Homing reconnects. If it keeps happening, tell the server admin; \
             the server's log has the reason.",
        ),
    ),
    (
        4001,
        words(
            "Server shutting down",
            "The server is restarting or being updated, and said when to reconnect.",
            NOTHING,
        ),
    ),
    (
        4002,
        words(
            "Server timed out",
            "The server didn't hear from this device in time. The connection to the server was \
             lost.",
            "If it keeps happening, run the Connection Doctor and check for a VPN, proxy or \
             router that drops idle connections.",
        ),
    ),
    (
        4003,
        words(
            "This device is too slow",
            "It received nothing for half a minute because it was asleep or very busy. Missed \
             messages are fetched again.",
            NOTHING,
        ),
    ),
    (
        4004,
        words(
            "Session expired",
            "This device's sign-in needs to be renewed.",
            "Homing tries again. If it doesn't reconnect, sign in again. Unsent messages are \
             kept.",
        ),
    ),
    (
        4005,
        words(
            "Too many connections",
            "The server slows down devices that reconnect too often.",
            "Wait a minute. If it keeps happening, check the reconnect history for the cause.",
        ),
    ),
    (
        4006,
        words(
            "Server was restored",
            "The server's database was replaced, usually by a backup. Everything is downloaded \
             again.",
            "Nothing. Messages written after the backup may be missing; your unsent messages \
             will be sent.",
        ),
    ),
    (
        4007,
        words(
            "Handshake timed out",
            "Connected, but the handshake didn't reach the server within 10 seconds.",
            "If it keeps happening, the connection is very slow or something holds data back. \
             Run the Connection Doctor.",
        ),
    ),
    (
        4500,
        words("Protocol mismatch", "One side sent something the protocol doesn't allow.", UPDATE),
    ),
    (
        4501,
        words(
            "Incompatible versions",
            "This version of Homing isn't compatible with the server.",
            "Update the older one.",
        ),
    ),
    (
        4502,
        words(
            "This device was signed out",
            "You signed it out from another device, or an admin did.",
            "Sign in again. Unsent messages on this device are kept and sent then.",
        ),
    ),
    (
        4503,
        words(
            "Replaced by a newer connection",
            "Another program is using this device's sign-in, such as a copied profile or a \
             second instance.",
            "Close the other program, then choose Try now.",
        ),
    ),
    (
        4504,
        words(
            "Account disabled",
            "An admin disabled this account.",
            "Ask the server admin. Nothing on this device is deleted.",
        ),
    ),
    (
        4505,
        words(
            "Too many requests",
            "The server disconnected this device for sending too many requests.",
            "Homing reconnects automatically after a minute, later each time. If it keeps \
             happening, stop any bot or script on this account.",
        ),
    ),
    (
        4506,
        words(
            "Too many devices",
            "This account has reached the server's device limit.",
            "On another device, open Settings → Devices and sign out of one you no longer use.",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_range_has_three_texts_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        let known = CloseCode::known().map(|code| (code.to_string(), code.words()));
        let ranges = CodeRange::ALL.map(|range| (format!("{range:?}"), range.words()));
        for (name, words) in known.chain(ranges) {
            assert!(seen.insert((words.happened, words.means)), "{name} has another's words");
            assert!(!words.happened.ends_with('.'), "{name}");
            assert!(words.means.ends_with('.') && words.advice.ends_with('.'), "{name}");
            for text in [words.happened, words.means, words.advice] {
                assert!(text.starts_with(char::is_uppercase), "{name}: {text}");
                // A line broken without a backslash leaves a run of blanks in the middle.
                assert!(!text.contains("  ") && !text.contains('\n'), "{name}: {text}");
            }
        }
    }

    #[test]
    fn codes_are_known_once_and_in_order() {
        let codes: Vec<u16> = CloseCode::known().map(|code| code.0).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    }

    #[test]
    fn an_unknown_code_is_explained_by_its_range() {
        for (code, range) in [
            (0, CodeRange::Invalid),
            (999, CodeRange::Invalid),
            (1004, CodeRange::Registered),
            (3999, CodeRange::Registered),
            (4008, CodeRange::Retryable),
            (4507, CodeRange::Final),
            (5000, CodeRange::Invalid),
            (u16::MAX, CodeRange::Invalid),
        ] {
            let code = CloseCode(code);
            assert_eq!((code.range(), code.words()), (range, range.words()), "{code}");
        }
    }

    /// The document lists the codes of ours; whoever adds one there adds its words here.
    #[test]
    fn every_code_of_the_document_is_known() {
        let document = include_str!("../../../../docs/protocol.md");
        let table = document.split("## 12. Close codes").nth(1).unwrap();
        let table = table.split("\n## ").next().unwrap();
        let codes: Vec<u16> = table
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
            .collect();
        assert!(codes.len() > 15, "{codes:?}");
        for code in codes {
            assert!(CloseCode::known().any(|known| known.0 == code), "{code}");
        }
        for code in [1005, 1009, 1011, 1012, 1013, 1014, 1015] {
            assert!(CloseCode::known().any(|known| known.0 == code), "{code}");
        }
    }

    /// What is advised fits what is done: nobody is told to wait for what will not come.
    #[test]
    fn the_advice_fits_the_verdict() {
        for code in (1000..1016).chain(4000..5000) {
            let code = CloseCode(code);
            if code.words().advice == NOTHING {
                assert!(code.may_retry(), "{code}");
            }
        }
    }
}
