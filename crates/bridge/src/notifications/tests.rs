use super::*;
use crate::dto::{NotifyLevel, QuietHours, Status, VisibleRoom};
use crate::fixture;
use crate::hours::Local;
use homing_engine::view::{Item, TimelinePosition};
use homing_protocol::{Message, Seq, mention};

/// Noon on a Wednesday.
const NOON: Moment = Moment { ms: 1_800_000_000_000, local: Local { weekday: 2, minute: 720 } };

fn around(settings: &Settings) -> NotifyContext<'_> {
    NotifyContext { settings, words: Words::English, now: NOON, several_spaces: false }
}

/// Notices, and what they are told of.
struct Desk {
    notifications: Notifications,
    overview: Overview,
    settings: Settings,
    words: Words,
    several_spaces: bool,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            notifications: Notifications::default(),
            overview: fixture::overview(),
            settings: Settings::default(),
            words: Words::English,
            several_spaces: false,
        }
    }
}

impl Desk {
    fn batch(&mut self, diffs: &[Diff], incoming: &[Incoming]) -> Vec<NotificationEffect> {
        let around = NotifyContext {
            words: self.words,
            several_spaces: self.several_spaces,
            ..around(&self.settings)
        };
        self.notifications.after_batch(&self.overview, diffs, incoming, around)
    }

    fn message(&mut self, room: u8, seq: u64, text: &str) -> Vec<NotificationEffect> {
        self.batch(&[], &[fixture::incoming(room, seq, text, &[])])
    }

    fn missed(&mut self, room: u8, seq: u64) -> Vec<NotificationEffect> {
        let mut message = fixture::incoming(room, seq, "while away", &[]);
        message.live = false;
        self.batch(&[], &[message])
    }

    fn up_to_date(&mut self) -> Vec<NotificationEffect> {
        let link = ConnectionState::UpToDate { rtt_ms: None };
        self.overview.connection = link.clone();
        self.batch(&[Diff::Connection { connection: link }], &[])
    }

    fn catching_up(&mut self) {
        self.overview.connection = ConnectionState::CatchingUp { rooms: 2, messages: 40 };
    }

    /// The room as it is after a change, told.
    fn changed(&mut self, n: usize, change: impl FnOnce(&mut Room)) -> Vec<NotificationEffect> {
        change(&mut self.overview.rooms[n]);
        let room = self.overview.rooms[n].clone();
        self.batch(&[Diff::Room { room }], &[])
    }

    /// Another overview takes the place of the one so far.
    fn replaced(&mut self, change: impl FnOnce(&mut Overview)) -> Vec<NotificationEffect> {
        let before = self.overview.clone();
        change(&mut self.overview);
        self.notifications.after_overview(&before, &self.overview, around(&self.settings))
    }

    fn look(&mut self, n: u8, at_end: bool) -> Vec<NotificationEffect> {
        let room = VisibleRoom { space: fixture::space_id(), room: fixture::room_id(n), at_end };
        let look = ViewerFocus { focused: true, active: true, room: Some(room) };
        self.notifications.look(look, std::slice::from_ref(&self.overview), around(&self.settings))
    }

    fn whys(&self) -> Vec<Why> {
        self.notifications.decisions().iter().map(|decision| decision.why).collect()
    }
}

fn shown(effects: &[NotificationEffect]) -> &DesktopNotification {
    match effects {
        [NotificationEffect::Show(note)] => note,
        other => panic!("one notification expected, not {other:?}"),
    }
}

fn room_key(n: u8) -> NotificationKey {
    NotificationKey::Room(fixture::space_id(), fixture::room_id(n))
}

fn all_missed() -> NotificationKey {
    NotificationKey::CaughtUp(fixture::space_id())
}

#[test]
fn a_message_shows_who_where_and_what_and_opens_itself() {
    let effects = Desk::default().message(0, 11, "hello\nall");
    let note = shown(&effects);
    assert_eq!((note.title.as_str(), note.body.as_str()), ("Mei Lin in #general", "hello all"));
    let (space, room) = (fixture::space_id(), fixture::room_id(0));
    let about = note.actions.clone().unwrap().about;
    assert_eq!((about.space, about.room, about.seq), (space, room, Seq(11)));
    let open = Open::Room { space, room, key: Some(about.key), compose: false };
    assert_eq!(note.open, Some(open));
}

