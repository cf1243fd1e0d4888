//! Where the program says what was asked for. The one place that writes to standard output, so that a
//! pipe whose reader has gone and a full device mean the same for every command.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Why something could not be said.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaid {
    /// Whoever read the output has gone, as `head` does. That is the end, and no fault.
    #[error("the output was closed")]
    Deserted,
    /// A full device, or a failing one.
    #[error("done, but can't write the result to standard output: {0}")]
    Unwritten(io::Error),
}

impl From<io::Error> for Unsaid {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Deserted,
            _ => Self::Unwritten(error),
        }
    }
}

/// Prints a line of what was asked for.
///
/// # Errors
/// [`Unsaid`]
pub(crate) fn say(line: impl Display) -> Result<(), Unsaid> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Says something on standard error. Where it can't be written, there is nobody to tell.
pub(crate) fn note(line: impl Display) {
    _ = writeln!(io::stderr().lock(), "homing-server: {line}");
}
