//! The server's machine.

use std::sync::{Arc, Mutex};

use homing_server::store::Store;
use homing_server::store::sqlite::Sqlite;
use homing_server::{Config, Environment, Server};
use rand::rngs::StdRng;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::device::lock;
use crate::disk::Drive;
use crate::machine::Machine;
use crate::network::Network;
use crate::space::options;
use crate::time::At;
use crate::trace::Trace;

/// See the [module](self).
pub struct Host {
    /// Its disk.
    pub drive: Arc<Drive>,
    config: Config,
    network: Arc<Network>,
    trace: Trace,
    machine: Option<Machine>,
    stop: CancellationToken,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    ended: bool,
    problems: Vec<String>,
}

impl Host {
    /// A machine that is switched off.
    #[must_use]
    pub fn new(drive: Arc<Drive>, config: Config, network: Arc<Network>, trace: Trace) -> Self {
        let (stop, state) = (CancellationToken::new(), Arc::default());
        Self { drive, config, network, trace, machine: None, stop, state }
    }

    /// Whether the server runs.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.machine.is_some()
    }

    /// What must never happen and did.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        lock(&self.state).problems.clone()
    }

    /// Starts the server. With `anew` its database is a restored copy, and gets another epoch first.
    pub fn start(&mut self, now: At, anew: bool) {
        let machine = Machine::start(now, 0);
        let (drive, clock, config) =
            (self.drive.clone(), machine.clock.clone(), self.config.clone());
        self.stop = CancellationToken::new();
        let (stop, state) = (self.stop.clone(), self.state.clone());
        lock(&state).ended = false;
        let (network, trace) = (self.network.clone(), self.trace.clone());
        machine.spawn(async move {
            if anew {
                let (told, _) = mpsc::channel(1);
                let renewed = match Sqlite::open(options(&drive, clock.clone(), &config), told) {
                    Ok(store) => {
                        let renewed = store.renew_epoch().await.map(drop);
                        store.close().await;
                        renewed
                    }
                    Err(error) => Err(error),
                };
                if let Err(error) = renewed {
                    lock(&state).problems.push(format!("the copy can't be used: {error}"));
                    return;
                }
            }
            let ground = Environment {
                listener: network.serve(clock.clone()),
                addr: config.listen,
                tls: None,
                disk: Some(drive),
            };
            match Server::start_in(config, clock.clone(), ground, stop).await {
                Ok(running) => {
                    trace.note(clock.world(), "server", "serves");
                    running.wait().await;
                    trace.note(clock.world(), "server", "has stopped");
                }
                Err(error) => lock(&state).problems.push(format!("it does not start: {error}")),
            }
            lock(&state).ended = true;
        });
        self.machine = Some(machine);
    }

    /// Asks it to stop; it ends by itself, see [`has_ended`](Self::has_ended).
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Whether a server that was asked to stop has.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        lock(&self.state).ended
    }

    /// Ends it as kill -9 does.
    pub fn kill(&mut self, now: At) {
        self.drive.disk.unplug();
        self.network.refuse(now);
        self.machine = None;
    }

    /// Ends it as a loss of power does.
    pub fn lose_power(&mut self, rng: &mut StdRng) {
        self.network.switch_off();
        self.drive.disk.lose_power(rng);
        self.machine = None;
    }

    /// Lets it run until a time of the world.
    pub fn run_until(&self, at: At) {
        if let Some(machine) = &self.machine {
            machine.run_until(at);
        }
    }
}
