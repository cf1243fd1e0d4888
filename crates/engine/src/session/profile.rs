//! The spaces of one installation: a folder.
//!
//! ```text
//! <profile>/lock                       held by the one process that uses the profile
//! <profile>/spaces/<space>/space.db    one space: everything but the token
//! ```
//!
//! The folders are for their owner alone (0700). Which spaces there are is what the databases say
//! of themselves; there is no second list that could disagree.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use homing_protocol::SpaceId;

use super::record::SpaceRecord;
use crate::secret::{Secret, SecretError, SecretStore};
use crate::store::sqlite::SqliteStore;
use crate::store::{Change, Store, StoreError};

const LOCK: &str = "lock";
const SPACES: &str = "spaces";
const DATABASE: &str = "space.db";

/// Why a profile can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Another process uses it.
    #[error("another Homing uses the profile {}", .0.display())]
    InUse(PathBuf),
    /// The folder can't be made, read or written.
    #[error("the profile {} can't be used", .path.display())]
    Io {
        /// Which folder or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// This device is in that space already, as somebody else. Two members' outboxes can't share a
    /// database.
    #[error("this device is in {} already, as {}", .0.name, .0.user_name)]
    AlreadyIn(Box<SpaceRecord>),
    /// A space's database.
    #[error("the space's database can't be used")]
    Store(#[from] StoreError),
    /// The keyring did not take the token.
    #[error("the keyring failed")]
    Secret(#[from] SecretError),
}

/// A space found in a profile.
#[derive(Debug)]
pub struct Listed {
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
    pub async fn list(&self) -> Result<Vec<Listed>, ProfileError> {
        let folder = self.folder.join(SPACES);
        let mut spaces = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|source| fail(&folder, source))? {
            let entry = entry.map_err(|source| fail(&folder, source))?;
            // What is not named like a space is not ours.
            if let Some(space) = entry.file_name().to_str().and_then(|name| name.parse().ok())
                && entry.path().join(DATABASE).exists()
            {
                spaces.push(space);
            }
        }
        spaces.sort_unstable();
        let mut listed = Vec::with_capacity(spaces.len());
        for space in spaces {
            listed.push(Listed { space, record: self.record(space).await });
        }
        Ok(listed)
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
        let database = self.database(record.space);
        if database.exists() {
            let old = self.record(record.space).await?;
            if old.user != record.user {
                return Err(ProfileError::AlreadyIn(Box::new(old)));
            }
        }
        secrets.set(&record.secret_name(), token).await?;
        private_folder(&self.space_folder(record.space))?;
        let store = SqliteStore::open(&database).await?;
        let kept = store.commit(vec![Change::Record(record.clone())]).await;
        store.close().await;
        Ok(kept?)
    }

    /// The store of a space, to start an engine on.
    ///
    /// # Errors
    /// [`ProfileError::Store`]
    pub async fn store(&self, space: SpaceId) -> Result<SqliteStore, ProfileError> {
        Ok(SqliteStore::open(&self.database(space)).await?)
    }

    /// Forgets a space: its database with everything queued in it, and its token. The engine on it
    /// must have been shut down.
    ///
    /// # Errors
    /// [`ProfileError::Secret`] when the keyring would not forget; nothing has been removed then.
    /// [`ProfileError::Io`]
    pub async fn remove(
        &self,
        record: &SpaceRecord,
        secrets: &dyn SecretStore,
    ) -> Result<(), ProfileError> {
        secrets.delete(&record.secret_name()).await?;
        let folder = self.space_folder(record.space);
        fs::remove_dir_all(&folder).map_err(|source| fail(&folder, source))
    }

    async fn record(&self, space: SpaceId) -> Result<SpaceRecord, StoreError> {
        let store = SqliteStore::open(&self.database(space)).await?;
        let record = store.record().await;
        store.close().await;
        match record? {
            Some(record) if record.space == space => Ok(record),
            Some(record) => Err(StoreError::OtherSpace { found: record.space }),
            None => Err(StoreError::Corrupt("it does not say which space it is".to_owned())),
        }
    }

    fn space_folder(&self, space: SpaceId) -> PathBuf {
        self.folder.join(SPACES).join(space.to_string())
    }

    fn database(&self, space: SpaceId) -> PathBuf {
        self.space_folder(space).join(DATABASE)
    }
}

fn private_folder(path: &Path) -> Result<(), ProfileError> {
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
