//! What arrived, how often and how long after coming back. Pure, and the same for every stack.

use serde::{Deserialize, Serialize};

/// What a crowd did and saw. Times in milliseconds after the start, of one clock.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// When message 1, 2, 3 … was handed over to be sent.
    pub(crate) sent: Vec<f64>,
    /// By client.
    pub(crate) clients: Vec<Seen>,
}

/// What one client saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Each arrival of a message, and when.
    pub(crate) got: Vec<(u32, f64)>,
    /// When it was allowed back, or its server was there again.
    pub(crate) back: Vec<f64>,
}

/// The figures of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Score {
    pub(crate) delivered_percent: f64,
    /// Messages that did not arrive at somebody, once for each of them.
    pub(crate) missing: usize,
    /// Arrivals of what had arrived.
    pub(crate) duplicates: usize,
    /// Arrivals after one that was sent later.
    pub(crate) out_of_order: usize,
    /// Returns after which something was missing.
    pub(crate) returns: usize,
    /// Those of them after which all of it arrived.
    pub(crate) replayed: usize,
    /// From the return to the last of what was missing, over the replayed ones.
    pub(crate) replay_p50_ms: Option<f64>,
    /// As above.
    pub(crate) replay_p99_ms: Option<f64>,
    /// As above.
    pub(crate) replay_max_ms: Option<f64>,
}

impl Record {
    pub(super) fn score(&self) -> Score {
        let mut score = Score::default();
        let mut replays = Vec::new();
        for seen in &self.clients {
            let first = self.first_arrivals(seen);
            score.missing += first.iter().filter(|arrival| arrival.is_none()).count();
            score.duplicates += seen.got.len() - first.iter().flatten().count();
            score.out_of_order += overtaken(&seen.got);
            for back in &seen.back {
                // Sent before the return, and not there when it came.
                let missed: Vec<Option<f64>> = self
                    .sent
                    .iter()
                    .zip(&first)
                    .filter(|(sent, first)| *sent <= back && first.is_none_or(|at| at > *back))
                    .map(|(_, first)| *first)
                    .collect();
                if missed.is_empty() {
                    continue;
                }
                score.returns += 1;
                let all: Option<Vec<f64>> = missed.into_iter().collect();
                replays.extend(all.map(|all| all.into_iter().fold(0.0, f64::max) - back));
            }
        }
        score.replayed = replays.len();
        replays.sort_by(f64::total_cmp);
        score.replay_p50_ms = quantile(&replays, 0.50);
        score.replay_p99_ms = quantile(&replays, 0.99);
        score.replay_max_ms = quantile(&replays, 1.0);
        let due = self.sent.len() * self.clients.len();
        score.delivered_percent = percent(due - score.missing, due);
        score
    }

    /// When each message came first.
    fn first_arrivals(&self, seen: &Seen) -> Vec<Option<f64>> {
        let mut first = vec![None; self.sent.len()];
        for (n, at) in &seen.got {
            let place = usize::try_from(*n).ok().and_then(|n| first.get_mut(n.checked_sub(1)?));
            if let Some(place @ None) = place {
                *place = Some(*at);
            }
        }
        first
    }
}

/// How many arrived after one with a greater number, repetitions aside.
fn overtaken(got: &[(u32, f64)]) -> usize {
    let mut greatest = 0;
    got.iter()
        .filter(|(n, _)| {
            let late = *n < greatest;
            greatest = greatest.max(*n);
            late
        })
        .count()
}

/// The smallest value that so many are not above.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a count that fits a float many times over"
)]
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let rank = (sorted.len() as f64 * part).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|ms| (ms * 10.0).round() / 10.0)
}

#[expect(clippy::cast_precision_loss, reason = "a count of deliveries")]
fn percent(part: usize, of: usize) -> f64 {
    // Cut and not rounded: 100 stands for everything and for nothing less.
    (part as f64 * 10_000.0 / of.max(1) as f64).floor() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(got: &[(u32, f64)], back: &[f64]) -> Score {
        let sent = vec![0.0, 500.0, 1000.0, 1500.0];
        let seen = Seen { got: got.to_vec(), back: back.to_vec() };
        Record { sent, clients: vec![seen] }.score()
    }

    #[test]
    fn everything_in_time_is_everything() {
        let got = [(1, 1.0), (2, 501.0), (3, 1001.0), (4, 1501.0)];
        let score = score(&got, &[]);
        assert_eq!((score.delivered_percent, score.missing, score.duplicates), (100.0, 0, 0));
        assert_eq!((score.returns, score.replay_p99_ms), (0, None));
    }

    #[test]
    fn a_return_lasts_until_the_last_of_what_was_missed() {
        let got = [(1, 1.0), (2, 1290.0), (3, 1300.0), (4, 1501.0)];
        let score = score(&got, &[1200.0]);
        assert_eq!((score.returns, score.replayed), (1, 1));
        assert_eq!(score.replay_p99_ms, Some(100.0));
    }

    #[test]
    fn what_never_comes_is_missing_and_no_replay() {
        let score = score(&[(1, 1.0), (4, 1501.0)], &[1200.0]);
        assert_eq!((score.delivered_percent, score.missing), (50.0, 2));
        assert_eq!((score.returns, score.replayed, score.replay_p99_ms), (1, 0, None));
    }

    #[test]
    fn a_return_that_missed_nothing_is_none() {
        let score = score(&[(1, 1.0), (2, 501.0), (3, 1001.0), (4, 1501.0)], &[700.0]);
        assert_eq!(score.returns, 0);
    }

    #[test]
    fn what_comes_twice_or_late_is_counted_and_nothing_else_changes() {
        let got = [(1, 1.0), (2, 501.0), (2, 502.0), (4, 1501.0), (3, 1502.0)];
        let score = score(&got, &[]);
        assert_eq!((score.duplicates, score.out_of_order), (1, 1));
        assert_eq!(score.delivered_percent, 100.0);
    }

    #[test]
    fn a_hundred_percent_is_never_rounded_up_to() {
        assert_eq!(percent(119_999, 120_000), 99.99);
        assert_eq!(percent(120_000, 120_000), 100.0);
    }

    #[test]
    fn quantiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        for (part, value) in [(0.5, 100.0), (0.99, 198.0), (1.0, 200.0), (0.0, 1.0)] {
            assert_eq!(quantile(&values, part), Some(value));
        }
        assert_eq!(quantile(&[], 0.5), None);
    }
}
