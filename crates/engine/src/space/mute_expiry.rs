//! Publishes when a mute expires.
//!
//! The expiry is a wall-clock time that is shared with other devices, and timers do not run while
//! the machine is suspended. So the clock is checked in every turn, and once a minute while a mute
//! is going to expire.

use std::time::Duration;

use tokio::time::Instant;

use super::SpaceTask;
use super::effects::Effects;

/// The maximum delay after the machine was suspended or its clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl SpaceTask {
    /// Publishes the rooms whose mute has expired since the last check.
    pub(super) fn unmute(&mut self, effects: &mut Effects) {
        let now = self.deps.clock.now_ms();
        let before = std::mem::replace(&mut self.mutes_checked, now);
        let ended = self.own.muted_for_a_time().filter(|(_, end)| before < *end && *end <= now);
        effects.rooms.extend(ended.map(|(room, _)| room));
    }

    /// When to check again.
    pub(super) fn next_unmute(&self) -> Option<Instant> {
        let now = self.deps.clock.now_ms();
        let next =
            self.own.muted_for_a_time().map(|(_, end)| end).filter(|end| *end > now).min()?;
        let wait = Duration::from_millis(next.abs_diff(now));
        Some(Instant::now() + wait.min(LOOK_AGAIN))
    }
}
