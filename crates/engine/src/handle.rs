//! The clonable front of an engine. It has no logic: it sends a command to the space's task, or a
//! request to the server over HTTP, and waits for the answer.

use std::sync::Arc;
use std::time::Duration;

use homing_protocol::fold::Revision;
use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::{
    Cid, Content, DeviceId, JoinLink, Message, MessageRef, Role, RoomId, RoomKind, Seq, UserId,
};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::command::{Command, Reply};
use crate::config::Config;
use crate::diff::Subscription;
use crate::doctor::{self, Account, AddressVisibility, Finding, Target};
use crate::error::Error;
use crate::policy::ConnectionPolicy;
use crate::session::api::{Api, NewPassword, NewRoomSpec};
use crate::session::{DeviceLinkOffer, with_keyring_timeout};
use crate::store::StoreError;
use crate::system_event::SystemEvent;
use crate::timeouts;
use crate::trace::Trace;
use crate::view::{Mute, NotifyLevel, Overview, Queued, Status, Timeline, TimelineWindow};

/// Controls one engine. Cheap to clone. The engine runs until [`shutdown`](Self::shutdown) or its
/// token, however many handles there are.
#[derive(Debug, Clone)]
pub struct Handle {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) api: Arc<Api>,
    pub(crate) trace: Arc<Trace>,
    pub(crate) config: Arc<Config>,
    pub(crate) stop: CancellationToken,
    pub(crate) store_failure: watch::Receiver<Option<StoreError>>,
    pub(crate) tasks: TaskTracker,
}