#[test]
fn a_notification_follows_its_message() {
    let mut desk = Desk::default();
    let space = fixture::space_id();
    let newest = fixture::incoming(0, 12, "my pasword", &[]);
    desk.message(0, 11, "hello");
    let told = shown(&desk.batch(&[], std::slice::from_ref(&newest))).clone();
    assert_eq!(told.body, "Mei Lin: my pasword");
    let row = |text: &str, gone| {
        let text = text.to_owned();
        Item {
            key: newest.event.id.to_string(),
            place: TimelinePosition::Log(newest.event.seq),
            sender: newest.event.sender,
            ts: 1_000,
            content: Content::Message(Message { text, ..Message::default() }),
            delivery: None,
            edited: true,
            reactions: Vec::new(),
            pinned: false,
            gone,
            change: None,
        }
    };
    let drawn = |item: Item| Diff::Items { room: fixture::room_id(0), items: vec![item] };
    let effects = desk.batch(&[drawn(row("my password", None))], &[]);
    assert_eq!(shown(&effects).body, "Mei Lin: my password");
    // The same row again, for a reaction.
    assert_eq!(desk.batch(&[drawn(row("my password", None))], &[]), []);
    let other = Item { key: "another".to_owned(), ..row("", Some(fixture::user(1))) };
    assert_eq!(desk.batch(&[drawn(other)], &[]), []);
    let effects = desk.batch(&[drawn(row("", Some(fixture::user(1))))], &[]);
    let note = shown(&effects);
    assert_eq!((note.body.as_str(), note.actions.clone()), ("New message", None));
    let room = fixture::room_id(0);
    assert_eq!(note.open, Some(Open::Room { space, room, key: None, compose: false }));
    // The only one is withdrawn.
    let mut desk = Desk::default();
    desk.batch(&[], std::slice::from_ref(&newest));
    let effects = desk.batch(&[drawn(row("", Some(fixture::user(1))))], &[]);
    assert_eq!(effects, [NotificationEffect::Withdraw(room_key(0))]);
}

#[test]
fn a_message_of_somebody_new_waits_for_their_name() {
    let mut desk = Desk::default();
    let mei = desk.overview.people.remove(1);
    assert_eq!(desk.message(0, 11, "hi"), []);
    desk.overview.people.push(mei.clone());
    let diffs = [Diff::Person { person: mei }];
    assert_eq!(shown(&desk.batch(&diffs, &[])).title, "Mei Lin in #general");
    assert_eq!(desk.batch(&diffs, &[]), []);
}

#[test]
fn a_direct_message_is_titled_with_its_sender() {
    let effects = Desk::default().message(2, 11, "psst");
    assert_eq!(shown(&effects).title, "Mei Lin");
}

#[test]
fn among_several_spaces_a_room_says_whose_it_is() {
    let mut desk = Desk { several_spaces: true, ..Desk::default() };
    assert_eq!(shown(&desk.message(0, 11, "hi")).title, "Mei Lin in #general – Northlight");
}

#[test]
fn a_room_has_one_notification_that_counts_and_shows_the_newest() {
    let mut desk = Desk::default();
    desk.message(0, 11, "one");
    let effects = desk.message(0, 12, "two");
    let note = shown(&effects);
    assert_eq!(note.key, room_key(0));
    assert_eq!(note.title, "#general · 2 new messages");
    assert_eq!(note.body, "Mei Lin: two");
    assert_eq!(note.actions.as_ref().unwrap().about.seq, Seq(12));
    // Another room's own begins at one.
    desk.message(2, 11, "psst");
    let effects = desk.message(2, 12, "hey");
    let note = shown(&effects);
    assert_eq!((note.title.as_str(), note.body.as_str()), ("Mei Lin · 2 new messages", "hey"));
}

#[test]
fn a_burst_in_one_batch_is_told_once() {
    let incoming: Vec<_> =
        (11..=13).map(|seq| fixture::incoming(0, seq, &format!("no. {seq}"), &[])).collect();
    let effects = Desk::default().batch(&[], &incoming);
    assert_eq!(shown(&effects).title, "#general · 3 new messages");
    assert_eq!(shown(&effects).body, "Mei Lin: no. 13");
}

