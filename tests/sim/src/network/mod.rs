//! The network between the devices and the server.
//!
//! Each device has one line. A line has a latency; it can hold what is sent, one way or both, as a
//! network does that loses packets for a while: TCP sends them again, so they come late and in
//! order, or the connection dies first. A line can be down, which the device's system knows at
//! once. A connection can be cut, for both ends or for one of them, with or without a close frame.

mod connection;
mod stream;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_engine::net::connector::{ConnectError, Connector, Transport};
use homing_protocol::link::Address;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};

pub use connection::{Cut, Side};
pub use stream::Stream;

use connection::Connection;

use crate::time::{At, Clock};

/// How often somebody who connects through a line that holds everything looks again.
const HELD_LOOK: Duration = Duration::from_millis(100);

/// What a narrow line carries at once: it arrives bit by bit.
const PACKET: usize = 1400;

/// A device's line, by number.
pub type LineId = usize;

/// What a line does with what is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// Carries it.
    #[default]
    Open,
    /// Holds it until the line is open again.
    Held,
}

/// What answers at the server's address.
#[derive(Debug, Clone)]
enum Host {
    /// Nothing: the machine is off.
    Off,
    /// The machine, and no server on it: connections are refused.
    Idle,
    /// A server.
    Serving(mpsc::UnboundedSender<Arc<Connection>>),
}

#[derive(Debug)]
struct Line {
    up: Flow,
    down: Flow,
    online: bool,
    /// One way, in milliseconds: at least, and so much more at most.
    latency: (u64, u64),
    /// Bytes of a millisecond; none: as many as one likes.
    width: Option<usize>,
    /// Bytes sent over it so far, up and down.
    carried: [u64; 2],
    rng: StdRng,
    connections: Vec<Arc<Connection>>,
}

