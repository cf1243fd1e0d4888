//! What time it is: in the world, and where somebody stands.
//!
//! Each machine has a runtime of its own whose clock stands still until the world lets it run. A
//! machine that sleeps is not run; its monotonic clock then is behind the world's, as a laptop's is.
//! Its wall clock follows the world, give or take what it is wrong by.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tokio::time::{Duration, Instant};

/// Milliseconds since the world began.
pub type At = u64;

/// When the world began, in milliseconds since 1970.
pub const BEGINNING: i64 = 1_800_000_000_000;

/// The time of one machine.
#[derive(Debug)]
pub struct Clock {
    base: Instant,
    /// The world's time when the machine's clock showed `base`, and what it slept through since.
    behind: AtomicU64,
    wrong_by: AtomicI64,
}

impl Clock {
    /// Of a machine that starts now; must be called on its runtime.
    #[must_use]
    pub fn started(at: At, wrong_by: i64) -> Self {
        Self {
            base: Instant::now(),
            behind: AtomicU64::new(at),
            wrong_by: AtomicI64::new(wrong_by),
        }
    }

    /// The world's time, as the machine may know it while it runs.
    #[must_use]
    pub fn world(&self) -> At {
        let ran = u64::try_from(self.base.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.behind.load(Ordering::Relaxed) + ran
    }

    /// When the machine's own clock shows a time of the world.
    #[must_use]
    pub fn instant(&self, at: At) -> Instant {
        let after = at.saturating_sub(self.behind.load(Ordering::Relaxed));
        self.base + Duration::from_millis(after)
    }

    /// The machine slept for so long.
    pub fn slept(&self, millis: u64) {
        self.behind.fetch_add(millis, Ordering::Relaxed);
    }

    /// The wall clock is wrong by so many milliseconds from now on.
    pub fn set_wrong_by(&self, millis: i64) {
        self.wrong_by.store(millis, Ordering::Relaxed);
    }

    fn wall(&self) -> i64 {
        let world = i64::try_from(self.world()).unwrap_or(i64::MAX);
        BEGINNING + world + self.wrong_by.load(Ordering::Relaxed)
    }
}

impl homing_engine::clock::Clock for Clock {
    fn now_ms(&self) -> i64 {
        self.wall()
    }
}

impl homing_server::Clock for Clock {
    fn now_ms(&self) -> i64 {
        self.wall()
    }
}
