//! The daemon as it is watched beside the library: whether it lives, what it has locked, and the
//! dialogs that unlock it or set it up.
//!
//! A daemon says when its dialog was closed. One that ends before (the person signed in again,
//! another took its place) never does, so every question ends with the owner of its name. Nor does
//! one say it when the keyring is unlocked in another way, in its own program or by signing in: so a
//! question also looks while the dialog is open. It does not dismiss the dialog then, of which GNOME
//! Keyring 42 dies; the person closes it.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::{Either, select};
use homing_engine::session::SecretError;
use secret_service::{Collection, EncryptionType, Error, SecretService};
use tokio::time::sleep;
use zbus::Connection;
use zbus::fdo::{DBusProxy, NameOwnerChangedStream};
use zbus::names::{OwnedUniqueName, WellKnownName};

use super::plain::Plain;
use super::refusal::{Refusal, absent, is_gone};
use super::store::Library;

/// The name that every such daemon takes on the session bus.
const NAME: &str = "org.freedesktop.secrets";

/// The names of the daemon of KDE, which opens a wallet of this name when a person signs in.
const KDE: [&str; 2] = ["org.kde.kwalletd5", "org.kde.kwalletd6"];
const KDE_WALLET: &str = "kdewallet";

/// What any other calls the keyring that is made for us, as its own programs do.
const KEYRING: &str = "Default keyring";

/// How often a question looks whether the keyring was unlocked while its dialog is open.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A connection to the session bus.
#[derive(Clone)]
pub(super) struct Bus {
    connection: Connection,
    names: DBusProxy<'static>,
}

impl Bus {
    pub(super) async fn open() -> Result<Self, Refusal> {
        let connection = Connection::session().await.map_err(absent)?;
        let names = DBusProxy::new(&connection).await.map_err(absent)?;
        Ok(Self { connection, names })
    }

    /// Whether the bus is still there.
    pub(super) async fn lives(&self) -> bool {
        self.names.get_id().await.is_ok()
    }

    /// Looks at the daemon's name from now on.
    pub(super) async fn watch(&self) -> Result<Watch, Refusal> {
        let only = [(0, NAME)];
        let owners = self.names.receive_name_owner_changed_with_args(&only).await;
        Ok(Watch(owners.map_err(absent)?))
    }

    async fn owner(&self, name: &'static str) -> zbus::Result<OwnedUniqueName> {
        Ok(self.names.get_name_owner(WellKnownName::try_from(name)?.into()).await?)
    }
}

/// See [`Bus::watch`].
pub(super) struct Watch(NameOwnerChangedStream);

impl Watch {
    /// Waits until the daemon that is there gives its name up, or the bus ends.
    pub(super) async fn ended(mut self) {
        while let Some(change) = self.0.next().await {
            if change.args().is_ok_and(|change| change.old_owner().is_some()) {
                break;
            }
        }
    }
}

/// What is about to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Read,
    Write,
}

/// How secrets go to and fro.
pub(super) enum Secrets {
    /// Encrypted on the bus.
    Library(Library),
    /// In the clear on the bus, for a daemon that can't encrypt.
    Plain(Plain),
}

/// What the library's connection was granted, or needs no grant for.
#[derive(Default)]
struct Allowed {
    all: bool,
    names: BTreeSet<String>,
}

/// A daemon, from when it was first asked until it ends.
pub(super) struct Daemon {
    bus: Bus,
    owner: OwnedUniqueName,
    /// Over our connection. Its session does not encrypt and carries no secret, unless the
    /// daemon can do no better.
    service: Arc<SecretService<'static>>,
    secrets: Secrets,
    allowed: Mutex<Allowed>,
}

impl Daemon {
    /// The daemon that has the name now: the same, or a new one.
    pub(super) async fn on(bus: &Bus, before: Option<Arc<Self>>) -> Result<Arc<Self>, Refusal> {
        if let Some(daemon) = before
            && bus.owner(NAME).await.is_ok_and(|owner| owner == daemon.owner)
        {
            return Ok(daemon);
        }
        // Asking it for a session has the bus start it, where the bus can.
        let service =
            SecretService::connect_with_existing(EncryptionType::Plain, bus.connection.clone());
        let service = Arc::new(service.await.map_err(absent)?);
        let owner = bus.owner(NAME).await.map_err(absent)?;
        let secrets = match Library::open().await {
            Ok(library) => Secrets::Library(library),
            Err(Some(cannot)) => {
                tracing::warn!(error = %cannot, "the keyring can't encrypt what it is sent");
                Secrets::Plain(Plain::over(service.clone()))
            }
            Err(None) => return Err(SecretError::Absent.into()),
        };
        let allowed = Mutex::default();
        Ok(Arc::new(Self { bus: bus.clone(), owner, service, secrets, allowed }))
    }

