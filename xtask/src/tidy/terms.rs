//! One noun, one meaning: the glossary of ARCHITECTURE.md, held against the code.
//!
//! Two rules. What the glossary says carries a noun must exist: a type that the crate declares, or a
//! module that it has. And no crate has two public types of one name, because a reader who has found
//! one of them takes it for the other. Private types are not looked at: their name is read inside one
//! file.
//!
//! It reads declarations and does not parse Rust. A type that a macro declares is found where the
//! macro says `struct $name` and its use is a line with nothing but the name.

use std::collections::BTreeMap;

use super::{Finding, find};
use crate::tree::Source;

const DOCUMENT: &str = "ARCHITECTURE.md";
const HEADING: &str = "## Glossary";
/// A glossary that everybody reads to the end.
const NOUNS: std::ops::RangeInclusive<usize> = 30..=45;

/// Where the crates that the glossary names have their sources.
const FOLDERS: [(&str, &str); 8] = [
    ("bridge", "crates/bridge/src/"),
    ("certificate", "crates/certificate/src/"),
    ("desktop", "src-tauri/src/"),
    ("engine", "crates/engine/src/"),
    ("protocol", "crates/protocol/src/"),
    ("server", "crates/server/src/"),
    ("updates", "crates/updates/src/"),
    ("wake", "crates/wake/src/"),
];

/// Files that declare the same type, one for each operating system; see `systems`.
const SYSTEMS: [&str; 4] = ["linux.rs", "macos.rs", "windows.rs", "portable.rs"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = glossary(sources, NOUNS);
    findings.extend(twins(sources));
    findings
}

/// A line of the glossary: `| noun | meaning | what carries it |`.
struct Noun<'a> {
    line: usize,
    noun: &'a str,
    carriers: Vec<&'a str>,
}

fn nouns(text: &str) -> Vec<Noun<'_>> {
    let mut found = Vec::new();
    let section = text.lines().enumerate().skip_while(|(_, line)| *line != HEADING).skip(1);
    for (index, line) in section.take_while(|(_, line)| !line.starts_with("## ")) {
        let mut cells = line.strip_prefix('|').unwrap_or_default().split('|').map(str::trim);
        let (Some(noun), Some(_), Some(carriers)) = (cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        if noun == "noun" || noun.starts_with("---") {
            continue;
        }
        // Every second part of the cell stands between backticks.
        let carriers = carriers.split('`').skip(1).step_by(2).collect();
        found.push(Noun { line: index + 1, noun, carriers });
    }
    found
}

fn glossary(sources: &[Source], many: std::ops::RangeInclusive<usize>) -> Vec<Finding> {
    let Some(document) = find(sources, DOCUMENT) else { return Vec::new() };
    let nouns = nouns(&document.text);
    let mut findings = Vec::new();
    let mut tell = |line, what: String| findings.push(Finding::new(DOCUMENT, line, what));
    if !many.contains(&nouns.len()) {
        let (least, most) = (many.start(), many.end());
        tell(0, format!("the glossary has {} nouns, not {least} to {most}", nouns.len()));
    }
    for pair in nouns.windows(2) {
        if let [one, next] = pair
            && one.noun.to_lowercase() >= next.noun.to_lowercase()
        {
            let what =
                format!("`{}` stands after `{}`: in order, and each once", next.noun, one.noun);
            tell(next.line, what);
        }
    }
    for Noun { line, noun, carriers } in &nouns {
        if carriers.is_empty() {
            tell(*line, format!("nothing in the code carries `{noun}`"));
        }
        for carrier in carriers.iter().filter(|carrier| !exists(sources, carrier)) {
            tell(*line, format!("there is no `{carrier}`"));
        }
    }
    findings
}

/// Whether there is such a type or module: `engine::Handle`, `engine::send_queue`.
fn exists(sources: &[Source], carrier: &str) -> bool {
    let Some((name, item)) = carrier.split_once("::") else { return false };
    let Some((_, folder)) = FOLDERS.iter().find(|(of, _)| *of == name) else { return false };
    let mut product = product(sources).filter(|source| source.path.starts_with(folder));
    if item.starts_with(char::is_uppercase) {
        product.any(|source| {
            declared(source).any(|(_, declared)| declared == item) || by_macro(source, item)
        })
    } else {
        let (file, module) = (format!("/{item}.rs"), format!("/{item}/"));
        product.any(|source| source.path.ends_with(&file) || source.path.contains(&module))
    }
}

/// The Rust files that ship.
fn product(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| {
        let ships = source.path.starts_with("crates/") || source.path.starts_with("src-tauri/");
        ships && source.is("rs") && source.path.contains("/src/") && !source.is_test()
    })
}

/// The public types that a file declares, and in which lines.
fn declared(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    source.product_lines().filter_map(|(line, text)| {
        let (kind, rest) = text.trim_start().strip_prefix("pub ")?.split_once(' ')?;
        if !["struct", "enum", "trait", "type", "union"].contains(&kind) {
            return None;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty()).map(|name| (line, name))
    })
}

fn by_macro(source: &Source, name: &str) -> bool {
    let declares = source.text.contains("pub struct $name");
    let used = |line: &str| line.split('(').next().is_some_and(|one| one.trim() == name);
    declares && source.text.lines().any(used)
}

