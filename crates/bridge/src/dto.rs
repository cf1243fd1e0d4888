//! What the interface asks with and what it gets back, beyond what the engine itself shows
//! ([`homing_engine::view`]).

use homing_engine::Patience;
use homing_engine::net::settings::Network;
use homing_engine::patience::{Misfit, Rule};
use homing_engine::view::Overview;
use homing_protocol::http::Device;
use homing_protocol::{Cid, DeviceId, Role, RoomId, RoomKind, Seq, SpaceId, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod desktop;
mod devices;
mod keeping;
mod looking;
mod network;
mod quiet;
mod standing;
mod updates;

pub use desktop::{Can, DesktopView, Graphics, Shortcut, ZOOM};
pub use devices::{
    ComesAs, DeviceLink, LinkDevice, LinkPreview, Qr, RenameDevice, Rescued, SignInAddress,
    Unreadable, UnreadableWhy,
};
pub use keeping::{ChangePassphrase, Keyring, Passphrase, PassphraseArgs, Sealed};
pub use looking::{Examination, FrameArgs, FrameText, ReportArgs, ReportText, SavedFile};
pub use network::{
    AddAuthority, ProxyPassword, RenewLink, ServerArgs, ServerTrust, SetNetwork, TestNetwork,
};
pub use quiet::{
    MuteRoom, NotifyDecision, NotifyLevel, NotifyRoom, QuietHours, SetStatus, Status, Why,
};
pub use standing::{Anchor, Standing};
pub use updates::{
    InstallUpdate, Update, UpdateChannel, UpdateNews, UpdateStage, UpdateTrouble, UpdateWay,
    UpdateWhen,
};

/// Everything the interface shows apart from timelines.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AppView {
    /// The version of this program.
    pub version: String,
    /// The name of the profile, if it is not the default one.
    pub profile: Option<String>,
    /// What the operating system calls the person, to be offered as a name.
    pub full_name: Option<String>,
    /// Each space this device is in, in order of joining.
    pub spaces: Vec<Overview>,
    /// Spaces that are on this device and can't be opened.
    pub unreadable: Vec<Unreadable>,
    /// Spaces that were damaged and built anew, until the person has read of it.
    pub rescued: Vec<Rescued>,
    /// What the person chose.
    pub settings: Settings,
    /// How it stands with the keyring.
    pub keyring: Keyring,
    /// How it stands with the file behind a passphrase.
    pub sealed: Sealed,
    /// The space whose server runs inside this program, if one does.
    pub hosting: Option<Hosting>,
    /// How it stands with new versions of this program.
    pub update: Update,
    /// What a click, a link or a second start asks to be shown.
    pub open: Option<Open>,
    /// What the desktop does for the program.
    pub desktop: DesktopView,
    /// Where the last window stood.
    pub standing: Option<Standing>,
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
    /// No notifications until then, in milliseconds since 1970.
    #[ts(type = "number")]
    pub notify_paused_until: i64,
    /// No notifications at these times.
    pub quiet_hours: QuietHours,
    /// Closing the window leaves the program in the tray.
    pub close_to_tray: bool,
    /// How large everything is, in percent.
    pub zoom: u16,
    /// Words are checked for their spelling while they are written.
    pub spell_check: bool,
    /// The keys that bring the window from anywhere, such as `Ctrl+Alt+KeyH`.
    pub shortcut: Option<String>,
    /// The program starts with the session, in the tray.
    pub autostart: bool,
    /// How the window is drawn.
    pub graphics: Graphics,
    /// Spaces that neither notify nor count.
    pub muted_spaces: Vec<SpaceId>,
    /// How patient connections are.
    pub patience: Patience,
    /// How servers are reached. Changed by `set_network` only.
    pub network: Network,
    /// Which new versions are announced.
    pub update_channel: UpdateChannel,
    /// Look for new versions once a day.
    pub update_check: bool,
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
            notify_paused_until: 0,
            quiet_hours: QuietHours::default(),
            close_to_tray: true,
            zoom: 100,
            spell_check: true,
            shortcut: None,
            autostart: false,
            graphics: Graphics::Usual,
            muted_spaces: Vec::new(),
            patience: Patience::default(),
            network: Network::default(),
            update_channel: UpdateChannel::Stable,
            update_check: true,
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
        /// And the person wants to write there.
        #[serde(default)]
        compose: bool,
    },
    /// The welcome screen with this link filled in.
    Link {
        /// The link.
        link: String,
    },
    /// Settings.
    Settings,
    /// The question whether to quit though others are connected to the space that this program hosts.
    Quit {
        /// What that space is called.
        space_name: String,
        /// So many people are.
        people: u32,
    },
}

/// Names a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SpaceArgs {
    /// Which.
    pub space: SpaceId,
}

/// Gives a space another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RenameSpace {
    /// Which.
    pub space: SpaceId,
    /// What to call it.
    pub name: String,
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

/// A link to look into.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct InspectLink {
    /// As pasted.
    pub link: String,
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
    /// `host`, `host:port`, or any link of the space.
    pub address: String,
    /// The self-made certificate that the person decided to trust, where the address names none.
    pub fingerprint: Option<String>,
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
    /// What stood before the person's eyes as the draft, or as the other one that was offered and
    /// that they took or left; empty if nothing. What can't have been seen is kept and offered.
    pub seen: String,
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
    /// For how long, in seconds; none: for ever.
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
    /// The password until now, which a new one needs if there is one.
    pub current_password: Option<String>,
    /// With a new password, signs out the person's other devices.
    pub sign_out_others: bool,
}

/// What is to be said of figures for the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PatienceVerdict {
    /// Those that can't be, with what is allowed. None: they can be kept.
    pub misfits: Vec<Misfit>,
    /// What each may be, and what it is if nothing is chosen.
    pub rules: Vec<Rule>,
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
