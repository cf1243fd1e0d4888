//! Tells what became of the latest messages since they were shown. Pure.
//!
//! A device does not keep the events that change a message, only what they left of it. So changes
//! are found by comparing a row with the one before it: two edits in quick succession are one, and
//! of many reactions with one emoji some have only a number. A pin is an event of its own and no
//! change here.

use std::collections::{BTreeSet, HashMap, VecDeque};

use homing_engine::view::{Item, ReactionGroup};
use homing_protocol::event::{Edit, Message, React, Redact};
use homing_protocol::{Content, MessageRef, UserId};

/// Maximum messages whose changes are told. Each is kept with its text.
const MAX_ROWS: usize = 500;

/// The messages whose changes are told.
#[derive(Debug, Default)]
pub(super) struct KnownMessages {
    rows: HashMap<String, Item>,
    /// Oldest first.
    order: VecDeque<String>,
}

/// A change of a message.
#[derive(Debug, PartialEq)]
pub(super) struct MessageChange {
    /// Who made it, if that is known.
    pub(super) by: Option<UserId>,
    /// An edit, a reaction or a redaction.
    pub(super) content: Content,
    /// How many people now react with this emoji.
    pub(super) count: Option<u32>,
}

impl KnownMessages {
    /// Adds a message that is shown now.
    pub(super) fn add(&mut self, item: &Item) {
        if item.message_ref().is_none() {
            return;
        }
        if self.rows.insert(item.key.clone(), item.clone()).is_none() {
            self.order.push_back(item.key.clone());
        }
        if self.order.len() > MAX_ROWS
            && let Some(oldest) = self.order.pop_front()
        {
            self.rows.remove(&oldest);
        }
    }

    /// The name of a message whose changes are told.
    pub(super) fn name(&self, key: &str) -> Option<MessageRef> {
        self.rows.get(key).and_then(Item::message_ref)
    }

    /// Replaces a row. Returns the one before it and what changed; nothing for one that isn't known.
    pub(super) fn update(&mut self, item: &Item, me: UserId) -> Option<(Item, Vec<MessageChange>)> {
        let known = self.rows.get_mut(&item.key)?;
        let before = std::mem::replace(known, item.clone());
        let changes = changes(&before, item, me);
        Some((before, changes))
    }
}

fn changes(before: &Item, after: &Item, me: UserId) -> Vec<MessageChange> {
    let Some(of) = after.message_ref() else { return Vec::new() };
    if let Some(by) = after.gone {
        let content = Content::Redact(Redact { of });
        let change = MessageChange { by: Some(by), content, count: None };
        return before.gone.is_none().then_some(change).into_iter().collect();
    }
    let mut changes = Vec::new();
    if let (Content::Message(old), Content::Message(new)) = (&before.content, &after.content)
        && before.gone.is_none()
        && old.text != new.text
    {
        let Message { text, mentions, .. } = new.clone();
        let content = Content::Edit(Edit { of, text, mentions });
        changes.push(MessageChange { by: Some(of.user), content, count: None });
    }
    let none = |emoji: &str| ReactionGroup {
        emoji: emoji.to_owned(),
        count: 0,
        people: Vec::new(),
        mine: false,
    };
    let group = |item: &Item, emoji: &str| {
        let found = item.reactions.iter().find(|group| group.emoji == emoji);
        found.cloned().unwrap_or_else(|| none(emoji))
    };
    let mut emoji: Vec<_> = before.reactions.iter().map(|group| &group.emoji).collect();
    for group in &after.reactions {
        if !emoji.contains(&&group.emoji) {
            emoji.push(&group.emoji);
        }
    }
    for emoji in emoji {
        reactions(of, &group(before, emoji), &group(after, emoji), me, &mut changes);
    }
    changes
}

/// The changes of the reactions with one emoji.
fn reactions(
    of: MessageRef,
    before: &ReactionGroup,
    after: &ReactionGroup,
    me: UserId,
    into: &mut Vec<MessageChange>,
) {
    let (old, new) = (people(before, me), people(after, me));
    let is_whole = |group: &ReactionGroup, people: &BTreeSet<UserId>| {
        usize::try_from(group.count).is_ok_and(|count| count == people.len())
    };
    let mut push = |by, on| {
        let content = Content::React(React { to: of, emoji: after.emoji.clone(), on });
        into.push(MessageChange { by, content, count: Some(after.count) });
    };
    // Who isn't among the first may have been there before, and may still be.
    let left = old.difference(&new).filter(|user| is_whole(after, &new) || **user == me);
    let came = new.difference(&old).filter(|user| is_whole(before, &old) || **user == me);
    let (left, came): (Vec<_>, Vec<_>) = (left.copied().collect(), came.copied().collect());
    let named = i64::try_from(came.len()).unwrap_or(0) - i64::try_from(left.len()).unwrap_or(0);
    left.into_iter().for_each(|user| push(Some(user), false));
    came.into_iter().for_each(|user| push(Some(user), true));
    let others = i64::from(after.count) - i64::from(before.count) - named;
    if others != 0 {
        push(None, others > 0);
    }
}

