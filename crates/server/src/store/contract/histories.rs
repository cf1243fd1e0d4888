//! Any history: whatever three people write, change and take back, what the store tells of it is
//! what a naive recount of the whole log gives.

use std::collections::{BTreeMap, BTreeSet};

use homing_protocol::event::{Edit, Message, React, Reply};
use homing_protocol::fold::{Fold, Reaction, Revision};
use homing_protocol::limits::REACTION_PEOPLE;
use homing_protocol::{Content, MessageRef, emoji};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use super::*;

const EMOJI: [&str; 4] = ["👍", "❤\u{fe0f}", "❤", "👍🏽"];
const HISTORIES: usize = 12;

/// A text with a token for each of these.
fn naming(text: String, people: &[UserId]) -> String {
    people.iter().fold(text, |text, user| text + &mention::person(*user, "x"))
}

/// Something that one of the three does. Numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Write { mentions: u8, reply: Option<usize> },
    Edit { message: usize, mentions: u8 },
    React { message: usize, emoji: usize, on: bool },
    Redact { message: usize },
    Pin { message: usize, on: bool },
    Mark { seq: usize },
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let message = 0..12usize;
    let step = prop_oneof![
        4 => (0..8u8, prop::option::weighted(0.4, message.clone()))
            .prop_map(|(mentions, reply)| Step::Write { mentions, reply }),
        4 => (message.clone(), 0..8u8).prop_map(|(message, mentions)| Step::Edit { message, mentions }),
        5 => (message.clone(), 0..EMOJI.len(), prop::bool::weighted(0.7))
            .prop_map(|(message, emoji, on)| Step::React { message, emoji, on }),
        2 => message.clone().prop_map(|message| Step::Redact { message }),
        2 => (message, any::<bool>()).prop_map(|(message, on)| Step::Pin { message, on }),
        2 => any::<usize>().prop_map(|seq| Step::Mark { seq }),
    ];
    (0..3usize, step)
}

/// An event as it was sent.
#[derive(Debug, Clone)]
struct Sent {
    seq: Seq,
    sender: UserId,
    cid: Option<Cid>,
    ts: i64,
    content: Content,
}

/// What is known without the store: everything that was sent, and how far everybody has read.
struct Model {
    people: [UserId; 3],
    log: Vec<Sent>,
    read: [Seq; 3],
}

impl Model {
    fn head(&self) -> Seq {
        self.log.last().map_or(Seq(0), |sent| sent.seq)
    }

    fn messages(&self) -> Vec<MessageRef> {
        let messages = self.log.iter().filter(|sent| matches!(sent.content, Content::Message(_)));
        messages.filter_map(|sent| Some(MessageRef { user: sent.sender, cid: sent.cid? })).collect()
    }

    fn seq_of(&self, of: MessageRef) -> Seq {
        let named = |sent: &&Sent| sent.sender == of.user && sent.cid == Some(of.cid);
        self.log.iter().find(named).unwrap().seq
    }

    fn is_gone(&self, of: MessageRef) -> bool {
        let redacts = |sent: &Sent| {
            matches!(sent.content, Content::Redact(_)) && sent.content.target() == Some(of)
        };
        self.log.iter().any(redacts)
    }

