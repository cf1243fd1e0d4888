//! The state shared by all requests and connections.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{Epoch, JoinLink, SpaceId, UserId};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::address_limit::{AddressLimit, network_of};
use crate::auth::secret::Hash;
use crate::clock::{Clock, new_id};
use crate::config::{Config, TlsMode};
use crate::fair_queue::FairQueue;
use crate::metrics::Metrics;
use crate::rate_limit::KeyedBuckets;
use crate::rooms::hub::Hub;
use crate::store::{Space, Store};

/// Passwords hashed at the same time. Each takes 19 MiB and a core for tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;

/// The shared state. Public fields are set once, at the start.
pub(crate) struct App {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub space: SpaceId,
    pub epoch: Epoch,
    pub metrics: Arc<Metrics>,
    /// The address in join links.
    pub address: Address,
    /// Tracks the task of every connection.
    pub tasks: TaskTracker,
    /// Stops all connections.
    pub stop: CancellationToken,
    /// Bounds the passwords hashed at the same time.
    pub hash_permits: Arc<Semaphore>,
    /// WebSockets of each client address, as a trusted proxy reports it.
    pub sockets: Arc<AddressLimit>,
    /// Password hashes: one at a time for each requester.
    pub hash_queue: FairQueue<Requester>,
    /// Room creation and additions: one at a time for each member.
    pub room_queue: FairQueue<UserId>,
    throttle: Mutex<Throttle>,
}

struct Throttle {
    failures: KeyedBuckets<IpAddr>,
    joins: KeyedBuckets<JoinSource>,
    calls: KeyedBuckets<UserId>,
    rooms: KeyedBuckets<UserId>,
    memberships: KeyedBuckets<UserId>,
}

/// What joins are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum JoinSource {
    Address(IpAddr),
    Invitation(Hash),
}

/// Who a long-running request is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Requester {
    /// Not signed in: counted by network.
    Address(IpAddr),
    Member(UserId),
}

impl Requester {
    /// The requester at an address or in the same IPv6 network.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Address(network_of(address))
    }
}

impl App {
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        let rates = parts.config.rates;
        let throttle = Mutex::new(Throttle {
            failures: KeyedBuckets::new(rates.logins),
            joins: KeyedBuckets::new(rates.joins),
            calls: KeyedBuckets::new(rates.calls),
            rooms: KeyedBuckets::new(rates.rooms),
            memberships: KeyedBuckets::new(rates.memberships),
        });
        let sockets = AddressLimit::new(parts.config.max_connections_per_address);
        Self {
            config: parts.config,
            clock: parts.clock,
            store: parts.store,
            hub: parts.hub,
            space: parts.space.id,
            epoch: parts.space.epoch,
            metrics: parts.metrics,
            address: parts.address,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            hash_permits: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            sockets,
            hash_queue: FairQueue::new(),
            room_queue: FairQueue::new(),
            throttle,
        }
    }

    /// A new UUIDv7.
    pub(crate) fn new_id(&self) -> Uuid {
        new_id(&*self.clock, &*self.config.random)
    }

    /// The link for an invitation.
    pub(crate) fn link(&self, code: String) -> JoinLink {
        JoinLink { address: self.address.clone(), code }
    }

    /// Checks whether this address may sign in or use a code now.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_attempt(&self, from: IpAddr) -> Result<(), Duration> {
        self.throttle().failures.peek(&network_of(from), Instant::now())
    }

    /// Counts a failed attempt of this address.
    pub(crate) fn note_failure(&self, from: IpAddr) {
        // If the bucket is empty, the next attempt is refused anyway.
        let _limited = self.throttle().failures.take(network_of(from), 1, Instant::now());
    }

    /// Counts a join by its address and its invitation.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_join(&self, from: IpAddr, invitation: Hash) -> Result<(), Duration> {
        let (mut throttle, now) = (self.throttle(), Instant::now());
        throttle.joins.take(JoinSource::Address(network_of(from)), 1, now)?;
        throttle.joins.take(JoinSource::Invitation(invitation), 1, now)
    }

    /// Takes one room and its initial members from an account's allowances.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_create_room(&self, person: UserId, people: usize) -> Result<(), Duration> {
        self.throttle().rooms.take(person, 1, Instant::now())?;
        self.may_add_members(person, people)
            .inspect_err(|_| self.throttle().rooms.give_back(&person, 1))
    }

    /// Gives both back: the room existed or could not be created.
    pub(crate) fn refund_room(&self, person: UserId, people: usize) {
        let mut throttle = self.throttle();
        throttle.rooms.give_back(&person, 1);
        throttle.memberships.give_back(&person, u32::try_from(people).unwrap_or(u32::MAX));
    }

    /// Takes added members from an account's allowance.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_add_members(&self, person: UserId, people: usize) -> Result<(), Duration> {
        let cost = u32::try_from(people).unwrap_or(u32::MAX);
        self.throttle().memberships.take(person, cost, Instant::now())
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one from an account's allowance of calls.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_call(&self, person: UserId) -> Result<(), Duration> {
        self.throttle().calls.take(person, 1, Instant::now())
    }
}

/// The inputs of [`App::new`].
pub(crate) struct Parts {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub space: Space,
    pub metrics: Arc<Metrics>,
    /// The address in join links.
    pub address: Address,
}

/// The address for join links of a server that listens at `bound`.
#[must_use]
pub(crate) fn address(
    config: &Config,
    bound: SocketAddr,
    fingerprint: Option<Fingerprint>,
) -> Address {
    let tls = config.tls != TlsMode::Off;
    match &config.public {
        Some(public) => Address {
            host: public.host.clone(),
            port: public.port.unwrap_or(if public.proxied { 443 } else { bound.port() }),
            tls: tls || public.proxied,
            fingerprint: fingerprint.filter(|_| !public.proxied),
        },
        None => Address {
            host: reachable(bound.ip()).to_string(),
            port: bound.port(),
            tls,
            fingerprint,
        },
    }
}

/// For "all addresses": the one that this machine would use to reach others. Connecting a UDP
/// socket only asks the routing table; nothing is sent (192.0.2.1 is reserved for documentation).
fn reachable(bound: IpAddr) -> IpAddr {
    if !bound.is_unspecified() {
        return bound;
    }
    let asked = std::net::UdpSocket::bind(("0.0.0.0", 0)).and_then(|socket| {
        socket.connect(("192.0.2.1", 9))?;
        socket.local_addr()
    });
    asked.map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip())
}
