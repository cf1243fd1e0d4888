//! A notification server with a field for an answer, as KDE's has and no small one, and one that hands
//! out activation tokens and answers when it is told to.
//!
//! It stands in for a desktop that this stage can't have: what it is asked and what it tells is what
//! KDE's says in its source. It shows nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use tokio::sync::RwLock;
use zbus::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

use crate::bus::Bus;

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

/// A notification as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The server's number for it.
    pub id: u32,
    /// First line.
    pub summary: String,
    /// The rest.
    pub body: String,
    /// Pairs of what an action is called to the program and to the person.
    pub actions: Vec<String>,
    /// What stands in the empty field for an answer.
    pub placeholder: String,
}

#[derive(Default)]
struct Shown {
    now: Vec<Asked>,
    /// The number of the last new one; none is given twice.
    last: u32,
}

type Notes = Arc<Mutex<Shown>>;

/// Whoever holds it lets the server answer nothing.
type Gate = Arc<RwLock<()>>;

/// The running server.
pub struct Inline {
    connection: Connection,
    notes: Notes,
    gate: Gate,
}

struct Server(Notes, Gate);

fn held(notes: &Notes) -> std::sync::MutexGuard<'_, Shown> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["body", "actions", "inline-reply"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("inline", "stage", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification's own")]
    async fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        mut hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let _open = self.1.read().await;
        let mut notes = held(&self.0);
        let id = match replaces {
            0 => {
                notes.last += 1;
                notes.last
            }
            replaces => replaces,
        };
        let placeholder = hints
            .remove("x-kde-reply-placeholder-text")
            .and_then(|text| String::try_from(text).ok())
            .unwrap_or_default();
        notes.now.retain(|note| note.id != id);
        notes.now.push(Asked { id, summary, body, actions, placeholder });
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        held(&self.0).now.retain(|note| note.id != id);
        // By a call of the program.
        Ok(Self::notification_closed(&emitter, id, 3).await?)
    }

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn activation_token(
        emitter: &SignalEmitter<'_>,
        id: u32,
        token: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str)
    -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_replied(
        emitter: &SignalEmitter<'_>,
        id: u32,
        text: &str,
    ) -> zbus::Result<()>;
}

pub(crate) async fn start(bus: &Bus) -> Result<Inline> {
    let (notes, gate) = (Notes::default(), Gate::default());
    let connection = zbus::connection::Builder::address(bus.address.as_str())?
        .serve_at(PATH, Server(notes.clone(), gate.clone()))?
        .name(NAME)?
        .build()
        .await
        .context("the notification server does not get its name")?;
    Ok(Inline { connection, notes, gate })
}

impl Inline {
    /// What was asked for and not taken back, oldest first.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        held(&self.notes).now.clone()
    }

    /// A person writes an answer into a notification, and sends it.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn reply(&self, id: u32, text: &str) -> Result<()> {
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Ok(Server::notification_replied(&emitter, id, text).await?)
    }
    /// A person clicks on a notification, for which the window system gave this token.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn click(&self, id: u32, token: &str) -> Result<()> {
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Server::activation_token(&emitter, id, token).await?;
        Ok(Server::action_invoked(&emitter, id, "default").await?)
    }

    /// The time of a notification is over.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn expire(&self, id: u32) -> Result<()> {
        held(&self.notes).now.retain(|note| note.id != id);
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Ok(Server::notification_closed(&emitter, id, 1).await?)
    }

    /// Until it is dropped, whoever asks for a notification waits for the answer.
    pub async fn hold(&self) -> impl Drop + use<> {
        self.gate.clone().write_owned().await
    }
}
