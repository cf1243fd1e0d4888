//! What a room's log holds.
//!
//! An [`Event`] keeps its `kind` and `body` as they came, so a client stores and forwards kinds
//! that it does not know and shows them properly after its update. [`Content`] is the typed reading
//! of those two fields, in a frame and in a row of a timeline alike.

use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::error::Decode;
use crate::ids::{Cid, EventId, RoomId, Seq, UserId};
use crate::people::RoomKind;

/// One entry of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The log it belongs to.
    pub room: RoomId,
    /// Its place there.
    pub seq: Seq,
    /// The server's name for it.
    pub id: EventId,
    /// The sender's name for it. Absent where the server itself is the author (membership …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    /// Who caused it.
    pub sender: UserId,
    /// Which reading `body` has, see [`Content`].
    pub kind: String,
    /// What it says.
    pub body: Body,
    /// When the server committed it, in milliseconds since 1970. For display: order is by `seq`.
    pub ts: i64,
}

/// The body of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Message {
    /// What was written: text with a small subset of Markdown, rendered by the client.
    pub text: String,
    /// Whom the sender named with `@`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<UserId>>"))]
    pub mentions: Vec<UserId>,
}

/// What happened to a person's membership of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "MembershipChange"))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Came by themselves.
    Joined,
    /// Was brought in by the event's sender.
    Added,
    /// Went by themselves.
    Left,
    /// Was sent away by the event's sender.
    Removed,
}

/// The body of a membership event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Membership {
    /// About whom.
    pub user: UserId,
    /// What happened.
    pub change: Change,
}

/// The body of a room's first event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Created {
    /// Who can see and join it.
    pub kind: RoomKind,
    /// What it was called then.
    #[serde(default)]
    pub name: String,
}

/// The body of a change of name or topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Described {
    /// The name from now on.
    pub name: String,
    /// The topic from now on.
    #[serde(default)]
    pub topic: String,
}

/// An event's `kind` and `body`, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Content {
    /// A message.
    Message(Message),
    /// Somebody came or went.
    Membership(Membership),
    /// The room was created.
    Created(Created),
    /// Its name or topic changed.
    Described(Described),
    /// Something stands here that the viewer may not see. Keeps filters from looking like holes.
    Stub,
    /// A kind that this build does not know, to be shown as "needs a newer Homing".
    Unknown,
}

impl Content {
    /// The `kind` of a message.
    pub const MESSAGE: &'static str = "message";
    /// The `kind` of a membership event.
    pub const MEMBERSHIP: &'static str = "membership";
    /// The `kind` of a room's first event.
    pub const CREATED: &'static str = "created";
    /// The `kind` of a change of name or topic.
    pub const DESCRIBED: &'static str = "described";
    /// The `kind` of a stub.
    pub const STUB: &'static str = "stub";

    /// Reads a body by its kind.
    ///
    /// # Errors
    /// [`Decode::Malformed`] when the kind is known and its body is not of that shape.
    pub fn read(kind: &str, body: &Body) -> Result<Self, Decode> {
        Ok(match kind {
            Self::MESSAGE => Self::Message(body.read()?),
            Self::MEMBERSHIP => Self::Membership(body.read()?),
            Self::CREATED => Self::Created(body.read()?),
            Self::DESCRIBED => Self::Described(body.read()?),
            Self::STUB => Self::Stub,
            _ => Self::Unknown,
        })
    }

    /// The kind and the body of an event that says this; `None` for what no event can say.
    #[must_use]
    pub fn encode(&self) -> Option<(&'static str, Body)> {
        Some(match self {
            Self::Message(message) => (Self::MESSAGE, Body::new(message)),
            Self::Membership(membership) => (Self::MEMBERSHIP, Body::new(membership)),
            Self::Created(created) => (Self::CREATED, Body::new(created)),
            Self::Described(described) => (Self::DESCRIBED, Body::new(described)),
            Self::Stub | Self::Unknown => return None,
        })
    }
}

impl Event {
    /// The typed reading. A body that does not fit its kind reads as [`Content::Unknown`]: what
    /// is in the log stays in the log, whoever wrote it.
    #[must_use]
    pub fn content(&self) -> Content {
        Content::read(&self.kind, &self.body).unwrap_or(Content::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_unknown_kind_is_kept_whole() {
        let text = json!({
            "room": "01890a5d-ac96-774b-bcce-b302099a8057", "seq": 7,
            "id": "01890a5d-ac96-774b-bcce-b302099a8058",
            "sender": "01890a5d-ac96-774b-bcce-b302099a8059",
            "kind": "poll", "body": {"question": "lunch?", "of": [1, 2]}, "ts": 5,
        });
        let event: Event = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(event.content(), Content::Unknown);
        assert_eq!(serde_json::to_value(&event).unwrap(), text);
    }

    #[test]
    fn a_known_kind_with_a_wrong_body_is_an_error_to_the_sender() {
        assert!(Content::read(Content::MESSAGE, &json!({"txt": "hi"}).into()).is_err());
        assert!(Content::read(Content::MEMBERSHIP, &json!({"user": "x"}).into()).is_err());
    }
}
