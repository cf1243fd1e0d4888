//! Native notifications: one a key, replaced and not stacked, with a click action, a reply and a
//! button that marks as read.
//!
//! The framework's own plugin supports no click on a desktop, so the notifier is ours, one file a
//! system. The bridge decides what is shown and when.

use homing_bridge::dto::Open;
use homing_bridge::ports::{NotificationAction, NotificationActions, NotificationKey};

#[cfg(target_os = "linux")]
#[path = "notifications/linux.rs"]
mod os;
#[cfg(not(target_os = "linux"))]
#[path = "notifications/portable.rs"]
mod os;

pub(crate) use os::run;

use crate::sanitize;

/// The desktop entry of this program, by which desktops assign notifications and badges.
#[cfg(target_os = "linux")]
pub(crate) const DESKTOP_ENTRY: &str = "homing-desktop";

/// Identifies a notification. A newer one with the same key replaces the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// From the bridge.
    Bridge(NotificationKey),
    /// About the window itself.
    Window,
}

/// The content of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// First line.
    pub(crate) title: String,
    /// The rest.
    pub(crate) body: String,
    /// Label of the click, for screen readers.
    pub(crate) click: String,
    /// What a click opens.
    pub(crate) open: Option<Open>,
    /// Further actions.
    pub(crate) actions: Option<NotificationActions>,
}

/// Ids of the actions.
mod action {
    /// A click on the body.
    pub(super) const DEFAULT: &str = "default";
    /// Reply in the window.
    pub(super) const REPLY: &str = "reply";
    /// Mark as read.
    pub(super) const READ: &str = "mark-read";
}

/// The person's action, with the activation token for raising a window if the notification server
/// provides one.
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
    fn sanitized(self) -> Self {
        let line = |text: String| sanitize::line(&text).into_owned();
        Self {
            title: line(self.title),
            body: sanitize::text(&self.body).into_owned(),
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

    /// The action with an id; none for unknown ids.
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

/// A request to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Job {
    /// Show, in place of one with the same key.
    Show(Key, Box<Text>),
    /// Withdraw.
    Withdraw(Key),
}

impl Job {
    /// Sanitizes the texts for every notification server.
    pub(crate) fn sanitized(self) -> Self {
        match self {
            Self::Show(key, text) => Self::Show(key, Box::new(text.sanitized())),
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
        let Job::Show(_, text) = Job::Show(Key::Window, Box::new(text)).sanitized() else {
            panic!()
        };
        let Text { title, body, click, actions: Some(actions), .. } = *text else { panic!() };
        let shown = [title, body, click, actions.reply, actions.write, actions.mark_read];
        assert!(shown.iter().all(|text| text == "a\u{FFFD}b"), "{shown:?}");
        assert_eq!(actions.about, about);
    }
}
