//! What a viewer sees of a space, out of what is known of it.

use std::time::Duration;

use homing_protocol::event::Content;
use homing_protocol::{Event, RoomId, Seq, UserId};
use tokio::time::Instant;

use super::Space;
use crate::link::Phase;
use crate::store::{LastMessage, Notice, RoomRow, StoreError};
use crate::view::{Link, Overview, Preview, Room};

/// Characters of a preview: more than any list of rooms shows in a line.
const PREVIEW_CHARS: usize = 160;

/// A room, and what is counted from the store rather than kept in it.
#[derive(Debug)]
pub(super) struct KnownRoom {
    pub(super) row: RoomRow,
    unread: u32,
    mentions: u32,
}

impl KnownRoom {
    pub(super) fn new(row: RoomRow) -> Self {
        Self { row, unread: 0, mentions: 0 }
    }

    /// A message came to the end of the room, or is the newest of what came.
    pub(super) fn previews(&mut self, event: &Event) {
        let newer = self.row.last.as_ref().is_none_or(|last| event.seq > last.seq);
        if let (true, Content::Message(message)) = (newer, event.content()) {
            self.row.last = Some(LastMessage {
                seq: event.seq,
                sender: event.sender,
                text: message.text.chars().take(PREVIEW_CHARS).collect(),
                ts: event.ts,
            });
        }
    }
}

/// What an event is to the count of unread messages of `me`.
pub(super) fn notice(event: &Event, me: UserId) -> Notice {
    match event.content() {
        Content::Message(_) if event.sender == me => Notice::None,
        Content::Message(message) if message.mentions.contains(&me) => Notice::Mention,
        Content::Message(_) => Notice::Message,
        _ => Notice::None,
    }
}

impl Space {
    /// How far the viewer has read: here or on any other device.
    pub(super) fn read_up_to(&self, room: RoomId) -> Seq {
        let told = self.rooms.get(&room).map_or(Seq(0), |known| known.row.info.read);
        self.own.read(room).max(told)
    }

    /// Counts what is unread, and answers the room as it is to be shown.
    ///
    /// The store is asked when it holds everything past the read marker; else the server, whose
    /// count is part of its description, knows better, and only what came since is added.
    pub(super) async fn recounted(&mut self, room: RoomId) -> Result<Option<Room>, StoreError> {
        let read = self.read_up_to(room);
        let Some(known) = self.rooms.get(&room) else {
            return Ok(None);
        };
        let info = &known.row.info;
        let head = known.row.head;
        let missing = self
            .backfill
            .cursor(room)
            .is_none_or(|cursor| !cursor.missing(read.next(), head).is_empty());
        let (unread, mentions) = if read >= head {
            (0, 0)
        } else if missing && info.read == read {
            let since = self.ground.store.unread(room, info.head).await?;
            (info.unread.saturating_add(since.0), info.mentions.saturating_add(since.1))
        } else {
            self.ground.store.unread(room, read).await?
        };
        self.backfill.mark_unread(room, unread > 0);
        if let Some(known) = self.rooms.get_mut(&room) {
            (known.unread, known.mentions) = (unread, mentions);
        }
        Ok(self.room(room))
    }

    pub(super) fn room(&self, room: RoomId) -> Option<Room> {
        let KnownRoom { row, unread, mentions } = self.rooms.get(&room)?;
        let info = &row.info;
        let me = self.ground.record.user;
        let last = row.last.as_ref();
        Some(Room {
            id: info.room,
            kind: info.kind,
            name: info.name.clone(),
            topic: info.topic.clone(),
            members: info.members,
            people: info.people.iter().copied().filter(|user| *user != me).collect(),
            head: row.head,
            read: self.read_up_to(room),
            delivered: info.delivered,
            unread: *unread,
            mentions: *mentions,
            muted: self.own.muted(room),
            draft: self.own.draft(room).to_owned(),
            last: last.map(|last| Preview {
                sender: last.sender,
                text: last.text.clone(),
                ts: last.ts,
            }),
        })
    }

    pub(super) fn overview(&self) -> Overview {
        Overview {
            space: self.ground.record.view(),
            link: self.link.clone(),
            rooms: self.rooms.keys().filter_map(|room| self.room(*room)).collect(),
            people: self.people.values().cloned().collect(),
            presence: self.presence.iter().map(|(user, presence)| (*user, *presence)).collect(),
            outbox: self.worker.count(),
        }
    }

    /// The one line of truth.
    pub(super) fn link(&self) -> Link {
        if let Some(online) = &self.online {
            let behind = u32::try_from(self.backfill.behind()).unwrap_or(u32::MAX);
            return if online.digested && behind == 0 && self.own.is_caught_up() {
                Link::UpToDate { rtt_ms: self.rtt_ms }
            } else {
                Link::CatchingUp { rooms: behind }
            };
        }
        self.down.clone()
    }

    /// The same without a connection.
    pub(super) fn down(&self, phase: Phase) -> Link {
        match phase {
            Phase::Waiting { until, attempt, why } => {
                let wait = until.saturating_duration_since(Instant::now());
                Link::Waiting { until: self.wall(wait), attempt, why }
            }
            Phase::Connecting { attempt } => Link::Connecting { attempt },
            Phase::Stopped => Link::Stopped,
            Phase::Refused { why } => Link::Refused { why },
        }
    }

    /// The wall clock's time after this wait.
    fn wall(&self, wait: Duration) -> i64 {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.ground.clock.now_ms().saturating_add(wait)
    }
}
