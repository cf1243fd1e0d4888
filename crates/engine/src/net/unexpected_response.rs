//! What stood in the way when something answered, or hung up, and it was no server of Homing that
//! did as asked. Pure.
//!
//! A status alone is the word of anything on the way. Only a problem in the server's own words says
//! what the server thinks, so nothing that is judged here is final.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// What stood in the way. Each asks something else of the person, or of whoever runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UnexpectedResponse {
    /// The server never saw the token: something on the way takes the header `Authorization`.
    #[error("something on the way removes the sign-in (the Authorization header)")]
    TokenMissing,
    /// Something in front of the server wants a sign-in of its own, or forbids it.
    #[error("something in front of the server blocks the connection")]
    Blocked,
    /// A proxy stands before the server and does not reach it.
    #[error("the proxy in front of the server can't reach it")]
    ServerAway,
    /// The server, or something before it, asks to come later.
    #[error("the server, or a proxy in front of it, asks clients to come back later")]
    Busy,
    /// It leads elsewhere, and no redirection is followed.
    #[error("the address redirects elsewhere")]
    Redirected,
    /// The connection ended before a word of an answer: a server that starts behind a balancer, one
    /// that is full, a firewall.
    #[error("the connection was closed before a response")]
    HungUp,
    /// The server answers, and the request for a WebSocket was spoilt on the way.
    #[error("a proxy in front of the server breaks the WebSocket")]
    UpgradeSpoilt,
    /// The socket opens, and what was agreed on is hidden.
    #[error("a proxy in front of the server removes the Sec-WebSocket-Protocol header")]
    SubprotocolHidden,
    /// The server, or a proxy, failed.
    #[error("the server failed")]
    ServerFailed,
    /// What answers is another program.
    #[error("there's no Homing server at this address")]
    NotHoming,
    /// What answers does not speak HTTP, or no TLS where it should.
    #[error("the response isn't Homing's protocol")]
    NotHttp,
}

impl UnexpectedResponse {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::TokenMissing,
        Self::Blocked,
        Self::ServerAway,
        Self::Busy,
        Self::Redirected,
        Self::HungUp,
        Self::UpgradeSpoilt,
        Self::SubprotocolHidden,
        Self::ServerFailed,
        Self::NotHoming,
        Self::NotHttp,
    ];

    /// What a status without a problem of ours means.
    #[must_use]
    pub const fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            // 451 and 511 are what filters and captive networks say.
            401 | 403 | 407 | 451 | 511 => Self::Blocked,
            429 => Self::Busy,
            301 | 302 | 303 | 307 | 308 => Self::Redirected,
            // 520 to 530 are Cloudflare's, for a server that it does not reach.
            502..=504 | 520..=530 => Self::ServerAway,
            500 => Self::ServerFailed,
            _ => Self::NotHoming,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_who_stands_there() {
        for (status, expected) in [
            (200, UnexpectedResponse::NotHoming),
            (301, UnexpectedResponse::Redirected),
            (304, UnexpectedResponse::NotHoming),
            (308, UnexpectedResponse::Redirected),
            (400, UnexpectedResponse::NotHoming),
            (401, UnexpectedResponse::Blocked),
            (403, UnexpectedResponse::Blocked),
            (404, UnexpectedResponse::NotHoming),
            (407, UnexpectedResponse::Blocked),
            (426, UnexpectedResponse::NotHoming),
            (429, UnexpectedResponse::Busy),
            (451, UnexpectedResponse::Blocked),
            (500, UnexpectedResponse::ServerFailed),
            (501, UnexpectedResponse::NotHoming),
            (502, UnexpectedResponse::ServerAway),
            (503, UnexpectedResponse::ServerAway),
            (504, UnexpectedResponse::ServerAway),
            (511, UnexpectedResponse::Blocked),
            (521, UnexpectedResponse::ServerAway),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert_eq!(UnexpectedResponse::of(status), expected, "{status}");
        }
    }
}
