//! What follows when a connection, or a try for one, is over.

use std::time::Duration;

use homing_protocol::CloseCode;
use homing_protocol::frame::ServerBye;

use crate::link::Phase;
use crate::view::LinkFailure;

/// What to do once a connection, or a try for one, is over.
pub(super) enum After {
    Retry {
        why: LinkFailure,
    },
    /// Something on the way said when to come back.
    Asked {
        why: LinkFailure,
        after: Duration,
    },
    Told {
        bye: ServerBye,
    },
    Rest {
        phase: Phase,
    },
    /// The server closed the door on a flood.
    Barred,
    /// Without a wait: the person or the system says that things changed.
    AtOnce,
}

impl After {
    pub(super) const fn looks_again(&self) -> bool {
        matches!(
            self,
            Self::Rest { phase: Phase::Refused { why: LinkFailure::CertificateChanged { .. } } }
        )
    }
}

/// What a close code that forbids reconnecting means to the person.
pub(super) fn refusal(code: CloseCode) -> LinkFailure {
    match code {
        CloseCode::SIGNED_OUT | CloseCode::ACCOUNT_DISABLED => LinkFailure::SignedOut,
        CloseCode::VERSION_UNSUPPORTED => LinkFailure::VersionUnsupported,
        CloseCode(code) => LinkFailure::Closed { code },
    }
}
