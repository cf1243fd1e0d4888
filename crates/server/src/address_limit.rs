//! How many connections come from one address, so that nobody takes all the places there are.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Who answers for an address. With IPv6 everybody has the 2⁶⁴ addresses of a network to themselves.
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

/// See the module's head. This computer's own addresses are not counted: behind a reverse proxy here
/// that tells nothing of its clients, everybody comes from one of them.
#[derive(Debug)]
pub(crate) struct AddressLimit {
    most: usize,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place, until it is dropped. None: it needs none.
#[derive(Debug)]
pub(crate) struct AddressSlot(Option<(Arc<AddressLimit>, IpAddr)>);

impl AddressSlot {
    /// For a proxy, whose clients have places of their own.
    pub(crate) const fn uncounted() -> Self {
        Self(None)
    }
}

impl AddressLimit {
    /// At most so many connections from each.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, counts: Mutex::new(HashMap::new()) })
    }

    /// A place for one more connection, if there is one.
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
            // As many entries as there are connections, and none for who is gone.
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
