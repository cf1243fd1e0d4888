//! The state of a message: what the events that change it left of it.
//!
//! The server folds the log, once and in its order, and tells the result: with a push, in the
//! answer to a `send`, and in a page. So a client applies whole values and needs no event that
//! it does not hold.

use serde::{Deserialize, Serialize};

use crate::event::MessageRef;
use crate::ids::{Seq, UserId};

/// What the changes of a message up to a seq left of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// The place of the message in its room.
    pub seq: Seq,
    /// All changes up to here are in it. Of two folds of a message the one with the greater value
    /// is newer.
    pub as_of: Seq,
    /// Its newest text, if it was edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Revision>,
    /// The reactions, in order of the first of each emoji.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// The emoji of the reader's own reactions. Absent where the fold is told to several readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<Vec<String>>,
    /// It is pinned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Who took it back. Nothing of its text is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<UserId>,
    /// Its name, where it is gone: a reader who does not hold it may hold what quotes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<MessageRef>,
}

/// One text of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Revision {
    /// The text.
    pub text: String,
    /// Whom it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<UserId>>"))]
    pub mentions: Vec<UserId>,
    /// When it was committed, in milliseconds since 1970.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub ts: i64,
}

/// All reactions to a message with one emoji.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji, without variation selectors.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// The first of them, at most [`REACTION_PEOPLE`](crate::limits::REACTION_PEOPLE).
    pub people: Vec<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ADA: &str = "01900000-0000-7002-8000-000000000001";

    #[test]
    fn a_fold_says_what_there_is_and_no_more() {
        let edit = json!({"text": "hi", "ts": 5});
        let reactions = json!([{"emoji": "👍", "count": 1, "people": [ADA]}]);
        for (field, value) in [
            (None, Value::Null),
            (Some("edit"), edit),
            (Some("reactions"), reactions),
            (Some("mine"), json!(["👍"])),
            (Some("pinned"), json!(true)),
            (Some("gone"), json!(ADA)),
            (Some("of"), json!({"user": ADA, "cid": "01900000-0000-7004-8000-000000000001"})),
        ] {
            let mut text = json!({"seq": 7, "as_of": 9});
            if let (Some(field), Some(fields)) = (field, text.as_object_mut()) {
                fields.insert(field.to_owned(), value);
            }
            let fold: Fold = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(serde_json::to_value(&fold).unwrap(), text);
        }
    }

    /// The first is told to one reader, who has no reaction here, and the second to everyone.
    #[test]
    fn no_reaction_of_the_reader_is_not_the_same_as_none_told() {
        let read = |text: Value| serde_json::from_value::<Fold>(text).unwrap();
        let told = read(json!({"seq": 7, "as_of": 9, "mine": []}));
        assert_eq!(told.mine, Some(Vec::new()));
        assert_eq!(serde_json::to_value(&told).unwrap()["mine"], json!([]));
        assert_eq!(read(json!({"seq": 7, "as_of": 9})).mine, None);
    }
}
