//! The `Run` key of Windows and the launch agents of macOS.

use anyhow::Context as _;
use auto_launch::AutoLaunchBuilder;

pub(super) fn set(name: &str, args: &[String], on: bool) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("can't find this program's own path")?;
    let program = program.to_str().context("the program's path isn't UTF-8")?;
    let entry =
        AutoLaunchBuilder::new().set_app_name(name).set_app_path(program).set_args(args).build()?;
    match (entry.is_enabled()?, on) {
        (_, true) => entry.enable()?,
        (true, false) => entry.disable()?,
        (false, false) => {}
    }
    Ok(())
}
