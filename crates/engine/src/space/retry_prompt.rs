//! When to ask the person how to go on. Pure.
//!
//! "Keep trying quietly" holds while the same attempts fail. After a connection that lasted, or a
//! network change, new failures prompt again.

use crate::connection::DownState;
use crate::view::RetryPrompt;

#[derive(Debug)]
pub(super) struct RetryPrompter {
    threshold: u32,
    quieted: bool,
}

impl RetryPrompter {
    pub(super) const fn new(threshold: u32) -> Self {
        Self { threshold, quieted: false }
    }

    /// Sets after how many failed attempts to ask.
    pub(super) const fn set_threshold(&mut self, tries: u32) {
        self.threshold = tries;
    }

    /// The person chose to keep trying quietly.
    pub(super) const fn silence(&mut self) {
        self.quieted = true;
    }

    /// The connection's state has changed.
    pub(super) const fn observe(&mut self, state: &DownState) {
        let go_on = match state {
            DownState::Waiting { attempt, .. } | DownState::Connecting { attempt } => {
                *attempt >= self.threshold
            }
            DownState::Stopped | DownState::Refused { .. } => false,
        };
        self.quieted &= go_on;
    }

    /// Whether to ask after this many failed attempts.
    pub(super) const fn prompt(&self, attempt: u32) -> RetryPrompt {
        match (attempt >= self.threshold, self.quieted) {
            (false, _) => RetryPrompt::NotYet,
            (true, false) => RetryPrompt::Now,
            (true, true) => RetryPrompt::Quieted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ConnectionFailure;

    #[test]
    fn the_person_is_asked_once_in_a_row_of_failures() {
        let mut prompter = RetryPrompter::new(3);
        let mut seen = Vec::new();
        for attempt in [0, 1, 2, 3, 4, 0, 3] {
            prompter.observe(&DownState::Connecting { attempt });
            seen.push(prompter.prompt(attempt));
            if attempt == 3 {
                prompter.silence();
            }
        }
        use RetryPrompt::{NotYet, Now, Quieted};
        assert_eq!(seen, [NotYet, NotYet, NotYet, Now, Quieted, NotYet, Now]);
    }

    #[test]
    fn quiet_ends_with_the_tries() {
        for end in [DownState::Stopped, DownState::Refused { why: ConnectionFailure::SignedOut }] {
            let mut prompter = RetryPrompter::new(3);
            prompter.silence();
            prompter.observe(&end);
            assert_eq!(prompter.prompt(3), RetryPrompt::Now, "{end:?}");
        }
    }

    #[test]
    fn another_number_counts_at_once() {
        let mut prompter = RetryPrompter::new(10);
        assert_eq!(prompter.prompt(4), RetryPrompt::NotYet);
        prompter.set_threshold(4);
        assert_eq!(prompter.prompt(4), RetryPrompt::Now);
    }
}
