//! Errors of calls: an HTTP status and the same codes as on the socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use homing_protocol::http::{CHALLENGE, CHALLENGE_WRONG, Problem};
use homing_protocol::text::contains_nul;
use homing_protocol::{Decode, ErrorCode};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::store::StoreError;

/// The wait for a requester whose queue is full: by then some of it is done.
pub(super) const QUEUE_FULL_RETRY: Duration = Duration::from_secs(1);

/// An error response.
#[derive(Debug)]
pub(super) struct ApiError(pub(super) Problem);

impl ApiError {
    pub(super) fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self(Problem { code, text: text.into(), retry_after_ms: None })
    }

    pub(super) fn limited(wait: Duration) -> Self {
        Self(Problem {
            code: ErrorCode::RateLimited,
            text: "too many requests; try again later".into(),
            retry_after_ms: u64::try_from(wait.as_millis()).ok(),
        })
    }
}

const fn status(code: &ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthorized | ErrorCode::TokenMissing | ErrorCode::BadLogin => {
            StatusCode::UNAUTHORIZED
        }
        ErrorCode::Forbidden | ErrorCode::NotMember => StatusCode::FORBIDDEN,
        ErrorCode::NoSuchRoom
        | ErrorCode::NoSuchMessage
        | ErrorCode::NotFound
        | ErrorCode::InviteInvalid
        | ErrorCode::LinkInvalid => StatusCode::NOT_FOUND,
        ErrorCode::NameTaken | ErrorCode::TooManyDevices | ErrorCode::CidReused => {
            StatusCode::CONFLICT
        }
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::ReadOnly => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The `WWW-Authenticate` header that RFC 6750 requires with a 401. Proxies that replace error
/// bodies keep it, so it also shows that a Homing server responded.
const fn challenge(code: &ErrorCode) -> Option<HeaderValue> {
    match code {
        ErrorCode::TokenMissing => Some(HeaderValue::from_static(CHALLENGE)),
        ErrorCode::Unauthorized => Some(HeaderValue::from_static(CHALLENGE_WRONG)),
        _ => None,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let retry = self.0.retry_after_ms.map(|ms| ms.div_ceil(1000));
        let challenge = challenge(&self.0.code);
        let mut response = (status(&self.0.code), Json(self.0)).into_response();
        if let Some(seconds) = retry {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => Self::new(refusal.code, refusal.text),
            StoreError::ReadOnly(_) => Self(Problem {
                code: ErrorCode::ReadOnly,
                text: "the server can't save anything right now; nothing was changed".into(),
                retry_after_ms: Some(2000),
            }),
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::new(ErrorCode::Internal, "server error")
            }
        }
    }
}

/// A JSON body. Errors are returned as a [`Problem`].
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        // The same limit as for the head: a slow body holds a connection as well.
        let timeout = app.config.timers.header_timeout;
        let reading = async {
            let (head, body) = request.into_parts();
            let bytes = Bytes::from_request(Request::from_parts(head.clone(), body), app).await?;
            if contains_nul(&bytes) {
                return Err(ApiError::new(ErrorCode::Invalid, Decode::Nul(None).to_string()));
            }
            let request = Request::from_parts(head, bytes.into());
            Ok(Json::from_request(request, app).await?)
        };
        match tokio::time::timeout(timeout, reading).await {
            Ok(Ok(Json(body))) => Ok(Self(body)),
            Ok(Err(failed)) => Err(failed),
            Err(_) => Err(Self::Rejection::new(
                ErrorCode::Invalid,
                format!("the request body didn't arrive within {} s", timeout.as_secs_f32()),
            )),
        }
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

fn unread(status: StatusCode, text: String) -> ApiError {
    let too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
    ApiError::new(if too_large { ErrorCode::TooLarge } else { ErrorCode::Invalid }, text)
}

/// Path parameters. Errors are returned as a [`Problem`].
#[derive(axum::extract::FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(ApiError))]
pub(super) struct Path<T>(pub(super) T);

impl From<PathRejection> for ApiError {
    fn from(_: PathRejection) -> Self {
        Self::new(ErrorCode::NotFound, "there's nothing at this address")
    }
}