#[derive(Debug)]
struct State {
    rng: StdRng,
    lines: BTreeMap<LineId, Line>,
    host: Host,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Network(Mutex<State>);

impl Network {
    /// One without lines, and nobody at the server's address.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        let rng = StdRng::seed_from_u64(seed);
        Arc::new(Self(Mutex::new(State { rng, lines: BTreeMap::new(), host: Host::Off })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lays a line.
    pub fn lay(&self, id: LineId, latency: (u64, u64)) {
        let (up, down) = (Flow::Open, Flow::Open);
        let mut state = self.state();
        let rng = StdRng::from_rng(&mut state.rng);
        let (online, width, connections) = (true, None, Vec::new());
        let carried = [0; 2];
        let line = Line { up, down, online, latency, width, carried, rng, connections };
        state.lines.insert(id, line);
    }

    /// Somebody serves at the server's address from now on. Connections of before are answered with
    /// a reset.
    pub fn serve(self: &Arc<Self>, clock: Arc<Clock>) -> Listener {
        let (sender, accepted) = mpsc::unbounded_channel();
        let mut state = self.state();
        state.host = Host::Serving(sender);
        for line in state.lines.values() {
            for connection in &line.connections {
                connection.host_is_back();
            }
        }
        drop(state);
        Listener { network: self.clone(), accepted, clock }
    }

    /// The server's process is gone; its machine closes its connections and refuses new ones.
    pub fn refuse(&self, now: At) {
        let mut lines: Vec<LineId> = Vec::new();
        {
            let mut state = self.state();
            state.host = Host::Idle;
            lines.extend(state.lines.keys());
        }
        for line in lines {
            self.leave(line, Side::Server, now);
        }
    }

    /// An end of a device's connections is closed, one after the other. A runtime that is dropped
    /// would close them in an order of its own.
    pub fn leave(&self, id: LineId, side: Side, now: At) {
        for connection in self.connections(id) {
            connection.leave(side, now);
        }
    }

    /// The server's machine is off. Its connections end without a word.
    pub fn switch_off(&self) {
        let mut state = self.state();
        state.host = Host::Off;
        for line in state.lines.values() {
            for connection in &line.connections {
                connection.vanish(Side::Server);
            }
        }
    }

    /// The device's machine is off, or has forgotten its connections: they end without a word.
    pub fn forget(&self, id: LineId) {
        for connection in self.connections(id) {
            connection.vanish(Side::Device);
            connection.host_is_back();
        }
    }

    /// Cuts a device's connections.
    pub fn cut(&self, id: LineId, how: Cut, now: At) {
        for connection in self.connections(id) {
            connection.cut(how, now);
        }
    }

    /// Sets what a line does with what is sent up and down.
    pub fn flow(&self, id: LineId, up: Flow, down: Flow, now: At) {
        let mut state = self.state();
        let Some(line) = state.lines.get_mut(&id) else { return };
        let opened = |before, after| before == Flow::Held && after == Flow::Open;
        let (first, last) = (opened(line.up, up), opened(line.down, down));
        (line.up, line.down) = (up, down);
        let at = now + line.delay();
        for connection in &line.connections {
            if first {
                connection.release(Side::Server, at);
            }
            if last {
                connection.release(Side::Device, at);
            }
        }
    }

    /// The line is up or down. Going down cuts what runs over it, as systems do.
    pub fn online(&self, id: LineId, online: bool, now: At) {
        if let Some(line) = self.state().lines.get_mut(&id) {
            line.online = online;
        }
        if !online {
            self.cut(id, Cut::Device, now);
        }
    }

    fn connections(&self, id: LineId) -> Vec<Arc<Connection>> {
        let mut state = self.state();
        let Some(line) = state.lines.get_mut(&id) else { return Vec::new() };
        line.connections.retain(|connection| !connection.is_over());
        line.connections.clone()
    }

    /// When something sent now arrives, at the earliest, and how long after what was sent before it;
    /// none while it is held.
    fn arrival(&self, id: LineId, to: Side, now: At, bytes: usize) -> Option<(At, u64)> {
        let mut state = self.state();
        let line = state.lines.get_mut(&id)?;
        let flow = if to == Side::Server { line.up } else { line.down };
        let takes = line.width.map_or(0, |width| bytes / width);
        let takes = u64::try_from(takes).unwrap_or(u64::MAX);
        (flow == Flow::Open).then(|| (now + line.delay() + takes, takes))
    }

    /// From now on a line carries so many bytes a millisecond.
    pub fn narrow(&self, id: LineId, width: usize) {
        if let Some(line) = self.state().lines.get_mut(&id) {
            line.width = Some(width);
        }
    }

    /// It carries as many as one likes again, also of what is on its way.
    pub fn widen(&self, id: LineId, now: At) {
        let mut state = self.state();
        let Some(line) = state.lines.get_mut(&id) else { return };
        if line.width.take().is_some() {
            let at = now + line.delay();
            line.connections.iter().for_each(|connection| connection.hasten(at));
        }
    }

    /// Bytes of one packet, if packets matter on this line.
    fn packet(&self, id: LineId) -> Option<usize> {
        self.state().lines.get(&id).and_then(|line| line.width).map(|_| PACKET)
    }

    fn has_carried(&self, id: LineId, to: Side, bytes: usize) {
        let mut state = self.state();
        let Some(line) = state.lines.get_mut(&id) else { return };
        let [up, down] = &mut line.carried;
        *(if to == Side::Server { up } else { down }) += bytes as u64;
    }

    /// Bytes that were sent over a line so far, towards one end.
    pub fn carried(&self, id: LineId, to: Side) -> u64 {
        let state = self.state();
        let carried = state.lines.get(&id).map_or([0; 2], |line| line.carried);
        let [up, down] = carried;
        if to == Side::Server { up } else { down }
    }

    fn latency(&self, id: LineId) -> Duration {
        let mut state = self.state();
        Duration::from_millis(state.lines.get_mut(&id).map_or(0, Line::delay))
    }

    /// Whether a packet gets there and back.
    fn passes(&self, id: LineId) -> Result<bool, ConnectError> {
        let state = self.state();
        let line = state.lines.get(&id).filter(|line| line.online);
        let down = || ConnectError::Unreachable(io::ErrorKind::NetworkDown.into());
        let line = line.ok_or_else(down)?;
        let on = !matches!(state.host, Host::Off);
        Ok(on && line.up == Flow::Open && line.down == Flow::Open)
    }

    fn connect(self: &Arc<Self>, id: LineId) -> Result<Arc<Connection>, ConnectError> {
        let mut state = self.state();
        let connection = Arc::new(Connection::new(self, id));
        let refused = || ConnectError::Unreachable(io::ErrorKind::ConnectionRefused.into());
        match &state.host {
            Host::Serving(accept) => accept.send(connection.clone()).map_err(|_| refused())?,
            Host::Off | Host::Idle => return Err(refused()),
        }
        if let Some(line) = state.lines.get_mut(&id) {
            line.connections.retain(|connection| !connection.is_over());
            line.connections.push(connection.clone());
        }
        Ok(connection)
    }
}

impl Line {
    fn delay(&mut self) -> u64 {
        let (least, more) = self.latency;
        least + self.rng.random_range(0..=more)
    }
}

/// Connects a device over its line.
#[derive(Debug)]
pub struct Dialer {
    /// The network.
    pub network: Arc<Network>,
    /// The device's line.
    pub line: LineId,
    /// What time it is there.
    pub clock: Arc<Clock>,
}

impl Connector for Dialer {
    fn connect<'a>(
        &'a self,
        _: &'a Address,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Box<dyn Transport>, ConnectError>> + Send + 'a>>
    {
        Box::pin(async move {
            while !self.network.passes(self.line)? {
                sleep(HELD_LOOK).await;
            }
            sleep(self.network.latency(self.line)).await;
            let connection = self.network.connect(self.line);
            sleep(self.network.latency(self.line)).await;
            let stream = Stream::new(connection?, Side::Device, self.clock.clone());
            Ok(Box::new(stream) as Box<dyn Transport>)
        })
    }
}

/// Where the server's connections come from.
#[derive(Debug)]
pub struct Listener {
    network: Arc<Network>,
    accepted: mpsc::UnboundedReceiver<Arc<Connection>>,
    clock: Arc<Clock>,
}

impl homing_server::Listener for Listener {
    type Stream = Stream;

    async fn accept(&mut self) -> io::Result<(Stream, SocketAddr)> {
        match self.accepted.recv().await {
            Some(connection) => {
                let [_, low] = u16::try_from(connection.line()).unwrap_or(0).to_be_bytes();
                let peer = SocketAddr::from(([10, 0, 0, low], 1));
                Ok((Stream::new(connection, Side::Server, self.clock.clone()), peer))
            }
            // Somebody else serves now.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut state = self.network.state();
        if let Host::Serving(accept) = &state.host
            && accept.is_closed()
        {
            state.host = Host::Idle;
        }
    }
}
