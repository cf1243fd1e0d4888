//! The error of a command.
//!
//! A [`Code`] exists only if the interface acts on it: chooses words, marks a field, offers a
//! button. Everything else is `Failed` with a text for the log.

use homing_engine::Error as EngineError;
use homing_engine::error::CallError;
use homing_engine::net::certificate_authority::CertificateAuthorityError;
use homing_engine::net::connector::ProxyError;
use homing_engine::net::settings::InvalidProxy;
use homing_engine::net::unexpected_response::UnexpectedResponse;
use homing_engine::policy::InvalidPolicy;
use homing_engine::session::profile::ProfileError;
use homing_engine::session::{JoinError, SealError, SecretError};
use homing_protocol::ErrorCode;
use homing_protocol::link::LinkError;
use serde::Serialize;
use ts_rs::TS;

/// The reason, as far as the interface acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The interface and this program disagree about a command, which is a bug.
    BadCommand,
    /// The message is not on this device.
    NoSuchMessage,
    /// The text is no Homing link.
    NotALink,
    /// The link is damaged.
    DamagedLink,
    /// The link turns encryption off.
    PlainLink,
    /// The link only says where to sign in.
    SignInLink,
    /// The invitation is unknown, used up or expired.
    InviteInvalid,
    /// The device link is unknown, used or expired.
    LinkInvalid,
    /// The code that was typed is wrong, or its device link used or expired.
    CodeInvalid,
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
    /// This device is in the space as somebody else.
    AnotherMember,
    /// The member has as many devices as the server allows.
    TooManyDevices,
    /// The server can't be reached now.
    Offline,
    /// The certificate is not the one in the join link.
    CertificateChanged,
    /// The operating system does not trust the certificate.
    CertificateUntrusted,
    /// Something between client and server removes the token.
    TokenMissing,
    /// Something in front of the server refuses.
    Blocked,
    /// A proxy does not reach the server behind it.
    ServerAway,
    /// The server, or something in front of it, asks to retry later.
    Busy,
    /// The address redirects elsewhere.
    Redirected,
    /// The connection was closed before an answer.
    HungUp,
    /// A proxy breaks the WebSocket upgrade.
    UpgradeSpoilt,
    /// A proxy removes the subprotocol.
    SubprotocolHidden,
    /// The server failed.
    ServerFailed,
    /// The peer is no Homing server.
    NotHoming,
    /// The peer does not speak HTTP.
    NotHttp,
    /// The new link leads to another space.
    OtherSpace,
    /// The proxy's name can't be resolved.
    ProxyNotFound,
    /// The proxy's address can't be reached.
    ProxyUnreachable,
    /// The proxy needs a user name and a password.
    ProxyNeedsPassword,
    /// The proxy rejects them.
    ProxyWrongPassword,
    /// The keyring does not return the proxy's password.
    ProxyNoPassword,
    /// The proxy does not allow this server.
    ProxyRefuses,
    /// The proxy does not reach the server.
    ProxyNoWay,
    /// The proxy closed the connection.
    ProxyHungUp,
    /// The peer is no such proxy.
    NotAProxy,
    /// The configured proxy can't be used.
    ProxyUnusable,
    /// Invalid proxy host.
    ProxyHost,
    /// Invalid proxy port.
    ProxyPort,
    /// Invalid proxy user name.
    ProxyUser,
    /// The authority is no PEM text.
    AuthorityNotPem,
    /// The PEM text contains no certificate.
    AuthorityNoCertificate,
    /// The certificate may not sign others.
    NotAuthority,
    /// The certificate has expired.
    AuthorityEnded,
    /// The certificate is not valid yet.
    AuthorityNotYet,
    /// The text is too long for a certificate.
    AuthorityTooLong,
    /// Client and server have no version in common.
    VersionUnsupported,
    /// The keyring did not store the token; its state says why.
    Keyring,
    /// The passphrase was not entered yet.
    Sealed,
    /// The passphrase is wrong.
    WrongPassphrase,
    /// The passphrase is too short.
    PassphraseTooShort,
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
    /// The text contains U+0000, which no message may.
    HoldsNul,
    /// The message is being sent and can't be changed any more.
    TooLate,
    /// The server asks to wait.
    RateLimited,
    /// Another program uses the port.
    PortTaken,
    /// A setting is out of bounds.
    BadSetting,
    /// The disk is full, or the folder can't be written.
    Storage,
    /// Anything else; the log has it.
    Failed,
}

