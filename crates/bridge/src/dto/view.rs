//! The view of the application, except timelines: the snapshot that each window begins with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use homing_engine::session::Recovery;
use homing_engine::store::StoreError;
use homing_engine::view::Overview;
use homing_protocol::{RoomId, Seq, SpaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Keyring, MessageArgs, Sealed, Settings, Update};

/// Everything the interface shows apart from timelines.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AppView {
    /// The version of this program.
    pub version: String,
    /// The name of the profile, if it is not the default one.
    pub profile: Option<String>,
    /// The person's full name as the operating system knows it, offered as a name.
    pub full_name: Option<String>,
    /// Each space this device is in, in order of joining.
    pub spaces: Vec<Overview>,
    /// Spaces on this device that can't be opened.
    pub unreadable: Vec<Unreadable>,
    /// Reports about damaged spaces that were rebuilt, until the person dismisses them.
    pub rescued: Vec<Rescued>,
    pub settings: Settings,
    /// State of the keyring.
    pub keyring: Keyring,
    /// State of the file behind a passphrase.
    pub sealed: Sealed,
    /// The space whose server runs inside this program, if one does.
    pub hosting: Option<Hosting>,
    /// State of the updates.
    pub update: Update,
    /// What a click, a link or a second start of the program opens.
    pub open: Option<Open>,
    pub desktop: DesktopView,
    /// View state of the last window.
    pub standing: Option<ViewState>,
}

/// The server hosted by this program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Hosting {
    /// The space it hosts.
    pub space: SpaceId,
    /// The address at which others reach it: `host:port`.
    pub address: String,
}

/// What to open in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Open {
    /// A room, at a message.
    Room {
        space: SpaceId,
        room: RoomId,
        /// The key of the row to show.
        key: Option<String>,
        /// Focus the composer.
        #[serde(default)]
        compose: bool,
    },
    /// The welcome screen with a link filled in.
    Link {
        link: String,
    },
    /// A message that a link names, wherever it is in its room's log. The space or the room may
    /// not be here.
    Message {
        message: MessageArgs,
    },
    Settings,
    /// The question whether to quit although others are connected to the hosted space.
    Quit {
        /// The hosted space's name.
        space_name: String,
        /// How many people are connected.
        people: u32,
    },
}

/// The desktop's state, as far as the settings concern it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct DesktopView {
    /// State of the shortcut that opens the window.
    pub shortcut: Shortcut,
    /// Why the program can't be started with the session, in the system's words.
    pub autostart_failed: Option<String>,
    /// Whether this window is rendered without the graphics card; a change applies from the next
    /// start.
    pub safe_graphics: bool,
    pub can: DesktopCapabilities,
}

/// What a desktop supports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct DesktopCapabilities {
    /// Starting the program with the session.
    pub autostart: bool,
    /// Rendering without the graphics card.
    pub safe_graphics: bool,
    /// Zooming the window.
    pub zoom: bool,
    /// Opening the window by a global shortcut.
    pub shortcut: bool,
}

/// State of the shortcut that opens the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Shortcut {
    /// No shortcut is set.
    #[default]
    Off,
    Works,
    /// Another program uses these keys.
    Taken,
    /// This desktop supports no global shortcuts.
    Unsupported,
    Failed {
        /// The system's own message.
        text: String,
    },
}

/// A space whose database can't be opened. The database with its queued messages is left unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Unreadable {
    pub space: SpaceId,
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
    /// It is damaged, and the device's identity can't be recovered.
    Damaged,
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

/// The report about a damaged space that was rebuilt, until the person dismisses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Rescued {
    pub space: SpaceId,
    pub name: String,
    /// Unsent messages that will still be sent.
    pub queued: usize,
    /// Drafts, read markers and mutes that had not reached the server.
    pub unsaved: usize,
    /// Unsent messages that can't be read.
    pub unreadable: usize,
    /// There may have been more unsent messages than these.
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

/// The window's view state, restored when the window is built anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ViewState {
    /// The visible space.
    pub space: SpaceId,
    /// The last room of each space.
    pub rooms: BTreeMap<SpaceId, RoomId>,
    /// The scroll position of the visible room; none at its end.
    pub anchor: Option<ScrollAnchor>,
    /// How the person uses emoji. Absent in a file of an older version.
    #[serde(default)]
    pub emoji: EmojiUse,
}

/// The emoji that a person used last, and their skin tone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EmojiUse {
    /// The newest first, at most [`RECENT_EMOJI`].
    pub recent: Vec<String>,
    /// 0 is the neutral one of the picture, then 1 (light) to 5 (dark).
    pub tone: u8,
}

/// Emoji that are remembered: three rows of the picker.
pub const RECENT_EMOJI: usize = 27;

/// A row and its position on the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScrollAnchor {
    pub room: RoomId,
    pub key: String,
    /// Its position in the log, to load the rows around it.
    pub seq: Seq,
    /// Pixels from the upper edge down to the row; negative for a row that is cut off there.
    /// Fractions occur.
    pub offset: f64,
}
