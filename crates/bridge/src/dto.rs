//! What the interface asks with and what it gets back, beyond what the engine itself shows
//! ([`homing_engine::view`]): a file for each area of commands as in `handlers`, the snapshot in
//! `view`, and what is chosen in `settings`.

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
pub use messages::{EditQueued, EnqueuedMessage, QueuedArgs, SendMessage};
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
pub use timeline::{MarkRead, TimelineArgs, TimelinePart};
pub use updates::{
    InstallUpdate, Update, UpdateChannel, UpdateNews, UpdateStage, UpdateTrouble, UpdateWay,
    UpdateWhen,
};
pub use view::{
    AppView, DesktopCapabilities, DesktopView, Hosting, Open, Rescued, ScrollAnchor, Shortcut,
    Unreadable, UnreadableWhy, ViewState,
};

/// Names a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SpaceArgs {
    /// Which.
    pub space: SpaceId,
}

/// No arguments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, TS)]
pub struct Nothing {}
