//! Sleep as the clocks tell it, on every system.
//!
//! Every [`TICK`] the wall clock is compared with the monotonic one. On Linux and macOS the
//! monotonic clock stands still while the machine sleeps and the wall clock runs ahead; on Windows
//! both go on, and the tick itself comes late, as it also does when the process was stopped. So the
//! two comparisons together find every sleep that is long enough to matter, without asking the
//! system anything.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::SystemEvent;
use homing_engine::clock::Clock;
use tokio::time::{Instant, sleep};

use crate::{EventSender, Source, WatchError};

/// How often the clocks are compared. After a sleep the rest of a tick is still to go, so this much
/// later it is noticed at most; waking the processor more often would cost battery for nothing.
pub const TICK: Duration = Duration::from_secs(2);

/// A tick that comes so much later than asked was slept through. Less happens on a busy machine.
const LATE: Duration = Duration::from_secs(10);

/// The clocks may differ by so much more than before. A time server sets a clock by less, and a
/// connection survives a shorter sleep.
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

/// What happened in a wait of `asked` that took `passed` by the monotonic clock and `wall_ms`
/// milliseconds by the wall clock.
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
