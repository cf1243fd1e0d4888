//! The bridge over a WebSocket: commands in, answers and pushes out, as `ui/src/host/socket.ts`
//! speaks it.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{SinkExt as _, StreamExt as _};
use homing_bridge::event::Push;
use homing_bridge::{App, PushOutcome, Subscriber};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::world::World;

/// Messages waiting for the browser. A page that takes none of them for so long gets a snapshot.
const WAITING: usize = 256;

/// One call of the page.
#[derive(Deserialize)]
struct Call {
    id: u64,
    call: String,
    #[serde(default)]
    args: Value,
}

struct Page(mpsc::Sender<Value>);

impl Subscriber for Page {
    fn push(&mut self, push: &Push) -> PushOutcome {
        match self.0.try_send(json!({ "push": push })) {
            Ok(()) => PushOutcome::Taken,
            Err(mpsc::error::TrySendError::Full(_)) => PushOutcome::Full,
            Err(mpsc::error::TrySendError::Closed(_)) => PushOutcome::Gone,
        }
    }
}

/// The socket of one person's page.
pub(crate) async fn socket(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, (StatusCode, String)> {
    let person = world
        .person(&name)
        .await
        .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let app = person.app().await;
    Ok(upgrade.on_upgrade(|socket| serve(app, socket)))
}

async fn serve(app: App, socket: WebSocket) {
    let (mut out, mut calls) = socket.split();
    let (sender, mut messages) = mpsc::channel::<Value>(WAITING);
    app.listen(Page(sender.clone())).await;
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            Some(message) = messages.recv() => {
                if out.send(Message::text(message.to_string())).await.is_err() {
                    return;
                }
            }
            call = calls.next() => {
                let Some(Ok(message)) = call else { return };
                let Message::Text(text) = message else { continue };
                let Ok(call) = serde_json::from_str::<Call>(&text) else { return };
                let (app, sender) = (app.clone(), sender.clone());
                running.spawn(async move {
                    let answer = match homing_bridge::call(&app, &call.call, call.args).await {
                        Ok(value) => json!({ "id": call.id, "ok": value }),
                        Err(failure) => json!({ "id": call.id, "err": failure }),
                    };
                    // A page that left does not wait for its answers.
                    _ = sender.send(answer).await;
                });
            }
            Some(_) = running.join_next() => {}
        }
    }
}