/// The people of a group that are known.
fn people(group: &ReactionGroup, me: UserId) -> BTreeSet<UserId> {
    group.people.iter().copied().chain(group.mine.then_some(me)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{message, reactions};
    use homing_testkit::builders::{cid, user_id};

    const ME: u64 = 9;

    /// What changed in a message of Ada's.
    fn told(before: &Item, after: &Item) -> Vec<(Option<u64>, String, Option<u32>)> {
        let mut known = KnownMessages::default();
        known.add(before);
        let (old, changes) = known.update(after, user_id(ME)).unwrap();
        assert_eq!(&old, before);
        assert_eq!(known.update(after, user_id(ME)).unwrap(), (after.clone(), vec![]), "told once");
        let number = |user| (0..20).find(|n| user_id(*n) == user).unwrap();
        let of = MessageRef { user: user_id(1), cid: cid(7) };
        changes
            .into_iter()
            .map(|change| {
                assert_eq!(change.content.target(), Some(of));
                let what = match change.content {
                    Content::Edit(edit) => edit.text,
                    Content::React(React { emoji, on: true, .. }) => format!("+{emoji}"),
                    Content::React(React { emoji, .. }) => format!("-{emoji}"),
                    Content::Redact(_) => "gone".to_owned(),
                    other => panic!("{other:?}"),
                };
                (change.by.map(number), what, change.count)
            })
            .collect()
    }

    fn reacted(groups: &[(&str, &[u64])]) -> Item {
        let groups = groups.iter().map(|(emoji, people)| reactions(emoji, people)).collect();
        Item { reactions: groups, ..message(7, 1, "hello") }
    }

    #[test]
    fn an_edit_is_its_senders_and_a_deletion_says_whose() {
        let before = message(7, 1, "helo");
        let after = Item { edited: true, ..message(7, 1, "hello") };
        assert_eq!(told(&before, &after), [(Some(1), "hello".to_owned(), None)]);
        // Only that it is pinned.
        assert_eq!(told(&before, &Item { pinned: true, ..before.clone() }), []);
        let gone = Item { gone: Some(user_id(2)), ..message(7, 1, "") };
        // Nothing about the reactions that went with it.
        for before in [&before, &reacted(&[("👍", &[2])])] {
            assert_eq!(told(before, &gone), [(Some(2), "gone".to_owned(), None)]);
        }
        // A restore of the server brought it back.
        assert_eq!(told(&gone, &before), []);
    }

    #[test]
    fn who_reacts_is_told_as_far_as_it_is_known() {
        let many: &[u64] = &[1, 2, 3, 4, 5, 6, 7, 8, 10, 11];
        let crowd = |count, mine, people: &[u64]| {
            let group = ReactionGroup { count, mine, ..reactions("👍", people) };
            Item { reactions: vec![group], ..message(7, 1, "hello") }
        };
        let shifted: &[u64] = &[2, 3, 4, 5, 6, 7, 8, 10, 11, 12];
        for (before, after, expected) in [
            (reacted(&[]), reacted(&[("👍", &[2])]), vec![(Some(2), "+👍", 1)]),
            (reacted(&[("👍", &[2, 3])]), reacted(&[("👍", &[3])]), vec![(Some(2), "-👍", 1)]),
            (reacted(&[("👍", &[2])]), reacted(&[]), vec![(Some(2), "-👍", 0)]),
            (
                reacted(&[("👍", &[2])]),
                reacted(&[("❤", &[2])]),
                vec![(Some(2), "-👍", 0), (Some(2), "+❤", 1)],
            ),
            (
                reacted(&[("👍", &[2])]),
                reacted(&[("👍", &[3])]),
                vec![(Some(2), "-👍", 1), (Some(3), "+👍", 1)],
            ),
            // Beyond the first ten there is only a number, and whether one is among them.
            (crowd(10, false, many), crowd(13, false, many), vec![(None, "+👍", 13)]),
            (crowd(12, false, many), crowd(11, false, shifted), vec![(None, "-👍", 11)]),
            (crowd(12, false, many), crowd(13, true, many), vec![(Some(9), "+👍", 13)]),
            (
                crowd(12, true, many),
                crowd(13, false, many),
                vec![(Some(9), "-👍", 13), (None, "+👍", 13)],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(by, what, count)| (by, what.to_owned(), Some(count)))
                .collect();
            assert_eq!(told(&before, &after), expected);
        }
    }

    #[test]
    fn few_messages_are_kept_and_only_messages() {
        let mut known = KnownMessages::default();
        for seq in 1..=2000 {
            known.add(&message(seq, 1, "hello"));
            known.add(&Item { content: Content::Stub, ..message(5000 + seq, 1, "") });
        }
        assert_eq!((known.rows.len(), known.order.len()), (MAX_ROWS, MAX_ROWS));
        assert_eq!(known.update(&message(1, 1, "edited"), user_id(ME)), None);
        assert!(known.name(&message(2000, 1, "").key).is_some());
    }
}
