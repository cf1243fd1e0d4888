//! What the tests show.

use homing_engine::view::{
    ConnectionState, Item, OutboxCount, Overview, ReactionGroup, Space, Status, TimelinePosition,
};
use homing_protocol::{Content, Message, Seq};
use homing_testkit::builders::{NEW_YEAR, cid, person, space_id, user_id};

/// A space of Ada, Ben and Cleo without rooms, seen by somebody else.
pub(crate) fn overview() -> Overview {
    Overview {
        space: Space {
            id: space_id(),
            name: "Loft".to_owned(),
            address: "chat.example:4664".to_owned(),
            me: user_id(9),
        },
        connection: ConnectionState::Stopped,
        rooms: Vec::new(),
        people: vec![person(1), person(2), person(3)],
        presence: Vec::new(),
        status: Status::default(),
        outbox: OutboxCount::default(),
    }
}

/// Message number `seq` by member `sender`, which nothing has changed.
pub(crate) fn message(seq: u64, sender: u64, text: &str) -> Item {
    Item {
        key: cid(seq).to_string(),
        place: TimelinePosition::Log(Seq(seq)),
        sender: user_id(sender),
        ts: NEW_YEAR,
        content: Content::Message(Message { text: text.to_owned(), ..Message::default() }),
        delivery: None,
        edited: false,
        reactions: Vec::new(),
        pinned: false,
        gone: None,
        change: None,
    }
}

/// The reactions of these members with one emoji.
pub(crate) fn reactions(emoji: &str, people: &[u64]) -> ReactionGroup {
    ReactionGroup {
        emoji: emoji.to_owned(),
        count: u32::try_from(people.len()).expect("a handful of people"),
        people: people.iter().copied().map(user_id).collect(),
        mine: people.contains(&9),
    }
}
