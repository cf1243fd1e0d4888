//! What a viewer of one space sees: rooms, people, the rows of a timeline, the state of the
//! connection.
//!
//! These types are sent to the interface as they are (`docs/decisions/0006`). So they say what to
//! show and never how. All of it can be rebuilt from the store at any time, so a viewer that goes
//! away loses nothing.

use homing_protocol::frame::Presence;
use homing_protocol::limits::ROOM_MENTION_MEMBERS;
use homing_protocol::{
    Cid, Content, Event, MessageRef, Person, Role, RoomId, RoomKind, Seq, SpaceId, UserId, mention,
};
use serde::{Deserialize, Serialize};

use crate::net::connector::ProxyError;
use crate::net::unexpected_response::UnexpectedResponse;

/// The space, and who the viewer is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its name.
    pub name: String,
    /// `host:port` of its server.
    pub address: String,
    /// The viewer's id.
    pub me: UserId,
}

/// A room in the list of rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Room {
    /// Its id.
    pub id: RoomId,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// Its name; empty for a direct room, which is shown under the names of `people`.
    pub name: String,
    /// What it is for; may be empty.
    pub topic: String,
    /// How many members it has.
    pub members: u32,
    /// The other members of a direct room.
    pub people: Vec<UserId>,
    /// The newest known event.
    pub head: Seq,
    /// How far the viewer has read, on any of their devices.
    pub read: Seq,
    /// Every member's device holds the room up to here.
    pub delivered: Seq,
    /// Messages of other people after `read`.
    pub unread: u32,
    /// How many of these mention the viewer.
    pub mentions: u32,
    /// It does not notify now.
    pub muted: bool,
    /// When the mute ends, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub muted_until: Option<i64>,
    /// What the room notifies of. `None`: the general setting.
    pub notify: Option<NotifyLevel>,
    /// Unsent text; empty if there is none.
    pub draft: String,
    /// Unsent text of another device that is offered to the person; empty if there is none.
    pub other_draft: String,
    /// The last message, for the order of rooms and the preview.
    pub last: Option<Preview>,
}

/// Which messages notify.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NotifyLevel {
    /// Every message that the person does not see at once.
    #[default]
    All,
    /// Direct messages and mentions.
    Mentions,
    /// Nothing.
    Nothing,
}

/// Whether and for how long a room does not notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// It notifies.
    No,
    /// Until this time, in milliseconds since 1970.
    Until(i64),
    /// Until the person unmutes it.
    ForEver,
}

/// The status that the person sets for all their devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// None: presence follows from their activity.
    #[default]
    Available,
    /// Away, whatever they do.
    Away,
    /// Do not disturb.
    Quiet,
}

/// The preview of a room's last message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preview {
    /// Its sender.
    pub sender: UserId,
    /// The beginning of its text.
    pub text: String,
    /// Its time, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
    /// It was taken back.
    pub gone: bool,
}

/// One row of a timeline: an event with what later events made of it, and with what is queued here
/// to change it.
///
/// `key` stays the same from queueing to the server, so a row never jumps or appears twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Item {
    /// The `cid` if there is one, else the event's id.
    pub key: String,
    /// Its position in the timeline.
    pub place: TimelinePosition,
    /// The author of the message or change.
    pub sender: UserId,
    /// Milliseconds since 1970: the server's time, or the writer's while the message is queued.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
    /// What it says: the newest text of a message.
    pub content: Content,
    /// How far one's own message got. `None` for other people's.
    pub delivery: Option<Delivery>,
    /// Its text was changed.
    pub edited: bool,
    /// The reactions, in order of the first of each emoji.
    pub reactions: Vec<ReactionGroup>,
    /// It is pinned.
    pub pinned: bool,
    /// Who took it back. Its text is empty then.
    pub gone: Option<UserId>,
    /// The newest change of it that is not on the server.
    pub change: Option<PendingChange>,
}

/// All reactions to a message with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReactionGroup {
    /// The emoji, without variation selectors.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// The first of them, at most ten.
    pub people: Vec<UserId>,
    /// The viewer is one of them.
    pub mine: bool,
}

