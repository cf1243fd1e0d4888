//! Ties `crates/protocol` to `docs/protocol.md`.
//!
//! Two ties. The names: every frame, field, value, code, limit and call that the code has stands in
//! the document and the other way round. And the sense: the document's first line holds a hash of
//! the crate's source, which only `cargo xtask reread` renews, after asking whether the document
//! was read against the change.
//!
//! The code is read as text in the shape that rustfmt gives it, and the document as tables, each
//! after a comment that names what it lists: `<!-- fields: Hello -->`.

mod code;
mod document;

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::{Finding, find};
use crate::tree::Source;
use code::Names;

/// The specification.
pub(super) const DOCUMENT: &str = "docs/protocol.md";
/// The code that it describes.
const CODE: &str = "crates/protocol/src/";

/// The document's first line, as it must be now.
pub(super) fn mark(sources: &[Source]) -> String {
    let mut hash = Sha256::new();
    for source in sources.iter().filter(|source| source.path.starts_with(CODE)) {
        hash.update(&source.path);
        hash.update([0]);
        hash.update(source.text.replace("\r\n", "\n"));
        hash.update([0]);
    }
    let mut digits = String::new();
    for byte in hash.finalize().iter().take(8) {
        let _ = write!(digits, "{byte:02x}");
    }
    format!("<!-- {CODE}: {digits} -->")
}

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(document) = find(sources, DOCUMENT) else {
        return vec![Finding::new(DOCUMENT, 0, "the specification is missing")];
    };
    let mut findings = Vec::new();
    if document.text.lines().next() != Some(mark(sources).as_str()) {
        let what = "crates/protocol has changed since this was read; run `cargo xtask reread`";
        findings.push(Finding::new(DOCUMENT, 1, what));
    }
    let code: Vec<_> =
        sources.iter().filter(|source| source.path.starts_with(CODE)).cloned().collect();
    findings.extend(compare(&code::names(&code), &document::names(&document.text)));
    findings
}

/// What one side has and the other has not.
fn compare(code: &Names, document: &Names) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (list, names) in code {
        let Some(written) = document.get(list) else {
            findings.push(Finding::new(DOCUMENT, 0, format!("says nothing of {list}")));
            continue;
        };
        for name in names.difference(written) {
            findings.push(Finding::new(DOCUMENT, 0, format!("{list}: {name} is missing")));
        }
        for name in written.difference(names) {
            findings.push(Finding::new(DOCUMENT, 0, format!("{list}: the code has no {name}")));
        }
    }
    for list in document.keys().filter(|list| !code.contains_key(*list)) {
        findings.push(Finding::new(DOCUMENT, 0, format!("the code has no {list}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lists: &[(&str, &[&str])]) -> Names {
        lists
            .iter()
            .map(|(list, names)| {
                ((*list).to_owned(), names.iter().map(|&name| name.to_owned()).collect())
            })
            .collect()
    }

    #[test]
    fn both_sides_must_say_the_same() {
        let code = names(&[("fields of Ping", &["n", "heads"])]);
        for (document, found) in [
            (names(&[("fields of Ping", &["heads", "n"])]), None),
            (names(&[("fields of Ping", &["n"])]), Some("fields of Ping: heads is missing")),
            (
                names(&[("fields of Ping", &["n", "heads", "tails"])]),
                Some("fields of Ping: the code has no tails"),
            ),
            (names(&[]), Some("says nothing of fields of Ping")),
            (
                names(&[("fields of Ping", &["n", "heads"]), ("fields of Pang", &[])]),
                Some("the code has no fields of Pang"),
            ),
        ] {
            let found_now = compare(&code, &document);
            assert_eq!(found_now.first().map(|finding| finding.what.as_str()), found);
            assert!(found_now.len() < 2, "{found_now:?}");
        }
    }

    #[test]
    fn a_changed_source_asks_for_reading() {
        let code = |text| Source::new("crates/protocol/src/lib.rs", text);
        let mark_of_one = mark(&[code("one")]);
        for (text, fresh) in [("one", true), ("two", false)] {
            let sources = [code(text), Source::new(DOCUMENT, &format!("{mark_of_one}\n"))];
            assert_eq!(check(&sources).is_empty(), fresh, "{text}");
        }
    }
}
