//! What the bridge asks of the program around it: a desktop to notify on, a server to host with.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use homing_protocol::{RoomId, Seq, SpaceId, UserId};

use crate::dto::{Open, Settings, Status};
use crate::error::Failure;
use crate::words::Words;

/// Which notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotificationKey {
    /// About a room.
    Room(SpaceId, RoomId),
    /// About all that was missed in a space.
    CaughtUp(SpaceId),
    /// About an answer in a room that could not be taken.
    Unsent(SpaceId, RoomId),
    /// The one that shows that notifications work.
    Test,
}

/// A notification, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopNotification {
    /// Which.
    pub key: NotificationKey,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
    /// What a click is called, for who hears the screen.
    pub click: String,
    /// What a click opens.
    pub open: Option<Open>,
    /// What else can be done with it, where the system has such.
    pub actions: Option<NotificationActions>,
}

/// What can be done with a notification about a room, beside opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationActions {
    /// To what it is done.
    pub about: NotifiedMessage,
    /// What an answer is called.
    pub reply: String,
    /// What stands in the empty field for it.
    pub write: String,
    /// What marking as read is called.
    pub mark_read: String,
}

/// The message that a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifiedMessage {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// Its place there.
    pub seq: Seq,
    /// Its row.
    pub key: String,
}

/// What a person did with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationAction {
    /// Clicked it.
    Open(Option<Open>),
    /// Wants to write an answer, which the system has no field for.
    Compose(NotifiedMessage),
    /// Wrote an answer.
    Reply(NotifiedMessage, String),
    /// Marked it as read.
    Read(NotifiedMessage),
}

impl NotificationAction {
    /// The person goes on in the window.
    #[must_use]
    pub const fn wants_window(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Compose(_))
    }
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

/// What is unread: a pure function of what is in the local database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Unread messages in rooms that are not muted.
    pub messages: u32,
    /// Those that mention the person or are direct.
    pub mentions: u32,
    /// The first few rooms that have some.
    pub rooms: Vec<UnreadRoom>,
}

/// How it stands with the connections of all spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverallConnection {
    /// Each has its own.
    All,
    /// Some have.
    Some {
        /// So many have one.
        spaces: usize,
        /// Of so many.
        of: usize,
    },
    /// None has, and one is being made.
    Connecting,
    /// None has; it is tried again.
    Offline,
    /// None has, by the person's own choice.
    Stopped,
    /// None has, and none will without the person.
    Refused,
}

/// What badge and tray show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayState {
    /// In which language.
    pub words: Words,
    /// What is unread.
    pub unread: Unread,
    /// How it stands with the connections; none: this device is in no space, so that nothing can be
    /// said there.
    pub connected: Option<OverallConnection>,
    /// Messages that are not on a server yet.
    pub unsent: u32,
    /// What the person says of themselves, if that is the same in every space.
    pub status: Option<Status>,
    /// Until when notifications are paused, by the clock on the wall.
    pub paused: Option<String>,
}

/// The desktop. None of these may block.
pub trait Desktop: Send + Sync + 'static {
    /// Shows a notification, or replaces the one with the same key.
    fn show(&self, note: DesktopNotification);
    /// Takes a notification back; nothing happens if it is not there.
    fn withdraw(&self, key: NotificationKey);
    /// Sets badge and tray.
    fn glance(&self, glance: TrayState);
    /// The person chose otherwise. What becomes of it is told with [`App::desktop`].
    ///
    /// [`App::desktop`]: crate::app::App::desktop
    fn chosen(&self, settings: &Settings) {
        _ = settings;
    }
    /// Ends the program: the person has decided so.
    fn quit(&self);
}

/// What comes after a new version was put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterInstall {
    /// It is started.
    Start,
    /// Nothing: the person has quit.
    End,
}

/// Puts a new version of this program in place.
pub trait Installer: Send + Sync + 'static {
    /// Replaces what is installed by what was fetched, or has the system's installer do it. What runs
    /// goes on running, unless that installer ends it; so it has to know what comes then. Fails with
    /// words for the person.
    fn install(&self, file: PathBuf, then: AfterInstall) -> BoxFuture<'_, Result<(), String>>;

    /// Quits, and starts what is installed now.
    fn restart(&self);
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

/// Who is connected to a server that this program runs, beside the person at this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedPeople {
    /// What its space is called.
    pub space_name: String,
    /// So many people, on however many devices.
    pub people: u32,
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

    /// The people with a live connection to it, but for `me`. None if it does not run.
    fn others(&self, me: Option<UserId>) -> BoxFuture<'_, Option<ConnectedPeople>>;

    /// Stops it and waits until it has.
    fn stop(&self) -> BoxFuture<'_, ()>;
}
