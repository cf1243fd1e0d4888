//! Starting an engine, and its dependencies.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Seed};
use crate::command;
use crate::config::Config;
use crate::connection;
use crate::connection::driver::Driver;
use crate::error::Error;
use crate::handle::Handle;
use crate::net::connector::Connector;
use crate::secret::{Secret, SecretError, SecretStore};
use crate::session::SpaceRecord;
use crate::session::api::Api;
use crate::space::{SpaceDeps, SpaceTask};
use crate::store::Store;
use crate::trace::Trace;

/// What an engine gets from outside. It has no other access to clocks, sockets or files.
#[derive(Clone)]
pub struct Deps {
    /// Stores everything durable.
    pub store: Arc<dyn Store>,
    /// Connects to the server.
    pub connector: Arc<dyn Connector>,
    /// Stores the token.
    pub secrets: Arc<dyn SecretStore>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The seed of all randomness.
    pub seed: Seed,
    /// Name and timeouts.
    pub config: Config,
}

/// The client of one space.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Reads the store and starts. It waits neither for the network nor for the keyring: both are
    /// tried in the background, and what is in the store can be shown at once.
    ///
    /// The engine runs until `shutdown` is cancelled or [`Handle::shutdown`] is called. Dropping
    /// the runtime under it loses nothing that was acknowledged.
    ///
    /// # Errors
    /// [`Error::Store`] when the store can't be read.
    pub async fn start(
        space: SpaceRecord,
        deps: Deps,
        shutdown: CancellationToken,
    ) -> Result<Handle, Error> {
        let mut rng = deps.seed.grow();
        let mut branch = || StdRng::from_rng(&mut rng);
        let (for_space, for_connection, for_calls) = (branch(), branch(), branch());
        let Deps { store, connector, secrets, clock, config, .. } = deps;
        let api = Api::new(space.clone(), connector.clone(), secrets, clock.clone(), for_calls);
        let api = Arc::new(api);
        let own = Arc::new(config.clone());
        let trace = Arc::new(Trace::new(clock.clone()));
        let (connection, channels) = connection::channels(trace.clone());
        let (commands_tx, commands_rx) = mpsc::channel(command::COMMANDS);
        let (store_failed, store_failure) = watch::channel(None);
        let (address, timeouts) = (space.address.clone(), config.timeouts);
        let space_deps = SpaceDeps {
            record: space,
            config,
            store,
            clock,
            rng: for_space,
            connection,
            commands: commands_rx,
            stop: shutdown.clone(),
            store_failure: store_failed,
        };
        let space = SpaceTask::new(space_deps).await?;
        let driver = Driver::new(
            address,
            connector,
            api.clone(),
            timeouts,
            for_connection,
            channels,
            shutdown.clone(),
        );
        let tasks = TaskTracker::new();
        tasks.spawn(space.run());
        tasks.spawn(driver.run());
        tasks.close();
        Ok(Handle {
            commands: commands_tx,
            api,
            trace,
            config: own,
            stop: shutdown,
            store_failure,
            tasks,
        })
    }
}

/// The connection needs the token and the session has it. They meet here, because neither knows the
/// other.
impl connection::TokenSource for Api {
    fn token(&self) -> BoxFuture<'_, Result<Secret, SecretError>> {
        Box::pin(self.token())
    }
}
