//! The tokens of this device: in the keyring, in a file behind a passphrase, or in memory for this
//! session.
//!
//! [`Tokens`] deletes a token only when its owner signs out: a token that can't be read now may be
//! readable tomorrow. To move a token it is written to the new place and read back before it is
//! removed from the old one, so a crash may leave a copy and never loses one. The keyring's last
//! answer and the file's state can be watched, so that the person sees them whatever caused the
//! request.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::session::{
    SealError, SealState, SealedStore, Secret, SecretError, SecretStore, with_keyring_timeout,
};
use tokio::sync::watch;

use crate::dto::{Keyring, Sealed};
use crate::error::Failure;

/// After this time the keyring is reported as late. The request goes on: the keyring may be waiting
/// for the person in another window.
pub const LATE: Duration = Duration::from_secs(5);

/// A name under which nothing is ever stored.
const NOBODY: &str = "homing:nobody";

/// See the [module](self).
pub struct Tokens {
    keyring: Arc<dyn SecretStore>,
    file: Arc<dyn SealedStore>,
    elsewhere: Mutex<KnownAbsent>,
    state: watch::Sender<Keyring>,
    sealed: watch::Sender<Sealed>,
}

/// What the keyring need not be asked for while this program runs.
#[derive(Default)]
struct KnownAbsent {
    /// Tokens in memory.
    session: BTreeMap<String, Secret>,
    /// Names whose token was in memory or in the file and is deleted everywhere. Where there is no
    /// keyring, deleting it there would fail for ever.
    gone: BTreeSet<String>,
}

impl Tokens {
    /// Combines a keyring and the file that may replace it.
    pub fn new(keyring: Arc<dyn SecretStore>, file: Arc<dyn SealedStore>) -> Self {
        let sealed = watch::Sender::new(file.seal().into());
        Self {
            keyring,
            file,
            elsewhere: Mutex::default(),
            state: watch::Sender::new(Keyring::Untried),
            sealed,
        }
    }

    /// The keyring's state.
    pub fn keyring(&self) -> watch::Receiver<Keyring> {
        self.state.subscribe()
    }

    /// The file's state.
    pub fn sealed(&self) -> watch::Receiver<Sealed> {
        self.sealed.subscribe()
    }

    /// Whether a token can be stored, as far as can be told without writing one. Ask before an
    /// invitation is spent on it.
    ///
    /// # Errors
    /// The reason. [`SecretError::TimedOut`] means that the keyring has not answered yet.
    pub async fn ready(&self) -> Result<(), SecretError> {
        let nothing = if self.file.seal() == SealState::Unused {
            self.ask(with_keyring_timeout(self.keyring.get(NOBODY))).await
        } else {
            self.file.get(NOBODY).await
        };
        nothing.map(drop)
    }

    /// Stores tokens behind a passphrase from now on and moves those of `names` that are readable.
    /// The others stay in the keyring.
    ///
    /// # Errors
    /// When the passphrase is too short or the file can't be written.
    pub async fn begin(&self, passphrase: Secret, names: Vec<String>) -> Result<(), Failure> {
        let begun = self.file.begin(passphrase).await;
        self.note_file();
        begun?;
        let here: Vec<_> = self.elsewhere().session.clone().into_iter().collect();
        for (name, token) in here {
            self.file.set(&name, token).await?;
            self.elsewhere().session.remove(&name);
        }
        for name in names {
            if self.in_file(&name) {
                continue;
            }
            match self.ask(with_keyring_timeout(self.keyring.get(&name))).await {
                Ok(Some(token)) => self.file.set(&name, token).await?,
                Ok(None) => continue,
                // The next request would fail in the same way after the same time.
                Err(_) => break,
            }
            // A leftover does no harm, because the file is asked first.
            _ = self.ask(self.keyring.delete(&name)).await;
        }
        Ok(())
    }

    /// Opens the file.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file is unusable.
    pub async fn enter(&self, passphrase: Secret) -> Result<(), SealError> {
        let entered = self.file.enter(passphrase).await;
        self.note_file();
        entered
    }

