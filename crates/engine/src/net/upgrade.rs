//! HTTP becomes a WebSocket, or who refused it, and in whose words.
//!
//! The exchange is hyper's. Of a refusal tungstenite's own handshake hands out only what happened to
//! come in the same read as its head, and a problem that is cut off can't be told from a stranger's
//! words: one read too few would make a signed-out device try for ever, or a stranger's 401 final.

use std::time::Duration;

use homing_protocol::http::{CHALLENGE, CHALLENGE_WRONG, Problem};
use homing_protocol::link::Address;
use homing_protocol::{ErrorCode, SUBPROTOCOL};
use http::header::{
    AUTHORIZATION, CONNECTION, HOST, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::connector::{ConnectError, Connector, Transport};
use super::unexpected_response::UnexpectedResponse;
use crate::secret::Secret;
use crate::timeouts::{REFUSAL_BODY, RETRY_AFTER_MOST};

/// The longest head of an answer that is read.
const HEAD_BYTES: usize = 16 * 1024;
/// The longest refusal that is read: a problem of ours has a few hundred bytes.
const REFUSAL_BYTES: usize = 16 * 1024;

/// A stream on which WebSocket frames follow, and what of them came with the answer.
#[derive(Debug)]
pub(crate) struct Upgraded<S> {
    pub(crate) stream: S,
    pub(crate) read: Bytes,
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpgradeError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server itself, in its own words: this token is not valid. The only verdict that is final.
    #[error("the server rejected the token")]
    Unauthorized {
        /// The answer names the subprotocol, or comes from a server too old to do so.
        subprotocol_named: bool,
    },
    /// The answer was the server's, with the words of something else: whether the token is valid is
    /// not said.
    #[error(
        "the server rejected the request, and something on the way replaced its message (status \
         {status})"
    )]
    BodyReplaced { status: StatusCode },
    #[error("{response} (status {status}): {words}")]
    UnexpectedResponse {
        response: UnexpectedResponse,
        /// 0 without an answer.
        status: u16,
        /// In the words of the server or a library; may be empty.
        words: String,
        /// Not before.
        retry_after: Option<Duration>,
    },
}

impl UpgradeError {
    fn unexpected(response: UnexpectedResponse, status: u16, words: impl ToString) -> Self {
        Self::UnexpectedResponse { response, status, words: words.to_string(), retry_after: None }
    }
}

/// Asks for a WebSocket on a connected stream.
pub(crate) async fn upgrade<S: Transport>(
    stream: S,
    address: &Address,
    token: &Secret,
) -> Result<Upgraded<S>, UpgradeError> {
    let key = generate_key();
    let request = request(address, token, &key)?;
    let (mut sender, mut connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        // As browsers write them: some boxes on the way know no other spelling.
        .title_case_headers(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let answer = {
        let driven = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx));
        let mut driven = std::pin::pin!(driven);
        let answer = async {
            let answer = sender.send_request(request).await.map_err(broken)?;
            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                Ok(Ok(answer))
            } else {
                Ok(Err(refusal(answer).await))
            }
        };
        let mut answer = std::pin::pin!(answer);
        // Driven here until the stream is ours: no task outlives the try. It may be done first.
        let (answer, done) = tokio::select! {
            biased;
            answer = &mut answer => (answer, false),
            ended = &mut driven => match ended {
                // Whoever speaks first spoke before it was asked.
                Err(error) if is_garbled(&error) => return Err(broken(error)),
                _ => (answer.await, true),
            },
        };
        let answer = match answer {
            Ok(Ok(answer)) => answer,
            Ok(Err(refused)) | Err(refused) => return Err(refused),
        };
        if !done {
            driven.await.map_err(broken)?;
        }
        answer
    };
    accepted(&answer, &key)?;
    let parts = connection.into_parts();
    Ok(Upgraded { stream: parts.io.into_inner(), read: parts.read_buf })
}

/// Tries, with a token that nobody has, whether all that a socket needs gets through: before an
/// invitation is spent on a device that could not connect.
///
/// # Errors
/// Whatever stands in the way. A server that does not know the token is as it should be.
pub(crate) async fn preflight(
    connector: &dyn Connector,
    address: &Address,
) -> Result<(), UpgradeError> {
    let stream = connector.connect(address).await?;
    match upgrade(stream, address, &invalid_token()).await {
        Err(UpgradeError::Unauthorized { subprotocol_named: false }) => {
            Err(UpgradeError::unexpected(UnexpectedResponse::SubprotocolHidden, 401, ""))
        }
        // The words are replaced, and the device that comes in by them has a token that is valid.
        Err(
            UpgradeError::Unauthorized { subprotocol_named: true }
            | UpgradeError::BodyReplaced { .. },
        ) => Ok(()),
        Err(refused) => Err(refused),
        // Whoever lets everybody in.
        Ok(_) => Err(UpgradeError::unexpected(UnexpectedResponse::NotHoming, 101, "")),
    }
}

/// A token that no server has given out: a real one is longer.
pub(crate) fn invalid_token() -> Secret {
    Secret::new("nobody")
}

