//! A machine on which packages are installed and removed for real.
//!
//! There is no other way to see that they can be: dpkg, its scripts, the menu and `xdg-open` all
//! look at the machine itself. So this is only for machines that may be changed, and `./dev test
//! dist` decides that: as root, and in continuous integration or with `HOMING_TEST_INSTALL=1`. It
//! refuses where Homing is installed already, and takes everything away in the end, also when the
//! test fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Where `./dev test dist` has put the packages: this version's and an earlier one's. Without it
/// nothing is installed.
pub const PACKAGES: &str = "HOMING_INSTALL_FROM";

/// Our packages, as Debian calls them.
pub const NAMES: [&str; 3] = ["homing", "homing-desktop", "homing-server"];

/// Where the menu finds the app.
pub const ENTRY: &str = "/usr/share/applications/homing-desktop.desktop";
/// Where the app itself is.
pub const PROGRAM: &str = "/usr/bin/homing-desktop";

/// Which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one before.
    Earlier,
    /// The one that the sources are.
    This,
}

/// The machine.
#[derive(Debug)]
pub struct Machine {
    packages: PathBuf,
}

impl Machine {
    /// This machine, if it may be changed and has none of our packages.
    ///
    /// # Errors
    /// When it may not, or has.
    pub fn claim() -> Result<Self> {
        let Some(packages) = std::env::var_os(PACKAGES) else {
            bail!("this installs packages for real; only `./dev test dist` may ask for it");
        };
        let machine = Self { packages: packages.into() };
        for name in NAMES {
            ensure!(
                machine.version_of(name)?.is_none(),
                "{name} is installed here: it is somebody's"
            );
        }
        Ok(machine)
    }

    /// Installs all packages of a version, over those of another if they are there.
    ///
    /// # Errors
    /// With what dpkg says.
    pub fn install(&self, which: Which) -> Result<()> {
        let folder = self.packages.join(match which {
            Which::Earlier => "earlier",
            Which::This => "this",
        });
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "deb") {
                files.push(path);
            }
        }
        ensure!(files.len() == NAMES.len(), "{} holds {files:?}", folder.display());
        run(Command::new("dpkg").arg("--install").args(files)).map(drop)
    }

    /// Removes all packages, and with `purge` their configuration as well.
    ///
    /// # Errors
    /// With what dpkg says.
    pub fn remove(&self, purge: bool) -> Result<()> {
        let how = if purge { "--purge" } else { "--remove" };
        run(Command::new("dpkg").arg(how).args(NAMES)).map(drop)
    }

    /// The version of an installed package.
    ///
    /// # Errors
    /// When dpkg can't say.
    pub fn version_of(&self, name: &str) -> Result<Option<String>> {
        let format = "--showformat=${db:Status-Status} ${Version}";
        let output = Command::new("dpkg-query").args(["--show", format, name]).output()?;
        let said = String::from_utf8(output.stdout)?;
        Ok(said.strip_prefix("installed ").map(str::to_owned))
    }

    /// Every file that the packages have put on the machine; folders belong to everybody.
    ///
    /// # Errors
    /// When dpkg can't say.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let listed = run(Command::new("dpkg").arg("--listfiles").args(NAMES))?;
        let paths = listed.lines().map(Path::new).filter(|path| path.is_absolute());
        Ok(paths.filter(|path| !path.is_dir()).map(Path::to_owned).collect())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // Says that nothing is there, after a test that has removed everything itself.
        let _ = self.remove(true);
    }
}

/// Runs it to its end; what it printed.
///
/// # Errors
/// With what it printed, if it failed.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}\n{said}{error}", output.status);
    Ok(said)
}
