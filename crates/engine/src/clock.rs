//! Time and randomness, injected from outside.
//!
//! Durations run on tokio's clock, which a test or a simulator can pause and advance. This module
//! has the rest: the wall clock, which is for display and may jump, and the seed of all of an
//! engine's randomness, so that a run can be repeated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use homing_protocol::Cid;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};

/// The wall clock. It may jump forwards and backwards, so nothing is ever ordered by it.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// The wall clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock is read")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The seed of an engine's randomness: back-off jitter and message names (`cid`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// A seed from the operating system.
    ///
    /// # Panics
    /// When the operating system has no randomness. Two devices with the same seed would give two
    /// messages the same name, so there is no fallback.
    #[must_use]
    pub fn from_system() -> Self {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// The same seed for the same number, for tests.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let mut bytes = [0; 32];
        StdRng::seed_from_u64(number).fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// A generator with this seed.
    #[must_use]
    pub fn grow(self) -> StdRng {
        StdRng::from_seed(self.0)
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// A new client id for something written now: a UUID of version 7.
pub fn new_cid(now_ms: i64, rng: &mut impl Rng) -> Cid {
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now_ms).unwrap_or(0);
    Cid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
