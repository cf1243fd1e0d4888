//! Native notifications: one a key, replaced and not stacked, with a click that opens, an answer and
//! a way to mark as read.
//!
//! The framework's own plugin has no click on a desktop, so the notifier is ours, one file for each
//! way that systems have. What is shown and when is decided in the bridge.

use homing_bridge::dto::Open;
use homing_bridge::ports::{Actions, Answer, NoteKey};

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "notifications/portable.rs"]
mod os;

pub(crate) use os::run;

/// The desktop entry of this program, by which desktops know whose a notification or a badge is.
#[cfg(target_os = "linux")]
pub(crate) const DESKTOP_ENTRY: &str = "homing-desktop";

/// Which notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// One that the bridge decided about.
    Bridge(NoteKey),
    /// About the window itself.
    Window,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// First line.
    pub(crate) title: String,
    /// The rest.
    pub(crate) body: String,
    /// What a click is called.
    pub(crate) click: String,
    /// What a click opens, beside the window.
    pub(crate) open: Option<Open>,
    /// What else can be done with it.
    pub(crate) actions: Option<Actions>,
}

/// What a button, or a click on the whole, is called where it is told.
mod action {
    /// A click on the body.
    pub(super) const DEFAULT: &str = "default";
    /// An answer that is written in the window.
    pub(super) const REPLY: &str = "reply";
    /// Done with the room.
    pub(super) const READ: &str = "mark-read";
}

impl Text {
    /// What the person did, by the name of what they pressed. What is not ours is nothing.
    fn answer(&self, pressed: &str) -> Option<Answer> {
        let about = || self.actions.as_ref().map(|actions| actions.about.clone());
        match pressed {
            action::DEFAULT => Some(Answer::Open(self.open.clone())),
            action::REPLY => about().map(Answer::Compose),
            action::READ => about().map(Answer::Read),
            _ => None,
        }
    }
}

/// What the system is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Job {
    /// Show it, in place of one with the same key.
    Show(Key, Box<Text>),
    /// Take it back.
    Withdraw(Key),
}
