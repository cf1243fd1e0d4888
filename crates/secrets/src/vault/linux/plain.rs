//! Secrets in the clear on the bus, where the daemon refuses to encrypt them: KWallet does without
//! its cryptographic plugin, a package of its own. The library's store knows nothing but encryption.
//! Who may read the session bus may also ask the daemon.

use std::collections::HashMap;
use std::sync::Arc;

use homing_engine::session::Secret;
use secret_service::{Item, SecretService};
use zeroize::Zeroizing;

use super::super::{ambiguous, not_a_token};
use super::refusal::Refusal;

/// What a secret is kept as; the same as the library keeps it.
const CONTENT: &str = "application/octet-stream";

/// A service whose session does not encrypt.
pub(super) struct Plain {
    service: Arc<SecretService<'static>>,
}

impl Plain {
    pub(super) fn over(service: Arc<SecretService<'static>>) -> Self {
        Self { service }
    }

    pub(super) async fn get(&self, service: &str, name: &str) -> Result<Option<Secret>, Refusal> {
        let Some(item) = self.find(service, name).await? else { return Ok(None) };
        let bytes = Zeroizing::new(item.get_secret().await?);
        let text = str::from_utf8(&bytes).map_err(|_| not_a_token())?;
        Ok(Some(Secret::new(text)))
    }

    pub(super) async fn set(
        &self,
        service: &str,
        name: &str,
        secret: &Secret,
    ) -> Result<(), Refusal> {
        let secret = secret.reveal().as_bytes();
        if let Some(item) = self.find(service, name).await? {
            return Ok(item.set_secret(secret, CONTENT).await?);
        }
        let label = format!("keyring:{name}@{service}");
        let collection = self.service.get_default_collection().await?;
        collection.create_item(&label, attributes(service, name), secret, true, CONTENT).await?;
        Ok(())
    }

    pub(super) async fn delete(&self, service: &str, name: &str) -> Result<(), Refusal> {
        if let Some(item) = self.find(service, name).await? {
            item.delete().await?;
        }
        Ok(())
    }

    async fn find(&self, service: &str, name: &str) -> Result<Option<Item<'_>>, Refusal> {
        let mut found = self.service.search_items(attributes(service, name)).await?;
        found.unlocked.append(&mut found.locked);
        let item = found.unlocked.pop();
        if found.unlocked.is_empty() { Ok(item) } else { Err(ambiguous().into()) }
    }
}

fn attributes<'a>(service: &'a str, name: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", name)])
}
