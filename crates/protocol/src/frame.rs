//! The frames: one JSON object per WebSocket text message; `"t"` names the kind.
//!
//! Unknown fields are ignored, so a frame can grow. An unknown kind is
//! [`Decode::UnknownKind`](crate::Decode::UnknownKind), which is answered and does not end the
//! connection. The JSON of every frame is pinned by a snapshot in `tests/frames`: changing one
//! changes the protocol.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::body::Body;
use crate::error::ErrorCode;
use crate::event::{Event, Origin};
use crate::fold::Fold;
use crate::ids::{
    Cid, DeviceId, Epoch, EventId, Pos, RequestId, RoomId, Seq, SessionId, SpaceId, Useq, UserId,
};
use crate::lenient;
use crate::limits::Limits;
use crate::people::{Person, RoomInfo};

mod codec;
mod nul;

pub use crate::key::UserKey;

/// A frame from a client.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// First frame of a connection, within 10 s of the upgrade.
    Hello(Hello),
    /// New events for one room's log.
    Send(Send),
    /// Asks for a part of a room's log.
    Pull(Pull),
    /// Asks for a part of one's own stream.
    Upull(Upull),
    /// Moves the read marker of a room forward.
    Mark(Mark),
    /// Sets a value that follows the person.
    Set(Set),
    /// Lossy and never stored: typing, activity, which room is looked at.
    Eph(ClientEph),
    /// What this device holds durably.
    Ack(Ack),
    /// Asks for a `pong`. Allowed at any time.
    Ping(Ping),
    /// Answers a `ping`.
    Pong(Pong),
    /// Announces a clean close.
    Bye(ClientBye),
}

/// A frame from a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// Answers `hello`.
    Welcome(Box<Welcome>),
    /// What changed since a position.
    Digest(Digest),
    /// All pulls after the digest are served, as far as the server knows.
    CaughtUp,
    /// Items of a `send` are committed.
    Ok(Committed),
    /// A new event of a room.
    Event(PushedEvent),
    /// Answers `pull`.
    Page(Page),
    /// Answers `upull`.
    Upage(Upage),
    /// A change of one's own stream.
    Uevent(Uevent),
    /// The room's log is longer than was pushed: pull when convenient.
    Gap(Gap),
    /// Every member's device holds this room up to here.
    Receipt(Receipt),
    /// A request failed.
    Err(Failure),
    /// Lossy: typing and presence.
    Eph(ServerEph),
    /// Asks for a `pong`, with some heads, so that lost pushes are detected.
    Ping(Ping),
    /// Answers a `ping`.
    Pong(Pong),
    /// Announces the close that follows, with when to reconnect.
    Bye(ServerBye),
}

/// The device that says `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Program and version, such as `homing-desktop 0.1.0`.
    pub app: String,
    /// Operating system, such as `linux`.
    pub os: String,
}

/// Fields of `hello`. The token in the upgrade's `Authorization` header identifies the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Versions of the wire that the client speaks.
    #[serde(deserialize_with = "lenient::versions")]
    pub versions: Vec<u16>,
    /// The program.
    #[serde(deserialize_with = "lenient::object")]
    pub client: Client,
    /// Optional abilities of the client: [`FOLD`](crate::FOLD).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// The epoch of the cursors that the client holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The position up to which the client knows what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<Pos>,
    /// The client's cursor in its own stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useq: Option<Useq>,
    /// How the connection before this one ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_close: Option<u16>,
    /// Failed attempts since the client was last online.
    #[serde(default, deserialize_with = "lenient::nearest")]
    pub attempt: u32,
}

/// One new event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendItem {
    /// The client's id for it. Sending it again is acknowledged and never stored twice.
    pub cid: Cid,
    /// As in [`Event::kind`].
    pub kind: String,
    /// As in [`Event::body`].
    pub body: Body,
    /// When it was written, in milliseconds since 1970 by the client's clock. Informative.
    pub ts: i64,
    /// It had been committed already, and a restore of the server may have lost it.
    #[serde(
        default,
        deserialize_with = "lenient::optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub origin: Option<Origin>,
}

/// Fields of `send`. A batch commits whole and in order. One batch per room is in flight at a time,
/// which keeps a sender's events in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// For which room.
    pub room: RoomId,
    /// 1 to [`SEND_ITEMS`](crate::limits::SEND_ITEMS).
    #[serde(deserialize_with = "lenient::objects")]
    pub items: Vec<SendItem>,
}

