//! Who is cut off when: the same for every stack, drawn from the seed. Pure.
//!
//! The profile is the one that is used publicly to compare WebSocket stacks: a message every half
//! second for a minute, and every client's TCP connection is cut without a close frame about every
//! 15 s, to come back about 2 s later.

use std::ops::RangeInclusive;

use rand::rngs::StdRng;
use rand::{Rng, RngExt as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// The sizes of a run. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) clients: usize,
    pub(super) messages: u32,
    pub(super) every: u32,
    /// Online between two cuts.
    pub(super) online: RangeInclusive<u32>,
    pub(super) away: RangeInclusive<u32>,
    /// After the last message and the last return, for what is still missing. Nobody's replay counts
    /// as failed who needs less.
    pub(super) grace: u32,
}

impl Profile {
    /// As published: about 15 s and about 2 s, give or take a fifth and a quarter, so that clients
    /// do not fall into step.
    pub(super) const fn published(clients: usize) -> Self {
        Self {
            clients,
            messages: 120,
            every: 500,
            online: 12_000..=18_000,
            away: 1_500..=2_500,
            grace: 10_000,
        }
    }

    /// The same in small, to see that it works.
    pub(super) const fn quick() -> Self {
        Self {
            clients: 20,
            messages: 12,
            every: 250,
            online: 800..=1_200,
            away: 300..=500,
            grace: 2_000,
        }
    }

    /// From the first message to the last, in milliseconds.
    pub(super) const fn lasts(&self) -> u32 {
        self.messages * self.every
    }
}

/// Off from here to there, in milliseconds after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outage {
    pub(crate) cut: u32,
    pub(crate) back: u32,
}

/// What a crowd is to do, whatever it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) messages: u32,
    pub(crate) every: u32,
    pub(crate) grace: u32,
    /// Of each client.
    pub(crate) outages: Vec<Vec<Outage>>,
}

impl Plan {
    pub(super) fn draw(profile: &Profile, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let outages = (0..profile.clients).map(|_| outages(profile, &mut rng)).collect();
        let Profile { messages, every, grace, .. } = *profile;
        Self { messages, every, grace, outages }
    }
}

/// The first at any moment of the first stretch, as if the run had begun long ago.
fn outages(profile: &Profile, rng: &mut impl Rng) -> Vec<Outage> {
    let mut outages = Vec::new();
    let mut cut = rng.random_range(0..=*profile.online.end());
    while cut < profile.lasts() {
        let back = cut + rng.random_range(profile.away.clone());
        outages.push(Outage { cut, back });
        cut = back + rng.random_range(profile.online.clone());
    }
    outages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_cut_as_often_as_the_profile_says() {
        let profile = Profile::published(500);
        let plan = Plan::draw(&profile, 9);
        assert_eq!(plan.outages.len(), 500);
        for outages in &plan.outages {
            assert!((3..=5).contains(&outages.len()), "{outages:?}");
            for one in outages {
                assert!(one.cut < 60_000 && profile.away.contains(&(one.back - one.cut)));
            }
            for (one, next) in outages.iter().zip(outages.iter().skip(1)) {
                assert!(profile.online.contains(&(next.cut - one.back)), "{outages:?}");
            }
        }
        assert_eq!(plan, Plan::draw(&profile, 9));
        assert_ne!(plan, Plan::draw(&profile, 10));
    }
}
