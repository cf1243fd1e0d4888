//! What the interface asks with and what it gets back, beyond what the engine itself shows
//! ([`homing_engine::view`]).

use homing_engine::view::Overview;
use homing_protocol::http::Device;
use homing_protocol::{Cid, DeviceId, Role, RoomId, RoomKind, Seq, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the interface shows apart from timelines.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AppView {
    /// The version of this program.
    pub version: String,
    /// The name of the profile, if it is not the default one.
    pub profile: Option<String>,
    /// Each space this device is in, in order of joining.
    pub spaces: Vec<Overview>,
    /// Spaces that are on this device and can't be opened.
    pub unreadable: Vec<Unreadable>,
    /// What the person chose.
    pub settings: Settings,
    /// How it stands with the keyring.
    pub keyring: Keyring,
    /// The space whose server runs inside this program, if one does.
    pub hosting: Option<Hosting>,
    /// What a click, a link or a second start asks to be shown.
    pub open: Option<Open>,
}

/// A space whose database can't be opened. It is left as it is, with everything queued in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unreadable {
    /// Which.
    pub space: SpaceId,
    /// Why, in English.
    pub text: String,
}

/// What the person chose for this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// Words.
    pub language: Language,
    /// Space between lines.
    pub density: Density,
    /// Enter sends and Shift+Enter breaks the line; the other way round if false.
    pub enter_sends: bool,
    /// Own messages stand at the far side, in bubbles.
    pub bubbles: bool,
    /// What raises a notification.
    pub notify: NotifyLevel,
    /// A notification shows the beginning of the message.
    pub notify_preview: bool,
    /// Closing the window leaves the program in the tray.
    pub close_to_tray: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            density: Density::Comfortable,
            enter_sends: true,
            bubbles: true,
            notify: NotifyLevel::All,
            notify_preview: true,
            close_to_tray: true,
        }
    }
}

/// Colours of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the operating system has it.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// Space between lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// For reading.
    #[default]
    Comfortable,
    /// For seeing much.
    Compact,
}

/// What raises a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotifyLevel {
    /// Every message that is not seen.
    #[default]
    All,
    /// Direct messages and mentions.
    Mentions,
    /// Nothing.
    Nothing,
}

/// How it stands with the operating system's keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Keyring {
    /// Not asked yet.
    Untried,
    /// It does what it is asked.
    Working,
    /// It is there and locked.
    Locked,
    /// This system has none.
    Absent,
    /// Access was denied.
    Denied,
    /// It no longer has the secret that was written to it.
    Changed,
    /// It did not answer in time.
    TimedOut,
    /// Something else.
    Failed {
        /// In the keyring's own words.
        text: String,
    },
}

/// The server inside this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Hosting {
    /// The space it hosts.
    pub space: SpaceId,
    /// Where others reach it: `host:port`.
    pub address: String,
}

/// What to bring before the person's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Open {
    /// A room, and a message in it.
    Room {
        /// In which space.
        space: SpaceId,
        /// Which.
        room: RoomId,
        /// The row to show, by key.
        key: Option<String>,
    },
    /// The welcome screen with this join link filled in.
    Link {
        /// The link.
        link: String,
    },
    /// Settings.
    Settings,
}

/// Names a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SpaceArgs {
    /// Which.
    pub space: SpaceId,
}

/// Names a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RoomArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
}

/// No arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
pub struct Nothing {}

/// A join link to look into.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InspectLink {
    /// As pasted.
    pub link: String,
}

/// What a join link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LinkPreview {
    /// What the space is called.
    pub space_name: String,
    /// Who invites.
    pub invited_by: Option<String>,
    /// What the new member will be.
    pub role: Role,
    /// `host:port` of the server.
    pub address: String,
    /// The certificate is the one that the link names.
    pub pinned: bool,
}

/// Comes into a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Join {
    /// The join link.
    pub link: String,
    /// The nickname wanted.
    pub name: String,
    /// To sign in with on further devices.
    pub password: Option<String>,
    /// Names this attempt; the same one for a retry, so that nobody joins twice.
    pub attempt: Cid,
    /// Keep the token in memory only: for a system without a keyring.
    pub session_only: bool,
}

/// Comes into a space as the member that one already is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SignIn {
    /// `host`, `host:port`, or any join link of the space.
    pub address: String,
    /// Nickname.
    pub name: String,
    /// Password.
    pub password: String,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// Starts a space on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct StartSpace {
    /// What to call it.
    pub space_name: String,
    /// The nickname of its owner.
    pub name: String,
    /// Names this attempt, as for joining.
    pub attempt: Cid,
    /// Keep the token in memory only.
    pub session_only: bool,
}