/// Where a type is declared: by place, the file and the line.
type Places<'a> = BTreeMap<&'a str, (&'a str, usize)>;

/// Public types of one crate with one name.
fn twins(sources: &[Source]) -> Vec<Finding> {
    let mut places: BTreeMap<(&str, &str), Places<'_>> = BTreeMap::new();
    for source in product(sources) {
        let Some(end) = source.path.find("/src/").map(|at| at + "/src/".len()) else { continue };
        let folder = source.path.get(..end).unwrap_or_default();
        for (line, name) in declared(source) {
            let twins = places.entry((folder, name)).or_default();
            twins.insert(place(&source.path), (source.path.as_str(), line));
        }
    }
    places.retain(|_, twins| twins.len() > 1);
    let mut findings = Vec::new();
    for ((_, name), twins) in &places {
        let all: Vec<_> = twins.values().map(|(path, _)| *path).collect();
        if let Some((path, line)) = twins.values().last() {
            let what = format!("a second public `{name}` in this crate: {}", all.join(", "));
            findings.push(Finding::new(path, *line, what));
        }
    }
    findings
}

/// The file, or the folder where there is one for each system.
fn place(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((folder, file)) if SYSTEMS.contains(&file) => folder,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "pub struct Handle;\nstruct Hidden;\n    pub enum Step<'a> {}\n";
    const IDS: &str = "pub struct $name(pub u64);\nnumber! {\n    /// A place.\n    Seq(u64)\n}\n";

    fn found(rows: &str, many: std::ops::RangeInclusive<usize>) -> Vec<Finding> {
        let text = format!(
            "# A\n\n| before | it | `engine::No` |\n\n{HEADING}\n\n| noun | meaning | in code |\n\
             |---|---|---|\n{rows}\n## Next\n\n| after | it | `engine::No` |\n"
        );
        let sources = [
            Source::new(DOCUMENT, &text),
            Source::new("crates/engine/src/outbox/send_queue.rs", CODE),
            Source::new("crates/engine/src/tests.rs", "pub struct OfATest;\n"),
            Source::new("crates/protocol/src/ids.rs", IDS),
            Source::new("tests/sim/src/lib.rs", "pub struct Elsewhere;\n"),
        ];
        glossary(&sources, many)
    }

    #[test]
    fn what_carries_a_noun_exists() {
        for (carrier, exists) in [
            ("`engine::Handle`", true),
            ("`engine::Step`", true),
            ("`engine::Handle`, `engine::Step`", true),
            ("`engine::send_queue`", true),
            ("`engine::outbox`", true),
            ("`protocol::Seq`", true),
            ("`engine::Hidden`", false),
            ("`engine::Hand`", false),
            ("`engine::Seq`", false),
            ("`engine::OfATest`", false),
            ("`engine::queue`", false),
            ("`sim::Elsewhere`", false),
            ("`Handle`", false),
            ("Handle", false),
            ("", false),
            ("`engine::Handle`, `engine::Gone`", false),
        ] {
            let findings = found(&format!("| a | it | {carrier} |"), 1..=1);
            assert_eq!(findings.is_empty(), exists, "{carrier}: {findings:?}");
        }
    }

    #[test]
    fn nouns_stand_in_order_each_once_and_are_as_many_as_can_be_read() {
        let row = |noun: &str| format!("| {noun} | it | `engine::Handle` |");
        for (nouns, many, right) in [
            (vec!["a", "b", "c"], 3..=3, true),
            (vec!["a", "B", "c"], 3..=3, true),
            (vec!["b", "a"], 2..=2, false),
            (vec!["a", "a"], 2..=2, false),
            (vec!["a", "b"], 3..=4, false),
            (vec!["a", "b"], 0..=1, false),
            (vec![], 1..=2, false),
        ] {
            let rows: Vec<_> = nouns.iter().copied().map(row).collect();
            assert_eq!(found(&rows.join("\n"), many).is_empty(), right, "{nouns:?}");
        }
    }

    #[test]
    fn a_public_name_is_there_once_in_a_crate() {
        let twice = "pub struct Same;\n";
        for (paths, lines) in [
            (["crates/a/src/x.rs", "crates/a/src/y.rs"], 1),
            (["crates/a/src/x.rs", "crates/b/src/x.rs"], 0),
            (["crates/a/src/x.rs", "crates/a/src/x/tests.rs"], 0),
            (["crates/a/src/x.rs", "crates/a/tests/it/y.rs"], 0),
            (["crates/a/src/x/linux.rs", "crates/a/src/x/portable.rs"], 0),
            (["crates/a/src/x/linux.rs", "crates/a/src/y/linux.rs"], 1),
        ] {
            let sources = paths.map(|path| Source::new(path, twice));
            let findings = twins(&sources);
            assert_eq!(findings.len(), lines, "{paths:?}: {findings:?}");
        }
        let private = Source::new("crates/a/src/x.rs", "struct Same;\n");
        let crate_wide = Source::new("crates/a/src/y.rs", "pub(crate) struct Same;\n");
        let public = Source::new("crates/a/src/z.rs", twice);
        assert_eq!(twins(&[private, crate_wide, public]), []);
    }
}
