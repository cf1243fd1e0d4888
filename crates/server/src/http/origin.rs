//! Access for web pages. A browser sends the origin of the page; native clients send none.
//!
//! Pages of other origins are refused before anything is counted, so that an embedded picture that
//! points to a call can't use up the visitor's login attempts. Pages of an allowed origin may make
//! calls (<https://fetch.spec.whatwg.org/#http-cors-protocol>). They can't open the socket, because
//! a page can't send a token in a header there.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use homing_protocol::ErrorCode;

use super::problem::ApiError;
use crate::app::App;

/// Seconds for which a browser may cache a preflight response.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Passes an allowed request on, with CORS headers, and refuses others.
pub(super) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else {
        if is_of_a_strangers_page(request.headers(), request.uri().path()) {
            return refused();
        }
        return next.run(request).await;
    };
    if !origin.to_str().is_ok_and(|told| app.config.origins.iter().any(|known| known == told)) {
        return refused();
    }
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first { permission() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
    headers.append(VARY, HeaderValue::from_static("origin"));
    response
}

/// The preflight response: an allowed page may do what a client may.
fn permission() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers
        .insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PATCH, DELETE"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

/// Whether a request without `Origin` is from a page of another site: a picture, frame or script. A
/// followed link has no `Origin` either, but leads to a page and not to a call.
fn is_of_a_strangers_page(headers: &HeaderMap, path: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let foreign = site.is_some_and(|site| !matches!(site, b"none" | b"same-origin"));
    foreign && path.starts_with("/v1/")
}

fn refused() -> Response {
    let text = "this origin isn't allowed; the server admin can add it with --origin";
    (StatusCode::FORBIDDEN, ApiError::new(ErrorCode::Forbidden, text)).into_response()
}
