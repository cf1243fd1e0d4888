//! The Connection Doctor: one connection, taken step by step, each with a verdict, what was seen,
//! what it means and what to do.
//!
//! It goes the very way that the real connection goes: the same [`Connector`] with the same trust,
//! the same upgrade, the same frames. What it decides is pure ([`Outcome::verdict`]); what it waits
//! for has a time limit a step, and dropping the future ends it at any point. It changes nothing:
//! no message, no marker, no receipt. It never opens a second session beside one that stands,
//! because a server ends the older of two of one device; then it asks the one that is there.

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

/// A name that takes longer than this is worth a word.
const SLOW_NAME: Duration = Duration::from_secs(2);
/// A round trip that takes longer than this as well.
const SLOW_ANSWER: Duration = Duration::from_secs(1);
/// Clocks further apart than this make times look wrong.
const SKEW_MS: i64 = 60_000;

/// What is examined, and with what.
pub struct Target<'a> {
    /// How the server is reached.
    pub connector: &'a dyn Connector,
    /// Where it is.
    pub address: &'a Address,
    /// As whom.
    pub account: Account<'a>,
    /// The wall clock of this device.
    pub clock: &'a dyn Clock,
    /// Name and version for the server's log.
    pub app: &'a str,
    /// The patience of the real connection.
    pub timeouts: Timeouts,
    /// How the device's connections ended, if that is written down.
    pub history: Option<&'a Trace>,
}

/// As whom the Doctor asks.
pub enum Account<'a> {
    /// As nobody: as far as the server's question who one is.
    None,
    /// As this device.
    Device {
        /// Who it is.
        record: &'a SpaceRecord,
        /// What the keyring said.
        token: Result<Secret, SecretError>,
        /// The device's own connection, if one stands.
        live: Option<&'a Arc<Trace>>,
    },
}

/// Examines, and hands out each finding as soon as it is there: every step of [`Step::ALL`] once,
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
