//! What a program and all processes that it started cost.

use std::fs;

use serde::Serialize;

use crate::machine::field;

/// Memory of a whole tree, in KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Memory {
    /// With what is shared divided among those that share it.
    pub(super) pss: u64,
    /// What nobody else has mapped: data of its own, and pages of files that others do not use now.
    pub(super) private: u64,
    /// Of that, what it has written itself. The rest is in files: the system takes it whenever it
    /// wants, and how much there is depends on what else runs.
    pub(super) dirty: u64,
    pub(super) processes: u64,
}

/// What a whole tree has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Work {
    /// Seconds of processor time.
    pub(super) busy: f64,
    /// How often a thread went to sleep by itself, which is how often one had been woken.
    pub(super) wakes: u64,
}

/// The processes of a tree.
pub(super) fn of(root: u32) -> Vec<u32> {
    let mut all = vec![root];
    let mut at = 0;
    while let Some(pid) = all.get(at).copied() {
        at += 1;
        // A thread of its own may have started a process.
        for task in tasks(pid) {
            let children = format!("/proc/{pid}/task/{task}/children");
            let children = fs::read_to_string(children).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
    }
    all
}

pub(super) fn memory(root: u32) -> Memory {
    let mut sum = Memory::default();
    for pid in of(root) {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let read = |name| field(&rollup, name).unwrap_or_default();
        sum.pss += read("Pss:");
        sum.private += read("Private_Clean:") + read("Private_Dirty:");
        sum.dirty += read("Private_Dirty:");
        sum.processes += 1;
    }
    sum
}

pub(super) fn work(root: u32) -> Work {
    let mut sum = Work::default();
    for pid in of(root) {
        sum.busy += crate::load::processor_seconds(pid).unwrap_or_default();
        for task in tasks(pid) {
            let status = fs::read_to_string(format!("/proc/{pid}/task/{task}/status"));
            sum.wakes +=
                field(&status.unwrap_or_default(), "voluntary_ctxt_switches:").unwrap_or_default();
        }
    }
    sum
}

/// Processes of the tree that hold a page of a webview.
pub(super) fn pages(root: u32) -> usize {
    let is_page = |pid: &u32| {
        // The kernel keeps fifteen characters of a name.
        fs::read_to_string(format!("/proc/{pid}/comm"))
            .is_ok_and(|it| it.starts_with("WebKitWebProces"))
    };
    of(root).iter().filter(|pid| is_page(pid)).count()
}

fn tasks(pid: u32) -> Vec<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_this_process_and_its_children() {
        let me = std::process::id();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(of(me).contains(&child.id()));
        let memory = memory(me);
        assert!(memory.processes >= 2 && memory.dirty > 0);
        assert!(memory.dirty <= memory.private && memory.private <= memory.pss);
        assert!(work(me).busy >= 0.0);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