/// The space that was come into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Entered {
    /// Which.
    pub space: SpaceId,
}

/// Writes a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SendMessage {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// What it says.
    pub text: String,
    /// Whom it names.
    pub mentions: Vec<UserId>,
}

/// Names a message of one's own that is not on the server yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct QueuedArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub cid: Cid,
}

/// A message written to the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// Its name, which is the key of its row.
    pub cid: Cid,
}

/// Writes a queued message anew.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditQueued {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub cid: Cid,
    /// What it says from now on.
    pub text: String,
    /// Whom it names from now on.
    pub mentions: Vec<UserId>,
}

/// Which part of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Part {
    /// The newest rows.
    Latest,
    /// Around the first unread one.
    Unread,
    /// What precedes this place in the log.
    Before {
        /// Its seq.
        seq: Seq,
    },
    /// What follows this place in the log.
    After {
        /// Its seq.
        seq: Seq,
    },
}

/// Asks for rows of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct TimelineArgs {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// Which part.
    pub part: Part,
    /// At most so many rows.
    pub limit: u32,
}

/// Moves the read marker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MarkRead {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// Up to here.
    pub seq: Seq,
}

/// Keeps unsent text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SaveDraft {
    /// In which space.
    pub space: SpaceId,
    /// Of which room.
    pub room: RoomId,
    /// The text; empty removes it.
    pub text: String,
}

/// Mutes a room, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MuteRoom {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// From now on.
    pub muted: bool,
}

/// Makes a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct CreateRoom {
    /// In which space.
    pub space: SpaceId,
    /// Public or private.
    pub kind: RoomKind,
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// Who else is in it from the start.
    pub members: Vec<UserId>,
    /// Names this attempt; the same one for a retry.
    pub attempt: Cid,
}

/// Some people in a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct OpenDirect {
    /// In which space.
    pub space: SpaceId,
    /// With whom.
    pub users: Vec<UserId>,
}

/// People to bring into a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddMembers {
    /// In which space.
    pub space: SpaceId,
    /// Into which room.
    pub room: RoomId,
    /// Whom.
    pub users: Vec<UserId>,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct MemberArgs {
    /// In which space.
    pub space: SpaceId,
    /// In which room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
}

/// A room that is now there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RoomOpened {
    /// Which.
    pub room: RoomId,
}

/// Asks for a join link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InviteArgs {
    /// Into which space.
    pub space: SpaceId,
    /// What the new members will be.
    pub role: Role,
    /// How many may use it; none: any number.
    pub uses: Option<u32>,
    /// For how long, in seconds; none: until it is withdrawn.
    #[ts(type = "number | null")]
    pub lifetime_s: Option<u64>,
}

/// A join link to pass on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Invitation {
    /// The link.
    pub link: String,
}

/// The person's devices in a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceList {
    /// Newest first.
    pub devices: Vec<Device>,
}

/// Names a device of the person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DeviceArgs {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub device: DeviceId,
}

/// Changes the person's own account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct EditMe {
    /// In which space.
    pub space: SpaceId,
    /// A new nickname.
    pub name: Option<String>,
    /// A new password.
    pub password: Option<String>,
}

/// What the person has before their eyes. "Seen" is a focused window with the message in view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
pub struct Look {
    /// The window has the focus.
    pub focused: bool,
    /// The person touched the machine lately.
    pub active: bool,
    /// The room on the screen.
    pub room: Option<LookedAt>,
}

/// The room on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct LookedAt {
    /// In which space.
    pub space: SpaceId,
    /// Which.
    pub room: RoomId,
    /// Its newest rows are in view.
    pub at_end: bool,
}

/// One decision about a notification, for "why was I not notified?".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NotifyDecision {
    /// In which space.
    pub space: SpaceId,
    /// About a message in which room.
    pub room: RoomId,
    /// When, in milliseconds since 1970.
    #[ts(type = "number")]
    pub ts: i64,
    /// A notification was shown.
    pub shown: bool,
    /// Why.
    pub why: Why,
}

/// Why a notification was shown, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A message in a room that notifies of everything.
    Message,
    /// It names the person.
    Mention,
    /// It is a direct message.
    Direct,
    /// It was missed while offline, and is counted in one notification for all of them.
    CaughtUp,
    /// The person was looking at it.
    Seen,
    /// It was read on another device.
    ReadElsewhere,
    /// The room is muted.
    Muted,
    /// Notifications are for mentions only.
    NotMentioned,
    /// Notifications are off.
    TurnedOff,
}
