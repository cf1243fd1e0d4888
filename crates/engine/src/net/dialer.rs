//! The connector for the real network: proxy, DNS, TCP, TLS. Everything that reaches a server comes
//! through here, the socket as well as HTTP requests, so that every decision about the network is
//! made in one place.
//!
//! Settings can change at any time and apply to the next connection. A caller that wants them at
//! once replaces the existing connections.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_protocol::link::Address;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::connector::{
    ConnectError, ConnectObserver, ConnectProgress, Connector, ProxyError, Transport,
};
use super::happy_eyeballs;
use super::route::{self, DirectReason, Proxy, ProxySource, Route, RouteDecision, SystemProxy};
use super::settings::{ManualProxy, NetworkSettings, ProxyMode};
use super::tls::{ChainRecorder, FingerprintMismatch, TlsConfigs};
use super::tunnel;
use crate::secret::{Secret, SecretError, SecretStore, with_keyring_timeout};

/// How long connecting to a proxy may take. A proxy is in the local network, and the whole attempt
/// has fifteen seconds.
const PROXY_REACHED: Duration = Duration::from_secs(5);

/// The kernel's limit of unsent bytes: a dozen packets.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 16 * 1024;

/// The TLS library's limit of unsent bytes. With its default of 64 KiB a whole message would seem
/// to be sent while a slow connection has hardly started with it.
const UNSENT_PLAIN: usize = 4 * 1024;

/// Reads an environment variable.
pub type EnvironmentReader = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Where the dialer gets what is not in its settings.
#[derive(Clone)]
pub struct DialerDeps {
    /// Stores the proxy's password.
    pub secrets: Arc<dyn SecretStore>,
    /// Reads the environment, or its replacement.
    pub variable: EnvironmentReader,
    /// Where `variable` reads from.
    pub variable_source: ProxySource,
    /// Reads the operating system's proxy settings.
    pub system: Arc<dyn SystemProxy>,
}

/// Connects over TCP and TLS, through a proxy if there is one.
pub struct Dialer {
    tls: TlsConfigs,
    network: Mutex<NetworkSettings>,
    /// The proxy's password and its name in the keyring, once it was read. A keyring that is locked
    /// later would show its dialog at every attempt.
    password: Mutex<Option<(String, Secret)>>,
    /// Without it no proxy is used.
    deps: Option<DialerDeps>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").field("network", &self.network).finish_non_exhaustive()
    }
}

impl Dialer {
    /// A dialer without a proxy. It trusts the operating system's authorities and `extra`.
    #[must_use]
    pub fn new(extra: Vec<CertificateDer<'static>>) -> Self {
        let network = NetworkSettings { proxy: ProxyMode::None, ..NetworkSettings::default() };
        Self::build(network, None, extra)
    }

    /// A dialer with these settings.
    #[must_use]
    pub fn with_settings(
        network: NetworkSettings,
        deps: DialerDeps,
        extra: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self::build(network, Some(deps), extra)
    }

    fn build(
        network: NetworkSettings,
        deps: Option<DialerDeps>,
        extra: Vec<CertificateDer<'static>>,
    ) -> Self {
        let (network, password) = (Mutex::new(network), Mutex::default());
        Self { tls: TlsConfigs::new(extra), network, password, deps }
    }

    /// Applies other settings to the next connection, and reads the password again.
    pub fn set_network(&self, network: NetworkSettings) {
        *lock(&self.network) = network;
        *lock(&self.password) = None;
    }

    /// Trusts these authorities for their servers, by `host:port`, from the next connection on.
    /// They replace the previous ones.
    pub fn set_authorities(&self, authorities: BTreeMap<String, Vec<CertificateDer<'static>>>) {
        self.tls.set(authorities);
    }

    async fn decide(&self, address: &Address) -> RouteDecision {
        let network = lock(&self.network).clone();
        let Some(deps) = &self.deps else {
            return RouteDecision::Route(Route::Direct(DirectReason::TurnedOff));
        };
        match route::decide(&network, &*deps.variable, address) {
            RouteDecision::AskSystem => {
                RouteDecision::Route(route::from_system(deps.system.proxy_for(address).await))
            }
            decided => decided.with_source(deps.variable_source),
        }
    }

    /// The password of this user of this proxy, from memory or the keyring.
    async fn password(&self, manual: &ManualProxy) -> Result<Secret, ConnectError> {
        let name = manual.secret_name();
        let known = lock(&self.password).clone();
        if let Some((_, password)) = known.filter(|(known, _)| *known == name) {
            return Ok(password);
        }
        let no_password = |words: &dyn fmt::Display| ConnectError::Proxy {
            trouble: ProxyError::NoPassword,
            words: words.to_string(),
        };
        let deps = self.deps.as_ref().ok_or_else(|| no_password(&""))?;
        let password = with_keyring_timeout(deps.secrets.get(&name))
            .await
            .map_err(|error| no_password(&error))?
            .ok_or_else(|| no_password(&SecretError::Changed))?;
        *lock(&self.password) = Some((name, password.clone()));
        Ok(password)
    }

