//! Connecting through a proxy: from a stream to the proxy to a stream to the server.
//!
//! The protocols are libraries': hyper for `CONNECT`, `tokio-socks` for SOCKS5. This module
//! interprets their answers. A proxy is not trusted: the size of its answers is bounded here, and
//! their time by the caller. The proxy resolves host names, so this network does not see them, and
//! names that only the proxy knows work.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use homing_protocol::link::Address;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio_socks::Error as Socks;
use tokio_socks::tcp::Socks5Stream;

use super::connector::Transport;
use super::route::{Proxy, ProxyLogin};
use super::settings::ProxyKind;

/// The maximum of a response to `CONNECT`, headers included.
const ANSWER_BYTES: usize = 16 * 1024;
/// The maximum of its headers; a verbose proxy sends a dozen.
const ANSWER_HEADERS: usize = 64;

/// What is wrong with the proxy. Each error needs another action of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ProxyError {
    /// Its host name was not found.
    #[error("can't find the proxy")]
    NotFound,
    /// No response at its address.
    #[error("the proxy isn't responding")]
    Unreachable,
    /// It requires a user name and password.
    #[error("the proxy requires a user name and password")]
    NeedsPassword,
    /// It rejects the user name or password.
    #[error("the proxy rejected the user name or password")]
    WrongPassword,
    /// The password can't be read from the keyring.
    #[error("can't get the proxy password from the keyring")]
    NoPassword,
    /// Its rules forbid this server or port.
    #[error("the proxy blocks this server or port")]
    Refuses,
    /// It can't reach the server.
    #[error("the proxy can't reach the server")]
    NoWay,
    /// It closed the connection without an answer.
    #[error("the proxy closed the connection without answering")]
    HungUp,
    /// It is not a proxy, or one of another protocol.
    #[error("there's no proxy of this type at that address")]
    NotAProxy,
    /// It is configured in a way, or has a protocol, that this program can't use.
    #[error("Homing can't use the configured proxy")]
    Unusable,
}

/// An error, and the proxy's or library's own text.
#[derive(Debug)]
pub(super) struct TunnelError {
    pub(super) trouble: ProxyError,
    pub(super) words: String,
}

fn tunnel_error(trouble: ProxyError, words: impl ToString) -> TunnelError {
    TunnelError { trouble, words: words.to_string() }
}

/// Asks the proxy at the other end of `stream` to connect to the server.
pub(super) async fn open<S: Transport + 'static>(
    stream: S,
    proxy: &Proxy,
    address: &Address,
) -> Result<Box<dyn Transport>, TunnelError> {
    match proxy.kind {
        ProxyKind::Http => connect(stream, proxy.login.as_ref(), address).await,
        ProxyKind::Socks5 => socks5(stream, proxy.login.as_ref(), address).await,
    }
}

async fn connect<S: Transport + 'static>(
    stream: S,
    login: Option<&ProxyLogin>,
    address: &Address,
) -> Result<Box<dyn Transport>, TunnelError> {
    let request =
        request(login, address).map_err(|error| tunnel_error(ProxyError::Unusable, error))?;
    let broken = |error: hyper::Error| {
        let trouble = if error.is_parse() { ProxyError::NotAProxy } else { ProxyError::HungUp };
        tunnel_error(trouble, error)
    };
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(ANSWER_BYTES)
        .max_headers(ANSWER_HEADERS)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // The connection is driven here until the stream is handed over, so that no task outlives the
    // attempt. It may finish before the response is read.
    let mut connection = std::pin::pin!(connection.with_upgrades());
    let mut answer = std::pin::pin!(sender.send_request(request));
    let (answer, done) = tokio::select! {
        biased;
        answer = &mut answer => (answer, false),
        _ = &mut connection => (answer.await, true),
    };
    let answer = answer.map_err(broken)?;
    let status = answer.status();
    if !status.is_success() {
        let reason = answer.extensions().get::<ReasonPhrase>().map(ReasonPhrase::as_bytes);
        let trouble = match reason {
            // privoxy's answer to an unknown host; a web server's 404 has another reason phrase.
            Some(b"No such domain") if status == StatusCode::NOT_FOUND => ProxyError::NoWay,
            _ => refusal(status, login.is_some()),
        };
        return Err(tunnel_error(trouble, format!("HTTP {status}")));
    }
    let upgrade = hyper::upgrade::on(answer);
    let upgraded = if done { upgrade.await } else { tokio::join!(upgrade, connection).0 };
    Ok(Box::new(TokioIo::new(upgraded.map_err(broken)?)))
}

