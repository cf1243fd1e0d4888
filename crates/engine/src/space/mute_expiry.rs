//! Mutes that end by themselves, told when they do.
//!
//! Their end is a time of the wall clock, which stands on other devices as well, and a machine that
//! sleeps has no timer that goes on. So the clock is looked at in every step, and once a minute
//! while there is a mute that will end.

use std::time::Duration;

use tokio::time::Instant;

use super::SpaceTask;
use super::effects::Effects;

/// How late the end of a mute may be noticed after the machine slept or its clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl SpaceTask {
    /// Tells the rooms whose mute has ended since this was asked last.
    pub(super) fn unmute(&mut self, effects: &mut Effects) {
        let now = self.deps.clock.now_ms();
        let before = std::mem::replace(&mut self.mutes_checked, now);
        let ended = self.own.muted_for_a_time().filter(|(_, end)| before < *end && *end <= now);
        effects.rooms.extend(ended.map(|(room, _)| room));
    }

    /// When to look again.
    pub(super) fn next_unmute(&self) -> Option<Instant> {
        let now = self.deps.clock.now_ms();
        let next =
            self.own.muted_for_a_time().map(|(_, end)| end).filter(|end| *end > now).min()?;
        let wait = Duration::from_millis(next.abs_diff(now));
        Some(Instant::now() + wait.min(LOOK_AGAIN))
    }
}
