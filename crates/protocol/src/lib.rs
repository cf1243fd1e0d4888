//! The wire of Homing: `homing.v1`.
//!
//! Everything a client and a server must agree on stands here and nowhere else: the frames and
//! their JSON, the names of things, the limits, the close codes and what each of them asks of a
//! client. There is no I/O, no clock and no runtime in this crate. `docs/protocol.md` is the same
//! in prose; `cargo xtask tidy` fails when one of the two changes without the other.

#![deny(missing_docs)]

pub mod close;
pub mod error;
pub mod event;
pub mod frame;
pub mod http;
pub mod ids;
pub mod key;
mod lenient;
pub mod limits;
pub mod link;
pub mod people;
pub mod text;

pub use close::CloseCode;
pub use error::{Decode, ErrorCode};
pub use event::{Content, Event, Membership, Message};
pub use frame::{ClientFrame, ServerFrame};
pub use ids::{
    Cid, DeviceId, Epoch, EventId, InviteId, Pos, RequestId, RoomId, Seq, SessionId, SpaceId, Useq,
    UserId,
};
pub use limits::Limits;
pub use link::{AnyLink, DeviceLink, JoinLink, SignInLink};
pub use people::{Person, Role, RoomInfo, RoomKind};

/// The version of the wire that this crate speaks, as it stands in `hello` and `welcome`.
pub const VERSION: u16 = 1;

/// The WebSocket subprotocol that client and server negotiate (RFC 6455, section 1.9).
pub const SUBPROTOCOL: &str = "homing.v1";

/// The port a server listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 4664;
