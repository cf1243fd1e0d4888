//! What belongs to which package, and where it lies on a person's machine.
//!
//! Three packages and not one: a server in a cellar needs no webview, and a script no server. Why
//! so stands in record 19.

use anyhow::Result;

use super::release::{Release, listed, text};
use crate::tree::{Source, root, sources};

/// A package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Package {
    /// The app.
    Desktop,
    /// The command line.
    Terminal,
    /// The server.
    Server,
}

/// Where a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum From {
    /// A program that was built.
    Program(&'static str),
    /// A file of the project.
    Tree(String),
    /// Written here.
    Text(String),
    /// The same, packed with gzip, as manuals and change logs are kept.
    Packed(String),
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// From the root of the person's machine, without the first slash.
    pub(super) to: String,
    pub(super) from: From,
}

/// What a package does when it comes or goes: lines of a shell script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scripts {
    pub(super) installed: String,
    pub(super) leaving: String,
    pub(super) left: String,
}

impl Package {
    pub(super) const ALL: [Self; 3] = [Self::Desktop, Self::Terminal, Self::Server];

    /// The name, which is also the program's.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Desktop => "homing-desktop",
            Self::Terminal => "homing",
            Self::Server => "homing-server",
        }
    }

    /// The most that its package may weigh, in bytes: what was reached in 2026-11 and about
    /// a tenth more. Raising it is a decision, not a repair.
    pub(super) const fn ceiling(self) -> u64 {
        match self {
            Self::Desktop => 7_900_000,
            Self::Terminal => 4_400_000,
            Self::Server => 3_700_000,
        }
    }

    pub(super) const fn summary(self) -> &'static str {
        match self {
            Self::Desktop => "team chat whose messages always arrive",
            Self::Terminal => "team chat in a terminal, for people, scripts and bots",
            Self::Server => "server of a Homing space",
        }
    }

    pub(super) const fn description(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &[
                "Homing is team chat on your own server. A tick means that the message is on",
                "the server's disk; every member's device shows it exactly once, in the same",
                "place, however long either side was offline. This is the app.",
            ],
            Self::Terminal => &[
                "The same engine as in the app, with an outbox that survives: what you send",
                "offline is kept on disk and goes out later, once and in order.",
            ],
            Self::Server => &[
                "One program and one folder are a space: its people, their rooms and their",
                "messages. It creates a certificate at its first start, and one link to invite",
                "people with.",
            ],
        }
    }

    /// What neither linking nor rpm shows: loaded when the app starts.
    pub(super) const fn loads(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &["libayatana-appindicator3-1"],
            Self::Terminal | Self::Server => &[],
        }
    }

    /// The same by the name of the library.
    pub(super) const fn loads_library(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &["libayatana-appindicator3.so.1"],
            Self::Terminal | Self::Server => &[],
        }
    }

    /// What it works without, but better with: links that open, and a keyring.
    pub(super) const fn recommends(self) -> &'static [&'static str] {
        match self {
            Self::Desktop => &["desktop-file-utils", "gnome-keyring | secret-service", "xdg-utils"],
            Self::Terminal | Self::Server => &[],
        }
    }

    /// Debian's section.
    pub(super) const fn section(self) -> &'static str {
        "net"
    }

    pub(super) fn scripts(self) -> Result<Scripts> {
        Ok(match self {
            Self::Desktop => {
                let caches = text("packaging/linux/desktop-caches.sh")?;
                Scripts { installed: caches.clone(), leaving: String::new(), left: caches }
            }
            Self::Terminal => Scripts::default(),
            Self::Server => Scripts {
                installed: text("packaging/linux/server-install.sh")?,
                leaving: text("packaging/linux/server-leave.sh")?,
                left: text("packaging/linux/server-left.sh")?,
            },
        })
    }

    /// Its files. `by` is how the person installs it, which the app asks when there is an update.
    pub(super) fn items(self, by: &str, release: &Release) -> Result<Vec<Item>> {
        let name = self.name();
        let mut items = vec![Item::new(format!("usr/bin/{name}"), From::Program(name))];
        items.extend(self.manual(by, &sources()?)?);
        match self {
            Self::Desktop => items.extend(desktop(by, release)?),
            Self::Terminal => {}
            Self::Server => items.extend(server()?),
        }
        Ok(items)
    }

    /// Man pages and completions, each where its reader looks.
    fn manual(self, by: &str, sources: &[Source]) -> Result<Vec<Item>> {
        let name = self.name();
        let mut items = Vec::new();
        for path in listed(sources, "packaging/manual/man") {
            let page = path.rsplit('/').next().unwrap_or_default();
            if belongs(page, name) {
                let to = format!("usr/share/man/man1/{page}.gz");
                items.push(Item::new(to, From::Packed(text(&path)?)));
            }
        }
        let zsh = if by == "deb" { "vendor-completions" } else { "site-functions" };
        for (from, to) in [
            (format!("bash/{name}"), format!("usr/share/bash-completion/completions/{name}")),
            (format!("zsh/_{name}"), format!("usr/share/zsh/{zsh}/_{name}")),
            (
                format!("fish/{name}.fish"),
                format!("usr/share/fish/vendor_completions.d/{name}.fish"),
            ),
            // PowerShell looks nowhere by itself: it is for who takes it into their profile.
            (format!("powershell/{name}.ps1"), format!("usr/share/doc/{name}/{name}.ps1")),
        ] {
            items.push(Item::new(to, From::Tree(format!("packaging/manual/{from}"))));
        }
        Ok(items)
    }
}

