use super::*;
use Act::{Nothing, Show, Update, Withdraw};
use NotifyLevel::{All, Mentions, Nothing as Off};
use RoomKind::{Direct, Private, Public};

/// One line of the table: what is not named is as in [`PLAIN`].
#[derive(Clone, Copy)]
struct Case {
    kind: RoomKind,
    mentions_me: bool,
    live: bool,
    seq: u64,
    read: u64,
    everywhere: NotifyLevel,
    room: Option<NotifyLevel>,
    muted: bool,
    paused_for: i64,
    hours: Hours,
    /// Weekday and time.
    now: (u8, u16),
    focus: Focus,
    presence: Status,
    shown: Option<Shown>,
}

#[derive(Clone, Copy)]
enum Hours {
    Off,
    /// 22:00 to 7:00, every day.
    Night,
    /// 22:00 to 7:00, from Monday to Friday.
    WorkNights,
    /// 9:00 to 12:00, from Monday to Friday.
    Mornings,
    /// The whole of Saturday and Sunday.
    Weekend,
}

impl Hours {
    fn hours(self) -> QuietHours {
        let work = [true, true, true, true, true, false, false];
        let (on, from, to, days) = match self {
            Self::Off => (false, 0, 0, [true; 7]),
            Self::Night => (true, at(22, 0), at(7, 0), [true; 7]),
            Self::WorkNights => (true, at(22, 0), at(7, 0), work),
            Self::Mornings => (true, at(9, 0), at(12, 0), work),
            Self::Weekend => (true, 0, 0, work.map(|day| !day)),
        };
        QuietHours { on, from, to, days }
    }
}

const fn at(hour: u16, minute: u16) -> u16 {
    hour * 60 + minute
}

const MON: u8 = 0;
const FRI: u8 = 4;
const SAT: u8 = 5;
const SUN: u8 = 6;

/// A message in a public room at noon on a Wednesday, nobody looking, nothing said.
const PLAIN: Case = Case {
    kind: Public,
    mentions_me: false,
    live: true,
    seq: 11,
    read: 10,
    everywhere: All,
    room: None,
    muted: false,
    paused_for: 0,
    hours: Hours::Off,
    now: (2, at(12, 0)),
    focus: Focus::Away,
    presence: Status::Available,
    shown: None,
};

const NOW_MS: i64 = 1_800_000_000_000;
const THERE: Option<Shown> = Some(Shown { messages: 2, up_to: Seq(10) });

impl Case {
    fn decide(self, event: Event) -> Decision {
        let (weekday, minute) = self.now;
        let rules = Rules {
            everywhere: self.everywhere,
            room: self.room,
            muted: self.muted,
            paused_until: NOW_MS + self.paused_for,
            hours: &self.hours.hours(),
            now: Moment { ms: NOW_MS, local: Local { weekday, minute } },
        };
        decide(event, rules, self.focus, self.presence, self.shown)
    }

    fn message(self) -> Event {
        let Self { kind, mentions_me, live, seq, read, .. } = self;
        Event::Message { kind, mentions_me, live, seq: Seq(seq), read: Seq(read) }
    }
}

fn check(rows: &[(&str, Case, Act, Why)]) {
    for (name, case, act, why) in rows {
        let decision = case.decide(case.message());
        assert_eq!(decision, Decision { act: *act, why: *why }, "{name}");
    }
}

#[test]
fn whom_a_message_is_for_and_who_has_seen_it() {
    let direct = Case { kind: Direct, ..PLAIN };
    let mention = Case { mentions_me: true, ..PLAIN };
    let missed = Case { live: false, ..PLAIN };
    check(&[
        ("a message", PLAIN, Show, Why::Message),
        ("in a private room", Case { kind: Private, ..PLAIN }, Show, Why::Message),
        ("direct", direct, Show, Why::Direct),
        ("a mention", mention, Show, Why::Mention),
        ("a mention in a direct room", Case { kind: Direct, ..mention }, Show, Why::Mention),
        ("one more", Case { shown: THERE, ..PLAIN }, Update, Why::Message),
        ("one more, direct", Case { shown: THERE, ..direct }, Update, Why::Direct),
        ("a mention after others", Case { shown: THERE, ..mention }, Update, Why::Mention),
        ("missed", missed, Show, Why::CaughtUp),
        ("more that was missed", Case { shown: THERE, ..missed }, Update, Why::CaughtUp),
        ("missed and direct", Case { live: false, ..direct }, Show, Why::CaughtUp),
        ("a mention that was missed", Case { live: false, ..mention }, Show, Why::CaughtUp),
        ("seen", Case { focus: Focus::Here, ..PLAIN }, Nothing, Why::Seen),
        ("a mention, seen", Case { focus: Focus::Here, ..mention }, Nothing, Why::Seen),
        ("direct, seen", Case { focus: Focus::Here, ..direct }, Nothing, Why::Seen),
        ("missed, and seen on arrival", Case { focus: Focus::Here, ..missed }, Nothing, Why::Seen),
        ("another room is in view", Case { focus: Focus::Elsewhere, ..PLAIN }, Show, Why::Message),
        ("direct, elsewhere", Case { focus: Focus::Elsewhere, ..direct }, Show, Why::Direct),
        ("read elsewhere", Case { read: 11, ..PLAIN }, Nothing, Why::ReadElsewhere),
        ("read further elsewhere", Case { read: 12, ..mention }, Nothing, Why::ReadElsewhere),
        ("missed, read elsewhere", Case { read: 12, ..missed }, Nothing, Why::ReadElsewhere),
        (
            "seen is nearer than muted",
            Case { focus: Focus::Here, muted: true, ..PLAIN },
            Nothing,
            Why::Seen,
        ),
    ]);
}

