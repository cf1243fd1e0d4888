//! The notification decision: one pure function, and its reason in the open.
//!
//! *Seen* is a focused window with the message in view. A focused window on another room still
//! notifies; so does this room while its end is scrolled out of sight.

use homing_protocol::{RoomKind, Seq};

use crate::dto::{NotifyLevel, Why};

/// What the decision about one message of somebody else depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// The room's kind.
    pub kind: RoomKind,
    /// The room is muted.
    pub muted: bool,
    /// The message names the person.
    pub mentions_me: bool,
    /// It happened while connected, not before.
    pub live: bool,
    /// Its place in the room.
    pub seq: Seq,
    /// How far the person has read there, on any device.
    pub read: Seq,
    /// It is in view in a focused window.
    pub in_view: bool,
    /// What the person wants to be notified of.
    pub level: NotifyLevel,
}

/// What to do about one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Show a notification of its own for its room.
    Show(Why),
    /// Count it in the one notification for all that was missed.
    Fold,
    /// Nothing.
    Nothing(Why),
}

impl Decision {
    /// Why.
    #[must_use]
    pub const fn why(self) -> Why {
        match self {
            Self::Show(why) | Self::Nothing(why) => why,
            Self::Fold => Why::CaughtUp,
        }
    }
}

/// Decides about one message. The first reason against it that applies wins, so that the answer to
/// "why was I not notified?" is the one the person can do something about.
#[must_use]
pub fn decide(message: Circumstances) -> Decision {
    let direct = message.kind == RoomKind::Direct;
    if message.in_view {
        return Decision::Nothing(Why::Seen);
    }
    if message.seq <= message.read {
        return Decision::Nothing(Why::ReadElsewhere);
    }
    if message.level == NotifyLevel::Nothing {
        return Decision::Nothing(Why::TurnedOff);
    }
    if message.muted {
        return Decision::Nothing(Why::Muted);
    }
    if message.level == NotifyLevel::Mentions && !direct && !message.mentions_me {
        return Decision::Nothing(Why::NotMentioned);
    }
    if !message.live {
        return Decision::Fold;
    }
    Decision::Show(if message.mentions_me {
        Why::Mention
    } else if direct {
        Why::Direct
    } else {
        Why::Message
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use RoomKind::{Direct, Private, Public};

    const PLAIN: Circumstances = Circumstances {
        kind: Public,
        muted: false,
        mentions_me: false,
        live: true,
        seq: Seq(11),
        read: Seq(10),
        in_view: false,
        level: NotifyLevel::All,
    };

    #[test]
    fn the_table() {
        use Decision::{Fold, Nothing, Show};
        use NotifyLevel::{All, Mentions, Nothing as Off};
        let rows: &[(&str, Circumstances, Decision)] = &[
            ("a message", PLAIN, Show(Why::Message)),
            ("in a private room", Circumstances { kind: Private, ..PLAIN }, Show(Why::Message)),
            ("direct", Circumstances { kind: Direct, ..PLAIN }, Show(Why::Direct)),
            ("a mention", Circumstances { mentions_me: true, ..PLAIN }, Show(Why::Mention)),
            ("seen", Circumstances { in_view: true, ..PLAIN }, Nothing(Why::Seen)),
            (
                "a mention that is seen",
                Circumstances { in_view: true, mentions_me: true, ..PLAIN },
                Nothing(Why::Seen),
            ),
            (
                "read elsewhere",
                Circumstances { read: Seq(11), ..PLAIN },
                Nothing(Why::ReadElsewhere),
            ),
            ("muted", Circumstances { muted: true, ..PLAIN }, Nothing(Why::Muted)),
            (
                "a mention in a muted room",
                Circumstances { muted: true, mentions_me: true, ..PLAIN },
                Nothing(Why::Muted),
            ),
            (
                "for mentions only",
                Circumstances { level: Mentions, ..PLAIN },
                Nothing(Why::NotMentioned),
            ),
            (
                "for mentions only, and it is one",
                Circumstances { level: Mentions, mentions_me: true, ..PLAIN },
                Show(Why::Mention),
            ),
            (
                "for mentions only, direct counts",
                Circumstances { level: Mentions, kind: Direct, ..PLAIN },
                Show(Why::Direct),
            ),
            ("turned off", Circumstances { level: Off, ..PLAIN }, Nothing(Why::TurnedOff)),
            (
                "turned off, a mention too",
                Circumstances { level: Off, mentions_me: true, ..PLAIN },
                Nothing(Why::TurnedOff),
            ),
            ("missed", Circumstances { live: false, ..PLAIN }, Fold),
            ("missed and direct", Circumstances { live: false, kind: Direct, ..PLAIN }, Fold),
            (
                "missed in a muted room",
                Circumstances { live: false, muted: true, ..PLAIN },
                Nothing(Why::Muted),
            ),
            (
                "missed and read elsewhere",
                Circumstances { live: false, read: Seq(12), ..PLAIN },
                Nothing(Why::ReadElsewhere),
            ),
            ("all, said outright", Circumstances { level: All, ..PLAIN }, Show(Why::Message)),
        ];
        for (name, message, decision) in rows {
            assert_eq!(decide(*message), *decision, "{name}");
        }
    }
}
