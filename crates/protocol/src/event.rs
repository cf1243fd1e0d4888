//! What a room's log holds.
//!
//! An [`Event`] keeps its `kind` and `body` as they came, so a client stores and forwards kinds
//! that it does not know and shows them properly after its update. [`Content`] is the typed reading
//! of those two fields, in a frame and in a row of a timeline alike.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::error::Decode;
use crate::ids::{Cid, EventId, RoomId, Seq, UserId};
use crate::lenient::{self, Object};
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
    /// It only changes what other events show: it has no row of its own, is not unread and does not
    /// notify. A reader who does not know its kind shows nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quiet: bool,
    /// It was given back after a restore, and this is when it happened first.
    #[serde(
        default,
        deserialize_with = "lenient::optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    pub origin: Option<Origin>,
}

/// When an event was committed first, before a restore lost it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The time of that commit, in milliseconds since 1970.
    pub ts: i64,
}

/// The name of a message: who sent it, and the id that they gave it. It names a message that is
/// still queued as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct MessageRef {
    /// Its sender.
    pub user: UserId,
    /// Its client id.
    pub cid: Cid,
}

/// The message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Reply {
    /// The sender of that message.
    pub user: UserId,
    /// Its client id.
    pub cid: Cid,
    /// The beginning of its text, at most [`EXCERPT_CHARS`](crate::limits::EXCERPT_CHARS)
    /// characters: shown where the message itself is not at hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

impl Reply {
    /// The message that is answered.
    #[must_use]
    pub const fn target(&self) -> MessageRef {
        MessageRef { user: self.user, cid: self.cid }
    }
}

/// The body of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Message {
    /// What was written: text with a small subset of Markdown, rendered by the client.
    pub text: String,
    /// Whom the sender named with `@`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<UserId>>"))]
    pub mentions: Vec<UserId>,
    /// The message that this one answers.
    #[serde(
        default,
        deserialize_with = "lenient::optional_object",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub reply: Option<Reply>,
}

/// The body of an edit: a new text for one's own message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Edit {
    /// The message.
    #[serde(deserialize_with = "lenient::object")]
    pub of: MessageRef,
    /// Its text from now on.
    pub text: String,
    /// Whom the new text names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<UserId>>"))]
    pub mentions: Vec<UserId>,
}

/// The body of a reaction, or of its withdrawal. The last one of a person and emoji holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct React {
    /// The message.
    #[serde(deserialize_with = "lenient::object")]
    pub to: MessageRef,
    /// The emoji. Two are the same if they differ in variation selectors only, see
    /// [`emoji::key`](crate::emoji::key).
    pub emoji: String,
    /// Whether the reaction is there from now on.
    pub on: bool,
}

/// The body of a redaction: the sender of a message, or an admin, takes it back. The server erases
/// its text and the text of its edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Redact {
    /// The message.
    #[serde(deserialize_with = "lenient::object")]
    pub of: MessageRef,
}

/// The body of a pin, or of its removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Pin {
    /// The message.
    #[serde(deserialize_with = "lenient::object")]
    pub of: MessageRef,
    /// Whether it is pinned from now on.
    pub on: bool,
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
    /// A message got a new text.
    Edit(Edit),
    /// Somebody reacted to a message, or no longer does.
    React(React),
    /// A message was taken back.
    Redact(Redact),
    /// A message was pinned, or is no longer.
    Pin(Pin),
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
    /// The `kind` of an edit.
    pub const EDIT: &'static str = "edit";
    /// The `kind` of a reaction.
    pub const REACT: &'static str = "react";
    /// The `kind` of a redaction.
    pub const REDACT: &'static str = "redact";
    /// The `kind` of a pin.
    pub const PIN: &'static str = "pin";
    /// The `kind` of a stub.
    pub const STUB: &'static str = "stub";

    /// Reads a body by its kind.
    ///
    /// # Errors
    /// [`Decode::Malformed`] when the kind is known and its body is not of that shape.
    pub fn read(kind: &str, body: &Body) -> Result<Self, Decode> {
        Ok(match kind {
            Self::MESSAGE => Self::Message(object(body)?),
            Self::MEMBERSHIP => Self::Membership(object(body)?),
            Self::CREATED => Self::Created(object(body)?),
            Self::DESCRIBED => Self::Described(object(body)?),
            Self::EDIT => Self::Edit(object(body)?),
            Self::REACT => Self::React(object(body)?),
            Self::REDACT => Self::Redact(object(body)?),
            Self::PIN => Self::Pin(object(body)?),
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
            Self::Edit(edit) => (Self::EDIT, Body::new(edit)),
            Self::React(react) => (Self::REACT, Body::new(react)),
            Self::Redact(redact) => (Self::REDACT, Body::new(redact)),
            Self::Pin(pin) => (Self::PIN, Body::new(pin)),
            Self::Stub | Self::Unknown => return None,
        })
    }

    /// Whether events of this kind are [quiet](Event::quiet).
    #[must_use]
    pub fn is_quiet(kind: &str) -> bool {
        matches!(kind, Self::EDIT | Self::REACT | Self::REDACT)
    }

    /// The message that this changes.
    #[must_use]
    pub const fn target(&self) -> Option<MessageRef> {
        match self {
            Self::Edit(edit) => Some(edit.of),
            Self::React(react) => Some(react.to),
            Self::Redact(redact) => Some(redact.of),
            Self::Pin(pin) => Some(pin.of),
            _ => None,
        }
    }
}

