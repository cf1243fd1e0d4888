//! What a room says, counted naively over the server's log.
//!
//! Every event is looked at in order, and every message afterwards. The server counts as it commits
//! and devices take what it tells, so a mistake of either differs from this.

use std::collections::BTreeMap;

use homing_engine::view::{Item, ReactionGroup};
use homing_protocol::event::Reply;
use homing_protocol::limits::REACTION_PEOPLE;
use homing_protocol::{Content, Message, MessageRef, RoomId, Seq, UserId, emoji};

use crate::truth::{Logged, Truth};

/// A message as somebody sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Its newest text.
    pub text: String,
    /// Whom that names.
    pub mentions: Vec<UserId>,
    /// What it answers.
    pub reply: Option<Reply>,
    /// Its text was changed.
    pub edited: bool,
    /// The reactions.
    pub reactions: Vec<ReactionGroup>,
    /// It is pinned.
    pub pinned: bool,
    /// Who took it back.
    pub gone: Option<UserId>,
}

impl Shown {
    /// A row of a device, if it is a message.
    #[must_use]
    pub fn of(item: Item) -> Option<Self> {
        let Content::Message(Message { text, mentions, reply }) = item.content else {
            return None;
        };
        let Item { edited, reactions, pinned, gone, .. } = item;
        Some(Self { text, mentions, reply, edited, reactions, pinned, gone })
    }
}

/// What is left of a message.
#[derive(Debug, Clone)]
pub struct Left {
    /// Its name.
    pub name: MessageRef,
    message: Message,
    /// When it got its text.
    edited: Option<i64>,
    /// Emoji and person, by the event since which it is so.
    reactions: Vec<(String, UserId)>,
    pinned: bool,
    /// Who took it back.
    pub gone: Option<UserId>,
}

impl Left {
    /// As somebody has to see it.
    #[must_use]
    pub fn shown(&self, viewer: UserId) -> Shown {
        if self.gone.is_some() {
            return Shown { gone: self.gone, ..Shown::default() };
        }
        let Message { text, mentions, reply } = self.message.clone();
        let mut reactions: Vec<ReactionGroup> = Vec::new();
        for (emoji, person) in &self.reactions {
            let known = reactions.iter().position(|group| group.emoji == *emoji);
            if let Some(group) = known.and_then(|at| reactions.get_mut(at)) {
                group.count += 1;
                group.mine |= *person == viewer;
                if group.people.len() < REACTION_PEOPLE {
                    group.people.push(*person);
                }
            } else {
                reactions.push(ReactionGroup {
                    emoji: emoji.clone(),
                    count: 1,
                    people: vec![*person],
                    mine: *person == viewer,
                });
            }
        }
        let (edited, pinned, gone) = (self.edited.is_some(), self.pinned, None);
        Shown { text, mentions, reply, edited, reactions, pinned, gone }
    }

    /// Whether it counts as unread, and as a mention, for somebody who has not read it.
    #[must_use]
    pub fn counts(&self, viewer: UserId) -> (bool, bool) {
        let unread = self.gone.is_none() && self.name.user != viewer;
        (unread, unread && self.message.mentions.contains(&viewer))
    }
}

/// What a room says.
#[derive(Debug, Clone, Default)]
pub struct Recount {
    /// Its messages.
    pub messages: BTreeMap<Seq, Left>,
    /// What the server must not have taken, or kept.
    pub problems: Vec<String>,
    places: BTreeMap<MessageRef, Seq>,
    beginning: Seq,
}

impl Recount {
    /// Counts a log that begins here by now. The owner may take back what others wrote.
    #[must_use]
    pub fn of(log: &[Logged], owner: UserId, beginning: Seq) -> Self {
        let mut recount = Self { beginning, ..Self::default() };
        for logged in log {
            let (seq, sender) = (logged.entry.seq, logged.sender);
            if let (Content::Message(message), Some(cid)) = (&logged.content, logged.entry.cid) {
                let name = MessageRef { user: sender, cid };
                recount.places.insert(name, seq);
                recount.messages.insert(seq, Left::new(name, message.clone()));
            }
            let Some(target) = logged.content.target() else { continue };
            let at = recount.places.get(&target);
            let known = at.and_then(|at| recount.messages.get_mut(at));
            if !known.is_some_and(|left| left.change(logged, owner)) {
                recount.problems.push(format!("the server took {logged:?}"));
            }
        }
        for logged in log {
            if !recount.is_erased(logged) {
                recount.problems.push(format!("it was taken back, and is still there: {logged:?}"));
            }
        }
        recount
    }

