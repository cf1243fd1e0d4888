//! What the machine did that a connection may not have survived.

/// Something happened to the machine or its network. Told to
/// [`Handle::disturbed`](crate::Handle::disturbed), where it means one immediate try or probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemEvent {
    /// The machine, or this process, stood still and goes on.
    Woke,
    /// There is a network again.
    NetworkUp,
    /// The system is sure that there is no network at all.
    NetworkDown,
    /// The network is another one, or may be.
    NetworkChanged,
    /// The wall clock jumped against the monotonic one, ahead if positive: it was set, or the
    /// machine slept.
    ClockJumped {
        /// By so many milliseconds.
        by_ms: i64,
    },
}

impl SystemEvent {
    /// Whether what is connected may be dead, and what is not may succeed now.
    pub(crate) const fn is_worth_a_try(self) -> bool {
        match self {
            Self::Woke | Self::NetworkUp | Self::NetworkChanged => true,
            Self::NetworkDown => false,
            // Ahead looks the same as sleep; back can only be somebody setting the clock.
            Self::ClockJumped { by_ms } => by_ms > 0,
        }
    }
}
