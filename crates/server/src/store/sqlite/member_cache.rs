//! A cache of rooms' members as of the open transaction, so that an event needs no query for its
//! receivers.

use std::collections::HashMap;
use std::sync::Arc;

use homing_protocol::{RoomId, UserId};
use rusqlite::Connection;

use super::tables::members;

/// Rooms in the cache. It is cleared when it is full.
const CACHED_ROOMS: usize = 4096;

/// The members by room.
#[derive(Default)]
pub(super) struct MemberCache {
    known: HashMap<RoomId, Arc<[UserId]>>,
    changed: bool,
}

impl MemberCache {
    pub(super) fn of(&mut self, sql: &Connection, room: RoomId) -> rusqlite::Result<Arc<[UserId]>> {
        if let Some(known) = self.known.get(&room) {
            return Ok(known.clone());
        }
        let members: Arc<[UserId]> = members::audience(sql, room)?.into();
        if self.known.len() >= CACHED_ROOMS {
            self.known.clear();
        }
        self.known.insert(room, members.clone());
        Ok(members)
    }

    /// Must be called for every change of a room's members.
    pub(super) fn changed(&mut self, room: RoomId) {
        self.known.remove(&room);
        self.changed = true;
    }

    /// Marks the start of a savepoint.
    pub(super) fn begin(&mut self) {
        self.changed = false;
    }

    /// Undoes the changes since the savepoint.
    pub(super) fn roll_back(&mut self) {
        if self.changed {
            self.clear();
        }
    }

    /// Drops all entries.
    pub(super) fn clear(&mut self) {
        self.known.clear();
    }
}
