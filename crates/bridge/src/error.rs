//! What a command answers when it did not do as asked.
//!
//! A [`Code`] exists only if the interface acts on it: chooses words, marks a field, offers a
//! button. Everything else is `Failed` with a text for the log.

use homing_engine::Error as EngineError;
use homing_engine::session::{JoinError, SecretError};
use homing_protocol::ErrorCode;
use homing_protocol::link::BadLink;
use serde::Serialize;
use ts_rs::TS;

/// Why, as far as the interface acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The interface and this program disagree about a command; a bug of ours.
    BadCommand,
    /// The text is no join link.
    NotALink,
    /// The join link is damaged; copy it again.
    DamagedLink,
    /// The invitation is unknown, used up or expired.
    InviteInvalid,
    /// The name is taken.
    NameTaken,
    /// The name can't be used.
    NameInvalid,
    /// Name or password are wrong.
    BadLogin,
    /// The password is too short.
    PasswordTooShort,
    /// This device is in the space already.
    AlreadyJoined,
    /// The member has as many devices as the server allows.
    TooManyDevices,
    /// The server can't be reached now.
    Offline,
    /// The certificate is not the one of the join link.
    CertificateChanged,
    /// The operating system does not trust the certificate.
    CertificateUntrusted,
    /// What answers there is no Homing server.
    NotHoming,
    /// Client and server have no version in common.
    VersionUnsupported,
    /// The keyring did not take the token; its state says why.
    Keyring,
    /// The device was signed out.
    SignedOut,
    /// No such space, room or message here.
    NotFound,
    /// The person's role does not allow it.
    Forbidden,
    /// The text is empty.
    Empty,
    /// The text is longer than the server takes.
    TooLarge,
    /// It is on its way already and can't be changed any more.
    TooLate,
    /// The server asks to wait.
    RateLimited,
    /// The port is taken by another program.
    PortTaken,
    /// The disk is full, or the folder can't be written.
    Storage,
    /// Something else; the log has it.
    Failed,
}

/// A command's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// Why.
    pub code: Code,
    /// In English, for the log and for "details".
    pub text: String,
    /// Not before so many milliseconds.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<u64>,
}

impl Failure {
    /// A failure with words for the log.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), retry_after_ms: None }
    }
}

impl From<BadLink> for Failure {
    fn from(error: BadLink) -> Self {
        let code = match error {
            BadLink::NotALink => Code::NotALink,
            BadLink::NoHost | BadLink::NoCode | BadLink::Fingerprint => Code::DamagedLink,
        };
        Self::new(code, error.to_string())
    }
}
