//! The Connection Doctor: examines a connection step by step. Each step has a verdict, facts, a
//! meaning and advice.
//!
//! It connects exactly as the real connection does: with the same [`Connector`], the same
//! certificates, upgrade and frames. Its decisions are pure ([`Outcome::verdict`]). Every step has
//! a timeout, and dropping the future cancels it. It changes nothing: no message, marker or
//! receipt. It never opens a second session while the device is connected, because the server would
//! close the older one; then it uses the existing connection.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::VERSION;
use homing_protocol::frame::Welcome;
use homing_protocol::link::Address;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::clock::Clock;
use crate::connection::socket::Socket;
use crate::net::connector::{ConnectError, Connector, Transport};
use crate::secret::{Secret, SecretError};
use crate::session::SpaceRecord;
use crate::timeouts::{DOCTOR_STEP, Timeouts};
use crate::trace::{ServerInfo, Trace};

mod finding;
mod history;
mod report;
mod session;
mod transport;
mod words;

pub use finding::{Fact, FactKind, Finding, Outcome, Step, Verdict};
pub use report::{AddressVisibility, report};

/// A DNS lookup that takes longer than this is reported as slow.
const SLOW_NAME: Duration = Duration::from_secs(2);
/// A round trip that takes longer than this is reported as slow.
const SLOW_ANSWER: Duration = Duration::from_secs(1);
/// Clocks that differ by more than this make message times look wrong.
const SKEW_MS: i64 = 60_000;

/// What to examine.
pub struct Target<'a> {
    /// Connects to the server.
    pub connector: &'a dyn Connector,
    /// The server's address.
    pub address: &'a Address,
    /// The account to sign in with.
    pub account: Account<'a>,
    /// The wall clock of this device.
    pub clock: &'a dyn Clock,
    /// Name and version for the server's log.
    pub app: &'a str,
    /// The timeouts of the real connection.
    pub timeouts: Timeouts,
    /// How earlier connections ended, if that is recorded.
    pub history: Option<&'a Trace>,
}

/// The account with which the Doctor signs in.
pub enum Account<'a> {
    /// None: the examination ends when the server asks for a token.
    None,
    /// This device's account.
    Device {
        /// The account.
        record: &'a SpaceRecord,
        /// The token, or the keyring's error.
        token: Result<Secret, SecretError>,
        /// The device's connection, if it is up.
        live: Option<&'a Arc<Trace>>,
    },
}

/// Examines, and passes each finding on as soon as it is there: every step of [`Step::ALL`] once,
/// in order.
pub async fn examine(target: Target<'_>, mut found: impl FnMut(Finding)) {
    let mut open = Step::ALL.into_iter();
    let mut tell = |finding: Finding| {
        open.by_ref().find(|step| *step == finding.step);
        found(finding);
    };
    let ends = target.history.map(Trace::ends);
    tell(history::judge(ends.as_deref()));
    let stream = transport::examine(&target, &mut tell).await;
    if let Some(stream) = stream {
        session::examine(&target, stream, &mut tell).await;
    }
    for step in open {
        found(Finding::new(step, Outcome::NotReached));
    }
}

#[cfg(test)]
mod tests;
