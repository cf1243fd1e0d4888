//! Upgrades an HTTP connection to a WebSocket, or finds out who rejected it.
//!
//! The HTTP exchange is hyper's. tungstenite's own handshake returns only the part of a rejection's
//! body that happened to arrive with its head. A body of ours that is cut off looks like another
//! program's: a signed-out device would retry forever, or another program's 401 would be final.

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

/// The maximum of a response's head.
const HEAD_BYTES: usize = 16 * 1024;
/// The maximum of a rejection's body: ours has a few hundred bytes.
const REFUSAL_BYTES: usize = 16 * 1024;

/// A stream of WebSocket frames, and the bytes of it that came with the response.
#[derive(Debug)]
pub(crate) struct Upgraded<S> {
    pub(crate) stream: S,
    pub(crate) read: Bytes,
}

/// Why the upgrade failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpgradeError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The server itself rejected the token. This is the only final error.
    #[error("the server rejected the token")]
    Unauthorized {
        /// The response names the subprotocol, or comes from a server too old to do so.
        subprotocol_named: bool,
    },
    /// The response is the server's, but something on the way replaced its body, so it does not say
    /// whether the token is valid.
    #[error(
        "the server rejected the request, and something on the way replaced its message (status \
         {status})"
    )]
    BodyReplaced { status: StatusCode },
    #[error("{response} (status {status}): {words}")]
    UnexpectedResponse {
        response: UnexpectedResponse,
        /// 0 without a response.
        status: u16,
        /// The server's or a library's own text; may be empty.
        words: String,
        /// The earliest time for a retry, from now.
        retry_after: Option<Duration>,
    },
}

impl UpgradeError {
    fn unexpected(response: UnexpectedResponse, status: u16, words: impl ToString) -> Self {
        Self::UnexpectedResponse { response, status, words: words.to_string(), retry_after: None }
    }
}

/// Upgrades a connected stream to a WebSocket.
pub(crate) async fn upgrade<S: Transport>(
    stream: S,
    address: &Address,
    token: &Secret,
) -> Result<Upgraded<S>, UpgradeError> {
    let key = generate_key();
    let request = request(address, token, &key)?;
    let (mut sender, mut connection) = http1::Builder::new()
        .max_buf_size(HEAD_BYTES)
        // Header names are written as browsers do, because some middleboxes know no other spelling.
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
        // The connection is driven here until the stream is handed over, so that no task outlives
        // the attempt. It may finish first.
        let (answer, done) = tokio::select! {
            biased;
            answer = &mut answer => (answer, false),
            ended = &mut driven => match ended {
                // It sent something before it was asked.
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

/// Tests with an invalid token whether a WebSocket would get through, before an invitation is spent
/// on a device that can't connect.
///
/// # Errors
/// Whatever prevents the upgrade. That the server rejects this token is expected.
pub(crate) async fn preflight(
    connector: &dyn Connector,
    address: &Address,
) -> Result<(), UpgradeError> {
    let stream = connector.connect(address).await?;
    match upgrade(stream, address, &invalid_token()).await {
        Err(UpgradeError::Unauthorized { subprotocol_named: false }) => {
            Err(UpgradeError::unexpected(UnexpectedResponse::SubprotocolHidden, 401, ""))
        }
        // The body is replaced, but a device that joins gets a valid token.
        Err(
            UpgradeError::Unauthorized { subprotocol_named: true }
            | UpgradeError::BodyReplaced { .. },
        ) => Ok(()),
        Err(refused) => Err(refused),
        // A server that accepts any token is not ours.
        Ok(_) => Err(UpgradeError::unexpected(UnexpectedResponse::NotHoming, 101, "")),
    }
}

/// A token that no server has issued: a real one is longer.
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
    // Bytes that are not HTTP come from another program. Any other error is an end without a
    // response.
    let response =
        if is_garbled(&error) { UnexpectedResponse::NotHttp } else { UnexpectedResponse::HungUp };
    UpgradeError::unexpected(response, 0, error)
}

/// Whether the response is not HTTP. hyper has an error kind for bytes that can't be parsed, but
/// none for unexpected bytes.
fn is_garbled(error: &hyper::Error) -> bool {
    // A request that was not written yet is cancelled; its source says why the connection failed.
    let source = std::error::Error::source(error);
    if let Some(reason) = source.and_then(|source| source.downcast_ref::<hyper::Error>()) {
        return is_garbled(reason);
    }
    let ended = error.is_incomplete_message() || error.is_closed() || error.is_canceled();
    error.is_parse() || !ended && source.is_none()
}

/// Whether a response of 101 accepts this request (RFC 6455, section 4.1).
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
    // Another program may announce a length and never send the body; then the status has to do.
    let body = timeout(REFUSAL_BODY, Limited::new(body, REFUSAL_BYTES).collect()).await;
    let body = body.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes);
    classify(head.status, &head.headers, &body.unwrap_or_default())
}

/// Who rejected the upgrade, and what that means.
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
        // The request was changed on the way: headers removed, an `Origin` added, the path cut. No
        // client of ours sends such a request.
        ErrorCode::Invalid | ErrorCode::Forbidden | ErrorCode::NotFound => {
            UnexpectedResponse::UpgradeSpoilt
        }
        _ => UnexpectedResponse::ServerFailed,
    };
    let retry_after = retry_after_ms.map(Duration::from_millis).or_else(|| seconds(headers));
    let retry_after = retry_after.map(|wait| wait.min(RETRY_AFTER_MOST));
    UpgradeError::UnexpectedResponse { response, status: number, words: text, retry_after }
}

/// `Retry-After` in seconds. A date is ignored, because it needs clocks that agree.
fn seconds(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MOST))
}

#[cfg(test)]
mod tests;