#[test]
fn the_text_stays_hidden_when_asked() {
    let settings = Settings { notify_preview: false, ..Settings::default() };
    let mut desk = Desk { settings, words: Words::Chinese, ..Desk::default() };
    assert_eq!(shown(&desk.message(0, 11, "secret")).body, "新消息");
    let effects = desk.message(0, 12, "secret");
    assert_eq!(shown(&effects).body, "2 条新消息");
    assert!(!format!("{effects:?}").contains("secret"));
}

#[test]
fn reading_takes_it_back_once_and_the_next_counts_anew() {
    let mut desk = Desk::default();
    desk.message(0, 11, "one");
    desk.message(0, 12, "two");
    let part = desk.changed(0, |room| (room.read, room.unread) = (Seq(11), 1));
    assert_eq!(part, [], "one of two is still unread");
    let all = desk.changed(0, |room| (room.read, room.unread) = (Seq(12), 0));
    assert_eq!(all, [NotificationEffect::Withdraw(room_key(0))]);
    assert_eq!(desk.changed(0, |_| ()), []);
    assert_eq!(shown(&desk.message(0, 13, "three")).title, "Mei Lin in #general");
}

#[test]
fn muting_takes_it_back_and_so_does_leaving() {
    let mut desk = Desk::default();
    desk.message(0, 11, "one");
    desk.message(1, 11, "one");
    let muted = desk.changed(0, |room| (room.muted, room.unread) = (true, 1));
    assert_eq!(muted, [NotificationEffect::Withdraw(room_key(0))]);
    let room = desk.overview.rooms.remove(1).id;
    assert_eq!(
        desk.batch(&[Diff::RoomGone { room }], &[]),
        [NotificationEffect::Withdraw(room_key(1))]
    );
}

#[test]
fn looking_at_the_end_of_a_room_takes_its_notification_back_and_raises_no_more() {
    let mut desk = Desk::default();
    desk.message(0, 11, "one");
    assert_eq!(desk.look(0, false), []);
    assert_eq!(desk.look(0, true), [NotificationEffect::Withdraw(room_key(0))]);
    assert_eq!(desk.message(0, 12, "two"), []);
    assert_eq!(shown(&desk.message(1, 11, "there")).title, "Mei Lin in #design");
    assert_eq!(desk.whys(), [Why::Message, Why::Seen, Why::Message]);
}

#[test]
fn what_was_missed_is_one_notification_that_reading_takes_back() {
    let mut desk = Desk::default();
    desk.catching_up();
    for (room, seq) in [(0, 11), (0, 12), (1, 11)] {
        assert_eq!(desk.missed(room, seq), []);
    }
    let effects = desk.up_to_date();
    let note = shown(&effects);
    assert_eq!(
        (note.title.as_str(), note.body.as_str()),
        ("Northlight", "3 new messages in 2 rooms")
    );
    assert_eq!(desk.changed(0, |room| room.read = Seq(12)), []);
    let all = desk.changed(1, |room| room.read = Seq(11));
    assert_eq!(all, [NotificationEffect::Withdraw(all_missed())]);
}

#[test]
fn what_comes_from_several_rooms_in_one_batch_is_told_once_and_not_again() {
    let mut desk = Desk::default();
    let missed = |room, seq| {
        let mut message = fixture::incoming(room, seq, "while away", &[]);
        message.live = false;
        message
    };
    let link = ConnectionState::UpToDate { rtt_ms: None };
    let effects = desk.batch(
        &[Diff::Connection { connection: link }],
        &[missed(0, 11), missed(0, 12), missed(1, 11)],
    );
    assert_eq!(shown(&effects).body, "3 new messages in 2 rooms");
    // The next round trip is no news.
    let link = ConnectionState::UpToDate { rtt_ms: Some(20) };
    assert_eq!(desk.batch(&[Diff::Connection { connection: link }], &[]), []);
}

#[test]
fn what_is_read_while_catching_up_is_not_told() {
    let mut desk = Desk::default();
    desk.catching_up();
    desk.missed(0, 11);
    desk.missed(1, 11);
    desk.missed(2, 11);
    desk.changed(0, |room| room.read = Seq(11));
    assert_eq!(shown(&desk.up_to_date()).body, "2 new messages in 2 rooms");
}

