//! A client-side rate limit: keeping to the rate that the server allows, instead of being refused.
//! Pure.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket.
#[derive(Debug, Clone)]
pub(crate) struct TokenBucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
}

impl TokenBucket {
    /// A full bucket. A rate of zero counts as one, because a server that accepts nothing would say
    /// so.
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst.max(1));
        Self { per_second: f64::from(per_second.max(1)), burst, tokens: burst, at: now }
    }

    /// The number of whole tokens.
    pub(crate) fn available(&mut self, now: Instant) -> usize {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + since * self.per_second).min(self.burst);
        self.at = now;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between zero and the burst, and rounded down on purpose"
        )]
        let whole = self.tokens as usize;
        whole
    }

    /// Takes tokens that [`available`](Self::available) reported.
    pub(crate) fn take(&mut self, count: usize) {
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let count = count as f64;
        self.tokens -= count;
    }

    /// When the next whole token is there, as of the last call to [`available`](Self::available).
    pub(crate) fn next(&self) -> Instant {
        let missing = (1.0 - self.tokens).max(0.0);
        // One millisecond more, so that rounding never causes a useless wake-up.
        self.at + Duration::from_secs_f64(missing / self.per_second) + Duration::from_millis(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let start = Instant::now();
        let mut pace = TokenBucket::new(10, 30, start);
        assert_eq!(pace.available(start), 30);
        pace.take(30);
        assert_eq!(pace.available(start), 0);
        assert_eq!(pace.next(), start + Duration::from_millis(101));
        assert_eq!(pace.available(pace.next()), 1);
        assert_eq!(pace.available(start + Duration::from_secs(60)), 30);
    }
}
