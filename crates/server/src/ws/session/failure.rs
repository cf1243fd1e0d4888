//! What did not happen, in the words of the wire.

use std::time::Duration;

use homing_protocol::frame::{Failure, Ref};
use homing_protocol::{ErrorCode, ServerFrame};

use super::Effect;
use crate::store::StoreError;

/// A client that was told "not now" by the disk comes back after so long.
const READ_ONLY_RETRY: Duration = Duration::from_secs(2);
/// And after an unexpected failure.
pub(super) const INTERNAL_RETRY: Duration = Duration::from_secs(1);

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn failure(
    about: Option<Ref>,
    code: ErrorCode,
    wait: Option<Duration>,
    text: &str,
) -> Effect {
    Effect::Say(ServerFrame::Err(Failure {
        about,
        temporary: code.is_temporary(),
        code,
        retry_after_ms: wait.map(millis),
        text: text.to_owned(),
    }))
}

/// What the store could not do, to the client. What went wrong inside is for the log, not for it.
pub(super) fn broken(about: Option<Ref>, error: &StoreError) -> Effect {
    match error {
        StoreError::Refused(refusal) => failure(about, refusal.code.clone(), None, &refusal.text),
        StoreError::ReadOnly(_) => failure(
            about,
            ErrorCode::ReadOnly,
            Some(READ_ONLY_RETRY),
            "the server can't write at present; nothing of this was stored",
        ),
        other => {
            tracing::error!(error = %other, "the store failed");
            failure(
                about,
                ErrorCode::Internal,
                Some(INTERNAL_RETRY),
                "the server failed; nothing of this was stored",
            )
        }
    }
}
