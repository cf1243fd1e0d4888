//! Output: results to standard output, everything else to standard error.
//!
//! The only place that writes there, so that a closed pipe and a full device mean the same for
//! every command.

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
    /// Prints a line of the result.
    ///
    /// # Errors
    /// [`Code::Done`] when nobody reads any more, which is the end of it; [`Code::Unwritten`] when it
    /// can't be written.
    pub(crate) fn line(self, line: impl Display) -> Result<(), Failure> {
        writeln!(io::stdout().lock(), "{line}").map_err(unwritten)
    }

    /// Prints a JSON value of the result.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub(crate) fn value(self, value: &Value) -> Result<(), Failure> {
        self.line(value)
    }

    /// Prints a line on standard error. Errors are ignored, because there is nowhere to report
    /// them.
    pub(crate) fn note(self, line: impl Display) {
        _ = writeln!(io::stderr().lock(), "homing: {line}");
    }

    /// Reports a failure and returns the exit code.
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

/// Maps an error of standard output to a failure.
pub(crate) fn unwritten(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(Code::Done, "the output was closed");
    }
    Failure::new(Code::Unwritten, format!("can't write the result: {error}"))
}

/// Waits until the reader of standard output is gone, where the system reports that; otherwise for
/// ever. The next write would fail as well, but in a quiet room that may take a day.
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
        // Regular files can't be polled and have no reader.
        if let Ok(watched) = watched
            && watched.ready(Interest::ERROR).await.is_ok()
        {
            return;
        }
    }
    std::future::pending().await
}
