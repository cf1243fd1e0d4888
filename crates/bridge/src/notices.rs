//! The life of notifications: which are shown, when they are taken back, and what the badge says.
//!
//! Pure: fed with what was committed to the store, it says what the desktop is to do. The decision
//! about a single message is [`decide`]'s.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use homing_engine::event::{Diff, Incoming};
use homing_engine::view::{Link, Overview, Room};
use homing_protocol::{Content, RoomId, RoomKind, SpaceId};

use crate::dto::{Look, NotifyDecision, NotifyLevel, Open, Settings, Why};
use crate::notify::{Circumstances, Decision, decide};
use crate::ports::{Note, NoteKey, Unread, UnreadRoom};
use crate::words::Words;

/// Decisions kept for "why was I not notified?": a screenful and some.
const DECISIONS: usize = 100;
/// Messages that wait for their sender's name. Whoever has just come in writes one or two before
/// the news of them is here; past this many the oldest is notified of without a name.
const UNNAMED: usize = 16;
/// Rooms in the tray's menu.
const MENU_ROOMS: usize = 5;
/// Characters of a message that a notification shows; desktops cut at about as much.
const PREVIEW_CHARS: usize = 200;

/// What the desktop is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Show, or replace.
    Show(Note),
    /// Take back.
    Withdraw(NoteKey),
}

/// What is shown and what is known about why.
#[derive(Debug, Default)]
pub struct Notices {
    look: Look,
    shown: BTreeSet<NoteKey>,
    missed: BTreeMap<SpaceId, BTreeMap<RoomId, u32>>,
    decisions: VecDeque<NotifyDecision>,
    unnamed: VecDeque<(SpaceId, Incoming)>,
}

impl Notices {
    /// What the person has before their eyes now. What they can see is taken back.
    pub fn look(&mut self, look: Look) -> Vec<Effect> {
        self.look = look;
        let seen = self
            .look
            .room
            .as_ref()
            .filter(|room| self.look.focused && room.at_end)
            .map(|room| NoteKey::Room(room.space, room.room));
        seen.into_iter().filter_map(|key| self.withdraw(key)).collect()
    }

    /// The last decisions, newest first.
    pub fn decisions(&self) -> Vec<NotifyDecision> {
        self.decisions.iter().cloned().collect()
    }

    /// What follows from a batch that was just applied to `overview`.
    pub fn after_batch(
        &mut self,
        overview: &Overview,
        diffs: &[Diff],
        incoming: &[Incoming],
        settings: &Settings,
        words: Words,
    ) -> Vec<Effect> {
        let space = overview.space.id;
        let mut effects: Vec<Effect> = Vec::new();
        let mut waiting = std::mem::take(&mut self.unnamed);
        waiting.extend(incoming.iter().map(|message| (space, message.clone())));
        while let Some((of, message)) = waiting.pop_front() {
            let named = of == space && has_name(overview, &message);
            if named || waiting.len() + self.unnamed.len() >= UNNAMED && of == space {
                effects.extend(self.after_message(overview, &message, settings, words));
            } else {
                self.unnamed.push_back((of, message));
            }
        }
        for diff in diffs {
            match diff {
                Diff::Room { room } if room.unread == 0 => {
                    effects.extend(self.withdraw(NoteKey::Room(space, room.id)));
                    self.read_what_was_missed(space, room.id, &mut effects);
                }
                Diff::RoomGone { room } => {
                    effects.extend(self.withdraw(NoteKey::Room(space, *room)));
                    self.read_what_was_missed(space, *room, &mut effects);
                }
                Diff::Link { link: Link::UpToDate { .. } } => {
                    effects.extend(self.fold(space, words));
                }
                _ => {}
            }
        }
        effects
    }

