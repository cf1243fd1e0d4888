//! Time and chance, from outside.
//!
//! Durations run on tokio's clock, which a test or a simulator pauses and moves. What stands here
//! is the rest: the wall clock, which is for display and may jump, and the seed from which all of
//! an engine's randomness grows, so that a run can be repeated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use homing_protocol::Cid;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};

/// The wall clock. May jump, forwards and backwards; nothing is ever ordered by it.
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

/// Where an engine's randomness comes from: back-off, and the names of what it writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl Seed {
    /// A fresh one.
    ///
    /// # Panics
    /// When the operating system has no randomness to give. Two devices with one seed would give
    /// two messages one name, so there is nothing to fall back to.
    #[must_use]
    pub fn from_system() -> Self {
        let mut bytes = [0; 32];
        SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// The same one for the same number: for tests.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let mut bytes = [0; 32];
        StdRng::seed_from_u64(number).fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The generator that grows from it.
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

/// A new name for something written now.
pub fn new_cid(now_ms: i64, rng: &mut impl Rng) -> Cid {
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    let millis = u64::try_from(now_ms).unwrap_or(0);
    Cid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