impl Handle {
    /// A snapshot of everything but timelines, its number, and a subscription to the batches that
    /// follow that number. No change falls between them.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn subscribe(&self) -> Result<(u64, Overview, Subscription), Error> {
        self.ask(|reply| Command::Subscribe { reply }).await
    }

    /// A snapshot of everything but timelines, and the number of the last batch that it contains.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn overview(&self) -> Result<(u64, Overview), Error> {
        self.subscribe().await.map(|(number, overview, _)| (number, overview))
    }

    /// Queues a message. When this returns, the message is on this device's disk. It is sent in the
    /// background; this call never waits for the network.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], [`Error::HoldsNul`], [`Error::NoSuchRoom`],
    /// [`Error::Store`], [`Error::Stopped`]
    pub async fn send(&self, room: RoomId, text: impl Into<String>) -> Result<Cid, Error> {
        self.write(room, Content::Message(Message { text: text.into(), ..Message::default() }))
            .await
    }

    /// Queues a message, or a change of one: an edit, a reaction, a redaction, a pin. As for
    /// [`send`](Self::send), it is on this device's disk when this returns. A change of what never
    /// left this device is made there. Returns the `cid` of what is queued.
    ///
    /// # Errors
    /// As for [`send`](Self::send). [`Error::NotYours`] for an edit of another person's message,
    /// [`Error::NotAnEmoji`], [`Error::MaybeSent`]
    pub async fn write(&self, room: RoomId, content: Content) -> Result<Cid, Error> {
        self.ask(|reply| Command::Send { room, content, reply }).await?
    }

    /// Sends a wedged message again. Returns its `cid` from now on, which is a new one if the
    /// server refused the old one.
    ///
    /// # Errors
    /// [`Error::NotQueued`], [`Error::Store`], [`Error::Stopped`]
    pub async fn retry(&self, cid: Cid) -> Result<Cid, Error> {
        self.ask(|reply| Command::Retry { cid, reply }).await?
    }

    /// Removes a queued or wedged message.
    ///
    /// # Errors
    /// [`Error::MaybeSent`] when it was handed to a connection and not refused, because it may have
    /// arrived. [`Error::NotQueued`], [`Error::Store`], [`Error::Stopped`]
    pub async fn discard(&self, cid: Cid) -> Result<(), Error> {
        self.ask(|reply| Command::Discard { cid, reply }).await?
    }

    /// The messages of all rooms that are not on the server yet, in the order of writing.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn outbox(&self) -> Result<Vec<Queued>, Error> {
        self.ask(|reply| Command::Outbox { reply }).await
    }

    /// A part of a room's log: at most `limit` rows, and what is queued. It is read from this
    /// device. What is missing is requested from the server first, for at most
    /// [`TIMELINE_WAIT`](crate::timeouts::TIMELINE_WAIT), and is listed as a hole if it does not
    /// come in time.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn timeline(
        &self,
        room: RoomId,
        window: TimelineWindow,
        limit: u32,
    ) -> Result<Timeline, Error> {
        self.ask(|reply| Command::Timeline { room, window, limit, reply }).await?
    }

    /// Moves the read marker of a room forward, on all devices of the person. Never moves it back.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn read(&self, room: RoomId, seq: Seq) -> Result<(), Error> {
        self.ask(|reply| Command::MarkRead { room, seq, reply }).await?
    }

    /// Marks a room as unread from this event on, on all devices of the person, until it is read
    /// again. The read marker stays. An event after it is unread already, so that it ends an
    /// earlier mark.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn mark_unread(&self, room: RoomId, seq: Seq) -> Result<(), Error> {
        self.ask(|reply| Command::MarkUnread { room, seq, reply }).await?
    }

    /// Saves unsent text for all devices of the person. Empty text removes it. `seen` is the text
    /// that the person saw before writing: the draft that they continued, or another device's draft
    /// that was offered and that they now accept or dismiss; empty if there was none. A text that
    /// they can't have seen is kept beside theirs.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::TooLarge`], [`Error::HoldsNul`], [`Error::Store`],
    /// [`Error::Stopped`]
    pub async fn draft(
        &self,
        room: RoomId,
        text: impl Into<String>,
        seen: impl Into<String>,
    ) -> Result<(), Error> {
        let (text, seen) = (text.into(), seen.into());
        self.ask(|reply| Command::SaveDraft { room, text, seen, reply }).await?
    }

    /// Mutes or unmutes a room, on all devices of the person.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn mute(&self, room: RoomId, mute: Mute) -> Result<(), Error> {
        self.ask(|reply| Command::Mute { room, mute, reply }).await?
    }

    /// Sets what a room notifies of, on all devices of the person. `None`: the general setting.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn notify(&self, room: RoomId, level: Option<NotifyLevel>) -> Result<(), Error> {
        self.ask(|reply| Command::Notify { room, level, reply }).await?
    }

    /// Sets the person's status on all their devices. With [`Status::Away`] the others see them as
    /// away, whatever [`set_active`](Self::set_active) says.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Stopped`]
    pub async fn status(&self, status: Status) -> Result<(), Error> {
        self.ask(|reply| Command::Status { status, reply }).await?
    }

    /// The person is typing in a room. The others are told at most every 3 s, so this may be called
    /// on each key.
    pub async fn typing(&self, room: RoomId) {
        self.tell(Command::Typing { room }).await;
    }

    /// Sets the room on the screen, which is fetched first.
    pub async fn set_visible_room(&self, room: Option<RoomId>) {
        self.tell(Command::SetVisibleRoom { room }).await;
    }

    /// Sets whether the person is at the machine. It decides their presence. While they are, an
    /// unanswered message makes the connection probe sooner.
    pub async fn set_active(&self, active: bool) {
        self.tell(Command::SetActive { active }).await;
    }

    /// Creates a room, and returns once it is among the viewer's rooms.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn create_room(&self, spec: NewRoomSpec) -> Result<RoomId, Error> {
        let room = self.api.create_room(spec).await?;
        self.await_room(room).await.map(|()| room)
    }

    /// Returns the direct room with these people, and creates it if there is none.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn open_direct(&self, people: Vec<UserId>) -> Result<RoomId, Error> {
        let (name, topic) = (String::new(), String::new());
        let kind = RoomKind::Direct;
        self.create_room(NewRoomSpec { attempt: None, kind, name, topic, members: people }).await
    }

    /// Joins a public room, and returns once it is among the viewer's rooms.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn join_room(&self, room: RoomId) -> Result<(), Error> {
        self.api.join_room(room).await?;
        self.await_room(room).await
    }

    /// Leaves a room. Its log is deleted from this device.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn leave_room(&self, room: RoomId) -> Result<(), Error> {
        self.api.leave_room(room).await
    }

    /// Adds people to a room.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn add_members(&self, room: RoomId, users: Vec<UserId>) -> Result<(), Error> {
        self.api.add_members(room, users).await
    }

    /// Removes a person from a room.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn remove_member(&self, room: RoomId, user: UserId) -> Result<(), Error> {
        self.api.remove_member(room, user).await
    }

    /// The members of a room, in order of joining.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn room_members(&self, room: RoomId) -> Result<Vec<UserId>, Error> {
        self.api.members(room).await
    }

    /// How far each member's devices have stored a room, in order of joining.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn room_receipts(&self, room: RoomId) -> Result<Vec<MemberReceipt>, Error> {
        self.api.receipts(room).await
    }

    /// The texts that a message had, oldest first: what was sent, and each edit. This device keeps
    /// only the newest, so the server is asked.
    ///
    /// # Errors
    /// [`Error::Call`], also when the message is gone; [`Error::Secret`], [`Error::Stopped`]
    pub async fn revisions(&self, room: RoomId, of: MessageRef) -> Result<Vec<Revision>, Error> {
        self.api.revisions(room, of).await
    }

    /// The public rooms of the space, joined or not, by name.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn public_rooms(&self) -> Result<Vec<PublicRoom>, Error> {
        self.api.public_rooms().await
    }

    /// Creates an invitation: a join link with the server's address and fingerprint as this device
    /// knows them.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn invite(
        &self,
        role: Role,
        uses: Option<u32>,
        lifetime: Option<Duration>,
    ) -> Result<JoinLink, Error> {
        self.api.invite(role, uses, lifetime).await
    }

    /// The devices of the person, newest first.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn devices(&self) -> Result<Vec<Device>, Error> {
        self.api.devices().await
    }

    /// Renames the space. For owners and admins.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn rename_space(&self, name: String) -> Result<(), Error> {
        self.api.rename_space(name).await
    }

    /// Renames a device of the person.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn rename_device(&self, device: DeviceId, name: String) -> Result<(), Error> {
        self.api.rename_device(device, name).await
    }

    /// Signs another device of the person out.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn revoke_device(&self, device: DeviceId) -> Result<(), Error> {
        self.api.revoke_device(device).await
    }

    /// Creates a link by which the person signs another device in. It is valid once, for a few
    /// minutes, and only until the next one is created.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn create_device_link(&self) -> Result<DeviceLinkOffer, Error> {
        self.api.create_device_link().await
    }

    /// Revokes the last device link.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn revoke_device_link(&self) -> Result<(), Error> {
        self.api.revoke_device_link().await
    }

    /// Waits until the engine has stopped. Returns the store's error if that is the cause.
    pub async fn ended(&self) -> Option<StoreError> {
        let mut store_failure = self.store_failure.clone();
        // The sender is dropped without a value when the engine was told to stop.
        store_failure
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|store_failure| store_failure.clone())
    }

    /// Changes the person's name or password; `None` keeps the old one.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Store`], [`Error::Stopped`]
    pub async fn edit_me(
        &self,
        name: Option<String>,
        password: Option<NewPassword>,
    ) -> Result<(), Error> {
        self.api.edit_me(name.clone(), password).await?;
        match name {
            Some(name) => self.ask(|reply| Command::Renamed { name, reply }).await?,
            None => Ok(()),
        }
    }

    /// Signs this device out: tells the server, and stops the engine. The token, which is of no
    /// more use, and the database with its outbox stay; see
    /// [`Profile::remove`](crate::session::profile::Profile::remove).
    ///
    /// # Errors
    /// [`Error::Call`] when the server could not be told, and [`Error::Secret`] when the token to
    /// tell it with is not at hand. Nothing has changed then.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.api.sign_out().await?;
        self.shutdown().await;
        Ok(())
    }

    /// The traffic of the connection, for the Connection Inspector.
    #[must_use]
    pub const fn trace(&self) -> &Arc<Trace> {
        &self.trace
    }

    /// Runs the Connection Doctor and passes each finding on as soon as it is there. Dropping the
    /// future cancels it.
    pub async fn examine(&self, found: impl FnMut(Finding)) {
        let (address, live) = (self.api.address(), self.trace.server_info().is_some());
        doctor::examine(
            Target {
                connector: self.api.connector(),
                address,
                account: Account::Device {
                    record: self.api.record(),
                    token: with_keyring_timeout(self.api.token()).await,
                    live: live.then_some(&self.trace),
                },
                clock: self.api.clock(),
                app: &self.config.app,
                timeouts: self.config.timeouts,
                history: Some(&self.trace),
            },
            found,
        )
        .await;
        if !live {
            // The Doctor's session may have replaced one that came up at the same time. And a
            // person who examines a connection that is down wants it back.
            self.try_now().await;
        }
    }

    /// The findings of [`examine`](Self::examine) as a text report.
    #[must_use]
    pub fn report(&self, findings: &[Finding], places: AddressVisibility) -> String {
        doctor::report(&self.config.app, self.api.address(), findings, places)
    }

    /// Tries to connect now instead of at the end of the wait.
    pub async fn try_now(&self) {
        self.tell(Command::TryNow).await;
    }

    /// Disconnects and stays offline until [`go_online`](Self::go_online).
    pub async fn stay_offline(&self) {
        self.tell(Command::StayOffline).await;
    }

    /// Connects and stays connected. It also ends the state
    /// [`Refused`](crate::view::ConnectionState::Refused).
    pub async fn go_online(&self) {
        self.tell(Command::GoOnline).await;
    }

    /// Keeps trying without another [`RetryPrompt`](crate::view::RetryPrompt), until a connection
    /// lasts or the conditions change.
    pub async fn keep_trying(&self) {
        self.tell(Command::KeepTrying).await;
    }

    /// Something happened to the machine or its network. Probes a connection, tries to connect if
    /// there is none, or reports that there is no network. However many events there are, at most
    /// [`ATTEMPTS`](timeouts::ATTEMPTS) connections are attempted in 5 s.
    pub async fn system_event(&self, event: SystemEvent) {
        self.tell(Command::SystemEvent(event)).await;
    }

    /// The network changed: [`SystemEvent::NetworkChanged`].
    pub async fn network_changed(&self) {
        self.system_event(SystemEvent::NetworkChanged).await;
    }

    /// The machine woke up: [`SystemEvent::Woke`].
    pub async fn woke(&self) {
        self.system_event(SystemEvent::Woke).await;
    }

    /// The route to the server changed, by another proxy or other trusted authorities. The
    /// connection is replaced.
    pub async fn reroute(&self) {
        self.tell(Command::Reroute).await;
    }

    /// Applies another policy for heartbeat and reconnecting from now on. A wait that was computed
    /// by the old policy ends at once.
    ///
    /// # Errors
    /// [`Error::InvalidPolicy`] when a field is out of its bounds; nothing has changed then.
    pub async fn set_policy(&self, policy: ConnectionPolicy) -> Result<(), Error> {
        policy.check()?;
        self.tell(Command::SetPolicy(policy)).await;
        Ok(())
    }

    /// The keyring may have the token now: reads it, and connects if it is there. If the keyring is
    /// absent or does not respond, the connection keeps asking for the token, also if it was idle.
    ///
    /// # Errors
    /// [`Error::Secret`] when the token still can't be read. [`Error::Stopped`]
    pub async fn token_available(&self) -> Result<(), Error> {
        match self.api.read_token().await {
            Ok(token) => {
                self.tell(Command::SetToken { token }).await;
                Ok(())
            }
            Err(refused) => {
                if refused.may_pass() {
                    self.try_now().await;
                }
                Err(refused.into())
            }
        }
    }

    /// Stops the engine within [`SHUTDOWN`](timeouts::SHUTDOWN) and sends the server a `bye`.
    /// Nothing needs to be saved, because everything durable is already on disk.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        if timeout(timeouts::SHUTDOWN, self.tasks.wait()).await.is_err() {
            tracing::warn!("the engine is still busy {:?} after the end", timeouts::SHUTDOWN);
        }
    }

    async fn await_room(&self, room: RoomId) -> Result<(), Error> {
        // If it is late, or this device is offline, the room comes with the next digest. The
        // request itself was executed.
        match timeout(
            timeouts::ROOM_ANNOUNCED,
            self.ask(|reply| Command::AwaitRoom { room, reply }),
        )
        .await
        {
            Ok(answer) => answer,
            Err(_) => Ok(()),
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Stopped)
    }

    async fn tell(&self, command: Command) {
        // An engine that has stopped ignores commands.
        _ = self.commands.send(command).await;
    }
}
