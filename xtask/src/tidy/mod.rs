//! What no compiler checks.
//!
//! Each check is a pure function from the project's files to [`Finding`]s, with a table of what it
//! finds and what it lets pass.

mod decisions;
mod findings;
mod glossary;
mod imports;
mod links;
mod modules;
mod size;
mod space;
mod systems;
mod terms;
mod wire;
mod words;

use std::fmt;
use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result, bail, ensure};

use crate::icons;
use crate::process::cargo;
use crate::tree::{Source, root, sources};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    /// 0: the file as a whole.
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Runs every check and prints what they find.
pub(crate) fn run() -> Result<()> {
    let sources = sources()?;
    let mut findings = Vec::new();
    findings.extend(imports::crates(&metadata()?));
    findings.extend(imports::modules(&sources));
    findings.extend(size::check(&sources));
    findings.extend(words::check(&sources));
    findings.extend(findings::check(&sources));
    findings.extend(glossary::check(&sources));
    findings.extend(space::check(&sources));
    findings.extend(systems::check(&sources));
    findings.extend(terms::check(&sources));
    findings.extend(decisions::check(&sources));
    findings.extend(links::check(&sources, |path| root().join(path).exists()));
    findings.extend(modules::check(&sources));
    findings.extend(wire::check(&sources));
    if let Err(error) = icons::verify() {
        findings.push(Finding::new("icons", 0, format!("{error:#}")));
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    ensure!(findings.is_empty(), "{} things are not tidy", findings.len());
    Ok(())
}

/// Notes in `docs/protocol.md` that it was read against the protocol crate as it is now.
pub(crate) fn reread(yes: bool) -> Result<()> {
    let sources = sources()?;
    let document = find(&sources, wire::DOCUMENT).context("docs/protocol.md is missing")?;
    let mark = wire::mark(&sources);
    let (first, rest) = document.text.split_once('\n').context("docs/protocol.md is empty")?;
    if first == mark {
        println!("nothing in crates/protocol/src has changed since the document was read");
        return Ok(());
    }
    println!("crates/protocol/src has changed since docs/protocol.md was last read against it.");
    println!("Read the sections about what changed: do they still say what the code does,");
    println!("rules and reasons included? `cargo xtask tidy` compares only the names.");
    if !yes {
        ensure!(std::io::stdin().is_terminal(), "nobody is here to answer; use --yes");
        print!("Have you read them? [y/N] ");
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        if !answer.trim().eq_ignore_ascii_case("y") {
            bail!("then it stays as it is");
        }
    }
    std::fs::write(root().join(wire::DOCUMENT), format!("{mark}\n{rest}"))?;
    println!("noted");
    Ok(())
}

fn find<'a>(sources: &'a [Source], path: &str) -> Option<&'a Source> {
    sources.iter().find(|source| source.path == path)
}

fn metadata() -> Result<serde_json::Value> {
    let mut ask = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let output = ask.output().context("starting cargo metadata")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo metadata failed:\n{said}");
    serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")
}
