//! A network namespace of our own: what happens to the network there happens to nobody else.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// Runs this program again, with these arguments after its own, in a network namespace of its own,
/// where that is permitted and the shell's `prepare` works there. Returns only where it is not.
pub(crate) fn enter(prepare: &str, inside: &[&str]) -> Result<()> {
    let mut namespace = vec!["--net"];
    if !rustix::process::geteuid().is_root() {
        namespace.push("--map-root-user");
    }
    let works = Command::new("unshare")
        .args(&namespace)
        .args(["sh", "-c", prepare])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !works {
        return Ok(());
    }
    let mut again = Command::new("unshare");
    again
        .args(&namespace)
        .args(["sh", "-c", &format!("({prepare}) > /dev/null && exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .args(inside);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        let error = again.exec();
        bail!("unshare worked a moment ago and now does not: {error}")
    }
    #[cfg(not(unix))]
    Ok(())
}
