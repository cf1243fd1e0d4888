//! Limits. The server sends its own in `welcome`; these are the defaults and the maxima for which
//! both sides size their buffers.

use serde::{Deserialize, Serialize};

/// The largest frame, in bytes of JSON text, that either side accepts.
pub const FRAME_BYTES: usize = 256 * 1024;
/// The largest body of one event, in bytes of JSON text.
pub const BODY_BYTES: usize = 64 * 1024;
/// Items of one `send`. A batch commits whole and in order.
pub const SEND_ITEMS: usize = 16;
/// `send` frames that a connection may have unanswered.
pub const SENDS_IN_FLIGHT: usize = 32;
/// Events of one `page`.
pub const PAGE_EVENTS: u32 = 200;
/// Changes of one `upage`.
pub const UPAGE_EVENTS: u32 = 500;
/// Rooms of one `digest` frame; the rest follows in further frames (`more`).
pub const DIGEST_ROOMS: usize = 200;
/// People of one `digest` frame.
pub const DIGEST_PEOPLE: usize = 500;
/// `room: head` pairs of one `ping`.
pub const PING_HEADS: usize = 20;
/// Rooms of one page of the list of public rooms.
pub const PAGE_ROOMS: u32 = 500;
/// Characters of a nickname, and of a device's name.
pub const NAME_CHARS: usize = 64;
/// Characters of the space's name.
pub const SPACE_NAME_CHARS: usize = 80;
/// Characters of a room's name.
pub const ROOM_NAME_CHARS: usize = 80;
/// Characters of a room's topic.
pub const TOPIC_CHARS: usize = 250;
/// Bytes of the key of a `set`.
pub const KEY_BYTES: usize = 128;
/// Bytes of JSON text of the value of a `set`.
pub const VALUE_BYTES: usize = BODY_BYTES;
/// Restores that the description of a room names, the newest ones.
pub const RESTORES: u32 = 16;
/// Characters of the excerpt in a reply.
pub const EXCERPT_CHARS: usize = 200;
/// People that one message mentions. Further ones are only shown.
pub const MENTIONS: usize = 50;
/// Members of a room in which everybody may mention all of them. In a larger one an admin may.
pub const ROOM_MENTION_MEMBERS: u32 = 15;
/// Bytes of the emoji of a reaction: the longest of Unicode, a kiss with two skin tones, has 35.
pub const EMOJI_BYTES: usize = 64;
/// Different emoji of the reactions to one message.
pub const REACTIONS: usize = 50;
/// People of one emoji that a fold names; the others are counted.
pub const REACTION_PEOPLE: usize = 10;
/// Minimum characters of a password (NIST SP 800-63B, section 3.1.1.2, with a second factor or rate
/// limit in place).
pub const PASSWORD_CHARS: usize = 8;
/// Lifetime of a device link in milliseconds: long enough to carry a phone across a room.
pub const LINK_LIFETIME_MS: u64 = 300_000;

/// The figures of one server, as `welcome` tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of one frame.
    pub frame: usize,
    /// Bytes of one event's body.
    pub body: usize,
    /// Items of one `send`.
    pub items: usize,
    /// `send` frames in flight on one connection.
    pub in_flight: usize,
    /// Sent items a second and member, over a longer time.
    pub sends_per_second: u32,
    /// Sent items at once, before `sends_per_second` counts.
    pub send_burst: u32,
    /// `pull` and `upull` frames a second.
    pub pulls_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: FRAME_BYTES,
            body: BODY_BYTES,
            items: SEND_ITEMS,
            in_flight: SENDS_IN_FLIGHT,
            sends_per_second: 10,
            send_burst: 30,
            pulls_per_second: 20,
        }
    }
}
