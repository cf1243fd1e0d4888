//! Rust files that belong to no crate: no `mod` names them, so no compiler reads them.
//!
//! Where a module may stand follows the Rust Reference, "Module source filenames"; what is a crate of its
//! own follows the Cargo Book, "Package Layout".

use std::collections::BTreeMap;

use super::Finding;
use crate::tree::Source;

/// Folders of a package in which each file is a crate.
const CRATES: [&str; 3] = ["tests", "examples", "benches"];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let files: BTreeMap<&str, &Source> = sources
        .iter()
        .filter(|source| source.is("rs"))
        .map(|source| (source.path.as_str(), source))
        .collect();
    files
        .keys()
        .filter(|path| !is_crate(path) && !is_named(path, &files))
        .map(|path| Finding::new(path, 0, "no `mod` names this file, so nothing compiles it"))
        .collect()
}

/// Whether cargo compiles this file by itself.
fn is_crate(path: &str) -> bool {
    let (folder, file) = split(path);
    let parent = split(folder).1;
    matches!(file, "lib.rs" | "main.rs" | "build.rs")
        || parent == "bin"
        || CRATES.contains(&parent) && !folder.contains("src/")
}

fn is_named(path: &str, files: &BTreeMap<&str, &Source>) -> bool {
    let (folder, file) = split(path);
    let (folder, name) = match file {
        "mod.rs" => split(folder),
        _ => (folder, file.trim_end_matches(".rs")),
    };
    let above = [
        format!("{folder}.rs"),
        format!("{folder}/mod.rs"),
        format!("{folder}/lib.rs"),
        format!("{folder}/main.rs"),
    ];
    let names_it = |source: &&&Source| source.text.lines().any(|line| declared(line) == Some(name));
    above.iter().filter_map(|path| files.get(path.as_str())).any(|source| names_it(&source))
        || files.values().any(|source| placed(source).any(|placed| placed == path))
}

/// The module that a line declares in a file of its own.
fn declared(line: &str) -> Option<&str> {
    let (before, name) = line.trim().strip_suffix(';')?.rsplit_once("mod ")?;
    (before.is_empty() || before.starts_with("pub")).then_some(name)
}

/// The files that `#[path = "…"]` gives to modules.
fn placed(source: &Source) -> impl Iterator<Item = String> {
    let folder = split(&source.path).0;
    source.text.lines().filter_map(move |line| {
        let path = line.trim().strip_prefix("#[path = \"")?.strip_suffix("\"]")?;
        Some(format!("{folder}/{path}"))
    })
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<_> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        check(&sources).into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn a_file_that_no_module_names_is_found() {
        for left in ["c/src/old.rs", "c/src/a/old.rs", "c/src/a/b/mod.rs", "c/tests/it/old.rs"] {
            let files = [
                ("c/src/lib.rs", "mod a;\npub(crate) mod d;\n// mod old;\nmod older;\n"),
                ("c/src/a.rs", "mod c;\nuse old;\n"),
                ("c/src/a/c.rs", ""),
                ("c/src/d/mod.rs", ""),
                ("c/src/older.rs", ""),
                ("c/tests/it/main.rs", ""),
                (left, ""),
            ];
            assert_eq!(found(&files), [left]);
        }
    }

    #[test]
    fn what_cargo_compiles_or_a_path_names_is_let_pass() {
        let files = [
            ("c/build.rs", ""),
            ("c/src/main.rs", "mod badge;"),
            ("c/src/bin/tool.rs", ""),
            (
                "c/src/badge.rs",
                "#[cfg(target_os = \"linux\")]\n#[path = \"badge/linux.rs\"]\nmod os;",
            ),
            ("c/src/badge/linux.rs", ""),
            ("c/tests/whole.rs", ""),
            ("c/examples/keyring.rs", ""),
            ("c/benches/log.rs", ""),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }

    #[test]
    fn a_folder_called_tests_within_a_crate_has_modules() {
        let files =
            [("c/src/tests.rs", ""), ("c/src/lib.rs", "mod tests;"), ("c/src/tests/old.rs", "")];
        assert_eq!(found(&files), ["c/src/tests/old.rs"]);
    }
}
