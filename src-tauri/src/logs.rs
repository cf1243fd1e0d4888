//! The log: a file of bounded size, and the one before it.
//!
//! No message text, token or join link is ever logged; a test searches the files for them.
//! `HOMING_LOG` sets the filter, in the syntax of `tracing_subscriber::EnvFilter`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

/// Largest size of one file. Two of them hold days of ordinary use and fit into a bug report.
const LARGEST: u64 = 2 * 1024 * 1024;

/// The default filter.
const FILTER: &str = "warn,homing_desktop=info,homing_bridge=info,homing_engine=info,homing_server=info,homing_secrets=info";

/// Starts logging into `folder`, panics included.
pub(crate) fn start(folder: &Path) -> anyhow::Result<()> {
    let file = Rotating::open(folder, LARGEST)
        .with_context(|| format!("can't write the log to {}", folder.display()))?;
    let filter = EnvFilter::try_from_env("HOMING_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let at = panic.location().map(ToString::to_string);
        // The panic's payload is not written, because it may quote private data.
        tracing::error!(at, "a task panicked; this is a bug of Homing");
        before(panic);
    }));
    Ok(())
}

/// A file that is rotated when it is full.
struct Rotating {
    path: PathBuf,
    file: File,
    size: u64,
    largest: u64,
}

impl Rotating {
    fn open(folder: &Path, largest: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("homing.log");
        let file = File::options().create(true).append(true).open(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size, largest })
    }

    fn turn(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("1.log"))?;
        self.file = File::options().create(true).append(true).open(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

impl Write for Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.size > 0 && self.size.saturating_add(length) > self.largest {
            self.turn()?;
        }
        let written = self.file.write(bytes)?;
        self.size += u64::try_from(written).unwrap_or(0);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_never_outgrows_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), 100).unwrap();
        for number in 0..50 {
            writeln!(log, "line {number:02}").unwrap();
        }
        drop(log);
        let (now, before) = (folder.path().join("homing.log"), folder.path().join("homing.1.log"));
        for path in [&now, &before] {
            assert!(fs::metadata(path).unwrap().len() <= 100, "{}", path.display());
        }
        assert!(fs::read_to_string(&now).unwrap().ends_with("line 49\n"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_log_is_continued_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let mut log = Rotating::open(folder.path(), 100).unwrap();
            log.write_all(b"started\n").unwrap();
        }
        let text = fs::read_to_string(folder.path().join("homing.log")).unwrap();
        assert_eq!(text, "started\nstarted\n");
    }
}
