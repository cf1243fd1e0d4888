//! Leaving a space.

use homing_engine::view::{ConnectionFailure, ConnectionState, Overview};
use homing_engine::{Handle, SpaceRecord};
use homing_protocol::SpaceId;

use super::App;
use crate::error::Failure;
use crate::pump::PumpInput;

impl App {
    /// Signs out of a space and removes it from this device. Once the server has confirmed, the
    /// space is left, whatever the keyring and the disk answer.
    ///
    /// # Errors
    /// When the server could not be told: nothing has changed then. Otherwise, what stays on this
    /// device though the space is left.
    pub(crate) async fn leave(&self, space: SpaceId) -> Result<(), Failure> {
        self.sign_out(self.engine(space)?).await?;
        let left: Vec<_> =
            self.lock_engines().extract_if(.., |(one, _)| one.space == space).collect();
        if self.hosting().as_ref().is_some_and(|hosting| hosting.space == space) {
            if let Some(host) = &self.0.config.host {
                host.stop().await;
            }
            self.set_hosting(None).await;
        }
        self.0.inspections.forget(space);
        self.0.pump.tell(PumpInput::Left(space)).await;
        let mut cleared = Ok(());
        for (record, _) in left {
            cleared = cleared.and(self.clear_away(&record).await);
        }
        cleared
    }

    async fn sign_out(&self, engine: Handle) -> Result<(), Failure> {
        match engine.overview().await {
            // The server has signed this device out already.
            Ok((
                _,
                Overview {
                    connection: ConnectionState::Refused { why: ConnectionFailure::SignedOut },
                    ..
                },
            )) => {
                engine.shutdown().await;
            }
            Ok(_) => engine.sign_out().await?,
            // The engine has stopped, so there is no reason to keep the space.
            Err(_) => {
                if let Err(error) = engine.sign_out().await {
                    tracing::warn!(%error, "the server of a stopped space was not told");
                }
            }
        }
        Ok(())
    }

    /// Removes a space's data. A part that can't be removed does not keep the others from being
    /// removed.
    async fn clear_away(&self, record: &SpaceRecord) -> Result<(), Failure> {
        let removed = self.0.config.profile.remove(record, self.0.tokens.as_ref()).await;
        if let Err(error) = &removed {
            tracing::warn!(space = %record.space, %error, "something of a space that was left stays");
        }
        let server = record.address.authority();
        if !self.addresses().iter().any(|other| other.authority() == server) {
            self.0.network_access.remove_authority(&server)?;
        }
        Ok(removed?)
    }
}
