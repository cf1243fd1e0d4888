//! The lifecycle of notifications: which are shown, what they say, and when they are withdrawn.
//!
//! Pure: it is given what was committed to the store and returns what the desktop is to do. A room
//! has at most one notification, which counts; messages missed in several rooms share one.
//! [`decide`] decides about a single event.

use std::collections::{BTreeMap, VecDeque};

use homing_engine::diff::{Diff, Incoming};
use homing_engine::view::{ConnectionState, Overview, Room};
use homing_protocol::{Content, RoomId, RoomKind, Seq, SpaceId, UserId};

use crate::dto::{NotifyDecision, Open, Settings, ViewerFocus, Why};
use crate::names::fitted;
use crate::notify::{Act, Decision, Event, Focus, Moment, Rules, Shown, decide};
use crate::ports::{DesktopNotification, NotificationActions, NotificationKey, NotifiedMessage};
use crate::tray_state::{has_name, person, title};
use crate::words::Words;

mod rewritten;

/// Decisions kept for "why was I not notified?".
const DECISIONS: usize = 100;
/// Messages that wait for their sender's name. A new member's first messages may arrive before the
/// member's own record. Past this many, the oldest is shown without a name.
const UNNAMED: usize = 16;
/// Characters of a message that a notification shows; desktops cut at about as many.
const PREVIEW_CHARS: usize = 200;

/// What the desktop is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationEffect {
    /// Show, or replace.
    Show(Box<DesktopNotification>),
    /// Withdraw.
    Withdraw(NotificationKey),
}

/// The context of a batch, the same for all rooms.
#[derive(Debug, Clone, Copy)]
pub struct NotifyContext<'a> {
    /// What the person chose.
    pub settings: &'a Settings,
    /// The language.
    pub words: Words,
    /// The current time.
    pub now: Moment,
    /// There are several spaces, so a title names the space as well.
    pub several_spaces: bool,
}

/// The notifications shown, and the reasons for the last decisions.
#[derive(Debug, Default)]
pub struct Notifications {
    look: ViewerFocus,
    shown: BTreeMap<(SpaceId, RoomId), NotifiedMessages>,
    missed: BTreeMap<SpaceId, MissedMessages>,
    decisions: VecDeque<NotifyDecision>,
    unnamed: VecDeque<(SpaceId, Incoming)>,
}

/// What a room's notification contains.
#[derive(Debug, Clone)]
struct NotifiedMessages {
    messages: u32,
    newest: Newest,
}

/// The newest message in a notification.
#[derive(Debug, Clone)]
struct Newest {
    seq: Seq,
    sender: UserId,
    /// The beginning of its text.
    text: String,
    /// The key of its row, if known.
    key: Option<String>,
}

impl Newest {
    fn of(overview: &Overview, message: &Incoming) -> Self {
        let event = &message.event;
        let text = match event.content() {
            Content::Message(message) => preview(overview, &message.text),
            _ => String::new(),
        };
        let key = event.cid.map_or_else(|| event.id.to_string(), |cid| cid.to_string());
        Self { seq: event.seq, sender: event.sender, text, key: Some(key) }
    }
}

/// New messages of a room, to be decided about.
struct NewMessages {
    event: Event,
    /// They arrived while connected.
    live: bool,
    ts: i64,
    notified: NotifiedMessages,
}

/// What was missed in a space.
#[derive(Debug, Default)]
struct MissedMessages {
    rooms: BTreeMap<RoomId, NotifiedMessages>,
    /// The shared notification is shown.
    shown: bool,
    /// Some of it is not in the notification yet.
    untold: bool,
}

impl NotifiedMessages {
    /// Merges with what was notified earlier.
    fn and(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        let messages = earlier.messages.saturating_add(self.messages);
        let newest = std::cmp::max_by_key(earlier.newest, self.newest, |one| one.seq);
        Self { messages, newest }
    }

    fn shown(&self) -> Shown {
        Shown { messages: self.messages, up_to: self.newest.seq }
    }
}

impl Notifications {
    /// Updates the viewer's focus and withdraws what is visible now.
    pub fn look(
        &mut self,
        look: ViewerFocus,
        spaces: &[Overview],
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        self.look = look;
        let found = self.look.room.as_ref().and_then(|at| {
            let overview = spaces.iter().find(|one| one.space.id == at.space)?;
            Some((overview, overview.rooms.iter().find(|room| room.id == at.room)?))
        });
        match found {
            Some((overview, room)) => self.settle(overview, room, Event::Looked, context),
            None => Vec::new(),
        }
    }

    /// The last decisions, newest first.
    pub fn decisions(&self) -> Vec<NotifyDecision> {
        self.decisions.iter().cloned().collect()
    }

