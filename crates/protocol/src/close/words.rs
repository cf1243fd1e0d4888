//! A close code in words: what happened, what it means, what to do.
//!
//! For the Connection Inspector, the Doctor and the command line, in English; the interface has the
//! same table in each of its languages and a test that none is missing. [`CloseCode::meaning`] is
//! the short form, which travels in close frames and stands in logs.

use super::CloseCode;

/// One code, explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// What happened, as a clause: "the server shut down".
    pub happened: &'static str,
    /// What that means for who reads it.
    pub means: &'static str,
    /// What to do.
    pub advice: &'static str,
}

const NOTHING: &str = "Nothing: Homing reconnects by itself and nothing is lost.";
const UPDATE: &str = "Update Homing and the server to the newest version; if it happens again, \
                      export the frames from the Connection Inspector and report it.";

impl CloseCode {
    /// Every code with words of its own, in order.
    pub const KNOWN: &'static [u16] = &[
        1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
        4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4500, 4501, 4502, 4503, 4504, 4505, 4506,
    ];

    /// The code in words. Answers for every code; one that is not [known](Self::KNOWN) is explained
    /// by its range, as it is obeyed by it.
    #[must_use]
    pub const fn words(self) -> Words {
        let (happened, means, advice) = match self.0 {
            1000..4000 => return self.standard(),
            4000 => (
                "the server failed",
                "Something went wrong on the server that it did not expect.",
                "Nothing at first: Homing reconnects. If it repeats, tell whoever runs the server; \
                 its log says why.",
            ),
            4001 => (
                "the server shut down",
                "It is being restarted or updated, and told everybody when to come back.",
                NOTHING,
            ),
            4002 => (
                "the server heard nothing",
                "It asked for a sign of life and got none in time: the line was dead in the \
                 direction to the server.",
                "If it repeats, run the Connection Doctor; look for a VPN, a proxy or a router that \
                 forgets idle connections.",
            ),
            4003 => (
                "this device took its messages too slowly",
                "It read nothing for half a minute: it slept, or is very busy. What was missed is \
                 fetched again.",
                NOTHING,
            ),
            4004 => (
                "the token expired",
                "The device's proof of who you are has to be renewed.",
                "Homing tries again. If it does not come back, sign in again; queued messages stay.",
            ),
            4005 => (
                "connected too often",
                "The server slows a device down that connects again and again.",
                "Wait a minute. If it repeats, look in the history for what cuts the connection.",
            ),
            4006 => (
                "the server was restored",
                "Its database is another one, usually a backup. Everything is fetched anew.",
                "Nothing. What was written after the backup was made may be missing; what you had \
                 queued is sent.",
            ),
            4007 => (
                "the greeting came too late",
                "The connection stood, and no greeting reached the server within 10 seconds.",
                "If it repeats, the line is very slow or something in between holds data back: run \
                 the Connection Doctor.",
            ),
            4500 => (
                "the two sides did not understand each other",
                "One side sent something that the protocol does not allow.",
                UPDATE,
            ),
            4501 => (
                "no version in common",
                "This Homing and the server are too far apart in age.",
                "Update the older of the two.",
            ),
            4502 => (
                "this device was signed out",
                "Somebody with your account, or an administrator, revoked it.",
                "Sign in again. What is queued on this device is kept and sent then.",
            ),
            4503 => (
                "replaced by a newer connection",
                "Another program uses the same device's token: a copied profile, or a second start.",
                "Close the other one, then choose Try now.",
            ),
            4504 => (
                "the account is disabled",
                "An administrator disabled it.",
                "Ask whoever runs the space. Nothing on this device is deleted.",
            ),
            4505 => (
                "the server found this device too loud",
                "It sent more than the server allows, again and again, and was disconnected.",
                "Homing comes back by itself after a minute, later each time. If it repeats, stop \
                 any bot or script on this account.",
            ),
            4506 => (
                "too many devices",
                "The account has as many devices as the server allows.",
                "Sign a device out that you no longer use, in Settings on another device.",
            ),
            4008..=4499 => (
                "closed by the server",
                "For a reason that this version of Homing does not know yet; coming back is fine.",
                NOTHING,
            ),
            4507..=4999 => (
                "closed by the server",
                "For a reason that this version of Homing does not know yet, and that needs you.",
                "Update Homing: a newer version may know the reason. Then choose Try now.",
            ),
            _ => (
                "closed with an unknown code",
                "No server of Homing sends it; something in between does.",
                "If it repeats, run the Connection Doctor and look for a proxy on the way.",
            ),
        };
        Words { happened, means, advice }
    }

    /// The codes of RFC 6455 and its registry.
    const fn standard(self) -> Words {
        let (happened, means, advice) = match self.0 {
            1000 => (
                "closed normally",
                "One side said goodbye: this app when it goes offline or ends, or a server in its \
                 own way.",
                NOTHING,
            ),
            1001 => (
                "the other side went away",
                "A server or a proxy is stopping, or this side gave a stuck connection up.",
                NOTHING,
            ),
            1002 => ("protocol error", "One side could not read what the other sent.", UPDATE),
            1003 => {
                ("unsupported data", "One side got a kind of data that it does not take.", UPDATE)
            }
            1005 => (
                "closed without a code",
                "The other side closed properly and gave no reason. A proxy does that, a server of \
                 Homing does not.",
                "If it repeats, look for a proxy on the way and its time limits for WebSockets.",
            ),
            1006 => (
                "cut without goodbye",
                "The network or a proxy dropped the connection, or one side died. Nobody sends \
                 this code: it is concluded from the silence.",
                "If it repeats at a steady interval, a proxy or router on the way closes idle \
                 connections: raise its time limit for WebSockets. Otherwise look at the network.",
            ),
            1007 => ("damaged text", "One side got text that is no UTF-8.", UPDATE),
            1008 => (
                "refused by policy",
                "Something on the way does not allow this connection.",
                "Ask whoever runs the proxy or firewall between you and the server.",
            ),
            1009 => ("a frame was too large", "One side got more at once than it takes.", UPDATE),
            1010 => (
                "an extension is missing",
                "One side insists on something that the other does not speak.",
                "Look for a proxy on the way that changes WebSockets.",
            ),
            1011 => (
                "the server failed",
                "The server, or a proxy in front of it, met something unexpected.",
                "Nothing at first: Homing reconnects. If it repeats, tell whoever runs the server.",
            ),
            1012 => ("the service restarts", "It comes back by itself.", NOTHING),
            1013 => (
                "the service is overloaded",
                "It asks everybody to come back later, which Homing does.",
                NOTHING,
            ),
            1014 => (
                "bad gateway",
                "A proxy stands before the server and does not reach it.",
                "Ask whoever runs the server to look at the proxy and whether the server runs.",
            ),
            1015 => (
                "no secure connection",
                "TLS failed. Nobody sends this code: it is concluded.",
                "Run the Connection Doctor: it says whether the certificate is wrong, old or not \
                 trusted.",
            ),
            _ => (
                "closed with a code of the WebSocket standard",
                "This version of Homing does not know it.",
                "If it repeats, run the Connection Doctor and look for a proxy on the way.",
            ),
        };
        Words { happened, means, advice }
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
