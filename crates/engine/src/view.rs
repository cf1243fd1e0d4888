//! What a viewer of one space sees: rooms, people, the rows of a timeline, the state of the
//! connection.
//!
//! These types cross into the interface as they are (`docs/decisions/0006`), so they say what to
//! show and never how. Everything here can be rebuilt from the store at any time: a viewer that
//! vanishes loses nothing.

use homing_protocol::frame::Presence;
use homing_protocol::{Cid, Person, RoomId, RoomKind, Seq, SpaceId, UserId};
use serde::{Deserialize, Serialize};

use crate::net::connector::ProxyError;
use crate::net::unexpected_response::UnexpectedResponse;

/// The space and who the viewer is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Space {
    /// Which.
    pub id: SpaceId,
    /// What it is called.
    pub name: String,
    /// `host:port` of its server.
    pub address: String,
    /// The viewer.
    pub me: UserId,
}

/// A room in the list of rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// Who can see and join it.
    pub kind: RoomKind,
    /// What it is called; empty for a direct room, which is called after `people`.
    pub name: String,
    /// What it is for; may be empty.
    pub topic: String,
    /// How many members it has.
    pub members: u32,
    /// The other members of a direct room.
    pub people: Vec<UserId>,
    /// The newest event known of.
    pub head: Seq,
    /// How far the viewer has read, on any of their devices.
    pub read: Seq,
    /// Every member's device holds the room up to here.
    pub delivered: Seq,
    /// Messages of others past `read`.
    pub unread: u32,
    /// Those of them that mention the viewer.
    pub mentions: u32,
    /// Asked not to notify, now.
    pub muted: bool,
    /// When that ends by itself, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub muted_until: Option<i64>,
    /// What the room notifies of; none: as everywhere.
    pub notify: Option<NotifyLevel>,
    /// Unsent text; empty if none.
    pub draft: String,
    /// What the person wrote here on another device meanwhile, to be offered; empty if nothing.
    pub other_draft: String,
    /// The last message, for the order of rooms and a line of preview.
    pub last: Option<Preview>,
}

/// What raises a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NotifyLevel {
    /// Every message that is not seen.
    #[default]
    All,
    /// Direct messages and mentions.
    Mentions,
    /// Nothing.
    Nothing,
}

/// For how long a room is asked not to notify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// It is not.
    No,
    /// Until this time, in milliseconds since 1970.
    Until(i64),
    /// Until it is taken back.
    ForEver,
}

/// What the person says of themselves, on all their devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing: whether they are there is seen from what they do.
    #[default]
    Available,
    /// They are away, whatever they do.
    Away,
    /// They do not want to be disturbed.
    Quiet,
}

/// One line about a room's last message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preview {
    /// Whose.
    pub sender: UserId,
    /// Its beginning.
    pub text: String,
    /// When, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
}

/// One row of a timeline.
///
/// `key` stays the same from being queued to being on the server, so a row never jumps or doubles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Item {
    /// The cid where there is one, else the event's id.
    pub key: String,
    /// Where it stands.
    pub place: TimelinePosition,
    /// Who caused it.
    pub sender: UserId,
    /// When, in milliseconds since 1970: the server's time, or the writer's while it is queued.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
    /// What it says.
    pub content: ItemContent,
    /// How far it got. `None` for what others did.
    pub delivery: Option<Delivery>,
}

/// Where a row stands in its timeline. Rows in the log come first, by seq; then what is queued, in
/// the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "at", content = "n", rename_all = "snake_case")]
pub enum TimelinePosition {
    /// In the room's log.
    Log(Seq),
    /// In this device's outbox.
    Outbox(#[cfg_attr(feature = "ts", ts(type = "number"))] u64),
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ItemContent {
    /// Somebody wrote.
    Message {
        /// Text with a small subset of Markdown.
        text: String,
        /// Whom it names.
        mentions: Vec<UserId>,
    },
    /// Somebody came or went.
    Membership {
        /// Who.
        user: UserId,
        /// How.
        change: homing_protocol::event::Change,
    },
    /// The room was made.
    Created {
        /// What it was called then.
        name: String,
    },
    /// Name or topic changed.
    Described {
        /// The name from then on.
        name: String,
        /// The topic from then on.
        topic: String,
    },
    /// Something the viewer may not see.
    Hidden,
    /// A kind this build does not know: "needs a newer Homing".
    Unknown,
}

/// How far one's own message got. There is no fifth, silent state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// On this device's disk; goes out by itself.
    Queued,
    /// On its way, not yet answered.
    Sending,
    /// On the server's disk.
    Sent,
    /// The server refused it for good; the person decides.
    Wedged {
        /// Why.
        reason: WedgeReason,
    },
}

/// Why a message can't be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WedgeReason {
    /// The sender is no member of the room, or it is gone.
    NotMember,
    /// The sender's role does not allow it.
    Forbidden,
    /// Longer than the server takes.
    TooLarge,
    /// It holds U+0000, which no server takes any more.
    HoldsNul,
    /// Its name was used for something else: a copy of this database wrote with it.
    CidReused,
    /// The server refused it and this build does not know why.
    Refused,
}

/// A part of a room's log that this device does not hold yet: `from` to `to`, both missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Hole {
    /// The first missing.
    pub from: Seq,
    /// The last missing.
    pub to: Seq,
    /// The server no longer has it.
    pub expired: bool,
}

/// Which part of a room's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineWindow {
    /// The newest, with what is queued.
    Latest,
    /// Around the first unread: a third of the limit before it, the rest after.
    Unread,
    /// What stands before this seq.
    Before(Seq),
    /// What follows this seq, with what is queued if the head is reached.
    After(Seq),
}