/// Fields of `pull`. Exactly one of `after` and `before`. Membership is checked each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// Stands in the `page` that answers.
    pub rid: RequestId,
    /// Of which room.
    pub room: RoomId,
    /// The events that follow this seq, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Seq>,
    /// The events that precede this seq: the newest of them, oldest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seq>,
    /// At most so many, and at most [`PAGE_EVENTS`](crate::limits::PAGE_EVENTS).
    #[serde(deserialize_with = "lenient::nearest")]
    pub limit: u32,
}

/// Fields of `upull`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upull {
    /// Stands in the `upage` that answers.
    pub rid: RequestId,
    /// The changes that follow this one.
    pub useq: Useq,
    /// At most so many, and at most [`UPAGE_EVENTS`](crate::limits::UPAGE_EVENTS).
    #[serde(deserialize_with = "lenient::nearest")]
    pub limit: u32,
}

/// Fields of `mark`. The server keeps the maximum and echoes it as a `uevent`; marking again is
/// harmless.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Which room.
    pub room: RoomId,
    /// Read up to here.
    pub seq: Seq,
}

/// Fields of `set`. The last writer wins; the server echoes it as a `uevent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Set {
    /// See [`UserKey`].
    pub key: UserKey,
    /// Null removes it.
    pub value: Value,
}

/// Fields of a client's `eph`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ClientEph {
    /// The person is writing in this room. At most every 3 s.
    Typing {
        /// Where.
        room: RoomId,
    },
    /// The person is active or away. Presence comes from this and not from open sockets.
    Activity {
        /// Whether they touched it in the last five minutes.
        active: bool,
    },
    /// The room on the screen, or none.
    Looking {
        /// Which.
        room: Option<RoomId>,
    },
}

/// Fields of `ack`: what the device holds in its own database. Cumulative; at most every 5 s or 50
/// events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Up to which seq, by room, without a hole at the end.
    #[serde(default)]
    pub rooms: BTreeMap<RoomId, Seq>,
    /// Up to where in the own stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useq: Option<Useq>,
}

/// Fields of `ping`, either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Returned in the `pong`. Opaque to the other side.
    pub n: u64,
    /// From the server only: the heads of up to [`PING_HEADS`](crate::limits::PING_HEADS) of the
    /// member's rooms, newest first.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub heads: BTreeMap<RoomId, Seq>,
}

/// Fields of `pong`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// As in the `ping`.
    pub n: u64,
}

/// Fields of a client's `bye`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientBye {
    /// In words, for the log.
    pub reason: String,
}

/// Fields of `welcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The highest version that both know.
    pub version: u16,
    /// The server program and its version.
    pub server: String,
    /// This connection.
    pub session: SessionId,
    /// The space.
    pub space: SpaceId,
    /// What the space is called.
    pub space_name: String,
    /// As whom the token speaks.
    pub me: UserId,
    /// As which device.
    pub device: DeviceId,
    /// The epoch of the server's database.
    pub epoch: Epoch,
    /// The epoch differs from the client's: keep the outbox, drop all cursors, start at zero.
    #[serde(default)]
    pub reset: bool,
    /// The position after the digests that follow.
    pub pos: Pos,
    /// The head of the member's own stream.
    pub useq: Useq,
    /// The server pings this often, in milliseconds, give or take a tenth.
    pub heartbeat_ms: u64,
    /// The limits of this server.
    pub limits: Limits,
    /// The server's clock, in milliseconds since 1970.
    pub time: i64,
}

/// Fields of `digest`. After `welcome`: everything that changed since the client's `pos`. Later:
/// what changed just now. Its cost depends on what changed and not on the size of the space.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The client's position after this and all earlier digests.
    pub pos: Pos,
    /// The member's rooms that changed.
    #[serde(default)]
    pub rooms: Vec<RoomInfo>,
    /// The people that changed.
    #[serde(default)]
    pub people: Vec<Person>,
    /// What the space is called, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_name: Option<String>,
    /// Another `digest` of the same answer follows.
    #[serde(default)]
    pub more: bool,
}

/// One committed item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommittedItem {
    /// As sent.
    pub cid: Cid,
    /// Its place in the log.
    pub seq: Seq,
    /// The server's id.
    pub id: EventId,
    /// When it was committed.
    pub ts: i64,
    /// It had been committed before; `seq` is the original one.
    #[serde(default)]
    pub dup: bool,
    /// What is left of the message that it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// As in [`Event::origin`].
    #[serde(
        default,
        deserialize_with = "lenient::optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub origin: Option<Origin>,
}

