//! What happened to the machine or its network, as far as a connection is concerned.

/// Something happened to the machine or its network.
/// [`Handle::system_event`](crate::Handle::system_event) answers it with one immediate attempt or
/// probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemEvent {
    /// The machine, or this process, was suspended and runs again.
    Woke,
    /// There is a network again.
    NetworkUp,
    /// The system is sure that there is no network.
    NetworkDown,
    /// The network changed, or may have.
    NetworkChanged,
    /// The wall clock jumped against the monotonic one, ahead if positive: it was set, or the
    /// machine was suspended.
    ClockJumped {
        /// Milliseconds of the jump.
        by_ms: i64,
    },
}

impl SystemEvent {
    /// Whether a connection may be dead, or an attempt may succeed now.
    pub(crate) const fn is_worth_a_try(self) -> bool {
        match self {
            Self::Woke | Self::NetworkUp | Self::NetworkChanged => true,
            Self::NetworkDown => false,
            // A jump ahead looks the same as a suspend; a jump back can only be somebody setting
            // the clock.
            Self::ClockJumped { by_ms } => by_ms > 0,
        }
    }
}
