//! Tokens in a file behind a passphrase, for those who have no keyring or want none.
//!
//! [`SealedFile`] guarantees that no token and no passphrase is ever on the disk in plain text,
//! that a crash leaves the old file or the new one, and that an unreadable file is never changed or
//! deleted. The key is derived on a thread of its own, because that takes time; [`format`]
//! describes the file.
//!
//! The passphrase is needed once. The derived key then stays in memory, as the tokens do while the
//! program runs; all of it is overwritten when dropped.

mod format;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_engine::session::{SealError, SealState, SealedStore, Secret, SecretError, SecretStore};

pub use format::Cost;
use format::{Closed, LARGEST, Opened, Refused, Unreadable};

use crate::file;

/// Shortest passphrase in characters. Argon2id makes each guess expensive; the length makes them
/// many.
pub const SHORTEST: usize = 8;

/// See the [module](self).
pub struct SealedFile(Arc<Inner>);

struct Inner {
    path: PathBuf,
    cost: Cost,
    state: Mutex<State>,
    /// Held during a change of the file, so that changes follow one another.
    turn: Arc<tokio::sync::Mutex<()>>,
}

enum State {
    Unused,
    Closed(Closed),
    Open(Opened),
    Damaged,
    Newer,
}

impl State {
    const fn seal(&self) -> SealState {
        match self {
            Self::Unused => SealState::Unused,
            Self::Closed(_) => SealState::Closed,
            Self::Open(_) => SealState::Open,
            Self::Damaged => SealState::Damaged,
            Self::Newer => SealState::Newer,
        }
    }
}

impl SealedFile {
    /// The file at `path`, whether it exists or not. An unreadable one counts as damaged, and the
    /// program starts all the same.
    #[must_use]
    pub fn at(path: &Path, cost: Cost) -> Self {
        let state = match read(path) {
            Ok(None) => State::Unused,
            Ok(Some(bytes)) => match Closed::read(&bytes) {
                Ok(closed) => State::Closed(closed),
                Err(Unreadable::Damaged) => State::Damaged,
                Err(Unreadable::Newer) => State::Newer,
            },
            Err(error) => {
                tracing::warn!(%error, "the file behind the passphrase can't be read");
                State::Damaged
            }
        };
        Self(Arc::new(Inner {
            path: path.to_owned(),
            cost,
            state: Mutex::new(state),
            turn: Arc::default(),
        }))
    }

    /// Changes the file on a blocking thread. A change that has begun is completed, whether or not
    /// anybody waits.
    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SealError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, SealError>> {
        let inner = self.0.clone();
        async move {
            let turn = inner.turn.clone().lock_owned().await;
            let done = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                work(&inner)
            });
            done.await.unwrap_or_else(|error| Err(SealError::Io(error.to_string())))
        }
        .boxed()
    }

    /// Changes the tokens of the open file.
    fn replace(
        &self,
        change: impl FnOnce(&mut Opened) + Send + 'static,
    ) -> BoxFuture<'static, Result<(), SecretError>> {
        let work = self.work(move |inner| {
            let mut opened = inner.opened()?;
            change(&mut opened);
            inner.keep(opened)
        });
        async move {
            work.await.map_err(|error| match error {
                SealError::NotNow(SealState::Closed) => SecretError::Sealed,
                other => SecretError::Failed(other.to_string()),
            })
        }
        .boxed()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Every critical section leaves a valid value, so a panic in one does not matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> Result<Closed, SealError> {
        match &*self.lock() {
            State::Closed(closed) => Ok(closed.clone()),
            other => Err(SealError::NotNow(other.seal())),
        }
    }

    fn opened(&self) -> Result<Opened, SealError> {
        match &*self.lock() {
            State::Open(opened) => Ok(opened.clone()),
            other => Err(SealError::NotNow(other.seal())),
        }
    }

    /// Writes the file and reads it back before it counts.
    fn keep(&self, opened: Opened) -> Result<(), SealError> {
        let text = opened.write().ok_or_else(unusable)?;
        file::write_with_folder(&self.path, text.as_bytes()).map_err(|error| io_error(&error))?;
        let kept = read(&self.path).map_err(|error| io_error(&error))?;
        if kept.as_deref() != Some(text.as_bytes()) {
            return Err(SealError::Io("it doesn't have what was saved in it".into()));
        }
        *self.lock() = State::Open(opened);
        Ok(())
    }

    /// Reads the file on disk with a passphrase.
    fn try_passphrase(&self, closed: &Closed, passphrase: &Secret) -> Result<Opened, SealError> {
        closed.open(passphrase).map_err(|refused| match refused {
            Refused::Wrong => SealError::Wrong,
            Refused::Damaged => {
                *self.lock() = State::Damaged;
                SealError::NotNow(SealState::Damaged)
            }
        })
    }
}

