//! Who may read and write a file at the same time, by SQLite's rules. Pure.

use std::collections::BTreeMap;

/// Names a connection's hold on a file.
pub(crate) type Holder = u64;

/// How much of a file a connection has for itself. The order is SQLite's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Shared,
    Reserved,
    Pending,
    Exclusive,
}

/// The locks of one file.
#[derive(Debug, Default)]
pub(crate) struct FileLocks(BTreeMap<Holder, Level>);

impl FileLocks {
    /// Answers whether it was granted.
    pub(crate) fn lock(&mut self, holder: Holder, wanted: Level) -> bool {
        if self.0.get(&holder).is_some_and(|held| *held >= wanted) {
            return true;
        }
        let others = self.0.iter().filter(|(other, _)| **other != holder);
        let most = others.map(|(_, level)| *level).max();
        let granted = match wanted {
            Level::Shared => most < Some(Level::Pending),
            Level::Reserved => most < Some(Level::Reserved),
            Level::Pending | Level::Exclusive => most.is_none(),
        };
        if granted {
            self.0.insert(holder, wanted);
        } else if wanted == Level::Exclusive && most < Some(Level::Reserved) {
            // Nobody new comes in, so that those who are there will have left.
            self.0.insert(holder, Level::Pending);
        }
        granted
    }

    pub(crate) fn unlock(&mut self, holder: Holder, to: Option<Level>) {
        match to {
            Some(level) => _ = self.0.insert(holder, level),
            None => _ = self.0.remove(&holder),
        }
    }

    /// Whether somebody is about to write.
    pub(crate) fn reserved(&self) -> bool {
        self.0.values().any(|level| *level >= Level::Reserved)
    }
}

/// The slots of the memory that the connections to one write-ahead log share.
#[derive(Debug, Default)]
pub(crate) struct SlotLocks {
    shared: BTreeMap<(usize, Holder), ()>,
    exclusive: BTreeMap<usize, Holder>,
}

impl SlotLocks {
    /// Answers whether all of them were granted; otherwise none was.
    pub(crate) fn lock(
        &mut self,
        holder: Holder,
        slots: std::ops::Range<usize>,
        exclusive: bool,
    ) -> bool {
        let taken = slots.clone().any(|slot| {
            let written = self.exclusive.get(&slot).is_some_and(|other| *other != holder);
            let mut readers = self.shared.range((slot, 0)..=(slot, Holder::MAX));
            written || exclusive && readers.any(|((_, other), ())| *other != holder)
        });
        if taken {
            return false;
        }
        for slot in slots {
            if exclusive {
                self.exclusive.insert(slot, holder);
            } else {
                self.shared.insert((slot, holder), ());
            }
        }
        true
    }

    pub(crate) fn unlock(
        &mut self,
        holder: Holder,
        slots: std::ops::Range<usize>,
        exclusive: bool,
    ) {
        for slot in slots {
            if exclusive {
                self.exclusive.remove(&slot);
            } else {
                self.shared.remove(&(slot, holder));
            }
        }
    }

    pub(crate) fn release(&mut self, holder: Holder) {
        self.shared.retain(|(_, other), ()| *other != holder);
        self.exclusive.retain(|_, other| *other != holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_waits_for_the_readers_and_lets_no_new_one_in() {
        let mut locks = FileLocks::default();
        assert!(locks.lock(1, Level::Shared) && locks.lock(2, Level::Shared));
        assert!(locks.lock(1, Level::Reserved));
        assert!(!locks.lock(2, Level::Reserved), "one writer");
        assert!(!locks.lock(1, Level::Exclusive), "somebody still reads");
        assert!(!locks.lock(3, Level::Shared), "nobody new comes in");
        locks.unlock(2, None);
        assert!(locks.lock(1, Level::Exclusive) && locks.reserved());
        locks.unlock(1, Some(Level::Shared));
        assert!(locks.lock(3, Level::Shared) && !locks.reserved());
    }

    #[test]
    fn slots_are_shared_or_somebodys() {
        let mut slots = SlotLocks::default();
        assert!(slots.lock(1, 3..4, false) && slots.lock(2, 3..4, false));
        assert!(!slots.lock(1, 0..4, true), "2 reads slot 3");
        assert!(slots.lock(1, 0..3, true) && !slots.lock(2, 2..3, false));
        slots.release(1);
        assert!(slots.lock(2, 0..4, true));
        slots.unlock(2, 0..4, true);
        assert!(slots.lock(1, 0..3, true) && !slots.lock(1, 3..4, true), "2 still reads slot 3");
    }
}
