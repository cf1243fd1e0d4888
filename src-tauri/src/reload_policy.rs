//! What to do when the page inside the window is gone or shows nothing, and when to stop doing it.
//!
//! It decides and does nothing else: no window, no clock of its own. A page whose process ended is
//! loaded anew; one that shows nothing, or ends again and again, is most likely at odds with the
//! graphics driver, so the program starts once more without it and remembers that. After that the
//! person is told, and nothing more is tried until they ask for the window: a loop of rebuilding
//! would take the machine away from them.

use std::collections::VecDeque;
use std::time::Duration;

/// Ends within [`WITHIN`] that are mended by loading the page anew. A page may die of a message or
/// of too little memory; three times in a minute is no accident.
const MENDED: usize = 3;
/// Ends longer ago than this say nothing about now.
const WITHIN: Duration = Duration::from_secs(60);

/// How often it is looked whether something is to be seen.
pub(crate) const TICK: Duration = Duration::from_millis(500);
/// So many ticks without a sign of the page are too many: five seconds.
const TICKS: u8 = 10;

/// What happened to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PageEvent {
    /// The process behind it ended, while the window was hidden or not. A minimised one is not: it may
    /// be all that leads back, on a desktop without a tray.
    Ended { hidden: bool },
    /// A new window showed nothing for too long.
    Blank,
    /// A window that had shown something did not answer for too long.
    Silent,
    /// The person asks for the window.
    Asked,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReloadAction {
    /// Load the page anew.
    Reload,
    /// Destroy the window; it is built when somebody asks for it.
    LetGo,
    /// Start the program once more without the graphics card, and remember that.
    StartSafely,
    /// Tell the person; nothing helps by itself.
    Tell,
    /// Nothing.
    Leave,
}

/// What is known of the page's past.
#[derive(Debug)]
pub(crate) struct ReloadPolicy {
    /// The graphics card is left alone already, or that is not possible here.
    safe: bool,
    /// When the page ended, oldest first.
    ends: VecDeque<Duration>,
    /// The person was told.
    told: bool,
}

impl ReloadPolicy {
    /// A window without a past. `safe`: drawing without the graphics card is no way out.
    pub(crate) fn new(safe: bool) -> Self {
        Self { safe, ends: VecDeque::with_capacity(MENDED + 1), told: false }
    }

    /// What to do; `now` is the time since the program started.
    pub(crate) fn decide(&mut self, seen: PageEvent, now: Duration) -> ReloadAction {
        match seen {
            PageEvent::Asked => {
                self.ends.clear();
                // What was given up is tried again for who asks for it.
                if std::mem::take(&mut self.told) {
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
        if std::mem::replace(&mut self.told, true) {
            ReloadAction::Leave
        } else {
            ReloadAction::Tell
        }
    }
}

/// How long one waits for something to be seen.
#[derive(Debug)]
pub(crate) struct RenderTimeout(u8);

impl RenderTimeout {
    pub(crate) fn new() -> Self {
        Self(TICKS)
    }

    /// A tick passed, which took so long. Answers whether patience is over. A tick that came late
    /// says that the machine was busy or asleep, and one in which nothing could have been seen says
    /// nothing about what is shown: neither counts.
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
