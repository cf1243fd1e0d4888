//! What a [`Handle`](crate::Handle) asks of the task that runs a space.

use homing_protocol::{Cid, RoomId, Seq, UserId};
use tokio::sync::oneshot;

use crate::Error;
use crate::diff::Subscription;
use crate::policy::ConnectionPolicy;
use crate::secret::Secret;
use crate::system_event::SystemEvent;
use crate::view::{Mute, NotifyLevel, Overview, Queued, Status, Timeline, TimelineWindow};

/// Requests that may wait for the space's task. A person makes a few at a time; a bot that writes
/// faster than the disk waits in its own call.
pub(crate) const COMMANDS: usize = 64;

/// Where an answer goes. Nobody may be waiting any more, which is fine.
pub(crate) type Reply<T> = oneshot::Sender<T>;

/// One request.
#[derive(Debug)]
pub(crate) enum Command {
    /// Everything but timelines, and all that changes from then on.
    Subscribe { reply: Reply<(u64, Overview, Subscription)> },
    /// Queue a message.
    Send { room: RoomId, text: String, mentions: Vec<UserId>, reply: Reply<Result<Cid, Error>> },
    /// Try a wedged message again. Answers its name from now on.
    Retry { cid: Cid, reply: Reply<Result<Cid, Error>> },
    /// Forget a queued message.
    Discard { cid: Cid, reply: Reply<Result<(), Error>> },
    /// Change a queued message. Answers its name from now on.
    Edit { cid: Cid, text: String, mentions: Vec<UserId>, reply: Reply<Result<Cid, Error>> },
    /// All queued messages.
    Outbox { reply: Reply<Vec<Queued>> },
    /// A part of a room's log.
    Timeline {
        room: RoomId,
        window: TimelineWindow,
        limit: u32,
        reply: Reply<Result<Timeline, Error>>,
    },
    /// Move the read marker.
    MarkRead { room: RoomId, seq: Seq, reply: Reply<Result<(), Error>> },
    /// Keep unsent text.
    SaveDraft { room: RoomId, text: String, seen: String, reply: Reply<Result<(), Error>> },
    /// Mute or unmute.
    Mute { room: RoomId, mute: Mute, reply: Reply<Result<(), Error>> },
    /// What a room notifies of.
    Notify { room: RoomId, level: Option<NotifyLevel>, reply: Reply<Result<(), Error>> },
    /// What the person says of themselves.
    Status { status: Status, reply: Reply<Result<(), Error>> },
    /// The person is writing.
    Typing { room: RoomId },
    /// The room on the screen.
    SetVisibleRoom { room: Option<RoomId> },
    /// The person is at the machine, or not.
    SetActive { active: bool },
    /// Answer once the room is known.
    AwaitRoom { room: RoomId, reply: Reply<()> },
    /// The person renamed themselves.
    Renamed { name: String, reply: Reply<Result<(), Error>> },
    /// Connect now.
    TryNow,
    /// Connect anew: the way to the server is another one.
    Reroute,
    /// Disconnect and stay so.
    StayOffline,
    /// Connect, and stay connected.
    GoOnline,
    /// Do not ask again how to go on, for as long as these tries fail.
    KeepTrying,
    /// What is connected may be dead.
    SystemEvent(SystemEvent),
    /// Other figures for the connection, which fit.
    SetPolicy(ConnectionPolicy),
    /// The token, fresh from the keyring.
    SetToken { token: Secret },
}
