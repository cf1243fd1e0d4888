//! The state of a message on this device: the server's fold, and the viewer's own reactions. Pure.
//!
//! Folds come with pushes, answers and pages, in any order. Each is a whole value as of a seq, so
//! the one with the greater `as_of` holds. Only the viewer's own reactions are kept apart, each
//! with the seq from which it is known: a push is the same for all its receivers and does not tell
//! them, a page does.

use std::collections::BTreeMap;

use homing_protocol::{Content, Event, Fold, Seq, UserId, emoji};
use serde::{Deserialize, Serialize};

/// What this device knows of a message that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageState {
    /// The newest fold, without [`mine`](Fold::mine).
    pub fold: Fold,
    /// The viewer's own reactions, by emoji.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, OwnReaction>,
}

/// Whether the viewer reacts with an emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReaction {
    /// They do.
    pub on: bool,
    /// The seq as of which this is known.
    pub seq: Seq,
}

/// A fold that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldUpdate {
    /// What was told.
    pub fold: Fold,
    /// The reaction of the viewer with which it came.
    pub own: Option<(String, OwnReaction)>,
}

impl FoldUpdate {
    /// The fold that came with this event.
    pub(crate) fn with(event: &Event, fold: Fold, me: UserId) -> Self {
        let own = match event.content() {
            Content::React(react) if event.sender == me => {
                let own = OwnReaction { on: react.on, seq: event.seq };
                Some((emoji::key(&react.emoji), own))
            }
            _ => None,
        };
        Self { fold, own }
    }
}

impl MessageState {
    /// The state after an update. The same or an older update again changes nothing.
    #[must_use]
    pub fn updated(known: Option<Self>, update: FoldUpdate) -> Self {
        let FoldUpdate { mut fold, own } = update;
        let mine = fold.mine.take();
        let as_of = fold.as_of;
        let mut state = match known {
            None => Self { fold, own: BTreeMap::new() },
            Some(mut known) => {
                if fold.as_of >= known.fold.as_of {
                    known.fold = fold;
                }
                known
            }
        };
        if let Some(mine) = mine {
            for (emoji, own) in &mut state.own {
                if own.on && own.seq <= as_of && !mine.contains(emoji) {
                    *own = OwnReaction { on: false, seq: as_of };
                }
            }
            for emoji in mine {
                state.learn(emoji, OwnReaction { on: true, seq: as_of });
            }
        }
        if let Some((emoji, own)) = own {
            state.learn(emoji, own);
        }
        if state.fold.gone.is_some() {
            state.own.clear();
        }
        state
    }

    fn learn(&mut self, emoji: String, own: OwnReaction) {
        let known = self.own.entry(emoji).or_insert(own);
        if own.seq >= known.seq {
            *known = own;
        }
    }

    /// Whether the viewer reacts with this emoji.
    #[must_use]
    pub fn is_mine(&self, emoji: &str) -> bool {
        self.own.get(emoji).is_some_and(|own| own.on)
    }
}

#[cfg(test)]
mod tests {
    use homing_protocol::fold::Reaction;
    use homing_testkit::builders::user_id;
    use proptest::prelude::*;

    use super::*;

    fn fold(as_of: u64, count: u32, mine: Option<&[&str]>) -> Fold {
        let reactions = vec![Reaction { emoji: "👍".into(), count, people: vec![user_id(2)] }];
        Fold {
            seq: Seq(1),
            as_of: Seq(as_of),
            edit: None,
            reactions,
            mine: mine.map(|mine| mine.iter().map(|emoji| (*emoji).to_owned()).collect()),
            pinned: false,
            gone: None,
            of: None,
        }
    }

    fn page(as_of: u64, mine: &[&str]) -> FoldUpdate {
        FoldUpdate { fold: fold(as_of, 1, Some(mine)), own: None }
    }

    fn push(as_of: u64, own: Option<bool>) -> FoldUpdate {
        let own = own.map(|on| ("👍".to_owned(), OwnReaction { on, seq: Seq(as_of) }));
        FoldUpdate { fold: fold(as_of, 1, None), own }
    }

    fn after(updates: &[FoldUpdate]) -> MessageState {
        let told = |known, update: &FoldUpdate| Some(MessageState::updated(known, update.clone()));
        updates.iter().fold(None, told).unwrap()
    }

    #[test]
    fn an_older_fold_changes_nothing() {
        let newer = FoldUpdate { fold: fold(9, 3, None), own: None };
        let state = after(&[newer, page(5, &[])]);
        assert_eq!((state.fold.as_of, state.fold.reactions[0].count), (Seq(9), 3));
    }

    #[test]
    fn own_reactions_are_known_from_pages_and_from_own_events() {
        for (updates, mine) in [
            (vec![push(3, None)], false),
            (vec![push(3, Some(true))], true),
            (vec![push(3, Some(true)), push(4, None)], true),
            (vec![push(3, Some(true)), push(4, Some(false))], false),
            (vec![page(5, &["👍"])], true),
            (vec![page(5, &["👍"]), push(6, None)], true),
            (vec![push(6, None), page(5, &["👍"])], true),
            // The page was read before the withdrawal.
            (vec![push(6, Some(false)), page(5, &["👍"])], false),
            (vec![push(6, Some(true)), page(5, &[])], true),
            // And after it.
            (vec![push(3, Some(true)), page(5, &[])], false),
            (vec![page(5, &["👍"]), page(7, &[])], false),
        ] {
            assert_eq!(after(&updates).is_mine("👍"), mine, "{updates:?}");
        }
    }

    proptest! {
        /// However often and in which order folds come, the newest holds.
        #[test]
        fn order_and_repetition_do_not_matter(
            mut updates in prop::collection::vec((1u64..20, any::<bool>()), 1..12),
            order in any::<prop::sample::Index>(),
        ) {
            // One state for each seq, as a log has it: the last own event up to it decides.
            updates.sort_unstable();
            updates.dedup_by_key(|(seq, _)| *seq);
            let told: Vec<FoldUpdate> =
                updates.iter().map(|(seq, on)| push(*seq, Some(*on))).collect();
            let mut shuffled = told.clone();
            shuffled.rotate_left(order.index(told.len()));
            shuffled.extend(told.iter().cloned());
            shuffled.reverse();
            prop_assert_eq!(after(&told), after(&shuffled));
        }
    }
}
