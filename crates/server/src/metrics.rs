//! Metrics for `/metrics`, in the Prometheus text format.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counters since the start, and gauges.
#[derive(Debug, Default)]
pub struct Metrics {
    /// TCP connections open now.
    pub connections: AtomicI64,
    /// Connections refused because there were too many.
    pub turned_away: AtomicU64,
    /// Sessions past `welcome` now.
    pub sessions: AtomicI64,
    /// Events committed.
    pub events: AtomicU64,
    /// Those of them that devices gave back after a restore.
    pub given_back: AtomicU64,
    /// Frames queued to devices.
    pub pushed: AtomicU64,
    /// Overflows of a device's queue, which replaced events by gaps.
    pub overflows: AtomicU64,
    /// Requests refused by a rate limit.
    pub limited: AtomicU64,
    /// Passwords hashed, to store or to compare.
    pub hashes: AtomicU64,
}

impl Metrics {
    /// Renders all metrics.
    #[must_use]
    pub fn render(&self, commits: Commits) -> String {
        let count = |n: &AtomicU64| i128::from(n.load(Ordering::Relaxed));
        let gauge = |n: &AtomicI64| i128::from(n.load(Ordering::Relaxed));
        let mut text = String::with_capacity(2048);
        let mut put = |name: &str, kind: &str, help: &str, value: i128| {
            let _infallible = write!(
                text,
                "# HELP homing_{name} {help}\n# TYPE homing_{name} {kind}\nhoming_{name} {value}\n"
            );
        };
        put("connections", "gauge", "TCP connections open", gauge(&self.connections));
        put("sessions", "gauge", "sockets past welcome", gauge(&self.sessions));
        put(
            "turned_away_total",
            "counter",
            "connections refused for want of room",
            count(&self.turned_away),
        );
        put("events_total", "counter", "events committed", count(&self.events));
        put(
            "events_given_back_total",
            "counter",
            "events that devices gave back after a restore",
            count(&self.given_back),
        );
        put("commit_groups_total", "counter", "commits", i128::from(commits.groups));
        put(
            "commit_jobs_total",
            "counter",
            "writes in those commits; divided by them: the group size",
            i128::from(commits.jobs),
        );
        put("pushed_total", "counter", "frames queued to devices", count(&self.pushed));
        put("queue_overflows_total", "counter", "queues replaced by gaps", count(&self.overflows));
        put("password_hashes_total", "counter", "passwords hashed", count(&self.hashes));
        put("rate_limited_total", "counter", "requests refused by a limit", count(&self.limited));
        put(
            "writable",
            "gauge",
            "1 while the database can be written",
            i128::from(commits.writable),
        );
        if let Some(bytes) = resident_bytes() {
            put("resident_bytes", "gauge", "memory held by the process", i128::from(bytes));
        }
        text
    }
}

/// Counters of the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Commits {
    /// Transactions.
    pub groups: u64,
    /// Writes in them.
    pub jobs: u64,
    /// The last commit succeeded.
    pub writable: bool,
}

/// Resident memory from `/proc`. None on other systems.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_comment_or_a_number() {
        let metrics = Metrics::default();
        metrics.events.fetch_add(3, Ordering::Relaxed);
        let text = metrics.render(Commits::default());
        assert!(text.contains("homing_events_total 3\n"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.split_once(' ').unwrap();
            assert!(name.starts_with("homing_"), "{line}");
            assert!(value.parse::<i64>().is_ok(), "{line}");
        }
    }
}