    async fn dial(
        &self,
        address: &Address,
        observer: Option<&dyn ConnectObserver>,
    ) -> Result<Box<dyn Transport>, ConnectError> {
        let tell = |progress| {
            if let Some(observer) = observer {
                observer(progress);
            }
        };
        let decided = self.decide(address).await;
        let mut route = decided.route();
        tell(ConnectProgress::Routed { route: route.clone() });
        if let (RouteDecision::NeedsPassword(manual), Route::Through(proxy, _)) =
            (decided, &mut route)
        {
            *proxy = route::manual_proxy(&manual, Some(self.password(&manual).await?));
        }
        match route {
            Route::Direct(_) => {
                let stream = tcp(address, tell).await?;
                self.secure(stream, address, observer).await
            }
            Route::Through(proxy, _) => {
                let stream = to_proxy(&proxy, tell).await?;
                let stream = tunnel::open(stream, &proxy, address).await.map_err(|error| {
                    if error.trouble == ProxyError::WrongPassword {
                        // The keyring may have a better one by now.
                        *lock(&self.password) = None;
                    }
                    ConnectError::Proxy { trouble: error.trouble, words: error.words }
                })?;
                tell(ConnectProgress::TunnelOpened);
                self.secure(stream, address, observer).await
            }
            Route::Unusable { named, .. } => {
                Err(ConnectError::Proxy { trouble: ProxyError::Unusable, words: named })
            }
        }
    }

    async fn secure<S: Transport + 'static>(
        &self,
        stream: S,
        address: &Address,
        observer: Option<&dyn ConnectObserver>,
    ) -> Result<Box<dyn Transport>, ConnectError> {
        let tell = |progress| {
            if let Some(observer) = observer {
                observer(progress);
            }
        };
        if !address.tls {
            return Ok(Box::new(stream));
        }
        let recorder = observer.map(|_| Arc::new(ChainRecorder::default()));
        let config = match &recorder {
            Some(recorder) => self.tls.recording_config(address, recorder.clone()),
            None => self.tls.config(address),
        };
        let config = config.map_err(|error| ConnectError::Tls(error.to_string()))?;
        let name = ServerName::try_from(address.host.clone())
            .map_err(|_| ConnectError::NameNotFound { host: address.host.clone() })?;
        let little = |session: &mut rustls::ClientConnection| {
            session.set_buffer_limit(Some(UNSENT_PLAIN));
        };
        let secured = TlsConnector::from(config).connect_with(name, stream, little).await;
        if let Some(chain) = recorder.and_then(|recorder| recorder.take()) {
            tell(ConnectProgress::CertificatePresented { chain });
        }
        match secured {
            Ok(stream) => {
                let (_, session) = stream.get_ref();
                let said = |value: Option<String>| value.unwrap_or_default();
                tell(ConnectProgress::TlsEstablished {
                    version: said(session.protocol_version().map(|one| format!("{one:?}"))),
                    suite: said(
                        session.negotiated_cipher_suite().map(|one| format!("{:?}", one.suite())),
                    ),
                });
                Ok(Box::new(stream))
            }
            Err(error) => Err(tls_error(error, address)),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn tcp(address: &Address, tell: impl Fn(ConnectProgress)) -> Result<TcpStream, ConnectError> {
    let addresses = look_up(&address.host, address.port)
        .await
        .ok_or_else(|| ConnectError::NameNotFound { host: address.host.clone() })?;
    tell(ConnectProgress::Resolved { addresses: addresses.clone() });
    let found = happy_eyeballs::connect(addresses, dial_tcp, &tell).await;
    let (stream, address) = found.map_err(ConnectError::Unreachable)?;
    tell(ConnectProgress::Connected { address });
    Ok(stream)
}

async fn to_proxy(
    proxy: &Proxy,
    tell: impl Fn(ConnectProgress),
) -> Result<TcpStream, ConnectError> {
    let trouble = |trouble, words: String| ConnectError::Proxy { trouble, words };
    let unreachable = |error: io::Error| trouble(ProxyError::Unreachable, error.to_string());
    let reached = timeout(PROXY_REACHED, async {
        let addresses = look_up(&proxy.host, proxy.port)
            .await
            .ok_or_else(|| trouble(ProxyError::NotFound, proxy.host.clone()))?;
        happy_eyeballs::connect(addresses, dial_tcp, &tell).await.map_err(unreachable)
    });
    let reached = reached.await.unwrap_or_else(|_| {
        Err(trouble(ProxyError::Unreachable, format!("no answer within {PROXY_REACHED:?}")))
    });
    let (stream, address) = reached?;
    tell(ConnectProgress::ProxyConnected { address });
    Ok(stream)
}

/// Resolves a host name; `None` if it has no address.
async fn look_up(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    let found: Vec<_> = tokio::net::lookup_host((host, port)).await.ok()?.collect();
    (!found.is_empty()).then_some(found)
}

async fn dial_tcp(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // A frame is written whole, so waiting to fill a packet would only add delay.
    stream.set_nodelay(true)?;
    keep_little(&stream);
    Ok(stream)
}

/// Limits the kernel's buffer of unsent bytes. By default it takes megabytes, and the heartbeat
/// would take them for sent.
#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_variables, reason = "only there the option can be set without unsafe code")
)]
fn keep_little(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!("the system keeps as much as it likes: {error}");
    }
}

