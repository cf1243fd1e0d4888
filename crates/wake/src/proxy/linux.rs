//! Linux: the desktop portal, which knows the proxy settings of GNOME, KDE and others and evaluates
//! a network's PAC script. Without a session bus or a portal there are no such settings. The
//! environment is read elsewhere.

use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::net::route::SystemProxy;
use homing_protocol::link::Address;
use tokio::time::timeout;
use zbus::connection::Builder;
use zbus::{Connection, Proxy};

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const RESOLVER: &str = "org.freedesktop.portal.ProxyResolver";
/// The portal's answer for "no proxy".
const DIRECT: &str = "direct://";
/// How long a connection waits for the portal. It answers from memory or runs a script that it has.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the portal.
#[derive(Debug, Default)]
pub struct Portal {
    /// Address of the bus, if it is not the session's.
    pub address: Option<String>,
}

impl SystemProxy for Portal {
    fn proxy_for<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            match timeout(PATIENCE, self.look_up(address)).await {
                Ok(Ok(found)) => found,
                Ok(Err(error)) => {
                    tracing::debug!("no portal to ask for a proxy: {error}");
                    None
                }
                Err(_) => {
                    tracing::info!("the portal did not name a proxy in time; none is taken");
                    None
                }
            }
        })
    }
}

impl Portal {
    async fn look_up(&self, address: &Address) -> zbus::Result<Option<String>> {
        let scheme = if address.tls { "https" } else { "http" };
        let server = format!("{scheme}://{}/", address.authority());
        let bus = self.bus().await?;
        let resolver = Proxy::new(&bus, PORTAL, PATH, RESOLVER).await?;
        let found: Vec<String> = resolver.call("Lookup", &(server.as_str(),)).await?;
        // Best first. The others are fallbacks for when the first one is down, which would hide
        // that it is.
        Ok(found.into_iter().next().filter(|first| first != DIRECT))
    }

    async fn bus(&self) -> zbus::Result<Connection> {
        match &self.address {
            Some(address) => Builder::address(address.as_str())?.build().await,
            None => Connection::session().await,
        }
    }
}