    fn people_of(&self, mask: u8) -> Vec<UserId> {
        (0..).zip(self.people).filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, p)| p).collect()
    }

    /// The fold of a message for a viewer, by going through all that was ever sent.
    fn fold(&self, of: MessageRef, viewer: UserId) -> Option<Fold> {
        let changes: Vec<&Sent> =
            self.log.iter().filter(|sent| sent.content.target() == Some(of)).collect();
        if changes.is_empty() {
            return None;
        }
        let mut fold = Fold {
            seq: self.seq_of(of),
            as_of: self.head(),
            edit: None,
            reactions: Vec::new(),
            mine: Some(Vec::new()),
            pinned: false,
            gone: None,
            of: None,
        };
        let mut reactions: Vec<(Seq, String, UserId)> = Vec::new();
        for sent in changes {
            match &sent.content {
                Content::Edit(edit) => {
                    let (text, mentions) = (edit.text.clone(), edit.mentions.clone());
                    fold.edit = Some(Revision { text, mentions, ts: sent.ts });
                }
                Content::React(React { emoji, on, .. }) => {
                    let emoji = emoji::key(emoji);
                    let is_same = |(_, other, by): &(Seq, String, UserId)| {
                        *other == emoji && *by == sent.sender
                    };
                    match on {
                        true if reactions.iter().any(is_same) => {}
                        true => reactions.push((sent.seq, emoji, sent.sender)),
                        false => reactions.retain(|reaction| !is_same(reaction)),
                    }
                }
                Content::Pin(pin) => fold.pinned = pin.on,
                Content::Redact(_) if fold.gone.is_none() => {
                    (fold.edit, fold.pinned, fold.gone) = (None, false, Some(sent.sender));
                    fold.of = Some(of);
                    reactions.clear();
                }
                _ => {}
            }
        }
        for (_, emoji, by) in reactions {
            match fold.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
                Some(reaction) => {
                    reaction.count += 1;
                    reaction.people.push(by);
                }
                None => fold.reactions.push(Reaction { emoji, count: 1, people: vec![by] }),
            }
        }
        let mine = fold.reactions.iter().filter(|reaction| reaction.people.contains(&viewer));
        fold.mine = Some(mine.map(|reaction| reaction.emoji.clone()).collect());
        for reaction in &mut fold.reactions {
            reaction.people.truncate(REACTION_PEOPLE);
        }
        Some(fold)
    }

    /// What the log keeps of what was sent.
    fn kept(&self, sent: &Sent) -> Content {
        let is_gone = |of| self.is_gone(of);
        match &sent.content {
            Content::Message(message) => {
                let name = sent.cid.map(|cid| MessageRef { user: sent.sender, cid });
                if name.is_some_and(is_gone) {
                    return Content::Message(Message::default());
                }
                let mut message = message.clone();
                if let Some(reply) = &mut message.reply
                    && is_gone(reply.target())
                {
                    reply.excerpt.clear();
                }
                Content::Message(message)
            }
            Content::Edit(edit) if is_gone(edit.of) => {
                Content::Edit(Edit { of: edit.of, text: String::new(), mentions: Vec::new() })
            }
            other => other.clone(),
        }
    }

    /// What a client that knows no folds sees of it.
    fn whole(&self, sent: &Sent, viewer: UserId) -> Content {
        let (Content::Message(message), Some(cid)) = (self.kept(sent), sent.cid) else {
            let is_quiet = sent.content.encode().is_some_and(|(kind, _)| Content::is_quiet(kind));
            return if is_quiet { Content::Stub } else { self.kept(sent) };
        };
        match self.fold(MessageRef { user: sent.sender, cid }, viewer) {
            Some(Fold { gone: Some(_), .. }) => Content::Stub,
            Some(Fold { edit: Some(Revision { text, mentions, .. }), .. }) => {
                Content::Message(Message { text, mentions, ..message })
            }
            _ => Content::Message(message),
        }
    }

    fn unread(&self, person: usize) -> (usize, usize) {
        let me = self.people[person];
        let newest =
            self.log.iter().filter(|sent| sent.seq > self.read[person] && sent.sender != me);
        let messages: Vec<_> = newest
            .filter_map(|sent| match self.whole(sent, me) {
                Content::Message(message) => Some(message.mentions.contains(&me)),
                _ => None,
            })
            .collect();
        (messages.len(), messages.iter().filter(|names_me| **names_me).count())
    }

    /// What is said, and how it should end.
    fn content(
        &self,
        by: UserId,
        step: &Step,
        n: usize,
    ) -> Option<(Content, Result<(), ErrorCode>)> {
        let messages = self.messages();
        let at = |n: usize| messages.get(n.checked_rem(messages.len())?).copied();
        let change = |of: MessageRef, content, is_allowed| {
            let result = match is_allowed {
                true if self.is_gone(of) => Err(ErrorCode::NoSuchMessage),
                true => Ok(()),
                false if self.is_gone(of) => Err(ErrorCode::NoSuchMessage),
                false => Err(ErrorCode::Forbidden),
            };
            Some((content, result))
        };
        match *step {
            Step::Write { mentions, reply } => {
                let reply = reply.and_then(at).map(|of| {
                    let text = self.log.iter().find(|sent| sent.cid == Some(of.cid));
                    let excerpt = match text.map(|sent| &sent.content) {
                        Some(Content::Message(message)) => message.text.clone(),
                        _ => String::new(),
                    };
                    Reply { user: of.user, cid: of.cid, excerpt }
                });
                let mentions = self.people_of(mentions);
                let text = naming(format!("m{n}"), &mentions);
                Some((Content::Message(Message { text, mentions, reply }), Ok(())))
            }
            Step::Edit { message, mentions } => {
                let of = at(message)?;
                let mentions = self.people_of(mentions);
                let edit = Edit { of, text: naming(format!("e{n}"), &mentions), mentions };
                change(of, Content::Edit(edit), of.user == by)
            }
            Step::React { message, emoji, on } => {
                let of = at(message)?;
                change(of, react(of, EMOJI[emoji], on), true)
            }
            Step::Redact { message } => {
                let of = at(message)?;
                // The first one is the space's owner.
                let is_allowed = of.user == by || by == self.people[0];
                let result = if is_allowed { Ok(()) } else { Err(ErrorCode::Forbidden) };
                Some((redact(of), result))
            }
            Step::Pin { message, on } => {
                let of = at(message)?;
                change(of, pin(of, on), true)
            }
            Step::Mark { .. } => None,
        }
    }

    fn check_page(&self, viewer: UserId, range: LogRange, form: LogForm, page: &LogPage) {
        let head = self.head();
        let (LogRange::After(_, limit) | LogRange::Before(_, limit)) = range;
        let limit = limit.max(1) as usize;
        assert_eq!((page.head, page.min, page.too_old), (head, Seq(1), false));
        let Some(span) = page.span else {
            assert!(page.items.is_empty() && page.folds.is_empty() && !page.more);
            match range {
                LogRange::After(seq, _) => assert!(seq >= head),
                LogRange::Before(seq, _) => assert!(seq <= Seq(1)),
            }
            return;
        };
        match range {
            LogRange::After(seq, _) => {
                assert_eq!((span.from, page.more), (seq.next(), span.to < head));
            }
            LogRange::Before(seq, _) => {
                assert_eq!(span.to.next(), seq.min(head.next()));
                assert_eq!(page.more, span.from > Seq(1));
            }
        }
        assert!(page.items.len() <= limit && (!page.more || page.items.len() == limit));
        let within: Vec<&Sent> =
            self.log.iter().filter(|sent| (span.from..=span.to).contains(&sent.seq)).collect();
        let is_loud =
            |sent: &&&Sent| !sent.content.encode().is_some_and(|(kind, _)| Content::is_quiet(kind));
        let items: Vec<_> = page.items.iter().map(|event| (event.seq, event.content())).collect();
        if form == LogForm::Whole {
            let whole = within.iter().map(|sent| (sent.seq, self.whole(sent, viewer)));
            assert_eq!(items, whole.collect::<Vec<_>>());
            assert!(page.folds.is_empty());
            return;
        }
        let loud = within.iter().filter(is_loud).map(|sent| (sent.seq, self.kept(sent)));
        assert_eq!(items, loud.collect::<Vec<_>>());
        let inside = within.iter().filter(|sent| matches!(sent.content, Content::Message(_)));
        let inside = inside.map(|sent| MessageRef { user: sent.sender, cid: sent.cid.unwrap() });
        let changed = within.iter().filter_map(|sent| sent.content.target());
        let folds: BTreeMap<Seq, Fold> = inside
            .chain(changed)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|of| self.fold(of, viewer))
            .map(|fold| (fold.seq, fold))
            .collect();
        assert_eq!(page.folds, folds.into_values().collect::<Vec<_>>());
    }
}

