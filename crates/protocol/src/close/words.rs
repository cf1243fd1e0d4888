//! Explains close codes: what happened, what it means, what to do.
//!
//! For the Connection Inspector, the Doctor and the command line, in English. The interface has the
//! same table in each language and a test that none is missing. [`CloseCode::meaning`] is the short
//! form for close frames and logs.

use super::CloseCode;

/// The explanation of a close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseText {
    /// What happened, as a clause: "the server shut down".
    pub happened: &'static str,
    /// What that means for the person.
    pub means: &'static str,
    /// What to do.
    pub advice: &'static str,
}

const NOTHING: &str = "Nothing. Homing reconnects automatically and nothing is lost.";
const UPDATE: &str = "Update Homing and the server. If it happens again, export the frames from \
                       the Connection Inspector and report it.";

impl CloseCode {
    /// Every code with an explanation of its own, in order.
    pub const KNOWN: &'static [u16] = &[
        1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
        4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4500, 4501, 4502, 4503, 4504, 4505, 4506,
    ];

    /// The explanation of the code. Defined for every code: one that is not [known](Self::KNOWN) is
    /// explained by its range.
    #[must_use]
    pub const fn words(self) -> CloseText {
        let (happened, means, advice) = match self.0 {
            1000..4000 => return self.standard(),
            4000 => (
                "server error",
                "The server ran into an unexpected error.",
                "Nothing at first; Homing reconnects. If it keeps happening, tell the server \
                 admin; the server's log has the reason.",
            ),
            4001 => (
                "server shutting down",
                "The server is restarting or being updated, and said when to reconnect.",
                NOTHING,
            ),
            4002 => (
                "server timed out",
                "The server didn't hear from this device in time. The connection to the server \
                 was lost.",
                "If it keeps happening, run the Connection Doctor and check for a VPN, proxy or \
                 router that drops idle connections.",
            ),
            4003 => (
                "this device is too slow",
                "It received nothing for half a minute because it was asleep or very busy. Missed \
                 messages are fetched again.",
                NOTHING,
            ),
            4004 => (
                "session expired",
                "This device's sign-in needs to be renewed.",
                "Homing tries again. If it doesn't reconnect, sign in again. Unsent messages are \
                 kept.",
            ),
            4005 => (
                "too many connections",
                "The server slows down devices that reconnect too often.",
                "Wait a minute. If it keeps happening, check the reconnect history for the cause.",
            ),
            4006 => (
                "server was restored",
                "The server's database was replaced, usually by a backup. Everything is \
                 downloaded again.",
                "Nothing. Messages written after the backup may be missing; your unsent messages \
                 will be sent.",
            ),
            4007 => (
                "handshake timed out",
                "Connected, but the handshake didn't reach the server within 10 seconds.",
                "If it keeps happening, the connection is very slow or something holds data back. \
                 Run the Connection Doctor.",
            ),
            4500 => {
                ("protocol mismatch", "One side sent something the protocol doesn't allow.", UPDATE)
            }
            4501 => (
                "incompatible versions",
                "This version of Homing isn't compatible with the server.",
                "Update the older one.",
            ),
            4502 => (
                "this device was signed out",
                "You signed it out from another device, or an admin did.",
                "Sign in again. Unsent messages on this device are kept and sent then.",
            ),
            4503 => (
                "replaced by a newer connection",
                "Another program is using this device's sign-in, such as a copied profile or a \
                 second instance.",
                "Close the other program, then choose Try now.",
            ),
            4504 => (
                "account disabled",
                "An admin disabled this account.",
                "Ask the server admin. Nothing on this device is deleted.",
            ),
            4505 => (
                "too many requests",
                "The server disconnected this device for sending too many requests.",
                "Homing reconnects automatically after a minute, later each time. If it keeps \
                 happening, stop any bot or script on this account.",
            ),
            4506 => (
                "too many devices",
                "This account has reached the server's device limit.",
                "On another device, open Settings → Devices and sign out of one you no longer \
                 use.",
            ),
            4008..=4499 => (
                "closed by the server",
                "This version of Homing doesn't know the reason. It reconnects automatically.",
                NOTHING,
            ),
            4507..=4999 => (
                "closed by the server",
                "This version of Homing doesn't know the reason and won't reconnect automatically.",
                "Update Homing, which may know the reason. Then choose Try now.",
            ),
            _ => (
                "closed with an unknown code",
                "It doesn't come from a Homing server but from something in between.",
                "If it keeps happening, run the Connection Doctor and check for a proxy in between.",
            ),
        };
        CloseText { happened, means, advice }
    }

    /// The codes of RFC 6455 and its registry.
    const fn standard(self) -> CloseText {
        let (happened, means, advice) = match self.0 {
            1000 => (
                "closed normally",
                "Homing went offline or quit, or the server closed the connection.",
                NOTHING,
            ),
            1001 => (
                "the other side went away",
                "The server or a proxy is shutting down, or Homing gave up a stalled connection.",
                NOTHING,
            ),
            1002 => ("protocol error", "One side couldn't read what the other sent.", UPDATE),
            1003 => {
                ("unsupported data", "One side received a type of data it doesn't accept.", UPDATE)
            }
            1005 => (
                "closed without a code",
                "The connection was closed without a reason. Proxies do this, Homing servers \
                 don't.",
                "If it keeps happening, check the WebSocket timeouts of any proxy in between.",
            ),
            1006 => (
                "connection lost",
                "The network or a proxy dropped the connection, or one side stopped. This code is \
                 never sent; it means the connection ended without one.",
                "If it happens at regular intervals, a proxy or router closes idle connections. \
                 Raise its WebSocket timeout. Otherwise check your network.",
            ),
            1007 => ("invalid text", "One side received text that isn't UTF-8.", UPDATE),
            1008 => (
                "blocked by policy",
                "Something on the way doesn't allow this connection.",
                "Ask the admin of the proxy or firewall between you and the server.",
            ),
            1009 => (
                "message too large",
                "One side received more data at once than it accepts.",
                UPDATE,
            ),
            1010 => (
                "missing extension",
                "One side requires an extension that the other doesn't support.",
                "Check for a proxy in between that changes WebSockets.",
            ),
            1011 => (
                "server error",
                "The server, or a proxy in front of it, ran into an unexpected error.",
                "Nothing at first; Homing reconnects. If it keeps happening, tell the server \
                 admin.",
            ),
            1012 => ("service restarting", "It will be back shortly.", NOTHING),
            1013 => (
                "service overloaded",
                "The service asked clients to come back later. Homing does.",
                NOTHING,
            ),
            1014 => (
                "bad gateway",
                "The proxy in front of the server can't reach it.",
                "Ask the server admin to check the proxy and the server.",
            ),
            1015 => (
                "no secure connection",
                "TLS failed. This code is never sent; Homing infers it.",
                "Run the Connection Doctor to see whether the certificate is wrong, expired or \
                 untrusted.",
            ),
            _ => (
                "closed with a WebSocket code",
                "This version of Homing doesn't know it.",
                "If it keeps happening, run the Connection Doctor and check for a proxy in between.",
            ),
        };
        CloseText { happened, means, advice }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_three_sentences_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for code in CloseCode::KNOWN {
            let words = CloseCode(*code).words();
            assert!(seen.insert((words.happened, words.means)), "{code} has another's words");
            assert!(words.means.ends_with('.') && words.advice.ends_with('.'), "{code}");
            assert!(!words.happened.ends_with('.'), "{code}");
            assert!(words.happened.starts_with(char::is_lowercase), "{code}");
            for sentence in [words.means, words.advice] {
                assert!(sentence.starts_with(char::is_uppercase), "{code}: {sentence}");
            }
            for text in [words.happened, words.means, words.advice] {
                assert!(!text.contains("  "), "{text}");
            }
        }
        for code in [0, 999, 1004, 1016, 4008, 4507, 5000, u16::MAX] {
            let words = CloseCode(code).words();
            assert!(!words.happened.is_empty() && !words.advice.is_empty(), "{code}");
            assert!(!CloseCode::KNOWN.contains(&code), "{code}");
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
            assert!(CloseCode::KNOWN.contains(&code), "{code}");
        }
        for code in [1005, 1009, 1011, 1012, 1013, 1014, 1015] {
            assert!(CloseCode::KNOWN.contains(&code), "{code}");
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