    /// The effects of a batch that was just applied to `overview`.
    pub fn after_batch(
        &mut self,
        overview: &Overview,
        diffs: &[Diff],
        incoming: &[Incoming],
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        let space = overview.space.id;
        let mut effects = self.after_messages(overview, incoming, context);
        for diff in diffs {
            match diff {
                Diff::Room { room } => effects.extend(self.settle_changed(overview, room, context)),
                Diff::RoomGone { room } => effects.extend(self.left(space, *room)),
                // After a server is restored, positions differ: an old notification's position
                // would hide new messages.
                Diff::TimelineReset { room } => effects.extend(self.left(space, *room)),
                Diff::Items { room, items } => {
                    for item in items {
                        effects.extend(self.rewritten(overview, *room, item, context));
                    }
                }
                _ => {}
            }
        }
        effects.extend(self.fold(overview, context));
        last_of_each(effects)
    }

    /// The effects of a new overview that replaces another, because the changes between them are
    /// not known one by one: what was read meanwhile is withdrawn, and what arrived counts as
    /// missed.
    pub fn after_overview(
        &mut self,
        before: &Overview,
        overview: &Overview,
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        let space = overview.space.id;
        let mut effects = self.after_messages(overview, &[], context);
        for room in self.notified_rooms(space) {
            if overview.rooms.iter().all(|one| one.id != room) {
                effects.extend(self.left(space, room));
            }
        }
        for room in &overview.rooms {
            effects.extend(self.settle_changed(overview, room, context));
            let known = before.rooms.iter().find(|one| one.id == room.id);
            if let Some(new) = new_messages(overview, known, room) {
                effects.extend(self.take(overview, room, new, context));
            }
        }
        effects.extend(self.fold(overview, context));
        last_of_each(effects)
    }

    /// The rooms with a notification.
    fn notified_rooms(&self, space: SpaceId) -> Vec<RoomId> {
        let own = self.shown.keys().filter(|(of, _)| *of == space).map(|(_, room)| *room);
        let missed = self.missed.get(&space).into_iter().flat_map(|missed| missed.rooms.keys());
        own.chain(missed.copied()).collect()
    }

    fn after_messages(
        &mut self,
        overview: &Overview,
        incoming: &[Incoming],
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        let space = overview.space.id;
        let mut effects = Vec::new();
        let mut waiting = std::mem::take(&mut self.unnamed);
        waiting.extend(incoming.iter().map(|message| (space, message.clone())));
        while let Some((of, message)) = waiting.pop_front() {
            let named = of == space && has_name(overview, message.event.sender);
            if named || waiting.len() + self.unnamed.len() >= UNNAMED && of == space {
                effects.extend(self.after_message(overview, &message, context));
            } else {
                self.unnamed.push_back((of, message));
            }
        }
        effects
    }

    /// Withdraws everything of a space that was left.
    pub fn after_leaving(&mut self, space: SpaceId) -> Vec<NotificationEffect> {
        self.unnamed.retain(|(of, _)| *of != space);
        let folded = self.missed.remove(&space).is_some_and(|missed| missed.shown);
        let keys = self.shown.extract_if(.., |(of, _), _| *of == space);
        let mut keys: Vec<_> =
            keys.map(|((of, room), _)| NotificationKey::Room(of, room)).collect();
        keys.extend(folded.then_some(NotificationKey::CaughtUp(space)));
        keys.into_iter().map(NotificationEffect::Withdraw).collect()
    }

    fn after_message(
        &mut self,
        overview: &Overview,
        message: &Incoming,
        context: NotifyContext<'_>,
    ) -> Option<NotificationEffect> {
        let event = &message.event;
        let Content::Message(_) = event.content() else {
            return None;
        };
        let room = overview.rooms.iter().find(|room| room.id == event.room)?;
        let newest = Newest::of(overview, message);
        // An edit names the viewer in a message that they were told of.
        let shown = self.shown.get(&(overview.space.id, room.id));
        if shown.is_some_and(|shown| shown.newest.seq == newest.seq) {
            return None;
        }
        let new = NewMessages {
            event: Event::Message {
                kind: room.kind,
                mentions_me: message.mentions_me,
                live: message.live,
                seq: event.seq,
                read: room.read,
            },
            live: message.live,
            ts: event.ts,
            notified: NotifiedMessages { messages: 1, newest },
        };
        self.take(overview, room, new, context)
    }

