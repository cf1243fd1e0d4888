//! Failures as `err` frames.

use std::time::Duration;

use homing_protocol::frame::{Failure, Ref};
use homing_protocol::{ErrorCode, ServerFrame};
use tokio::time::Instant;

use super::{Effect, Session};
use crate::store::StoreError;

/// Retry delay while the database is read-only.
const READ_ONLY_RETRY: Duration = Duration::from_secs(2);
/// Bytes of the reason in a close frame (RFC 6455, section 5.5).
pub(in crate::ws) const REASON_BYTES: usize = 123;
/// Bytes of a failure's text. It may quote the client's frame, which can be large.
const TEXT_BYTES: usize = 500;
/// Retry delay after an unexpected failure.
pub(super) const INTERNAL_RETRY: Duration = Duration::from_secs(1);

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The start of a text, at a character boundary.
pub(in crate::ws) fn shorten(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A rate limit was exceeded; try again after `wait`.
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

/// A failure of the store for the client. Internal details only go to the log.
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
    /// Handles a failed request. An `invalid` from the store counts as a violation, like one found
    /// before asking it.
    pub(super) fn refused(&mut self, about: Ref, error: &StoreError, now: Instant) -> Vec<Effect> {
        let mut effects = vec![store_failure(Some(about), error)];
        let is_invalid = |code: &ErrorCode| *code == ErrorCode::Invalid;
        if matches!(error, StoreError::Refused(refusal) if is_invalid(&refusal.code)) {
            effects.extend(self.count_violation(now));
        }
        effects
    }
}