    pub(super) fn bus(&self) -> &Bus {
        &self.bus
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Unlocks what is in the way, so that the library meets no lock, and says whether there is an
    /// item with these attributes.
    ///
    /// # Errors
    /// [`SecretError::NotSetUp`] where nothing could be, or be kept. [`SecretError::Locked`] where a
    /// person closed the dialog.
    pub(super) async fn prepare(
        &self,
        attributes: &[(&str, &str)],
        written: bool,
        need: Need,
    ) -> Result<bool, Refusal> {
        loop {
            let collections = self.collections().await?;
            let default = self.default().await?.filter(|default| {
                collections.iter().any(|(it, _)| it.collection_path == default.collection_path)
            });
            let nowhere = collections.is_empty() || !written || need == Need::Write;
            if default.is_none() && nowhere {
                return Err(SecretError::NotSetUp.into());
            }
            let is_default = |it: &Collection<'_>| {
                default
                    .as_ref()
                    .is_some_and(|default| default.collection_path == it.collection_path)
            };
            let locked = collections.iter().filter_map(|(it, locked)| locked.then_some(it));
            let mut locked: Vec<_> = locked.collect();
            // The default one first: where the dialog for it is enough, no other comes.
            locked.sort_by_key(|it| !is_default(it));
            let in_the_way = if !locked.is_empty() && locked.len() == collections.len() {
                // KeePassXC opens a dialog by itself when all are locked and somebody searches, and
                // nothing tells whether that was closed.
                locked.first()
            } else {
                let found = self.items(attributes).await?;
                let in_the_way = locked.iter().find(|it| {
                    let path = it.collection_path.as_str();
                    if found.is_empty() {
                        written || is_default(it)
                    } else {
                        found.iter().any(|item| is_in(item, path))
                    }
                });
                if in_the_way.is_none() {
                    return Ok(!found.is_empty());
                }
                in_the_way
            };
            if let Some(collection) = in_the_way {
                unlock(collection).await?;
            }
        }
    }

    /// All collections, and which of them are locked.
    async fn collections(&self) -> Result<Vec<(Collection<'_>, bool)>, Refusal> {
        let mut collections = Vec::new();
        for collection in self.service.get_all_collections().await? {
            match collection.is_locked().await {
                Ok(locked) => collections.push((collection, locked)),
                // KeePassXC lists one that it has taken away since.
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(collections)
    }

    async fn default(&self) -> Result<Option<Collection<'_>>, Refusal> {
        match self.service.get_default_collection().await {
            Ok(collection) => Ok(Some(collection)),
            Err(Error::NoResult) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The paths of all items with these attributes.
    async fn items(&self, attributes: &[(&str, &str)]) -> Result<Vec<String>, Refusal> {
        let found = self.service.search_items(attributes.iter().copied().collect()).await?;
        let items = found.unlocked.iter().chain(&found.locked);
        Ok(items.map(|item| item.item_path.as_str().to_owned()).collect())
    }

    /// Has the person asked once for all that this program keeps, where the daemon grants access by
    /// the item: it would ask for each otherwise.
    ///
    /// # Errors
    /// [`SecretError::Denied`]
    pub(super) async fn grant(&self, service: &str, name: &str) -> Result<(), Refusal> {
        let Secrets::Library(library) = &self.secrets else { return Ok(()) };
        let allowed = {
            let allowed = self.allowed();
            allowed.all || allowed.names.contains(name)
        };
        if allowed {
            return Ok(());
        }
        let found = self.service.search_items([("service", service)].into()).await?;
        for (collection, locked) in self.collections().await? {
            let path = collection.collection_path.as_str();
            let holds = found.locked.iter().any(|item| is_in(item.item_path.as_str(), path));
            // What lies behind another lock is not needed now.
            if holds && locked {
                return Ok(());
            }
        }
        if !found.locked.is_empty() {
            library.grant(service).await?;
        }
        self.allowed().all = true;
        Ok(())
    }

    /// Whoever makes an item may read it.
    pub(super) fn made(&self, name: &str) {
        self.allowed().names.insert(name.to_owned());
    }

    fn allowed(&self) -> MutexGuard<'_, Allowed> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the daemon make a keyring for new secrets. Its own dialog asks the person.
    ///
    /// # Errors
    /// [`SecretError::NotSetUp`] when the person closed it.
    pub(super) async fn set_up(&self) -> Result<(), Refusal> {
        if self.default().await?.is_some() {
            return Ok(());
        }
        let mut name = KEYRING;
        for kde in KDE {
            if self.bus.owner(kde).await.is_ok_and(|owner| owner == self.owner) {
                name = KDE_WALLET;
            }
        }
        match self.service.create_collection(name, "default").await {
            Ok(_) => {}
            Err(Error::Prompt) => return Err(SecretError::NotSetUp.into()),
            // KeePassXC answers with a database that may not be exposed; what counts is below.
            Err(error) => tracing::info!(%error, "whether a keyring was made is not said"),
        }
        match self.default().await? {
            Some(_) => Ok(()),
            None => Err(SecretError::NotSetUp.into()),
        }
    }
}

/// An item's path begins with that of its collection.
fn is_in(item: &str, collection: &str) -> bool {
    item.strip_prefix(collection).is_some_and(|rest| rest.starts_with('/'))
}

/// Waits for the answer of a dialog, or until it is needed no more.
async fn unlock(collection: &Collection<'_>) -> Result<(), Refusal> {
    let elsewhere = pin!(async {
        loop {
            sleep(LOOK_EVERY).await;
            // KeePassXC takes a collection away that turns out to expose nothing, and says no more of
            // its dialog.
            if !matches!(collection.is_locked().await, Ok(true)) {
                break;
            }
        }
    });
    if let Either::Left((answered, _)) = select(pin!(collection.unlock()), elsewhere).await {
        answered?;
        if let Ok(true) = collection.is_locked().await {
            return Err(SecretError::Locked.into());
        }
    }
    Ok(())
}
