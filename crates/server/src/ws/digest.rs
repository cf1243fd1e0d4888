//! Splits a snapshot into `digest` frames within the limits of count and size.

use homing_protocol::frame::Digest;
use homing_protocol::limits::{DIGEST_PEOPLE, DIGEST_ROOMS};
use homing_protocol::{Person, Pos, RoomInfo};

use crate::store::Snapshot;

/// Estimated bytes per digest. Far below the frame limit, because a connection's write buffer stays
/// as large as its largest frame, and every client gets digests.
const BYTES: usize = 16 * 1024;

/// Returns at least one frame. All but the last have `more` and the client's old position, so that
/// a client that is cut off in between asks for all of it again.
#[must_use]
pub fn split(snapshot: Snapshot, since: Pos) -> Vec<Digest> {
    let open = || Digest { pos: since, more: true, ..Digest::default() };
    let mut frames = Vec::new();
    let mut frame = open();
    let mut bytes = 0;
    for person in snapshot.people {
        let size = person_bytes(&person);
        if frame.people.len() >= DIGEST_PEOPLE || bytes + size > BYTES {
            frames.push(std::mem::replace(&mut frame, open()));
            bytes = 0;
        }
        bytes += size;
        frame.people.push(person);
    }
    for room in snapshot.rooms {
        let size = room_bytes(&room);
        if frame.rooms.len() >= DIGEST_ROOMS || bytes + size > BYTES {
            frames.push(std::mem::replace(&mut frame, open()));
            bytes = 0;
        }
        bytes += size;
        frame.rooms.push(room);
    }
    frame.pos = snapshot.pos;
    frame.more = false;
    frames.push(frame);
    frames
}

// Twice the text covers escapes. The rest is ids, numbers and field names.
fn person_bytes(person: &Person) -> usize {
    120 + person.name.len() * 2
}

fn room_bytes(room: &RoomInfo) -> usize {
    let lists = room.people.len() * 40 + room.restores.len() * 64;
    320 + (room.name.len() + room.topic.len()) * 2 + lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_protocol::{Role, RoomId, RoomKind, Seq, ServerFrame, Useq, UserId};
    use uuid::Uuid;

    fn snapshot(rooms: u128, people: u128, topic: &str) -> Snapshot {
        let rooms = (0..rooms)
            .map(|n| RoomInfo {
                room: RoomId(Uuid::from_u128(n)),
                kind: RoomKind::Public,
                name: "name".into(),
                topic: topic.into(),
                members: 2,
                people: Vec::new(),
                head: Seq(u64::MAX >> 12),
                min: Seq(1),
                read: Seq(u64::MAX >> 12),
                unread: u32::MAX,
                mentions: u32::MAX,
                delivered: Seq(u64::MAX >> 12),
                pos: Pos(u64::MAX >> 12),
                restores: Vec::new(),
            })
            .collect();
        let people = (0..people)
            .map(|n| Person {
                id: UserId(Uuid::from_u128(n)),
                name: "\"".repeat(64),
                role: Role::Member,
                gone: false,
            })
            .collect();
        Snapshot { pos: Pos(9), useq: Useq(0), rooms, people, space_name: String::new() }
    }

    #[test]
    fn every_frame_fits_and_nothing_is_left_out() {
        for (rooms, people, topic) in [
            (0, 0, String::new()),
            (1, 1, String::new()),
            (200, 500, String::new()),
            (1001, 1001, "\"".repeat(250)),
            (500, 0, "鸽".repeat(250)),
        ] {
            let frames = split(snapshot(rooms, people, &topic), Pos(3));
            let (last, others) = frames.split_last().unwrap();
            assert!(!last.more && last.pos == Pos(9));
            assert!(others.iter().all(|frame| frame.more && frame.pos == Pos(3)));
            let got: usize = frames.iter().map(|frame| frame.rooms.len()).sum();
            assert_eq!(got as u128, rooms);
            let got: usize = frames.iter().map(|frame| frame.people.len()).sum();
            assert_eq!(got as u128, people);
            for frame in frames {
                assert!(frame.rooms.len() <= DIGEST_ROOMS && frame.people.len() <= DIGEST_PEOPLE);
                assert!(ServerFrame::Digest(frame).encode().len() <= BYTES + BYTES / 4);
            }
        }
    }
}
