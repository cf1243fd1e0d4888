//! Returns free memory of the allocator to the system.
//!
//! glibc's `malloc` returns free memory only from the top of each arena. After a burst, such as
//! opening a window, the last allocation keeps all free memory below it. Other allocators return
//! memory by themselves, so elsewhere this does nothing.
//!
//! This crate is the only one that ships with unsafe code: one call, which no safe crate offers.

/// Returns free pages of the heap to the system. It locks each arena for some milliseconds, so call
/// it when idle and not on a UI thread.
///
/// Returns whether memory was released.
pub fn release_free_memory() -> bool {
    trim()
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a foreign function; see record 20")]
fn trim() -> bool {
    // SAFETY: it takes no pointer, locks what it touches as `malloc` and `free` do, and hands on
    // only pages in which nothing is allocated (malloc_trim(3), "MT-Safe").
    unsafe { libc::malloc_trim(0) == 1 }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() -> bool {
    false
}

#[cfg(test)]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    /// Bytes that this process has in memory (proc_pid_status(5): kB).
    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
    }

    #[test]
    fn what_is_free_below_the_last_block_goes_back_and_what_is_not_stays() {
        const BLOCK: usize = 1024;
        const MIB: usize = 1024 * 1024;
        // Too small to be mapped each by itself, and the last one holds all that is below.
        let mut blocks: Vec<Vec<u8>> = (0..64 * MIB / BLOCK).map(|_| vec![7; BLOCK]).collect();
        let last = blocks.pop().unwrap();
        drop(blocks);
        let before = resident();
        assert!(release_free_memory());
        let given = before.saturating_sub(resident());
        assert!(given > 48 * MIB, "{given} bytes were given back, of {before}");
        assert_eq!(last, vec![7; BLOCK]);
    }
}
