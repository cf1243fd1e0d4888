//! Words that say that something is not finished. (That nothing is unwrapped outside of tests is
//! clippy's to see.)

use super::Finding;
use crate::tree::Source;

/// What is searched for, and what to do instead. Written in two parts, so that this file does not
/// find itself.
const WORDS: [(&str, &str, &str); 6] = [
    ("TO", "DO", "finish it, or write an issue"),
    ("FIX", "ME", "fix it, or write an issue"),
    ("XX", "X", "say what is wrong"),
    ("todo", "!(", "write it"),
    ("unimplemented", "!(", "write it"),
    ("#[ign", "ore", "a test that does not run is none"),
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let code = ["rs", "ts", "vue", "css", "sql", "sh", "toml", "md"];
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| code.iter().any(|end| source.is(end))) {
        for (index, line) in source.text.lines().enumerate() {
            for (head, tail, instead) in WORDS {
                if stands(line, &format!("{head}{tail}")) {
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
    fn a_word_is_found_and_a_part_of_one_is_not() {
        let later = format!("// {}{}: more", "TO", "DO");
        for (path, text, found) in [
            ("src/a.rs", later.clone(), true),
            ("tests/it/a.rs", later.clone(), true),
            ("ui/a.vue", later.clone(), true),
            ("a.lock", later, false),
            ("src/a.rs", format!("{}{}!()", "to", "do"), true),
            ("src/a.rs", format!("let MASTO{}N = 1;", "DO"), false),
        ] {
            assert_eq!(!check(&[Source::new(path, &text)]).is_empty(), found, "{path}: {text}");
        }
    }
}
