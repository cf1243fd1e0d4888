//! Words that say that something is not finished, or not thought through.

use super::Finding;
use crate::tree::Source;

/// What is searched for, whether in tests too, and what to do instead. Written in two parts, so
/// that this file does not find itself.
const WORDS: [(&str, &str, bool, &str); 7] = [
    ("TO", "DO", true, "finish it, or write an issue"),
    ("FIX", "ME", true, "fix it, or write an issue"),
    ("XX", "X", true, "say what is wrong"),
    ("todo", "!(", true, "write it"),
    ("unimplemented", "!(", true, "write it"),
    (".unwrap", "()", false, "handle it, or say in an `expect` why it can't fail"),
    ("#[ign", "ore", true, "a test that does not run is none"),
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let code = ["rs", "ts", "vue", "css", "sql", "sh", "toml", "md"];
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| code.iter().any(|end| source.is(end))) {
        let product = if source.is_test() { 0 } else { source.product_lines().count() };
        for (index, line) in source.text.lines().enumerate() {
            for (head, tail, in_tests, instead) in WORDS {
                let counts = in_tests || (source.is("rs") && index < product);
                if counts && stands(line, &format!("{head}{tail}")) {
                    let what = format!("`{head}{tail}`: {instead}");
                    findings.push(Finding::new(&source.path, index + 1, what));
                }
            }
        }
    }
    findings
}

/// Whether it is there, and not as a part of a longer word.
fn stands(line: &str, word: &str) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (first, last) = (word.chars().next(), word.chars().next_back());
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !(part_of_word(first) && part_of_word(before) || part_of_word(last) && part_of_word(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_counts() {
        let unwrap = format!("x{}{};", ".unwrap", "()");
        let later = format!("// {}{}: more", "TO", "DO");
        for (path, text, found) in [
            ("src/a.rs", unwrap.clone(), true),
            ("tests/it/a.rs", unwrap.clone(), false),
            ("src/a.rs", format!("fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n{unwrap}\n}}"), false),
            ("src/a.ts", unwrap, false),
            ("src/a.rs", later.clone(), true),
            ("tests/it/a.rs", later.clone(), true),
            ("ui/a.vue", later.clone(), true),
            ("a.lock", later, false),
            ("src/a.rs", format!("let MASTO{}N = 1;", "DO"), false),
            ("src/a.rs", "x.unwrap_or(1)".to_owned(), false),
        ] {
            assert_eq!(!check(&[Source::new(path, &text)]).is_empty(), found, "{path}: {text}");
        }
    }
}
