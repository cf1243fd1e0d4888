//! A TCP proxy that fails on command, as the network of a test.
//!
//! It forwards bytes to a server without parsing them, so it works for TLS and plain text. A
//! [`Proxy`] value controls it at run time and can be cloned; dropping the last clone stops the
//! proxy and resets its connections.
//!
//! It behaves like a network: bytes arrive in order or not at all, a connection that lost bytes
//! never recovers, a held one does, and while offline the port refuses connections but stays
//! reserved, so that no other test can take it.
//!
//! Latency and bandwidth use tokio's clock. On a paused clock they take no real time. Since the
//! sockets are real, other sleeps on that clock are advanced with them.

mod forwarder;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub use forwarder::{Conditions, Flow};

/// Connections that the kernel may hold before they are accepted.
const BACKLOG: u32 = 1024;

/// How connections are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// With a reset on both sides, like a dropped NAT entry or a killed process. Bytes in flight
    /// are lost.
    Reset,
    /// With an orderly end of stream on both sides, without a close frame.
    Finish,
}

/// Traffic so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Connections accepted.
    pub connections: u64,
    /// Connections still open on either side.
    pub open: u64,
    /// Bytes delivered to the server.
    pub up: u64,
    /// Bytes delivered to clients.
    pub down: u64,
}

/// The conditions of all connections, as one value, so that changes are atomic.
#[derive(Debug, Clone, Default)]
struct NetworkConditions {
    up: Conditions,
    down: Conditions,
    /// Incremented by every cut. A connection ends when it differs from the value at its start.
    cuts: u64,
    how: Option<Cut>,
}

#[derive(Debug, Default)]
struct Counters {
    connections: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
}

enum ListenCommand {
    Listen(oneshot::Sender<io::Result<()>>),
    Stop(oneshot::Sender<io::Result<()>>),
}

/// The proxy's handle.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where clients connect.
    pub addr: SocketAddr,
    network: watch::Sender<NetworkConditions>,
    command: mpsc::Sender<ListenCommand>,
    open: watch::Sender<Open>,
    counters: Arc<Counters>,
    _stop: Arc<DropGuard>,
}

impl Proxy {
    /// Listens on a free loopback port and forwards every connection to `upstream`, without faults
    /// at first. If the server can't be reached, the client is reset.
    pub fn start(upstream: SocketAddr) -> Self {
        Self::seeded(upstream, 0)
    }

    /// As [`start`](Self::start), with the seed that jitter is drawn from.
    ///
    /// # Panics
    /// Outside a tokio runtime, and when this machine has no loopback port to listen on.
    pub fn seeded(upstream: SocketAddr, seed: u64) -> Self {
        // Two sockets share the port. This one never listens and keeps the port reserved while the
        // other is closed.
        let reserve = socket((Ipv4Addr::LOCALHOST, 0).into()).expect("a loopback port to reserve");
        let addr = reserve.local_addr().expect("the address just bound");
        let listener = listen(addr).expect("a socket on the port just reserved");

        let stop = CancellationToken::new();
        let (command, commands) = mpsc::channel(1);
        let proxy = Self {
            addr,
            network: watch::Sender::new(NetworkConditions::default()),
            command,
            open: watch::Sender::default(),
            counters: Arc::default(),
            _stop: Arc::new(stop.clone().drop_guard()),
        };
        let context = ConnectionContext {
            upstream,
            network: proxy.network.subscribe(),
            open: proxy.open.clone(),
            counters: proxy.counters.clone(),
            stop: stop.clone(),
        };
        let tasks = TaskTracker::new();
        tasks.spawn(accept(reserve, listener, commands, context, seed, tasks.clone()));
        proxy
    }

    /// Changes what happens to bytes on their way to the server.
    pub fn up(&self, change: impl FnOnce(&mut Conditions)) {
        self.network.send_modify(|network| change(&mut network.up));
    }

    /// Changes what happens to bytes on their way to clients.
    pub fn down(&self, change: impl FnOnce(&mut Conditions)) {
        self.network.send_modify(|network| change(&mut network.down));
    }

    /// Changes both directions alike.
    pub fn both(&self, change: impl Fn(&mut Conditions)) {
        self.network.send_modify(|network| {
            change(&mut network.up);
            change(&mut network.down);
        });
    }

    /// Removes all faults. A connection that lost bytes stays silent.
    pub fn pass(&self) {
        self.both(|conditions| *conditions = Conditions::default());
    }

    /// Half-open connections: they are accepted and stay open, but nothing arrives on either side.
    pub fn silence(&self) {
        self.both(|conditions| conditions.flow = Flow::Swallow);
    }

    /// Cuts all open connections and returns when none is left. New ones are accepted, possibly
    /// before this returns.
    pub async fn cut(&self, how: Cut) {
        let mut cuts = 0;
        self.network.send_modify(|network| {
            network.cuts += 1;
            network.how = Some(how);
            cuts = network.cuts;
        });
        let mut open = self.open.subscribe();
        let gone = |open: &Open| open.range(..cuts).next().is_none();
        open.wait_for(gone).await.expect("the sender is held by self");
    }

    /// Goes offline: all connections are reset and new ones are refused from when this returns.
    pub async fn offline(&self) {
        self.refuse().await;
        self.cut(Cut::Reset).await;
    }

    /// Refuses new connections and leaves the open ones alone.
    pub async fn refuse(&self) {
        self.listen_command(ListenCommand::Stop).await;
    }

    /// Accepts new connections again.
    pub async fn online(&self) {
        self.listen_command(ListenCommand::Listen).await;
    }

    async fn listen_command(&self, command: fn(oneshot::Sender<io::Result<()>>) -> ListenCommand) {
        let (answer, answered) = oneshot::channel();
        self.command
            .send(command(answer))
            .await
            .expect("the proxy's task lives as long as its handles");
        answered
            .await
            .expect("the proxy's task answers before it ends")
            .expect("the reserved port can be listened on again");
    }

