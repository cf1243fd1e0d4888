//! A file is one idea, and an idea has an end.

use super::Finding;
use crate::tree::Source;

/// Lines of a Rust file, its tests not counted.
const RUST: usize = 600;
/// Lines of a component.
const VUE: usize = 300;
/// Lines of a TypeScript file.
const TYPESCRIPT: usize = 400;

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    sources.iter().filter_map(too_long).collect()
}

fn too_long(source: &Source) -> Option<Finding> {
    // A language is one table, however long.
    if source.path.contains("/generated/") || source.path.contains("/i18n/") {
        return None;
    }
    let (length, most) = if source.is("rs") {
        (source.product_lines().count(), RUST)
    } else if source.is("vue") {
        (source.text.lines().count(), VUE)
    } else if source.is("ts") {
        (source.text.lines().count(), TYPESCRIPT)
    } else {
        return None;
    };
    let what = format!("{length} lines, {most} are the most: this is two ideas");
    (length > most).then(|| Finding::new(&source.path, 0, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_long_is_found() {
        let tests =
            "\n#[cfg(test)]\nmod tests {\n".to_owned() + &"    // one\n".repeat(500) + "}\n";
        for (path, text, found) in [
            ("a.rs", "x\n".repeat(600), false),
            ("a.rs", "x\n".repeat(601), true),
            ("a.rs", "x\n".repeat(599) + &tests, false),
            ("a.vue", "x\n".repeat(301), true),
            ("a.ts", "x\n".repeat(400), false),
            ("a.ts", "x\n".repeat(401), true),
            ("ui/src/generated/a.ts", "x\n".repeat(4000), false),
            ("ui/src/i18n/en.ts", "x\n".repeat(4000), false),
            ("a.md", "x\n".repeat(4000), false),
        ] {
            let source = Source::new(path, &text);
            assert_eq!(!check(&[source]).is_empty(), found, "{path} {}", text.lines().count());
        }
    }
}