    /// A space left this device: nothing of it stays on the desktop.
    pub fn after_leaving(&mut self, space: SpaceId) -> Vec<Effect> {
        self.missed.remove(&space);
        self.unnamed.retain(|(of, _)| *of != space);
        let keys: Vec<_> = self
            .shown
            .iter()
            .copied()
            .filter(|key| match key {
                NoteKey::Room(of, _) | NoteKey::CaughtUp(of) => *of == space,
                NoteKey::Test => false,
            })
            .collect();
        keys.into_iter().filter_map(|key| self.withdraw(key)).collect()
    }

    fn after_message(
        &mut self,
        overview: &Overview,
        message: &Incoming,
        settings: &Settings,
        words: Words,
    ) -> Option<Effect> {
        let space = overview.space.id;
        let event = &message.event;
        let Content::Message(content) = event.content() else {
            return None;
        };
        let room = overview.rooms.iter().find(|room| room.id == event.room)?;
        let decision = decide(Circumstances {
            kind: room.kind,
            muted: room.muted,
            mentions_me: message.mentions_me,
            live: message.live,
            seq: event.seq,
            read: room.read,
            in_view: self.in_view(space, room.id),
            level: settings.notify,
        });
        self.decisions.push_front(NotifyDecision {
            space,
            room: room.id,
            ts: event.ts,
            shown: !matches!(decision, Decision::Nothing(_)),
            why: decision.why(),
        });
        self.decisions.truncate(DECISIONS);
        match decision {
            Decision::Show(why) => {
                let key = NoteKey::Room(space, room.id);
                self.shown.insert(key);
                let sender = person(overview, event.sender);
                Some(Effect::Show(Note {
                    key,
                    title: match why {
                        Why::Direct => sender.to_owned(),
                        _ if room.kind == RoomKind::Direct => sender.to_owned(),
                        _ => words.in_room(sender, &room.name),
                    },
                    body: if settings.notify_preview {
                        preview(&content.text)
                    } else {
                        words.new_message().to_owned()
                    },
                    open: Some(Open::Room {
                        space,
                        room: room.id,
                        key: Some(
                            event.cid.map_or_else(|| event.id.to_string(), |cid| cid.to_string()),
                        ),
                    }),
                }))
            }
            Decision::Fold => {
                *self.missed.entry(space).or_default().entry(room.id).or_default() += 1;
                // Already up to date: a hole was filled, and no further news of the link will come.
                matches!(overview.link, Link::UpToDate { .. }).then(|| self.fold(space, words))?
            }
            Decision::Nothing(_) => None,
        }
    }

    fn in_view(&self, space: SpaceId, room: RoomId) -> bool {
        self.look.focused
            && self
                .look
                .room
                .as_ref()
                .is_some_and(|seen| seen.space == space && seen.room == room && seen.at_end)
    }

    /// One notification for all that was missed in a space. Said once; what is read in the
    /// meantime no longer counts.
    fn fold(&mut self, space: SpaceId, words: Words) -> Option<Effect> {
        let missed = self.missed.get(&space)?;
        let messages: u32 = missed.values().sum();
        let (first, rooms) = (*missed.keys().next()?, missed.len());
        let key = NoteKey::CaughtUp(space);
        self.shown.insert(key);
        Some(Effect::Show(Note {
            key,
            title: "Homing".to_owned(),
            body: words.missed(messages, rooms),
            open: Some(Open::Room { space, room: first, key: None }),
        }))
    }

    fn read_what_was_missed(&mut self, space: SpaceId, room: RoomId, effects: &mut Vec<Effect>) {
        let Some(missed) = self.missed.get_mut(&space) else {
            return;
        };
        missed.remove(&room);
        if missed.is_empty() {
            self.missed.remove(&space);
            effects.extend(self.withdraw(NoteKey::CaughtUp(space)));
        }
    }

    fn withdraw(&mut self, key: NoteKey) -> Option<Effect> {
        self.shown.remove(&key).then_some(Effect::Withdraw(key))
    }
}

