//! What to do after a connection or an attempt has ended, as data.

use std::time::Duration;

use homing_protocol::CloseCode;
use homing_protocol::frame::ServerBye;

use crate::connection::DownState;
use crate::view::ConnectionFailure;

/// What to do after a connection or an attempt has ended.
pub(super) enum AfterDisconnect {
    Retry {
        why: ConnectionFailure,
    },
    /// Something on the way sent `Retry-After`.
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
    /// The server banned this client for flooding.
    Banned,
    /// Without a wait, because the person or the system says that the conditions changed.
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
