//! White space that nobody sees and every diff shows.

use super::Finding;
use crate::tree::Source;

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter(|source| is_written_by_hand(source)).flat_map(found).collect()
}

fn is_written_by_hand(source: &Source) -> bool {
    let made = ["lock", "snap", "json"].iter().any(|end| source.is(end))
        || source.path.contains("/generated/")
        || source.path.starts_with("tests/fuzz/corpus/")
        || source.path == "LICENSE";
    !made
}

fn found(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.split('\n').enumerate() {
        if line.ends_with('\r') {
            findings.push(Finding::new(&source.path, index + 1, "a carriage return"));
        } else if line.ends_with([' ', '\t']) {
            findings.push(Finding::new(&source.path, index + 1, "space at the end of the line"));
        }
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        findings.push(Finding::new(&source.path, 0, "no line end at the end"));
    }
    if source.text.ends_with("\n\n") {
        findings.push(Finding::new(&source.path, 0, "an empty line at the end"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_space_is_found() {
        for (path, text, count) in [
            ("a.rs", "fn a() {}\n", 0),
            ("a.rs", "", 0),
            ("a.rs", "fn a() {} \n", 1),
            ("a.rs", "fn a() {}\t\n\n", 2),
            ("a.md", "two  \nlines\n", 1),
            ("a.rs", "fn a() {}\r\n", 1),
            ("a.rs", "fn a() {}", 1),
            ("Cargo.lock", "x \n", 0),
            ("ui/src/generated/a.ts", "x \n", 0),
            ("tests/fuzz/corpus/join_link/a", " x \r\n", 0),
        ] {
            assert_eq!(check(&[Source::new(path, text)]).len(), count, "{path}: {text:?}");
        }
    }
}
