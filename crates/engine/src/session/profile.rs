//! The spaces of one installation, in a folder.
//!
//! ```text
//! <profile>/lock                       locked by the process that uses the profile
//! <profile>/spaces/<space>/space.db    one space: everything but the token
//! <profile>/spaces/<space>/space.json  the account, for when the database is damaged
//! ```
//!
//! Only their owner can read the folders (0700). The list of spaces comes from the databases
//! themselves. The copy beside a database is read only when the database can't be, see
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
    /// The folder can't be created, read or written.
    #[error("can't use the profile {}", .path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// This device is already in that space as another member. Two members' outboxes can't share a
    /// database.
    #[error("this device is already in {} as {}", .0.name, .0.user_name)]
    AlreadyIn(Box<SpaceRecord>),
    /// A space's database failed.
    #[error("can't use the space's database")]
    Store(#[from] StoreError),
    /// The keyring did not store the token.
    #[error("keyring error")]
    Secret(#[from] SecretError),
}

/// A space found in a profile.
#[derive(Debug)]
pub struct ProfileSpace {
    /// Its id, from the folder's name.
    pub space: SpaceId,
    /// The account in its database, or why it can't be read.
    pub record: Result<SpaceRecord, StoreError>,
}

/// The spaces of one installation, locked for this process.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    /// Unlocked by [`release`](Self::release), or when the file is closed.
    lock: File,
}

impl Profile {
    /// Opens the folder, and creates it if necessary.
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

    /// The folder, where the program may keep other files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Unlocks the profile for another process, when this one no longer uses it.
    pub fn release(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the profile stays locked until this program ends");
        }
    }

    /// The spaces, in the order of their ids. One that can't be read is listed with its error,
    /// because its queued messages still exist.
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
                // Folders with other names are not ours.
                continue;
            };
            let home = self.space_folder(space);
            if entry.path() != home && !home.exists() {
                // A recovery was interrupted between its two renames: what it built is complete.
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

    /// Adds a space: stores the token in the keyring, then everything else here.
    ///
    /// Signing in again as the same member replaces the device and keeps the database.
    ///
    /// # Errors
    /// [`ProfileError::AlreadyIn`], [`ProfileError::Secret`], [`ProfileError::Store`],
    /// [`ProfileError::Io`]. The keyring comes first: if it fails, nothing is stored.
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
            // The old device was signed out, so its token is worthless. If the keyring can't delete
            // it, adding the space succeeds anyway.
            _ = secrets.delete(&old.secret_name()).await;
        }
        Ok(())
    }

    /// Changes the address of a space. Its engine must have been shut down.
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

    /// The account of this device in a space, if there is one.
    pub async fn known(&self, space: SpaceId) -> Option<SpaceRecord> {
        self.record(space).await.ok()
    }

    /// Opens the store of a space for an engine. A damaged one is recovered first; then
    /// [`pending_recovery`](Self::pending_recovery) returns the result.
    ///
    /// # Errors
    /// [`ProfileError::Store`]. Nothing has changed then.
    pub async fn store(&self, space: SpaceId) -> Result<SqliteStore, ProfileError> {
        let store = match self.checked(space).await {
            Err(why @ (StoreError::Corrupt(_) | StoreError::Failing(_))) => {
                self.recover(space, why).await?;
                self.checked(space).await?
            }
            checked => checked?,
        };
        let folder = self.space_folder(space);
        // Without the copy everything works until the database is damaged.
        if let Some(record) = store.record().await?
            && let Err(error) = recovery::keep_identity(&folder, &record)
        {
            tracing::warn!(%space, %error, "who this device is was not kept beside the database");
        }
        Ok(store)
    }

    /// Renames a space's damaged database and builds a new one with what can be read of it. Its
    /// engine must have been shut down.
    ///
    /// # Errors
    /// [`ProfileError::Store`]. Nothing has changed then.
    pub async fn recover(&self, space: SpaceId, why: StoreError) -> Result<Recovery, ProfileError> {
        let folder = self.space_folder(space);
        let work = tokio::task::spawn_blocking(move || recovery::recover(&folder, space, &why));
        Ok(work.await.map_err(|_| StoreError::Closed)??)
    }

    /// The result of a recovery, until it is [dismissed](Self::dismiss_recovery).
    #[must_use]
    pub fn pending_recovery(&self, space: SpaceId) -> Option<Recovery> {
        recovery::pending(&self.space_folder(space))
    }

    /// The person has seen the result of the recovery.
    ///
    /// # Errors
    /// [`ProfileError::Io`]
    pub fn dismiss_recovery(&self, space: SpaceId) -> Result<(), ProfileError> {
        let folder = self.space_folder(space);
        recovery::dismiss(&folder).map_err(|source| fail(&folder, source))
    }

    /// Opens the store and reads everything once, so that damage is found before it matters.
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

    /// Deletes a space: its database with everything queued in it, and its token. Its engine must
    /// have been shut down. If one part can't be deleted, the others are deleted anyway.
    ///
    /// # Errors
    /// For the first part that remains: [`ProfileError::Io`], or [`ProfileError::Secret`] from the
    /// keyring.
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
