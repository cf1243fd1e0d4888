//! What every request and connection shares.

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

/// Passwords hashed at once: each takes 19 MiB and a core for tens of milliseconds.
const HASHES_AT_ONCE: usize = 2;

/// See the module's head.
pub(crate) struct App {
    /// As started.
    pub config: Config,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The truth.
    pub store: Arc<dyn Store>,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Which space.
    pub space: SpaceId,
    /// Which life of its database.
    pub epoch: Epoch,
    /// For `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Where people reach it.
    pub address: Address,
    /// Every connection's task.
    pub tasks: TaskTracker,
    /// Stops them.
    pub stop: CancellationToken,
    /// Permits for hashing passwords.
    pub hash_permits: Arc<Semaphore>,
    /// Sockets from each address, as a trusted proxy tells it.
    pub sockets: Arc<AddressLimit>,
    /// Who hashes, one at a time each.
    pub hash_queue: FairQueue<Requester>,
    /// Who makes rooms and fills them, one at a time each.
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

/// By which somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum JoinSource {
    Address(IpAddr),
    Invitation(Hash),
}

/// Who asks for something that takes a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Requester {
    /// Nobody yet: whoever is at this address.
    Address(IpAddr),
    /// A member.
    Member(UserId),
}

impl Requester {
    /// Whoever is at this address, or at another one of the same household.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Address(network_of(address))
    }
}

impl App {
    /// Puts it together.
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

    /// Whether this address has failed too often to try again now.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_attempt(&self, from: IpAddr) -> Result<(), Duration> {
        self.throttle().failures.peek(&network_of(from), Instant::now())
    }

    /// Notes a failed attempt of this address.
    pub(crate) fn note_failure(&self, from: IpAddr) {
        // Over the limit already: it could only have been refused.
        let _limited = self.throttle().failures.take(network_of(from), 1, Instant::now());
    }

    /// Counts somebody who is about to come in, by this address and invitation.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_join(&self, from: IpAddr, invitation: Hash) -> Result<(), Duration> {
        let (mut throttle, now) = (self.throttle(), Instant::now());
        throttle.joins.take(JoinSource::Address(network_of(from)), 1, now)?;
        throttle.joins.take(JoinSource::Invitation(invitation), 1, now)
    }

    /// Takes a room and those who are put into it from an account's allowances.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_create_room(&self, person: UserId, people: usize) -> Result<(), Duration> {
        self.throttle().rooms.take(person, 1, Instant::now())?;
        self.may_add_members(person, people)
            .inspect_err(|_| self.throttle().rooms.give_back(&person, 1))
    }

    /// The room was there already.
    pub(crate) fn refund_room(&self, person: UserId, people: usize) {
        let mut throttle = self.throttle();
        throttle.rooms.give_back(&person, 1);
        throttle.memberships.give_back(&person, u32::try_from(people).unwrap_or(u32::MAX));
    }

    /// Takes people who are put into a room from an account's allowance.
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

/// What an [`App`] is made of.
pub(crate) struct Parts {
    /// As started.
    pub config: Config,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The truth.
    pub store: Arc<dyn Store>,
    /// Who is connected.
    pub hub: Arc<Hub>,
    /// Which space.
    pub space: Space,
    /// For `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Where people reach it.
    pub address: Address,
}

/// Where people reach a server that listens at `bound`.
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
