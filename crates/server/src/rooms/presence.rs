//! Presence, from people's own activity and not from open sockets.

use std::collections::BTreeMap;

use homing_protocol::frame::{Presence, ServerEph};
use homing_protocol::{ServerFrame, UserId};

/// People per frame: about 15 KiB of JSON. Larger frames would stay in every connection's write
/// buffer, which never shrinks.
const PEOPLE: usize = 300;

/// The presence of a person, from whether each of their connections is active.
#[must_use]
pub fn of(connections: impl IntoIterator<Item = bool>) -> Presence {
    connections.into_iter().fold(Presence::Offline, |so_far, active| match (so_far, active) {
        (Presence::Online, _) | (_, true) => Presence::Online,
        _ => Presence::Away,
    })
}

/// The frames for these changes. With `all` the first one replaces what the client knew.
#[must_use]
pub fn frames(people: &BTreeMap<UserId, Presence>, all: bool) -> Vec<ServerFrame> {
    let people: Vec<_> = people.iter().map(|(who, how)| (*who, *how)).collect();
    if people.is_empty() {
        let nobody = ServerEph::Presence { people: BTreeMap::new(), all };
        return if all { vec![ServerFrame::Eph(nobody)] } else { Vec::new() };
    }
    people
        .chunks(PEOPLE)
        .zip(std::iter::once(all).chain(std::iter::repeat(false)))
        .map(|(chunk, all)| {
            ServerFrame::Eph(ServerEph::Presence { people: chunk.iter().copied().collect(), all })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_protocol::limits::FRAME_BYTES;
    use uuid::Uuid;

    #[test]
    fn one_active_connection_is_enough() {
        for (connections, presence) in [
            (&[][..], Presence::Offline),
            (&[false], Presence::Away),
            (&[false, true, false], Presence::Online),
        ] {
            assert_eq!(of(connections.iter().copied()), presence);
        }
    }

    #[test]
    fn a_crowd_fits_its_frames_and_only_the_first_replaces() {
        let crowd: BTreeMap<_, _> =
            (0..4001).map(|n| (UserId(Uuid::from_u128(n)), Presence::Offline)).collect();
        let frames = frames(&crowd, true);
        assert_eq!(frames.len(), 14);
        for (place, frame) in frames.iter().enumerate() {
            assert!(frame.encode().len() <= FRAME_BYTES / 16);
            let ServerFrame::Eph(ServerEph::Presence { all, .. }) = frame else {
                panic!("no presence");
            };
            assert_eq!(*all, place == 0);
        }
    }
}