#[test]
fn what_was_missed_in_one_room_is_told_as_its_own() {
    let mut desk = Desk::default();
    desk.message(0, 11, "before");
    desk.catching_up();
    // The newest may come first.
    desk.missed(0, 13);
    desk.missed(0, 12);
    let effects = desk.up_to_date();
    let note = shown(&effects);
    assert_eq!((note.key, note.title.as_str()), (room_key(0), "#general · 3 new messages"));
    assert_eq!(note.actions.as_ref().unwrap().about.seq, Seq(13));
    let read = desk.changed(0, |room| room.read = Seq(13));
    assert_eq!(read, [NotificationEffect::Withdraw(room_key(0))]);
}

#[test]
fn more_that_was_missed_is_counted_in_the_one_that_is_shown() {
    let mut desk = Desk::default();
    desk.catching_up();
    desk.missed(0, 11);
    desk.missed(1, 11);
    desk.up_to_date();
    desk.changed(1, |room| room.read = Seq(11));
    desk.catching_up();
    desk.missed(0, 12);
    let effects = desk.up_to_date();
    assert_eq!(shown(&effects).key, all_missed());
    assert_eq!(shown(&effects).body, "2 new messages in 1 room");
}

#[test]
fn leaving_a_space_takes_everything_back() {
    let mut desk = Desk::default();
    desk.message(2, 11, "psst");
    desk.catching_up();
    desk.missed(0, 11);
    desk.missed(1, 11);
    desk.up_to_date();
    let mut effects = desk.notifications.after_leaving(fixture::space_id());
    effects.sort_by_key(|effect| format!("{effect:?}"));
    assert_eq!(
        effects,
        [NotificationEffect::Withdraw(all_missed()), NotificationEffect::Withdraw(room_key(2))]
    );
    assert_eq!(desk.notifications.after_leaving(fixture::space_id()), []);
}

#[test]
fn what_the_person_said_is_asked_and_the_reason_is_kept() {
    let mut desk = Desk::default();
    desk.overview.rooms[0].notify = Some(NotifyLevel::Mentions);
    assert_eq!(desk.message(0, 11, "hi"), []);
    desk.overview.status = Status::Quiet;
    assert_eq!(desk.message(1, 11, "hi"), []);
    desk.overview.status = Status::Away;
    desk.settings.notify_paused_until = NOON.ms + 1;
    assert_eq!(desk.message(1, 12, "hi"), []);
    desk.settings.notify_paused_until = 0;
    desk.settings.quiet_hours = QuietHours { on: true, from: 0, to: 0, days: [true; 7] };
    assert_eq!(desk.message(1, 13, "hi"), []);
    let expected = [Why::QuietHours, Why::Paused, Why::DoNotDisturb, Why::RoomNotMentioned];
    assert_eq!(desk.whys(), expected);
    assert!(desk.notifications.decisions().iter().all(|decision| !decision.shown));
}

#[test]
fn a_preview_is_one_line_cut_between_characters() {
    let overview = fixture::overview();
    let (known, unknown) = (overview.people[1].clone(), fixture::user(9));
    let [one, other] = [known.id, unknown].map(|user| mention::person(user, "Old"));
    let shown = preview(&overview, &format!("{one} {other} <!room> <\\!room>"));
    assert_eq!(shown, format!("@{} @Old @room <!room>", known.name));
    assert_eq!(preview(&fixture::overview(), " a\n\n b "), "a b");
    let long = preview(&fixture::overview(), &"好".repeat(300));
    assert_eq!(long.chars().count(), PREVIEW_CHARS + 1);
}

#[test]
fn a_muted_space_does_not_notify_and_says_why() {
    let mut desk = Desk::default();
    desk.settings.muted_spaces = vec![fixture::space_id()];
    assert_eq!(desk.message(0, 11, "hello"), []);
    assert_eq!(desk.whys(), [Why::Muted]);
}

/// Messages that an overview has, and nobody was told of.
fn grow(room: &mut Room, messages: u32, mentions: u32, sender: u8) {
    room.head = Seq(room.head.0 + u64::from(messages));
    room.unread += messages;
    room.mentions += mentions;
    let (sender, text) = (fixture::user(sender), "what was\nlost".to_owned());
    room.last = Some(homing_engine::view::Preview { sender, text, ts: 7, gone: false });
}