#[test]
fn what_is_said_for_a_room_counts_before_what_is_said_for_all() {
    let mention = Case { mentions_me: true, ..PLAIN };
    let direct = Case { kind: Direct, ..PLAIN };
    let only = Case { everywhere: Mentions, ..PLAIN };
    let off = Case { everywhere: Off, ..PLAIN };
    check(&[
        ("mentions only", only, Nothing, Why::NotMentioned),
        ("mentions only, and it is one", Case { mentions_me: true, ..only }, Show, Why::Mention),
        ("mentions only, direct counts", Case { kind: Direct, ..only }, Show, Why::Direct),
        ("mentions only, missed", Case { live: false, ..only }, Nothing, Why::NotMentioned),
        (
            "mentions only, a missed mention",
            Case { live: false, mentions_me: true, ..only },
            Show,
            Why::CaughtUp,
        ),
        ("off", off, Nothing, Why::TurnedOff),
        ("off, a mention too", Case { mentions_me: true, ..off }, Nothing, Why::TurnedOff),
        ("off, direct too", Case { kind: Direct, ..off }, Nothing, Why::TurnedOff),
        ("off, missed", Case { live: false, ..off }, Nothing, Why::TurnedOff),
        ("all in this room", Case { room: Some(All), ..only }, Show, Why::Message),
        ("all in this room, else nothing", Case { room: Some(All), ..off }, Show, Why::Message),
        (
            "mentions in this room",
            Case { room: Some(Mentions), ..PLAIN },
            Nothing,
            Why::RoomNotMentioned,
        ),
        (
            "mentions in this room, and it is one",
            Case { room: Some(Mentions), ..mention },
            Show,
            Why::Mention,
        ),
        (
            "mentions in this room, else nothing",
            Case { room: Some(Mentions), mentions_me: true, ..off },
            Show,
            Why::Mention,
        ),
        (
            "mentions in this direct room",
            Case { room: Some(Mentions), ..direct },
            Show,
            Why::Direct,
        ),
        ("nothing in this room", Case { room: Some(Off), ..PLAIN }, Nothing, Why::RoomTurnedOff),
        (
            "nothing in this room, a mention too",
            Case { room: Some(Off), ..mention },
            Nothing,
            Why::RoomTurnedOff,
        ),
        (
            "nothing in this direct room",
            Case { room: Some(Off), ..direct },
            Nothing,
            Why::RoomTurnedOff,
        ),
        ("muted", Case { muted: true, ..PLAIN }, Nothing, Why::Muted),
        ("muted, a mention too", Case { muted: true, ..mention }, Nothing, Why::Muted),
        ("muted, direct too", Case { muted: true, ..direct }, Nothing, Why::Muted),
        ("muted, missed", Case { muted: true, live: false, ..PLAIN }, Nothing, Why::Muted),
        (
            "muted, though all in this room",
            Case { muted: true, room: Some(All), ..PLAIN },
            Nothing,
            Why::Muted,
        ),
        (
            "muted, with one that is shown",
            Case { muted: true, shown: THERE, ..PLAIN },
            Nothing,
            Why::Muted,
        ),
    ]);
}

