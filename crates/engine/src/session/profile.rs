//! The spaces of one installation: a folder.
//!
//! ```text
//! <profile>/lock                       held by the one process that uses the profile
//! <profile>/spaces/<space>/space.db    one space: everything but the token
//! <profile>/spaces/<space>/space.json  who this device is in it, for when the database is damaged
//! ```
//!
//! The folders are for their owner alone (0700). Which spaces there are is what the databases say
//! of themselves; the copy beside them is asked only when a database can't answer, see
//! [`recovery`](super::recovery).

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;
use homing_protocol::SpaceId;

use super::record::SpaceRecord;
use super::recovery::{self, Recovery};
use crate::secret::{Secret, SecretError, SecretStore, with_keyring_timeout};
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, Store, StoreError};

const LOCK: &str = "lock";
const SPACES: &str = "spaces";
pub(super) const DATABASE: &str = "space.db";

/// Why a profile can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Another process uses it.
    #[error("another Homing is using the profile {}", .0.display())]
    InUse(PathBuf),
    /// The folder can't be made, read or written.
    #[error("can't use the profile {}", .path.display())]
    Io {
        /// Which folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// This device is in that space already, as somebody else. Two members' outboxes can't share a
    /// database.
    #[error("this device is already in {} as {}", .0.name, .0.user_name)]
    AlreadyIn(Box<SpaceRecord>),
    /// A space's database.
    #[error("can't use the space's database")]
    Store(#[from] StoreError),
    /// The keyring did not take the token.
    #[error("keyring error")]
    Secret(#[from] SecretError),
}

/// A space found in a profile.
#[derive(Debug)]
pub struct ProfileSpace {
    /// Which.
    pub space: SpaceId,
    /// What its database says of it, or why that can't be read.
    pub record: Result<SpaceRecord, StoreError>,
}

/// The spaces of one installation, locked for this process.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    /// Released by [`release`](Self::release), or when it is closed.
    lock: File,
}

impl Profile {
    /// Opens the folder, which is made if there is none.
    ///
    /// # Errors
    /// [`ProfileError::InUse`], [`ProfileError::Io`]
    pub fn open(folder: &Path) -> Result<Self, ProfileError> {
        private_folder(folder)?;
        private_folder(&folder.join(SPACES))?;
        let path = folder.join(LOCK);
        let lock = File::create(&path).map_err(|source| fail(&path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(fail(&path, source)),
        }
    }

    /// The folder, for what else a program keeps about itself.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets another process have the profile, at the end of this one's use of it.
    pub fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the profile stays locked until this program ends");
        }
    }

    /// The spaces, in the order of their ids. One that can't be read is listed with its error: it
    /// is there, and so is what is queued in it.
    ///
    /// # Errors
    /// [`ProfileError::Io`]
    pub async fn list(&self) -> Result<Vec<ProfileSpace>, ProfileError> {
        let folder = self.folder.join(SPACES);
        let mut spaces = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|source| fail(&folder, source))? {
            let entry = entry.map_err(|source| fail(&folder, source))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let Some(space) = name.strip_suffix(".new").unwrap_or(name).parse().ok() else {
                // What is not named like a space is not ours.
                continue;
            };
            let home = self.space_folder(space);
            if entry.path() != home && !home.exists() {
                // A rescue was cut off between its two renames: what it built is whole.
                fs::rename(entry.path(), &home).map_err(|source| fail(&home, source))?;
            }
            if self.database(space).exists() || recovery::identity(&home).is_some() {
                spaces.push(space);
            }
        }
        spaces.sort_unstable();
        spaces.dedup();
        let listed = spaces
            .into_iter()
            .map(|space| async move { ProfileSpace { space, record: self.record(space).await } });
        Ok(join_all(listed).await)
    }

    /// Comes to a new space: keeps the token in the keyring and then everything else here.
    ///
    /// Signing in again as the same member renews the device and keeps the database.
    ///
    /// # Errors
    /// [`ProfileError::AlreadyIn`], [`ProfileError::Secret`], [`ProfileError::Store`],
    /// [`ProfileError::Io`]. The keyring comes first: without it nothing is kept.
    pub async fn add(
        &self,
        record: &SpaceRecord,
        token: Secret,
        secrets: &dyn SecretStore,
    ) -> Result<(), ProfileError> {
        let folder = self.space_folder(record.space);
        let known = self.database(record.space).exists() || recovery::identity(&folder).is_some();
        let old = if known { Some(self.record(record.space).await?) } else { None };
        if let Some(old) = old.as_ref().filter(|old| old.user != record.user) {
            return Err(ProfileError::AlreadyIn(Box::new(old.clone())));
        }
        secrets.set(&record.secret_name(), token).await?;
        private_folder(&folder)?;
        let store = if known {
            self.store(record.space).await?
        } else {
            SqliteStore::open(&self.database(record.space)).await?
        };
        let kept = store.commit(vec![Change::Record(record.clone())]).await;
        store.close().await;
        kept?;
        recovery::keep_identity(&folder, record).map_err(|source| fail(&folder, source))?;
        if let Some(old) = old.filter(|old| old.device != record.device) {
            // Its device was signed out. A keyring that will not forget a worthless token is no
            // reason not to come in.
            _ = secrets.delete(&old.secret_name()).await;
        }
        Ok(())
    }

    /// Keeps another address of a space that is here. The engine on it must have been shut down.
    ///
    /// # Errors
    /// [`ProfileError::Store`], [`ProfileError::Io`]
    pub async fn readdress(&self, record: &SpaceRecord) -> Result<(), ProfileError> {
        let store = self.store(record.space).await?;
        let kept = store.commit(vec![Change::Record(record.clone())]).await;
        store.close().await;
        kept?;
        let folder = self.space_folder(record.space);
        recovery::keep_identity(&folder, record).map_err(|source| fail(&folder, source))
    }

    /// As whom this device is or was in a space, if it is in it.
    pub async fn known(&self, space: SpaceId) -> Option<SpaceRecord> {
        self.record(space).await.ok()
    }

    /// The store of a space, to start an engine on. One that is damaged is set aside and built anew
    /// first; [`pending_recovery`](Self::pending_recovery) then tells what became of it.
    ///
    /// # Errors
    /// [`ProfileError::Store`]. Everything is as it was then.
    pub async fn store(&self, space: SpaceId) -> Result<SqliteStore, ProfileError> {
        let store = match self.checked(space).await {
            Err(why @ (StoreError::Corrupt(_) | StoreError::Failing(_))) => {
                self.recover(space, why).await?;
                self.checked(space).await?
            }
            checked => checked?,
        };
        let folder = self.space_folder(space);
        // Without a copy it works all the same, until the database is damaged.
        if let Some(record) = store.record().await?
            && let Err(error) = recovery::keep_identity(&folder, &record)
        {
            tracing::warn!(%space, %error, "who this device is was not kept beside the database");
        }
        Ok(store)
    }

    /// Sets a space's damaged database aside and builds it anew with what can be read of it. No
    /// engine may run on it.
    ///
    /// # Errors
    /// [`ProfileError::Store`]. Everything is as it was then.
    pub async fn recover(&self, space: SpaceId, why: StoreError) -> Result<Recovery, ProfileError> {
        let folder = self.space_folder(space);
        let work = tokio::task::spawn_blocking(move || recovery::recover(&folder, space, &why));
        Ok(work.await.map_err(|_| StoreError::Closed)??)
    }

    /// What was rescued of a damaged space, until it was [dismiss_recovery](Self::dismiss_recovery).
    #[must_use]
    pub fn pending_recovery(&self, space: SpaceId) -> Option<Recovery> {
        recovery::pending(&self.space_folder(space))
    }

    /// The person knows what was rescued.
    ///
    /// # Errors
    /// [`ProfileError::Io`]
    pub fn dismiss_recovery(&self, space: SpaceId) -> Result<(), ProfileError> {
        let folder = self.space_folder(space);
        recovery::dismiss(&folder).map_err(|source| fail(&folder, source))
    }

    /// The store as it stands, read once: what can't be read is found before it is needed.
    async fn checked(&self, space: SpaceId) -> Result<SqliteStore, StoreError> {
        let path = self.database(space);
        if !path.exists() {
            return Err(StoreError::Corrupt("it is gone".to_owned()));
        }
        if SqliteStore::peek(&path).await?.is_none() {
            return Err(StoreError::Corrupt("it is empty".to_owned()));
        }
        let store = SqliteStore::open(&path).await?;
        match store.load().await {
            Ok(_) => Ok(store),
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// Forgets a space: its database with everything queued in it, and its token. The engine on it
    /// must have been shut down. What can't be removed keeps nothing else from being removed.
    ///
    /// # Errors
    /// The first thing that stays: [`ProfileError::Io`], or [`ProfileError::Secret`] when the
    /// keyring would not forget.
    pub async fn remove(
        &self,
        record: &SpaceRecord,
        secrets: &dyn SecretStore,
    ) -> Result<(), ProfileError> {
        let folder = self.space_folder(record.space);
        let aside = recovery::aside(&folder).filter(|aside| aside.exists());
        let mut removed = Ok(());
        for folder in aside.chain([folder.clone()]) {
            let gone = fs::remove_dir_all(&folder).map_err(|source| fail(&folder, source));
            removed = removed.and(gone);
        }
        let name = record.secret_name();
        let forgotten = with_keyring_timeout(secrets.delete(&name)).await;
        removed?;
        Ok(forgotten?)
    }

    async fn record(&self, space: SpaceId) -> Result<SpaceRecord, StoreError> {
        let path = self.database(space);
        let said = if path.exists() { SqliteStore::peek(&path).await } else { Ok(None) };
        let why = match said {
            Ok(Some(record)) if record.space == space => return Ok(record),
            Ok(Some(record)) => return Err(StoreError::OtherSpace { found: record.space }),
            Ok(None) => StoreError::Corrupt("it doesn't say which space it belongs to".to_owned()),
            Err(why @ (StoreError::Corrupt(_) | StoreError::Failing(_))) => why,
            Err(error) => return Err(error),
        };
        let folder = self.space_folder(space);
        let read = tokio::task::spawn_blocking(move || recovery::read_record(&folder, space)).await;
        read.ok().flatten().ok_or(why)
    }

    fn space_folder(&self, space: SpaceId) -> PathBuf {
        self.folder.join(SPACES).join(space.to_string())
    }

    fn database(&self, space: SpaceId) -> PathBuf {
        self.space_folder(space).join(DATABASE)
    }
}

pub(super) fn private_folder(path: &Path) -> Result<(), ProfileError> {
    fs::create_dir_all(path).map_err(|source| fail(path, source))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let owner_alone = fs::Permissions::from_mode(0o700);
        fs::set_permissions(path, owner_alone).map_err(|source| fail(path, source))?;
    }
    Ok(())
}

fn fail(path: &Path, source: io::Error) -> ProfileError {
    ProfileError::Io { path: path.to_owned(), source }
}