/// A window into a room's log, oldest first, with what is queued at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Timeline {
    /// The rows.
    pub items: Vec<Item>,
    /// What is missing between the first of them and the room's head.
    pub holes: Vec<Hole>,
    /// There is more before the first.
    pub more_before: bool,
    /// There is more after the last: the window does not reach the head.
    pub more_after: bool,
}

/// The one line of truth about the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConnectionState {
    /// Waiting before the next try.
    Waiting {
        /// When that is, in milliseconds since 1970.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        until: i64,
        /// Failed tries so far.
        attempt: u32,
        /// Why the last one failed.
        why: ConnectionFailure,
        /// Whether the person is to be asked how to go on.
        ask: RetryPrompt,
    },
    /// Trying.
    Connecting {
        /// Failed tries so far.
        attempt: u32,
        /// Whether the person is to be asked how to go on.
        ask: RetryPrompt,
    },
    /// Connected; fetching what was missed.
    CatchingUp {
        /// In so many rooms.
        rooms: u32,
        /// So many messages that are needed for it. What lies further back is a
        /// [hole](Timeline::holes), and is fetched afterwards.
        messages: u32,
    },
    /// Everything the server has is here.
    UpToDate {
        /// The last round trip, in milliseconds.
        rtt_ms: Option<u32>,
    },
    /// The person asked to stay offline.
    Stopped,
    /// The server will not have this device until the person acts. The outbox is kept.
    Refused {
        /// Why.
        why: ConnectionFailure,
    },
}

/// Whether a person is to be asked how to go on, after so many tries that failed. It is tried on
/// whatever they answer, and if they do not: waiting never ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RetryPrompt {
    /// Not yet: a few failures are nothing to decide about.
    NotYet,
    /// Now: try at once, keep trying quietly, or stay offline.
    Now,
    /// They were, and said to keep trying quietly.
    Quieted,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum ConnectionFailure {
    /// Not tried yet.
    None,
    /// The system says that this machine has no network at all.
    NoNetwork,
    /// The server's name can't be found.
    NameNotFound,
    /// Nobody answers there, or the network is down.
    Unreachable,
    /// The server did not answer in time.
    TimedOut,
    /// The certificate is not the one of the join link: another server, or somebody in between.
    CertificateChanged {
        /// The fingerprint that the link names, as it stands there.
        expected: String,
        /// The one of the certificate that is there.
        found: String,
    },
    /// The operating system does not trust the certificate.
    CertificateUntrusted,
    /// The proxy on the way did not let the connection through.
    Proxy {
        /// What is wrong with it.
        trouble: ProxyError,
    },
    /// Something stood in the way, or answered that is no Homing server.
    #[serde(rename = "obstacle")]
    UnexpectedResponse {
        /// What.
        #[serde(rename = "obstacle")]
        response: UnexpectedResponse,
        /// The HTTP status it answered; 0 without an answer.
        status: u16,
    },
    /// The token is not accepted, in the server's own words: signed out, revoked or disabled.
    SignedOut,
    /// The server and this program have no version in common.
    VersionUnsupported,
    /// The keyring has not given the token yet.
    NoToken,
    /// The connection ended.
    Closed {
        /// The WebSocket close code; 1006 when it was cut.
        code: u16,
    },
}

/// The messages that are not on the server yet, over all rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutboxCount {
    /// Going out by themselves.
    pub waiting: u32,
    /// Waiting for the person.
    pub wedged: u32,
}

/// Everything about a space that is not a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Overview {
    /// The space.
    pub space: Space,
    /// The connection.
    #[serde(rename = "link")]
    pub connection: ConnectionState,
    /// The viewer's rooms, in no order.
    pub rooms: Vec<Room>,
    /// Everybody in the space, in no order.
    pub people: Vec<Person>,
    /// Who is not offline.
    pub presence: Vec<(UserId, Presence)>,
    /// What the viewer says of themselves.
    pub status: Status,
    /// What is not sent yet.
    pub outbox: OutboxCount,
}

/// One queued message in the view of the whole outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Queued {
    /// For which room.
    pub room: RoomId,
    /// Its name.
    pub cid: Cid,
    /// What it says.
    pub text: String,
    /// When it was written, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
    /// How far it got.
    pub delivery: Delivery,
}

impl ItemContent {
    /// What an event's kind and body say to a viewer.
    pub(crate) fn read(kind: &str, body: &serde_json::Value) -> Self {
        use homing_protocol::event::{Content, Created, Described, Membership, Message};
        match Content::read(kind, body) {
            Ok(Content::Message(Message { text, mentions })) => Self::Message { text, mentions },
            Ok(Content::Membership(Membership { user, change })) => {
                Self::Membership { user, change }
            }
            Ok(Content::Created(Created { name, .. })) => Self::Created { name },
            Ok(Content::Described(Described { name, topic })) => Self::Described { name, topic },
            Ok(Content::Stub) => Self::Hidden,
            Ok(_) | Err(_) => Self::Unknown,
        }
    }
}

impl Item {
    /// The row that an event makes in its room's timeline.
    pub(crate) fn of(event: &homing_protocol::Event, me: UserId) -> Self {
        let own = event.sender == me && event.cid.is_some();
        Self {
            key: event.cid.map_or_else(|| event.id.to_string(), |cid| cid.to_string()),
            place: TimelinePosition::Log(event.seq),
            sender: event.sender,
            ts: event.ts,
            content: ItemContent::read(&event.kind, &event.body),
            delivery: own.then_some(Delivery::Sent),
        }
    }
}
