//! Builds what a viewer sees from the state of a space.

use std::time::Duration;

use homing_protocol::event::Content;
use homing_protocol::{Event, Fold, RoomId, Seq, UserId, mention};
use tokio::time::Instant;

use super::SpaceTask;
use crate::connection::DownState;
use crate::diff::Diff;
use crate::store::{LastMessage, RoomRow, StoreError, UnreadKind};
use crate::view::{ConnectionState, Hole, Mute, Overview, Preview, Room};

/// The maximum of a preview: more than any list of rooms shows.
const PREVIEW_CHARS: usize = 160;

/// A room's row, and what is derived from the store.
#[derive(Debug)]
pub(super) struct RoomState {
    pub(super) row: RoomRow,
    unread: u32,
    mentions: u32,
    /// The holes that were last published.
    missing: Vec<Hole>,
    /// As of which seq the preview is folded.
    last_as_of: Seq,
}

impl RoomState {
    pub(super) fn new(row: RoomRow) -> Self {
        Self { row, unread: 0, mentions: 0, missing: Vec::new(), last_as_of: Seq(0) }
    }

    /// Updates the preview if this is the newest message.
    pub(super) fn previews(&mut self, event: &Event) {
        let newer = self.row.last.as_ref().is_none_or(|last| event.seq > last.seq);
        if let (true, Content::Message(message)) = (newer, event.content()) {
            self.row.last = Some(LastMessage {
                seq: event.seq,
                sender: event.sender,
                text: preview(&message.text),
                ts: event.happened(),
                gone: false,
            });
            self.last_as_of = event.seq;
        }
    }

    /// Updates the preview if this is what became of its message.
    pub(super) fn previews_fold(&mut self, fold: &Fold) {
        let Some(last) = &mut self.row.last else { return };
        if last.seq != fold.seq || fold.as_of < self.last_as_of {
            return;
        }
        self.last_as_of = fold.as_of;
        if fold.gone.is_some() {
            last.text.clear();
            last.gone = true;
        } else if let Some(edit) = &fold.edit {
            last.text = preview(&edit.text);
        }
    }
}

/// The beginning of a text, with its tokens.
fn preview(text: &str) -> String {
    mention::beginning(text, PREVIEW_CHARS).to_owned()
}

/// Whether a text mentions `me`. `people` is what its sender told of it, and the server checked.
pub(super) fn names(text: &str, people: &[UserId], me: UserId) -> bool {
    people.contains(&me) || mention::read(text).room
}

/// Whether `me` counts this event as unread.
pub(super) fn unread_kind(event: &Event, me: UserId) -> UnreadKind {
    match event.content() {
        Content::Message(_) if event.sender == me => UnreadKind::None,
        Content::Message(message) if names(&message.text, &message.mentions, me) => {
            UnreadKind::Mention
        }
        Content::Message(_) => UnreadKind::Message,
        _ => UnreadKind::None,
    }
}

impl SpaceTask {
    /// How far the viewer has read, on any device. It only rises.
    pub(super) fn read_marker(&self, room: RoomId) -> Seq {
        let told = self.rooms.get(&room).map_or(Seq(0), |known| known.row.info.read);
        self.own.read(room).max(told)
    }

    /// Before what is unread: the read marker, or what the viewer marked as unread before it.
    pub(super) fn read_up_to(&self, room: RoomId) -> Seq {
        let marker = self.read_marker(room);
        let mark = self.own.unread(room);
        mark.map_or(marker, |from| marker.min(Seq(from.0.saturating_sub(1))))
    }

