//! Builds the dialer: the proxy comes from the command line, the environment or the system, and
//! certificate authorities from `--ca-file` and the system.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};
use homing_engine::clock::{Clock as _, SystemClock};
use homing_engine::net::certificate_authority;
use homing_engine::net::dialer::{Dialer, DialerDeps};
use homing_engine::net::route::ProxySource;
use homing_engine::net::settings::{NetworkSettings, ProxyMode};
use homing_engine::session::{Secret, SecretError, SecretStore};

use crate::args::{Common, ProxyArg};
use crate::failure::{Code, Failure};

/// The dialer of a command.
pub(crate) fn build(common: &Common, secrets: Arc<dyn SecretStore>) -> Result<Dialer, Failure> {
    let authorities = |file: &PathBuf| {
        let failed = |why: &dyn std::fmt::Display| {
            Failure::new(Code::Failed, format!("{}: {why}", file.display()))
        };
        let pem = std::fs::read_to_string(file)
            .map_err(|error| failed(&format_args!("can't read it: {error}")))?;
        let good = certificate_authority::validate(&pem, SystemClock.now_ms())
            .map_err(|why| failed(&why))?;
        Ok::<_, Failure>(good.into_iter().map(|(der, _)| der).collect())
    };
    let extra = common.ca_file.as_ref().map(authorities).transpose()?.unwrap_or_default();
    let (proxy, named) = match &common.proxy {
        Some(ProxyArg::None) => (ProxyMode::None, None),
        Some(ProxyArg::Through(url)) => (ProxyMode::System, Some(url.clone())),
        None => (ProxyMode::System, None),
    };
    let network = NetworkSettings { proxy, ..NetworkSettings::default() };
    // `HOMING_PROXY` sets the same argument but counts as environment.
    let argued = |url: &String| std::env::var("HOMING_PROXY").ok().as_ref() != Some(url);
    let variable_source = match &named {
        Some(url) if argued(url) => ProxySource::CommandLine,
        _ => ProxySource::Environment,
    };
    let deps = DialerDeps {
        secrets,
        variable_source,
        // The command line replaces the whole environment, exceptions included.
        variable: Arc::new(move |name: &str| match &named {
            Some(url) => (name == "all_proxy").then(|| url.clone()),
            None => std::env::var(name).ok(),
        }),
        system: homing_wake::proxy::system(),
    };
    Ok(Dialer::with_settings(network, deps, extra))
}

/// A secret store without secrets, for diagnostics without an account.
pub(crate) struct NoSecrets;

impl SecretStore for NoSecrets {
    fn get<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        Box::pin(ready(Ok(None)))
    }

    fn set<'a>(&'a self, _: &'a str, _: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(ready(Err(SecretError::Absent)))
    }

    fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        Box::pin(ready(Ok(())))
    }
}
