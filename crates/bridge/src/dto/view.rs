//! What the interface shows, apart from timelines: the snapshot that each window begins with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use homing_engine::session::Recovery;
use homing_engine::store::StoreError;
use homing_engine::view::Overview;
use homing_protocol::{RoomId, Seq, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Keyring, Sealed, Settings, Update};

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
    pub standing: Option<ViewState>,
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

/// What became of what the person chose for the desktop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct DesktopView {
    /// How it stands with the shortcut that brings the window.
    pub shortcut: Shortcut,
    /// Why the program can't be started with the session, in the system's words.
    pub autostart_failed: Option<String>,
    /// How the window of this run is drawn; another choice holds from the next start.
    pub safe_graphics: bool,
    /// What this desktop can do at all.
    pub can: DesktopCapabilities,
}

/// What a desktop can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct DesktopCapabilities {
    /// Start the program with the session.
    pub autostart: bool,
    /// Draw without the graphics card, where there is one.
    pub safe_graphics: bool,
    /// Zoom the window.
    pub zoom: bool,
    /// Bring the window by keys.
    pub shortcut: bool,
}

/// How it stands with the shortcut that brings the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Shortcut {
    /// None is wanted.
    #[default]
    Off,
    /// It brings the window.
    Works,
    /// Another program has these keys.
    Taken,
    /// This desktop gives no keys to programs.
    Unsupported,
    /// Something else.
    Failed {
        /// In the system's words.
        text: String,
    },
}

/// A space whose database can't be opened. It is left as it is, with everything queued in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unreadable {
    /// Which.
    pub space: SpaceId,
    /// Why.
    pub why: UnreadableWhy,
    /// The same in English, for "details".
    pub text: String,
}

/// Why a space can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UnreadableWhy {
    /// A newer version of this program wrote it.
    Newer,
    /// The disk is full.
    Full,
    /// Another program uses it.
    Busy,
    /// It is damaged, and nothing says who this device is.
    Damaged,
    /// Anything else.
    Failed,
}

impl UnreadableWhy {
    pub(crate) const fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Newer { .. } => Self::Newer,
            StoreError::Full => Self::Full,
            StoreError::Busy => Self::Busy,
            StoreError::Corrupt(_) | StoreError::Failing(_) => Self::Damaged,
            _ => Self::Failed,
        }
    }
}

/// What became of a damaged space, until the person has read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Rescued {
    /// Which.
    pub space: SpaceId,
    /// What it is called.
    pub name: String,
    /// Messages that were not sent yet and still will be.
    pub queued: usize,
    /// Drafts, read markers and mutes that were not at the server yet.
    pub unsaved: usize,
    /// Messages that were not sent yet and can't be read.
    pub unreadable: usize,
    /// There may have been more than is known of.
    pub unsure: bool,
    /// Where the damaged files are.
    pub aside: PathBuf,
}

impl From<Recovery> for Rescued {
    fn from(rescue: Recovery) -> Self {
        let Recovery { space, name, queued, unsaved, unreadable, whole, aside, .. } = rescue;
        Self { space, name, queued, unsaved, unreadable, unsure: !whole, aside }
    }
}

/// Where the window stands, so that one built anew stands there too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ViewState {
    /// The space before the person's eyes.
    pub space: SpaceId,
    /// The last room of each space.
    pub rooms: BTreeMap<SpaceId, RoomId>,
    /// What is at the upper edge of the room; none at its end.
    pub anchor: Option<ScrollAnchor>,
}

/// A row, and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScrollAnchor {
    /// In which room.
    pub room: RoomId,
    /// The row's key.
    pub key: String,
    /// Where it is in the log, to read the rows around it.
    pub seq: Seq,
    /// Pixels from the upper edge down to the row; less than none for a row that is cut off there.
    /// Rows have heights between whole pixels.
    pub offset: f64,
}
