//! The link to a message, in one line of text.
//!
//! `homing://message/<space>/<room>/<user>/<cid>`
//!
//! It names the message by ids and nothing else: no address, since members reach one server by
//! several, and no code, since it lets nobody in. Whoever opens it sees what their own membership
//! lets them see.

use std::fmt;
use std::str::FromStr;

use crate::event::MessageRef;
use crate::ids::{Cid, RoomId, SpaceId, UserId};
use crate::link::LinkError;

/// What every message link begins with.
const MESSAGE: &str = "homing://message/";

/// A link to a message, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageLink {
    /// The space.
    pub space: SpaceId,
    /// The room with the message.
    pub room: RoomId,
    /// The message.
    pub message: MessageRef,
}

impl fmt::Display for MessageLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { space, room, message: MessageRef { user, cid } } = self;
        write!(f, "{MESSAGE}{space}/{room}/{user}/{cid}")
    }
}

impl FromStr for MessageLink {
    type Err = LinkError;

    /// Reads a link as people paste it: in any case, with a line break in it. What follows a `?` or
    /// `#` is ignored, so that a later version can say more.
    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.replace(['\t', '\r', '\n'], "").trim().to_ascii_lowercase();
        let ids = text.strip_prefix(MESSAGE).ok_or(LinkError::NotALink)?;
        let ids = ids.split(['?', '#']).next().unwrap_or_default();
        let mut ids = ids.strip_suffix('/').unwrap_or(ids).split('/');
        let link = Self {
            space: SpaceId(next(&mut ids)?),
            room: RoomId(next(&mut ids)?),
            message: MessageRef { user: UserId(next(&mut ids)?), cid: Cid(next(&mut ids)?) },
        };
        ids.next().is_none().then_some(link).ok_or(LinkError::NoMessage)
    }
}

/// The next id, in its usual form.
fn next<'a>(ids: &mut impl Iterator<Item = &'a str>) -> Result<uuid::Uuid, LinkError> {
    let text = ids.next().ok_or(LinkError::NoMessage)?;
    let id: uuid::Uuid = text.parse().map_err(|_| LinkError::NoMessage)?;
    Some(id).filter(|id| id.to_string() == text).ok_or(LinkError::NoMessage)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = [
        "01900000-0000-7000-8000-000000000001",
        "01900000-0000-7001-8000-000000000002",
        "01900000-0000-7002-8000-000000000003",
        "01900000-0000-7003-8000-000000000004",
    ];

    fn link() -> MessageLink {
        let [space, room, user, cid] = IDS.map(|id| id.parse().unwrap());
        MessageLink {
            space: SpaceId(space),
            room: RoomId(room),
            message: MessageRef { user: UserId(user), cid: Cid(cid) },
        }
    }

    #[test]
    fn is_read_as_people_paste_it() {
        let usual = format!("homing://message/{}", IDS.join("/"));
        assert_eq!(link().to_string(), usual);
        let (half, rest) = usual.split_at(40);
        for text in [
            usual.clone(),
            format!("  {usual}\n"),
            format!("{half}\r\n{rest}"),
            usual.to_ascii_uppercase(),
            format!("{usual}/"),
            format!("{usual}?later=1"),
            format!("{usual}#later"),
        ] {
            assert_eq!(text.parse(), Ok(link()), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let [space, room, user, cid] = IDS;
        for (text, error) in [
            (String::new(), LinkError::NotALink),
            (format!("homing://join/{space}/{room}"), LinkError::NotALink),
            (format!("https://message/{space}/{room}/{user}/{cid}"), LinkError::NotALink),
            (format!("see homing://message/{space}/{room}/{user}/{cid}"), LinkError::NotALink),
            ("homing://message/".to_owned(), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/{user}"), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/{user}/"), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/{user}/{cid}/{cid}"), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/../{cid}"), LinkError::NoMessage),
            (format!("homing://message/{space}//{user}/{cid}"), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/{user}/{cid}0"), LinkError::NoMessage),
            (format!("homing://message/{space}/{room}/{user}/{{{cid}}}"), LinkError::NoMessage),
            (
                format!("homing://message/{space}/{room}/{user}/{}", cid.replace('-', "")),
                LinkError::NoMessage,
            ),
            (format!("homing://message/{space}/{room}/{user}/{cid} now"), LinkError::NoMessage),
        ] {
            assert_eq!(text.parse::<MessageLink>(), Err(error), "{text}");
        }
    }
}
