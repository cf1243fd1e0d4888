//! What every request and connection shares.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{JoinLink, UserId};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::clock::{Clock, new_id};
use crate::config::{Config, TlsMode};
use crate::limit::Buckets;
use crate::metrics::Metrics;
use crate::rooms::hub::Hub;
use crate::store::{Space, Store};

/// Passwords hashed at once: each takes 19 MiB and a core for tens of milliseconds.
const HASHING: usize = 2;

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
    pub space: Space,
    /// For `/metrics`.
    pub metrics: Arc<Metrics>,
    /// Where people reach it.
    pub address: Address,
    /// Every connection's task.
    pub tasks: TaskTracker,
    /// Stops them.
    pub stop: CancellationToken,
    /// Permits for hashing passwords.
    pub hashing: Arc<Semaphore>,
    throttle: Mutex<Throttle>,
}

struct Throttle {
    failures: Buckets<IpAddr>,
    calls: Buckets<UserId>,
}

impl App {
    /// Puts it together.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        let rates = parts.config.rates;
        let throttle = Mutex::new(Throttle {
            failures: Buckets::new(rates.logins),
            calls: Buckets::new(rates.calls),
        });
        Self {
            config: parts.config,
            clock: parts.clock,
            store: parts.store,
            hub: parts.hub,
            space: parts.space,
            metrics: parts.metrics,
            address: parts.address,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            hashing: Arc::new(Semaphore::new(HASHING)),
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
    pub(crate) fn may_try(&self, from: IpAddr) -> Result<(), Duration> {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        throttle.failures.peek(&household(from), Instant::now())
    }

    /// Notes a failed attempt of this address.
    pub(crate) fn note_failure(&self, from: IpAddr) {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        // Over the limit already: it could only have been refused.
        let _limited = throttle.failures.take(household(from), 1, Instant::now());
    }

    /// Takes one from an account's allowance of calls.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn may_call(&self, person: UserId) -> Result<(), Duration> {
        let mut throttle = self.throttle.lock().unwrap_or_else(PoisonError::into_inner);
        throttle.calls.take(person, 1, Instant::now())
    }
}

/// Who answers for an address. With IPv6 everybody has the 2⁶⁴ addresses of a network to themselves.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
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