impl SealedStore for SealedFile {
    fn seal(&self) -> SealState {
        self.0.lock().seal()
    }

    fn names(&self) -> Vec<String> {
        match &*self.0.lock() {
            State::Closed(closed) => closed.names().to_vec(),
            State::Open(opened) => opened.tokens.keys().cloned().collect(),
            State::Unused | State::Damaged | State::Newer => Vec::new(),
        }
    }

    fn begin(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>> {
        self.work(move |inner| {
            long_enough(&passphrase)?;
            let opened = Opened::fresh(&passphrase, inner.cost).ok_or_else(unusable)?;
            let seal = inner.lock().seal();
            if seal == SealState::Open {
                // Its tokens are in use, so another passphrase means a change of this one.
                return Err(SealError::NotNow(seal));
            }
            if seal != SealState::Unused {
                file::set_aside(&inner.path).map_err(|error| io_error(&error))?;
                *inner.lock() = State::Unused;
            }
            inner.keep(opened)
        })
    }

    fn enter(&self, passphrase: Secret) -> BoxFuture<'_, Result<(), SealError>> {
        self.work(move |inner| {
            let opened = inner.try_passphrase(&inner.closed()?, &passphrase)?;
            *inner.lock() = State::Open(opened);
            Ok(())
        })
    }

    fn change(&self, old: Secret, new: Secret) -> BoxFuture<'_, Result<(), SealError>> {
        self.work(move |inner| {
            long_enough(&new)?;
            let opened = inner.opened()?;
            // An open file does not entitle a stranger at the computer to change the passphrase.
            let text = opened.write().ok_or_else(unusable)?;
            let closed = Closed::read(text.as_bytes()).map_err(|_| unusable())?;
            inner.try_passphrase(&closed, &old)?;
            inner.keep(opened.behind(&new, inner.cost).ok_or_else(unusable)?)
        })
    }

    fn end(&self) -> BoxFuture<'_, Result<(), SealError>> {
        self.work(|inner| {
            let empty = match &*inner.lock() {
                State::Unused => return Ok(()),
                State::Open(opened) => opened.tokens.is_empty(),
                State::Closed(_) | State::Damaged | State::Newer => false,
            };
            let gone =
                if empty { fs::remove_file(&inner.path) } else { file::set_aside(&inner.path) };
            gone.map_err(|error| io_error(&error))?;
            *inner.lock() = State::Unused;
            Ok(())
        })
    }
}

impl SecretStore for SealedFile {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        let found = match &*self.0.lock() {
            State::Open(opened) => Ok(opened.tokens.get(name).cloned()),
            State::Unused => Ok(None),
            State::Closed(_) => Err(SecretError::Sealed),
            State::Damaged => {
                Err(SecretError::Failed("the file protected by the passphrase is damaged".into()))
            }
            State::Newer => Err(SecretError::Failed(
                "a newer version of Homing wrote the file protected by the passphrase".into(),
            )),
        };
        std::future::ready(found).boxed()
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        let name = name.to_owned();
        self.replace(move |opened| _ = opened.tokens.insert(name, secret))
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        let name = name.to_owned();
        self.replace(move |opened| _ = opened.tokens.remove(&name))
    }
}

/// The file's content as far as it is readable. None if there is no file.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than any file of tokens"));
    }
    Ok(Some(bytes))
}

fn long_enough(passphrase: &Secret) -> Result<(), SealError> {
    if passphrase.reveal().chars().count() < SHORTEST {
        return Err(SealError::TooShort { least: SHORTEST });
    }
    Ok(())
}

fn unusable() -> SealError {
    SealError::Io("it couldn't be created; that's a bug in Homing".into())
}

