//! The notification decision: one pure function that also returns its reason.
//!
//! *Seen* means a focused window with the message in view. A focused window on another room still
//! notifies, and so does this room while its end is scrolled out of view. The status "away" does
//! not silence notifications: other devices of the person may show them.

use homing_protocol::{RoomKind, Seq};

use crate::dto::{NotifyLevel, QuietHours, Status, Why};
use crate::hours::Local;

/// An event in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody else's message.
    Message {
        /// The room's kind.
        kind: RoomKind,
        /// The message names the person.
        mentions_me: bool,
        /// It arrived while connected.
        live: bool,
        /// Its position in the room.
        seq: Seq,
        /// The read marker, of any device.
        read: Seq,
    },
    /// The read marker or the room's notification settings changed.
    Changed {
        /// The read marker.
        read: Seq,
        /// Unread messages left.
        unread: u32,
    },
    /// The person looks at the room.
    Looked,
    /// The person is no longer in the room.
    Left,
}

/// The settings that apply to this room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// The general level.
    pub everywhere: NotifyLevel,
    /// The room's own level.
    pub room: Option<NotifyLevel>,
    /// The room is muted now.
    pub muted: bool,
    /// Notifications are paused until then, in milliseconds since 1970.
    pub paused_until: i64,
    /// The quiet hours.
    pub hours: &'a QuietHours,
    /// The current time.
    pub now: Moment,
}

/// A moment, absolute and local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In milliseconds since 1970.
    pub ms: i64,
    /// Where the person is.
    pub local: Local,
}

/// The viewer's focus, seen from one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// No window is focused.
    Away,
    /// A window is focused, but does not show the end of this room.
    Elsewhere,
    /// The end of this room is visible.
    Here,
}

/// What the room's notification shows already, its own or its part in the shared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Number of messages.
    pub messages: u32,
    /// The newest of them.
    pub up_to: Seq,
}

/// What to do about the room's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Show one.
    Show,
    /// Add the message to the one that is shown.
    Update,
    /// Withdraw it.
    Withdraw,
    /// Nothing.
    Nothing,
}

/// The decision and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The action.
    pub act: Act,
    /// The reason. [`Why::CaughtUp`] means: not by itself, but in the shared notification for
    /// everything missed.
    pub why: Why,
}

/// Decides. Of the reasons against a notification the nearest wins: seen, then the room's settings,
/// then the general ones. That is the reason the person can do something about.
#[must_use]
pub fn decide(
    event: Event,
    rules: Rules<'_>,
    focus: Focus,
    presence: Status,
    already_shown: Option<Shown>,
) -> Decision {
    match event {
        Event::Message { kind, mentions_me, live, seq, read } => {
            let to_me = mentions_me || kind == RoomKind::Direct;
            let against = if focus == Focus::Here {
                Some(Why::Seen)
            } else if seq <= read {
                Some(Why::ReadElsewhere)
            } else {
                rules.against(to_me, presence)
            };
            if let Some(why) = against {
                return Decision { act: Act::Nothing, why };
            }
            let why = match (live, mentions_me, kind) {
                (false, ..) => Why::CaughtUp,
                (true, true, _) => Why::Mention,
                (true, false, RoomKind::Direct) => Why::Direct,
                (true, false, _) => Why::Message,
            };
            let act = if already_shown.is_some() { Act::Update } else { Act::Show };
            Decision { act, why }
        }
        Event::Changed { read, unread } => {
            let done = already_shown.is_some_and(|shown| shown.up_to <= read) || unread == 0;
            let why = if rules.muted && !done { Why::Muted } else { Why::ReadElsewhere };
            withdraw(already_shown.is_some() && (done || rules.muted), why)
        }
        Event::Looked => withdraw(already_shown.is_some() && focus == Focus::Here, Why::Seen),
        Event::Left => withdraw(already_shown.is_some(), Why::Left),
    }
}

const fn withdraw(really: bool, why: Why) -> Decision {
    Decision { act: if really { Act::Withdraw } else { Act::Nothing }, why }
}

impl Rules<'_> {
    /// The setting that speaks against a notification; `to_me` if the message is meant for the
    /// person.
    fn against(&self, to_me: bool, presence: Status) -> Option<Why> {
        let level = self.room.unwrap_or(self.everywhere);
        let (off, not_mentioned) = match self.room {
            Some(_) => (Why::RoomTurnedOff, Why::RoomNotMentioned),
            None => (Why::TurnedOff, Why::NotMentioned),
        };
        if self.muted {
            Some(Why::Muted)
        } else if level == NotifyLevel::Nothing {
            Some(off)
        } else if level == NotifyLevel::Mentions && !to_me {
            Some(not_mentioned)
        } else if presence == Status::Quiet {
            Some(Why::DoNotDisturb)
        } else if self.is_paused() {
            Some(Why::Paused)
        } else if self.hours.hold(self.now.local) {
            Some(Why::QuietHours)
        } else {
            None
        }
    }

    fn is_paused(&self) -> bool {
        self.now.ms < self.paused_until
    }
}

#[cfg(test)]
mod tests;
