//! Finds rooms and people by what was typed.

use homing_engine::view::{Overview, Room};
use homing_protocol::http::PublicRoom;
use homing_protocol::{RoomKind, UserId};

use crate::failure::{Code, Failure};

/// Finds a room by its id, by `#name` or name, or by the people of a direct room: `@ada`, or
/// `@ada,ben` for several.
pub(crate) fn find<'a>(overview: &'a Overview, words: &str) -> Result<&'a Room, Failure> {
    if let Ok(id) = words.parse()
        && let Some(room) = overview.rooms.iter().find(|room| room.id == id)
    {
        return Ok(room);
    }
    let found: Vec<_> = match words.strip_prefix('@') {
        Some(people) => {
            let mut wanted: Vec<_> = people.split(',').map(folded).collect();
            wanted.sort();
            overview.rooms.iter().filter(|room| names(overview, room) == wanted).collect()
        }
        None => {
            let wanted = folded(words.strip_prefix('#').unwrap_or(words));
            let is_meant =
                |room: &&Room| room.kind != RoomKind::Direct && folded(&room.name) == wanted;
            overview.rooms.iter().filter(is_meant).collect()
        }
    };
    match found.as_slice() {
        [room] => Ok(room),
        [] => Err(Failure::new(
            Code::NotFound,
            format!(
                "you're not in a room called {words}. Run `homing rooms` to list yours, or `homing \
                 room browse` to list those you can join"
            ),
        )),
        _ => Err(Failure::new(
            Code::NotFound,
            format!("several of your rooms are called {words}. Use an ID from `homing rooms`"),
        )),
    }
}

/// Finds a public room by id, `#name` or name. Names of public rooms are unique.
pub(crate) fn find_public<'a>(
    rooms: &'a [PublicRoom],
    words: &str,
) -> Result<&'a PublicRoom, Failure> {
    let id = words.parse().ok();
    let wanted = folded(words.strip_prefix('#').unwrap_or(words));
    let by_id = rooms.iter().find(|room| Some(room.room) == id);
    by_id.or_else(|| rooms.iter().find(|room| folded(&room.name) == wanted)).ok_or_else(|| {
        let text = format!(
            "there's no room called {words} that you can join. Run `homing room browse` to list \
             those you can join, or ask someone in a private room to add you"
        );
        Failure::new(Code::NotFound, text)
    })
}

/// The people with these names. `act` is the verb of the error message.
pub(crate) fn people<'a>(
    overview: &Overview,
    names: impl IntoIterator<Item = &'a str>,
    act: &str,
) -> Result<Vec<UserId>, Failure> {
    let missing = |name: &str, what: &str| {
        let text = format!("{what} {name}. `homing people` lists everyone in the space");
        Failure::new(Code::NotFound, text)
    };
    let mut found = Vec::new();
    for name in names {
        let wanted = folded(name);
        let named = overview.people.iter().find(|person| folded(&person.name) == wanted);
        let person = named.ok_or_else(|| missing(name.trim(), "there's no one called"))?;
        if person.gone {
            return Err(missing(&person.name, &format!("you can't {act} a disabled account:")));
        }
        found.push(person.id);
    }
    Ok(found)
}

/// The title of a room: `#general`, or `@ada,ben`.
pub(crate) fn title(overview: &Overview, room: &Room) -> String {
    if room.kind == RoomKind::Direct {
        let people: Vec<_> =
            room.people.iter().map(|user| crate::text::name(overview, *user)).collect();
        format!("@{}", people.join(","))
    } else {
        format!("#{}", crate::text::plain(&room.name))
    }
}

/// The names of the people in a direct room.
fn names(overview: &Overview, room: &Room) -> Vec<String> {
    let mut names: Vec<_> = overview
        .people
        .iter()
        .filter(|person| room.kind == RoomKind::Direct && room.people.contains(&person.id))
        .map(|person| folded(&person.name))
        .collect();
    names.sort();
    names
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use homing_protocol::Seq;
    use homing_testkit::builders;

    fn room(n: u64, kind: RoomKind, name: &str, people: &[u64]) -> Room {
        Room {
            id: builders::room_id(n),
            kind,
            name: name.to_owned(),
            topic: String::new(),
            members: 2,
            people: people.iter().copied().map(builders::user_id).collect(),
            head: Seq(0),
            read: Seq(0),
            delivered: Seq(0),
            unread: 0,
            mentions: 0,
            muted: false,
            muted_until: None,
            notify: None,
            draft: String::new(),
            other_draft: String::new(),
            last: None,
        }
    }

    #[test]
    fn the_room_that_was_meant_is_found() {
        let rooms = vec![
            room(1, RoomKind::Public, "General", &[]),
            room(2, RoomKind::Private, "twins", &[]),
            room(3, RoomKind::Public, "twins", &[]),
            room(4, RoomKind::Direct, "", &[1]),
            room(5, RoomKind::Direct, "", &[1, 2]),
        ];
        let overview = Overview { rooms, ..samples::overview() };
        for (words, expected) in [
            ("general", Some(1)),
            ("#General", Some(1)),
            ("@Ada", Some(4)),
            ("@ben, ada", Some(5)),
            ("@cleo", None),
            ("@", None),
            ("", None),
            ("twins", None),
            ("nowhere", None),
            (&builders::room_id(3).to_string(), Some(3)),
            (&builders::room_id(7).to_string(), None),
        ] {
            let found = find(&overview, words).map(|room| room.id);
            match expected {
                Some(n) => assert_eq!(found, Ok(builders::room_id(n)), "{words}"),
                None => assert_eq!(found.unwrap_err().code, Code::NotFound, "{words}"),
            }
        }
        assert_eq!(title(&overview, &overview.rooms[4]), "@Ada,Ben");
        assert_eq!(title(&overview, &overview.rooms[0]), "#General");
    }
}
