//! How this copy was installed, which decides who updates it and who registers its links.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use homing_bridge::dto::UpdateWay;

/// The kind of installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Installed {
    Deb,
    Rpm,
    Flatpak,
    /// One file, at this path.
    AppImage(PathBuf),
    /// Installed by our Windows installer.
    Windows,
    /// A macOS application, in this folder.
    Mac(PathBuf),
    /// Anything else, such as what cargo has built.
    Copy,
}

impl Installed {
    /// The kind of this copy.
    pub(crate) fn now() -> Self {
        let program = tauri::utils::platform::current_exe().unwrap_or_default();
        let read = |path: &Path| std::fs::read_to_string(path).ok();
        Self::detect(&program, |name| std::env::var_os(name), read)
    }

    fn detect(
        program: &Path,
        variable: impl Fn(&str) -> Option<OsString>,
        read: impl Fn(&Path) -> Option<String>,
    ) -> Self {
        // The variable alone is not enough: every program started from an AppImage inherits it.
        let inside = variable("APPDIR").is_some_and(|folder| program.starts_with(folder));
        if let Some(file) = variable("APPIMAGE").filter(|_| inside) {
            return Self::AppImage(file.into());
        }
        let beside = |above: usize, path: &str| {
            program.ancestors().nth(above).map(|folder| folder.join(path))
        };
        // Packages contain a file that names their kind.
        let note = beside(2, "share/homing-desktop/package").and_then(|path| read(&path));
        match note.as_deref().map(str::trim) {
            Some("deb") => return Self::Deb,
            Some("rpm") => return Self::Rpm,
            Some("flatpak") => return Self::Flatpak,
            _ => {}
        }
        if cfg!(windows) && beside(1, "uninstall.exe").is_some_and(|path| path.is_file()) {
            return Self::Windows;
        }
        match program.ancestors().nth(3) {
            Some(folder) if folder.extension().is_some_and(|end| end == "app") => {
                Self::Mac(folder.to_owned())
            }
            _ => Self::Copy,
        }
    }

    /// Whether the system already knows that this copy opens our links.
    pub(crate) const fn is_known_to_the_system(&self) -> bool {
        matches!(self, Self::Deb | Self::Rpm | Self::Flatpak | Self::Mac(_))
    }

    /// Who updates this copy.
    pub(crate) const fn way(&self) -> UpdateWay {
        match self {
            Self::Deb => UpdateWay::Deb,
            Self::Rpm => UpdateWay::Rpm,
            Self::Flatpak => UpdateWay::Flatpak,
            Self::AppImage(_) | Self::Windows | Self::Mac(_) => UpdateWay::InPlace,
            Self::Copy => UpdateWay::ByHand,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_knows_what_it_is_part_of() {
        let deb = [("/usr/share/homing-desktop/package", "deb\n")];
        let flatpak = [("/app/share/homing-desktop/package", "flatpak\n")];
        let image = [("APPIMAGE", "/home/a/Homing.AppImage"), ("APPDIR", "/tmp/.mount_x")];
        for (program, variables, files, is) in [
            ("/usr/bin/homing-desktop", &[][..], &deb[..], Installed::Deb),
            ("/app/bin/homing-desktop", &[], &flatpak, Installed::Flatpak),
            (
                "/tmp/.mount_x/usr/bin/homing-desktop",
                &image,
                &[],
                Installed::AppImage("/home/a/Homing.AppImage".into()),
            ),
            // Started from a terminal that is an AppImage itself.
            ("/usr/bin/homing-desktop", &image, &deb, Installed::Deb),
            (
                "/Applications/Homing.app/Contents/MacOS/homing-desktop",
                &[],
                &[],
                Installed::Mac("/Applications/Homing.app".into()),
            ),
            ("/src/target/debug/homing-desktop", &[], &deb, Installed::Copy),
            ("homing-desktop", &[], &[], Installed::Copy),
        ] {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
            };
            let read = |path: &Path| {
                files
                    .iter()
                    .find(|(known, _)| Path::new(known) == path)
                    .map(|(_, text)| (*text).to_owned())
            };
            assert_eq!(Installed::detect(Path::new(program), variable, read), is, "{program}");
        }
    }
}