fn request(
    address: &Address,
    token: &Secret,
    key: &str,
) -> Result<Request<Empty<Bytes>>, UpgradeError> {
    let bearer = token.bearer().ok_or_else(|| {
        UpgradeError::unexpected(
            UnexpectedResponse::NotHoming,
            0,
            "the token can't be sent in a header",
        )
    })?;
    Request::get("/v1/socket")
        .header(HOST, address.authority())
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, key)
        .header(SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)
        .header(AUTHORIZATION, bearer)
        .body(Empty::new())
        .map_err(|error| UpgradeError::unexpected(UnexpectedResponse::NotHoming, 0, error))
}

fn broken(error: hyper::Error) -> UpgradeError {
    // Bytes that are no HTTP are something else's; everything else is an end before an answer.
    let response =
        if is_garbled(&error) { UnexpectedResponse::NotHttp } else { UnexpectedResponse::HungUp };
    UpgradeError::unexpected(response, 0, error)
}

/// hyper has a name for bytes that can't be read, and none for bytes that nobody asked for.
fn is_garbled(error: &hyper::Error) -> bool {
    // A request that was not written yet is cancelled, and why the connection failed stands behind it.
    let source = std::error::Error::source(error);
    if let Some(reason) = source.and_then(|source| source.downcast_ref::<hyper::Error>()) {
        return is_garbled(reason);
    }
    let ended = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
    error.is_parse() || !ended && source.is_none()
}

/// Whether an answer of 101 is one to this request (RFC 6455, section 4.1).
fn accepted<B>(answer: &Response<B>, key: &str) -> Result<(), UpgradeError> {
    let headers = answer.headers();
    let says = |name, value: &str| {
        headers
            .get(&name)
            .and_then(|found: &HeaderValue| found.to_str().ok())
            .is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let refused = |response, words: &str| Err(UpgradeError::unexpected(response, 101, words));
    if !says(UPGRADE, "websocket") || !has_word(headers, "upgrade") {
        return refused(
            UnexpectedResponse::UpgradeSpoilt,
            "the response doesn't switch to a WebSocket",
        );
    }
    let accept = derive_accept_key(key.as_bytes());
    if headers.get(SEC_WEBSOCKET_ACCEPT).is_none_or(|found| found != accept.as_str()) {
        return refused(
            UnexpectedResponse::UpgradeSpoilt,
            "the response belongs to another request",
        );
    }
    if !names_subprotocol(headers) {
        return refused(UnexpectedResponse::SubprotocolHidden, "");
    }
    Ok(())
}

fn has_word(headers: &HeaderMap, word: &str) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().eq_ignore_ascii_case(word))
}

fn names_subprotocol(headers: &HeaderMap) -> bool {
    headers.get(SEC_WEBSOCKET_PROTOCOL).is_some_and(|found| found == SUBPROTOCOL)
}

async fn refusal(answer: Response<Incoming>) -> UpgradeError {
    let (head, body) = answer.into_parts();
    // A stranger may name a length and never send it; the status says enough then.
    let body = timeout(REFUSAL_BODY, Limited::new(body, REFUSAL_BYTES).collect()).await;
    let body = body.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes);
    classify(head.status, &head.headers, &body.unwrap_or_default())
}

/// Who refused, and what that means.
fn classify(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> UpgradeError {
    let challenge = headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
    let ours = matches!(challenge, Some(CHALLENGE | CHALLENGE_WRONG));
    let number = status.as_u16();
    let problem = status.as_u16() >= 400;
    let problem = problem.then(|| serde_json::from_slice::<Problem>(body).ok()).flatten();
    let Some(Problem { code, text, retry_after_ms }) = problem else {
        if challenge == Some(CHALLENGE_WRONG) {
            return UpgradeError::BodyReplaced { status };
        }
        let response =
            if ours { UnexpectedResponse::TokenMissing } else { UnexpectedResponse::of(status) };
        let retry_after = seconds(headers);
        return UpgradeError::UnexpectedResponse {
            response,
            status: number,
            words: String::new(),
            retry_after,
        };
    };
    let response = match code {
        ErrorCode::Unauthorized => {
            return UpgradeError::Unauthorized {
                subprotocol_named: !ours || names_subprotocol(headers),
            };
        }
        ErrorCode::TokenMissing => UnexpectedResponse::TokenMissing,
        ErrorCode::RateLimited => UnexpectedResponse::Busy,
        // Headers taken, an Origin added, a path cut: a request that no client of ours makes.
        ErrorCode::Invalid | ErrorCode::Forbidden | ErrorCode::NotFound => {
            UnexpectedResponse::UpgradeSpoilt
        }
        _ => UnexpectedResponse::ServerFailed,
    };
    let retry_after = retry_after_ms.map(Duration::from_millis).or_else(|| seconds(headers));
    let retry_after = retry_after.map(|wait| wait.min(RETRY_AFTER_MOST));
    UpgradeError::UnexpectedResponse { response, status: number, words: text, retry_after }
}

/// `Retry-After` in seconds. A date is not looked at: both clocks would have to agree.
fn seconds(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MOST))
}

#[cfg(test)]
mod tests;