/// What badge and tray show. Muted rooms do not count.
#[must_use]
pub fn unread(spaces: &[Overview], level: NotifyLevel, words: Words) -> Unread {
    let mut unread = Unread::default();
    for overview in spaces {
        for room in overview.rooms.iter().filter(|room| room.unread > 0 && !room.muted) {
            let to_me = if room.kind == RoomKind::Direct { room.unread } else { room.mentions };
            unread.mentions += to_me;
            unread.messages += if level == NotifyLevel::Mentions { to_me } else { room.unread };
            unread.rooms.push(UnreadRoom {
                space: overview.space.id,
                room: room.id,
                title: title(overview, room, words),
                unread: room.unread,
            });
        }
    }
    unread.rooms.sort_by(|a, b| b.unread.cmp(&a.unread).then_with(|| a.title.cmp(&b.title)));
    unread.rooms.truncate(MENU_ROOMS);
    unread
}

/// What to call a room outside the interface.
fn title(overview: &Overview, room: &Room, words: Words) -> String {
    if room.kind != RoomKind::Direct {
        return format!("#{}", room.name);
    }
    if room.people.is_empty() {
        return words.only_you().to_owned();
    }
    let names: Vec<_> = room.people.iter().map(|user| person(overview, *user)).collect();
    names.join(", ")
}

fn has_name(overview: &Overview, message: &Incoming) -> bool {
    overview.people.iter().any(|one| one.id == message.event.sender)
}

fn person(overview: &Overview, user: homing_protocol::UserId) -> &str {
    overview.people.iter().find(|one| one.id == user).map_or("?", |one| one.name.as_str())
}

