//! The clonable front of an engine. No logic: it asks the space's task, or the server over HTTP,
//! and waits for the answer.

use std::sync::Arc;
use std::time::Duration;

use homing_protocol::http::{Device, MemberReceipt, PublicRoom};
use homing_protocol::{Cid, DeviceId, JoinLink, Role, RoomId, RoomKind, Seq, UserId};
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

/// Controls one engine. Cheap to clone; the engine runs until [`shutdown`](Self::shutdown) or its
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
    /// Everything but timelines, its number, and the batches that follow that number: nothing
    /// falls between.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn subscribe(&self) -> Result<(u64, Overview, Subscription), Error> {
        self.ask(|reply| Command::Subscribe { reply }).await
    }

    /// Everything but timelines, and the number of the last batch it contains.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn overview(&self) -> Result<(u64, Overview), Error> {
        self.subscribe().await.map(|(number, overview, _)| (number, overview))
    }

    /// Queues a message. When this returns, the message is on this device's disk and goes out by
    /// itself; it never waits for the network.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], [`Error::HoldsNul`], [`Error::NoSuchRoom`], [`Error::Store`],
    /// [`Error::Stopped`]
    pub async fn send(
        &self,
        room: RoomId,
        text: impl Into<String>,
        mentions: Vec<UserId>,
    ) -> Result<Cid, Error> {
        let text = text.into();
        self.ask(|reply| Command::Send { room, text, mentions, reply }).await?
    }

    /// Tries a wedged message again and answers its name from now on, which is a new one if the
    /// server refused the old.
    ///
    /// # Errors
    /// [`Error::NotQueued`], [`Error::Store`], [`Error::Stopped`]
    pub async fn retry(&self, cid: Cid) -> Result<Cid, Error> {
        self.ask(|reply| Command::Retry { cid, reply }).await?
    }

    /// Takes a queued or wedged message back.
    ///
    /// # Errors
    /// [`Error::MaybeSent`] when it was handed to a connection and not refused: it can't be known
    /// whether it arrived. [`Error::NotQueued`], [`Error::Store`], [`Error::Stopped`]
    pub async fn discard(&self, cid: Cid) -> Result<(), Error> {
        self.ask(|reply| Command::Discard { cid, reply }).await?
    }

    /// Changes a queued or wedged message where it stands and answers its name from now on: a new
    /// one for a wedged message, because the server has seen the old one.
    ///
    /// # Errors
    /// [`Error::MaybeSent`] as for [`discard`](Self::discard). [`Error::NotQueued`],
    /// [`Error::Empty`], [`Error::TooLarge`], [`Error::HoldsNul`], [`Error::Store`], [`Error::Stopped`]
    pub async fn edit_queued(
        &self,
        cid: Cid,
        text: impl Into<String>,
        mentions: Vec<UserId>,
    ) -> Result<Cid, Error> {
        let text = text.into();
        self.ask(|reply| Command::Edit { cid, text, mentions, reply }).await?
    }

    /// The messages of all rooms that are not on the server yet, in the order of writing.
    ///
    /// # Errors
    /// [`Error::Stopped`]
    pub async fn outbox(&self) -> Result<Vec<Queued>, Error> {
        self.ask(|reply| Command::Outbox { reply }).await
    }

    /// A part of a room's log, at most `limit` rows and what is queued. Comes from this device;
    /// what is missing there is asked of the server first, for at most
    /// [`TIMELINE_WAIT`](crate::timeouts::TIMELINE_WAIT), and is named as a hole if it does not come in time.
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

    /// Keeps unsent text, on all devices of the person. Empty text removes it. `seen` is what the
    /// writer had before their eyes: the draft that they went on from, or the other device's that
    /// was offered and that they now take or leave; empty if nothing. What they can't have seen is
    /// kept beside theirs.
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

    /// What a room notifies of, on all devices of the person; none: as everywhere.
    ///
    /// # Errors
    /// [`Error::NoSuchRoom`], [`Error::Store`], [`Error::Stopped`]
    pub async fn notify(&self, room: RoomId, level: Option<NotifyLevel>) -> Result<(), Error> {
        self.ask(|reply| Command::Notify { room, level, reply }).await?
    }

    /// What the person says of themselves, on all their devices. Who says that they are away is
    /// seen so by the others, whatever [`activity`](Self::activity) tells.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Stopped`]
    pub async fn status(&self, status: Status) -> Result<(), Error> {
        self.ask(|reply| Command::Status { status, reply }).await?
    }

    /// The person is writing in a room. Told to the others at most every 3 s; call it on each key.
    pub async fn typing(&self, room: RoomId) {
        self.tell(Command::Typing { room }).await;
    }

    /// Which room is on the screen, if any: it is fetched first.
    pub async fn set_visible_room(&self, room: Option<RoomId>) {
        self.tell(Command::SetVisibleRoom { room }).await;
    }

    /// Whether the person is at the machine. Presence comes from this; and while they are, a
    /// message without an answer probes the connection sooner.
    pub async fn set_active(&self, active: bool) {
        self.tell(Command::SetActive { active }).await;
    }

    /// Makes a room and returns once it is among the viewer's.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn create_room(&self, spec: NewRoomSpec) -> Result<RoomId, Error> {
        let room = self.api.create_room(spec).await?;
        self.await_room(room).await.map(|()| room)
    }

    /// The direct room with these people; made if there is none.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn open_direct(&self, people: Vec<UserId>) -> Result<RoomId, Error> {
        let (name, topic) = (String::new(), String::new());
        let kind = RoomKind::Direct;
        self.create_room(NewRoomSpec { attempt: None, kind, name, topic, members: people }).await
    }

    /// Joins a public room and returns once it is among the viewer's.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn join_room(&self, room: RoomId) -> Result<(), Error> {
        self.api.join_room(room).await?;
        self.await_room(room).await
    }

    /// Leaves a room. Its log leaves this device.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn leave_room(&self, room: RoomId) -> Result<(), Error> {
        self.api.leave_room(room).await
    }

    /// Brings people into a room.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn add_members(&self, room: RoomId, users: Vec<UserId>) -> Result<(), Error> {
        self.api.add_members(room, users).await
    }

    /// Sends a person out of a room.
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

    /// How far a room has got to each of its members, in order of joining.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn room_receipts(&self, room: RoomId) -> Result<Vec<MemberReceipt>, Error> {
        self.api.receipts(room).await
    }

    /// The public rooms of the space, joined or not, by name.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn public_rooms(&self) -> Result<Vec<PublicRoom>, Error> {
        self.api.public_rooms().await
    }

    /// A new invitation, as a join link with the server's address and fingerprint as this device
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

    /// Gives the space another name. For its owners and admins.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn rename_space(&self, name: String) -> Result<(), Error> {
        self.api.rename_space(name).await
    }

    /// Gives a device of the person another name.
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

    /// A link by which the person brings another device along. Good once, for a few minutes, and
    /// only until the next one is asked for.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn create_device_link(&self) -> Result<DeviceLinkOffer, Error> {
        self.api.create_device_link().await
    }

    /// Ends the link that was asked for last.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Secret`], [`Error::Stopped`]
    pub async fn revoke_device_link(&self) -> Result<(), Error> {
        self.api.revoke_device_link().await
    }

    /// Waits until the engine has ended, and says what was wrong with its store if that is why.
    pub async fn ended(&self) -> Option<StoreError> {
        let mut store_failure = self.store_failure.clone();
        // Dropped without a word, it ended because it was told to.
        store_failure
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|store_failure| store_failure.clone())
    }

    /// Changes the person's name or password; what is `None` stays.
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

    /// What passed over the connection, for the Connection Inspector.
    #[must_use]
    pub const fn trace(&self) -> &Arc<Trace> {
        &self.trace
    }

    /// Examines the way to the server, and hands out each finding as soon as it is there. Dropping
    /// the future ends it.
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
            // Its session may have ended one that came up at the same time; and whoever examined a
            // connection that is down wants it back.
            self.try_now().await;
        }
    }

    /// A report of what [`examine`](Self::examine) found.
    #[must_use]
    pub fn report(&self, findings: &[Finding], places: AddressVisibility) -> String {
        doctor::report(&self.config.app, self.api.address(), findings, places)
    }

    /// Tries to connect at once, instead of at the end of the wait.
    pub async fn try_now(&self) {
        self.tell(Command::TryNow).await;
    }

    /// Disconnects and stays so until [`go_online`](Self::go_online).
    pub async fn stay_offline(&self) {
        self.tell(Command::StayOffline).await;
    }

    /// Connects and stays connected. Also the answer to a link that was
    /// [refused](crate::view::ConnectionState::Refused).
    pub async fn go_online(&self) {
        self.tell(Command::GoOnline).await;
    }

    /// Goes on trying without [asking](crate::view::RetryPrompt) again, until a connection holds or things
    /// change.
    pub async fn keep_trying(&self) {
        self.tell(Command::KeepTrying).await;
    }

    /// Something happened to the machine or its network: probes what is connected, tries what is
    /// not, or says at once that there is no network. Never a storm: however many there are, at
    /// most [`ATTEMPTS`](timeouts::ATTEMPTS) connections are tried in 5 s.
    pub async fn system_event(&self, event: SystemEvent) {
        self.tell(Command::SystemEvent(event)).await;
    }

    /// The network is another one: [`SystemEvent::NetworkChanged`].
    pub async fn network_changed(&self) {
        self.system_event(SystemEvent::NetworkChanged).await;
    }

    /// The machine woke up: [`SystemEvent::Woke`].
    pub async fn woke(&self) {
        self.system_event(SystemEvent::Woke).await;
    }

    /// The way to the server is another one: by another proxy, or with another trust. What stands
    /// is left, and connected anew.
    pub async fn reroute(&self) {
        self.tell(Command::Reroute).await;
    }

    /// Takes other figures for heartbeat and reconnecting, from now on. A link that waits by the
    /// old ones tries at once.
    ///
    /// # Errors
    /// [`Error::Unfit`] when a figure is out of its bounds; nothing has changed then.
    pub async fn set_policy(&self, policy: ConnectionPolicy) -> Result<(), Error> {
        policy.check()?;
        self.tell(Command::SetPolicy(policy)).await;
        Ok(())
    }

    /// The keyring may answer now: asks it again, and connects if it does. One that is not there or
    /// does not answer may yet: the link looks again by itself from now on, also if it had come to
    /// rest.
    ///
    /// # Errors
    /// [`Error::Secret`] when it still does not. [`Error::Stopped`]
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

    /// Stops the engine: what is durable is durable already, the server gets a `bye`, and it is
    /// over within [`SHUTDOWN`](timeouts::SHUTDOWN).
    pub async fn shutdown(&self) {
        self.stop.cancel();
        if timeout(timeouts::SHUTDOWN, self.tasks.wait()).await.is_err() {
            tracing::warn!("the engine is still busy {:?} after the end", timeouts::SHUTDOWN);
        }
    }

    async fn await_room(&self, room: RoomId) -> Result<(), Error> {
        // Late or offline, the room comes with the next digest; the call itself was served.
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
        // A stopped engine has nobody to tell, and nothing that it could still do about it.
        _ = self.commands.send(command).await;
    }
}
