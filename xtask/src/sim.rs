//! `sim`: plays worlds made from seeds, and proves that they would notice.
//!
//! A simulator that can't fail is worse than none. So bugs that must never be are put into a copy of
//! the sources, one at a time, and each has to be found. The copy is built apart from everything
//! else: a program with a bug in it must not lie where somebody may take it for ours. In `./dev test`
//! the worlds are those of the copy before the first bug, so that what all of them stand on is built
//! once; optimized, as a world of a debug build takes fifteen times as long.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};

use crate::figures::NOT_RUN;
use crate::process::{cargo, check, command, name};
use crate::tree::{sources, target, target_root};

const PROGRAM: &str = "homing-sim";
/// Worlds in `./dev test`: less than a minute of two cores.
const WORLDS: &str = "200";
/// Within so many worlds a bug has to be found.
const SOON: &str = "200";

/// Something that must never be.
struct Bug {
    name: &'static str,
    /// File, what is right, what is wrong.
    edits: &'static [(&'static str, &'static str, &'static str)],
}

const BUGS: [Bug; 8] = [
    Bug {
        name: "acknowledged before the commit",
        edits: &[(
            "crates/server/src/store/sqlite/group_commit.rs",
            "                match broken {
",
            "                if broken.is_none() {
                    for reply in replies.drain(..) {
                        reply(Ok(()));
                    }
                }
                match broken {
",
        )],
    },
    Bug {
        name: "the cursor goes past a hole",
        edits: &[(
            "crates/engine/src/sync/cursor.rs",
            "        if seq > self.at.next() {
            if space",
            "        if seq < self.at {
            if space",
        )],
    },
    Bug {
        name: "only whole messages count as a sign of life",
        edits: &[(
            "crates/server/src/ws/connection.rs",
            "Poll::Pending if traffic.bytes_read() > before =>",
            "Poll::Pending if false && traffic.bytes_read() > before =>",
        )],
    },
    Bug {
        name: "nothing is de-duplicated",
        edits: &[
            (
                "crates/server/src/store/rules/log.rs",
                "= committed(tx, sender, room, &item).await? {",
                "= committed(tx, sender, room, &item).await?.filter(|_| false) {",
            ),
            (
                "crates/server/migrations/0001_first.sql",
                "CREATE UNIQUE INDEX events_by_cid",
                "CREATE INDEX events_by_cid",
            ),
        ],
    },
    Bug {
        name: "an older state of a message replaces a newer one",
        edits: &[(
            "crates/engine/src/sync/fold.rs",
            "                if fold.as_of >= known.fold.as_of {",
            "                if fold.as_of > Seq(0) {",
        )],
    },
    Bug {
        name: "the count of a reaction does not fall",
        edits: &[(
            "crates/server/src/store/rules/change.rs",
            "if react.on { tx.insert_reaction(key, event.seq).await } else { tx.delete_reaction(key).await }",
            "if react.on { tx.insert_reaction(key, event.seq).await } else { Ok(()) }",
        )],
    },
    Bug {
        name: "a message that is gone stays unread",
        edits: &[(
            "crates/engine/src/store/mod.rs",
            "            _ if state.fold.gone.is_some() => Self::None,",
            "            _ if state.fold.gone.is_some() && self == Self::None => Self::None,",
        )],
    },
    Bug {
        name: "the text of a message that is gone stays",
        edits: &[(
            "crates/server/src/store/rules/change.rs",
            "    tx.erase_edits(room, seq, &Body::new(&edit)).await?;",
            "    tx.erase_edits(room, Seq(0), &Body::new(&edit)).await?;",
        )],
    },
];

/// Builds the simulator to run fast, and runs it.
pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    check(cargo(&["build", "--profile", "sim", "--quiet", "--package", PROGRAM]))?;
    let mut sim = command(target_root().join("sim").join(PROGRAM), &[]);
    sim.args(args);
    let ended = sim.status().with_context(|| format!("starting {}", name(&sim)))?;
    let code = ended.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(NOT_RUN)))
}

/// As many worlds as a test run has time for, and the bugs. Answers how many checks those were.
pub(crate) fn quick() -> Result<u64> {
    let copy = Copy::of_sources()?;
    check(command(copy.build()?, &["--seeds", WORLDS]))?;
    let worlds: u64 = WORLDS.parse()?;
    Ok(worlds + find_bugs()?)
}

/// Puts each bug in and sees whether it is found. Answers how many there are.
pub(crate) fn find_bugs() -> Result<u64> {
    for bug in &BUGS {
        let copy = Copy::of_sources()?;
        for (file, right, wrong) in bug.edits {
            put_in(&copy.0.join(file), right, wrong)
                .with_context(|| format!("the bug \"{}\" no longer fits", bug.name))?;
        }
        let mut sim = command(copy.build()?, &["--stop", "--seeds", SOON]);
        let found = sim.output().with_context(|| format!("starting {}", name(&sim)))?;
        let said = String::from_utf8_lossy(&found.stdout).into_owned();
        if found.status.code() != Some(1) {
            bail!("not found in {SOON} worlds: {}. {said}", bug.name);
        }
        let figures: serde_json::Value = serde_json::from_str(&said)?;
        let seeds = figures.get("failed_seeds").context("no seeds in the answer")?;
        println!("found: {}, in seed {seeds}", bug.name);
    }
    Ok(BUGS.len().try_into()?)
}

/// A folder with the sources as they are here, built apart.
struct Copy(PathBuf);

impl Copy {
    /// Writes the sources where they differ, so that only what a bug touches is built anew, and removes
    /// what is left of an earlier copy.
    fn of_sources() -> Result<Self> {
        let copy = target("bugs")?.join("sources");
        let mut written = BTreeSet::new();
        for source in sources()? {
            let path: PathBuf = copy.join(&source.path);
            if !fs::read_to_string(&path).is_ok_and(|text| text == source.text) {
                fs::create_dir_all(path.parent().context("every file is in a folder")?)?;
                fs::write(&path, &source.text)?;
            }
            written.insert(path);
        }
        keep_only(&copy, &written)?;
        Ok(Self(copy))
    }

    /// Answers the program.
    fn build(&self) -> Result<PathBuf> {
        let built = target("bugs")?.join("built");
        let mut build = cargo(&["build", "--profile", "sim", "--quiet", "--package", PROGRAM]);
        build.current_dir(&self.0).env("CARGO_TARGET_DIR", &built);
        // A bug changes a line of a crate, which is then built from what is kept of it.
        build.env("CARGO_INCREMENTAL", "1");
        check(build)?;
        Ok(built.join("sim").join(PROGRAM))
    }
}

/// Removes every other file, and every folder that is empty then: a file that was moved must not be
/// there twice.
fn keep_only(folder: &Path, files: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            keep_only(&path, files)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        } else if !files.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn put_in(file: &Path, right: &str, wrong: &str) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let there = text.matches(right).count();
    ensure!(there == 1, "{} has {there} times: {right}", file.display());
    Ok(fs::write(file, text.replace(right, wrong))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_moved_is_not_there_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let (there, moved) = (file("tools/manual/Cargo.toml"), file("tests/manual/Cargo.toml"));
        keep_only(folder.path(), &BTreeSet::from([there.clone()])).unwrap();
        assert!(there.exists());
        assert!(!moved.parent().unwrap().parent().unwrap().exists());
    }
}