fn io_error(error: &io::Error) -> SealError {
    SealError::Io(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const RIGHT: &str = "correct horse";

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn at(folder: &TempDir) -> SealedFile {
        SealedFile::at(&folder.path().join("not/there/yet/tokens.sealed"), Cost::LEAST)
    }

    fn files(folder: &TempDir) -> Vec<String> {
        let folder = fs::read_dir(folder.path().join("not/there/yet")).unwrap();
        let mut names: Vec<_> =
            folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    async fn begun(folder: &TempDir) -> SealedFile {
        let file = at(folder);
        file.begin(secret(RIGHT)).await.unwrap();
        file.set("a", secret("token-1")).await.unwrap();
        file
    }

    #[tokio::test]
    async fn a_token_outlives_the_process_behind_the_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(at(&folder).seal(), SealState::Unused);
        drop(begun(&folder).await);
        let again = at(&folder);
        assert_eq!((again.seal(), again.names()), (SealState::Closed, vec!["a".to_owned()]));
        assert_eq!(again.get("a").await, Err(SecretError::Sealed));
        assert_eq!(again.set("b", secret("token-2")).await, Err(SecretError::Sealed));
        assert_eq!(again.delete("a").await, Err(SecretError::Sealed));
        assert_eq!(again.enter(secret("correct hoarse")).await, Err(SealError::Wrong));
        assert_eq!(again.seal(), SealState::Closed);
        again.enter(secret(RIGHT)).await.unwrap();
        assert_eq!(again.get("a").await, Ok(Some(secret("token-1"))));
        assert_eq!(again.get("b").await, Ok(None));
        assert_eq!(again.begin(secret("once more")).await, Err(SealError::NotNow(SealState::Open)));
        again.delete("a").await.unwrap();
        assert_eq!(at(&folder).names(), Vec::<String>::new());
    }

    #[tokio::test]
    async fn another_passphrase_needs_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = begun(&folder).await;
        let new = || secret("battery staple");
        assert_eq!(file.change(secret("correct hoarse"), new()).await, Err(SealError::Wrong));
        let short = file.change(secret(RIGHT), secret("battery")).await;
        assert_eq!(short, Err(SealError::TooShort { least: SHORTEST }));
        file.change(secret(RIGHT), new()).await.unwrap();
        file.set("b", secret("token-2")).await.unwrap();
        let again = at(&folder);
        assert_eq!(again.enter(secret(RIGHT)).await, Err(SealError::Wrong));
        again.enter(new()).await.unwrap();
        assert_eq!(again.get("a").await, Ok(Some(secret("token-1"))));
        assert_eq!(again.get("b").await, Ok(Some(secret("token-2"))));
    }

    #[tokio::test]
    async fn a_damaged_file_is_left_alone_and_put_aside_by_a_new_beginning() {
        let folder = tempfile::tempdir().unwrap();
        drop(begun(&folder).await);
        let path = folder.path().join("not/there/yet/tokens.sealed");
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let again = at(&folder);
        assert_eq!(again.seal(), SealState::Damaged);
        assert_eq!(again.enter(secret(RIGHT)).await, Err(SealError::NotNow(SealState::Damaged)));
        assert!(again.set("a", secret("token-2")).await.is_err());
        assert_eq!(fs::read(&path).unwrap(), bytes);
        again.begin(secret("battery staple")).await.unwrap();
        assert_eq!(files(&folder), ["tokens.aside-1", "tokens.sealed"]);
        assert_eq!(fs::read(path.with_extension("aside-1")).unwrap(), bytes);
        // A second one does not take the place of the first.
        at(&folder).begin(secret("once more, please")).await.unwrap();
        assert_eq!(files(&folder), ["tokens.aside-1", "tokens.aside-2", "tokens.sealed"]);
    }

    #[tokio::test]
    async fn what_is_no_file_of_ours_does_not_keep_the_program_from_starting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.sealed");
        fs::create_dir(&path).unwrap();
        assert_eq!(SealedFile::at(&path, Cost::LEAST).seal(), SealState::Damaged);
        let large = folder.path().join("large.sealed");
        File::create(&large).unwrap().set_len(LARGEST + 1).unwrap();
        assert_eq!(SealedFile::at(&large, Cost::LEAST).seal(), SealState::Damaged);
        let newer = folder.path().join("newer.sealed");
        fs::write(&newer, r#"{"format":"homing-tokens","version":9}"#).unwrap();
        assert_eq!(SealedFile::at(&newer, Cost::LEAST).seal(), SealState::Newer);
    }

    #[tokio::test]
    async fn an_empty_file_goes_and_a_full_one_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = begun(&folder).await;
        file.delete("a").await.unwrap();
        file.end().await.unwrap();
        assert_eq!((file.seal(), files(&folder)), (SealState::Unused, Vec::<String>::new()));
        let file = begun(&folder).await;
        file.end().await.unwrap();
        assert_eq!(
            (file.seal(), files(&folder)),
            (SealState::Unused, vec!["tokens.aside-1".into()])
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_disk_that_takes_nothing_changes_nothing_and_the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = begun(&folder).await;
        let path = folder.path().join("not/there/yet/tokens.sealed");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        // Where the new file would be written, there is a folder.
        fs::create_dir(path.with_extension("new")).unwrap();
        assert!(matches!(file.set("b", secret("token-2")).await, Err(SecretError::Failed(_))));
        assert_eq!(file.get("b").await, Ok(None));
        let again = at(&folder);
        again.enter(secret(RIGHT)).await.unwrap();
        assert_eq!(again.get("a").await, Ok(Some(secret("token-1"))));
    }
}