    /// Returns once no connection is open.
    pub async fn settled(&self) {
        let mut open = self.open.subscribe();
        open.wait_for(Open::is_empty).await.expect("the sender is held by self");
    }

    /// Returns once at least `count` connections have been accepted since the start.
    pub async fn accepted(&self, count: u64) {
        let mut open = self.open.subscribe();
        open.wait_for(|_| self.counters.connections.load(Ordering::Relaxed) >= count)
            .await
            .expect("the sender is held by self");
    }

    /// Traffic so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic {
            connections: self.counters.connections.load(Ordering::Relaxed),
            open: self.open.borrow().values().sum(),
            up: self.counters.up.load(Ordering::Relaxed),
            down: self.counters.down.load(Ordering::Relaxed),
        }
    }
}

fn socket(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Elsewhere an address can be bound again without being asked to.
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    socket(addr)?.listen(BACKLOG)
}

async fn accept(
    _reserve: TcpSocket,
    listener: TcpListener,
    mut commands: mpsc::Receiver<ListenCommand>,
    context: ConnectionContext,
    seed: u64,
    tasks: TaskTracker,
) {
    let addr = listener.local_addr();
    let mut listener = Some(listener);
    let mut seeds = StdRng::seed_from_u64(seed);
    loop {
        let incoming = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = context.stop.cancelled() => return,
            command = commands.recv() => match command {
                Some(ListenCommand::Stop(answer)) => {
                    listener = None;
                    _ = answer.send(Ok(()));
                }
                Some(ListenCommand::Listen(answer)) => {
                    let opened = match (&listener, &addr) {
                        (Some(_), _) => Ok(()),
                        (None, Ok(addr)) => listen(*addr).map(|new| listener = Some(new)),
                        (None, Err(error)) => Err(error.kind().into()),
                    };
                    _ = answer.send(opened);
                }
                None => return,
            },
            incoming = incoming => {
                // An error of `accept` concerns a connection that is already gone.
                if let Ok((client, _)) = incoming {
                    context.counters.connections.fetch_add(1, Ordering::Relaxed);
                    let generation = context.network.borrow().cuts;
                    context.open.send_modify(|open| *open.entry(generation).or_default() += 1);
                    let one = context.clone();
                    let seed = seeds.next_u64();
                    tasks.spawn(async move {
                        one.carry(client, generation, seed).await;
                        one.open.send_modify(|open| {
                            let left = open.remove(&generation).unwrap_or(0).saturating_sub(1);
                            if left > 0 {
                                open.insert(generation, left);
                            }
                        });
                    });
                }
            }
        }
    }
}

/// The number of open connections by generation, the number of cuts at their start. A single number
/// would not do: a client may reconnect before anyone has seen the cut.
type Open = BTreeMap<u64, u64>;

/// The context of a connection's task.
#[derive(Clone)]
struct ConnectionContext {
    upstream: SocketAddr,
    network: watch::Receiver<NetworkConditions>,
    open: watch::Sender<Open>,
    counters: Arc<Counters>,
    stop: CancellationToken,
}

impl ConnectionContext {
    async fn carry(&self, mut client: TcpStream, generation: u64, seed: u64) {
        let mut network = self.network.clone();
        let end = async {
            tokio::select! {
                () = self.stop.cancelled() => Cut::Reset,
                cut = network.wait_for(|network| network.cuts != generation) => {
                    cut.ok().and_then(|network| network.how).unwrap_or(Cut::Reset)
                }
            }
        };
        tokio::pin!(end);

        let connected = tokio::select! {
            how = &mut end => Err(how),
            server = TcpStream::connect(self.upstream) => server.map_err(|_| Cut::Reset),
        };
        let mut server = match connected {
            Ok(server) => server,
            Err(how) => return self.finish(how, client, None).await,
        };
        // Without Nagle's algorithm, so that slices stay separate segments.
        _ = client.set_nodelay(true);
        _ = server.set_nodelay(true);

        let how = {
            let (from_client, to_client) = client.split();
            let (from_server, to_server) = server.split();
            let direction = |direction, seed| forwarder::Forwarder {
                direction,
                network: self.network.clone(),
                rng: StdRng::seed_from_u64(seed),
                delivered: match direction {
                    forwarder::Direction::Up => &self.counters.up,
                    forwarder::Direction::Down => &self.counters.down,
                },
            };
            let up = direction(forwarder::Direction::Up, seed).carry(from_client, to_server);
            let down = direction(forwarder::Direction::Down, !seed).carry(from_server, to_client);
            tokio::select! {
                how = end => Some(how),
                both = async { tokio::try_join!(up, down) } => both.is_err().then_some(Cut::Reset),
            }
        };
        if let Some(how) = how {
            self.finish(how, client, Some(server)).await;
        }
    }

    async fn finish(&self, how: Cut, mut client: TcpStream, server: Option<TcpStream>) {
        match how {
            Cut::Reset => {
                _ = client.set_zero_linger();
                _ = server.as_ref().map(TcpStream::set_zero_linger);
            }
            Cut::Finish => {
                _ = client.shutdown().await;
                let Some(mut server) = server else { return };
                _ = server.shutdown().await;
                // Closing a socket with unread bytes would reset it, so they are read first.
                let (mut sink, mut other) = (tokio::io::sink(), tokio::io::sink());
                tokio::select! {
                    () = self.stop.cancelled() => {}
                    _ = async {
                        tokio::join!(
                            tokio::io::copy(&mut client, &mut sink),
                            tokio::io::copy(&mut server, &mut other),
                        )
                    } => {}
                }
            }
        }
    }
}
