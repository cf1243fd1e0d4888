//! The machine, so that a figure is never read without it.
//!
//! Read from `/proc`; what is not there is missing and never guessed.

use std::fs;

use serde_json::{Value, json};

/// What stands in every JSON line.
pub(crate) fn describe() -> Value {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo")
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map(|(_, name)| name.trim().to_owned());
    let memory = field(&read("/proc/meminfo"), "MemTotal:").map(|kib| kib / 1024);
    json!({
        "system": std::env::consts::OS,
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "processor": processor,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_mib": memory,
    })
}

/// The number of a line such as `VmRSS:    5312 kB`.
pub(crate) fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_writes_is_read() {
        let status = "Name:\tx\nVmRSS:\t    5312 kB\nThreads:\t3\n";
        assert_eq!(field(status, "VmRSS:"), Some(5312));
        assert_eq!(field(status, "Threads:"), Some(3));
        assert_eq!(field(status, "VmSwap:"), None);
    }
}