    /// Changes the passphrase.
    ///
    /// # Errors
    /// When one of the two is wrong or too short; nothing has changed then.
    pub async fn change(&self, old: Secret, new: Secret) -> Result<(), SealError> {
        let changed = self.file.change(old, new).await;
        self.note_file();
        changed
    }

    /// Moves all tokens of the file into the keyring, which stores new ones from now on. An
    /// unreadable file is put aside with its tokens.
    ///
    /// # Errors
    /// When the keyring does not take them. The tokens moved so far are in the keyring, the others
    /// in the file.
    pub async fn use_keyring(&self) -> Result<(), Failure> {
        match self.file.seal() {
            SealState::Closed => return Err(SealError::NotNow(SealState::Closed).into()),
            SealState::Open => {
                for name in self.file.names() {
                    if let Some(token) = self.file.get(&name).await? {
                        self.ask(self.keyring.set(&name, token)).await?;
                    }
                    self.file.delete(&name).await?;
                }
            }
            SealState::Unused | SealState::Damaged | SealState::Newer => {}
        }
        let ended = self.file.end().await;
        self.note_file();
        Ok(ended?)
    }

    /// Has the system create a keyring where it has none. Its own dialog asks the person, for as
    /// long as that takes.
    ///
    /// # Errors
    /// [`SecretError::NotSetUp`] when the person closed the dialog; otherwise the keyring's own
    /// error.
    pub async fn create_keyring(&self) -> Result<(), SecretError> {
        self.keyring.set_up().await?;
        self.ask(with_keyring_timeout(self.keyring.get(NOBODY))).await.map(drop)
    }

    fn elsewhere(&self) -> MutexGuard<'_, KnownAbsent> {
        self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_file(&self, name: &str) -> bool {
        self.file.names().iter().any(|known| known == name)
    }

    fn note_file(&self) {
        let now = Sealed::from(self.file.seal());
        self.sealed.send_if_modified(|sealed| std::mem::replace(sealed, now) != now);
    }

    /// Waits for the keyring, records its answer, and reports that it is late.
    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, SecretError>>,
    ) -> Result<T, SecretError> {
        tokio::pin!(question);
        let answer = match tokio::time::timeout(LATE, &mut question).await {
            Ok(answer) => answer,
            Err(_) => {
                self.note(Keyring::TimedOut);
                question.await
            }
        };
        self.note(state_after(&answer));
        answer
    }

    fn note(&self, now: Keyring) {
        self.state.send_if_modified(|state| {
            let news = *state != now;
            *state = now;
            news
        });
    }
}

fn state_after<T>(answer: &Result<T, SecretError>) -> Keyring {
    match answer {
        Ok(_) => Keyring::Working,
        Err(SecretError::Locked) => Keyring::Locked,
        Err(SecretError::Absent) => Keyring::Absent,
        Err(SecretError::NotSetUp) => Keyring::NotSetUp,
        Err(SecretError::Denied) => Keyring::Denied,
        Err(SecretError::Changed) => Keyring::Changed,
        Err(SecretError::TimedOut) => Keyring::TimedOut,
        Err(SecretError::Failed(text)) => Keyring::Failed { text: text.clone() },
        Err(error @ SecretError::Sealed) => Keyring::Failed { text: error.to_string() },
    }
}

impl SecretStore for Tokens {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        Box::pin(async move {
            let here = self.elsewhere().session.get(name).cloned();
            if here.is_some() {
                return Ok(here);
            }
            if self.in_file(name) {
                return self.file.get(name).await;
            }
            let answer = self.ask(self.keyring.get(name)).await;
            match (&answer, self.file.seal()) {
                // The unreadable file may contain it.
                (Ok(None) | Err(_), SealState::Damaged | SealState::Newer) => {
                    self.file.get(name).await
                }
                _ => answer,
            }
        })
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(async move {
            self.elsewhere().gone.remove(name);
            if self.file.seal() == SealState::Unused {
                self.ask(self.keyring.set(name, secret)).await?;
            } else {
                self.file.set(name, secret).await?;
            }
            // Otherwise it would be found first.
            self.elsewhere().session.remove(name);
            Ok(())
        })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(async move {
            let filed = self.in_file(name);
            let elsewhere = {
                let mut elsewhere = self.elsewhere();
                let here = elsewhere.session.remove(name).is_some();
                if !here && !filed && elsewhere.gone.contains(name) {
                    return Ok(());
                }
                here || filed
            };
            if filed {
                self.file.delete(name).await?;
            }
            match self.ask(self.keyring.delete(name)).await {
                // Without a keyring there is nothing to delete.
                Err(SecretError::Absent | SecretError::NotSetUp) if elsewhere => {}
                answer => answer?,
            }
            if elsewhere {
                self.elsewhere().gone.insert(name.to_owned());
            }
            Ok(())
        })
    }
}

