//! A desktop entry in the session's autostart folder (the XDG autostart specification).

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use directories::BaseDirs;

pub(super) fn set(name: &str, args: &[String], on: bool) -> anyhow::Result<()> {
    let dirs = BaseDirs::new().context("this user has no home folder")?;
    let file = dirs.config_dir().join("autostart").join(format!("{name}.desktop"));
    if !on {
        return match std::fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        };
    }
    let text = entry(&program()?, args)?;
    if std::fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, text).with_context(|| format!("can't write {}", file.display()))
}

/// The file to start. An AppImage runs from a folder that is gone when it ends; its own file stays.
fn program() -> anyhow::Result<PathBuf> {
    match std::env::var_os("APPIMAGE") {
        Some(image) => Ok(image.into()),
        None => std::env::current_exe().context("can't find this program's own path"),
    }
}

fn entry(program: &Path, args: &[String]) -> anyhow::Result<String> {
    let program = program.to_str().context("the program's path isn't UTF-8")?;
    let line: Vec<String> =
        [program].into_iter().chain(args.iter().map(String::as_str)).map(quoted).collect();
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Homing\nExec={}\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n",
        line.join(" ")
    ))
}

/// Quotes an argument as the desktop entry specification demands: first for the command line, then
/// for the file.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from('"');
    for char in argument.chars() {
        match char {
            '"' | '`' | '$' => quoted.extend(["\\\\", &char.to_string()]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_kind_is_one_argument() {
        for (path, exec) in [
            ("/usr/bin/homing-desktop", r#""/usr/bin/homing-desktop" "--hidden""#),
            ("/home/a b/homing", r#""/home/a b/homing" "--hidden""#),
            (r#"/x/100%/$h"o\m"#, r#""/x/100%%/\\$h\\"o\\\\m" "--hidden""#),
        ] {
            let text = entry(Path::new(path), &["--hidden".into()]).unwrap();
            assert!(text.lines().any(|line| line == format!("Exec={exec}")), "{text}");
        }
    }
}
