//! Linux: logind reports sleep and NetworkManager the network, both on the system bus. Each works
//! without the other.
//!
//! NetworkManager is not believed when it reports that there is no network: it says so all the time
//! on a machine whose network it does not manage. The kernel decides that
//! ([`interfaces`](crate::interfaces)). Here it only means that the connection should be checked.

use std::collections::HashMap;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use homing_engine::SystemEvent;
use zbus::connection::Builder;
use zbus::fdo::PropertiesProxy;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use crate::{EventSender, Source, WatchError};

const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PATH: &str = "/org/freedesktop/login1";
const LOGIND_MANAGER: &str = "org.freedesktop.login1.Manager";

const NM: &str = "org.freedesktop.NetworkManager";
const NM_PATH: &str = "/org/freedesktop/NetworkManager";
/// `NM_STATE_CONNECTED_SITE`: from this state on there is a default route.
const NM_CONNECTED: u32 = 60;
/// `NM_CONNECTIVITY_FULL`: there is no captive portal.
const NM_FULL: u32 = 4;
/// Value of `PrimaryConnection` when there is none.
const NM_NOTHING: &str = "/";

pub(super) fn special() -> Vec<Box<dyn Source>> {
    vec![Box::new(SystemBus::default())]
}

/// Watches logind and NetworkManager.
#[derive(Debug, Default)]
pub struct SystemBus {
    /// Address of the bus, if it is not the system's.
    pub address: Option<String>,
}

impl Source for SystemBus {
    fn name(&self) -> &'static str {
        "logind and NetworkManager"
    }

    fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>> {
        Box::pin(self.run(events))
    }
}

impl SystemBus {
    async fn run(&self, events: &EventSender) -> Result<(), WatchError> {
        let builder = match &self.address {
            Some(address) => Builder::address(address.as_str())?,
            None => Builder::system()?,
        };
        let bus = builder.build().await?;
        let logind = Proxy::new(&bus, LOGIND, LOGIND_PATH, LOGIND_MANAGER).await?;
        let mut sleeps = logind.receive_signal("PrepareForSleep").await?;
        let properties = PropertiesProxy::builder(&bus)
            .destination(NM)?
            .path(NM_PATH)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        let mut changes = properties.receive_properties_changed().await?;
        // After subscribing, so that no change is missed.
        let mut network = Network::read(&bus).await;
        let sleep = logind.get_property::<bool>("PreparingForSleep").await.is_ok();
        tracing::debug!(sleep, network = network.state.is_some(), "who is on the system bus");
        loop {
            let news = tokio::select! {
                signal = sleeps.next() => match signal {
                    // True before the sleep, false after it.
                    Some(signal) => (!signal.body().deserialize::<bool>()?)
                        .then_some(SystemEvent::Woke),
                    None => return Err(gone().into()),
                },
                change = changes.next() => match change {
                    Some(change) => {
                        let args = change.args()?;
                        let before = network.clone();
                        if args.interface_name == NM {
                            network.apply(&args.changed_properties);
                        }
                        network.news_since(&before)
                    }
                    None => return Err(gone().into()),
                },
            };
            if let Some(disturbance) = news
                && events.send(disturbance).await.is_err()
            {
                return Ok(());
            }
        }
    }
}

fn gone() -> zbus::Error {
    zbus::Error::InputOutput(std::sync::Arc::new(std::io::ErrorKind::BrokenPipe.into()))
}

/// NetworkManager's state; empty where it is not running.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Network {
    state: Option<u32>,
    connectivity: Option<u32>,
    primary: Option<String>,
}

impl Network {
    async fn read(bus: &Connection) -> Self {
        let read = async {
            let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(bus)
                .destination(NM)?
                .path(NM_PATH)?
                .interface(NM)?
                .cache_properties(CacheProperties::No)
                .build()
                .await?;
            let primary: OwnedValue = proxy.get_property("PrimaryConnection").await?;
            let state: u32 = proxy.get_property("State").await?;
            let connectivity: u32 = proxy.get_property("Connectivity").await?;
            let read = [
                ("State", Value::from(state)),
                ("Connectivity", Value::from(connectivity)),
                ("PrimaryConnection", Value::from(primary)),
            ];
            Ok::<_, zbus::Error>(HashMap::from(read))
        };
        let mut network = Self::default();
        match read.await {
            Ok(properties) => network.apply(&properties),
            Err(error) => tracing::debug!("NetworkManager does not answer: {error}"),
        }
        network
    }

    fn apply(&mut self, properties: &HashMap<&str, Value<'_>>) {
        for (name, value) in properties {
            match (*name, value) {
                ("State", Value::U32(state)) => self.state = Some(*state),
                ("Connectivity", Value::U32(level)) => self.connectivity = Some(*level),
                ("PrimaryConnection", Value::ObjectPath(path)) => {
                    self.primary = Some(path.to_string());
                }
                ("PrimaryConnection", Value::Value(inner)) => {
                    if let Value::ObjectPath(path) = &**inner {
                        self.primary = Some(path.to_string());
                    }
                }
                _ => {}
            }
        }
    }

    /// The event that follows from the change between two states.
    fn news_since(&self, before: &Self) -> Option<SystemEvent> {
        let connected = |network: &Self| network.state.map(|state| state >= NM_CONNECTED);
        let passed_portal = before.connectivity.is_some_and(|level| level < NM_FULL)
            && self.connectivity == Some(NM_FULL);
        let other = self.primary != before.primary
            && self.primary.as_deref().is_some_and(|primary| primary != NM_NOTHING);
        match (connected(before), connected(self)) {
            (Some(false), Some(true)) => Some(SystemEvent::NetworkUp),
            (Some(true), Some(false)) => Some(SystemEvent::NetworkChanged),
            _ => (passed_portal || other).then_some(SystemEvent::NetworkChanged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(state: u32, connectivity: u32, primary: &str) -> Network {
        Network {
            state: Some(state),
            connectivity: Some(connectivity),
            primary: Some(primary.to_owned()),
        }
    }

    #[test]
    fn what_is_news_of_the_network() {
        use SystemEvent::{NetworkChanged, NetworkUp};
        const DISCONNECTED: u32 = 20;
        const CONNECTING: u32 = 40;
        const GLOBAL: u32 = 70;
        const PORTAL: u32 = 2;
        let home = network(GLOBAL, NM_FULL, "/1");
        for (what, before, after, news) in [
            ("nothing", home.clone(), home.clone(), None),
            ("connected", network(CONNECTING, 0, "/"), home.clone(), Some(NetworkUp)),
            ("connecting", network(DISCONNECTED, 1, "/"), network(CONNECTING, 1, "/"), None),
            ("lost", home.clone(), network(DISCONNECTED, 1, "/"), Some(NetworkChanged)),
            ("another", home.clone(), network(GLOBAL, NM_FULL, "/2"), Some(NetworkChanged)),
            ("a portal", home.clone(), network(GLOBAL, PORTAL, "/1"), None),
            ("through it", network(GLOBAL, PORTAL, "/1"), home.clone(), Some(NetworkChanged)),
            ("it has just started", Network::default(), network(DISCONNECTED, 1, "/"), None),
        ] {
            assert_eq!(after.news_since(&before), news, "{what}");
        }
    }
}
