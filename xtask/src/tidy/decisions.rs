//! Decision records: numbered without a gap, of one shape, with a reason for each dependency.

use super::{Finding, find};
use crate::tree::Source;

const FOLDER: &str = "docs/decisions/";
/// Where each dependency has its line.
const DEPENDENCIES: &str = "docs/decisions/0002-dependencies.md";
/// What is installed from npm: the interface, the peers that benches compare us with, and the bundler.
const NPM: [&str; 3] =
    ["ui/package.json", "tests/figures/peers/package.json", "packaging/bundler/package.json"];
const SECTIONS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = shapes(sources);
    findings.extend(reasons(sources));
    findings
}

fn shapes(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let records = sources.iter().filter(|source| source.path.starts_with(FOLDER));
    for (number, record) in (1..).zip(records) {
        let name = record.path.get(FOLDER.len()..).unwrap_or_default();
        if !name.starts_with(&format!("{number:04}-")) || !name.ends_with(".md") {
            let what = format!("the next record's name begins with {number:04}-");
            findings.push(Finding::new(&record.path, 0, what));
            continue;
        }
        if !record.text.starts_with(&format!("# {number}. ")) {
            findings.push(Finding::new(
                &record.path,
                1,
                format!("the title begins with `# {number}. `"),
            ));
        }
        for section in SECTIONS {
            if !record.text.lines().any(|line| line == section) {
                findings.push(Finding::new(&record.path, 0, format!("no section `{section}`")));
            }
        }
    }
    findings
}

fn reasons(sources: &[Source]) -> Vec<Finding> {
    let Some(record) = find(sources, DEPENDENCIES) else {
        return vec![Finding::new(DEPENDENCIES, 0, "the record is missing")];
    };
    let mut used: Vec<String> = Vec::new();
    if let Some(manifest) = find(sources, "Cargo.toml") {
        used.extend(rust(&manifest.text));
    }
    for manifest in NPM.iter().filter_map(|path| find(sources, path)) {
        used.extend(npm(&manifest.text));
    }
    // Each line of its tables: | `name` | reason |
    let reasons: Vec<(usize, &str, &str)> = record
        .text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let (name, reason) = line.strip_prefix("| `")?.split_once("` |")?;
            Some((index + 1, name, reason.trim_matches(['|', ' '])))
        })
        .collect();
    let mut findings = Vec::new();
    for name in &used {
        match reasons.iter().find(|(_, reasoned, _)| reasoned == name) {
            None => {
                findings.push(Finding::new(DEPENDENCIES, 0, format!("no reason for `{name}`")));
            }
            Some((line, _, "")) => {
                findings.push(Finding::new(DEPENDENCIES, *line, format!("no reason for `{name}`")));
            }
            Some(_) => {}
        }
    }
    for (line, name, _) in reasons {
        if !used.iter().any(|used| used == name) {
            findings.push(Finding::new(DEPENDENCIES, line, format!("`{name}` is not used")));
        }
    }
    findings
}

/// The names under `[workspace.dependencies]` that come from outside.
fn rust(manifest: &str) -> Vec<String> {
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.contains("path = "))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name.trim().to_owned()))
        .filter(|name| !name.starts_with('#'))
        .collect()
}

/// The names in a `package.json`, of the product and of its tools.
fn npm(manifest: &str) -> Vec<String> {
    let manifest: serde_json::Value = serde_json::from_str(manifest).unwrap_or_default();
    ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|kind| manifest.get(kind)?.as_object())
        .flat_map(|packages| packages.keys().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "## Context\n\n## Decision\n\n## Consequences\n";

    fn record(path: &str, title: &str) -> Source {
        Source::new(&format!("{FOLDER}{path}"), &format!("{title}\n\n{WHOLE}"))
    }

    #[test]
    fn records_are_numbered_without_a_gap() {
        let one = || record("0001-first.md", "# 1. First");
        for (records, count) in [
            (vec![one()], 0),
            (vec![one(), record("0002-second.md", "# 2. Second")], 0),
            (vec![one(), record("0003-third.md", "# 3. Third")], 1),
            (vec![one(), record("0002-second.md", "# 3. Second")], 1),
            (vec![one(), record("notes.md", "# Notes")], 1),
            (vec![Source::new("docs/decisions/0001-first.md", "# 1. First\n## Context\n")], 2),
        ] {
            assert_eq!(shapes(&records).len(), count, "{records:?}");
        }
    }

    #[test]
    fn every_dependency_has_a_reason_and_every_reason_a_dependency() {
        let cargo = "[workspace.dependencies]\nhoming-engine = { path = \"x\" }\ntokio = \"1\"\n\n\
                     [profile.dev]\ndebug = 1\n";
        let npm = r#"{"dependencies": {"vue": "3"}, "devDependencies": {"vite": "8"}}"#;
        for (table, findings) in [
            ("| `tokio` | runtime |\n| `vue` | ui |\n| `vite` | build |\n", &[][..]),
            ("| `tokio` | runtime |\n| `vue` | ui |\n", &["no reason for `vite`"]),
            ("| `tokio` | |\n| `vue` | ui |\n| `vite` | b |\n", &["no reason for `tokio`"]),
            (
                "| `tokio` | r |\n| `vue` | ui |\n| `vite` | b |\n| `left` | pad |\n",
                &["`left` is not used"],
            ),
        ] {
            let sources = [
                Source::new("Cargo.toml", cargo),
                Source::new("ui/package.json", npm),
                Source::new(DEPENDENCIES, table),
            ];
            let found: Vec<_> = reasons(&sources).into_iter().map(|found| found.what).collect();
            assert_eq!(found, findings, "{table}");
        }
    }
}
