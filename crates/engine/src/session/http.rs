//! One HTTP request on a new connection, with a response of bounded size.
//!
//! Requests are rare (joining, creating a room, inviting), so connections are not reused.

use homing_protocol::ErrorCode;
use homing_protocol::http::Problem;
use homing_protocol::link::Address;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::CallError;
use crate::net::connector::Connector;
use crate::net::unexpected_response::UnexpectedResponse;
use crate::net::upgrade::preflight;
use crate::secret::Secret;
use crate::timeouts;

/// The maximum response: the receipts of a large room, 80 bytes per member.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The server, how to reach it, and the token.
#[derive(Clone, Copy)]
pub(super) struct HttpClient<'a> {
    pub(super) connector: &'a dyn Connector,
    pub(super) address: &'a Address,
    pub(super) token: Option<&'a Secret>,
}

impl HttpClient<'_> {
    /// Sends a request with `body` as JSON, if there is one. Returns the response's JSON.
    pub(super) async fn call<T: DeserializeOwned>(
        self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, CallError> {
        let (status, bytes) = self.exchange(method, path, body).await?;
        serde_json::from_slice(&bytes).map_err(|_| CallError::UnexpectedResponse {
            response: UnexpectedResponse::NotHoming,
            status,
        })
    }

    /// Sends a request and ignores the body of a successful response.
    pub(super) async fn tell(
        self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(), CallError> {
        self.exchange(method, path, body).await.map(drop)
    }

    async fn exchange(
        self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(u16, Bytes), CallError> {
        let request = self.request(method, path, body);
        let (status, bytes) = timeout(timeouts::CALL, self.round_trip(request))
            .await
            .map_err(|_| CallError::TimedOut)??;
        let number = status.as_u16();
        if number < 300 {
            return Ok((number, bytes));
        }
        match serde_json::from_slice::<Problem>(&bytes) {
            Ok(Problem { code: ErrorCode::TokenMissing, .. }) => {
                Err(CallError::UnexpectedResponse {
                    response: UnexpectedResponse::TokenMissing,
                    status: number,
                })
            }
            Ok(Problem { code, text, retry_after_ms }) if number >= 400 => {
                Err(CallError::Refused { code, text, retry_after_ms })
            }
            _ => Err(CallError::UnexpectedResponse {
                response: UnexpectedResponse::of(status),
                status: number,
            }),
        }
    }

    /// Whether a device could connect to this server, before an invitation is spent on it.
    pub(super) async fn preflight(self) -> Result<(), CallError> {
        let rehearsed = timeout(timeouts::CALL, preflight(self.connector, self.address)).await;
        Ok(rehearsed.map_err(|_| CallError::TimedOut)??)
    }

    fn request(
        self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Request<Full<Bytes>> {
        let json = body.map(|body| {
            serde_json::to_vec(body).expect("requests hold only string keys and finite numbers")
        });
        let mut request =
            Request::builder().method(method).uri(path).header(HOST, self.address.authority());
        if json.is_some() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(value) = self.token.and_then(Secret::bearer) {
            request = request.header(AUTHORIZATION, value);
        }
        request
            .body(Full::new(json.map_or_else(Bytes::new, Bytes::from)))
            .expect("paths are ours, and a host name that was parsed is a header value")
    }

    async fn round_trip(
        self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), CallError> {
        let stream = self.connector.connect(self.address).await?;
        let cut = |error: hyper::Error| {
            // Bytes that are not HTTP: another program listens there.
            if error.is_parse() {
                CallError::UnexpectedResponse { response: UnexpectedResponse::NotHttp, status: 0 }
            } else if error.is_incomplete_message() {
                CallError::UnexpectedResponse { response: UnexpectedResponse::HungUp, status: 0 }
            } else {
                CallError::Cut(error.to_string())
            }
        };
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(cut)?;
        let answer = async {
            let answer = sender.send_request(request).await.map_err(cut)?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
            match body {
                Ok(body) => Ok((status, body.to_bytes())),
                Err(error) => Err(CallError::Cut(error.to_string())),
            }
        };
        // The connection is driven here and dropped with the response, so that no task outlives the
        // request.
        let connection = async {
            _ = connection.await;
            std::future::pending().await
        };
        tokio::select! {
            biased;
            answer = answer => answer,
            never = connection => never,
        }
    }
}
