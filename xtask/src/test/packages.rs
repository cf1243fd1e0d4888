//! The packages: made of the programs that the other stages have built, looked at by the tools of
//! those who will read them, and installed for real where the machine may be changed.
//!
//! A release build takes longer than all of this together and packs the same way, so it is left to
//! `cargo xtask dist`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use super::count::Count;
use crate::dist;
use crate::process::{check, command, name};
use crate::tree::{root, target};

/// The package whose test installs packages.
pub(super) const INSTALLING: &str = "homing-installed-tests";
/// The test in it; no other of the workspace has its name.
pub(super) const INSTALLING_TEST: &str = "installed";
/// As `homing_installed_tests::PACKAGES`.
const FROM: &str = "HOMING_INSTALL_FROM";
/// Says that this machine may be changed.
const MAY: &str = "HOMING_TEST_INSTALL";
/// The version to upgrade from: the same programs, packed as something older.
const EARLIER: &str = "0.0.1";

/// Makes them and looks at them. Gives where they are, for the test that installs them.
pub(super) fn look() -> Result<(PathBuf, Count)> {
    let folder = target("test/packages")?;
    let (this, earlier) = (folder.join("this"), folder.join("earlier"));
    for (out, version) in [(&this, None), (&earlier, Some(EARLIER))] {
        match std::fs::remove_dir_all(out) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        dist::for_tests(out, version)?;
    }
    let mut count = Count::PASSED;
    for (what, looked) in [
        ("the entry in the menu", entry(&this)),
        ("what software centres show", metainfo(&this)),
        ("man pages", pages()),
        ("completions", completions()),
        ("fields of the debs", fields(&this)),
        ("fields of the rpms", rpms(&this)),
    ] {
        let one = match looked {
            Ok(()) => Count::PASSED,
            Err(error) => {
                eprintln!("{what}: {error:#}");
                Count::FAILED
            }
        };
        count = [count, one].into_iter().sum();
    }
    Ok((folder, count))
}

/// Whether packages may be installed here: as root, on a machine that is thrown away or whose owner
/// has said so.
pub(super) fn may_install() -> bool {
    let said = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let root = command("id", &["-u"]).output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    let may = root && (said("CI") || said(MAY));
    if !may {
        println!("(packages are not installed on this machine: as root, with {MAY}=1, they are)");
    }
    may
}

/// The variable that tells the test where the packages are.
pub(super) fn from(folder: &Path) -> (&'static str, PathBuf) {
    (FROM, folder.to_owned())
}

fn tree(out: &Path, path: &str) -> PathBuf {
    out.join("tree/deb/homing-desktop/usr/share").join(path)
}

fn entry(out: &Path) -> Result<()> {
    let mut validate = command("desktop-file-validate", &[]);
    validate.arg(tree(out, "applications/homing-desktop.desktop"));
    check(validate)
}

fn metainfo(out: &Path) -> Result<()> {
    let mut validate = command("appstreamcli", &["validate", "--no-net", "--no-color"]);
    validate.arg(tree(out, "metainfo/chat.homing.desktop.metainfo.xml"));
    check(validate)
}

/// Whether a reader of man pages has anything to say, beyond style.
fn pages() -> Result<()> {
    let folder = root().join("packaging/manual/man");
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        pages.push(entry?.path());
    }
    ensure!(pages.len() > 3, "{} is nearly empty", folder.display());
    let mut lint = command("mandoc", &["-T", "lint", "-W", "error"]);
    lint.args(pages);
    check(lint)
}

/// Whether each shell that is here can read what is meant for it; bash is everywhere.
fn completions() -> Result<()> {
    let folder = root().join("packaging/manual");
    for program in ["homing", "homing-desktop", "homing-server"] {
        let script = folder.join("bash").join(program);
        // Which function completes a program is clap's to name.
        let asked = format!(
            "source '{}'; COMP_WORDS=({program} --he); COMP_CWORD=1; \
             by=$(complete -p {program} | sed 's/.*-F \\([^ ]*\\).*/\\1/'); \
             $by {program} --he {program}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        let output =
            command("bash", &["--norc", "-c", &asked]).output().context("starting bash")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success() && said.lines().any(|line| line.trim() == "--help"),
            "bash does not complete {program} --he: {said}{error}"
        );
        for (shell, file) in [("zsh", format!("_{program}")), ("fish", format!("{program}.fish"))] {
            if there(shell) {
                let mut read = command(shell, &["-n"]);
                read.arg(folder.join(shell).join(file));
                check(read)?;
            }
        }
    }
    Ok(())
}

/// What apt will be told: nothing but what is in the archive may be needed, and what is loaded when
/// the app starts as well.
fn fields(out: &Path) -> Result<()> {
    for (package, needs) in [
        ("homing-desktop", &["libwebkit2gtk-4.1-0", "libayatana-appindicator3-1", "libc6"][..]),
        ("homing", &["libc6"]),
        ("homing-server", &["libc6"]),
    ] {
        let deb = find(out, &format!("{package}_"), "deb")?;
        let mut ask = command("dpkg-deb", &["--field"]);
        ask.arg(&deb).arg("Depends");
        let depends = said(ask)?;
        for need in needs {
            ensure!(depends.contains(need), "{package} does not depend on {need}: {depends}");
        }
        if package != "homing-desktop" {
            ensure!(!depends.contains("webkit"), "{package} needs a webview: {depends}");
        }
        let mut list = command("dpkg-deb", &["--contents"]);
        list.arg(&deb);
        for line in said(list)?.lines() {
            ensure!(line.contains(" root/root "), "{package} has a file of somebody's: {line}");
        }
    }
    Ok(())
}

/// What rpm says of its own.
fn rpms(out: &Path) -> Result<()> {
    for (package, needs) in [
        ("homing-desktop", "libwebkit2gtk-4.1.so.0()(64bit)"),
        ("homing", "libc.so.6()(64bit)"),
        ("homing-server", "libc.so.6()(64bit)"),
    ] {
        let file = find(out, &format!("{package}-{}", env!("CARGO_PKG_VERSION")), "rpm")?;
        let mut ask = command("rpm", &["--query", "--info", "--requires", "--list", "--package"]);
        ask.arg(&file).stderr(Stdio::null());
        let info = said(ask)?;
        for wanted in [needs, &format!("/usr/bin/{package}"), "License     : MIT"] {
            ensure!(info.contains(wanted), "the rpm {package} has no {wanted}:\n{info}");
        }
    }
    Ok(())
}

fn find(out: &Path, begins: &str, end: &str) -> Result<PathBuf> {
    for entry in std::fs::read_dir(out)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(begins) && path.extension().is_some_and(|found| found == end) {
            return Ok(path);
        }
    }
    anyhow::bail!("{} holds no {begins}….{end}", out.display())
}

fn said(mut command: Command) -> Result<String> {
    let what = name(&command);
    let output = command.output().with_context(|| format!("starting {what}"))?;
    ensure!(output.status.success(), "{what} failed with {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn there(program: &str) -> bool {
    command(program, &["--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
