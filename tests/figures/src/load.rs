//! What a process costs: read from `/proc`, so Linux only.

use std::fs;

use crate::machine::field;

/// Of a process, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Load {
    /// Memory that it holds.
    pub(crate) resident_bytes: u64,
    /// Open files, sockets included.
    pub(crate) files: u64,
    /// Threads.
    pub(crate) threads: u64,
}

impl Load {
    /// Of a process that runs.
    pub(crate) fn of(id: u32) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let files = fs::read_dir(format!("/proc/{id}/fd")).ok()?.count();
        Some(Self {
            resident_bytes: field(&status, "VmRSS:")? * 1024,
            files: u64::try_from(files).ok()?,
            threads: field(&status, "Threads:")?,
        })
    }
}

/// Seconds of processor time that a process has used so far.
pub(crate) fn processor_seconds(id: u32) -> Option<f64> {
    ticks(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// User and system time stand 12 and 13 words after the program's name, which may hold anything
/// but ends with the last parenthesis.
fn ticks(stat: &str) -> Option<f64> {
    /// `USER_HZ`, which Linux fixes at 100 for programs whatever the kernel's own clock is.
    const PER_SECOND: f64 = 100.0;
    let (_, after) = stat.rsplit_once(')')?;
    let mut words = after.split_whitespace().skip(11);
    let user: u32 = words.next()?.parse().ok()?;
    let system: u32 = words.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_writes_is_read() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 5 1 1";
        assert_eq!(ticks(stat), Some(3.0));
        assert_eq!(ticks("7 (a"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_a_load() {
        let load = Load::of(std::process::id()).unwrap();
        assert!(load.resident_bytes > 0 && load.files > 2 && load.threads > 0, "{load:?}");
        assert!(processor_seconds(std::process::id()).is_some());
    }
}
