//! Links in documents lead somewhere: to a file of the project, and to a heading in it.

use std::collections::BTreeSet;

use super::Finding;
use crate::tree::Source;

/// `exists` tells of files that are no text, such as pictures.
pub(super) fn check(sources: &[Source], exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is("md")) {
        for (line, link) in links(&source.text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            if path.contains(':') {
                continue; // elsewhere: nothing here depends on the net
            }
            let target =
                if path.is_empty() { source.path.clone() } else { resolve(&source.path, path) };
            let found = sources.iter().find(|source| source.path == target);
            let broken = match found {
                None => !exists(&target),
                Some(found) => {
                    !anchor.is_empty() && found.is("md") && !anchors(&found.text).contains(anchor)
                }
            };
            if broken {
                findings.push(Finding::new(&source.path, line, format!("{link} leads nowhere")));
            }
        }
    }
    findings
}

/// What stands in `](…)`, outside of code, with its line.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    for (line, text) in prose(text) {
        for part in text.split("](").skip(1) {
            let link = part.split([')', ' ']).next().unwrap_or_default();
            links.push((line, link));
        }
    }
    links
}

/// Lines outside of fenced code, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((index + 1, line))
    })
}

/// The anchors that the headings get: lower case, hyphens for spaces, no punctuation.
fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .filter_map(|(_, line)| line.strip_prefix('#'))
        .map(|heading| {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            heading.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// A path as it is written in a file, from the root.
fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let other = Source::new("docs/b.md", "# Two\n\n## 2. What comes, and `what` goes\n");
        for (text, found) in [
            ("[a](b.md)", false),
            ("[a](./b.md#two)", false),
            ("[a](b.md#2-what-comes-and-what-goes)", false),
            ("[a](b.md#three)", true),
            ("[a](c.md)", true),
            ("[a](../docs/b.md)", false),
            ("[a](../icons/x.png)", false),
            ("[a](https://example.org/c.md)", false),
            ("# Here\n[a](#here) [b](#there)", true),
            ("```\n[a](c.md)\n```", false),
        ] {
            let sources = [Source::new("docs/a.md", text), other.clone()];
            let findings = check(&sources, |path| path == "icons/x.png");
            assert_eq!(!findings.is_empty(), found, "{text}: {findings:?}");
        }
    }
}