pub(super) async fn whatever_happens_folds_pages_and_counts_are_a_recount_of_the_log(
    subject: Subject,
) {
    let ada = subject.join("Ada", Role::Owner).await;
    let bob = subject.join("Bob", Role::Member).await;
    let cleo = subject.join("Cleo", Role::Member).await;
    let mut runner = TestRunner::new(Config::default());
    let history = prop::collection::vec(step(), 10..60);
    let pull = (0..3usize, 0..70u64, 0..12u32, any::<bool>(), any::<bool>());
    for _ in 0..HISTORIES {
        let steps = history.new_tree(&mut runner).unwrap().current();
        let pulls = prop::collection::vec(pull.clone(), 40).new_tree(&mut runner).unwrap();
        let told = format!("{steps:?}");
        let room = subject.room(ada, &[bob, cleo]).await;
        let people = [ada, bob, cleo];
        let log = subject.log(ada, room).await;
        let log = log.into_iter().map(|event| Sent {
            seq: event.seq,
            sender: event.sender,
            cid: None,
            ts: event.ts,
            content: event.content(),
        });
        let mut model = Model { people, log: log.collect(), read: [Seq(0); 3] };
        for (read, person) in model.read.iter_mut().zip(people) {
            *read = info(&subject, person, room).await.read;
        }
        for (n, (person, step)) in steps.into_iter().enumerate() {
            play(&subject, &mut model, room, person, &step, n).await;
            for (viewer, id) in people.into_iter().enumerate() {
                let info = info(&subject, id, room).await;
                let counts = (info.unread as usize, info.mentions as usize);
                assert_eq!(counts, model.unread(viewer), "{viewer} after {n} of {told}");
            }
        }
        for (person, seq, limit, forward, folded) in pulls.current() {
            let range = match forward {
                true => LogRange::After(Seq(seq), limit),
                false => LogRange::Before(Seq(seq), limit),
            };
            let form = if folded { LogForm::Folded } else { LogForm::Whole };
            let page = subject.store.pull(people[person], room, range, form).await.unwrap();
            model.check_page(people[person], range, form, &page);
        }
    }
}

