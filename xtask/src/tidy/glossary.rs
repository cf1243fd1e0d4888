//! Words that no native writer would print, in what the programs say: string literals of the crates
//! and of the app, and the man pages, which hold the help of both programs.
//!
//! The interface's own words have the same test beside them, in `ui/src/i18n/words.test.ts`. Logs and
//! what only a panic says are not looked at: they are for who works on Homing.

use super::Finding;
use crate::tree::Source;

/// What is searched for, in lower case, and what to write. See the glossary in
/// `ui/src/i18n/README.md`.
const INSTEAD: [(&str, &str); 25] = [
    ("whoever", "anyone who"),
    ("somebody", "someone"),
    ("anybody", "anyone"),
    ("everybody", "everyone"),
    ("by itself", "automatically"),
    ("by themselves", "automatically"),
    ("for ever", "forever, or never expires"),
    ("anew", "again"),
    ("please", "nothing"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("does not", "doesn't"),
    ("do not", "don't"),
    ("did not", "didn't"),
    ("will not", "won't"),
    ("has not", "hasn't"),
    ("have not", "haven't"),
    ("could not", "couldn't"),
    ("cannot", "can't"),
    ("can not", "can't"),
    ("server of homing", "Homing server"),
    ("link of homing", "Homing link"),
    ("stands in between", "is intercepting the connection"),
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        if source.is("1") && source.path.starts_with("packaging/manual/") {
            for (index, line) in source.text.lines().enumerate() {
                findings.extend(found(source, index + 1, &line.replace('\\', "")));
            }
        } else if speaks(source) {
            let lines: Vec<&str> = source.product_lines().map(|(_, line)| line).collect();
            let code = lines.join("\n");
            for Literal { line, text, statement } in literals(&code) {
                let for_developers = ["tracing::", "expect(", "reason = ", "assert"];
                if !for_developers.iter().any(|mark| statement.contains(mark)) {
                    findings.extend(found(source, line, text));
                }
            }
        }
    }
    findings
}

fn speaks(source: &Source) -> bool {
    let programs = source.path.starts_with("crates/") || source.path.starts_with("src-tauri/");
    let others = ["crates/testkit/", "/bin/", "/adversarial.rs", "/real.rs"];
    source.is("rs")
        && programs
        && !source.is_test()
        && !others.iter().any(|part| source.path.contains(part))
}

fn found(source: &Source, line: usize, text: &str) -> Option<Finding> {
    // One word alone is a name for programs.
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| *word != "\\")
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        // SQL stays as it is, and is no sentence.
        .map(|word| match word.len() > 1 && word.chars().all(char::is_uppercase) {
            true => word.to_owned(),
            false => word.to_lowercase(),
        })
        .collect();
    let said = format!(" {} ", words.join(" ")).replace(" do not disturb ", " ");
    let (word, instead) =
        INSTEAD.iter().find(|(word, _)| words.len() > 1 && said.contains(&format!(" {word} ")))?;
    let what = format!("prints `{word}`: write {instead}");
    Some(Finding::new(&source.path, line, what))
}

/// A string in Rust code.
struct Literal<'a> {
    line: usize,
    text: &'a str,
    /// What stands before it in its statement.
    statement: &'a str,
}

fn literals(code: &str) -> Vec<Literal<'_>> {
    let (mut found, mut statement) = (Vec::new(), 0);
    let mut rest = code;
    let between = |from: usize, to: usize| code.get(from..to).unwrap_or_default();
    while let Some(next) = rest.chars().next() {
        let at = code.len() - rest.len();
        let length = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '\'' => character(rest),
            '"' => {
                let length = string(rest);
                let line = between(0, at).matches('\n').count() + 1;
                let text = between(at + 1, (at + length).saturating_sub(1));
                found.push(Literal { line, text, statement: between(statement, at) });
                length
            }
            'r' => raw(rest).unwrap_or(1),
            ';' | '{' | '}' => {
                statement = at + 1;
                1
            }
            other => other.len_utf8(),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    found
}

/// Bytes of a string, both quotes included.
fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Bytes of a character; one for what is a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let after = escaped + c.len_utf8();
            after + text.get(after..).and_then(|rest| rest.find('\'')).map_or(0, |end| end + 1)
        }
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}

/// Bytes of a raw string, if it is one.
fn raw(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let body = inner.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(1 + hashes + 1 + body.find(&end)? + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        for (path, text, lines) in [
            ("crates/a/src/b.rs", "f(\"it is not here\");", &[1][..]),
            ("crates/a/src/b.rs", "f(\n\"it isn't here\",\n\"whoever \\\n   comes\");", &[3]),
            ("crates/a/src/b.rs", "f(\"it does \\\n    not work\");", &[1]),
            (
                "crates/a/src/b.rs",
                "// \"it is not here\"\nf('\"', \"is\", '\\'', \"do not go\");",
                &[2],
            ),
            ("crates/a/src/b.rs", "fn f<'a>() -> &'a str { r#\"it \"is not\" here\"# }", &[]),
            ("crates/a/src/b.rs", "tracing::warn!(%error, \"it is not here\");", &[]),
            ("crates/a/src/b.rs", "tracing::warn!(\"a\"); f(\"it is not here\");", &[1]),
            ("crates/a/src/b.rs", "a.expect(\"it is not so\");", &[]),
            ("crates/a/src/b.rs", "f(\"anew\"); f(\"renewed anews\");", &[]),
            ("crates/a/src/b.rs", "\n#[cfg(test)]\nmod tests {\nf(\"it is not here\");\n}", &[]),
            ("crates/a/src/b.rs", "f(\"WHERE id IS NOT NULL\"); f(\"Do not disturb\");", &[]),
            ("crates/a/src/tests.rs", "f(\"it is not here\");", &[]),
            ("xtask/src/a.rs", "f(\"it is not here\");", &[]),
            ("packaging/manual/man/a.1", "Ask\nwhoever knows.\nIt\\-self", &[2]),
        ] {
            let found = check(&[Source::new(path, text)]);
            let found: Vec<usize> = found.iter().map(|finding| finding.line).collect();
            assert_eq!(found, lines, "{path}: {text}");
        }
    }
}