/// A command's failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// The reason.
    pub code: Code,
    /// In English, for the log and for "details".
    pub text: String,
    /// Earliest retry, in milliseconds.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<u64>,
}

impl Failure {
    /// A failure with a text for the log.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), retry_after_ms: None }
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        let code = match error {
            LinkError::NotALink => Code::NotALink,
            LinkError::NoHost
            | LinkError::NoCode
            | LinkError::NoMessage
            | LinkError::Fingerprint => Code::DamagedLink,
            LinkError::Plain => Code::PlainLink,
        };
        Self::new(code, error.to_string())
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        let text = error.to_string();
        let retry_after_ms = match &error {
            JoinError::RateLimited { retry_after_ms } => *retry_after_ms,
            _ => None,
        };
        let code = match error {
            JoinError::NameTaken => Code::NameTaken,
            JoinError::NameInvalid(_) => Code::NameInvalid,
            JoinError::PasswordTooShort => Code::PasswordTooShort,
            JoinError::InviteInvalid => Code::InviteInvalid,
            JoinError::LinkInvalid => Code::LinkInvalid,
            JoinError::BadLogin => Code::BadLogin,
            JoinError::TooManyDevices => Code::TooManyDevices,
            JoinError::RateLimited { .. } => Code::RateLimited,
            JoinError::NameNotFound | JoinError::Unreachable => Code::Offline,
            JoinError::CertificateChanged { .. } => Code::CertificateChanged,
            JoinError::Proxy { trouble } => of_proxy(trouble),
            JoinError::CertificateUntrusted => Code::CertificateUntrusted,
            JoinError::UnexpectedResponse { response, .. } => of_response(response),
            _ => Code::Failed,
        };
        Self { code, text, retry_after_ms }
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let code = match error {
            SecretError::Sealed => Code::Sealed,
            _ => Code::Keyring,
        };
        Self::new(code, error.to_string())
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        let code = match error {
            SealError::Wrong => Code::WrongPassphrase,
            SealError::TooShort { .. } => Code::PassphraseTooShort,
            // The interface shows the file's new state beside the button.
            SealError::NotNow(_) => Code::Sealed,
            SealError::Io(_) => Code::Storage,
        };
        Self::new(code, error.to_string())
    }
}

impl From<InvalidPolicy> for Failure {
    fn from(unfit: InvalidPolicy) -> Self {
        Self::new(Code::BadSetting, unfit.to_string())
    }
}

impl From<InvalidProxy> for Failure {
    fn from(unfit: InvalidProxy) -> Self {
        let code = match unfit {
            InvalidProxy::Host => Code::ProxyHost,
            InvalidProxy::Port => Code::ProxyPort,
            InvalidProxy::User => Code::ProxyUser,
            InvalidProxy::Bypass => Code::BadSetting,
        };
        Self::new(code, unfit.to_string())
    }
}

impl From<CertificateAuthorityError> for Failure {
    fn from(bad: CertificateAuthorityError) -> Self {
        let code = match &bad {
            CertificateAuthorityError::TooLong => Code::AuthorityTooLong,
            CertificateAuthorityError::NotPem => Code::AuthorityNotPem,
            CertificateAuthorityError::NoCertificate => Code::AuthorityNoCertificate,
            CertificateAuthorityError::NotAuthority => Code::NotAuthority,
            CertificateAuthorityError::Ended { .. } => Code::AuthorityEnded,
            CertificateAuthorityError::NotYet { .. } => Code::AuthorityNotYet,
            CertificateAuthorityError::NotKept(_) => Code::Storage,
            CertificateAuthorityError::TooMany => Code::Failed,
        };
        Self::new(code, bad.to_string())
    }
}

const fn of_response(response: UnexpectedResponse) -> Code {
    match response {
        UnexpectedResponse::TokenMissing => Code::TokenMissing,
        UnexpectedResponse::Blocked => Code::Blocked,
        UnexpectedResponse::ServerAway => Code::ServerAway,
        UnexpectedResponse::Busy => Code::Busy,
        UnexpectedResponse::Redirected => Code::Redirected,
        UnexpectedResponse::HungUp => Code::HungUp,
        UnexpectedResponse::UpgradeSpoilt => Code::UpgradeSpoilt,
        UnexpectedResponse::SubprotocolHidden => Code::SubprotocolHidden,
        UnexpectedResponse::ServerFailed => Code::ServerFailed,
        UnexpectedResponse::NotHoming => Code::NotHoming,
        UnexpectedResponse::NotHttp => Code::NotHttp,
    }
}