impl Item {
    fn new(to: impl Into<String>, from: From) -> Self {
        Self { to: to.into(), from }
    }
}

/// Whether a page is of a program or of one of its commands: `homing-send.1` is of `homing`, and
/// `homing-server.1` is not.
fn belongs(page: &str, name: &str) -> bool {
    let of = |program: &str| {
        page.strip_prefix(program).is_some_and(|rest| rest == ".1" || rest.starts_with('-'))
    };
    let longer =
        Package::ALL.into_iter().map(Package::name).filter(|other| other.len() > name.len());
    of(name) && !longer.into_iter().any(|other| other.starts_with(name) && of(other))
}

fn desktop(by: &str, release: &Release) -> Result<Vec<Item>> {
    let name = Package::Desktop.name();
    let metainfo = text("packaging/linux/chat.homing.desktop.metainfo.xml")?
        .replace("@VERSION@", &release.version)
        .replace("@DATE@", &release.day()?);
    let mut items = vec![
        Item::new(
            format!("usr/share/applications/{name}.desktop"),
            From::Tree(format!("packaging/linux/{name}.desktop")),
        ),
        Item::new("usr/share/metainfo/chat.homing.desktop.metainfo.xml", From::Text(metainfo)),
        Item::new(format!("usr/share/{name}/package"), From::Text(format!("{by}\n"))),
        Item::new(
            format!("usr/share/icons/hicolor/scalable/apps/{name}.svg"),
            From::Tree("icons/homing.svg".into()),
        ),
    ];
    for size in [16, 24, 32, 48, 64, 128, 256, 512] {
        items.push(Item::new(
            format!("usr/share/icons/hicolor/{size}x{size}/apps/{name}.png"),
            From::Tree(format!("icons/{size}x{size}.png")),
        ));
    }
    items.push(Item::new(
        format!("usr/share/icons/hicolor/128x128@2/apps/{name}.png"),
        From::Tree("icons/128x128@2x.png".into()),
    ));
    Ok(items)
}

/// Examples of reverse proxies, in `deploy`.
const PROXIES: [&str; 7] = [
    "nginx.conf",
    "Caddyfile",
    "apache.conf",
    "haproxy.cfg",
    "lighttpd.conf",
    "varnish.vcl",
    "stunnel.conf",
];

fn server() -> Result<Vec<Item>> {
    let unit = text("deploy/homing-server.service")?;
    // What stands above the unit is about installing it by hand.
    let unit = unit.split_once("\n\n").map_or(unit.as_str(), |(_, unit)| unit);
    let unit = unit.replace("/usr/local/bin/", "/usr/bin/");
    let documents = "usr/share/doc/homing-server";
    let mut items = vec![
        Item::new("usr/lib/systemd/system/homing-server.service", From::Text(unit)),
        Item::new(
            format!("{documents}/operations.md.gz"),
            From::Packed(text("docs/operations.md")?),
        ),
    ];
    items.extend(PROXIES.map(|example| {
        let to = format!("{documents}/examples/{example}");
        Item::new(to, From::Tree(format!("deploy/{example}")))
    }));
    Ok(items)
}

/// Whether everything that comes from the project is there; for a test and for a quick refusal.
pub(super) fn missing(items: &[Item]) -> Vec<&str> {
    let gone = |path: &&str| !root().join(path).is_file();
    let tree = items.iter().filter_map(|item| match &item.from {
        From::Tree(path) => Some(path.as_str()),
        _ => None,
    });
    tree.filter(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(package: Package, by: &str) -> Vec<Item> {
        let release = Release { version: "1.2.3".into(), time: 0 };
        package.items(by, &release).unwrap()
    }

    #[test]
    fn every_file_of_every_package_is_there_once() {
        for package in Package::ALL {
            for by in ["deb", "rpm", "flatpak"] {
                let items = items(package, by);
                assert_eq!(missing(&items), [""; 0]);
                let mut paths: Vec<_> = items.iter().map(|item| &item.to).collect();
                let count = paths.len();
                paths.sort();
                paths.dedup();
                assert_eq!(paths.len(), count, "{package:?}");
                assert!(paths.iter().all(|path| path.starts_with("usr/")), "{paths:?}");
            }
        }
    }

    #[test]
    fn no_two_packages_own_one_file() {
        let mut paths: Vec<_> = Package::ALL
            .into_iter()
            .flat_map(|one| items(one, "deb"))
            .map(|item| item.to)
            .collect();
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }

    #[test]
    fn a_page_is_of_one_program() {
        for (page, name, of) in [
            ("homing.1", "homing", true),
            ("homing-send.1", "homing", true),
            ("homing-server.1", "homing", false),
            ("homing-server-serve.1", "homing-server", true),
            ("homing-desktop.1", "homing", false),
            ("homing-desktop.1", "homing-desktop", true),
            ("homingpigeon.1", "homing", false),
        ] {
            assert_eq!(belongs(page, name), of, "{page} of {name}");
        }
    }

    #[test]
    fn a_package_s_unit_starts_the_package_s_program() {
        let items = items(Package::Server, "deb");
        let unit = items.iter().find(|item| item.to.ends_with(".service")).unwrap();
        let From::Text(text) = &unit.from else { panic!("{unit:?}") };
        assert!(text.starts_with("[Unit]"), "{text}");
        assert!(text.contains("ExecStart=/usr/bin/homing-server serve"), "{text}");
        assert!(!text.contains("/usr/local"), "{text}");
    }
}