#[test]
fn quiet_is_kept_whatever_a_room_says() {
    let mention = Case { mentions_me: true, ..PLAIN };
    let quiet = Case { presence: Status::Quiet, ..PLAIN };
    let paused = Case { paused_for: 1, ..PLAIN };
    let night = Case { hours: Hours::Night, now: (2, at(23, 0)), ..PLAIN };
    check(&[
        ("do not disturb", quiet, Nothing, Why::DoNotDisturb),
        (
            "do not disturb, a mention",
            Case { mentions_me: true, ..quiet },
            Nothing,
            Why::DoNotDisturb,
        ),
        ("do not disturb, direct", Case { kind: Direct, ..quiet }, Nothing, Why::DoNotDisturb),
        ("do not disturb, missed", Case { live: false, ..quiet }, Nothing, Why::DoNotDisturb),
        ("away is notified", Case { presence: Status::Away, ..mention }, Show, Why::Mention),
        ("paused", paused, Nothing, Why::Paused),
        ("paused, direct", Case { kind: Direct, ..paused }, Nothing, Why::Paused),
        ("paused, all in this room", Case { room: Some(All), ..paused }, Nothing, Why::Paused),
        ("the pause ends", Case { paused_for: 0, ..PLAIN }, Show, Why::Message),
        ("the pause is over", Case { paused_for: -1, ..PLAIN }, Show, Why::Message),
        ("at night", night, Nothing, Why::QuietHours),
        ("at night, a mention", Case { mentions_me: true, ..night }, Nothing, Why::QuietHours),
        ("at night, missed", Case { live: false, ..night }, Nothing, Why::QuietHours),
        ("at night, one more", Case { shown: THERE, ..night }, Nothing, Why::QuietHours),
        ("at night, hours off", Case { hours: Hours::Off, ..night }, Show, Why::Message),
        ("a muted room at night", Case { muted: true, ..night }, Nothing, Why::Muted),
        (
            "mentions only, at night",
            Case { everywhere: Mentions, ..night },
            Nothing,
            Why::NotMentioned,
        ),
        (
            "do not disturb is nearer than a pause",
            Case { paused_for: 1, ..quiet },
            Nothing,
            Why::DoNotDisturb,
        ),
        ("a pause is nearer than the night", Case { paused_for: 1, ..night }, Nothing, Why::Paused),
    ]);
}

#[test]
fn hours_of_quiet_begin_end_and_belong_to_days() {
    let when =
        |hours, weekday, hour, minute| Case { hours, now: (weekday, at(hour, minute)), ..PLAIN };
    let (quiet, loud) = ((Nothing, Why::QuietHours), (Show, Why::Message));
    for (name, case, (act, why)) in [
        ("before the night", when(Hours::Night, MON, 21, 59), loud),
        ("the night begins", when(Hours::Night, MON, 22, 0), quiet),
        ("midnight", when(Hours::Night, MON, 0, 0), quiet),
        ("before the morning", when(Hours::Night, MON, 6, 59), quiet),
        ("the night ends", when(Hours::Night, MON, 7, 0), loud),
        ("Friday night", when(Hours::WorkNights, FRI, 23, 0), quiet),
        ("which lasts to Saturday morning", when(Hours::WorkNights, SAT, 6, 59), quiet),
        ("Saturday night", when(Hours::WorkNights, SAT, 23, 0), loud),
        ("Sunday morning", when(Hours::WorkNights, SUN, 3, 0), loud),
        ("Monday before dawn belongs to Sunday", when(Hours::WorkNights, MON, 3, 0), loud),
        ("a morning", when(Hours::Mornings, MON, 9, 0), quiet),
        ("at its end", when(Hours::Mornings, MON, 12, 0), loud),
        ("before it", when(Hours::Mornings, MON, 8, 59), loud),
        ("on a Sunday", when(Hours::Mornings, SUN, 10, 0), loud),
        ("a whole day", when(Hours::Weekend, SAT, 0, 0), quiet),
        ("to its last minute", when(Hours::Weekend, SUN, 23, 59), quiet),
        ("and no longer", when(Hours::Weekend, MON, 0, 0), loud),
    ] {
        check(&[(name, case, act, why)]);
    }
}

#[test]
fn a_notification_is_taken_back_when_it_says_nothing_new() {
    let there = Case { shown: THERE, ..PLAIN };
    let muted = Case { muted: true, ..there };
    let changed = |read, unread| Event::Changed { read: Seq(read), unread };
    for (name, case, event, act, why) in [
        ("read to its end", there, changed(10, 0), Withdraw, Why::ReadElsewhere),
        ("read past it, with more", there, changed(10, 3), Withdraw, Why::ReadElsewhere),
        ("read, but not to its end", there, changed(9, 1), Nothing, Why::ReadElsewhere),
        ("nothing is left, for the server", there, changed(4, 0), Withdraw, Why::ReadElsewhere),
        ("read without one", PLAIN, changed(10, 0), Nothing, Why::ReadElsewhere),
        ("muted with one", muted, changed(4, 6), Withdraw, Why::Muted),
        ("muted without one", Case { shown: None, ..muted }, changed(4, 6), Nothing, Why::Muted),
        ("looked at", Case { focus: Focus::Here, ..there }, Event::Looked, Withdraw, Why::Seen),
        (
            "looked elsewhere",
            Case { focus: Focus::Elsewhere, ..there },
            Event::Looked,
            Nothing,
            Why::Seen,
        ),
        ("looked away", there, Event::Looked, Nothing, Why::Seen),
        (
            "looked at without one",
            Case { focus: Focus::Here, ..PLAIN },
            Event::Looked,
            Nothing,
            Why::Seen,
        ),
        ("left", there, Event::Left, Withdraw, Why::Left),
        ("left without one", PLAIN, Event::Left, Nothing, Why::Left),
    ] {
        assert_eq!(case.decide(event), Decision { act, why }, "{name}");
    }
}