    /// Decides about a room's new messages and records the reason.
    fn take(
        &mut self,
        overview: &Overview,
        room: &Room,
        new: NewMessages,
        context: NotifyContext<'_>,
    ) -> Option<NotificationEffect> {
        let space = overview.space.id;
        let decision = self.decide(overview, room, new.event, new.live, context);
        self.decisions.push_front(NotifyDecision {
            space,
            room: room.id,
            ts: new.ts,
            shown: decision.act != Act::Nothing,
            why: decision.why,
        });
        self.decisions.truncate(DECISIONS);
        match decision {
            Decision { act: Act::Nothing | Act::Withdraw, .. } => None,
            Decision { why: Why::CaughtUp, .. } => {
                let missed = self.missed.entry(space).or_default();
                let notified = new.notified.and(missed.rooms.remove(&room.id));
                missed.rooms.insert(room.id, notified);
                missed.untold = true;
                None
            }
            Decision { act: Act::Show | Act::Update, .. } => {
                let notified = new.notified.and(self.shown.remove(&(space, room.id)));
                Some(self.show(overview, room, notified, context))
            }
        }
    }

    /// Handles a changed room.
    fn settle_changed(
        &mut self,
        overview: &Overview,
        room: &Room,
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        let changed = Event::Changed { read: room.read, unread: room.unread };
        self.settle(overview, room, changed, context)
    }

    /// Updates a room's notification and its part in the shared one.
    fn settle(
        &mut self,
        overview: &Overview,
        room: &Room,
        event: Event,
        context: NotifyContext<'_>,
    ) -> Vec<NotificationEffect> {
        let mut effects = Vec::new();
        let space = overview.space.id;
        let withdraws = |decision: Decision| decision.act == Act::Withdraw;
        if withdraws(self.decide(overview, room, event, true, context)) {
            self.shown.remove(&(space, room.id));
            effects.push(NotificationEffect::Withdraw(NotificationKey::Room(space, room.id)));
        }
        if withdraws(self.decide(overview, room, event, false, context)) {
            effects.extend(self.no_longer_missed(space, room.id));
        }
        effects
    }

    fn left(&mut self, space: SpaceId, room: RoomId) -> Vec<NotificationEffect> {
        let own = self.shown.remove(&(space, room)).map(|_| NotificationKey::Room(space, room));
        let own = own.map(NotificationEffect::Withdraw);
        own.into_iter().chain(self.no_longer_missed(space, room)).collect()
    }

    fn no_longer_missed(&mut self, space: SpaceId, room: RoomId) -> Option<NotificationEffect> {
        let missed = self.missed.get_mut(&space)?;
        missed.rooms.remove(&room);
        if !missed.rooms.is_empty() {
            return None;
        }
        let shown = missed.shown;
        self.missed.remove(&space);
        shown.then_some(NotificationEffect::Withdraw(NotificationKey::CaughtUp(space)))
    }

    /// Decides about a room's own notification, or its part in the shared one.
    fn decide(
        &self,
        overview: &Overview,
        room: &Room,
        event: Event,
        own: bool,
        context: NotifyContext<'_>,
    ) -> Decision {
        let space = overview.space.id;
        let notified = if own {
            self.shown.get(&(space, room.id))
        } else {
            self.missed.get(&space).and_then(|missed| missed.rooms.get(&room.id))
        };
        let rules = Rules {
            everywhere: context.settings.notify,
            room: room.notify,
            muted: room.muted || context.settings.muted_spaces.contains(&overview.space.id),
            paused_until: context.settings.notify_paused_until,
            hours: &context.settings.quiet_hours,
            now: context.now,
        };
        decide(
            event,
            rules,
            self.focus(space, room.id),
            overview.status,
            notified.map(NotifiedMessages::shown),
        )
    }

    fn focus(&self, space: SpaceId, room: RoomId) -> Focus {
        match &self.look.room {
            _ if !self.look.focused => Focus::Away,
            Some(seen) if seen.space == space && seen.room == room && seen.at_end => Focus::Here,
            _ => Focus::Elsewhere,
        }
    }

    /// One notification for everything missed in a space, without what was read since. A single
    /// room gets its own notification instead.
    fn fold(
        &mut self,
        overview: &Overview,
        context: NotifyContext<'_>,
    ) -> Option<NotificationEffect> {
        // Rooms catch up one by one or together; the notification is shown once all have.
        if !matches!(overview.connection, ConnectionState::UpToDate { .. }) {
            return None;
        }
        let space = overview.space.id;
        let missed = self.missed.get_mut(&space).filter(|missed| missed.untold)?;
        missed.untold = false;
        let (only, first) = (missed.rooms.len() == 1, *missed.rooms.keys().next()?);
        if let Some(room) = overview.rooms.iter().find(|room| only && room.id == first)
            && !missed.shown
        {
            let late = self.missed.remove(&space)?.rooms.remove(&first)?;
            let notified = late.and(self.shown.remove(&(space, first)));
            return Some(self.show(overview, room, notified, context));
        }
        missed.shown = true;
        let messages = missed.rooms.values().map(|notified| notified.messages).sum();
        Some(NotificationEffect::Show(Box::new(DesktopNotification {
            key: NotificationKey::CaughtUp(space),
            title: fitted([&overview.space.name], |[space]| space.to_owned()),
            body: context.words.missed(messages, missed.rooms.len()),
            click: context.words.open().to_owned(),
            open: Some(Open::Room { space, room: first, key: None, compose: false }),
            actions: None,
        })))
    }

