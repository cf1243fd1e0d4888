//! The keyring for the engine: asynchronous, with time limits, and with a list of the names it has
//! written.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use homing_engine::session::{Secret, SecretError, SecretStore};
use tokio::sync::{Semaphore, oneshot};

use crate::marks::Marks;
use crate::vault::{Name, System, Vault};

/// Time limit for writing and deleting. The system may ask the person for a password meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Concurrent calls. A hanging keyring blocks one thread at most, and two password prompts at once
/// would confuse anybody.
const AT_ONCE: usize = 1;

/// The secrets of one service in the system's keyring.
pub struct Keyring {
    vault: Arc<dyn Vault>,
    marks: Arc<Mutex<Marks>>,
    turn: Arc<Semaphore>,
    refused: Arc<Mutex<Refused>>,
}

/// The keyring's last error that concerned it as a whole.
#[derive(Default)]
struct Refused {
    times: u64,
    why: Option<SecretError>,
}

impl Refused {
    fn note<T>(&mut self, result: &Result<T, SecretError>) {
        if let Err(why) = result
            && why.is_refusal()
        {
            self.times += 1;
            self.why = Some(why.clone());
        }
    }

    fn since(&self, times: u64) -> Option<SecretError> {
        if self.times == times { None } else { self.why.clone() }
    }
}

impl Keyring {
    /// The keyring for `service`, the reverse domain name under which the system lists its secrets.
    /// `marks` is a file beside the profile, see [`crate::marks`].
    ///
    /// The keyring is not accessed yet.
    #[must_use]
    pub fn open(service: &str, marks: &Path) -> Self {
        Self::over(Arc::new(System::new(service)), marks)
    }

    fn over(vault: Arc<dyn Vault>, marks: &Path) -> Self {
        Self {
            vault,
            marks: Arc::new(Mutex::new(Marks::open(marks))),
            turn: Arc::new(Semaphore::new(AT_ONCE)),
            refused: Arc::default(),
        }
    }

    /// Runs a call on a thread of its own. A thread of the runtime's pool would keep the program
    /// from ending while the keyring hangs. The call goes on when nobody waits any more.
    ///
    /// A call that was waiting when the person closed the dialog gets the same answer: several
    /// spaces ask at the same time, and nobody wants to reject each prompt.
    async fn ask<T, F>(&self, call: F) -> Result<T, SecretError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Vault, &Mutex<Marks>) -> Result<T, SecretError> + Send + 'static,
    {
        let before = locked(&self.refused).times;
        let turn = self.turn.clone().acquire_owned().await;
        let turn = turn.expect("the semaphore is never closed");
        if let Some(why) = locked(&self.refused).since(before) {
            return Err(why);
        }
        let (answer, answered) = oneshot::channel();
        let (vault, marks) = (self.vault.clone(), self.marks.clone());
        let refused = self.refused.clone();
        std::thread::Builder::new()
            .name("keyring".into())
            .spawn(move || {
                let result = call(&*vault, &marks);
                locked(&refused).note(&result);
                drop(turn);
                // The caller may be gone.
                let _ = answer.send(result);
            })
            .map_err(|error| SecretError::Failed(error.to_string()))?;
        answered.await.unwrap_or_else(|_| Err(SecretError::Failed("its thread ended".into())))
    }

    /// The same with the time limit [`PATIENCE`].
    async fn ask_in_time<T, F>(&self, call: F) -> Result<T, SecretError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Vault, &Mutex<Marks>) -> Result<T, SecretError> + Send + 'static,
    {
        let answer = tokio::time::timeout(PATIENCE, self.ask(call)).await;
        answer.unwrap_or(Err(SecretError::TimedOut))
    }
}

impl SecretStore for Keyring {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        let name = name.to_owned();
        self.ask(move |vault, marks| {
            let asked = asked(marks, &name);
            // KWallet writes an item to disk before its secret: an item without a secret does not
            // count.
            let found = vault.get(asked)?.filter(|secret| !secret.reveal().is_empty());
            match &found {
                Some(_) => mark(marks, |marks| marks.add(&name)),
                None if asked.written => return Err(SecretError::Changed),
                None => {}
            }
            Ok(found)
        })
        .boxed()
    }

    fn set<'a>(&'a self, name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        let name = name.to_owned();
        self.ask_in_time(move |vault, marks| {
            let asked = asked(marks, &name);
            vault.set(asked, &secret)?;
            // Detects a keyring that accepts everything and stores nothing now, not at the next
            // start.
            if vault.get(asked)?.as_ref() != Some(&secret) {
                return Err(SecretError::Failed("it didn't return what was saved in it".into()));
            }
            mark(marks, |marks| marks.add(&name));
            Ok(())
        })
        .boxed()
    }

    fn delete<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        let name = name.to_owned();
        self.ask_in_time(move |vault, marks| {
            vault.delete(asked(marks, &name))?;
            mark(marks, |marks| marks.remove(&name));
            Ok(())
        })
        .boxed()
    }

    fn set_up(&self) -> BoxFuture<'_, Result<(), SecretError>> {
        // Without a time limit: in the dialog a new password is typed twice.
        self.ask(|vault, _| vault.set_up()).boxed()
    }
}

