//! Counts violations of the last minute.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const WINDOW: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Violations {
    most: u32,
    at: VecDeque<Instant>,
}

impl Violations {
    pub(super) fn new(most: u32) -> Self {
        Self { most, at: VecDeque::new() }
    }

    /// Adds a violation. True: the limit is reached.
    pub(super) fn add(&mut self, now: Instant) -> bool {
        while self.at.front().is_some_and(|at| now.saturating_duration_since(*at) >= WINDOW) {
            self.at.pop_front();
        }
        self.at.push_back(now);
        self.at.len() >= self.most as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_minute_counts() {
        let start = Instant::now();
        let mut violations = Violations::new(50);
        for second in 0..1000 {
            let now = start + Duration::from_millis(second * 1300);
            assert!(!violations.add(now));
        }
        let now = start + Duration::from_secs(2000);
        assert_eq!((0..50).position(|_| violations.add(now)), Some(49));
    }
}
