//! What is new, from the change log.

use anyhow::{Result, ensure};
use homing_updates::Version;

/// The part about a version. A version that has none has no business in the field; a pre-release
/// may say what is unreleased.
pub(crate) fn of(changes: &str, version: &Version) -> Result<String> {
    let title = format!("## {version}");
    let wanted = |line: &str| {
        line == title
            || line.starts_with(&format!("{title} "))
            || (!version.pre.is_empty() && line == "## Unreleased")
    };
    let part: Vec<_> = changes
        .lines()
        .skip_while(|line| !wanted(line))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .collect();
    let text = part.join("\n").trim().to_owned();
    ensure!(!text.is_empty(), "the change log says nothing about {version}");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGES: &str = "# Changelog\n\n## Unreleased\n\n- Soon.\n\n## 1.2.0 (2026-11-24)\n\nQuicker.\n\n- A\n  b.\n\n## 1.1.0\n\n- Old.\n";

    #[test]
    fn each_version_has_its_own_words() {
        for (version, text) in [
            ("1.2.0", Some("Quicker.\n\n- A\n  b.")),
            ("1.1.0", Some("- Old.")),
            ("1.3.0-beta.1", Some("- Soon.")),
            ("1.3.0", None),
            ("1.2", None),
        ] {
            let Ok(version) = version.parse() else { continue };
            assert_eq!(of(CHANGES, &version).ok().as_deref(), text, "{version}");
        }
    }
}