    /// Shows or replaces a room's notification.
    fn show(
        &mut self,
        overview: &Overview,
        room: &Room,
        notified: NotifiedMessages,
        context: NotifyContext<'_>,
    ) -> NotificationEffect {
        let space = overview.space.id;
        let note = Box::new(note(overview, room, &notified, context));
        self.shown.insert((space, room.id), notified);
        NotificationEffect::Show(note)
    }
}

/// The text of a room's notification.
fn note(
    overview: &Overview,
    room: &Room,
    notified: &NotifiedMessages,
    context: NotifyContext<'_>,
) -> DesktopNotification {
    let NotifyContext { words, .. } = context;
    let (space, newest) = (overview.space.id, &notified.newest);
    let sender = person(overview, newest.sender);
    let in_private = room.kind == RoomKind::Direct && room.people.len() < 2;
    let place = title(overview, room, words);
    let names = [sender, &place, &overview.space.name];
    let title = fitted(names, |[sender, place, space]| {
        let counted = |place| words.with_count(place, &words.new_messages(notified.messages));
        let line = match notified.messages {
            1 if in_private => sender.to_owned(),
            1 => words.in_room(sender, place),
            _ => counted(place),
        };
        if context.several_spaces { words.in_space(&line, space) } else { line }
    });
    let (written, key) = (newest.text.clone(), newest.key.clone());
    DesktopNotification {
        key: NotificationKey::Room(space, room.id),
        title,
        body: match (context.settings.notify_preview, notified.messages) {
            (false, n) => words.new_messages(n),
            // The newest of them was taken back.
            (true, n) if written.is_empty() => words.new_messages(n),
            // The sender is in the title already, or is one of several.
            (true, 1) => written,
            (true, _) if in_private => written,
            (true, _) => words.wrote(sender, &written),
        },
        click: words.open().to_owned(),
        open: Some(Open::Room { space, room: room.id, key: key.clone(), compose: false }),
        actions: key.map(|key| NotificationActions {
            about: NotifiedMessage { space, room: room.id, seq: newest.seq, key },
            reply: words.reply().to_owned(),
            write: fitted([&place], |[place]| words.write_to(place)),
            mark_read: words.mark_read().to_owned(),
        }),
    }
}

/// What arrived in a room between two overviews, without the messages of `me`. Only the preview of
/// the newest message is known.
fn new_messages(overview: &Overview, before: Option<&Room>, room: &Room) -> Option<NewMessages> {
    let me = overview.space.me;
    let (unread, mentions) = match before {
        Some(before) if before.read == room.read => (before.unread, before.mentions),
        _ => (0, 0),
    };
    // Earlier unread messages may be read by now, so no more arrived than the log grew by.
    let grown = room.head.0.saturating_sub(before.map_or(0, |before| before.head.0));
    let grown = u32::try_from(grown).unwrap_or(u32::MAX);
    let messages = room.unread.saturating_sub(unread).min(grown);
    let last = room.last.as_ref().filter(|last| messages > 0 && last.sender != me)?;
    let (seq, text) = (room.head, preview(overview, &last.text));
    Some(NewMessages {
        event: Event::Message {
            kind: room.kind,
            mentions_me: room.mentions > mentions,
            live: false,
            seq,
            read: room.read,
        },
        live: false,
        ts: last.ts,
        notified: NotifiedMessages {
            messages,
            newest: Newest { seq, sender: last.sender, text, key: None },
        },
    })
}

/// Keeps only the last effect for each key, so that a burst reaches the desktop once.
fn last_of_each(effects: Vec<NotificationEffect>) -> Vec<NotificationEffect> {
    let key = |effect: &NotificationEffect| match effect {
        NotificationEffect::Show(note) => note.key,
        NotificationEffect::Withdraw(key) => *key,
    };
    let mut last: Vec<NotificationEffect> = Vec::with_capacity(effects.len());
    for effect in effects {
        last.retain(|earlier| key(earlier) != key(&effect));
        last.push(effect);
    }
    last
}

/// The beginning of a message on one line.
fn preview(overview: &Overview, text: &str) -> String {
    let text = overview.plain(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(PREVIEW_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests;
