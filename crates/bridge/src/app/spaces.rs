//! The spaces of a profile: starting them, joining them again, recovering a damaged one.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use homing_engine::clock::Seed;
use homing_engine::session::Secret;
use homing_engine::session::profile::ProfileError;
use homing_engine::store::StoreError;
use homing_engine::view::{ConnectionFailure, ConnectionState};
use homing_engine::{Deps, Engine, Error, Handle, SpaceRecord};
use homing_protocol::link::Address;
use homing_protocol::{SpaceId, UserId};

use super::{App, KeepToken, not_in};
use crate::dto::{JoinedSpace, Unreadable, UnreadableWhy};
use crate::error::{Code, Failure};
use crate::pump::PumpInput;

/// Why a space's engine did not start.
#[derive(Debug)]
pub(super) enum NotStarted {
    Profile(ProfileError),
    Engine(Error),
}

impl From<NotStarted> for Failure {
    fn from(error: NotStarted) -> Self {
        match error {
            NotStarted::Profile(error) => error.into(),
            NotStarted::Engine(error) => error.into(),
        }
    }
}

impl NotStarted {
    /// The error as the interface shows it.
    fn view(&self, space: SpaceId) -> Unreadable {
        match self {
            Self::Profile(ProfileError::Store(error)) | Self::Engine(Error::Store(error)) => {
                unreadable(space, error)
            }
            Self::Profile(error) => failed(space, error),
            Self::Engine(error) => failed(space, error),
        }
    }
}

/// How a database's error is shown.
pub(super) fn unreadable(space: SpaceId, error: &StoreError) -> Unreadable {
    Unreadable { space, why: UnreadableWhy::of(error), text: error.to_string() }
}

fn failed(space: SpaceId, error: &dyn std::error::Error) -> Unreadable {
    Unreadable { space, why: UnreadableWhy::Failed, text: error.to_string() }
}

impl App {
    /// Starts the spaces of a profile and reports those that fail. Their databases are opened at
    /// the same time; the spaces are shown in the order of the records.
    pub(super) async fn start_all(&self, records: Vec<SpaceRecord>) {
        let opening = records.iter().map(|record| self.open_engine(record.clone()));
        let opened = join_all(opening).await;
        for (record, opened) in records.into_iter().zip(opened) {
            let space = record.space;
            let started = match opened {
                Ok(engine) => self.follow_engine(record, engine).await,
                Err(error) => Err(error),
            };
            self.tell_unless_started(space, started).await;
        }
    }

    /// Starts a space, or reports why it can't be started.
    pub(super) async fn start_or_tell(&self, record: SpaceRecord) {
        let space = record.space;
        let started = self.start_engine(record).await;
        self.tell_unless_started(space, started).await;
    }

    async fn tell_unless_started(&self, space: SpaceId, started: Result<(), NotStarted>) {
        if let Err(error) = started {
            tracing::error!(%space, "a space can't be opened: {error:?}");
            self.0.pump.tell(PumpInput::Unreadable(error.view(space))).await;
        }
    }

    pub(super) async fn start_engine(&self, record: SpaceRecord) -> Result<(), NotStarted> {
        let engine = self.open_engine(record.clone()).await?;
        self.follow_engine(record, engine).await
    }

    async fn open_engine(&self, record: SpaceRecord) -> Result<Handle, NotStarted> {
        let (space, config) = (record.space, &self.0.config);
        let store = config.profile.store(space).await.map_err(NotStarted::Profile)?;
        if let Some(rescue) = config.profile.pending_recovery(space) {
            self.0.pump.tell(PumpInput::Rescued(rescue.into())).await;
        }
        let deps = Deps {
            store: Arc::new(store),
            connector: self.0.network_access.dialer().clone(),
            secrets: self.0.tokens.clone(),
            clock: config.clock.clone(),
            seed: Seed::from_system(),
            config: config.engine.clone().with(&self.settings().patience),
        };
        let started = Engine::start(record, deps, self.0.stop.child_token()).await;
        started.map_err(NotStarted::Engine)
    }

    async fn follow_engine(&self, record: SpaceRecord, engine: Handle) -> Result<(), NotStarted> {
        let space = record.space;
        let followed = self.0.pump.follow(space, engine.clone(), &self.0.tasks).await;
        followed.map_err(NotStarted::Engine)?;
        self.0.tasks.spawn(self.clone().watch_damage(record.clone(), engine.clone()));
        self.lock_engines().push((record, engine));
        Ok(())
    }