async fn info(subject: &Subject, person: UserId, room: RoomId) -> homing_protocol::RoomInfo {
    let snapshot = subject.store.snapshot(person, Pos(0)).await.unwrap();
    snapshot.rooms.into_iter().find(|info| info.room == room).unwrap()
}

async fn play(
    subject: &Subject,
    model: &mut Model,
    room: RoomId,
    person: usize,
    step: &Step,
    n: usize,
) {
    let by = model.people[person];
    if let Step::Mark { seq } = step {
        let seq = Seq(*seq as u64 % model.head().next().0);
        subject.store.mark(by, room, seq).await.unwrap();
        model.read[person] = model.read[person].max(seq);
    }
    let Some((content, expected)) = model.content(by, step, n) else {
        return;
    };
    let done = subject.say(by, room, &content).await;
    assert_eq!(done.as_ref().map(drop).map_err(|error| error.code()), expected, "{content:?}");
    let Ok(done) = done else { return };
    assert_eq!(done.seq, model.head().next());
    let target = content.target();
    let (seq, cid, ts) = (done.seq, Some(done.cid), done.ts);
    model.log.push(Sent { seq, sender: by, cid, ts, content });
    let told = target.and_then(|of| model.fold(of, by)).map(|fold| Fold { mine: None, ..fold });
    assert_eq!(done.fold, told);
}
