//! What to do when the window's page crashes or stays blank, and when to stop.
//!
//! It only decides: it has no window and no clock. A crashed page is reloaded. A page that stays
//! blank or crashes repeatedly most likely conflicts with the graphics driver, so the program
//! restarts without the graphics card and remembers that. If that does not help, the person is
//! told, and nothing more is tried until they ask for the window: a loop of rebuilding would take
//! the machine away from them.

use std::collections::VecDeque;
use std::time::Duration;

/// Crashes within [`WITHIN`] that are answered by a reload. A page may die of a message or of too
/// little memory; three times in a minute is no accident.
const MENDED: usize = 3;
/// Older crashes do not count.
const WITHIN: Duration = Duration::from_secs(60);

/// Interval of the checks whether something is visible.
pub(crate) const TICK: Duration = Duration::from_millis(500);
/// Ticks without a sign of the page after which it counts as blank: five seconds.
const TICKS: u8 = 10;

/// An event of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageEvent {
    /// Its process ended, while the window was hidden or not. A minimised window is not hidden: on
    /// a desktop without a tray it may be the only way back.
    Ended { hidden: bool },
    /// A new window stayed blank for too long.
    Blank,
    /// A painted window did not answer for too long.
    Silent,
    /// The person asks for the window.
    Asked,
}

/// The reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReloadAction {
    /// Reload the page.
    Reload,
    /// Destroy the window; it is built when somebody asks for it.
    LetGo,
    /// Restart the program without the graphics card, and remember that.
    StartSafely,
    /// Tell the person; nothing else helps.
    Tell,
    /// Nothing.
    Leave,
}

/// The page's history.
#[derive(Debug)]
pub(crate) struct ReloadPolicy {
    /// The graphics card is not used already, or has to be used here.
    safe: bool,
    /// Times of the crashes, oldest first.
    ends: VecDeque<Duration>,
    /// The person was told.
    gave_up: bool,
}

impl ReloadPolicy {
    /// An empty history. `safe`: restarting without the graphics card is no option.
    pub(crate) fn new(safe: bool) -> Self {
        Self { safe, ends: VecDeque::with_capacity(MENDED + 1), gave_up: false }
    }

    /// Decides; `now` is the time since the program started.
    pub(crate) fn decide(&mut self, seen: PageEvent, now: Duration) -> ReloadAction {
        match seen {
            PageEvent::Asked => {
                self.ends.clear();
                // After giving up, a request of the person starts over.
                if std::mem::take(&mut self.gave_up) {
                    ReloadAction::Reload
                } else {
                    ReloadAction::Leave
                }
            }
            PageEvent::Ended { hidden: true } => ReloadAction::LetGo,
            PageEvent::Blank => self.give_way(),
            PageEvent::Ended { hidden: false } | PageEvent::Silent => {
                self.ends.retain(|end| now.saturating_sub(*end) < WITHIN);
                if self.ends.len() < MENDED {
                    self.ends.push_back(now);
                    ReloadAction::Reload
                } else {
                    self.give_way()
                }
            }
        }
    }

    fn give_way(&mut self) -> ReloadAction {
        if !self.safe {
            self.safe = true;
            return ReloadAction::StartSafely;
        }
        if std::mem::replace(&mut self.gave_up, true) {
            ReloadAction::Leave
        } else {
            ReloadAction::Tell
        }
    }
}

/// Counts the time until something must be visible.
#[derive(Debug)]
pub(crate) struct RenderTimeout(u8);

impl RenderTimeout {
    pub(crate) fn new() -> Self {
        Self(TICKS)
    }

    /// A tick of this length passed. Returns whether the time is over. A late tick means that the
    /// machine was busy or asleep, and a tick in which nothing could be visible says nothing about
    /// the page: neither counts.
    pub(crate) fn tick(&mut self, took: Duration, could_be_seen: bool) -> bool {
        if could_be_seen && took < TICK * 2 {
            self.0 = self.0.saturating_sub(1);
        }
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: PageEvent = PageEvent::Ended { hidden: false };
    const UNSEEN: PageEvent = PageEvent::Ended { hidden: true };

    #[test]
    fn what_is_done_about_what_is_seen() {
        use PageEvent::{Asked, Blank, Silent};
        use ReloadAction::{Leave, LetGo, Reload, StartSafely, Tell};
        for (what, safe, story) in [
            ("a crash", false, &[(0, SEEN, Reload)][..]),
            ("a crash nobody sees", false, &[(0, UNSEEN, LetGo), (1, UNSEEN, LetGo)]),
            ("a blank window", false, &[(0, Blank, StartSafely)]),
            ("a window blank in safe graphics", true, &[(0, Blank, Tell), (5, Blank, Leave)]),
            (
                "blank, and the new start is slow",
                false,
                &[(0, Blank, StartSafely), (5, Blank, Tell)],
            ),
            ("a silent page", false, &[(0, Silent, Reload), (9, Silent, Reload)]),
            (
                "a page that dies of the graphics",
                false,
                &[(0, SEEN, Reload), (1, SEEN, Reload), (2, SEEN, Reload), (3, SEEN, StartSafely)],
            ),
            (
                "a page that dies of something else",
                true,
                &[
                    (0, SEEN, Reload),
                    (1, SEEN, Reload),
                    (2, SEEN, Reload),
                    (3, SEEN, Tell),
                    (4, SEEN, Leave),
                    (5, Blank, Leave),
                ],
            ),
            (
                "now and then a crash",
                true,
                &[
                    (0, SEEN, Reload),
                    (20, SEEN, Reload),
                    (40, SEEN, Reload),
                    (61, SEEN, Reload),
                    (81, SEEN, Reload),
                ],
            ),
            ("the person asks for what is well", false, &[(0, Asked, Leave), (9, Asked, Leave)]),
            (
                "the person asks again",
                true,
                &[
                    (0, Blank, Tell),
                    (5, Blank, Leave),
                    (9, Asked, Reload),
                    (9, SEEN, Reload),
                    (14, Blank, Tell),
                ],
            ),
        ] {
            let mut reload_policy = ReloadPolicy::new(safe);
            for (at, seen, act) in story {
                let now = Duration::from_secs(*at);
                assert_eq!(reload_policy.decide(*seen, now), *act, "{what}, second {at}");
            }
        }
    }

    #[test]
    fn nothing_is_tried_for_ever() {
        for safe in [false, true] {
            let mut reload_policy = ReloadPolicy::new(safe);
            let acts = (0..1000).map(|at| reload_policy.decide(SEEN, Duration::from_millis(at)));
            assert_eq!(acts.filter(|act| *act == ReloadAction::Reload).count(), MENDED);
        }
    }

    #[test]
    fn patience_counts_only_time_in_which_something_could_be_seen() {
        let mut timeout = RenderTimeout::new();
        for _ in 0..100 {
            assert!(!timeout.tick(TICK, false), "a hidden window has time");
            assert!(!timeout.tick(TICK * 3, true), "a busy machine has time");
        }
        for _ in 1..TICKS {
            assert!(!timeout.tick(TICK, true));
        }
        assert!(timeout.tick(TICK, true));
    }
}
