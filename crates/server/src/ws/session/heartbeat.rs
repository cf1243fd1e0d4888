//! Decides when to ping and when the peer counts as gone.

use std::collections::BTreeMap;
use std::time::Duration;

use homing_protocol::frame::Ping;
use homing_protocol::{RoomId, Seq};
use tokio::time::Instant;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Nothing.
    Idle,
    /// Ping.
    Ping,
    /// The peer is gone.
    Dead,
}

#[derive(Debug)]
pub(super) struct Heartbeat {
    every: Duration,
    timeout: Duration,
    next: Instant,
    /// A ping was sent and nothing was received since.
    awaiting: bool,
    /// Without a byte until then, the peer is gone.
    dead_at: Option<Instant>,
    count: u64,
    spread: f64,
}

impl Heartbeat {
    /// `first` in `0..=1` places the first ping in the first interval. Later intervals vary by a
    /// tenth.
    pub(super) fn new(every: Duration, timeout: Duration, first: f64, now: Instant) -> Self {
        Self {
            every,
            timeout,
            next: now + every.mul_f64(first.clamp(0.0, 1.0)),
            awaiting: false,
            dead_at: None,
            count: 0,
            spread: first.clamp(0.0, 1.0),
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.dead_at.map_or(self.next, |at| at.min(self.next))
    }

    pub(super) fn received(&mut self) {
        self.awaiting = false;
        self.dead_at = None;
    }

    /// Everything written so far has left this process. The timeout starts here and not at the
    /// ping: a ping behind a megabyte for a slow device has not been sent yet, and a device that
    /// reads nothing is handled by the slow-consumer limit.
    pub(super) fn flushed(&mut self, now: Instant) {
        if self.awaiting {
            self.dead_at.get_or_insert(now + self.timeout);
        }
    }

    pub(super) fn tick(&mut self, now: Instant) -> Beat {
        if self.dead_at.is_some_and(|at| now >= at) {
            return Beat::Dead;
        }
        if now < self.next {
            return Beat::Idle;
        }
        // A low-discrepancy sequence over 0..1: the fraction of the golden ratio.
        self.spread = (self.spread + 0.618_033_988_75).fract();
        self.next = now + self.every.mul_f64(0.9 + 0.2 * self.spread);
        Beat::Ping
    }

    /// The next ping.
    pub(super) fn ping(&mut self, heads: BTreeMap<RoomId, Seq>) -> Ping {
        self.count += 1;
        self.awaiting = true;
        Ping { n: self.count, heads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVERY: Duration = Duration::from_secs(25);
    const PATIENCE: Duration = Duration::from_secs(10);

    proptest! {
        /// A default nginx cuts a connection that was silent for 60 s.
        #[test]
        fn never_silent_long_enough_for_a_proxy_to_cut(first in 0.0f64..=1.0) {
            let mut now = Instant::now();
            let mut last = now;
            let mut beat = Heartbeat::new(EVERY, PATIENCE, first, now);
            for round in 0..50 {
                now = beat.deadline();
                prop_assert_eq!(beat.tick(now), Beat::Ping);
                let gap = now - last;
                prop_assert!(gap <= EVERY.mul_f64(1.1));
                prop_assert!(round == 0 || gap >= EVERY.mul_f64(0.899));
                beat.ping(BTreeMap::new());
                beat.flushed(now);
                beat.received();
                last = now;
            }
        }
    }

    #[test]
    fn any_sign_of_life_counts_and_silence_ends_it() {
        let now = Instant::now();
        let mut beat = Heartbeat::new(EVERY, PATIENCE, 0.0, now);
        assert_eq!(beat.tick(now), Beat::Ping);
        beat.ping(BTreeMap::new());
        assert!(beat.deadline() > now + PATIENCE, "still waits to be written");
        beat.flushed(now);
        assert_eq!(beat.deadline(), now + PATIENCE);
        beat.received();
        assert_eq!(beat.tick(now + PATIENCE), Beat::Idle);
        let then = beat.deadline();
        assert_eq!(beat.tick(then), Beat::Ping);
        beat.ping(BTreeMap::new());
        beat.flushed(then);
        assert_eq!(beat.tick(then + PATIENCE), Beat::Dead);
    }
}
