//! Rate limits by token bucket, for a person, device or address.
//!
//! Pure: the time is an argument. A bucket holds up to `burst` tokens and gains `per_second`. A
//! refusal takes nothing and says how long to wait.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// Maximum number of buckets. Above it, full ones are dropped, which changes nothing. If none is
/// full, a new key is refused for a second.
const KEYS: usize = 65_536;

/// Tolerance for rounding: fractions of seconds don't add up exactly.
const ROUNDING: f64 = 1e-6;

/// Refill rate and capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens per second.
    pub per_second: f64,
    /// Maximum number of tokens.
    pub burst: f64,
}

impl Rate {
    /// `count` per second, up to `burst` at once.
    #[must_use]
    pub fn per_second(count: u32, burst: u32) -> Self {
        Self { per_second: f64::from(count), burst: f64::from(burst) }
    }

    /// `count` per hour, in one burst if need be.
    #[must_use]
    pub fn per_hour(count: u32) -> Self {
        Self { per_second: f64::from(count) / 3600.0, burst: f64::from(count) }
    }

    /// `count` per minute, in one burst if need be.
    #[must_use]
    pub fn per_minute(count: u32) -> Self {
        Self { per_second: f64::from(count) / 60.0, burst: f64::from(count) }
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy)]
pub struct TokenBucket {
    rate: Rate,
    tokens: f64,
    at: Instant,
}

impl TokenBucket {
    /// A full bucket.
    #[must_use]
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: rate.burst, at: now }
    }

    /// Takes `cost` tokens. A cost above the burst counts as the burst, so that it can pass at all.
    ///
    /// # Errors
    /// How long to wait until it would be granted; nothing was taken.
    pub fn take(&mut self, cost: u32, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        let cost = f64::from(cost).min(self.rate.burst);
        if self.tokens + ROUNDING >= cost {
            self.tokens = (self.tokens - cost).max(0.0);
            return Ok(());
        }
        let wait = Duration::from_secs_f64((cost - self.tokens) / self.rate.per_second);
        // Rounded up, so that a retry after exactly this time is granted.
        let millis = wait.as_nanos().div_ceil(1_000_000);
        Err(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
    }

    /// Returns tokens of something that then cost nothing.
    pub fn give_back(&mut self, cost: u32) {
        self.tokens = (self.tokens + f64::from(cost)).min(self.rate.burst);
    }

    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * self.rate.per_second;
        self.tokens = (self.tokens + gained).min(self.rate.burst);
        self.at = self.at.max(now);
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.tokens >= self.rate.burst
    }
}

/// A token bucket for each key.
#[derive(Debug)]
pub struct KeyedBuckets<K> {
    rate: Rate,
    by_key: HashMap<K, TokenBucket>,
}

impl<K: Hash + Eq> KeyedBuckets<K> {
    /// All buckets start full.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, by_key: HashMap::new() }
    }

    /// As [`TokenBucket::take`], for `key`.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&mut self, key: K, cost: u32, now: Instant) -> Result<(), Duration> {
        if self.by_key.len() >= KEYS && !self.by_key.contains_key(&key) {
            self.by_key.retain(|_, bucket| !bucket.is_full(now));
            if self.by_key.len() >= KEYS {
                return Err(Duration::from_secs(1));
            }
        }
        let rate = self.rate;
        self.by_key.entry(key).or_insert_with(|| TokenBucket::new(rate, now)).take(cost, now)
    }

    /// As [`TokenBucket::give_back`], for `key`.
    pub fn give_back(&mut self, key: &K, cost: u32) {
        if let Some(bucket) = self.by_key.get_mut(key) {
            bucket.give_back(cost);
        }
    }

    /// Checks whether a token is left, without taking it.
    ///
    /// # Errors
    /// How long to wait.
    pub fn peek(&mut self, key: &K, now: Instant) -> Result<(), Duration> {
        self.by_key.get(key).map_or(Ok(()), |bucket| {
            let mut bucket = *bucket;
            bucket.take(1, now)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_burst_then_the_rate() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(Rate::per_second(10, 30), start);
        for _ in 0..30 {
            assert_eq!(bucket.take(1, start), Ok(()));
        }
        assert_eq!(bucket.take(1, start), Err(Duration::from_millis(100)));
        assert_eq!(bucket.take(16, start), Err(Duration::from_millis(1600)));
        let later = start + Duration::from_millis(1600);
        assert_eq!(bucket.take(16, later), Ok(()));
        assert!(bucket.take(1, later).is_err());
    }

    #[test]
    fn each_key_has_its_own() {
        let now = Instant::now();
        let mut buckets = KeyedBuckets::new(Rate::per_minute(1));
        assert_eq!(buckets.take("a", 1, now), Ok(()));
        assert_eq!(buckets.peek(&"a", now), Err(Duration::from_secs(60)));
        assert_eq!(buckets.take("a", 1, now), Err(Duration::from_secs(60)));
        assert_eq!(buckets.take("b", 1, now), Ok(()));
        buckets.give_back(&"a", 1);
        assert_eq!(buckets.take("a", 1, now), Ok(()));
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_rate(
            waits in prop::collection::vec(0u64..500, 1..200),
            cost in 1u32..5,
        ) {
            let start = Instant::now();
            let mut now = start;
            let mut bucket = TokenBucket::new(Rate::per_second(10, 30), start);
            let mut granted = 0;
            for wait in waits {
                now += Duration::from_millis(wait);
                if bucket.take(cost, now).is_ok() {
                    granted += cost;
                }
            }
            let allowed = 30.0 + (now - start).as_secs_f64() * 10.0 + 0.001;
            prop_assert!(f64::from(granted) <= allowed);
        }

        #[test]
        fn who_waits_as_told_is_granted(cost in 1u32..60, spent in 0u32..30) {
            let start = Instant::now();
            let mut bucket = TokenBucket::new(Rate::per_second(7, 30), start);
            bucket.take(spent, start).unwrap();
            if let Err(wait) = bucket.take(cost, start) {
                prop_assert_eq!(bucket.take(cost, start + wait), Ok(()));
            }
        }
    }
}
