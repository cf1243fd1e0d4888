//! Arguments and results of the network settings.

use homing_engine::net::settings::NetworkSettings;
use homing_protocol::SpaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to do with the proxy's password. It is stored in the keyring and never returned.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "password", rename_all = "snake_case")]
pub enum ProxyPassword {
    /// Keep the stored one if it belongs to this proxy and user.
    Keep,
    Forget,
    /// Replace it.
    Set {
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

/// Sets the network settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SetNetwork {
    pub network: NetworkSettings,
    pub password: ProxyPassword,
    /// Keep a new password in memory only.
    pub session_only: bool,
}

/// Tests the route to a server without saving the settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct TestNetwork {
    pub network: NetworkSettings,
    pub password: ProxyPassword,
    /// `host`, `host:port`, or a join link.
    pub server: String,
}

/// Adds a certificate authority for a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddAuthority {
    /// `host`, `host:port`, or a join link.
    pub server: String,
    /// The authority's certificate as PEM text.
    pub pem: String,
}

/// Arguments: a server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ServerArgs {
    /// `host:port`; where the command says so, `host` or a link as well.
    pub server: String,
}

/// What the person has to confirm about a server's certificate before name and password are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ServerTrust {
    /// `host:port`.
    pub server: String,
    /// Fingerprint of a self-signed certificate, to be compared by the person. None if there is
    /// nothing to confirm.
    pub fingerprint: Option<String>,
}

/// Connects to a space's server by a new join link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenewLink {
    pub space: SpaceId,
    pub link: String,
}