fn asked<'a>(marks: &Mutex<Marks>, name: &'a str) -> Name<'a> {
    Name { text: name, written: locked(marks).has(name) }
}

fn locked<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Every critical section leaves a valid value, so a panic in one does not matter.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Failing to write a mark costs a clearer message later; the secret itself is safe.
fn mark(marks: &Mutex<Marks>, change: impl FnOnce(&mut Marks) -> std::io::Result<()>) {
    if let Err(error) = change(&mut locked(marks)) {
        tracing::warn!(%error, "the list of written secrets cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homing_engine::session::with_keyring_timeout;
    use std::collections::HashMap;
    use std::sync::mpsc;
    use tempfile::TempDir;

    /// A keyring whose every trait a test decides.
    #[derive(Default)]
    struct Fake {
        held: Mutex<HashMap<String, Secret>>,
        refuses: Mutex<Option<SecretError>>,
        forgets: bool,
        hangs: Option<Mutex<mpsc::Receiver<()>>>,
    }

    impl Fake {
        fn answer(&self) -> Result<(), SecretError> {
            if let Some(hangs) = &self.hangs {
                let _ = hangs.lock().unwrap().recv();
            }
            self.refuses.lock().unwrap().clone().map_or(Ok(()), Err)
        }
    }

    impl Vault for Fake {
        fn get(&self, name: Name<'_>) -> Result<Option<Secret>, SecretError> {
            self.answer()?;
            Ok(self.held.lock().unwrap().get(name.text).cloned())
        }

        fn set(&self, name: Name<'_>, secret: &Secret) -> Result<(), SecretError> {
            self.answer()?;
            if !self.forgets {
                let mut held = self.held.lock().unwrap();
                held.insert(name.text.to_owned(), secret.clone());
            }
            Ok(())
        }

        fn delete(&self, name: Name<'_>) -> Result<(), SecretError> {
            self.answer()?;
            self.held.lock().unwrap().remove(name.text);
            Ok(())
        }

        fn set_up(&self) -> Result<(), SecretError> {
            self.answer()
        }
    }

    fn keyring(fake: Fake) -> (Keyring, Arc<Fake>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let fake = Arc::new(fake);
        let keyring = Keyring::over(fake.clone(), &folder.path().join("marks"));
        (keyring, fake, folder)
    }

    #[tokio::test]
    async fn what_was_written_comes_back_and_can_be_removed() {
        let (keyring, _, _folder) = keyring(Fake::default());
        assert_eq!(keyring.get("a").await, Ok(None));
        keyring.set("a", Secret::new("one")).await.unwrap();
        keyring.set("a", Secret::new("two")).await.unwrap();
        assert_eq!(keyring.get("a").await, Ok(Some(Secret::new("two"))));
        assert_eq!(keyring.get("b").await, Ok(None));
        keyring.delete("a").await.unwrap();
        keyring.delete("a").await.unwrap();
        assert_eq!(keyring.get("a").await, Ok(None));
    }

    #[tokio::test]
    async fn a_secret_that_vanished_is_changed_and_never_absent() {
        let (keyring, fake, folder) = keyring(Fake::default());
        keyring.set("a", Secret::new("one")).await.unwrap();
        fake.held.lock().unwrap().clear();
        assert_eq!(keyring.get("a").await, Err(SecretError::Changed));
        // The next start of the program still knows.
        let again = Keyring::over(fake, &folder.path().join("marks"));
        assert_eq!(again.get("a").await, Err(SecretError::Changed));
    }

    /// What KWallet has of an item when the session ends within five seconds of its writing.
    #[tokio::test]
    async fn an_empty_secret_is_none() {
        let (keyring, fake, _folder) = keyring(Fake::default());
        let empty = |name: &str| (name.to_owned(), Secret::new(""));
        fake.held.lock().unwrap().extend([empty("never")]);
        assert_eq!(keyring.get("never").await, Ok(None));
        keyring.set("a", Secret::new("one")).await.unwrap();
        fake.held.lock().unwrap().extend([empty("a")]);
        assert_eq!(keyring.get("a").await, Err(SecretError::Changed));
    }

    #[tokio::test]
    async fn a_secret_that_is_found_is_remembered_without_having_been_written_here() {
        let (keyring, fake, _folder) = keyring(Fake::default());
        let held = [("a".to_owned(), Secret::new("one"))];
        *fake.held.lock().unwrap() = HashMap::from(held);
        assert_eq!(keyring.get("a").await, Ok(Some(Secret::new("one"))));
        fake.held.lock().unwrap().clear();
        assert_eq!(keyring.get("a").await, Err(SecretError::Changed));
    }

    #[tokio::test]
    async fn a_keyring_that_forgets_is_found_out_when_writing() {
        let (keyring, _, _folder) = keyring(Fake { forgets: true, ..Fake::default() });
        let refused = keyring.set("a", Secret::new("one")).await;
        assert!(matches!(refused, Err(SecretError::Failed(_))), "{refused:?}");
        assert_eq!(keyring.get("a").await, Ok(None));
    }

    #[tokio::test]
    async fn a_refusal_is_passed_on_and_a_retry_asks_again() {
        let (keyring, fake, _folder) = keyring(Fake::default());
        keyring.set("a", Secret::new("one")).await.unwrap();
        for refusal in [SecretError::Locked, SecretError::Absent, SecretError::Denied] {
            *fake.refuses.lock().unwrap() = Some(refusal.clone());
            assert_eq!(keyring.get("a").await, Err(refusal.clone()));
            assert_eq!(keyring.delete("a").await, Err(refusal));
        }
        *fake.refuses.lock().unwrap() = None;
        assert_eq!(keyring.get("a").await, Ok(Some(Secret::new("one"))));
    }

    #[tokio::test]
    async fn a_dialog_that_is_closed_answers_whoever_waits_and_a_retry_asks_again() {
        let (answer, hangs) = mpsc::channel();
        let (keyring, fake, _folder) =
            keyring(Fake { hangs: Some(Mutex::new(hangs)), ..Fake::default() });
        *fake.refuses.lock().unwrap() = Some(SecretError::Locked);
        // Three ask, and one answer has to do; it comes when all of them wait.
        let closed = async { answer.send(()).unwrap() };
        let (a, b, c, ()) =
            tokio::join!(biased; keyring.get("a"), keyring.get("b"), keyring.get("c"), closed);
        for refused in [a, b, c] {
            assert_eq!(refused, Err(SecretError::Locked));
        }
        *fake.refuses.lock().unwrap() = None;
        answer.send(()).unwrap();
        assert_eq!(keyring.get("a").await, Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_keyring_that_hangs_costs_one_thread_and_the_time_agreed() {
        let (release, hangs) = mpsc::channel();
        let (keyring, _, _folder) =
            keyring(Fake { hangs: Some(Mutex::new(hangs)), ..Fake::default() });
        let start = tokio::time::Instant::now();
        assert_eq!(keyring.delete("a").await, Err(SecretError::TimedOut));
        assert_eq!(start.elapsed(), PATIENCE);
        // The first call still holds the only turn.
        assert_eq!(keyring.turn.available_permits(), 0);
        assert_eq!(keyring.set("a", Secret::new("b")).await, Err(SecretError::TimedOut));
        drop(release);
        tokio::time::resume();
        assert_eq!(keyring.get("a").await, Ok(None));
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_waits_until_the_dialog_is_closed_and_who_gave_up_leaves_none_behind() {
        let (answer, hangs) = mpsc::channel();
        let (keyring, fake, _folder) =
            keyring(Fake { hangs: Some(Mutex::new(hangs)), ..Fake::default() });
        *fake.refuses.lock().unwrap() = Some(SecretError::Locked);
        assert_eq!(with_keyring_timeout(keyring.get("a")).await, Err(SecretError::TimedOut));
        let mut patient = keyring.get("a");
        assert!(tokio::time::timeout(PATIENCE * 60, &mut patient).await.is_err());
        answer.send(()).unwrap();
        tokio::time::resume();
        // Of the one dialog; a second one would wait for ever here.
        assert_eq!(patient.await, Err(SecretError::Locked));
    }
}
