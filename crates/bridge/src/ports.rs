//! What the bridge asks of the program around it: a desktop to notify on, a server to host with.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use homing_protocol::{RoomId, SpaceId};

use crate::dto::Open;
use crate::error::Failure;

/// Which notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKey {
    /// About a room.
    Room(SpaceId, RoomId),
    /// About all that was missed in a space.
    CaughtUp(SpaceId),
    /// The one that shows that notifications work.
    Test,
}

/// A notification, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub key: NoteKey,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
    /// What a click opens.
    pub open: Option<Open>,
}

/// A room with unread messages, for the tray's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadRoom {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// What to call it.
    pub title: String,
    /// So many.
    pub unread: u32,
}

/// What the badge and the tray show: a pure function of what is in the local database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Unread messages in rooms that are not muted.
    pub messages: u32,
    /// Those that mention the person or are direct.
    pub mentions: u32,
    /// The first few rooms that have some.
    pub rooms: Vec<UnreadRoom>,
}

/// The desktop. None of these may block.
pub trait Desktop: Send + Sync + 'static {
    /// Shows a notification, or replaces the one with the same key.
    fn show(&self, note: Note);
    /// Takes a notification back; nothing happens if it is not there.
    fn withdraw(&self, key: NoteKey);
    /// Sets badge and tray.
    fn unread(&self, unread: Unread);
}

/// A server that this program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// The link its owner joins by, for this computer. `None` once somebody has.
    pub owner_link: Option<String>,
    /// Where others reach it: `host:port`.
    pub address: String,
    /// Its space.
    pub space: SpaceId,
}

/// Runs a server inside this program.
pub trait Host: Send + Sync + 'static {
    /// Starts the server whose files are in `folder`, making it if there is none. `name` is what
    /// to call a new space.
    fn start(
        &self,
        folder: PathBuf,
        name: Option<String>,
    ) -> BoxFuture<'_, Result<Hosted, Failure>>;

    /// Stops it and waits until it has.
    fn stop(&self) -> BoxFuture<'_, ()>;
}
