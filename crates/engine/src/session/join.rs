//! Joining a space by invitation, or signing in with name and password on another device.

use homing_protocol::http::{InviteInfo, Join, SignIn, SignedIn};
use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{Cid, ErrorCode, JoinLink};
use http::Method;

use super::http::HttpClient;
use super::record::SpaceRecord;
use crate::error::CallError;
use crate::net::connector::{ConnectError, Connector, ProxyError};
use crate::net::unexpected_response::UnexpectedResponse;
use crate::secret::Secret;

/// Why joining or signing in failed. Each error needs another action of the person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// Another member has this name.
    #[error("this name is already taken")]
    NameTaken,
    /// The name is empty, too long, or has characters that can't be in one.
    #[error("this name can't be used: {0}")]
    NameInvalid(String),
    /// The password is too short.
    #[error("the password is too short")]
    PasswordTooShort,
    /// The invitation is unknown, used up or expired.
    #[error("this join link is invalid, used up or expired")]
    InviteInvalid,
    /// The device link is unknown, used or expired.
    #[error("this device link is invalid, used or expired")]
    LinkInvalid,
    /// Name or password are wrong.
    #[error("name or password is wrong")]
    BadLogin,
    /// The member has as many devices as the server allows.
    #[error("this account has too many devices")]
    TooManyDevices,
    /// Too many attempts.
    #[error("too many attempts")]
    RateLimited {
        /// Milliseconds to wait before the next attempt.
        retry_after_ms: Option<u64>,
    },
    /// The server's host name was not found.
    #[error("can't find the server")]
    NameNotFound,
    /// No response at the address, or not in time.
    #[error("can't reach the server")]
    Unreachable,
    /// The certificate does not match the join link.
    #[error(
        "the server's certificate doesn't match the join link: expected {expected}, received \
         {found}"
    )]
    CertificateChanged {
        /// The fingerprint in the join link.
        expected: Fingerprint,
        /// The fingerprint of the server's certificate.
        found: Fingerprint,
    },
    /// The operating system does not trust the certificate.
    #[error("the server's certificate isn't trusted")]
    CertificateUntrusted,
    /// The proxy did not let the connection through.
    #[error("{trouble}")]
    Proxy {
        /// What is wrong with the proxy.
        trouble: ProxyError,
    },
    /// Something that is not a Homing server responded, or closed the connection. The invitation
    /// was not used.
    #[error("{response}")]
    UnexpectedResponse {
        /// What the response means.
        response: UnexpectedResponse,
        /// The HTTP status; 0 without a response.
        status: u16,
    },
    /// The server rejected the request for another reason.
    #[error("the server rejected the request: {0}")]
    Refused(String),
}

impl From<CallError> for JoinError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Connect(ConnectError::NameNotFound { .. }) => Self::NameNotFound,
            CallError::Connect(ConnectError::CertificateChanged { expected, found }) => {
                Self::CertificateChanged { expected, found }
            }
            CallError::Connect(ConnectError::Proxy { trouble, .. }) => Self::Proxy { trouble },
            CallError::Connect(ConnectError::CertificateUntrusted(_)) => Self::CertificateUntrusted,
            CallError::Connect(ConnectError::Tls(_)) => {
                Self::UnexpectedResponse { response: UnexpectedResponse::NotHttp, status: 0 }
            }
            CallError::UnexpectedResponse { response, status } => {
                Self::UnexpectedResponse { response, status }
            }
            CallError::Connect(_) | CallError::Cut(_) | CallError::TimedOut => Self::Unreachable,
            CallError::Refused { code, text, retry_after_ms } => match code {
                ErrorCode::NameTaken => Self::NameTaken,
                ErrorCode::NameInvalid => Self::NameInvalid(text),
                ErrorCode::PasswordTooShort => Self::PasswordTooShort,
                ErrorCode::InviteInvalid => Self::InviteInvalid,
                ErrorCode::LinkInvalid => Self::LinkInvalid,
                ErrorCode::BadLogin => Self::BadLogin,
                ErrorCode::TooManyDevices => Self::TooManyDevices,
                ErrorCode::RateLimited => Self::RateLimited { retry_after_ms },
                _ => Self::Refused(text),
            },
        }
    }
}

/// The space and the role of an invitation, to be shown before joining.
///
/// # Errors
/// [`JoinError`]
pub async fn inspect(link: &JoinLink, connector: &dyn Connector) -> Result<InviteInfo, JoinError> {
    // A code is pasted by people; it must not become another path.
    if !link.code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) {
        return Err(JoinError::InviteInvalid);
    }
    let server = HttpClient { connector, address: &link.address, token: None };
    let path = format!("/v1/invites/{}", link.code);
    let info = server.call(Method::GET, &path, None::<&()>).await?;
    server.preflight().await?;
    Ok(info)
}

/// Joins with an invitation. `key` identifies this attempt: when the response was lost, a
/// repetition with the same key returns the same member. So keep the key until this succeeds or the
/// person gives up.
///
/// # Errors
/// [`JoinError`]
pub async fn join(
    link: &JoinLink,
    name: &str,
    password: Option<&Secret>,
    device_name: &str,
    key: Cid,
    connector: &dyn Connector,
) -> Result<(SpaceRecord, Secret), JoinError> {
    let body = Join {
        code: link.code.clone(),
        name: name.to_owned(),
        password: password.map(|password| password.reveal().to_owned()),
        device_name: device_name.to_owned(),
        key,
    };
    let server = HttpClient { connector, address: &link.address, token: None };
    // An invitation would be lost on a device that can't connect.
    server.preflight().await?;
    let signed: SignedIn = server.call(Method::POST, "/v1/join", Some(&body)).await?;
    Ok(keep(signed, link.address.clone()))
}

/// Signs in on another device.
///
/// # Errors
/// [`JoinError`]
pub async fn sign_in(
    address: &Address,
    name: &str,
    password: &Secret,
    device_name: &str,
    connector: &dyn Connector,
) -> Result<(SpaceRecord, Secret), JoinError> {
    let body = SignIn {
        name: name.to_owned(),
        password: password.reveal().to_owned(),
        device_name: device_name.to_owned(),
    };
    let server = HttpClient { connector, address, token: None };
    server.preflight().await?;
    let signed: SignedIn = server.call(Method::POST, "/v1/sign-in", Some(&body)).await?;
    Ok(keep(signed, address.clone()))
}

pub(super) fn keep(signed: SignedIn, address: Address) -> (SpaceRecord, Secret) {
    let record = SpaceRecord {
        space: signed.space,
        name: signed.space_name,
        address,
        user: signed.user,
        user_name: signed.name,
        device: signed.device,
    };
    (record, Secret::new(signed.token))
}
