//! When to reconnect. Pure: time and randomness are arguments.
//!
//! The wait is random between zero and a ceiling that doubles with each failure ("full jitter"), so
//! that a thousand clients that were disconnected at once do not reconnect at once. After a
//! wake-up, a network change or "try now" an attempt may start at once, but there are never more
//! than [`ATTEMPTS`] attempts in any [`Timeouts::attempts_window`].

use std::collections::VecDeque;
use std::time::Duration;

use rand::{Rng, RngExt};
use tokio::time::Instant;

use crate::timeouts::{ATTEMPTS, BAN_FIRST, BAN_FORGET, BAN_MOST, Timeouts};

/// The failures so far, and the times of the last attempts.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    most: Duration,
    forget: Duration,
    window: Duration,
    failures: u32,
    /// Bans in a row.
    bans: u32,
    online: Option<Instant>,
    tries: VecDeque<Instant>,
}

impl Backoff {
    pub(super) fn new(timeouts: &Timeouts) -> Self {
        Self {
            first: timeouts.backoff_first,
            most: timeouts.backoff_most,
            forget: timeouts.backoff_forget,
            window: timeouts.attempts_window,
            failures: 0,
            bans: 0,
            online: None,
            tries: VecDeque::with_capacity(ATTEMPTS),
        }
    }

    /// Applies another policy.
    pub(super) fn set_timeouts(&mut self, timeouts: &Timeouts) {
        self.first = timeouts.backoff_first;
        self.most = timeouts.backoff_most;
    }

    /// The conditions changed since the failures: the waits start small again.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// Failed attempts since the last connection that lasted.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// An attempt starts.
    pub(super) fn attempt_started(&mut self, now: Instant) {
        if self.tries.len() == ATTEMPTS {
            self.tries.pop_front();
        }
        self.tries.push_back(now);
    }

    /// The attempt succeeded.
    pub(super) fn online(&mut self, now: Instant) {
        self.online = Some(now);
    }