fn tls_error(error: io::Error, address: &Address) -> ConnectError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => {
            match (address.fingerprint, unexpected(why)) {
                (Some(expected), Some(FingerprintMismatch { found })) => {
                    ConnectError::CertificateChanged { expected, found: *found }
                }
                _ => ConnectError::CertificateUntrusted(why.to_string()),
            }
        }
        Some(other) => ConnectError::Tls(other.to_string()),
        None => ConnectError::Unreachable(error),
    }
}

fn unexpected(why: &rustls::CertificateError) -> Option<&FingerprintMismatch> {
    match why {
        rustls::CertificateError::Other(other) => other.0.downcast_ref(),
        _ => None,
    }
}

impl Connector for Dialer {
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(self.dial(address, None))
    }

    fn connect_observed<'a>(
        &'a self,
        address: &'a Address,
        observer: &'a dyn ConnectObserver,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(self.dial(address, Some(observer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::route::NoSystemProxy;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A keyring with the password of one proxy, which counts its reads.
    struct Only(&'static str, AtomicU32);

    impl SecretStore for Only {
        fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
            let asked = self.1.fetch_add(1, Ordering::SeqCst);
            let found = (name == self.0).then(|| Secret::new(format!("number {asked}")));
            Box::pin(std::future::ready(Ok(found)))
        }

        fn set<'a>(&'a self, _: &'a str, _: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(std::future::ready(Err(SecretError::Denied)))
        }

        fn delete<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
            Box::pin(std::future::ready(Err(SecretError::Denied)))
        }
    }

    fn dialer(network: NetworkSettings, name: &'static str) -> (Dialer, Arc<Only>) {
        let secrets = Arc::new(Only(name, AtomicU32::new(0)));
        let deps = DialerDeps {
            secrets: secrets.clone(),
            variable: Arc::new(|_: &str| None),
            variable_source: ProxySource::Environment,
            system: Arc::new(NoSystemProxy),
        };
        (Dialer::with_settings(network, deps, Vec::new()), secrets)
    }

    fn proxy(host: &str, port: u16, user: &str) -> ManualProxy {
        let (host, user) = (host.to_owned(), user.to_owned());
        ManualProxy { host, port, user, password_kept: true, ..ManualProxy::default() }
    }

    #[tokio::test]
    async fn a_password_is_found_for_its_own_proxy_only() {
        let (dialer, _) = dialer(NetworkSettings::default(), "homing:proxy:ada@a.invalid:1080");
        for (host, port, user, found) in [
            ("a.invalid", 1080, "ada", true),
            ("b.invalid", 1080, "ada", false),
            ("a.invalid", 1081, "ada", false),
            ("a.invalid", 1080, "eve", false),
        ] {
            let proxy = proxy(host, port, user);
            assert_eq!(dialer.password(&proxy).await.is_ok(), found, "{proxy:?}");
        }
    }

    /// The keyring may be locked by now, and a dialog at every dial would be a nuisance.
    #[tokio::test]
    async fn a_password_is_read_once_until_the_proxy_refuses_it_or_another_way_is_chosen() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = proxy("127.0.0.1", port, "ada");
        let name: &str = proxy.secret_name().leak();
        let network = NetworkSettings { proxy: ProxyMode::Manual, manual: proxy.clone() };
        let (dialer, secrets) = dialer(network.clone(), name);
        let asked = || secrets.1.load(Ordering::SeqCst);
        for _ in 0..3 {
            assert_eq!(dialer.password(&proxy).await.unwrap(), Secret::new("number 0"));
        }
        assert_eq!(asked(), 1);

        dialer.set_network(network);
        dialer.password(&proxy).await.unwrap();
        assert_eq!(asked(), 2);

        let host = "chat.invalid".to_owned();
        let address = Address { host, port: 7667, tls: false, fingerprint: None };
        let refuses = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
            stream.write_all(refusal).await.unwrap();
            // Until it closes.
            _ = stream.read_to_end(&mut Vec::new()).await;
        };
        let (dialed, ()) = tokio::join!(dialer.connect(&address), refuses);
        let Err(ConnectError::Proxy { trouble, .. }) = dialed else { panic!("it went through") };
        assert_eq!((trouble, asked()), (ProxyError::WrongPassword, 2));
        assert_eq!(dialer.password(&proxy).await.unwrap(), Secret::new("number 2"));
    }
}