/// Reads a body that is an object. A derived reader would take an array of the fields as well, which no
/// other client could read.
fn object<T: DeserializeOwned>(body: &Body) -> Result<T, serde_json::Error> {
    body.read().map(|Object(fields)| fields)
}

impl Event {
    /// When it happened: before a restore, if it was given back. For display only.
    #[must_use]
    pub fn happened(&self) -> i64 {
        self.origin.map_or(self.ts, |origin| origin.ts)
    }

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
    use uuid::Uuid;

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

    /// As a derived reader takes it, and no client in another language.
    #[test]
    fn an_array_of_fields_is_no_body_and_nothing_in_one() {
        let (user, cid) = (TARGET.user, TARGET.cid);
        for (kind, body) in [
            (Content::MESSAGE, json!(["hi", [], null])),
            (Content::MESSAGE, json!({"text": "hi", "reply": [user, cid, "hi"]})),
            (Content::EDIT, json!({"of": [user, cid], "text": "hi"})),
            (Content::REACT, json!({"to": [user, cid], "emoji": "hi", "on": true})),
            (Content::REDACT, json!([{"user": user, "cid": cid}])),
            (Content::REDACT, json!({"of": [user, cid]})),
            (Content::PIN, json!({"of": [user, cid], "on": true})),
        ] {
            assert!(Content::read(kind, &body.clone().into()).is_err(), "{kind} {body}");
        }
        let null = Content::read(Content::MESSAGE, &json!({"text": "hi", "reply": null}).into());
        assert!(matches!(null, Ok(Content::Message(Message { reply: None, .. }))));
    }
    const TARGET: MessageRef = MessageRef { user: UserId(Uuid::max()), cid: Cid(Uuid::nil()) };

    /// One content of every kind that can be sent or written, with its quietness and its target.
    fn contents() -> Vec<(Content, bool, Option<MessageRef>)> {
        let MessageRef { user, cid } = TARGET;
        let text = || "hi".to_owned();
        let reply = Some(Reply { user, cid, excerpt: text() });
        vec![
            (Content::Message(Message { text: text(), ..Message::default() }), false, None),
            (Content::Message(Message { text: text(), mentions: vec![user], reply }), false, None),
            (Content::Membership(Membership { user, change: Change::Left }), false, None),
            (Content::Created(Created { kind: RoomKind::Public, name: text() }), false, None),
            (Content::Described(Described { name: text(), topic: text() }), false, None),
            (
                Content::Edit(Edit { of: TARGET, text: text(), mentions: vec![user] }),
                true,
                Some(TARGET),
            ),
            (Content::React(React { to: TARGET, emoji: text(), on: true }), true, Some(TARGET)),
            (Content::Redact(Redact { of: TARGET }), true, Some(TARGET)),
            (Content::Pin(Pin { of: TARGET, on: false }), false, Some(TARGET)),
        ]
    }

    #[test]
    fn a_content_is_read_as_it_was_written_and_says_what_it_changes() {
        for (content, quiet, target) in contents() {
            let (kind, body) = content.encode().unwrap();
            assert_eq!(Content::read(kind, &body).unwrap(), content);
            assert_eq!(Content::is_quiet(kind), quiet, "{kind}");
            assert_eq!(content.target(), target, "{kind}");
        }
        for (content, kind) in [(Content::Stub, Content::STUB), (Content::Unknown, "poll")] {
            assert_eq!(content.encode(), None);
            assert!(!Content::is_quiet(kind), "{kind}");
            assert_eq!(content.target(), None);
        }
    }

    #[test]
    fn a_reply_answers_its_target_and_needs_no_excerpt() {
        let MessageRef { user, cid } = TARGET;
        let body = json!({"text": "yes", "reply": {"user": user, "cid": cid}}).into();
        let Content::Message(Message { reply: Some(reply), .. }) =
            Content::read(Content::MESSAGE, &body).unwrap()
        else {
            panic!("a message with a reply")
        };
        assert_eq!((reply.target(), reply.excerpt.as_str()), (TARGET, ""));
    }

    #[test]
    fn a_quiet_kind_of_a_later_version_is_kept_and_stays_quiet() {
        let text = json!({
            "room": Uuid::nil(), "seq": 7, "id": Uuid::nil(), "sender": Uuid::nil(),
            "kind": "vote", "body": {"for": 1}, "ts": 5, "quiet": true,
        });
        let event: Event = serde_json::from_value(text.clone()).unwrap();
        assert_eq!((event.content(), event.quiet), (Content::Unknown, true));
        assert_eq!(serde_json::to_value(&event).unwrap(), text);
    }
}
