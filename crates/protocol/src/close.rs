//! Close codes: why a connection ended, and what the client should do.
//!
//! The range decides: with 4000–4499 the client reconnects, with 4500–4999 it waits for the person.
//! So a client can handle codes that are newer than itself. [`CloseCode::ABUSE`] is the only
//! exception: reconnect with a growing delay.

use std::fmt;

pub use words::{CloseText, CodeRange};

mod words;

/// A WebSocket close code (RFC 6455, section 7.4), including those of `homing.v1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// The sender is done.
    pub const NORMAL: Self = Self(1000);
    /// The endpoint goes away: a stopping server or a closed page.
    pub const GOING_AWAY: Self = Self(1001);
    /// No close frame was received. Never sent.
    pub const ABNORMAL: Self = Self(1006);
    /// An unexpected error of the server.
    pub const SERVER_ERROR: Self = Self(4000);
    /// The server is shutting down. The `bye` before it says when to reconnect.
    pub const SHUTDOWN: Self = Self(4001);
    /// No `pong` and no other byte was received within the pong timeout.
    pub const NO_PONG: Self = Self(4002);
    /// The client read nothing for 30 seconds.
    pub const SLOW_CONSUMER: Self = Self(4003);
    /// The device's token has expired and must be renewed.
    pub const TOKEN_EXPIRED: Self = Self(4004);
    /// Too many connections in a short time.
    pub const RATE_LIMITED: Self = Self(4005);
    /// The server's database was restored: reconnect and resynchronise.
    pub const EPOCH_CHANGED: Self = Self(4006);
    /// No `hello` was received within 10 seconds.
    pub const HELLO_TIMEOUT: Self = Self(4007);
    /// The peer violated the protocol: a frame that is not JSON, too large, or out of place.
    pub const PROTOCOL_VIOLATION: Self = Self(4500);
    /// No common version of the protocol.
    pub const VERSION_UNSUPPORTED: Self = Self(4501);
    /// The device was signed out or revoked. Its outbox is kept.
    pub const SIGNED_OUT: Self = Self(4502);
    /// The same device opened a newer connection.
    pub const REPLACED: Self = Self(4503);
    /// The account is disabled.
    pub const ACCOUNT_DISABLED: Self = Self(4504);
    /// The limits were exceeded repeatedly.
    pub const ABUSE: Self = Self(4505);
    /// The member has as many devices as the server allows.
    pub const TOO_MANY_DEVICES: Self = Self(4506);

    /// Whether a client may reconnect by itself. Defined for every code, known or not.
    #[must_use]
    pub const fn may_retry(self) -> bool {
        // A `homing.v1` server refuses with a code of ours. Others come from proxies, from a crash,
        // or from a library that reports an unknown code as 1002. None of these needs the person.
        // A client that exceeded the limits may reconnect later by itself: a device in the tray has
        // nobody to ask.
        !matches!(self.0, 4500..=4999) || self.0 == Self::ABUSE.0
    }

    /// A short description of the code, for close frames and logs. [`words`](Self::words) says
    /// more.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self.0 {
            1000 => "closed normally",
            1001 => "the other side went away",
            1002 => "protocol error",
            1003 => "unsupported data",
            1005 => "closed without a code",
            1006 => "lost without a close frame",
            1007 => "text isn't UTF-8",
            1008 => "blocked by policy",
            1009 => "frame too large",
            1010 => "a required extension is missing",
            1011 => "unexpected server error",
            1012 => "the service restarts",
            1013 => "the service is overloaded",
            1014 => "bad gateway",
            1015 => "TLS failed",
            4000 => "server error",
            4001 => "the server shuts down",
            4002 => "no pong in time",
            4003 => "receiving too slowly",
            4004 => "the token has expired",
            4005 => "connecting too often",
            4006 => "the server was restored",
            4007 => "no hello in time",
            4500 => "protocol violation",
            4501 => "version not supported",
            4502 => "signed out",
            4503 => "replaced by a newer connection",
            4504 => "account disabled",
            4505 => "too many violations",
            4506 => "too many devices",
            4008..=4499 => "closed by the server, reconnecting is fine",
            4507..=4999 => "closed by the server, needs your attention",
            _ => "unknown close code",
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0, self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_the_verdict() {
        for code in 4000..4500 {
            assert!(CloseCode(code).may_retry(), "{code}");
        }
        for code in 4500..5000 {
            assert_eq!(CloseCode(code).may_retry(), code == CloseCode::ABUSE.0, "{code}");
        }
        for code in (0..4000).chain(5000..=u16::MAX) {
            assert!(CloseCode(code).may_retry(), "{code}");
        }
    }
}
