//! The commands that a [`Handle`](crate::Handle) sends to the task of its space.

use homing_protocol::{Cid, Content, RoomId, Seq};
use tokio::sync::oneshot;

use crate::Error;
use crate::diff::Subscription;
use crate::policy::ConnectionPolicy;
use crate::secret::Secret;
use crate::system_event::SystemEvent;
use crate::view::{Mute, NotifyLevel, Overview, Queued, Status, Timeline, TimelineWindow};

/// Commands that may wait for the space's task. A person sends a few at a time; a bot that writes
/// faster than the disk waits in its own call.
pub(crate) const COMMANDS: usize = 64;

/// Where the answer goes. The receiver may be gone by then, which is not an error.
pub(crate) type Reply<T> = oneshot::Sender<T>;

/// One command.
#[derive(Debug)]
pub(crate) enum Command {
    /// Take a snapshot of everything but timelines, and subscribe to all later changes.
    Subscribe { reply: Reply<(u64, Overview, Subscription)> },
    /// Queue what was written, or change what is queued.
    Send { room: RoomId, content: Content, reply: Reply<Result<Cid, Error>> },
    /// Send a wedged message again. Returns its `cid` from now on.
    Retry { cid: Cid, reply: Reply<Result<Cid, Error>> },
    /// Remove a queued message.
    Discard { cid: Cid, reply: Reply<Result<(), Error>> },
    /// List all queued messages.
    Outbox { reply: Reply<Vec<Queued>> },
    /// Read a part of a room's log.
    Timeline {
        room: RoomId,
        window: TimelineWindow,
        limit: u32,
        reply: Reply<Result<Timeline, Error>>,
    },
    /// Move the read marker.
    MarkRead { room: RoomId, seq: Seq, reply: Reply<Result<(), Error>> },
    /// Mark a room as unread from this event on.
    MarkUnread { room: RoomId, seq: Seq, reply: Reply<Result<(), Error>> },
    /// Save unsent text.
    SaveDraft { room: RoomId, text: String, seen: String, reply: Reply<Result<(), Error>> },
    /// Mute or unmute.
    Mute { room: RoomId, mute: Mute, reply: Reply<Result<(), Error>> },
    /// Set what a room notifies of.
    Notify { room: RoomId, level: Option<NotifyLevel>, reply: Reply<Result<(), Error>> },
    /// Set the person's own status.
    Status { status: Status, reply: Reply<Result<(), Error>> },
    /// The person is writing.
    Typing { room: RoomId },
    /// Set the room on the screen.
    SetVisibleRoom { room: Option<RoomId> },
    /// Set whether the person is at the machine.
    SetActive { active: bool },
    /// Reply once the room is known.
    AwaitRoom { room: RoomId, reply: Reply<()> },
    /// The person changed their own name.
    Renamed { name: String, reply: Reply<Result<(), Error>> },
    /// Connect now.
    TryNow,
    /// Reconnect, because the route to the server changed.
    Reroute,
    /// Disconnect and stay offline.
    StayOffline,
    /// Connect and stay connected.
    GoOnline,
    /// Do not prompt again while the same attempts keep failing.
    KeepTrying,
    /// The connection may be dead, or may succeed now.
    SystemEvent(SystemEvent),
    /// Use this policy, which was validated.
    SetPolicy(ConnectionPolicy),
    /// Use this token, just read from the keyring.
    SetToken { token: Secret },
}
