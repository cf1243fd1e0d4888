//! The machine's addresses, on every system.
//!
//! The kernel reports addresses that come or go. With none but loopback addresses there is
//! certainly no network; any change may mean another network. Nothing else is concluded: an address
//! does not prove that anything can be reached, and a pulled cable whose address stays is found by
//! the heartbeat.

use std::collections::HashSet;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use homing_engine::SystemEvent;
use if_watch::IfEvent;
use if_watch::tokio::IfWatcher;
use tokio::time::sleep;

use crate::{EventSender, Source, WatchError};

/// The initial addresses are reported one by one without an end mark. After this time all are
/// known.
pub const FIRST: Duration = Duration::from_secs(1);

/// Watches the addresses.
pub struct Interfaces;

impl Source for Interfaces {
    fn name(&self) -> &'static str {
        "the network interfaces"
    }

    fn watch<'a>(&'a self, events: &'a EventSender) -> BoxFuture<'a, Result<(), WatchError>> {
        Box::pin(async move {
            let mut watcher = IfWatcher::new()?;
            let mut seen = Seen::default();
            let first = sleep(FIRST);
            tokio::pin!(first);
            let mut starting = true;
            loop {
                let news = tokio::select! {
                    event = watcher.next() => match event {
                        Some(event) => seen.take(event?, starting),
                        None => return Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
                    },
                    () = &mut first, if starting => {
                        starting = false;
                        seen.is_empty().then_some(SystemEvent::NetworkDown)
                    }
                };
                if let Some(disturbance) = news
                    && events.send(disturbance).await.is_err()
                {
                    return Ok(());
                }
            }
        })
    }
}

/// The addresses that lead to other machines.
#[derive(Debug, Default)]
struct Seen(HashSet<IpAddr>);

impl Seen {
    /// Handles an address that came or went. The initial ones are no news.
    fn take(&mut self, event: IfEvent, starting: bool) -> Option<SystemEvent> {
        let was_empty = self.is_empty();
        let changed = match event {
            IfEvent::Up(net) => leads_outside(net.addr()) && self.0.insert(net.addr()),
            IfEvent::Down(net) => self.0.remove(&net.addr()),
        };
        if !changed || starting {
            return None;
        }
        Some(match (was_empty, self.is_empty()) {
            (true, _) => SystemEvent::NetworkUp,
            (false, true) => SystemEvent::NetworkDown,
            (false, false) => SystemEvent::NetworkChanged,
        })
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a server can be reached from this address. Every interface, including those of
/// containers, has an IPv6 link-local address, which no server address uses because it would need
/// the interface's name. IPv4 link-local addresses do connect two machines on one cable.
const fn leads_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use if_watch::IpNet;

    fn net(address: &str) -> IpNet {
        IpNet::from(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn only_addresses_that_lead_outside_are_a_network() {
        use SystemEvent::{NetworkChanged, NetworkDown, NetworkUp};
        let mut seen = Seen::default();
        for (up, address, expected) in [
            (true, "127.0.0.1", None),
            (true, "::1", None),
            (true, "fe80::1", None),
            (true, "192.168.1.20", Some(NetworkUp)),
            (true, "192.168.1.20", None),
            (true, "2001:db8::20", Some(NetworkChanged)),
            (false, "192.168.1.20", Some(NetworkChanged)),
            (false, "fe80::1", None),
            (false, "2001:db8::20", Some(NetworkDown)),
            (false, "2001:db8::20", None),
            (true, "169.254.7.7", Some(NetworkUp)),
        ] {
            let event = if up { IfEvent::Up(net(address)) } else { IfEvent::Down(net(address)) };
            assert_eq!(seen.take(event, false), expected, "{address} up: {up}");
        }
    }

    #[test]
    fn what_is_there_at_the_start_is_no_news() {
        let mut seen = Seen::default();
        assert_eq!(seen.take(IfEvent::Up(net("192.168.1.20")), true), None);
        let gone = IfEvent::Down(net("192.168.1.20"));
        assert_eq!(seen.take(gone, false), Some(SystemEvent::NetworkDown));
    }
}
