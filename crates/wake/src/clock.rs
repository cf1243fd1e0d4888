//! Sleep detection by the clocks, on every system.
//!
//! Every [`TICK`] the wall clock is compared with the monotonic clock. On Linux and macOS the
//! monotonic clock stops while the machine sleeps, so the wall clock runs ahead. On Windows both
//! continue and the tick comes late, as it does when the process was stopped. Together the two
//! comparisons find every sleep that is long enough to matter, without a system call of its own.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::SystemEvent;
use homing_engine::clock::Clock;
use tokio::time::{Instant, sleep};

use crate::{EventSender, Source, WatchError};

/// Interval of the comparisons, and the largest delay with which a sleep is noticed. A shorter one
/// would cost battery.
pub const TICK: Duration = Duration::from_secs(2);

/// A tick that is late by this much was slept through. A busy machine delays a tick by less.
const LATE: Duration = Duration::from_secs(10);

/// The smallest deviation between the clocks that counts. A time server corrects a clock by less,
/// and a connection survives a shorter sleep.
const DRIFT_MS: u64 = 5_000;

/// Watches the clocks.
pub struct Clocks(pub Arc<dyn Clock>);

impl Source for Clocks {
    fn name(&self) -> &'static str {
        "the clocks"
    }

    fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>> {
        Box::pin(async move {
            let mut last = (Instant::now(), self.0.now_ms());
            loop {
                sleep(TICK).await;
                let now = (Instant::now(), self.0.now_ms());
                let (passed, wall_ms) = (now.0 - last.0, now.1.saturating_sub(last.1));
                last = now;
                if let Some(disturbance) = judge(TICK, passed, wall_ms)
                    && events.send(disturbance).await.is_err()
                {
                    return Ok(());
                }
            }
        })
    }
}

/// The event that follows from a wait of `asked` which took `passed` by the monotonic clock and
/// `wall_ms` milliseconds by the wall clock.
#[must_use]
pub fn judge(asked: Duration, passed: Duration, wall_ms: i64) -> Option<SystemEvent> {
    if passed.saturating_sub(asked) >= LATE {
        return Some(SystemEvent::Woke);
    }
    let by_ms = wall_ms.saturating_sub(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
    (by_ms.unsigned_abs() >= DRIFT_MS).then_some(SystemEvent::ClockJumped { by_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};
    use tokio::sync::mpsc;

    #[test]
    fn sleep_is_told_from_a_busy_machine_and_from_a_time_server() {
        const HOURS: i64 = 3_600_000;
        let jumped = |by_ms| Some(SystemEvent::ClockJumped { by_ms });
        for (what, passed_ms, wall_ms, expected) in [
            ("nothing", 2_000, 2_000, None),
            ("a busy machine", 9_000, 9_000, None),
            ("a time server", 2_000, 4_500, None),
            ("a time server, back", 2_000, -1_000, None),
            ("Linux slept for 8 hours", 2_000, 8 * HOURS + 2_000, jumped(8 * HOURS)),
            ("Windows slept for 8 hours", 8 * 3_600_000, 8 * HOURS, Some(SystemEvent::Woke)),
            ("the process was stopped", 12_000, 12_000, Some(SystemEvent::Woke)),
            ("set by a day", 2_000, 24 * HOURS + 2_000, jumped(24 * HOURS)),
            ("set back by a day", 2_000, 2_000 - 24 * HOURS, jumped(-24 * HOURS)),
            ("set back to nonsense", 2_000, i64::MIN, jumped(i64::MIN)),
        ] {
            let passed = Duration::from_millis(passed_ms);
            assert_eq!(judge(TICK, passed, wall_ms), expected, "{what}");
        }
    }

    /// A wall clock that moves with tokio's, and can be set.
    struct Wall(Instant, AtomicI64);

    impl Clock for Wall {
        fn now_ms(&self) -> i64 {
            let passed = i64::try_from(self.0.elapsed().as_millis()).unwrap();
            passed + self.1.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_jump_is_told_once_and_within_a_tick() {
        let wall = Arc::new(Wall(Instant::now(), AtomicI64::new(0)));
        let clocks = Clocks(wall.clone());
        let (events, mut heard) = mpsc::channel(8);
        let test = async {
            assert!(tokio::time::timeout(100 * TICK, heard.recv()).await.is_err(), "it is calm");
            wall.1.store(30_000, Ordering::SeqCst);
            let jumped = Instant::now();
            assert_eq!(heard.recv().await, Some(SystemEvent::ClockJumped { by_ms: 30_000 }));
            assert!(jumped.elapsed() <= TICK);
            assert!(tokio::time::timeout(100 * TICK, heard.recv()).await.is_err(), "told twice");
            drop(heard);
            wall.1.store(0, Ordering::SeqCst);
        };
        let (watched, ()) = tokio::join!(clocks.watch(&events), test);
        assert!(watched.is_ok());
    }
}
