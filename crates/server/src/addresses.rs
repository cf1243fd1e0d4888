//! How many connections come from one address, so that nobody takes all the places there are.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Who answers for an address. With IPv6 everybody has the 2⁶⁴ addresses of a network to themselves.
#[must_use]
pub(crate) fn household(address: IpAddr) -> IpAddr {
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
pub(crate) struct Addresses {
    most: usize,
    places: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place, until it is dropped. None: it needs none.
#[derive(Debug)]
pub(crate) struct Place(Option<(Arc<Addresses>, IpAddr)>);

impl Place {
    /// For a proxy, whose clients have places of their own.
    pub(crate) const fn of_proxy() -> Self {
        Self(None)
    }
}

impl Addresses {
    /// At most so many connections from each.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, places: Mutex::new(HashMap::new()) })
    }

    /// A place for one more connection, if there is one.
    pub(crate) fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Place> {
        let from = household(from);
        if from.is_loopback() {
            return Some(Place(None));
        }
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.entry(from).or_default();
        if *taken >= self.most {
            return None;
        }
        *taken += 1;
        Some(Place(Some((self.clone(), from))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((addresses, from)) = self.0.take() else { return };
        let mut places = addresses.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut taken) = places.entry(from) {
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
        let addresses = Addresses::new(2);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"),
        ] {
            let first = enter(one).unwrap();
            let _second = enter(same).unwrap();
            assert!(enter(one).is_none() && enter(same).is_none(), "{one}");
            assert!(enter(other).is_some(), "{other}");
            drop(first);
            assert!(enter(one).is_some(), "who goes leaves a place");
        }
        let here: Vec<_> = (0..10).map(|_| enter("127.0.0.1")).collect();
        assert!(here.iter().all(Option::is_some), "a proxy on this computer speaks for all");
        drop(here);
        assert!(addresses.places.lock().unwrap().is_empty());
    }
}