/// Fields of `ok`. Sent only after a durable commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// In which room.
    pub room: RoomId,
    /// Which.
    pub items: Vec<CommittedItem>,
}

/// Fields of `event`. In seq order for each room of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "PushedFields")]
pub struct PushedEvent {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// It happened after this connection's `welcome`: worth a notification.
    pub live: bool,
    /// What is left of the message that it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Box<Fold>>,
}

/// The fields of [`PushedEvent`] and its event, side by side: what is read by `serde(flatten)` has no text
/// any more of which a [`Body`] could be made.
#[derive(Deserialize)]
struct PushedFields {
    room: RoomId,
    seq: Seq,
    id: EventId,
    #[serde(default)]
    cid: Option<Cid>,
    sender: UserId,
    kind: String,
    body: Body,
    ts: i64,
    #[serde(default)]
    quiet: bool,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    origin: Option<Origin>,
    live: bool,
    #[serde(default)]
    fold: Option<Box<Fold>>,
}

impl From<PushedFields> for PushedEvent {
    fn from(fields: PushedFields) -> Self {
        let PushedFields { room, seq, id, cid, sender, kind, body, ts, quiet, origin, live, fold } =
            fields;
        Self {
            event: Event { room, seq, id, cid, sender, kind, body, ts, quiet, origin },
            live,
            fold,
        }
    }
}

/// Fields of `page`: everything from `from` to `to`, or empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Of the `pull`.
    pub rid: RequestId,
    /// Of which room.
    pub room: RoomId,
    /// The first seq that the page covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Seq>,
    /// The last seq that the page covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Seq>,
    /// Oldest first, without quiet events.
    pub events: Vec<Event>,
    /// The state of the messages that are in the page, or are changed by an event in its range, as
    /// of `head`. A message without a fold was never changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folds: Vec<Fold>,
    /// The room's newest seq.
    pub head: Seq,
    /// The oldest seq that can be pulled.
    pub min: Seq,
    /// More follow in the direction asked for.
    pub more: bool,
    /// The requested range is before `min` and is gone.
    #[serde(default)]
    pub too_old: bool,
}

/// Fields of `upage`. The own stream keeps the latest value of each key, so superseded changes are
/// left out: after a page the cursor is `upto`, whatever it held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upage {
    /// Of the `upull`.
    pub rid: RequestId,
    /// In order.
    pub events: Vec<Uevent>,
    /// The cursor after this page.
    pub upto: Useq,
    /// The newest useq.
    pub head: Useq,
}

/// Fields of `uevent`: a change of the member's own stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uevent {
    /// Its place in the stream.
    pub useq: Useq,
    /// What changed.
    pub key: UserKey,
    /// The new value; null removes it.
    pub value: Value,
}

/// Fields of `gap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Which room.
    pub room: RoomId,
    /// Its newest seq.
    pub head: Seq,
}

/// Fields of `receipt`. Cumulative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Which room.
    pub room: RoomId,
    /// Every member's device holds all events up to here.
    pub delivered: Seq,
}

/// What an `err` is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ref {
    /// These items of a `send`; none of its batch was committed.
    Cids(Vec<Cid>),
    /// This `pull` or `upull`.
    Rid(RequestId),
    /// This room's `mark`.
    Room(RoomId),
    /// This key's `set`.
    Key(UserKey),
}

/// Fields of `err`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// About what; absent when it is about a frame that could not be read.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub about: Option<Ref>,
    /// Which.
    pub code: ErrorCode,
    /// A retry can succeed. For clients that don't know the code.
    pub temporary: bool,
    /// Not before so many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// In English, for logs and developers.
    pub text: String,
}

/// Presence of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected and active.
    Online,
    /// Connected and not active.
    Away,
    /// Not connected.
    Offline,
}

/// Fields of a server's `eph`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerEph {
    /// Somebody is typing. Expires after 6 s without another.
    Typing {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Current presence of these people. After `welcome`: of everybody who is not offline; anyone
    /// not named is offline.
    Presence {
        /// By person.
        people: BTreeMap<UserId, Presence>,
        /// The list is complete.
        #[serde(default)]
        all: bool,
    },
}

/// Fields of a server's `bye`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerBye {
    /// The close code that follows.
    pub code: u16,
    /// Minimum wait before reconnecting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Plus a random part of this, so that clients don't reconnect all at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread_ms: Option<u64>,
    /// In English, for logs.
    #[serde(default)]
    pub reason: String,
}