/// A queued change of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PendingChange {
    /// Its client id.
    pub cid: Cid,
    /// Its kind: `edit`, `react`, `redact` or `pin`.
    pub kind: String,
    /// How far it got. A refused one changes nothing and waits for the person.
    pub delivery: Delivery,
}

/// The position of a row in its timeline. Rows of the log come first, by `seq`; then queued
/// messages, in the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "at", content = "n", rename_all = "snake_case")]
pub enum TimelinePosition {
    /// In the room's log.
    Log(Seq),
    /// In this device's outbox.
    Outbox(#[cfg_attr(feature = "ts", ts(type = "number"))] u64),
}

/// How far one's own message got. These are all states; none is silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// On this device's disk. It will be sent.
    Queued,
    /// Sent, but not acknowledged.
    Sending,
    /// On the server's disk.
    Sent,
    /// The server refused it permanently; the person decides what to do.
    Wedged {
        /// Why it was refused.
        reason: WedgeReason,
    },
}

/// Why the server refuses a message permanently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WedgeReason {
    /// The sender is not a member of the room, or the room is gone.
    NotMember,
    /// The sender's role does not allow it.
    Forbidden,
    /// Longer than the server accepts.
    TooLarge,
    /// It contains U+0000, which servers no longer accept.
    HoldsNul,
    /// Its `cid` was used for another message, by a copy of this database.
    CidReused,
    /// The message that it changes was taken back, or never arrived.
    NoSuchMessage,
    /// Another reason, which this build does not know.
    Refused,
}

/// A range of a room's log that this device does not have, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hole {
    /// The first missing event.
    pub from: Seq,
    /// The last missing event.
    pub to: Seq,
    /// The server no longer has it either.
    pub expired: bool,
}

/// Which part of a room's log to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineWindow {
    /// The newest events, and what is queued.
    Latest,
    /// Around the first unread event: a third of the limit before it, the rest after it.
    Unread,
    /// The events before this one.
    Before(Seq),
    /// The events after this one, and what is queued if they reach the head.
    After(Seq),
    /// Around this message, half of the limit on either side.
    Around(MessageRef),
}

/// A part of a room's log, oldest first, with queued messages at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Timeline {
    /// The rows.
    pub items: Vec<Item>,
    /// The holes between the first row and the room's head.
    pub holes: Vec<Hole>,
    /// There are older events.
    pub more_before: bool,
    /// There are newer events: this part does not reach the head.
    pub more_after: bool,
}

/// The state of the connection, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConnectionState {
    /// Waiting before the next attempt.
    Waiting {
        /// When it starts, in milliseconds since 1970.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        until: i64,
        /// Failed attempts so far.
        attempt: u32,
        /// Why the last one failed.
        why: ConnectionFailure,
        /// Whether to ask the person how to go on.
        ask: RetryPrompt,
    },
    /// An attempt is under way.
    Connecting {
        /// Failed attempts so far.
        attempt: u32,
        /// Whether to ask the person how to go on.
        ask: RetryPrompt,
    },
    /// Connected, and fetching what was missed.
    CatchingUp {
        /// The number of rooms that are behind.
        rooms: u32,
        /// The number of messages needed for that. Older ones are a [hole](Timeline::holes) and are
        /// fetched later.
        messages: u32,
    },
    /// This device has everything that the server has.
    UpToDate {
        /// The last round trip, in milliseconds.
        rtt_ms: Option<u32>,
    },
    /// The person asked to stay offline.
    Stopped,
    /// The server rejects this device until the person acts. The outbox is kept.
    Refused {
        /// The failure that no retry can mend.
        why: ConnectionFailure,
    },
}

