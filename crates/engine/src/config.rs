//! What whoever starts an engine may decide.

use crate::policy::ConnectionPolicy;
use crate::timeouts::Timeouts;

/// How an engine presents itself and how patient it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Program and version for the server's log, such as `homing-desktop 0.1.0`.
    pub app: String,
    /// Every duration of the connection.
    pub timeouts: Timeouts,
    /// After so many failed tries the person is asked how to go on.
    pub ask_after: u32,
}

impl Config {
    /// The usual patience, under this name.
    #[must_use]
    pub fn new(app: impl Into<String>) -> Self {
        let ask_after = ConnectionPolicy::default().ask_after;
        Self { app: app.into(), timeouts: Timeouts::default(), ask_after }
    }

    /// The same with what a person chose.
    #[must_use]
    pub fn with(self, policy: &ConnectionPolicy) -> Self {
        Self { timeouts: self.timeouts.with(policy), ask_after: policy.ask_after, app: self.app }
    }
}
