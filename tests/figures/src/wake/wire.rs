//! The network that goes and comes back.
//!
//! In a namespace of our own it is an address of the kernel's: without it, what was connected hears
//! nothing more, and new connections find no way. The engine hears of it from the same watcher as
//! in the app. Where no namespace is permitted a proxy refuses and resets, and the engine is told.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result, ensure};
use homing_engine::SystemEvent;
use homing_testkit::Proxy;
use homing_wake::Source;
use homing_wake::interfaces::Interfaces;
use tokio::process::Command;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::device::Device;

/// An address for examples, which is nobody's.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
/// What must work in the namespace, and is done there first.
pub(super) const PREPARE: &str = "ip link set lo up && ip link add wire type veth peer name socket \
    && ip link set wire up && ip address add 192.0.2.7/24 dev wire";

pub(super) enum Wire {
    Address(SocketAddr),
    Proxy(Proxy),
}

impl Wire {
    /// The wire to the server that is `here`.
    pub(super) fn new(inside: bool, here: SocketAddr) -> Self {
        if inside {
            Self::Address(SocketAddr::new(IpAddr::V4(ADDRESS), here.port()))
        } else {
            Self::Proxy(Proxy::start(here))
        }
    }

    /// Where the server is reached.
    pub(super) fn addr(&self) -> SocketAddr {
        match self {
            Self::Address(addr) => *addr,
            Self::Proxy(proxy) => proxy.addr,
        }
    }

    /// As it stands in the JSON line.
    pub(super) const fn words(&self) -> &'static str {
        match self {
            Self::Address(_) => "an address in a network namespace, watched as in the app",
            Self::Proxy(_) => "a proxy that refuses; the engine is told",
        }
    }

    /// Lets the device hear what the system says of this wire.
    pub(super) fn watch(&self, device: &Device, tasks: &TaskTracker, stop: &CancellationToken) {
        if let Self::Address(_) = self {
            let sources: Vec<Box<dyn Source>> = vec![Box::new(Interfaces)];
            let mut news = homing_wake::watch(sources, tasks, stop);
            let handle = device.handle.clone();
            tasks.spawn(async move {
                while let Some(disturbance) = news.recv().await {
                    handle.system_event(disturbance).await;
                }
            });
        }
    }

    /// It is gone when this returns.
    pub(super) async fn take_away(&self) -> Result<()> {
        match self {
            Self::Address(_) => address("del").await,
            Self::Proxy(proxy) => {
                proxy.offline().await;
                Ok(())
            }
        }
    }

    /// It is there when this returns.
    pub(super) async fn give_back(&self, device: &Device) -> Result<()> {
        match self {
            Self::Address(_) => address("add").await,
            Self::Proxy(proxy) => {
                proxy.online().await;
                device.handle.system_event(SystemEvent::NetworkUp).await;
                Ok(())
            }
        }
    }
}

async fn address(what: &str) -> Result<()> {
    let address = format!("{ADDRESS}/24");
    let words = ["address", what, address.as_str(), "dev", "wire"];
    let done = Command::new("ip").args(words).status().await.context("ip")?;
    ensure!(done.success(), "ip {} failed: {done}", words.join(" "));
    Ok(())
}
