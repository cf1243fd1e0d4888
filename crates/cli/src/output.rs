//! Where everything is said: results to standard output, the rest to standard error.
//!
//! The one place that writes there, so that a pipe whose reader has gone and a full device mean the
//! same for every command.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde_json::Value;

use crate::failure::{Code, Failure};

/// Standard output and standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON value a line instead of text.
    pub(crate) json: bool,
}

impl Output {
    /// A line of the result.
    ///
    /// # Errors
    /// [`Code::Done`] when nobody reads any more, which is the end of it; [`Code::Unwritten`] when it
    /// can't be written.
    pub(crate) fn line(self, line: impl Display) -> Result<(), Failure> {
        writeln!(io::stdout().lock(), "{line}").map_err(unwritten)
    }

    /// A line of the result for scripts.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub(crate) fn value(self, value: &Value) -> Result<(), Failure> {
        self.line(value)
    }

    /// A line beside the result. Where it can't be written, there is nobody to tell.
    pub(crate) fn note(self, line: impl Display) {
        _ = writeln!(io::stderr().lock(), "homing: {line}");
    }

    /// Says why it went wrong, if it did, and answers the code.
    pub(crate) fn finish(self, ended: Result<Code, Failure>) -> Code {
        let flushed = || io::stdout().flush().map_err(unwritten);
        let ended = match ended {
            Ok(Code::Done) => flushed().map(|()| Code::Done),
            other => other,
        };
        let failure = match ended {
            Ok(code) | Err(Failure { code: code @ Code::Done, .. }) => return code,
            Err(failure) => failure,
        };
        let told = if self.json && failure.code != Code::Unwritten {
            self.value(&serde_json::json!({ "error": failure.code.name(), "text": failure.text }))
        } else {
            Err(failure.clone())
        };
        if told.is_err_and(|error| error.code != Code::Done) {
            self.note(&failure);
        }
        failure.code
    }
}

/// Why something could not be written to standard output.
pub(crate) fn unwritten(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(Code::Done, "the output was closed");
    }
    Failure::new(Code::Unwritten, format!("can't write the result: {error}"))
}

/// Until nobody reads standard output any more, where the system tells; otherwise for ever. What is
/// written next would tell as well, but in a quiet room that may be tomorrow.
pub(crate) async fn reader_gone() {
    #[cfg(target_os = "linux")]
    {
        use tokio::io::{Interest, unix::AsyncFd};
        #[expect(
            deprecated,
            reason = "standard output stays open for as long as the process, and what took this \
                      function's place is unsafe code"
        )]
        let watched = AsyncFd::with_interest(io::stdout(), Interest::ERROR);
        // A file is never deserted, and can't be waited for.
        if let Ok(watched) = watched
            && watched.ready(Interest::ERROR).await.is_ok()
        {
            return;
        }
    }
    std::future::pending().await
}
