//! What goes wrong, how often and for how long. Pure: chance is an argument.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use rand::{Rng, RngExt};

/// What goes wrong for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientFault {
    /// kill -9. It starts again on what is on its disk.
    Kill,
    /// It stands still: SIGSTOP, and SIGCONT after a while.
    Stop,
    /// Its line is reset, without a word of the protocol.
    CutReset,
    /// Its line ends orderly, without a word of the protocol.
    CutFinish,
    /// Nothing passes in either direction, and nobody is told.
    Silence,
    /// Latency, and pieces of a few bytes.
    Slow,
    /// So few bytes a second, both ways, that a large message takes half a minute.
    Narrow,
    /// Its line is reset and new ones are refused.
    Refused,
}

/// What goes wrong for the server, and so for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerFault {
    /// kill -9. It starts again at once or after a while.
    Kill,
    /// It stands still.
    Stop,
}

/// How likely one is, beside the others of its table, and how many milliseconds it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chance<F> {
    fault: F,
    weight: u32,
    lasts: Range<u64>,
}

const fn chance<F>(fault: F, weight: u32, lasts: Range<u64>) -> Chance<F> {
    Chance { fault, weight, lasts }
}

/// Silence and standing still go beyond the 35 s after which a client gives a silent server up, and
/// beyond the 10 s that a server waits for a pong.
pub(super) const CLIENT: &[Chance<ClientFault>] = &[
    chance(ClientFault::Kill, 4, 0..2_000),
    chance(ClientFault::Stop, 3, 200..20_000),
    chance(ClientFault::CutReset, 4, 0..1),
    chance(ClientFault::CutFinish, 3, 0..1),
    chance(ClientFault::Silence, 3, 1_000..45_000),
    chance(ClientFault::Slow, 2, 1_000..10_000),
    chance(ClientFault::Narrow, 2, 5_000..40_000),
    chance(ClientFault::Refused, 2, 500..8_000),
];

/// Standing still goes beyond the 10 s after which clients doubt an answer that does not come.
pub(super) const SERVER: &[Chance<ServerFault>] =
    &[chance(ServerFault::Kill, 3, 0..3_000), chance(ServerFault::Stop, 1, 200..12_000)];

/// The next one of a table, and for how long.
pub(super) fn draw<F: Copy>(table: &[Chance<F>], rng: &mut impl Rng) -> (F, Duration) {
    let all: u32 = table.iter().map(|chance| chance.weight).sum();
    let mut at = rng.random_range(0..all);
    let drawn = table.iter().find(|chance| {
        let here = at < chance.weight;
        at = at.saturating_sub(chance.weight);
        here
    });
    let drawn = drawn.expect("the number is below the sum of the weights");
    (drawn.fault, Duration::from_millis(rng.random_range(drawn.lasts.clone())))
}

impl ClientFault {
    /// As it stands in the JSON line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill_client",
            Self::Stop => "stop_client",
            Self::CutReset => "cut_reset",
            Self::CutFinish => "cut_finish",
            Self::Silence => "silence",
            Self::Slow => "slow",
            Self::Narrow => "narrow",
            Self::Refused => "refused",
        }
    }
}

impl ServerFault {
    /// As it stands in the JSON line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill_server",
            Self::Stop => "stop_server",
        }
    }
}

/// How many of each happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally(pub(super) BTreeMap<&'static str, u32>);

impl Tally {
    pub(super) fn add(&mut self, fault: &'static str) {
        *self.0.entry(fault).or_default() += 1;
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (fault, count) in &other.0 {
            *self.0.entry(fault).or_default() += count;
        }
    }

    pub(super) fn all(&self) -> u32 {
        self.0.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn every_fault_comes_as_often_as_its_weight_says() {
        let mut rng = StdRng::seed_from_u64(5);
        let mut tally = Tally::default();
        for _ in 0..10_000 {
            let (fault, lasts) = draw(CLIENT, &mut rng);
            let row = CLIENT.iter().find(|chance| chance.fault == fault).unwrap();
            assert!(row.lasts.contains(&u64::try_from(lasts.as_millis()).unwrap()));
            tally.add(fault.name());
        }
        let all: u32 = CLIENT.iter().map(|chance| chance.weight).sum();
        for row in CLIENT {
            let (count, expected) = (tally.0[row.fault.name()], 10_000 * row.weight / all);
            assert!(count.abs_diff(expected) < 300, "{row:?}: {count}, not {expected}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let drawn = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            (0..50).map(|_| draw(CLIENT, &mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
    }

    #[test]
    fn tallies_add_up() {
        let mut one = Tally::default();
        one.add("slow");
        let mut sum = one.clone();
        sum.add("silence");
        sum.join(&one);
        assert_eq!(sum.all(), 3);
        assert_eq!(sum.0, BTreeMap::from([("slow", 2), ("silence", 1)]));
    }
}
