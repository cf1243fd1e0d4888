//! The badge, and the tray with its menu. Pure.

use homing_engine::view::{ConnectionState, Overview, Room};
use homing_protocol::{RoomKind, UserId};
use jiff::tz::TimeZone;

use crate::dto::{NotifyLevel, Settings, Status};
use crate::hours::Local;
use crate::names::fitted;
use crate::ports::{OverallConnection, TrayState, Unread, UnreadRoom};
use crate::words::Words;

/// Rooms in the tray's menu.
const MENU_ROOMS: usize = 5;

/// What badge and tray show at a time, in milliseconds since 1970, in a time zone.
#[must_use]
pub fn compute(
    spaces: &[Overview],
    settings: &Settings,
    words: Words,
    now: i64,
    zone: &TimeZone,
) -> TrayState {
    let until = settings.notify_paused_until;
    TrayState {
        words,
        unread: unread(spaces, settings, words),
        connected: connected(spaces),
        unsent: spaces.iter().map(|space| space.outbox.waiting + space.outbox.wedged).sum(),
        status: same_status(spaces),
        paused: (now < until).then(|| Local::at(until, zone).clock()),
    }
}

/// The unread counts of all spaces. Muted rooms and spaces do not count; a room that notifies of
/// mentions only counts by its mentions.
#[must_use]
pub fn unread(spaces: &[Overview], settings: &Settings, words: Words) -> Unread {
    let level = settings.notify;
    let mut unread = Unread::default();
    let mut rooms = Vec::new();
    let loud = |overview: &&Overview| !settings.muted_spaces.contains(&overview.space.id);
    for overview in spaces.iter().filter(loud) {
        for room in overview.rooms.iter().filter(|room| room.unread > 0 && !room.muted) {
            let to_me = if room.kind == RoomKind::Direct { room.unread } else { room.mentions };
            let counted = match (room.notify, level) {
                // A room without notifications still counts here.
                (Some(NotifyLevel::All), _) | (None, NotifyLevel::All | NotifyLevel::Nothing) => {
                    room.unread
                }
                (Some(NotifyLevel::Mentions | NotifyLevel::Nothing), _)
                | (None, NotifyLevel::Mentions) => to_me,
            };
            unread.mentions += to_me;
            unread.messages += counted;
            let name = title(overview, room, words);
            let title = match spaces {
                [_] => fitted([&name], |[name]| name.to_owned()),
                _ => fitted([&name, &overview.space.name], |[name, space]| {
                    words.in_space(name, space)
                }),
            };
            let (space, room, count) = (overview.space.id, room.id, room.unread);
            rooms.push((to_me, UnreadRoom { space, room, title, unread: count }));
        }
    }
    rooms.sort_by(|(a_to_me, a), (b_to_me, b)| {
        (b_to_me, b.unread).cmp(&(a_to_me, a.unread)).then_with(|| a.title.cmp(&b.title))
    });
    unread.rooms = rooms.into_iter().take(MENU_ROOMS).map(|(_, room)| room).collect();
    unread
}

/// The connections of all spaces; if none is connected, the most promising state.
fn connected(spaces: &[Overview]) -> Option<OverallConnection> {
    let of = spaces.len();
    let is_up = |one: &&Overview| {
        matches!(
            one.connection,
            ConnectionState::UpToDate { .. } | ConnectionState::CatchingUp { .. }
        )
    };
    let any = |fits: fn(&ConnectionState) -> bool| spaces.iter().any(|one| fits(&one.connection));
    Some(match spaces.iter().filter(is_up).count() {
        _ if of == 0 => return None,
        up if up == of => OverallConnection::All,
        0 if any(|link| matches!(link, ConnectionState::Connecting { .. })) => {
            OverallConnection::Connecting
        }
        0 if any(|link| matches!(link, ConnectionState::Waiting { .. })) => {
            OverallConnection::Offline
        }
        0 if any(|link| matches!(link, ConnectionState::Stopped)) => OverallConnection::Stopped,
        0 => OverallConnection::Refused,
        spaces => OverallConnection::Some { spaces, of },
    })
}

fn same_status(spaces: &[Overview]) -> Option<Status> {
    let mut all = spaces.iter().map(|overview| overview.status);
    let first = all.next()?;
    all.all(|status| status == first).then_some(first)
}

/// A room's title outside the interface.
pub(crate) fn title(overview: &Overview, room: &Room, words: Words) -> String {
    if room.kind != RoomKind::Direct {
        return format!("#{}", room.name);
    }
    words.people(room.people.iter().map(|user| person(overview, *user)))
}

pub(crate) fn has_name(overview: &Overview, user: UserId) -> bool {
    overview.people.iter().any(|one| one.id == user)
}

