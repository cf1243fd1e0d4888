//! What whoever starts an engine may decide.

use crate::timeouts::Timeouts;

/// How an engine presents itself and how patient it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Program and version for the server's log, such as `homing-desktop 0.1.0`.
    pub app: String,
    /// Every duration of the connection.
    pub timeouts: Timeouts,
}

impl Config {
    /// The usual patience, under this name.
    #[must_use]
    pub fn new(app: impl Into<String>) -> Self {
        Self { app: app.into(), timeouts: Timeouts::default() }
    }
}
