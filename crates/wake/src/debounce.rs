//! Debouncing of system events. Pure: time is an argument.
//!
//! Opening a laptop raises a wake, a clock jump, an interface, two addresses and a change of the
//! system's own opinion, over several seconds. The first event passes at once, because it triggers
//! the one immediate attempt. Those that follow within [`QUIET`] are combined, because the first
//! attempt may have come before there was an address. A lost network is reported only after
//! [`SETTLES`]: a card that changes its access point has none for a moment. A network that is back
//! is reported at once.

use std::time::Duration;

use homing_engine::SystemEvent;
use tokio::time::Instant;

/// Quiet time after an event. Short enough that a network whose address comes in two parts is used
/// in time, long enough that it causes two attempts and not ten.
pub const QUIET: Duration = Duration::from_secs(1);

/// How long a network must be gone before that is reported. A change of the access point takes
/// less.
pub const SETTLES: Duration = Duration::from_millis(500);

/// What was reported, and what is waiting.
#[derive(Debug, Default)]
pub struct Debouncer {
    /// There is no network, and that was reported.
    down: bool,
    /// Since when the network is gone without a report.
    going: Option<Instant>,
    spoke: Option<Instant>,
    held: Option<SystemEvent>,
}

impl Debouncer {
    /// Accepts an event and returns the one to report now.
    pub fn take(&mut self, event: SystemEvent, now: Instant) -> Option<SystemEvent> {
        match event {
            SystemEvent::NetworkDown => {
                if !self.down {
                    self.going.get_or_insert(now + SETTLES);
                }
                None
            }
            SystemEvent::NetworkUp if self.down => {
                self.down = false;
                self.held = None;
                self.spoke = Some(now);
                Some(SystemEvent::NetworkUp)
            }
            // It was gone for a moment, or its loss was unknown: it may be another network.
            SystemEvent::NetworkUp => {
                self.going = None;
                self.prompt(SystemEvent::NetworkChanged, now)
            }
            SystemEvent::Woke | SystemEvent::NetworkChanged | SystemEvent::ClockJumped { .. } => {
                self.prompt(event, now)
            }
        }
    }

    /// When to call [`due`](Self::due).
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let held = self.held.and(self.spoke).map(|spoke| spoke + QUIET);
        [self.going, held].into_iter().flatten().min()
    }

    /// The event to report now.
    pub fn due(&mut self, now: Instant) -> Option<SystemEvent> {
        if self.going.is_some_and(|at| now >= at) {
            self.going = None;
            self.down = true;
            return Some(SystemEvent::NetworkDown);
        }
        if self.spoke.is_some_and(|spoke| now >= spoke + QUIET) {
            let held = self.held.take()?;
            self.spoke = Some(now);
            return Some(held);
        }
        None
    }

    fn prompt(&mut self, event: SystemEvent, now: Instant) -> Option<SystemEvent> {
        let first = self.spoke.is_none_or(|spoke| now >= spoke + QUIET) && self.held.is_none();
        if first {
            self.spoke = Some(now);
            return Some(event);
        }
        let stronger = self.held.is_none_or(|held| weight(event) >= weight(held));
        if stronger {
            self.held = Some(event);
        }
        None
    }
}

