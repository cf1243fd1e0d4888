//! What the interface asks about the way to servers.

use homing_engine::net::settings::NetworkSettings;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What becomes of the proxy's password. It goes into the keyring and never comes back.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "password", rename_all = "snake_case")]
pub enum ProxyPassword {
    /// The one that is kept stays, if it was for this proxy and user.
    Keep,
    /// None is kept.
    Forget,
    /// This one from now on.
    Set {
        /// The password.
        text: String,
    },
}

impl std::fmt::Debug for ProxyPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Forget => "Forget",
            Self::Set { .. } => "Set(…)",
        })
    }
}

/// Chooses how servers are reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SetNetwork {
    /// The way.
    pub network: NetworkSettings,
    /// What becomes of the password.
    pub password: ProxyPassword,
    /// Keep a new password in memory only.
    pub session_only: bool,
}

/// Tries the way to a server out, without choosing it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct TestNetwork {
    /// The way.
    pub network: NetworkSettings,
    /// By which password.
    pub password: ProxyPassword,
    /// `host`, `host:port`, or a join link.
    pub server: String,
}

/// Trusts a certificate authority for a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddAuthority {
    /// `host`, `host:port`, or a join link.
    pub server: String,
    /// Its certificate, as PEM text.
    pub pem: String,
}

/// Names a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ServerArgs {
    /// `host:port`; where it says so, `host` or a link as well.
    pub server: String,
}

/// What a server's certificate asks of the person before name and password are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ServerTrust {
    /// `host:port`.
    pub server: String,
    /// To be compared by the person: the certificate is of the server's own making. None: there is
    /// nothing to ask.
    pub fingerprint: Option<String>,
}

/// Goes to a space's server by a new join link from now on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenewLink {
    /// Which space.
    pub space: SpaceId,
    /// The new link.
    pub link: String,
}
