//! Why a call to the engine failed. The texts are for logs; the interface has its own words for
//! people.

use homing_protocol::ErrorCode;

use crate::net::connector::ConnectError;
use crate::net::unexpected_response::UnexpectedResponse;
use crate::net::upgrade::UpgradeError;
use crate::policy::InvalidPolicy;
use crate::secret::SecretError;
use crate::store::StoreError;

/// Why a call of a [`Handle`](crate::Handle) failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The engine has been shut down.
    #[error("the engine has stopped")]
    Stopped,
    /// The local database failed. Nothing of this call was done.
    #[error("local database error")]
    Store(#[from] StoreError),
    /// The keyring did not return or store the token.
    #[error("keyring error")]
    Secret(#[from] SecretError),
    /// The message has no visible character.
    #[error("the message is empty")]
    Empty,
    /// The message is longer than the server accepts.
    #[error("the message has {length} bytes; the limit is {limit}")]
    TooLarge {
        /// Bytes of the message as JSON.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// The text contains U+0000, which no server accepts.
    #[error("the text contains the character U+0000, which no message can; remove it")]
    HoldsNul,
    /// The viewer is not in this room.
    #[error("no such room")]
    NoSuchRoom,
    /// The message is not on this device.
    #[error("no such message on this device")]
    NoSuchMessage,
    /// Only the sender of a message may edit it.
    #[error("only its sender can edit a message")]
    NotYours,
    /// The text is no emoji that a reaction can have.
    #[error("a reaction is one emoji")]
    NotAnEmoji,
    /// No queued message has this `cid`: it was sent or discarded.
    #[error("this message is no longer queued")]
    NotQueued,
    /// The message may be on the server already, so it can't be changed or discarded.
    #[error("the message may already be on the server")]
    MaybeSent,
    /// The connection policy is out of its bounds.
    #[error("that connection setting isn't allowed")]
    InvalidPolicy(#[from] InvalidPolicy),
    /// The HTTP request failed.
    #[error("the request to the server failed")]
    Call(#[from] CallError),
}

/// Why an HTTP request to the server failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server was not reached.
    #[error("can't reach the server")]
    Connect(#[from] ConnectError),
    /// The connection was lost before the whole response arrived. The server may have executed the
    /// request.
    #[error("the connection was lost: {0}")]
    Cut(String),
    /// The response was not complete in time. The server may have executed the request.
    #[error("the server didn't respond in time")]
    TimedOut,
    /// Something that is not a Homing server responded, or closed the connection.
    #[error("{response}")]
    UnexpectedResponse {
        /// What the response means.
        response: UnexpectedResponse,
        /// The HTTP status; 0 without a response.
        status: u16,
    },
    /// The server rejected the request.
    #[error("the server rejected the request: {text}")]
    Refused {
        /// The server's error code.
        code: ErrorCode,
        /// The server's own text.
        text: String,
        /// Milliseconds to wait before the next request.
        retry_after_ms: Option<u64>,
    },
}

impl From<UpgradeError> for CallError {
    fn from(refused: UpgradeError) -> Self {
        match refused {
            UpgradeError::Connect(error) => Self::Connect(error),
            UpgradeError::Unauthorized { .. } => Self::Refused {
                code: ErrorCode::Unauthorized,
                text: refused.to_string(),
                retry_after_ms: None,
            },
            UpgradeError::BodyReplaced { status } => Self::UnexpectedResponse {
                response: UnexpectedResponse::Blocked,
                status: status.as_u16(),
            },
            UpgradeError::UnexpectedResponse { response, status, .. } => {
                Self::UnexpectedResponse { response, status }
            }
        }
    }
}
