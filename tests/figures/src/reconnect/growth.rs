//! Whether a process grew, from samples over its life. Pure.
//!
//! Medians of two windows are compared: one after the warm-up, in which caches fill and the
//! allocator finds its size, and one at the end. A single sample would see whatever happened to be
//! allocated at that moment.

use serde::Serialize;

use crate::load::Load;

/// The bound, in words.
pub(super) const BOUND: &str = "resident memory grows by less than 2 % after warm-up on both \
                                sides, and neither files nor tasks grow";
/// Memory may grow by less than so much after warm-up. 5,000 cycles that each leave 100 bytes behind
/// are 500 KB, which is more than this of the smaller of the two processes; below it is the noise
/// of an allocator.
const MEMORY_PERCENT: f64 = 2.0;
/// A connection may be half-way in or out in one of the windows: its socket, and its task.
const SLACK: u64 = 2;
/// Of all samples: what counts as warm-up, and how long each window is.
const WARM_UP: f64 = 0.2;
const WINDOW: f64 = 0.1;

/// A process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) load: Load,
    pub(super) tasks: u64,
}

/// Samples, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Growth(Vec<Sample>);

/// One figure after the warm-up and at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Pair {
    warm: u64,
    end: u64,
}

/// What became of a process.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Verdict {
    resident_kib: Pair,
    growth_percent: f64,
    files: Pair,
    tasks: Pair,
    threads: Pair,
    /// Memory over the whole run, in ten steps.
    course_kib: Vec<u64>,
}

impl Growth {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    pub(super) fn verdict(&self) -> Verdict {
        let pair = |of: fn(&Sample) -> u64| {
            let warm = median(self.window(WARM_UP), of);
            Pair { warm, end: median(self.window(1.0 - WINDOW), of) }
        };
        let resident_kib = pair(|sample| sample.load.resident_bytes / 1024);
        let course = (0_u8..10).map(|step| f64::from(step) * WINDOW);
        Verdict {
            growth_percent: resident_kib.growth_percent(),
            resident_kib,
            files: pair(|sample| sample.load.files),
            tasks: pair(|sample| sample.tasks),
            threads: pair(|sample| sample.load.threads),
            course_kib: course
                .map(|from| median(self.window(from), |one| one.load.resident_bytes / 1024))
                .collect(),
        }
    }

    /// The samples of one window, which begins after such a part of all.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of a count that fits a float many times over"
    )]
    fn window(&self, from: f64) -> &[Sample] {
        let at = |part: f64| (self.0.len() as f64 * part).round() as usize;
        self.0.get(at(from)..at(from + WINDOW)).unwrap_or_default()
    }
}

fn median(samples: &[Sample], of: impl Fn(&Sample) -> u64) -> u64 {
    let mut values: Vec<u64> = samples.iter().map(of).collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl Pair {
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process")]
    fn growth_percent(self) -> f64 {
        (self.end as f64 - self.warm as f64) * 100.0 / self.warm.max(1) as f64
    }

    const fn grew(self) -> bool {
        self.end > self.warm + SLACK
    }
}

impl Verdict {
    pub(super) fn is_flat(&self) -> bool {
        let counted = [self.files, self.tasks, self.threads];
        self.growth_percent < MEMORY_PERCENT && !counted.into_iter().any(Pair::grew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growth(kib: impl Fn(u64) -> u64, files: impl Fn(u64) -> u64) -> Verdict {
        let mut growth = Growth::default();
        for n in 0..100 {
            let load = Load { resident_bytes: kib(n) * 1024, files: files(n), threads: 4 };
            growth.add(Sample { load, tasks: 7 });
        }
        growth.verdict()
    }

    #[test]
    fn growth_after_the_warm_up_is_found_and_noise_is_not() {
        for (name, kib, flat) in [
            ("flat", (|_| 10_000) as fn(u64) -> u64, true),
            ("fills its caches first", |n| 10_000 + 500 * n.min(15), true),
            ("one sample in ten is high", |n| if n % 10 == 0 { 20_000 } else { 10_000 }, true),
            ("shrinks", |n| 10_000 - n, true),
            ("leaks slowly", |n| 10_000 + 5 * n, false),
            ("one step late", |n| if n < 50 { 10_000 } else { 10_300 }, false),
        ] {
            let verdict = growth(kib, |_| 20);
            assert_eq!(verdict.is_flat(), flat, "{name}: {verdict:?}");
        }
    }

    #[test]
    fn files_that_stay_open_are_found() {
        assert!(growth(|_| 1000, |n| 20 + n % 2).is_flat());
        assert!(!growth(|_| 1000, |n| 20 + n / 10).is_flat());
    }

    #[test]
    fn the_windows_are_where_they_are_said_to_be() {
        let verdict = growth(|n| n, |_| 0);
        assert_eq!(verdict.resident_kib, Pair { warm: 25, end: 95 });
        assert_eq!(verdict.course_kib, [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]);
    }
}
