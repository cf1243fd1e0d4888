//! The one dialer of the program and the settings behind it.
//!
//! Settings and certificate authorities apply from the next connection on. Whoever changes them has
//! the engines reconnect.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, ready};
use homing_engine::clock::Clock;
use homing_engine::doctor::{self, Account, Finding, Target};
use homing_engine::net::certificate_authority::{
    CertificateAuthorities, CertificateAuthority, CertificateAuthorityError,
};
use homing_engine::net::dialer::{Dialer, DialerDeps};
use homing_engine::net::settings::NetworkSettings;
use homing_engine::session::{Secret, SecretError, SecretStore};
use homing_engine::timeouts::Timeouts;
use homing_protocol::link::Address;

/// The dialer with its settings, password and authorities.
pub(crate) struct NetworkAccess {
    dialer: Arc<Dialer>,
    outside: DialerDeps,
    clock: Arc<dyn Clock>,
    authorities: Mutex<CertificateAuthorities>,
}

impl NetworkAccess {
    /// Starts with the settings of the profile in `folder`.
    pub(crate) fn start(
        folder: &Path,
        network: NetworkSettings,
        outside: DialerDeps,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let authorities = CertificateAuthorities::in_folder(folder);
        let dialer = Arc::new(Dialer::with_settings(network, outside.clone(), Vec::new()));
        dialer.set_authorities(authorities.good(clock.now_ms()));
        Self { dialer, outside, clock, authorities: Mutex::new(authorities) }
    }

    pub(crate) fn dialer(&self) -> &Arc<Dialer> {
        &self.dialer
    }

    pub(crate) fn set_network(&self, network: NetworkSettings) {
        self.dialer.set_network(network);
    }

    pub(crate) fn authorities(&self) -> Vec<CertificateAuthority> {
        self.lock().list(self.clock.now_ms())
    }

    pub(crate) fn add_authority(
        &self,
        server: &Address,
        pem: &str,
    ) -> Result<(), CertificateAuthorityError> {
        let (now, mut authorities) = (self.clock.now_ms(), self.lock());
        authorities.add(server, pem, now)?;
        self.dialer.set_authorities(authorities.good(now));
        Ok(())
    }

    pub(crate) fn remove_authority(&self, server: &str) -> Result<(), CertificateAuthorityError> {
        let mut authorities = self.lock();
        authorities.remove(server)?;
        self.dialer.set_authorities(authorities.good(self.clock.now_ms()));
        Ok(())
    }

    /// Connects to a server with the settings `network` and reports each step. The running
    /// connections are not affected.
    pub(crate) async fn try_out(
        &self,
        network: NetworkSettings,
        password: Option<Secret>,
        address: &Address,
        app: &str,
    ) -> Vec<Finding> {
        let mut outside = self.outside.clone();
        if let Some(password) = password {
            outside.secrets = Arc::new(SessionPassword(password));
        }
        let dialer = Dialer::with_settings(network, outside, Vec::new());
        dialer.set_authorities(self.lock().good(self.clock.now_ms()));
        let patient = Target {
            connector: &dialer,
            address,
            account: Account::None,
            clock: &*self.clock,
            app,
            timeouts: Timeouts::default(),
            history: None,
        };
        let mut findings = Vec::new();
        doctor::examine(patient, |finding| findings.push(finding)).await;
        findings
    }

    fn lock(&self) -> MutexGuard<'_, CertificateAuthorities> {
        // Every critical section leaves a valid value, so a panic in one does not matter.
        self.authorities.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The password that was typed and is not stored yet.
struct SessionPassword(Secret);

impl SecretStore for SessionPassword {
    fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        Box::pin(ready(Ok(Some(self.0.clone()))))
    }

    fn set<'a>(&'a self, _: &'a str, _: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(ready(Err(SecretError::Denied)))
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(ready(Err(SecretError::Denied)))
    }
}
