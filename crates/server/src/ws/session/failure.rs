//! What did not happen, in the words of the wire.

use std::time::Duration;

use homing_protocol::frame::{Failure, Ref};
use homing_protocol::{ErrorCode, ServerFrame};
use tokio::time::Instant;

use super::{Effect, Session};
use crate::store::StoreError;

/// A client that was told "not now" by the disk comes back after so long.
const READ_ONLY_RETRY: Duration = Duration::from_secs(2);
/// Bytes of the reason of a goodbye: those that a close frame can hold (RFC 6455, section 5.5).
pub(in crate::ws) const REASON_BYTES: usize = 123;
/// Bytes of a text for logs. It may repeat what the client said, which can be as large as a frame.
const TEXT_BYTES: usize = 500;
/// And after an unexpected failure.
pub(super) const INTERNAL_RETRY: Duration = Duration::from_secs(1);

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// As much of a text as fits, in whole characters.
pub(in crate::ws) fn shorten(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Too much of what is limited, and when there is more.
pub(super) fn limited(about: Option<Ref>, wait: Duration) -> Effect {
    failure(about, ErrorCode::RateLimited, Some(wait), "too much at once")
}

pub(super) fn failure(
    about: Option<Ref>,
    code: ErrorCode,
    wait: Option<Duration>,
    text: &str,
) -> Effect {
    Effect::Send(ServerFrame::Err(Failure {
        about,
        temporary: code.is_temporary(),
        code,
        retry_after_ms: wait.map(millis),
        text: shorten(text, TEXT_BYTES).to_owned(),
    }))
}

/// What the store could not do, to the client. What went wrong inside is for the log, not for it.
fn store_failure(about: Option<Ref>, error: &StoreError) -> Effect {
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

impl Session {
    /// The store would not or could not. What it finds invalid is as much of a violation as what is found
    /// before it is asked.
    pub(super) fn refused(&mut self, about: Ref, error: &StoreError, now: Instant) -> Vec<Effect> {
        let mut effects = vec![store_failure(Some(about), error)];
        let is_invalid = |code: &ErrorCode| *code == ErrorCode::Invalid;
        if matches!(error, StoreError::Refused(refusal) if is_invalid(&refusal.code)) {
            effects.extend(self.count_violation(now));
        }
        effects
    }
}
