//! A space as the interface sees it, kept up to date by applying diffs.
//!
//! The pump holds one for each space. So a snapshot is a copy and can never disagree with the
//! changes that follow it, whoever asks for it and when.

use homing_engine::event::Diff;
use homing_engine::view::Overview;
use homing_protocol::frame::Presence;

/// Applies one diff. Diffs about rows of a timeline change nothing here: timelines are asked for,
/// not kept.
pub fn apply(overview: &mut Overview, diff: &Diff) {
    match diff {
        Diff::Space { space } => overview.space = space.clone(),
        Diff::Status { status } => overview.status = *status,
        Diff::Link { link } => overview.link = link.clone(),
        Diff::Room { room } => put(&mut overview.rooms, room, |one| one.id),
        Diff::RoomGone { room } => overview.rooms.retain(|one| one.id != *room),
        Diff::Person { person } => put(&mut overview.people, person, |one| one.id),
        Diff::Presence { people, all } => {
            if *all {
                overview.presence.clear();
            }
            for there in people {
                overview.presence.retain(|(user, _)| *user != there.0);
                if there.1 != Presence::Offline {
                    overview.presence.push(*there);
                }
            }
        }
        Diff::Outbox { outbox } => overview.outbox = *outbox,
        Diff::Devices { .. }
        | Diff::Typing { .. }
        | Diff::Items { .. }
        | Diff::ItemsGone { .. }
        | Diff::Holes { .. }
        | Diff::TimelineReset { .. } => {}
    }
}

fn put<T: Clone, Id: PartialEq>(list: &mut Vec<T>, new: &T, id: impl Fn(&T) -> Id) {
    match list.iter_mut().find(|one| id(one) == id(new)) {
        Some(place) => *place = new.clone(),
        None => list.push(new.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use homing_engine::view::Link;
    use proptest::prelude::*;

    #[test]
    fn a_room_comes_changes_and_goes() {
        let mut overview = fixture::overview();
        let before = overview.clone();
        let mut room = fixture::room(9, "new");
        apply(&mut overview, &Diff::Room { room: room.clone() });
        assert_eq!(overview.rooms.len(), before.rooms.len() + 1);
        room.unread = 3;
        apply(&mut overview, &Diff::Room { room: room.clone() });
        assert_eq!(overview.rooms.last(), Some(&room));
        apply(&mut overview, &Diff::RoomGone { room: room.id });
        assert_eq!(overview, before);
    }

    #[test]
    fn who_is_not_named_among_all_is_offline() {
        let mut overview = fixture::overview();
        let (a, b) = (fixture::user(1), fixture::user(2));
        let diff = |people, all| Diff::Presence { people, all };
        apply(&mut overview, &diff(vec![(a, Presence::Online), (b, Presence::Away)], true));
        apply(&mut overview, &diff(vec![(a, Presence::Offline)], false));
        assert_eq!(overview.presence, [(b, Presence::Away)]);
        apply(&mut overview, &diff(vec![], true));
        assert_eq!(overview.presence, []);
    }

    proptest! {
        /// What makes falling behind harmless: a listener may see a diff again.
        #[test]
        fn a_diff_applied_twice_changes_nothing_more(unread in 0u32..9, which in 0u8..4, up in any::<bool>()) {
            let mut room = fixture::room(which, "room");
            room.unread = unread;
            let link = if up { Link::UpToDate { rtt_ms: None } } else { Link::Stopped };
            for diff in [Diff::Room { room }, Diff::Link { link }] {
                let mut once = fixture::overview();
                apply(&mut once, &diff);
                let mut twice = once.clone();
                apply(&mut twice, &diff);
                prop_assert_eq!(once, twice);
            }
        }
    }
}
