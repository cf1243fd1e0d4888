//! The ports of the bridge: a desktop for notifications, an installer for updates, a host for a
//! server.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use homing_protocol::{RoomId, Seq, SpaceId, UserId};

use crate::dto::{Open, Settings, Status};
use crate::error::Failure;
use crate::words::Words;

/// Identifies a notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotificationKey {
    /// Of a room.
    Room(SpaceId, RoomId),
    /// Of everything missed in a space.
    CaughtUp(SpaceId),
    /// Of a reply that could not be queued.
    Unsent(SpaceId, RoomId),
    /// The test notification.
    Test,
}

/// A notification in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesktopNotification {
    /// Replaces an earlier notification with the same key.
    pub key: NotificationKey,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
    /// Label of the click, for screen readers.
    pub click: String,
    /// What a click opens.
    pub open: Option<Open>,
    /// Further actions, where the system supports them.
    pub actions: Option<NotificationActions>,
}

/// The actions on a room's notification, beside opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationActions {
    /// The message they apply to.
    pub about: NotifiedMessage,
    /// Label of the reply action.
    pub reply: String,
    /// Placeholder of the reply field.
    pub write: String,
    /// Label of the action that marks as read.
    pub mark_read: String,
}

/// The message that a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifiedMessage {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// Its position there.
    pub seq: Seq,
    /// The key of its row.
    pub key: String,
}

/// The person's action on a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationAction {
    /// Clicked.
    Open(Option<Open>),
    /// Reply in the window, because the system has no field for it.
    Compose(NotifiedMessage),
    /// Replied.
    Reply(NotifiedMessage, String),
    /// Marked as read.
    Read(NotifiedMessage),
}

impl NotificationAction {
    /// Whether the window has to be shown.
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
    /// The room.
    pub room: RoomId,
    /// Its title.
    pub title: String,
    /// Number of unread messages.
    pub unread: u32,
}

/// The unread counts, a pure function of the local database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Unread messages in rooms that are not muted.
    pub messages: u32,
    /// Mentions and direct messages among them.
    pub mentions: u32,
    /// The first few rooms with unread messages.
    pub rooms: Vec<UnreadRoom>,
}

/// The connections of all spaces taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverallConnection {
    /// Every space is connected.
    All,
    /// Some are.
    Some {
        /// So many are.
        spaces: usize,
        /// Of so many.
        of: usize,
    },
    /// None is, and one is connecting.
    Connecting,
    /// None is; a retry is scheduled.
    Offline,
    /// None is, because the person went offline.
    Stopped,
    /// None is, and none will be until the person acts.
    Refused,
}

/// What badge and tray show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayState {
    /// The language.
    pub words: Words,
    /// The unread counts.
    pub unread: Unread,
    /// The connections; none if this device is in no space.
    pub connected: Option<OverallConnection>,
    /// Messages that are not on a server yet.
    pub unsent: u32,
    /// The person's status, if it is the same in every space.
    pub status: Option<Status>,
    /// The local time until which notifications are paused.
    pub paused: Option<String>,
}

/// The desktop. No method may block.
pub trait Desktop: Send + Sync + 'static {
    /// Shows a notification, or replaces the one with the same key.
    fn show(&self, note: DesktopNotification);
    /// Withdraws a notification, if it is there.
    fn withdraw(&self, key: NotificationKey);
    /// Updates badge and tray.
    fn set_tray_state(&self, state: TrayState);
    /// The settings changed. The desktop reports the result with [`App::desktop`].
    ///
    /// [`App::desktop`]: crate::app::App::desktop
    fn settings_changed(&self, settings: &Settings) {
        _ = settings;
    }
    /// Ends the program.
    fn quit(&self);
}

/// What follows the installation of a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterInstall {
    /// Start it.
    Start,
    /// Nothing: the person has quit.
    End,
}

/// Installs a new version of this program.
pub trait Installer: Send + Sync + 'static {
    /// Replaces the installed version by the downloaded file, or has the system's installer do it.
    /// The running program continues unless that installer ends it, which is why the installer is
    /// told what follows. Fails with a text for the person.
    fn install(&self, file: PathBuf, then: AfterInstall) -> BoxFuture<'_, Result<(), String>>;

    /// Quits and starts the installed version.
    fn restart(&self);
}

/// A server hosted by this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// The owner's join link for this computer. `None` once it has been used.
    pub owner_link: Option<String>,
    /// The address at which others reach it: `host:port`.
    pub address: String,
    /// Its space.
    pub space: SpaceId,
}

/// The people connected to the hosted server, without the person at this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedPeople {
    /// The space's name.
    pub space_name: String,
    /// Number of people, on any number of devices.
    pub people: u32,
}

/// Runs a server inside this program.
pub trait Host: Send + Sync + 'static {
    /// Starts the server whose files are in `folder` and creates them if there are none. `name` is
    /// the name of a new space.
    fn start(
        &self,
        folder: PathBuf,
        name: Option<String>,
    ) -> BoxFuture<'_, Result<Hosted, Failure>>;

    /// The people with a live connection, without `me`. None if the server does not run.
    fn others(&self, me: Option<UserId>) -> BoxFuture<'_, Option<ConnectedPeople>>;

    /// Stops it and waits until it has stopped.
    fn stop(&self) -> BoxFuture<'_, ()>;
}