    /// Rebuilds a space whose database is found damaged while its engine runs.
    fn watch_damage(self, record: SpaceRecord, engine: Handle) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let Some(why) = engine.ended().await else { return };
            engine.shutdown().await;
            self.lock_engines().retain(|(one, _)| one.space != record.space);
            self.0.inspections.forget(record.space);
            match self.0.config.profile.recover(record.space, why).await {
                Ok(_) => self.start_or_tell(record).await,
                Err(error) => {
                    let unreadable = NotStarted::Profile(error).view(record.space);
                    self.0.pump.tell(PumpInput::Unreadable(unreadable)).await;
                }
            }
        })
    }

    /// Dismisses the report about a damaged space.
    pub(crate) async fn rescue_read(&self, space: SpaceId) -> Result<(), Failure> {
        self.0.config.profile.dismiss_recovery(space)?;
        self.0.pump.tell(PumpInput::Read(space)).await;
        Ok(())
    }

    /// Whether this device is in a space and, as far as it knows, has a token for it.
    pub(crate) async fn is_in(&self, space: SpaceId) -> bool {
        let Ok(engine) = self.engine(space) else { return false };
        let overview = engine.overview().await;
        overview.is_ok_and(|(_, overview)| !lost_token(&overview.connection))
    }

    /// The addresses of the spaces' servers.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        self.lock_engines().iter().map(|(record, _)| record.address.clone()).collect()
    }

    /// Completes an address with the certificate that is known for the same server.
    pub(crate) fn known(&self, address: Address) -> Address {
        let same = |known: &Address| {
            address.fingerprint.is_none() && known.authority() == address.authority()
        };
        self.addresses().into_iter().find(same).unwrap_or(address)
    }

    /// The address at which others reach the server of a space.
    pub(crate) fn address_of(&self, space: SpaceId) -> Result<Address, Failure> {
        let engines = self.lock_engines();
        let found = engines.iter().find(|(record, _)| record.space == space);
        let found = found.map(|(record, _)| record.address.clone());
        drop(engines);
        let mut address = found.ok_or_else(|| not_in(space))?;
        self.reachable(space, &mut address);
        Ok(address)
    }

    /// Whether this member may join here: two members' outboxes can't share a database.
    pub(crate) async fn may_be(&self, space: SpaceId, user: UserId) -> Result<(), Failure> {
        match self.0.config.profile.known(space).await {
            Some(known) if known.user != user => {
                Err(ProfileError::AlreadyIn(Box::new(known)).into())
            }
            _ => Ok(()),
        }
    }

    /// Stores a new membership and starts its engine. A device that was signed out or has lost its
    /// token joins again and finds its queued messages.
    ///
    /// If the keyring does not take the token, nothing is stored, and the same attempt can be made
    /// again; the server answers it with the same member.
    pub(crate) async fn enter(
        &self,
        record: SpaceRecord,
        token: Secret,
        keep: KeepToken,
    ) -> Result<JoinedSpace, Failure> {
        let space = record.space;
        if self.is_in(space).await {
            return Err(Failure::new(Code::AlreadyJoined, "this device is already in the space"));
        }
        let secrets = self.secrets(keep);
        let before: Vec<_> =
            self.lock_engines().extract_if(.., |(one, _)| one.space == space).collect();
        for (_, engine) in &before {
            engine.shutdown().await;
        }
        let kept = self.0.config.profile.add(&record, token, secrets.as_ref()).await;
        if let Err(error) = kept {
            // Restores the earlier state: signed out, with the queued messages still readable.
            for (record, _) in before {
                self.start_or_tell(record).await;
            }
            return Err(error.into());
        }
        self.0.inspections.forget(space);
        self.start_engine(record).await?;
        Ok(JoinedSpace { space })
    }
}

/// Signing in may help: no token is at hand, or it is not accepted any more. While it connects, that
/// is not known; and whoever has just signed in needs no other device's token.
fn lost_token(link: &ConnectionState) -> bool {
    match link {
        ConnectionState::Refused { why } | ConnectionState::Waiting { why, .. } => {
            matches!(why, ConnectionFailure::NoToken | ConnectionFailure::SignedOut)
        }
        ConnectionState::Connecting { .. } => true,
        ConnectionState::CatchingUp { .. }
        | ConnectionState::UpToDate { .. }
        | ConnectionState::Stopped => false,
    }
}
