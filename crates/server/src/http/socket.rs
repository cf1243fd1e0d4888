//! The upgrade to the socket.

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

/// Bytes of the read buffer of a connection. The library's 128 KiB would cost ten thousand idle
/// connections more than a gigabyte.
const READ_BUFFER: usize = 4 * 1024;
/// Bytes gathered before they are written to the socket.
const WRITE_BUFFER: usize = 4 * 1024;
/// Bytes of the write buffer at most: a few of the largest frames. The library's default is
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
    // First whether it is an upgrade at all, then whose: `unauthorized` makes a device give up, and
    // says to the doctor that whatever stands in front lets upgrades pass.
    let upgrade = upgrade.map_err(|rejection| {
        // The usual mistake of a proxy, and the library's words are about headers.
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
        // What would be agreed on, so that whoever only asks sees whether it gets through.
        Err(refused) => {
            let agreed = [(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)];
            return Ok((agreed, refused).into_response());
        }
    };
    // Whoever comes by a proxy was counted as the proxy until now.
    let slot = app.sockets.acquire(from).ok_or_else(|| ApiError::limited(QUEUE_FULL_RETRY))?;
    let stop = app.stop.clone();
    let tasks = app.tasks.clone();
    // Twice the limit, so that a frame a little too large is still read and answered properly.
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