    /// Whether an event says nothing that was taken back.
    fn is_erased(&self, logged: &Logged) -> bool {
        let is_gone = |name: MessageRef| {
            let left = self.places.get(&name).and_then(|at| self.messages.get(at));
            left.is_some_and(|left| left.gone.is_some())
        };
        match &logged.content {
            Content::Message(message) => {
                let name = logged.entry.cid.map(|cid| MessageRef { user: logged.sender, cid });
                let quotes = message.reply.as_ref().filter(|reply| !reply.excerpt.is_empty());
                (*message == Message::default() || !name.is_some_and(is_gone))
                    && !quotes.is_some_and(|reply| {
                        is_gone(reply.target()) && !self.is_dropped(reply.target())
                    })
            }
            Content::Edit(edit) => edit.text.is_empty() || !is_gone(edit.of),
            _ => true,
        }
    }

    /// Whether the server no longer has a message: it can't tell what became of it.
    fn is_dropped(&self, name: MessageRef) -> bool {
        self.places.get(&name).is_some_and(|at| *at < self.beginning)
    }

    /// Whether a device shows a message as it has to.
    #[must_use]
    pub fn agrees(&self, shown: Option<&Shown>, at: Seq, viewer: UserId) -> bool {
        let unquoted = |shown: Shown| {
            let mut shown = shown;
            if let Some(reply) =
                shown.reply.as_mut().filter(|reply| self.is_dropped(reply.target()))
            {
                reply.excerpt.clear();
            }
            shown
        };
        let expected = self.messages.get(&at).map(|left| unquoted(left.shown(viewer)));
        shown.cloned().map(unquoted) == expected
    }

    /// Counts every room's log.
    #[must_use]
    pub fn of_all(
        truth: &Truth,
        owner: UserId,
        beginnings: &BTreeMap<RoomId, Seq>,
    ) -> BTreeMap<RoomId, Self> {
        let beginning = |room| beginnings.get(room).copied().unwrap_or_default();
        truth.iter().map(|(room, log)| (*room, Self::of(log, owner, beginning(room)))).collect()
    }

    /// Unread messages and mentions of somebody who has read up to here.
    #[must_use]
    pub fn unread(&self, viewer: UserId, read: Seq) -> (u32, u32) {
        let mut counted = (0, 0);
        for left in self.messages.range(read.next()..).map(|(_, left)| left) {
            let (unread, mention) = left.counts(viewer);
            counted.0 += u32::from(unread);
            counted.1 += u32::from(mention);
        }
        counted
    }
}

impl Left {
    fn new(name: MessageRef, message: Message) -> Self {
        let reactions = Vec::new();
        Self { name, message, edited: None, reactions, pinned: false, gone: None }
    }

    /// Applies a change. Whether its sender may make it.
    fn change(&mut self, logged: &Logged, owner: UserId) -> bool {
        let (sender, is_own) = (logged.sender, logged.sender == self.name.user);
        if self.gone.is_some() {
            // Two people may take it back at the same time.
            return matches!(logged.content, Content::Redact(_)) && (is_own || sender == owner);
        }
        match &logged.content {
            // Given back by a device that did not know of a newer one.
            Content::Edit(_) if logged.given_back && self.edited > Some(logged.ts) => is_own,
            Content::Edit(edit) => {
                self.edited = Some(logged.ts);
                self.message.text.clone_from(&edit.text);
                self.message.mentions.clone_from(&edit.mentions);
                is_own
            }
            Content::React(react) => {
                let reaction = (emoji::key(&react.emoji), sender);
                if !react.on {
                    self.reactions.retain(|known| *known != reaction);
                } else if !self.reactions.contains(&reaction) {
                    self.reactions.push(reaction);
                }
                true
            }
            Content::Pin(pin) => {
                self.pinned = pin.on;
                true
            }
            _ => {
                self.gone = Some(sender);
                is_own || sender == owner
            }
        }
    }
}
