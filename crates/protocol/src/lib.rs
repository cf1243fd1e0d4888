//! The wire protocol of Homing: `homing.v1`.
//!
//! Everything that client and server must agree on: the frames and their JSON, ids, limits, and
//! close codes with what they require of a client. No I/O, no clock and no runtime.
//! `docs/protocol.md` is the same in prose; `cargo xtask tidy` fails when one of them changes
//! without the other.

#![deny(missing_docs)]

mod body;
pub mod close;
pub mod emoji;
pub mod error;
pub mod event;
pub mod fold;
pub mod frame;
pub mod http;
pub mod ids;
pub mod key;
mod lenient;
pub mod limits;
pub mod link;
pub mod mention;
pub mod message_link;
pub mod people;
pub mod text;

pub use body::Body;
pub use close::CloseCode;
pub use error::{Decode, ErrorCode};
pub use event::{Content, Event, Membership, Message, MessageRef, Origin};
pub use fold::Fold;
pub use frame::{ClientFrame, ServerFrame};
pub use ids::{
    Cid, DeviceId, Epoch, EventId, InviteId, Pos, RequestId, RoomId, Seq, SessionId, SpaceId, Useq,
    UserId,
};
pub use limits::Limits;
pub use link::{AnyLink, DeviceLink, JoinLink, SignInLink};
pub use message_link::MessageLink;
pub use people::{Person, Role, RoomInfo, RoomKind};

/// The protocol version of this crate, as in `hello` and `welcome`.
pub const VERSION: u16 = 1;

/// The WebSocket subprotocol that client and server negotiate (RFC 6455, section 1.9).
pub const SUBPROTOCOL: &str = "homing.v1";

/// The ability of a client to take sparse pages and folds, as in `hello`. A client without it gets
/// every event, and stubs in place of quiet ones.
pub const FOLD: &str = "fold";

/// The default port of a server.
pub const DEFAULT_PORT: u16 = 4664;
