//! What the program that starts an engine may configure.

use crate::policy::ConnectionPolicy;
use crate::timeouts::Timeouts;

/// How an engine identifies itself, and its timeouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Program and version for the server's log, such as `homing-desktop 0.1.0`.
    pub app: String,
    /// The timeouts of the connection.
    pub timeouts: Timeouts,
    /// After this many failed attempts the person is asked how to go on.
    pub ask_after: u32,
}

impl Config {
    /// The default timeouts, under this name.
    #[must_use]
    pub fn new(app: impl Into<String>) -> Self {
        let ask_after = ConnectionPolicy::default().ask_after;
        Self { app: app.into(), timeouts: Timeouts::default(), ask_after }
    }

    /// This configuration with the policy that a person chose.
    #[must_use]
    pub fn with(self, policy: &ConnectionPolicy) -> Self {
        Self { timeouts: self.timeouts.with(policy), ask_after: policy.ask_after, app: self.app }
    }
}