const fn of_proxy(trouble: ProxyError) -> Code {
    match trouble {
        ProxyError::NotFound => Code::ProxyNotFound,
        ProxyError::Unreachable => Code::ProxyUnreachable,
        ProxyError::NeedsPassword => Code::ProxyNeedsPassword,
        ProxyError::WrongPassword => Code::ProxyWrongPassword,
        ProxyError::NoPassword => Code::ProxyNoPassword,
        ProxyError::Refuses => Code::ProxyRefuses,
        ProxyError::NoWay => Code::ProxyNoWay,
        ProxyError::HungUp => Code::ProxyHungUp,
        ProxyError::NotAProxy => Code::NotAProxy,
        ProxyError::Unusable => Code::ProxyUnusable,
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        let code = match error {
            ProfileError::Secret(error) => return error.into(),
            ProfileError::AlreadyIn(_) => Code::AnotherMember,
            _ => Code::Storage,
        };
        Self::new(code, chain(&error))
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let code = match error {
            EngineError::Call(error) => return error.into(),
            EngineError::Secret(error) => return error.into(),
            EngineError::InvalidPolicy(unfit) => return unfit.into(),
            EngineError::Empty => Code::Empty,
            EngineError::TooLarge { .. } => Code::TooLarge,
            EngineError::HoldsNul => Code::HoldsNul,
            EngineError::NoSuchRoom | EngineError::NotQueued => Code::NotFound,
            EngineError::NoSuchMessage => Code::NoSuchMessage,
            EngineError::NotYours => Code::Forbidden,
            EngineError::NotAnEmoji => Code::BadCommand,
            EngineError::MaybeSent => Code::TooLate,
            EngineError::Store(_) => Code::Storage,
            _ => Code::Failed,
        };
        Self::new(code, chain(&error))
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused { code, text, retry_after_ms } => {
                let code = match code {
                    ErrorCode::NameTaken => Code::NameTaken,
                    ErrorCode::NameInvalid => Code::NameInvalid,
                    ErrorCode::PasswordTooShort => Code::PasswordTooShort,
                    ErrorCode::BadLogin => Code::BadLogin,
                    ErrorCode::NoSuchRoom | ErrorCode::NotFound => Code::NotFound,
                    ErrorCode::NotMember | ErrorCode::Forbidden => Code::Forbidden,
                    ErrorCode::NoSuchMessage => Code::NoSuchMessage,
                    ErrorCode::Unauthorized => Code::SignedOut,
                    ErrorCode::RateLimited => Code::RateLimited,
                    _ => Code::Failed,
                };
                Self { code, text, retry_after_ms }
            }
            other => JoinError::from(other).into(),
        }
    }
}

/// An error with its sources on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_person_can_act_on_keeps_its_code() {
        let refused =
            |code| CallError::Refused { code, text: String::new(), retry_after_ms: Some(7) };
        for (error, code) in [
            (refused(ErrorCode::NameTaken), Code::NameTaken),
            (refused(ErrorCode::Unauthorized), Code::SignedOut),
            (refused(ErrorCode::NoSuchMessage), Code::NoSuchMessage),
            (refused(ErrorCode::Internal), Code::Failed),
            (CallError::TimedOut, Code::Offline),
            (
                CallError::UnexpectedResponse {
                    response: UnexpectedResponse::NotHoming,
                    status: 404,
                },
                Code::NotHoming,
            ),
            (
                CallError::UnexpectedResponse {
                    response: UnexpectedResponse::Blocked,
                    status: 403,
                },
                Code::Blocked,
            ),
        ] {
            assert_eq!(Failure::from(error).code, code);
        }
        assert_eq!(Failure::from(refused(ErrorCode::RateLimited)).retry_after_ms, Some(7));
        assert_eq!(Failure::from(EngineError::MaybeSent).code, Code::TooLate);
        assert_eq!(Failure::from(EngineError::Secret(SecretError::Locked)).code, Code::Keyring);
    }
}
