//! Starting an engine, and what it stands on.

use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Seed};
use crate::config::Config;
use crate::error::Error;
use crate::handle::Handle;
use crate::input;
use crate::link::connector::Connector;
use crate::session::api::Api;
use crate::session::{SecretStore, SpaceRecord};
use crate::store::Store;

/// What an engine gets from outside. It reaches nothing else: no clock, no socket, no file.
#[derive(Clone)]
pub struct Deps {
    /// Where everything durable is.
    pub store: Arc<dyn Store>,
    /// How the server is reached.
    pub connector: Arc<dyn Connector>,
    /// Where the token is.
    pub secrets: Arc<dyn SecretStore>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub seed: Seed,
    /// Name and patience.
    pub config: Config,
}

/// The client of one space.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// Reads the store and starts. Waits neither for the network nor for the keyring: both are
    /// tried in the background, and what is in the store can be shown at once.
    ///
    /// The engine runs until `shutdown` is cancelled or [`Handle::shutdown`] is called. Dropping
    /// the runtime under it loses nothing that was answered.
    ///
    /// # Errors
    /// [`Error::Store`] when the store can't be read.
    pub async fn start(
        space: SpaceRecord,
        deps: Deps,
        shutdown: CancellationToken,
    ) -> Result<Handle, Error> {
        _ = deps.store.load().await?;
        let mut rng = deps.seed.grow();
        let api = Arc::new(Api::new(
            space,
            deps.connector,
            deps.secrets,
            deps.clock,
            StdRng::from_rng(&mut rng),
        ));
        let (input, _inputs) = mpsc::channel(input::INPUTS);
        Ok(Handle {
            input,
            api,
            stop: shutdown,
            tasks: TaskTracker::new(),
        })
    }
}