    /// Counts unread messages, and returns the room as it is shown.
    ///
    /// The store is counted if it has everything after the read marker. Otherwise the server's
    /// count in the description is used, plus what came since. What the viewer marked as unread again
    /// lies before the marker and is counted in the store, which gets what it misses of it with the
    /// room's other holes.
    pub(super) async fn recounted(&mut self, room: RoomId) -> Result<Option<Room>, StoreError> {
        let (read, from) = (self.read_marker(room), self.read_up_to(room));
        let Some(known) = self.rooms.get(&room) else {
            return Ok(None);
        };
        let info = &known.row.info;
        let head = known.row.head;
        let cursor = self.backfill.cursor(room);
        let lacks =
            |from: Seq, to| cursor.is_none_or(|held| !held.missing(from.next(), to).is_empty());
        let (missing, again) = (lacks(read, head), from < read);
        let unsure = again && lacks(from, read);
        let (mut unread, mut mentions) = if read >= head {
            (0, 0)
        } else if missing && info.read == read {
            let since = self.deps.store.unread(room, info.head).await?;
            (info.unread.saturating_add(since.0), info.mentions.saturating_add(since.1))
        } else {
            self.deps.store.unread(room, read).await?
        };
        if again {
            let all = self.deps.store.unread(room, from).await?;
            let after = self.deps.store.unread(room, read).await?;
            unread = unread.saturating_add(all.0.saturating_sub(after.0)).max(unsure.into());
            mentions = mentions.saturating_add(all.1.saturating_sub(after.1));
        }
        self.backfill.mark_unread(room, unread > 0);
        if let Some(known) = self.rooms.get_mut(&room) {
            (known.unread, known.mentions) = (unread, mentions);
        }
        Ok(self.room(room))
    }

    /// The holes of a room, if they have changed: those in its log, and what is missing at its end.
    pub(super) fn missing(&mut self, room: RoomId) -> Option<Diff> {
        let known = self.rooms.get_mut(&room)?;
        let holes = self.backfill.cursor(room)?.missing(Seq(1), known.row.head);
        if holes == known.missing {
            return None;
        }
        known.missing.clone_from(&holes);
        Some(Diff::Holes { room, holes })
    }

    pub(super) fn room(&self, room: RoomId) -> Option<Room> {
        let RoomState { row, unread, mentions, .. } = self.rooms.get(&room)?;
        let info = &row.info;
        let me = self.deps.record.user;
        let last = row.last.as_ref();
        let mute = self.own.mute(room);
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
            muted: match mute {
                Mute::No => false,
                Mute::Until(time) => time > self.deps.clock.now_ms(),
                Mute::ForEver => true,
            },
            muted_until: match mute {
                Mute::Until(time) => Some(time),
                Mute::No | Mute::ForEver => None,
            },
            notify: self.own.notify(room),
            draft: self.own.draft(room).to_owned(),
            other_draft: self.own.other_draft(room).to_owned(),
            last: last.map(|last| Preview {
                sender: last.sender,
                text: last.text.clone(),
                ts: last.ts,
                gone: last.gone,
            }),
        })
    }

    pub(super) fn overview(&self) -> Overview {
        Overview {
            space: self.deps.record.view(),
            connection: self.connection_state.clone(),
            rooms: self.rooms.keys().filter_map(|room| self.room(*room)).collect(),
            people: self.people.values().cloned().collect(),
            presence: self.presence.iter().map(|(user, presence)| (*user, *presence)).collect(),
            status: self.own.status(),
            outbox: self.send_queue.count(),
        }
    }

    /// The state of the connection, as it is shown.
    pub(super) fn connection_state(&self) -> ConnectionState {
        if let Some(online) = &self.online {
            let (rooms, messages) = self.backfill.behind();
            return if online.digested && rooms == 0 && self.own.is_caught_up() {
                ConnectionState::UpToDate { rtt_ms: self.rtt_ms }
            } else {
                ConnectionState::CatchingUp { rooms, messages }
            };
        }
        self.down_view.clone()
    }

    /// Computes the view of the down state. It is not computed on every access, because the
    /// wall-clock time of the next attempt would differ by a millisecond each time.
    pub(super) fn refresh_down_view(&mut self) {
        self.down_view = match &self.down_state {
            DownState::Waiting { until, attempt, why } => {
                let wait = until.saturating_duration_since(Instant::now());
                let (until, ask) = (self.wall(wait), self.retry_prompter.prompt(*attempt));
                ConnectionState::Waiting { until, attempt: *attempt, why: why.clone(), ask }
            }
            DownState::Connecting { attempt } => ConnectionState::Connecting {
                attempt: *attempt,
                ask: self.retry_prompter.prompt(*attempt),
            },
            DownState::Stopped => ConnectionState::Stopped,
            DownState::Refused { why } => ConnectionState::Refused { why: why.clone() },
        };
    }

    /// The wall-clock time after this wait.
    fn wall(&self, wait: Duration) -> i64 {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.deps.clock.now_ms().saturating_add(wait)
    }
}
