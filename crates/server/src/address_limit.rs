//! Limits the connections from one address, so that one client can't use up all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The address that is counted: for IPv6 the /64 network, because a client usually has a whole one
/// to itself.
#[must_use]
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Counts the open connections of each address. Loopback addresses are not counted: behind a local
/// reverse proxy that sends no client address, every connection comes from one of them.
#[derive(Debug)]
pub(crate) struct AddressLimit {
    most: usize,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// One counted connection. It is given back when this is dropped. None: not counted.
#[derive(Debug)]
pub(crate) struct AddressSlot(Option<(Arc<AddressLimit>, IpAddr)>);

impl AddressSlot {
    /// For a trusted proxy: its clients are counted by their own addresses.
    pub(crate) const fn uncounted() -> Self {
        Self(None)
    }
}

impl AddressLimit {
    /// Allows `most` connections from each address.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::new(HashMap::new()) })
    }

    /// Counts one more connection. None: the address has reached its limit.
    pub(crate) fn acquire(self: &Arc<Self>, from: IpAddr) -> Option<AddressSlot> {
        let from = network_of(from);
        if from.is_loopback() {
            return Some(AddressSlot(None));
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = counts.entry(from).or_default();
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        Some(AddressSlot(Some((self.clone(), from))))
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let Some((addresses, from)) = self.0.take() else { return };
        let mut counts = addresses.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut taken) = counts.entry(from) {
            *taken.get_mut() -= 1;
            // Remove the entry with the last connection, so that the map never has more entries
            // than there are connections.
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_places() {
        let addresses = AddressLimit::new(2);
        let acquire = |text: &str| addresses.acquire(text.parse().unwrap());
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
        ] {
            let first = acquire(one).unwrap();
            let _second = acquire(same).unwrap();
            assert!(acquire(one).is_none() && acquire(same).is_none(), "{one}");
            assert!(acquire(other).is_some(), "{other}");
            drop(first);
            assert!(acquire(one).is_some(), "who goes leaves a place");
        }
        let here: Vec<_> = (0..10).map(|_| acquire("127.0.0.1")).collect();
        assert!(here.iter().all(Option::is_some), "a proxy on this computer speaks for all");
        drop(here);
        assert!(addresses.counts.lock().unwrap().is_empty());
    }
}
