//! Error codes on the wire, and errors of reading a frame.

use serde::{Deserialize, Serialize};

use crate::frame::Ref;

/// The code of an `err` frame or of a failed HTTP call. A client that does not know a code uses the
/// `temporary` flag beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The frame's kind is not known to this server; nothing happened.
    UnknownFrame,
    /// The frame or request is well formed but invalid.
    Invalid,
    /// No such room, or none that the caller may know of.
    NoSuchRoom,
    /// The sender is not a member of the room.
    NotMember,
    /// The sender's role does not allow it, or a message has all the reactions that it can have.
    Forbidden,
    /// The body is larger than the limit.
    TooLarge,
    /// There is no such message in the room, or it was taken back.
    NoSuchMessage,
    /// The cid was used before for another event.
    CidReused,
    /// Rate limited; try again after `retry_after_ms`.
    RateLimited,
    /// The server can't write at present (disk full or failing); it still reads.
    ReadOnly,
    /// An unexpected error of the server.
    Internal,
    /// The token is wrong or revoked: the device is signed out for good.
    Unauthorized,
    /// No token arrived. If the client sent one, something in between removed it.
    TokenMissing,
    /// Name or password are wrong.
    BadLogin,
    /// The invitation is unknown, used up or expired.
    InviteInvalid,
    /// The device link is unknown, used or expired.
    LinkInvalid,
    /// The nickname is taken.
    NameTaken,
    /// The nickname or room name can't be used: empty, too long, or with forbidden characters.
    NameInvalid,
    /// The password is too short.
    PasswordTooShort,
    /// The member has as many devices as the server allows.
    TooManyDevices,
    /// The address asked for does not exist.
    NotFound,
    /// A code that this build does not know.
    #[serde(untagged)]
    Other(String),
}

impl ErrorCode {
    /// Whether a later retry can succeed.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::RateLimited | Self::ReadOnly | Self::Internal)
    }
}

/// Why a frame could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Decode {
    /// Longer than the limit for one frame.
    #[error("frame of {length} bytes is longer than the {limit} allowed")]
    TooLong {
        /// Bytes received.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not a JSON object with a string `t`, or invalid fields of a known kind.
    #[error("frame can't be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A kind that this build does not know.
    #[error("unknown frame kind {0:?}")]
    UnknownKind(String),
    /// A client's frame with U+0000 in a string, see [`crate::text`], and which part of it, where
    /// that can be named.
    #[error("text can't contain U+0000; remove it")]
    Nul(Option<Ref>),
}
