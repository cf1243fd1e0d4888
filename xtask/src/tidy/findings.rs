//! The form of a finding, as `findings/README.md` names it: a script that says what one would expect, what
//! happens instead and what follows, that can be run anywhere and leaves nothing. None is part of the tests,
//! because what it shows is others' to change.

use super::Finding;
use crate::tree::Source;

const FOLDER: &str = "findings/";

/// What runs by itself, and may run no finding.
const AUTOMATIC: [&str; 3] = ["dev", ".ci/", ".github/"];

/// What each script contains after its head, and why.
const SCRIPT: [(&str, &str); 4] = [
    ("set -euo pipefail", "a step that fails has to end it"),
    ("$(mktemp -d)", "it needs a folder of its own"),
    ("trap ", "it has to remove what it made, however it ends"),
    ("exit 2", "it has to tell that it could not be run"),
];

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        if let Some(name) = source.path.strip_prefix(FOLDER) {
            let faults = if name == "README.md" { Vec::new() } else { faults(name, &source.text) };
            findings.extend(faults.into_iter().map(|what| Finding::new(&source.path, 0, what)));
        } else if AUTOMATIC.iter().any(|path| source.path.starts_with(path)) {
            let lines = source.text.lines().enumerate().filter(|(_, line)| line.contains(FOLDER));
            findings.extend(lines.map(|(index, _)| {
                Finding::new(&source.path, index + 1, "findings are run by hand")
            }));
        }
    }
    findings
}

fn faults(name: &str, text: &str) -> Vec<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.strip_suffix(".sh").is_some_and(|stem| !stem.is_empty() && stem.chars().all(plain)) {
        return vec!["a finding is one file, NAME.sh".to_owned()];
    }
    let mut faults = Vec::new();
    let Some(rest) = text.strip_prefix("#!/usr/bin/env bash\n") else {
        return vec!["it has to begin with #!/usr/bin/env bash".to_owned()];
    };
    let length = rest.lines().take_while(|line| line.starts_with('#')).map(|line| line.len() + 1);
    let (head, script) = rest.split_at_checked(length.sum()).unwrap_or((rest, ""));
    if !head.to_lowercase().contains("expect") {
        faults.push("its head doesn't say what one would expect".to_owned());
    }
    if !head.as_bytes().windows(3).any(is_version) {
        faults.push("its head doesn't say with which versions".to_owned());
    }
    if !head.lines().any(|line| line.starts_with("# Homing")) {
        faults.push("its head doesn't say what Homing makes of it".to_owned());
    }
    for (part, why) in SCRIPT {
        if !script.contains(part) {
            faults.push(format!("`{part}` is missing: {why}"));
        }
    }
    faults
}

/// The middle of a version: `2.1`.
fn is_version(three: &[u8]) -> bool {
    matches!(three, [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "\
#!/usr/bin/env bash
# Expected: a cup is empty when it was drunk.
# Instead: it is full (cup 1.2, Debian 12).
# Homing: it looks before it drinks.
set -euo pipefail
command -v cup >/dev/null || exit 2
folder=$(mktemp -d)
trap 'rm -rf \"$folder\"' EXIT
cup | grep -q full
";

    #[test]
    fn a_finding_has_its_form() {
        assert_eq!(faults("a-full-cup.sh", WHOLE), Vec::<String>::new());
        for (part, changed, fault) in [
            ("#!/usr/bin/env bash\n", "", "begin with"),
            ("Expected:", "Thought:", "expect"),
            ("cup 1.2, Debian 12", "some cup", "versions"),
            ("# Homing:", "# We:", "Homing makes of it"),
            ("set -euo pipefail\n", "", "set -euo pipefail"),
            ("$(mktemp -d)", "/tmp/cup", "mktemp"),
            ("trap 'rm -rf \"$folder\"' EXIT\n", "", "trap"),
            ("exit 2", "exit 1", "exit 2"),
        ] {
            let found = faults("a-full-cup.sh", &WHOLE.replace(part, changed));
            assert!(found.len() == 1 && found[0].contains(fault), "{part:?}: {found:?}");
        }
        // What only the script says is not said in its head.
        let late =
            WHOLE.replace("# Homing: it looks before it drinks.\n", "") + "# Homing: later\n";
        assert_eq!(faults("a-full-cup.sh", &late).len(), 1);
    }

    #[test]
    fn the_folder_holds_findings_and_nothing_runs_them() {
        for (path, text, found) in [
            ("findings/README.md", "# Findings\n", false),
            ("findings/a-full-cup.sh", WHOLE, false),
            ("findings/A cup.sh", WHOLE, true),
            ("findings/cup.py", WHOLE, true),
            ("findings/cups/full.sh", WHOLE, true),
            ("dev", "findings/a-full-cup.sh\n", true),
            (".ci/run", "for one in findings/*.sh; do \"$one\"; done\n", true),
            (".github/workflows/ci.yml", "run: findings/a-full-cup.sh\n", true),
            ("docs/a.md", "findings/a-full-cup.sh\n", false),
        ] {
            assert_eq!(!check(&[Source::new(path, text)]).is_empty(), found, "{path}");
        }
    }

    /// Those of this project.
    #[test]
    fn all_findings_have_it() {
        let sources = crate::tree::sources().unwrap();
        let scripts = sources.iter().filter(|source| source.path.starts_with(FOLDER));
        assert!(scripts.filter(|source| source.is("sh")).count() > 10);
        assert_eq!(check(&sources), []);
    }
}
