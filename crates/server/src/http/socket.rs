//! The upgrade to a WebSocket.

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::http::{Version, header};
use axum::response::{IntoResponse as _, Response};
use homing_protocol::{ErrorCode, SUBPROTOCOL};

use super::caller::{Bearer, ClientAddress};
use super::problem::{ApiError, QUEUE_FULL_RETRY};
use crate::app::App;
use crate::traffic::Traffic;
use crate::ws::connection;

/// Bytes of a connection's read buffer. The library's default of 128 KiB would take over a gigabyte
/// for ten thousand idle connections.
const READ_BUFFER: usize = 4 * 1024;
/// Bytes gathered before they are written to the socket.
const WRITE_BUFFER: usize = 4 * 1024;
/// Maximum bytes of the write buffer: a few of the largest frames. The library's default is
/// unbounded.
const MAX_WRITE_BUFFER: usize = 1024 * 1024;

pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    version: Version,
    Extension(traffic): Extension<Traffic>,
    ClientAddress(from): ClientAddress,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    bearer: Result<Bearer, ApiError>,
) -> Result<Response, ApiError> {
    // The upgrade is checked before the token: `unauthorized` makes a device stop, and tells the
    // doctor that upgrades get through.
    let upgrade = upgrade.map_err(|rejection| {
        // A common misconfiguration of proxies, which the library's message does not explain.
        let text = if version < Version::HTTP_11 {
            "the request came as HTTP/1.0; the proxy in front must speak HTTP/1.1".to_owned()
        } else {
            rejection.body_text()
        };
        ApiError::new(ErrorCode::Invalid, text)
    })?;
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            format!("the socket speaks {SUBPROTOCOL}; ask for it in Sec-WebSocket-Protocol"),
        ));
    }
    let principal = match bearer {
        Ok(Bearer(principal)) => principal,
        // Sent with the refusal too, so that the doctor sees whether the header gets through.
        Err(refused) => {
            let agreed = [(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)];
            return Ok((agreed, refused).into_response());
        }
    };
    // Behind a proxy the client itself has not been counted yet.
    let slot = app.sockets.acquire(from).ok_or_else(|| ApiError::limited(QUEUE_FULL_RETRY))?;
    let stop = app.stop.clone();
    let tasks = app.tasks.clone();
    // Twice the limit, so that a slightly too large frame is read and gets a proper error.
    let limit = app.config.limits.frame * 2;
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(limit)
        .max_frame_size(limit)
        .on_upgrade(move |socket| {
            tasks.track_future(async move {
                connection::run(app, socket, traffic, principal, stop).await;
                drop(slot);
            })
        }))
}
