//! Health checks and metrics, for supervisors and monitoring.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::app::App;

/// Liveness: the process responds.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Readiness: the database can be read and written.
pub(super) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.store.space().await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "the database can't be read\n")
    } else if app.store.commits().writable {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "read-only: the database can't be written\n")
    }
}

pub(super) async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    let text = app.metrics.render(app.store.commits());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