/// Of several events the heaviest is reported.
const fn weight(event: SystemEvent) -> u8 {
    match event {
        SystemEvent::ClockJumped { by_ms } if by_ms <= 0 => 0,
        SystemEvent::ClockJumped { .. } => 1,
        SystemEvent::NetworkChanged => 2,
        SystemEvent::Woke => 3,
        SystemEvent::NetworkUp | SystemEvent::NetworkDown => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SystemEvent::{ClockJumped, NetworkChanged, NetworkDown, NetworkUp, Woke};
    use proptest::prelude::*;

    /// What is told, with the milliseconds since the start, of what is raised.
    fn told(events: &[(u64, SystemEvent)]) -> Vec<(u64, SystemEvent)> {
        let start = Instant::now();
        let mut debouncer = Debouncer::default();
        let mut told = Vec::new();
        let passed = |at: Instant| u64::try_from((at - start).as_millis()).unwrap();
        let wait = |debouncer: &mut Debouncer, told: &mut Vec<_>, until: Option<Instant>| {
            while let Some(at) =
                debouncer.deadline().filter(|at| until.is_none_or(|until| *at <= until))
            {
                let news = debouncer.due(at).expect("a deadline has its reason");
                told.push((passed(at), news));
            }
        };
        for (ms, event) in events {
            let now = start + Duration::from_millis(*ms);
            wait(&mut debouncer, &mut told, Some(now));
            told.extend(debouncer.take(*event, now).map(|news| (*ms, news)));
        }
        wait(&mut debouncer, &mut told, None);
        told
    }

    const JUMP: SystemEvent = ClockJumped { by_ms: 60_000 };

    #[test]
    fn many_are_one_and_the_first_is_at_once() {
        for (events, expected) in [
            (vec![(0, Woke)], vec![(0, Woke)]),
            (
                vec![(0, Woke), (10, JUMP), (20, NetworkChanged), (900, NetworkChanged)],
                vec![(0, Woke), (1_000, NetworkChanged)],
            ),
            // A laptop opens: awake at once, the network when it comes.
            (
                vec![
                    (0, Woke),
                    (0, NetworkDown),
                    (700, JUMP),
                    (2_300, NetworkUp),
                    (2_900, NetworkChanged),
                ],
                vec![
                    (0, Woke),
                    (500, NetworkDown),
                    (1_000, JUMP),
                    (2_300, NetworkUp),
                    (3_300, NetworkChanged),
                ],
            ),
            // What says most is told.
            (
                vec![(0, JUMP), (1, NetworkChanged), (2, Woke), (3, JUMP)],
                vec![(0, JUMP), (1_000, Woke)],
            ),
            // What comes long after is at once again.
            (vec![(0, Woke), (1_000, NetworkChanged)], vec![(0, Woke), (1_000, NetworkChanged)]),
        ] {
            assert_eq!(told(&events), expected, "{events:?}");
        }
    }

    #[test]
    fn a_network_is_gone_when_it_stays_gone_and_back_at_once() {
        for (events, expected) in [
            (vec![(0, NetworkDown)], vec![(500, NetworkDown)]),
            (vec![(0, NetworkDown), (400, NetworkDown)], vec![(500, NetworkDown)]),
            // Another access point.
            (vec![(0, NetworkDown), (300, NetworkUp)], vec![(300, NetworkChanged)]),
            (
                vec![(0, NetworkDown), (600, NetworkUp), (650, NetworkDown)],
                vec![(500, NetworkDown), (600, NetworkUp), (1_150, NetworkDown)],
            ),
            // Told twice, it is one.
            (
                vec![(0, NetworkDown), (5_000, NetworkDown), (9_000, NetworkUp)],
                vec![(500, NetworkDown), (9_000, NetworkUp)],
            ),
            // Nobody knew that it was gone.
            (vec![(0, NetworkUp)], vec![(0, NetworkChanged)]),
        ] {
            assert_eq!(told(&events), expected, "{events:?}");
        }
    }

    fn any_disturbance() -> impl Strategy<Value = SystemEvent> {
        prop_oneof![
            Just(Woke),
            Just(NetworkUp),
            Just(NetworkDown),
            Just(NetworkChanged),
            (-9_000_i64..9_000).prop_map(|by_ms| ClockJumped { by_ms }),
        ]
    }

    proptest! {
        #[test]
        fn never_a_storm_never_a_lie_and_nothing_is_swallowed(
            steps in prop::collection::vec((0u64..1_500, any_disturbance()), 1..80),
        ) {
            let mut at = 0;
            let events: Vec<_> = steps
                .into_iter()
                .map(|(later, event)| {
                    at += later;
                    (at, event)
                })
                .collect();
            let told = told(&events);

            let quiet = u64::try_from(QUIET.as_millis()).unwrap();
            let prompts: Vec<_> = told
                .iter()
                .filter(|(_, news)| !matches!(news, NetworkUp | NetworkDown))
                .collect();
            for pair in prompts.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= quiet, "{:?}", told);
            }
            // Up and down take turns, and the last word is the truth.
            let turns: Vec<_> = told
                .iter()
                .filter_map(|(_, news)| match news {
                    NetworkUp => Some(true),
                    NetworkDown => Some(false),
                    _ => None,
                })
                .collect();
            for (index, up) in turns.iter().enumerate() {
                prop_assert_eq!(*up, index % 2 == 1, "{:?}", told);
            }
            let last = events.iter().rev().find_map(|(_, one)| match one {
                NetworkUp => Some(true),
                NetworkDown => Some(false),
                _ => None,
            });
            if let Some(up) = last {
                prop_assert_eq!(turns.last().copied().unwrap_or(true), up, "{:?}", told);
            }
            // Whatever asks for a try is followed by news of some kind in time.
            for (when, one) in &events {
                let heard = told.iter().any(|(at, _)| (*when..=*when + quiet).contains(at));
                prop_assert!(*one == NetworkDown || heard, "{:?} at {} in {:?}", one, when, told);
            }
        }
    }
}