/// The same tokens, but new ones stay in memory, because the person asked for that.
pub struct SessionTokens(pub Arc<Tokens>);

impl SecretStore for SessionTokens {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        self.0.get(name)
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        let mut elsewhere = self.0.elsewhere();
        elsewhere.gone.remove(name);
        elsewhere.session.insert(name.to_owned(), secret);
        Box::pin(async { Ok(()) })
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        self.0.delete(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_secrets::{Cost, SealedFile};

    /// A keyring that says what it is told to, after a while.
    struct Slow(Duration, Result<Option<Secret>, SecretError>);

    impl SecretStore for Slow {
        fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
            Box::pin(async {
                tokio::time::sleep(self.0).await;
                self.1.clone()
            })
        }

        fn set<'a>(&'a self, _: &'a str, _: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(async { self.1.clone().map(drop) })
        }

        fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(async { self.1.clone().map(drop) })
        }
    }

    fn tokens(after: Duration, answer: Result<Option<Secret>, SecretError>) -> Tokens {
        let folder = tempfile::tempdir().unwrap();
        let file = SealedFile::at(&folder.path().join("tokens.sealed"), Cost::LEAST);
        Tokens::new(Arc::new(Slow(after, answer)), Arc::new(file))
    }

    #[tokio::test(start_paused = true)]
    async fn a_keyring_that_takes_its_time_is_said_to_be_late_and_still_answers() {
        let tokens = tokens(LATE * 3, Ok(Some(Secret::new("token"))));
        let (asked, seen) = tokio::join!(tokens.get("a"), async {
            let mut state = tokens.keyring();
            state.changed().await.unwrap();
            state.borrow().clone()
        });
        assert_eq!(seen, Keyring::TimedOut);
        assert_eq!(asked, Ok(Some(Secret::new("token"))));
        assert_eq!(*tokens.keyring().borrow(), Keyring::Working);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_loses_patience_leaves_the_keyring_late() {
        let tokens = tokens(Duration::from_secs(3600), Ok(None));
        let asked = tokio::time::timeout(LATE * 2, tokens.get("a")).await;
        assert!(asked.is_err());
        assert_eq!(*tokens.keyring().borrow(), Keyring::TimedOut);
    }

    #[tokio::test]
    async fn every_refusal_is_a_state_of_its_own() {
        for (answer, state) in [
            (Err(SecretError::Locked), Keyring::Locked),
            (Err(SecretError::Absent), Keyring::Absent),
            (Err(SecretError::NotSetUp), Keyring::NotSetUp),
            (Err(SecretError::Denied), Keyring::Denied),
            (Err(SecretError::Changed), Keyring::Changed),
            (Err(SecretError::TimedOut), Keyring::TimedOut),
            (Err(SecretError::Failed("no".into())), Keyring::Failed { text: "no".into() }),
        ] {
            let tokens = tokens(Duration::ZERO, answer);
            assert!(tokens.get("a").await.is_err());
            assert_eq!(*tokens.keyring().borrow(), state);
        }
        for answer in [Ok(None), Ok(Some(Secret::new("token")))] {
            let tokens = tokens(Duration::ZERO, answer.clone());
            assert_eq!(tokens.get("a").await, answer);
            assert_eq!(*tokens.keyring().borrow(), Keyring::Working);
        }
    }

    /// A keyring that works until it is told to refuse.
    #[derive(Default)]
    struct Ring {
        secrets: Mutex<BTreeMap<String, Secret>>,
        refusal: Mutex<Option<SecretError>>,
    }

    impl Ring {
        fn answer<T: Send + 'static>(
            &self,
            work: impl FnOnce(&mut BTreeMap<String, Secret>) -> T,
        ) -> BoxFuture<'static, Result<T, SecretError>> {
            let refusal = self.refusal.lock().unwrap().clone();
            let answer = refusal.map_or_else(|| Ok(work(&mut self.secrets.lock().unwrap())), Err);
            Box::pin(async { answer })
        }
    }

    impl SecretStore for Ring {
        fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
            self.answer(|secrets| secrets.get(name).cloned())
        }

        fn set<'a>(&'a self, name: &'a str, to: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
            self.answer(|secrets| _ = secrets.insert(name.to_owned(), to))
        }

        fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
            self.answer(|secrets| _ = secrets.remove(name))
        }
    }

    fn over(ring: &Arc<Ring>) -> (Arc<Tokens>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let file = SealedFile::at(&folder.path().join("tokens.sealed"), Cost::LEAST);
        (Arc::new(Tokens::new(ring.clone(), Arc::new(file))), folder)
    }

    #[tokio::test]
    async fn what_is_kept_safely_replaces_what_was_for_the_session() {
        for behind_a_passphrase in [false, true] {
            let (tokens, _folder) = over(&Arc::default());
            if behind_a_passphrase {
                tokens.begin(Secret::new("correct horse battery"), vec![]).await.unwrap();
            }
            SessionTokens(tokens.clone()).set("a", Secret::new("a typo")).await.unwrap();
            assert_eq!(tokens.get("a").await, Ok(Some(Secret::new("a typo"))));
            tokens.set("a", Secret::new("right")).await.unwrap();
            assert_eq!(tokens.get("a").await, Ok(Some(Secret::new("right"))));
        }
    }

    #[tokio::test]
    async fn what_is_for_the_session_stays_where_the_keyring_takes_nothing() {
        let ring = Arc::<Ring>::default();
        let (tokens, _folder) = over(&ring);
        SessionTokens(tokens.clone()).set("a", Secret::new("first")).await.unwrap();
        *ring.refusal.lock().unwrap() = Some(SecretError::Locked);
        assert_eq!(tokens.set("a", Secret::new("other")).await, Err(SecretError::Locked));
        assert_eq!(tokens.get("a").await, Ok(Some(Secret::new("first"))));
    }

    #[tokio::test]
    async fn forgetting_is_forgetting_everywhere() {
        let ring = Arc::<Ring>::default();
        let (tokens, _folder) = over(&ring);
        tokens.set("a", Secret::new("in the keyring")).await.unwrap();
        tokens.begin(Secret::new("correct horse battery"), vec![]).await.unwrap();
        tokens.set("a", Secret::new("in the file")).await.unwrap();
        SessionTokens(tokens.clone()).set("a", Secret::new("in memory")).await.unwrap();
        tokens.delete("a").await.unwrap();
        assert_eq!(tokens.get("a").await, Ok(None));
        assert_eq!(*ring.secrets.lock().unwrap(), BTreeMap::new());
    }

    #[tokio::test]
    async fn a_keyring_that_may_still_hold_it_is_not_passed_over() {
        for (refusal, forgotten) in [
            (SecretError::Locked, Err(SecretError::Locked)),
            (SecretError::TimedOut, Err(SecretError::TimedOut)),
            // Where there is none, nothing is in it: twice, as the second one asks the same.
            (SecretError::Absent, Ok(())),
            (SecretError::NotSetUp, Ok(())),
        ] {
            let ring = Arc::<Ring>::default();
            let (tokens, _folder) = over(&ring);
            tokens.set("a", Secret::new("older")).await.unwrap();
            SessionTokens(tokens.clone()).set("a", Secret::new("newer")).await.unwrap();
            *ring.refusal.lock().unwrap() = Some(refusal);
            for _ in 0..2 {
                assert_eq!(tokens.delete("a").await, forgotten);
            }
        }
    }
}
