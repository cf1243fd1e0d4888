//! Arguments and results of the commands: a file for each area as in `handlers`, the view of the
//! application in `view`, and the settings in `settings`. The view of a space is the engine's
//! ([`homing_engine::view`]).

#![expect(missing_docs, reason = "the names of most fields and variants say what they are")]

use homing_protocol::SpaceId;
use serde::Deserialize;
use ts_rs::TS;

mod app;
mod connection;
mod keeping;
mod messages;
mod network;
mod people;
mod rooms;
mod session;
mod settings;
mod timeline;
mod updates;
mod view;

pub use app::{NotifyDecision, PolicyVerdict, SetStatus, ViewerFocus, VisibleRoom, Why};
pub use connection::{Examination, FrameArgs, FrameText, ReportArgs, ReportText, SavedFile};
pub use homing_engine::view::{NotifyLevel, Status};
pub use keeping::{ChangePassphrase, Keyring, Passphrase, PassphraseArgs, Sealed};
pub use messages::{EnqueuedMessage, MessageArgs, MessageLinkText, QueuedArgs, Write};
pub use network::{
    AddAuthority, ProxyPassword, RenewLink, ServerArgs, ServerTrust, SetNetwork, TestNetwork,
};
pub use people::{
    DeviceArgs, DeviceLink, DeviceList, EditMe, Invitation, InviteArgs, Qr, RenameDevice,
    RenameSpace, SignInAddress,
};
pub use rooms::{
    AddMembers, CreateRoom, MemberArgs, MuteRoom, NotifyRoom, OpenDirect, RoomArgs, RoomOpened,
    SaveDraft,
};
pub use session::{
    ComesAs, InspectLink, Join, JoinedSpace, LinkByCode, LinkDevice, LinkPreview, SignIn,
    StartSpace,
};
pub use settings::{Density, Graphics, Language, QuietHours, Settings, Theme, ZOOM};
pub use timeline::{MarkRead, MarkUnread, TimelineArgs, TimelinePart};
pub use updates::{
    InstallUpdate, Update, UpdateChannel, UpdateNews, UpdateStage, UpdateTrouble, UpdateWay,
    UpdateWhen,
};
pub use view::{
    AppView, DesktopCapabilities, DesktopView, EmojiUse, Hosting, Open, RECENT_EMOJI, Rescued,
    ScrollAnchor, Shortcut, Unreadable, UnreadableWhy, ViewState,
};

/// Arguments: a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SpaceArgs {
    pub space: SpaceId,
}

/// No arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
pub struct Nothing {}
