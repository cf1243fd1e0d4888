//! The notification decision: one pure function, and its reason in the open.
//!
//! *Seen* is a focused window with the message in view. A focused window on another room still
//! notifies; so does this room while its end is scrolled out of sight. Whoever says that they are
//! away is notified as everybody is: that is what one has a telephone for.

use homing_protocol::{RoomKind, Seq};

use crate::dto::{NotifyLevel, QuietHours, Status, Why};
use crate::hours::Local;

/// What happened in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Somebody else wrote.
    Message {
        /// The room's kind.
        kind: RoomKind,
        /// The message names the person.
        mentions_me: bool,
        /// It happened while connected, not before.
        live: bool,
        /// Its place in the room.
        seq: Seq,
        /// How far the person has read there, on any device.
        read: Seq,
    },
    /// The person read, here or elsewhere, or changed what they want of the room.
    Changed {
        /// How far they have read.
        read: Seq,
        /// So many messages are left.
        unread: u32,
    },
    /// The person came to look.
    Looked,
    /// The person is not in the room any more.
    Left,
}

/// What the person wants, as far as this room goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules<'a> {
    /// What notifies where nothing else is said.
    pub everywhere: NotifyLevel,
    /// What is said for this room.
    pub room: Option<NotifyLevel>,
    /// The room is muted now.
    pub muted: bool,
    /// Nothing notifies until then, in milliseconds since 1970.
    pub paused_until: i64,
    /// Nothing notifies at these times.
    pub hours: &'a QuietHours,
    /// When it is.
    pub now: Moment,
}

/// A time, for the machine and for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// In milliseconds since 1970.
    pub ms: i64,
    /// Where the person is.
    pub local: Local,
}

/// Where the person looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Not at a window of ours.
    Away,
    /// At one, but not at the end of this room.
    Elsewhere,
    /// At the end of this room.
    Here,
}

/// What the desktop shows of the room already, alone or among what was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// So many messages.
    pub messages: u32,
    /// The newest of them.
    pub up_to: Seq,
}

/// What to do about the room's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Show one.
    Show,
    /// Count the message in the one that is shown.
    Update,
    /// Take it back.
    Withdraw,
    /// Nothing.
    Nothing,
}

/// What to do, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub act: Act,
    /// Why. [`Why::CaughtUp`]: not by itself, but in the one notification for all that was missed.
    pub why: Why,
}

/// Decides. The first reason against a notification that applies wins, the nearest first: seen, then
/// what is said for the room, then what is said for all. So the answer to "why was I not
/// notified?" is the one the person can do something about.
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
    /// What the person said against a notification, `to_me` if the message is meant for them.
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
