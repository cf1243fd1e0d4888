//! Classifies a response, or a closed connection, when it does not come from a Homing server that
//! did what was asked. Pure.
//!
//! A status code may come from any proxy on the way. Only an error body of our server says what the
//! server decided, so nothing that is classified here is final.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// What the response means. Each one needs another action of the person, or of the server's admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum UnexpectedResponse {
    /// The server never received the token: something on the way removes the `Authorization`
    /// header.
    #[error("something on the way removes the sign-in (the Authorization header)")]
    TokenMissing,
    /// A proxy in front of the server requires its own sign-in, or forbids access.
    #[error("something in front of the server blocks the connection")]
    Blocked,
    /// A proxy in front of the server can't reach it.
    #[error("the proxy in front of the server can't reach it")]
    ServerAway,
    /// The server, or a proxy in front of it, asks clients to come back later.
    #[error("the server, or a proxy in front of it, asks clients to come back later")]
    Busy,
    /// A redirect, which is never followed.
    #[error("the address redirects elsewhere")]
    Redirected,
    /// The connection was closed without a response: a load balancer without a server, a server
    /// that is full, a firewall.
    #[error("the connection was closed before a response")]
    HungUp,
    /// The server responded, but the upgrade request was changed on the way.
    #[error("a proxy in front of the server breaks the WebSocket")]
    UpgradeSpoilt,
    /// The WebSocket was opened, but the subprotocol was removed from the response.
    #[error("a proxy in front of the server removes the Sec-WebSocket-Protocol header")]
    SubprotocolHidden,
    /// The server or a proxy has an internal error.
    #[error("the server failed")]
    ServerFailed,
    /// It is another program.
    #[error("there's no Homing server at this address")]
    NotHoming,
    /// The response is not HTTP, or there is no TLS where it should be.
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

    /// The meaning of a status code without an error body of ours.
    #[must_use]
    pub const fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            // Filters and captive portals answer 451 and 511.
            401 | 403 | 407 | 451 | 511 => Self::Blocked,
            429 => Self::Busy,
            301 | 302 | 303 | 307 | 308 => Self::Redirected,
            // 520 to 530 are Cloudflare's codes for a server that it can't reach.
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