fn request(
    login: Option<&ProxyLogin>,
    address: &Address,
) -> Result<Request<Empty<Bytes>>, http::Error> {
    let authority = address.authority();
    let uri = Uri::builder().authority(authority.as_str()).build()?;
    let mut request = Request::builder().method(Method::CONNECT).uri(uri).header(HOST, authority);
    if let Some(ProxyLogin { user, password }) = login {
        let encoded = STANDARD.encode(format!("{user}:{}", password.reveal()));
        let mut value = HeaderValue::try_from(format!("Basic {encoded}"))?;
        value.set_sensitive(true);
        request = request.header(PROXY_AUTHORIZATION, value);
    }
    request.body(Empty::new())
}

/// The meaning of an error status.
fn refusal(status: StatusCode, with_login: bool) -> ProxyError {
    match status {
        // 407 is the standard; tinyproxy answers a wrong password with 401.
        StatusCode::PROXY_AUTHENTICATION_REQUIRED | StatusCode::UNAUTHORIZED => {
            if with_login {
                ProxyError::WrongPassword
            } else {
                ProxyError::NeedsPassword
            }
        }
        // A web server's answers to a method that it does not know.
        StatusCode::BAD_REQUEST
        | StatusCode::NOT_FOUND
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::NOT_IMPLEMENTED => ProxyError::NotAProxy,
        status if status.is_server_error() => ProxyError::NoWay,
        status if status.is_client_error() => ProxyError::Refuses,
        _ => ProxyError::NotAProxy,
    }
}

async fn socks5<S: Transport + 'static>(
    stream: S,
    login: Option<&ProxyLogin>,
    address: &Address,
) -> Result<Box<dyn Transport>, TunnelError> {
    let target = (address.host.as_str(), address.port);
    // SOCKS5 has no empty passwords.
    let login = login.filter(|login| !login.password.reveal().is_empty());
    let opened = match login {
        Some(ProxyLogin { user, password }) => {
            let password = password.reveal();
            Socks5Stream::connect_with_password_and_socket(stream, target, user, password).await
        }
        None => Socks5Stream::connect_with_socket(stream, target).await,
    };
    match opened {
        Ok(opened) => Ok(Box::new(opened.into_inner())),
        Err(error) => Err(tunnel_error(answer(&error, login.is_some()), error)),
    }
}

fn answer(error: &Socks, with_login: bool) -> ProxyError {
    match error {
        Socks::PasswordAuthFailure(_) => ProxyError::WrongPassword,
        Socks::NoAcceptableAuthMethods | Socks::AuthorizationRequired if !with_login => {
            ProxyError::NeedsPassword
        }
        Socks::NoAcceptableAuthMethods => ProxyError::WrongPassword,
        Socks::ConnectionNotAllowedByRuleset | Socks::CommandNotSupported => ProxyError::Refuses,
        Socks::GeneralSocksServerFailure
        | Socks::NetworkUnreachable
        | Socks::HostUnreachable
        | Socks::ConnectionRefused
        | Socks::TtlExpired
        | Socks::AddressTypeNotSupported => ProxyError::NoWay,
        Socks::InvalidTargetAddress(_) | Socks::InvalidAuthValues(_) => ProxyError::Unusable,
        Socks::Io(_) => ProxyError::HungUp,
        _ => ProxyError::NotAProxy,
    }
}

#[cfg(test)]
mod tests;
