//! When a person is asked how to go on. Pure.
//!
//! "Keep trying quietly" holds for as long as the same tries fail: once they were forgotten, by a
//! connection that held or by another network, the next failures are news again.

use crate::link::Phase;
use crate::view::Ask;

#[derive(Debug)]
pub(super) struct Asking {
    after: u32,
    quieted: bool,
}

impl Asking {
    pub(super) const fn new(after: u32) -> Self {
        Self { after, quieted: false }
    }

    /// The person chose after how many tries.
    pub(super) const fn after(&mut self, tries: u32) {
        self.after = tries;
    }

    /// The person wants to be left alone.
    pub(super) const fn quiet(&mut self) {
        self.quieted = true;
    }

    /// What the link says of its tries.
    pub(super) const fn seen(&mut self, phase: &Phase) {
        let go_on = match phase {
            Phase::Waiting { attempt, .. } | Phase::Connecting { attempt } => {
                *attempt >= self.after
            }
            Phase::Stopped | Phase::Refused { .. } => false,
        };
        self.quieted &= go_on;
    }

    /// What to do after so many failed tries.
    pub(super) const fn at(&self, attempt: u32) -> Ask {
        match (attempt >= self.after, self.quieted) {
            (false, _) => Ask::NotYet,
            (true, false) => Ask::Now,
            (true, true) => Ask::Quieted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::LinkFailure;

    #[test]
    fn the_person_is_asked_once_in_a_row_of_failures() {
        let mut asking = Asking::new(3);
        let mut seen = Vec::new();
        for attempt in [0, 1, 2, 3, 4, 0, 3] {
            asking.seen(&Phase::Connecting { attempt });
            seen.push(asking.at(attempt));
            if attempt == 3 {
                asking.quiet();
            }
        }
        use Ask::{NotYet, Now, Quieted};
        assert_eq!(seen, [NotYet, NotYet, NotYet, Now, Quieted, NotYet, Now]);
    }

    #[test]
    fn quiet_ends_with_the_tries() {
        for end in [Phase::Stopped, Phase::Refused { why: LinkFailure::SignedOut }] {
            let mut asking = Asking::new(3);
            asking.quiet();
            asking.seen(&end);
            assert_eq!(asking.at(3), Ask::Now, "{end:?}");
        }
    }

    #[test]
    fn another_number_counts_at_once() {
        let mut asking = Asking::new(10);
        assert_eq!(asking.at(4), Ask::NotYet);
        asking.after(4);
        assert_eq!(asking.at(4), Ask::Now);
    }
}
