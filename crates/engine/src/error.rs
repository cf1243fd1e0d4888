//! Why the engine did not do as asked. The words are for a log; a person reads the interface's own.

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
    /// The local database did not do as asked. Nothing of this call happened.
    #[error("local database error")]
    Store(#[from] StoreError),
    /// The keyring did not give or take the token.
    #[error("keyring error")]
    Secret(#[from] SecretError),
    /// A message without a visible character.
    #[error("the message is empty")]
    Empty,
    /// A message longer than the server takes.
    #[error("the message has {length} bytes; the limit is {limit}")]
    TooLarge {
        /// Bytes of the message, as JSON.
        length: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// A text with U+0000, which no server takes.
    #[error("the text contains the character U+0000, which no message can; remove it")]
    HoldsNul,
    /// The viewer is in no such room.
    #[error("no such room")]
    NoSuchRoom,
    /// No queued message has this name: it was sent or discarded.
    #[error("this message is no longer queued")]
    NotQueued,
    /// The message may be on the server already, so it can be neither changed nor taken back.
    #[error("the message may already be on the server")]
    MaybeSent,
    /// A figure of the connection can't be as it was asked for.
    #[error("that connection setting isn't allowed")]
    InvalidPolicy(#[from] InvalidPolicy),
    /// A call to the server failed.
    #[error("the request to the server failed")]
    Call(#[from] CallError),
}

/// Why a call to the server over HTTP failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server was not reached.
    #[error("can't reach the server")]
    Connect(#[from] ConnectError),
    /// The connection was cut before the whole answer was here. The call may have been served.
    #[error("the connection was lost: {0}")]
    Cut(String),
    /// No whole answer in time. The call may have been served.
    #[error("the server didn't respond in time")]
    TimedOut,
    /// Something in between answered, or hung up, and no Homing server.
    #[error("{response}")]
    UnexpectedResponse {
        /// What.
        response: UnexpectedResponse,
        /// The HTTP status; 0 without an answer.
        status: u16,
    },
    /// The server refused.
    #[error("the server rejected the request: {text}")]
    Refused {
        /// Why.
        code: ErrorCode,
        /// In the server's words.
        text: String,
        /// Not before so many milliseconds.
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