/// Whether to ask the person how to go on after many failed attempts. The attempts continue in any
/// case; waiting never ends on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RetryPrompt {
    /// Not yet: a few failures need no decision.
    NotYet,
    /// Now. The choices are: try at once, keep trying quietly, or stay offline.
    Now,
    /// The person chose to keep trying quietly.
    Quieted,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum ConnectionFailure {
    /// No attempt has been made yet.
    None,
    /// The system says that this machine has no network.
    NoNetwork,
    /// The server's host name was not found.
    NameNotFound,
    /// No response at the address, or no network.
    Unreachable,
    /// The server did not respond in time.
    TimedOut,
    /// The certificate does not match the join link: it is another server, or an attacker.
    CertificateChanged {
        /// The fingerprint in the join link.
        expected: String,
        /// The fingerprint of the server's certificate.
        found: String,
    },
    /// The operating system does not trust the certificate.
    CertificateUntrusted,
    /// The proxy did not let the connection through.
    Proxy {
        /// What is wrong with the proxy.
        trouble: ProxyError,
    },
    /// Something that is not a Homing server responded, or closed the connection.
    #[serde(rename = "obstacle")]
    UnexpectedResponse {
        /// What the response means.
        #[serde(rename = "obstacle")]
        response: UnexpectedResponse,
        /// The HTTP status; 0 without a response.
        status: u16,
    },
    /// The server itself rejected the token: signed out, revoked or disabled.
    SignedOut,
    /// The server and this program have no version in common.
    VersionUnsupported,
    /// The keyring has not returned the token yet.
    NoToken,
    /// The connection was closed.
    Closed {
        /// The WebSocket close code; 1006 without a close frame.
        code: u16,
    },
}

/// How many messages are not on the server yet, over all rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutboxCount {
    /// Messages that will be sent.
    pub waiting: u32,
    /// Messages that wait for the person.
    pub wedged: u32,
}

/// A snapshot of everything about a space except timelines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Overview {
    /// The space.
    pub space: Space,
    /// The state of the connection.
    #[serde(rename = "link")]
    pub connection: ConnectionState,
    /// The viewer's rooms, in no particular order.
    pub rooms: Vec<Room>,
    /// All members of the space, in no particular order.
    pub people: Vec<Person>,
    /// Everyone who is not offline.
    pub presence: Vec<(UserId, Presence)>,
    /// The viewer's own status.
    pub status: Status,
    /// How many messages are not sent yet.
    pub outbox: OutboxCount,
}

/// One queued message in the list of the whole outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Queued {
    /// Its room.
    pub room: RoomId,
    /// Its client id.
    pub cid: Cid,
    /// What it says or changes.
    pub content: Content,
    /// When it was written, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
    /// How far it got.
    pub delivery: Delivery,
}

impl Overview {
    /// What a person typed, with tokens for the names after `@` that are those of exactly one person;
    /// and `@room` where the viewer may mention everybody.
    #[must_use]
    pub fn with_mentions(&self, room: RoomId, typed: &str) -> String {
        let people = self.people.iter().filter(|person| !person.gone);
        let role = people.clone().find(|person| person.id == self.space.me).map(|me| me.role);
        let members = self.rooms.iter().find(|known| known.id == room).map(|room| room.members);
        let everybody = role.is_some_and(|role| role >= Role::Admin)
            || members.is_some_and(|members| members <= ROOM_MENTION_MEMBERS);
        mention::resolve(typed, people.map(|person| (person.id, person.name.as_str())), everybody)
    }

    /// The text of a message as it is shown where nothing is drawn, with the present names of those
    /// that it mentions.
    #[must_use]
    pub fn plain(&self, text: &str) -> String {
        mention::plain(text, |user| {
            let known = self.people.iter().find(|person| person.id == user);
            known.map(|person| person.name.as_str())
        })
    }
}

impl Item {
    /// The name of the message, if it is one.
    #[must_use]
    pub fn message_ref(&self) -> Option<MessageRef> {
        let cid = self.key.parse().ok().filter(|_| matches!(self.content, Content::Message(_)))?;
        Some(MessageRef { user: self.sender, cid })
    }

    /// The timeline row of an event that nothing has changed.
    pub(crate) fn of(event: &Event, me: UserId) -> Self {
        let own = event.sender == me && event.cid.is_some();
        Self {
            key: event.cid.map_or_else(|| event.id.to_string(), |cid| cid.to_string()),
            place: TimelinePosition::Log(event.seq),
            sender: event.sender,
            ts: event.happened(),
            content: event.content(),
            delivery: own.then_some(Delivery::Sent),
            edited: false,
            reactions: Vec::new(),
            pinned: false,
            gone: None,
            change: None,
        }
    }
}
