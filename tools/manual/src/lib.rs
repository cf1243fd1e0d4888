//! Man pages and shell completions, made from a program's own arguments.
//!
//! What is made stands in `packaging/manual`, so that packing needs no run of the programs and a
//! changed option is seen in a review as what it means to people. Each program has a test that
//! compares it with its arguments; `cargo xtask manual` runs the same tests to write it anew. So
//! nothing of this is in what is shipped, no hidden command and no library.
//!
//! A page names no version: it would change with each release and say nothing about the options.

mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Command;
use clap_complete::{Shell, generate};

/// When this is set, what is not fresh is written instead of complained about.
pub const WRITE: &str = "HOMING_WRITE_MANUAL";

/// The shells, and where each wants a program's completions to be called what.
const SHELLS: [(Shell, &str, &str); 4] = [
    (Shell::Bash, "bash/", ""),
    (Shell::Zsh, "zsh/_", ""),
    (Shell::Fish, "fish/", ".fish"),
    (Shell::PowerShell, "powershell/", ".ps1"),
];

/// Whether the pages and completions of a program say what its arguments are; writes them if asked.
///
/// # Errors
/// Names the files that are not fresh.
pub fn check(command: &Command) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/manual");
    check_in(&folder, command, std::env::var_os(WRITE).is_some())
}

fn check_in(folder: &Path, command: &Command, write: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in made(command)? {
        let place = folder.join(&path);
        let there = std::fs::read_to_string(&place).unwrap_or_default().replace('\r', "");
        if there == text {
            continue;
        }
        if write {
            let above = place.parent().context("a file has a folder")?;
            std::fs::create_dir_all(above)?;
            std::fs::write(&place, text).with_context(|| format!("writing {}", place.display()))?;
        } else {
            stale.push(path.display().to_string());
        }
    }
    ensure!(
        stale.is_empty(),
        "the arguments say otherwise than packaging/manual: {}; run `cargo xtask manual`",
        stale.join(", ")
    );
    Ok(())
}

/// Every file that belongs to a program, by its path.
fn made(command: &Command) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    let name = command.get_name().to_owned();
    for (shell, before, after) in SHELLS {
        let mut text = Vec::new();
        generate(shell, &mut command.clone(), &name, &mut text);
        files.insert(format!("{before}{name}{after}").into(), clean(text)?);
    }
    let mut whole = command.clone().disable_help_subcommand(true);
    whole.build();
    pages(&whole, &mut files)?;
    Ok(files)
}

/// A page for the program and one for each of its commands, as `git` does it.
fn pages(command: &Command, files: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, files)?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-");
    files.insert(format!("man/{name}.1").into(), clean(page::render(command, &name)?)?);
    Ok(())
}

/// As the project's text files are: no blanks before the end of a line, one line end at the end.
fn clean(text: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(text)?;
    let lines: Vec<_> = text.trim().lines().map(str::trim_end).collect();
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    fn program() -> Command {
        let greet = Command::new("greet").about("Say hello").arg(Arg::new("name").long("name"));
        Command::new("sample").about("A sample").subcommand(greet).after_help("Codes:\n  0  done")
    }

    #[test]
    fn every_shell_and_every_command_has_a_file() {
        let paths: Vec<_> =
            made(&program()).unwrap().into_keys().map(|path| path.display().to_string()).collect();
        let expected = [
            "bash/sample",
            "fish/sample.fish",
            "man/sample-greet.1",
            "man/sample.1",
            "powershell/sample.ps1",
            "zsh/_sample",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn a_changed_argument_is_noticed_and_mended() {
        let folder = tempfile::tempdir().unwrap();
        check_in(folder.path(), &program(), true).unwrap();
        check_in(folder.path(), &program(), false).unwrap();
        let more = program().arg(Arg::new("loud").long("loud"));
        let refused = check_in(folder.path(), &more, false).unwrap_err().to_string();
        assert!(refused.contains("man/sample.1"), "{refused}");
        assert!(refused.contains("cargo xtask manual"), "{refused}");
        check_in(folder.path(), &more, true).unwrap();
        check_in(folder.path(), &more, false).unwrap();
    }

    #[test]
    fn a_table_stays_a_table_on_a_page() {
        let page = &made(&program()).unwrap()[Path::new("man/sample.1")];
        assert!(page.contains(".nf\nCodes:\n  0  done\n.fi"), "{page}");
    }
}
