//! Standard output. The only place that writes to it, so that a closed pipe and a full device mean
//! the same for every command.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Why the output could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// The reader closed the pipe, as `head` does. Not an error.
    #[error("the output was closed")]
    Closed,
    /// The device is full or fails.
    #[error("done, but can't write the result to standard output: {0}")]
    Failed(io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(error),
        }
    }
}

/// Prints a line of the result.
///
/// # Errors
/// [`OutputError`]
pub(crate) fn print_line(text: impl Display) -> Result<(), OutputError> {
    Ok(write_line(&mut io::stdout().lock(), text)?)
}

/// In one write, so that a reader that stops after a line has read all of it.
fn write_line(out: &mut impl io::Write, text: impl Display) -> io::Result<()> {
    out.write_all(format!("{text}\n").as_bytes())?;
    out.flush()
}

/// Prints a line on standard error. Errors are ignored, because there is nowhere to report them.
pub(crate) fn note(line: impl Display) {
    _ = writeln!(io::stderr().lock(), "homing-server: {line}");
}

#[cfg(test)]
mod tests {
    use std::io::LineWriter;

    use super::*;

    /// What arrives with each call of the system.
    #[derive(Default)]
    struct Pipe(Vec<Vec<u8>>);

    impl io::Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_reads_the_last_line_has_all_of_it() {
        let mut out = LineWriter::new(Pipe::default());
        write_line(&mut out, "running\n\n  homing://join/chat.example/AB\n").unwrap();
        assert_eq!(out.get_ref().0, [b"running\n\n  homing://join/chat.example/AB\n\n"]);
    }
}