#[test]
fn another_overview_takes_back_what_was_read_and_where_one_is_no_more() {
    let mut desk = Desk::default();
    for room in 0..3 {
        desk.message(room, 11, "one");
    }
    let effects = desk.replaced(|overview| {
        (overview.rooms[0].read, overview.rooms[0].head) = (Seq(11), Seq(11));
        (overview.rooms[2].unread, overview.rooms[2].head) = (1, Seq(11));
        overview.rooms.remove(1);
    });
    assert_eq!(effects, [1, 0].map(|n| NotificationEffect::Withdraw(room_key(n))));
    assert_eq!(desk.replaced(|_| ()), []);
}

#[test]
fn what_only_another_overview_tells_of_is_told_as_missed() {
    let mut desk = Desk::default();
    let effects = desk.replaced(|overview| grow(&mut overview.rooms[0], 1, 0, 1));
    let note = shown(&effects);
    assert_eq!(
        (note.key, note.title.as_str(), note.body.as_str()),
        (room_key(0), "Mei Lin in #general", "what was lost")
    );
    // Which row it is, is not known: it opens the room.
    let (space, room) = (fixture::space_id(), fixture::room_id(0));
    assert_eq!(note.open, Some(Open::Room { space, room, key: None, compose: false }));
    assert_eq!(note.actions, None);
    assert_eq!(desk.replaced(|_| ()), [], "it is no news twice");

    let effects = desk.replaced(|overview| {
        grow(&mut overview.rooms[1], 2, 0, 1);
        grow(&mut overview.rooms[2], 1, 0, 2);
    });
    assert_eq!(shown(&effects).body, "3 new messages in 2 rooms");
    assert_eq!(desk.whys(), [Why::CaughtUp; 3]);
}

#[test]
fn what_came_between_two_overviews_is_counted_by_what_is_unread() {
    let room = |head, read, unread| Room {
        head: Seq(head),
        read: Seq(read),
        unread,
        last: Some(homing_engine::view::Preview {
            sender: fixture::user(1),
            text: String::new(),
            ts: 0,
            gone: false,
        }),
        ..fixture::room(0, "general")
    };
    for (before, after, messages) in [
        (Some(room(10, 10, 0)), room(10, 10, 0), None),
        (Some(room(10, 8, 2)), room(10, 8, 2), None),
        (Some(room(10, 8, 2)), room(13, 8, 4), Some(2)),
        // Read meanwhile: what is left came since, at most.
        (Some(room(10, 8, 2)), room(14, 12, 2), Some(2)),
        (Some(room(10, 2, 8)), room(11, 5, 6), Some(1)),
        (Some(room(10, 2, 8)), room(10, 5, 5), None),
        (Some(room(10, 8, 2)), room(12, 12, 0), None),
        // A log that was restored is shorter.
        (Some(room(10, 8, 2)), room(5, 3, 2), None),
        (None, room(4, 1, 3), Some(3)),
    ] {
        let overview = fixture::overview();
        let mut theirs = overview.clone();
        theirs.space.me = fixture::user(1);
        let told =
            new_messages(&overview, before.as_ref(), &after).map(|new| new.notified.messages);
        assert_eq!(told, messages, "{before:?} {after:?}");
        assert!(new_messages(&theirs, before.as_ref(), &after).is_none(), "by oneself");
    }
}

#[test]
fn what_another_overview_tells_of_is_decided_about_as_anything() {
    for (muted, level, mentions, why) in [
        (true, None, 0, Why::Muted),
        (false, Some(NotifyLevel::Mentions), 0, Why::RoomNotMentioned),
        (false, Some(NotifyLevel::Mentions), 1, Why::CaughtUp),
    ] {
        let mut desk = Desk::default();
        (desk.overview.rooms[0].muted, desk.overview.rooms[0].notify) = (muted, level);
        desk.replaced(|overview| grow(&mut overview.rooms[0], 1, mentions, 1));
        assert_eq!(desk.whys(), [why]);
    }
}

/// Places begin again at the backup: what comes then is the newest, whatever its number.
#[test]
fn after_a_restore_of_the_server_nothing_is_told_by_the_old_places() {
    let mut desk = Desk::default();
    desk.message(0, 90, "lost with the restore");
    let effects = desk.batch(&[Diff::TimelineReset { room: fixture::room_id(0) }], &[]);
    assert_eq!(effects, [NotificationEffect::Withdraw(room_key(0))]);
    let effects = desk.message(0, 60, "after the restore");
    assert!(shown(&effects).body.contains("after the restore"), "{effects:?}");
}
