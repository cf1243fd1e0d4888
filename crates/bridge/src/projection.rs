//! The application's view, kept up to date by applying changes.
//!
//! The pump holds one [`AppView`] and changes it only by the [`Change`]s that it pushes. A snapshot is
//! a copy of it and can therefore never disagree with the changes that follow.

use homing_engine::diff::Diff;
use homing_engine::view::Overview;
use homing_protocol::SpaceId;
use homing_protocol::frame::Presence;

use crate::dto::AppView;
use crate::event::Change;

impl AppView {
    /// Applies one change. A change in an unknown space has no effect.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::In { space, diff } => {
                if let Some(overview) = self.space_mut(*space) {
                    apply_diff(overview, diff);
                }
            }
            Change::SpaceEntered { overview } => {
                put(&mut self.spaces, &**overview, |one| one.space.id);
            }
            Change::SpaceLeft { space } => self.spaces.retain(|one| one.space.id != *space),
            Change::Rescued { rescued } => self.rescued.clone_from(rescued),
            Change::Unreadable { unreadable } => self.unreadable.clone_from(unreadable),
            Change::Settings { settings } => self.settings.clone_from(settings),
            Change::Keyring { keyring } => self.keyring.clone_from(keyring),
            Change::Sealed { sealed } => self.sealed = *sealed,
            Change::Desktop { desktop } => self.desktop.clone_from(desktop),
            Change::Hosting { hosting } => self.hosting.clone_from(hosting),
            Change::Update { update } => self.update.clone_from(update),
            Change::Open { open } => self.open = Some(open.clone()),
            // A tool requests the present entries when it is opened.
            Change::Traffic { .. } | Change::Examination { .. } => {}
        }
    }

    /// An opened space.
    pub(crate) fn space_mut(&mut self, space: SpaceId) -> Option<&mut Overview> {
        self.spaces.iter_mut().find(|one| one.space.id == space)
    }
}

/// Applies one diff. Diffs about timeline rows change nothing here, because timelines are requested
/// and not kept.
fn apply_diff(overview: &mut Overview, diff: &Diff) {
    match diff {
        Diff::Space { space } => overview.space = space.clone(),
        Diff::Status { status } => overview.status = *status,
        Diff::Connection { connection: link } => overview.connection = link.clone(),
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
    use homing_engine::view::ConnectionState;
    use proptest::prelude::*;

    #[test]
    fn a_room_comes_changes_and_goes() {
        let mut overview = fixture::overview();
        let before = overview.clone();
        let mut room = fixture::room(9, "new");
        apply_diff(&mut overview, &Diff::Room { room: room.clone() });
        assert_eq!(overview.rooms.len(), before.rooms.len() + 1);
        room.unread = 3;
        apply_diff(&mut overview, &Diff::Room { room: room.clone() });
        assert_eq!(overview.rooms.last(), Some(&room));
        apply_diff(&mut overview, &Diff::RoomGone { room: room.id });
        assert_eq!(overview, before);
    }

    #[test]
    fn a_space_comes_changes_and_goes() {
        let mut view = fixture::view();
        let before = view.clone();
        let overview = fixture::overview();
        let space = overview.space.id;
        view.apply(&Change::SpaceEntered { overview: Box::new(overview.clone()) });
        assert_eq!(view.spaces, std::slice::from_ref(&overview));
        let diff = Box::new(Diff::Room { room: fixture::room(9, "new") });
        view.apply(&Change::In { space, diff: diff.clone() });
        assert_eq!(view.spaces[0].rooms.len(), overview.rooms.len() + 1);
        view.apply(&Change::SpaceLeft { space });
        assert_eq!(view, before);
        view.apply(&Change::In { space, diff });
        assert_eq!(view, before, "a space that is gone stays gone");
    }

    #[test]
    fn who_is_not_named_among_all_is_offline() {
        let mut overview = fixture::overview();
        let (a, b) = (fixture::user(1), fixture::user(2));
        let diff = |people, all| Diff::Presence { people, all };
        apply_diff(&mut overview, &diff(vec![(a, Presence::Online), (b, Presence::Away)], true));
        apply_diff(&mut overview, &diff(vec![(a, Presence::Offline)], false));
        assert_eq!(overview.presence, [(b, Presence::Away)]);
        apply_diff(&mut overview, &diff(vec![], true));
        assert_eq!(overview.presence, []);
    }

    proptest! {
        /// After a lag a subscriber may see a diff again, which must be harmless.
        #[test]
        fn a_diff_applied_twice_changes_nothing_more(unread in 0u32..9, which in 0u8..4, up in any::<bool>()) {
            let mut room = fixture::room(which, "room");
            room.unread = unread;
            let link = if up { ConnectionState::UpToDate { rtt_ms: None } } else { ConnectionState::Stopped };
            for diff in [Diff::Room { room }, Diff::Connection { connection: link }] {
                let mut once = fixture::overview();
                apply_diff(&mut once, &diff);
                let mut twice = once.clone();
                apply_diff(&mut twice, &diff);
                prop_assert_eq!(once, twice);
            }
        }
    }
}