/// The beginning of a message on one line.
fn preview(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PREVIEW_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::LookedAt;
    use crate::fixture;
    use homing_protocol::Seq;

    fn after(notices: &mut Notices, overview: &Overview, message: Incoming) -> Vec<Effect> {
        notices.after_batch(overview, &[], &[message], &Settings::default(), Words::English)
    }

    fn shown(effects: &[Effect]) -> &Note {
        match effects {
            [Effect::Show(note)] => note,
            other => panic!("one notification expected, not {other:?}"),
        }
    }

    #[test]
    fn a_message_shows_who_where_and_what_and_opens_itself() {
        let overview = fixture::overview();
        let effects =
            after(&mut Notices::default(), &overview, fixture::incoming(0, 11, "hello\nall", &[]));
        let note = shown(&effects);
        assert_eq!(note.title, "Mei Lin in #general");
        assert_eq!(note.body, "hello all");
        let room = fixture::room_id(0);
        assert!(
            matches!(note.open, Some(Open::Room { room: opened, key: Some(_), .. }) if opened == room)
        );
    }

    #[test]
    fn a_message_of_somebody_new_waits_for_their_name() {
        let mut overview = fixture::overview();
        let mei = overview.people.remove(1);
        let mut notices = Notices::default();
        assert_eq!(after(&mut notices, &overview, fixture::incoming(0, 11, "hi", &[])), []);
        overview.people.push(mei.clone());
        let diffs = [Diff::Person { person: mei }];
        let settings = Settings::default();
        let effects = notices.after_batch(&overview, &diffs, &[], &settings, Words::English);
        assert_eq!(shown(&effects).title, "Mei Lin in #general");
        let again = notices.after_batch(&overview, &diffs, &[], &settings, Words::English);
        assert_eq!(again, []);
    }

    #[test]
    fn a_direct_message_is_titled_with_its_sender() {
        let effects = after(
            &mut Notices::default(),
            &fixture::overview(),
            fixture::incoming(2, 11, "psst", &[]),
        );
        assert_eq!(shown(&effects).title, "Mei Lin");
    }

    #[test]
    fn the_text_stays_hidden_when_asked() {
        let settings = Settings { notify_preview: false, ..Settings::default() };
        let effects = Notices::default().after_batch(
            &fixture::overview(),
            &[],
            &[fixture::incoming(0, 11, "secret", &[])],
            &settings,
            Words::Chinese,
        );
        assert_eq!(shown(&effects).body, "新消息");
    }

    #[test]
    fn a_room_has_one_notification_and_reading_takes_it_back() {
        let mut overview = fixture::overview();
        let mut notices = Notices::default();
        let first = after(&mut notices, &overview, fixture::incoming(0, 11, "one", &[]));
        let second = after(&mut notices, &overview, fixture::incoming(0, 12, "two", &[]));
        assert_eq!(shown(&first).key, shown(&second).key);

        overview.rooms[0].read = Seq(12);
        let read = [Diff::Room { room: overview.rooms[0].clone() }];
        let effects =
            notices.after_batch(&overview, &read, &[], &Settings::default(), Words::English);
        assert_eq!(effects, [Effect::Withdraw(shown(&first).key)]);
        let again =
            notices.after_batch(&overview, &read, &[], &Settings::default(), Words::English);
        assert_eq!(again, []);
    }

    #[test]
    fn looking_at_the_end_of_a_room_takes_its_notification_back_and_raises_no_more() {
        let overview = fixture::overview();
        let mut notices = Notices::default();
        after(&mut notices, &overview, fixture::incoming(0, 11, "one", &[]));
        let look = |at_end| Look {
            focused: true,
            active: true,
            room: Some(LookedAt { space: fixture::space_id(), room: fixture::room_id(0), at_end }),
        };
        assert_eq!(notices.look(look(false)), []);
        let effects = notices.look(look(true));
        assert!(matches!(effects.as_slice(), [Effect::Withdraw(NoteKey::Room(..))]));
        assert_eq!(after(&mut notices, &overview, fixture::incoming(0, 12, "two", &[])), []);
        let other_room = after(&mut notices, &overview, fixture::incoming(1, 11, "there", &[]));
        assert_eq!(shown(&other_room).title, "Mei Lin in #design");
        assert_eq!(notices.decisions()[1].why, Why::Seen);
    }

    #[test]
    fn what_was_missed_is_one_notification_that_reading_takes_back() {
        let mut overview = fixture::overview();
        overview.link = Link::CatchingUp { rooms: 2 };
        let mut notices = Notices::default();
        for (room, seq) in [(0, 11), (0, 12), (1, 11)] {
            let mut message = fixture::incoming(room, seq, "while away", &[]);
            message.live = false;
            assert_eq!(after(&mut notices, &overview, message), []);
        }
        let up = Link::UpToDate { rtt_ms: None };
        overview.link = up.clone();
        let settings = Settings::default();
        let effects = notices.after_batch(
            &overview,
            &[Diff::Link { link: up }],
            &[],
            &settings,
            Words::English,
        );
        assert_eq!(shown(&effects).body, "3 new messages in 2 rooms");

        let read = |n: usize, overview: &Overview| [Diff::Room { room: overview.rooms[n].clone() }];
        let one =
            notices.after_batch(&overview, &read(0, &overview), &[], &settings, Words::English);
        assert_eq!(one, []);
        let two =
            notices.after_batch(&overview, &read(1, &overview), &[], &settings, Words::English);
        assert_eq!(two, [Effect::Withdraw(NoteKey::CaughtUp(fixture::space_id()))]);
    }

    #[test]
    fn the_badge_counts_what_is_not_muted() {
        let mut overview = fixture::overview();
        for (room, count) in overview.rooms.iter_mut().zip([5, 7, 2]) {
            room.unread = count;
        }
        overview.rooms[1].muted = true;
        let badge = unread(std::slice::from_ref(&overview), NotifyLevel::All, Words::English);
        assert_eq!((badge.messages, badge.mentions), (7, 2));
        let titles: Vec<_> = badge.rooms.iter().map(|room| room.title.as_str()).collect();
        assert_eq!(titles, ["#general", "Mei Lin"]);
        assert_eq!(unread(&[overview], NotifyLevel::Mentions, Words::English).messages, 2);
    }

    #[test]
    fn a_preview_is_one_line_cut_between_characters() {
        assert_eq!(preview(" a\n\n b "), "a b");
        let long = preview(&"好".repeat(300));
        assert_eq!(long.chars().count(), PREVIEW_CHARS + 1);
    }
}
