//! Files of the other operating systems, which no compiler sees on this one.
//!
//! A part that differs between systems has a file for each of them, named by it, in one folder.
//! They are called from one place, so they offer the same: the same functions with the same types,
//! and nothing that another lacks. That they are Rust at all, `rustfmt` sees in the stage before;
//! whether they compile, only their systems can say, and the workflow asks them.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::tree::Source;

/// The systems, and the file that stands for all that have none of their own.
const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];
const OTHERS: &str = "portable";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut folders: BTreeMap<&str, BTreeMap<&str, &Source>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is("rs") && !source.is_test()) {
        let Some((folder, file)) = source.path.rsplit_once('/') else { continue };
        let name = file.trim_end_matches(".rs");
        if SYSTEMS.contains(&name) || name == OTHERS {
            folders.entry(folder).or_default().insert(name, source);
        }
    }
    folders.into_iter().flat_map(|(folder, files)| siblings(folder, &files)).collect()
}

fn siblings(folder: &str, files: &BTreeMap<&str, &Source>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lacks = |system: &&str| !files.contains_key(system) && !files.contains_key(OTHERS);
    for system in SYSTEMS.iter().filter(|system| lacks(system)) {
        findings.push(Finding::new(folder, 0, format!("nothing here is for {system}")));
    }
    let offers: BTreeMap<_, _> = files.iter().map(|(name, file)| (name, offered(file))).collect();
    let all: BTreeSet<_> = offers.values().flatten().collect();
    for offer in all {
        for (name, _) in offers.iter().filter(|(_, offers)| !offers.contains(offer)) {
            let path = format!("{folder}/{name}.rs");
            let what = format!("has no `{offer}`, which stands beside it for another system");
            findings.push(Finding::new(&path, 0, what));
        }
    }
    findings
}

/// What a file offers to the one place that chooses between them, without the names of parameters.
fn offered(source: &Source) -> BTreeSet<String> {
    let mut offered = BTreeSet::new();
    let mut lines = source.product_lines().map(|(_, line)| line);
    while let Some(line) = lines.next() {
        let Some(item) =
            ["pub(super) ", "pub(crate) "].iter().find_map(|begins| line.strip_prefix(begins))
        else {
            continue;
        };
        let mut text = item.to_owned();
        while !text.contains([';', '{', '=']) {
            match lines.next() {
                Some(more) => text.push_str(more.trim()),
                None => break,
            }
        }
        let head = text.split([';', '{', '=']).next().unwrap_or_default();
        offered.insert(unnamed(head.trim()));
    }
    offered
}

/// `fn put(file: &Path, _: &Installed)` and `fn put(a: &Path, b: &Installed,)` are the same.
fn unnamed(head: &str) -> String {
    let Some((name, rest)) = head.split_once('(') else { return head.to_owned() };
    let (parameters, returns) = rest.rsplit_once(')').unwrap_or((rest, ""));
    let mut types = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in parameters.char_indices() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !parameters.get(..at).is_some_and(|before| before.ends_with('-')) => depth -= 1,
            ',' if depth == 0 => {
                types.push(parameters.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    types.push(parameters.get(start..).unwrap_or_default());
    let types: Vec<_> = types
        .into_iter()
        .map(|one| one.split_once(": ").map_or(one, |(_, of)| of).trim())
        .filter(|one| !one.is_empty())
        .collect();
    format!("{name}({}){returns}", types.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files
            .iter()
            .map(|(name, text)| Source::new(&format!("src/part/{name}.rs"), text))
            .collect();
        check(&sources).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn siblings_offer_the_same() {
        let one =
            "pub(super) const A: bool = true;\npub(super) fn f(a: &str, n: u8) -> u8 {\n    n\n}\n";
        let same = "/// Doc.\npub(super) const A: bool = false;\n\npub(super) fn f(\n    _: &str,\n    b: u8,\n) -> u8 {\n    b\n}\npub fn more() {}\nfn private() {}\n";
        let other = "pub(super) const A: bool = true;\npub(super) fn f(a: &str, n: u16) -> u8 {\n    0\n}\n";
        let less = "pub(super) fn f(a: &str, n: u8) -> u8 {\n    n\n}\n";
        for (files, count) in [
            (&[("linux", one), ("macos", same), ("windows", one)][..], 0),
            (&[("linux", one), ("portable", same)], 0),
            (&[("linux", one), ("macos", one), ("windows", other)], 3),
            (&[("linux", one), ("macos", less), ("windows", one)], 1),
            (&[("linux", one), ("windows", one)], 1),
            (&[("linux", one)], 2),
            (&[("other", one)], 0),
        ] {
            assert_eq!(findings(files).len(), count, "{:?}", findings(files));
        }
    }

    #[test]
    fn types_are_compared_and_names_are_not() {
        for (head, text) in [
            ("fn f()", "fn f()"),
            ("fn f(a: u8)", "fn f(u8)"),
            (
                "async fn f(mut a: Vec<(u8, u8)>, b: &mut S,) -> R",
                "async fn f(Vec<(u8, u8)>, &mut S) -> R",
            ),
            ("fn f(a: impl Fn(u8) -> u8, b: u8)", "fn f(impl Fn(u8) -> u8, u8)"),
            ("const A: bool", "const A: bool"),
        ] {
            assert_eq!(unnamed(head), text);
        }
    }
}
