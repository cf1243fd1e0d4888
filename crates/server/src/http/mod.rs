//! The HTTP API beside the socket: `/v1`, the pages for browsers, and health.

mod account;
mod caller;
mod health;
mod join;
mod link;
mod origin;
mod page;
mod problem;
mod rooms;
mod socket;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use homing_protocol::ErrorCode;

use crate::app::App;
use problem::ApiError;

/// Bytes of a request body. The largest is a list of a hundred people.
const BODY_BYTES: usize = 16 * 1024;

/// All routes.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/invites/{code}", get(join::invite).delete(account::withdraw_invite))
        .route("/v1/join", post(join::join))
        .route("/v1/sign-in", post(join::sign_in))
        .route("/v1/link/{code}", get(link::preview).post(link::sign_in))
        .route("/v1/socket", get(socket::upgrade))
        .route("/v1/invites", get(account::invites).post(account::add_invite))
        .route("/v1/me", patch(account::edit))
        .route("/v1/space", patch(account::rename_space))
        .route("/v1/devices", get(account::devices))
        .route("/v1/devices/link", post(link::offer).delete(link::withdraw))
        .route("/v1/devices/{device}", patch(account::rename_device).delete(account::remove_device))
        .route("/v1/rooms", get(rooms::list).post(rooms::make))
        .route("/v1/rooms/{room}/join", post(rooms::enter))
        .route("/v1/rooms/{room}/leave", post(rooms::leave))
        .route("/v1/rooms/{room}/members", get(rooms::members).post(rooms::add))
        .route("/v1/rooms/{room}/members/{user}", delete(rooms::remove))
        .route("/v1/rooms/{room}/receipts", get(rooms::receipts))
        .route("/v1/rooms/{room}/messages/{user}/{cid}/revisions", get(rooms::revisions))
        .route("/", get(page::home))
        .route("/join", get(page::join))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_call)
        .layer(axum::middleware::from_fn_with_state(app.clone(), origin::check))
        .layer(axum::middleware::map_response_with_state(app.clone(), count_limited))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(app)
}

/// Counts rate-limited responses for `/metrics`.
async fn count_limited(State(app): State<Arc<App>>, response: Response) -> Response {
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        app.metrics.limited.fetch_add(1, Ordering::Relaxed);
    }
    response
}

async fn no_such_address() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there's nothing at this address")
}

async fn no_such_call() -> (StatusCode, ApiError) {
    let text = "this address doesn't support this method";
    (StatusCode::METHOD_NOT_ALLOWED, ApiError::new(ErrorCode::NotFound, text))
}