    /// The attempt failed, or its connection ended. Returns when the next one is due.
    pub(super) fn failed(&mut self, now: Instant, rng: &mut impl Rng) -> Instant {
        if self.online.take().is_some_and(|since| now - since >= self.forget) {
            self.failures = 0;
        }
        let ceiling = self.first.saturating_mul(2_u32.saturating_pow(self.failures)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        (now + up_to(ceiling, rng)).max(self.earliest(now))
    }

    /// The server banned this client for flooding. Returns when the next attempt is due: later each
    /// time, until a connection has lasted long enough.
    pub(super) fn banned(&mut self, now: Instant, rng: &mut impl Rng) -> Instant {
        if self.online.take().is_some_and(|since| now - since >= BAN_FORGET) {
            self.bans = 0;
        }
        let wait = BAN_FIRST.saturating_mul(2_u32.saturating_pow(self.bans)).min(BAN_MOST);
        self.bans = self.bans.saturating_add(1);
        (now + wait + up_to(wait / 6, rng)).max(self.earliest(now))
    }

    /// The server said when to come back. Returns when the next attempt is due.
    pub(super) fn scheduled(
        &mut self,
        now: Instant,
        after: Duration,
        spread: Duration,
        rng: &mut impl Rng,
    ) -> Instant {
        // A server that schedules the reconnect did not fail.
        self.online = None;
        self.failures = 0;
        (now + after + up_to(spread, rng)).max(self.earliest(now))
    }

    /// The earliest time for an attempt that was asked for.
    pub(super) fn earliest(&self, now: Instant) -> Instant {
        match self.tries.front() {
            Some(oldest) if self.tries.len() == ATTEMPTS => now.max(*oldest + self.window),
            _ => now,
        }
    }
}

fn up_to(ceiling: Duration, rng: &mut impl Rng) -> Duration {
    ceiling.mul_f64(rng.random_range(0.0..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_ceiling_doubles_up_to_its_most_and_every_wait_below_it_happens() {
        let now = Instant::now();
        for (failures, ceiling) in [(0, 0.5), (1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0), (99, 30.0)]
        {
            let mut longest = 0.0_f64;
            let mut shortest = f64::MAX;
            let mut rng = StdRng::seed_from_u64(7);
            for _ in 0..400 {
                let mut backoff = Backoff::new(&Timeouts::default());
                backoff.failures = failures;
                let wait = (backoff.failed(now, &mut rng) - now).as_secs_f64();
                assert!(wait <= ceiling, "{wait} > {ceiling} after {failures}");
                longest = longest.max(wait);
                shortest = shortest.min(wait);
            }
            assert!(longest > 0.9 * ceiling && shortest < 0.1 * ceiling, "{failures} failures");
        }
    }

    #[test]
    fn only_a_time_online_that_lasted_forgets_failures() {
        let mut rng = StdRng::seed_from_u64(1);
        for (online, failures) in [(29, 4), (30, 1), (300, 1)] {
            let mut backoff = Backoff::new(&Timeouts::default());
            let now = Instant::now();
            for _ in 0..3 {
                backoff.failed(now, &mut rng);
            }
            backoff.online(now);
            backoff.failed(now + SECOND * online, &mut rng);
            assert_eq!(backoff.failures(), failures, "{online} s online");
        }
    }

    #[test]
    fn after_a_change_of_the_network_the_waits_begin_small_again() {
        let now = Instant::now();
        let mut rng = StdRng::seed_from_u64(5);
        let mut backoff = Backoff::new(&Timeouts::default());
        backoff.failures = 12;
        backoff.reset();
        assert!(backoff.failed(now, &mut rng) - now <= Timeouts::default().backoff_first);
        assert_eq!(backoff.failures(), 1);
    }

    #[test]
    fn the_person_chooses_floor_and_ceiling() {
        let now = Instant::now();
        let chosen =
            Timeouts { backoff_first: SECOND * 4, backoff_most: SECOND * 7, ..Timeouts::default() };
        for (failures, ceiling) in [(0, 4), (1, 7), (30, 7)] {
            let mut rng = StdRng::seed_from_u64(9);
            let mut longest = Duration::ZERO;
            for _ in 0..200 {
                let mut backoff = Backoff::new(&Timeouts::default());
                backoff.set_timeouts(&chosen);
                backoff.failures = failures;
                longest = longest.max(backoff.failed(now, &mut rng) - now);
            }
            let ceiling = SECOND * ceiling;
            assert!((ceiling.mul_f64(0.9)..=ceiling).contains(&longest), "{failures}: {longest:?}");
        }
    }

    #[test]
    fn who_was_sent_away_for_a_flood_waits_longer_each_time() {
        let mut rng = StdRng::seed_from_u64(2);
        let mut backoff = Backoff::new(&Timeouts::default());
        let now = Instant::now();
        for (minutes, online) in [(1, 0), (2, 5), (4, 9), (8, 1), (15, 0), (15, 9), (1, 10)] {
            backoff.online(now);
            let ended = now + SECOND * 60 * online;
            let wait = (backoff.banned(ended, &mut rng) - ended).as_secs_f64() / 60.0;
            let minutes = f64::from(minutes);
            assert!((minutes..=minutes * 7.0 / 6.0).contains(&wait), "{wait} for {minutes}");
        }
    }

    #[test]
    fn what_the_server_asks_for_is_kept_to() {
        let now = Instant::now();
        let mut rng = StdRng::seed_from_u64(3);
        for _ in 0..100 {
            let mut backoff = Backoff::new(&Timeouts::default());
            let wait = backoff.scheduled(now, SECOND * 2, SECOND * 3, &mut rng) - now;
            assert!((SECOND * 2..=SECOND * 5).contains(&wait), "{wait:?}");
        }
    }

    proptest! {
        #[test]
        fn never_more_than_five_tries_in_any_five_seconds(
            asks in prop::collection::vec((0u64..3000, any::<bool>()), 1..60),
            seed: u64,
        ) {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut backoff = Backoff::new(&Timeouts::default());
            let mut now = Instant::now();
            let mut tries = Vec::new();
            for (later, asked) in asks {
                now += Duration::from_millis(later);
                let due = if asked {
                    backoff.reset();
                    backoff.earliest(now)
                } else {
                    backoff.failed(now, &mut rng)
                };
                now = now.max(due);
                backoff.attempt_started(now);
                tries.push(now);
            }
            for window in tries.windows(ATTEMPTS + 1) {
                prop_assert!(window[ATTEMPTS] - window[0] >= SECOND * 5);
            }
        }
    }
}
