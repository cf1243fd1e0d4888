//! What follows when a connection, or a try for one, is over.

use std::time::Duration;

use homing_protocol::CloseCode;
use homing_protocol::frame::ServerBye;

use crate::connection::DownState;
use crate::view::ConnectionFailure;

/// What to do once a connection, or a try for one, is over.
pub(super) enum AfterDisconnect {
    Retry {
        why: ConnectionFailure,
    },
    /// Something on the way said when to come back.
    RetryAfter {
        why: ConnectionFailure,
        after: Duration,
    },
    ServerSchedule {
        bye: ServerBye,
    },
    Idle {
        phase: DownState,
    },
    /// The server closed the door on a flood.
    Banned,
    /// Without a wait: the person or the system says that things changed.
    Immediately,
}

impl AfterDisconnect {
    pub(super) const fn retries_on_network_change(&self) -> bool {
        matches!(
            self,
            Self::Idle {
                phase: DownState::Refused { why: ConnectionFailure::CertificateChanged { .. } }
            }
        )
    }
}

/// What a close code that forbids reconnecting means to the person.
pub(super) fn refusal(code: CloseCode) -> ConnectionFailure {
    match code {
        CloseCode::SIGNED_OUT | CloseCode::ACCOUNT_DISABLED => ConnectionFailure::SignedOut,
        CloseCode::VERSION_UNSUPPORTED => ConnectionFailure::VersionUnsupported,
        CloseCode(code) => ConnectionFailure::Closed { code },
    }
}
