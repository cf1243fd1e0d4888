//! Native notifications: one a key, replaced and not stacked, with a click that opens, an answer and
//! a way to mark as read.
//!
//! The framework's own plugin has no click on a desktop, so the notifier is ours, one file for each
//! way that systems have. What is shown and when is decided in the bridge.

use homing_bridge::dto::Open;
use homing_bridge::ports::{NotificationAction, NotificationActions, NotificationKey};

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "notifications/portable.rs"]
mod os;

pub(crate) use os::run;

use crate::fit;

/// The desktop entry of this program, by which desktops know whose a notification or a badge is.
#[cfg(target_os = "linux")]
pub(crate) const DESKTOP_ENTRY: &str = "homing-desktop";

/// Which notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// One that the bridge decided about.
    Bridge(NotificationKey),
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
    pub(crate) actions: Option<NotificationActions>,
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

/// What a person did, and the window system's leave to bring a window before their eyes for it,
/// where the notification server hands one out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotificationAnswer {
    pub(crate) answer: NotificationAction,
    pub(crate) leave: Option<String>,
}

impl From<NotificationAction> for NotificationAnswer {
    fn from(answer: NotificationAction) -> Self {
        Self { answer, leave: None }
    }
}

impl Text {
    fn fit(self) -> Self {
        let line = |text: String| fit::line(&text).into_owned();
        Self {
            title: line(self.title),
            body: fit::text(&self.body).into_owned(),
            click: line(self.click),
            open: self.open,
            actions: self.actions.map(|NotificationActions { about, reply, write, mark_read }| {
                NotificationActions {
                    about,
                    reply: line(reply),
                    write: line(write),
                    mark_read: line(mark_read),
                }
            }),
        }
    }

    /// What the person did, by the name of what they pressed. What is not ours is nothing.
    fn answer(&self, pressed: &str) -> Option<NotificationAction> {
        let about = || self.actions.as_ref().map(|actions| actions.about.clone());
        match pressed {
            action::DEFAULT => Some(NotificationAction::Open(self.open.clone())),
            action::REPLY => about().map(NotificationAction::Compose),
            action::READ => about().map(NotificationAction::Read),
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

impl Job {
    /// With text that every notification server can be told.
    pub(crate) fn fit(self) -> Self {
        match self {
            Self::Show(key, text) => Self::Show(key, Box::new(text.fit())),
            Self::Withdraw(key) => Self::Withdraw(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_bridge::ports::NotifiedMessage;
    use homing_protocol::Seq;

    #[test]
    fn all_that_is_shown_of_a_notification_is_fit_for_it() {
        let odd = "a\0b".to_owned();
        let space = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let room = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
        let about = NotifiedMessage { space, room, seq: Seq(1), key: "key".into() };
        let actions = NotificationActions {
            about: about.clone(),
            reply: odd.clone(),
            write: odd.clone(),
            mark_read: odd.clone(),
        };
        let (title, body, click) = (odd.clone(), odd.clone(), odd);
        let text = Text { title, body, click, open: None, actions: Some(actions) };
        let Job::Show(_, text) = Job::Show(Key::Window, Box::new(text)).fit() else { panic!() };
        let Text { title, body, click, actions: Some(actions), .. } = *text else { panic!() };
        let shown = [title, body, click, actions.reply, actions.write, actions.mark_read];
        assert!(shown.iter().all(|text| text == "a\u{FFFD}b"), "{shown:?}");
        assert_eq!(actions.about, about);
    }
}