pub(crate) fn person(overview: &Overview, user: UserId) -> &str {
    overview.people.iter().find(|one| one.id == user).map_or("?", |one| one.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use homing_protocol::SpaceId;

    fn with_unread(counts: [u32; 3]) -> Overview {
        let mut overview = fixture::overview();
        for (room, count) in overview.rooms.iter_mut().zip(counts) {
            room.unread = count;
        }
        overview
    }

    fn wanting(notify: NotifyLevel) -> Settings {
        Settings { notify, ..Settings::default() }
    }

    fn titles(unread: &Unread) -> Vec<&str> {
        unread.rooms.iter().map(|room| room.title.as_str()).collect()
    }

    #[test]
    fn the_badge_counts_what_is_not_muted() {
        let mut overview = with_unread([5, 7, 2]);
        overview.rooms[1].muted = true;
        let badge =
            unread(std::slice::from_ref(&overview), &wanting(NotifyLevel::All), Words::English);
        assert_eq!((badge.messages, badge.mentions), (7, 2));
        assert_eq!(titles(&badge), ["Mei Lin", "#general"], "what is meant for me comes first");
        assert_eq!(
            unread(&[overview], &wanting(NotifyLevel::Mentions), Words::English).messages,
            2
        );
    }

    #[test]
    fn a_muted_space_counts_nothing() {
        let quiet = with_unread([5, 7, 2]);
        let mut other = with_unread([1, 0, 0]);
        other.space.id = SpaceId(uuid::Uuid::from_u128(9));
        let muted_spaces = vec![quiet.space.id];
        let settings = Settings { muted_spaces, ..Settings::default() };
        assert_eq!(unread(&[quiet, other], &settings, Words::English).messages, 1);
    }

    #[test]
    fn a_room_counts_by_what_is_wanted_of_it() {
        let mut overview = with_unread([5, 0, 0]);
        overview.rooms[0].mentions = 1;
        for (room, everywhere, counted) in [
            (None, NotifyLevel::All, 5),
            (None, NotifyLevel::Mentions, 1),
            (None, NotifyLevel::Nothing, 5),
            (Some(NotifyLevel::All), NotifyLevel::Mentions, 5),
            (Some(NotifyLevel::Mentions), NotifyLevel::All, 1),
            (Some(NotifyLevel::Nothing), NotifyLevel::All, 1),
        ] {
            overview.rooms[0].notify = room;
            let badge =
                unread(std::slice::from_ref(&overview), &wanting(everywhere), Words::English);
            assert_eq!(badge.messages, counted, "{room:?} {everywhere:?}");
        }
    }

    #[test]
    fn several_spaces_have_one_badge_and_their_rooms_say_whose_they_are() {
        let mut other = with_unread([1, 9, 0]);
        other.space.id = SpaceId(uuid::Uuid::from_u128(9));
        other.space.name = "Loft".to_owned();
        let badge =
            unread(&[with_unread([2, 3, 4]), other], &wanting(NotifyLevel::All), Words::English);
        assert_eq!(badge.messages, 19);
        let expected = [
            "Mei Lin – Northlight",
            "#design – Loft",
            "#design – Northlight",
            "#general – Northlight",
            "#general – Loft",
        ];
        assert_eq!(titles(&badge), expected);
    }

    #[test]
    fn a_pause_is_told_until_it_is_over() {
        let zone = TimeZone::posix("CST-8").unwrap();
        // 15:30 in Shanghai.
        let settings = Settings { notify_paused_until: 1_767_252_600_000, ..Settings::default() };
        let told = |now| compute(&[], &settings, Words::English, now, &zone).paused;
        assert_eq!(told(settings.notify_paused_until - 1).as_deref(), Some("15:30"));
        assert_eq!(told(settings.notify_paused_until), None);
    }

    #[test]
    fn the_connections_of_all_spaces_are_one_line() {
        use homing_engine::view::{ConnectionFailure, RetryPrompt};
        let up = ConnectionState::UpToDate { rtt_ms: None };
        let behind = ConnectionState::CatchingUp { rooms: 1, messages: 1 };
        let trying = ConnectionState::Connecting { attempt: 0, ask: RetryPrompt::NotYet };
        let why = ConnectionFailure::Unreachable;
        let waiting =
            ConnectionState::Waiting { until: 0, attempt: 1, why, ask: RetryPrompt::NotYet };
        let refused = ConnectionState::Refused { why: ConnectionFailure::SignedOut };
        for (links, expected) in [
            (vec![], None),
            (vec![&up], Some(OverallConnection::All)),
            (vec![&up, &behind], Some(OverallConnection::All)),
            (vec![&up, &waiting, &refused], Some(OverallConnection::Some { spaces: 1, of: 3 })),
            (vec![&waiting, &trying], Some(OverallConnection::Connecting)),
            (vec![&ConnectionState::Stopped, &waiting], Some(OverallConnection::Offline)),
            (vec![&refused, &ConnectionState::Stopped], Some(OverallConnection::Stopped)),
            (vec![&refused], Some(OverallConnection::Refused)),
        ] {
            let space = |link: &&ConnectionState| Overview {
                connection: (*link).clone(),
                ..fixture::overview()
            };
            let spaces: Vec<_> = links.iter().map(space).collect();
            assert_eq!(connected(&spaces), expected, "{links:?}");
        }
    }

    #[test]
    fn a_status_is_told_if_it_is_the_same_in_every_space() {
        let quiet = Overview { status: Status::Quiet, ..fixture::overview() };
        for (spaces, status) in [
            (vec![], None),
            (vec![quiet.clone()], Some(Status::Quiet)),
            (vec![quiet.clone(), quiet.clone()], Some(Status::Quiet)),
            (vec![quiet, fixture::overview()], None),
        ] {
            assert_eq!(same_status(&spaces), status);
        }
    }
}
