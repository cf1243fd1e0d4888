//! The keys of a member's own stream.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::RoomId;

/// A key of a member's own stream. On the wire a string: the name, and the room after a colon where
/// there is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UserKey {
    /// `read:<room>`: the read marker, a seq. Set by `mark` only.
    Read(RoomId),
    /// `room:<room>`: `true` from joining to leaving, then null. Set by the server only.
    Room(RoomId),
    /// `devices`: all devices of the member, as an array of [`DeviceName`](crate::http::DeviceName).
    /// Set by the server only, when one signs in or is signed out.
    Devices,
    /// `draft:<room>`: unsent text.
    Draft(RoomId),
    /// `mute:<room>`: `true`, a time until which, or null.
    Mute(RoomId),
    /// `unread:<room>`: the seq from which the member marked the room as unread, or null.
    Unread(RoomId),
    /// `setting:<name>`: any JSON, its meaning is the client's.
    Setting(String),
    /// A key that this build does not know: stored and passed on.
    Other(String),
}

impl UserKey {
    /// Whether a client may `set` it.
    #[must_use]
    pub const fn is_settable(&self) -> bool {
        matches!(self, Self::Draft(_) | Self::Mute(_) | Self::Unread(_) | Self::Setting(_))
    }
}

impl fmt::Display for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(room) => write!(f, "read:{room}"),
            Self::Room(room) => write!(f, "room:{room}"),
            Self::Devices => f.write_str("devices"),
            Self::Draft(room) => write!(f, "draft:{room}"),
            Self::Mute(room) => write!(f, "mute:{room}"),
            Self::Unread(room) => write!(f, "unread:{room}"),
            Self::Setting(name) => write!(f, "setting:{name}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<&str> for UserKey {
    fn from(text: &str) -> Self {
        if text == "devices" {
            return Self::Devices;
        }
        let known = text.split_once(':').and_then(|(name, rest)| {
            Some(match name {
                "read" => Self::Read(rest.parse().ok()?),
                "room" => Self::Room(rest.parse().ok()?),
                "draft" => Self::Draft(rest.parse().ok()?),
                "mute" => Self::Mute(rest.parse().ok()?),
                "unread" => Self::Unread(rest.parse().ok()?),
                "setting" => Self::Setting(rest.to_owned()),
                _ => return None,
            })
        });
        known.unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl Serialize for UserKey {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UserKey {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input).map(|text| Self::from(text.as_str()))
    }
}
