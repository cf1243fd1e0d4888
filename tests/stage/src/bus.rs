//! The session bus of the stage.
//!
//! It offers for starting only what the stage names: a keyring daemon or a portal that appears by
//! itself would answer in place of the one under test.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use crate::process::{Env, Process};
use crate::wait::eventually;

/// Services that the bus may start: the panel keeps its settings in xfconf.
const STARTABLE: [&str; 1] = ["org.xfce.Xfconf.service"];

/// Where distributions keep the files that tell a bus how to start a service.
const SERVICES: &str = "/usr/share/dbus-1/services";

/// A running bus and a connection to it.
pub(crate) struct Bus {
    pub(crate) address: String,
    pub(crate) connection: Connection,
    _daemon: Process,
}

impl Bus {
    pub(crate) async fn start(root: &Path, logs: &Path, env: &Env) -> Result<Self> {
        let services = root.join("services");
        fs::create_dir_all(&services)?;
        for name in STARTABLE {
            let from = Path::new(SERVICES).join(name);
            if from.exists() {
                fs::copy(&from, services.join(name))?;
            }
        }
        let socket = root.join("bus");
        let address = format!("unix:path={}", socket.display());
        let config = root.join("bus.conf");
        fs::write(&config, configuration(&address, &services))?;
        let mut env = env.clone();
        // What the bus starts finds the bus here.
        env.insert("DBUS_SESSION_BUS_ADDRESS".into(), address.clone());
        let mut daemon = Process::start(
            logs,
            "dbus",
            "dbus-daemon",
            &["--nofork", "--nopidfile", &format!("--config-file={}", config.display())],
            &env,
            Stdio::null(),
        )?;
        eventually("the session bus listens", async || {
            daemon.check_alive()?;
            // The file is there a moment before anybody listens at it.
            Ok(UnixStream::connect(&socket).is_ok().then_some(()))
        })
        .await?;
        let connection = zbus::connection::Builder::address(address.as_str())?
            .build()
            .await
            .context("the session bus refuses a connection")?;
        Ok(Self { address, connection, _daemon: daemon })
    }

    /// The process behind a name.
    pub(crate) async fn owner_pid(&self, name: &str) -> Result<u32> {
        let bus = DBusProxy::new(&self.connection).await?;
        Ok(bus.get_connection_unix_process_id(BusName::try_from(name)?).await?)
    }

    /// Waits until somebody owns a name, while `owner` lives.
    pub(crate) async fn wait_for_name(&self, name: &str, owner: &mut Process) -> Result<()> {
        let bus = DBusProxy::new(&self.connection).await?;
        let wanted = BusName::try_from(name)?;
        eventually(&format!("{name} is on the bus"), async || {
            owner.check_alive()?;
            Ok(bus.name_has_owner(wanted.clone()).await?.then_some(()))
        })
        .await
    }
}

fn configuration(address: &str, services: &Path) -> String {
    format!(
        r#"<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        services.display()
    )
}
