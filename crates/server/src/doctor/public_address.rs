//! Checks the server's public address as a client would use it: name, TCP, TLS, WebSocket upgrade,
//! health and clock.
//!
//! Every step is reported once, in order, with a time limit. After a failed step the rest is
//! skipped. A wrong certificate is reported but does not stop the check: no secret is ever sent,
//! and the response may explain it. Signing in needs a device and is left to `homing doctor`, as is
//! a check from another network.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use homing_protocol::SUBPROTOCOL;
use homing_protocol::link::{Address, Fingerprint};
use http::{Request, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::Finding;
use super::findings::{self, CLOCK, ExchangeError, HEALTH, HttpResponse, NAME, PORT, TLS, UPGRADE};
use super::handshake::tls_handshake;
use crate::clock::Clock;
use crate::config::{PublicAddress, TlsMode};
use crate::server::read_address;
use crate::tls;

/// Time limit of each step. The target is usually this machine.
pub(super) const STEP_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a response that are read. Our own errors have a few hundred.
const MAX_BODY_BYTES: usize = 16 * 1024;
/// The sample key of RFC 6455, section 1.3. It only has to be well formed, because nothing is
/// upgraded.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Which certificate devices expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// None: the connection is not encrypted.
    Off,
    /// The one with the fingerprint in the join links.
    Pinned(Fingerprint),
    /// One that their systems trust.
    System {
        /// The certificate from `--cert`, if the server does TLS itself.
        given: Option<Fingerprint>,
        /// Trusted authorities in addition to the system's.
        extra: Vec<CertificateDer<'static>>,
    },
}

/// The public address to check, and the expected certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeTarget {
    /// Name or IP address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    pub trust: Trust,
}

impl ProbeTarget {
    /// The address in the join links: from `public`, or else from the last run of the server. None
    /// if no server ever ran on the folder.
    #[must_use]
    pub fn of(
        data: &Path,
        listen: SocketAddr,
        mode: &TlsMode,
        public: Option<PublicAddress>,
    ) -> Option<Self> {
        let first = |path: &Path| Some(tls::fingerprint(tls::read_chain(path).ok()?.first()?));
        let system = |given| Trust::System { given, extra: Vec::new() };
        let given = match mode {
            TlsMode::Files { cert, .. } => first(cert),
            TlsMode::SelfSigned | TlsMode::Off => None,
        };
        let Some(public) = public else {
            let Address { host, port, tls, fingerprint } = read_address(data)?;
            let trust = match (tls, fingerprint) {
                (false, _) => Trust::Off,
                (true, Some(fingerprint)) => Trust::Pinned(fingerprint),
                (true, None) => system(given),
            };
            return Some(Self { host, port, trust });
        };
        let trust = match mode {
            _ if public.proxied => system(None),
            TlsMode::Off => Trust::Off,
            TlsMode::SelfSigned => Trust::Pinned(first(&data.join(tls::CERT))?),
            TlsMode::Files { .. } => system(given),
        };
        // A reverse proxy that terminates TLS listens on the standard port.
        let usual = if public.proxied { 443 } else { listen.port() };
        Some(Self { host: public.host, port: public.port.unwrap_or(usual), trust })
    }

    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// Runs all steps. Without a target there are no join links yet, and all are skipped.
pub async fn check_public_address(target: Option<&ProbeTarget>, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = match target {
        Some(target) => run_steps(target, clock).await,
        None => {
            vec![Finding::skipped(NAME, "the server has never run, so there are no join links yet")]
        }
    };
    for step in [NAME, PORT, TLS, UPGRADE, HEALTH, CLOCK] {
        if !findings.iter().any(|finding| finding.step == step) {
            findings.push(Finding::skipped(step, "not checked because an earlier step failed"));
        }
    }
    findings.extend(findings::for_devices());
    findings
}

async fn run_steps(target: &ProbeTarget, clock: &dyn Clock) -> Vec<Finding> {
    let mut findings = Vec::new();
    let looked_up = lookup_host((target.host.as_str(), target.port));
    let addresses: Result<Vec<SocketAddr>, String> = match timeout(STEP_TIMEOUT, looked_up).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the DNS server isn't responding".to_owned()),
    };
    findings.push(findings::name(&target.host, addresses.as_deref()));
    let Some(addresses) = addresses.ok().filter(|some| !some.is_empty()) else { return findings };

    let (tcp, stream) = connect(&addresses).await;
    findings.push(tcp);
    let Some((at, stream)) = stream else { return findings };

    let (encryption, stream) = encrypt(target, at, stream, clock.now_ms()).await;
    findings.push(encryption);
    let Some(stream) = stream else { return findings };

    let asked = ask(stream, upgrade(&target.authority())).await;
    findings.push(findings::upgrade(&asked));
    let Ok(asked) = asked else { return findings };
    findings.push(health(target, at, clock.now_ms()).await);
    findings.push(findings::clock(asked.date.as_deref(), clock.now_ms()));
    findings
}

async fn connect(addresses: &[SocketAddr]) -> (Finding, Option<(SocketAddr, TcpStream)>) {
    let mut missed = Vec::new();
    for address in addresses {
        let error = match timeout(STEP_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return (findings::port(Ok(*address)), Some((*address, stream))),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no response".to_owned(),
        };
        missed.push(format!("{address}: {error}"));
    }
    (findings::port(Err(&missed)), None)
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn encrypt(
    target: &ProbeTarget,
    at: SocketAddr,
    stream: TcpStream,
    now_ms: i64,
) -> (Finding, Option<Box<dyn Stream>>) {
    if target.trust == Trust::Off {
        return (findings::plain(at), Some(Box::new(stream)));
    }
    match tls_handshake(&target.host, &target.trust, stream).await {
        Ok((session, stream)) => {
            (findings::encryption(&session, &target.trust, now_ms), Some(Box::new(stream)))
        }
        Err(error) => (findings::no_encryption(&error), None),
    }
}

/// The upgrade request of a device, with an invalid token: the server distinguishes a wrong token
/// from a missing one.
fn upgrade(authority: &str) -> http::request::Builder {
    Request::get("/v1/socket")
        .header(header::HOST, authority)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, KEY)
        .header(header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL)
        .header(header::AUTHORIZATION, "Bearer nobody")
}

/// On a new connection, because the first one has been used for an upgrade request.
async fn health(target: &ProbeTarget, at: SocketAddr, now_ms: i64) -> Finding {
    let (missed, stream) = connect(&[at]).await;
    let stream = match stream {
        Some((_, stream)) => encrypt(target, at, stream, now_ms).await.1,
        None => None,
    };
    let request = Request::get("/healthz").header(header::HOST, target.authority());
    findings::health(&match stream {
        Some(stream) => ask(stream, request).await,
        None => Err(ExchangeError::Closed(missed.meaning)),
    })
}

async fn ask(
    stream: Box<dyn Stream>,
    request: http::request::Builder,
) -> Result<HttpResponse, ExchangeError> {
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| {
        ExchangeError::Invalid(format!("can't make a request to this address: {error}"))
    })?;
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let answer = async {
            let (head, body) = sender.send_request(request).await?.into_parts();
            // A longer body isn't ours, and its start is not used.
            let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
            drop(sender);
            let text = |name| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
            Ok::<_, hyper::Error>(HttpResponse {
                status: head.status.as_u16(),
                location: text(header::LOCATION),
                date: text(header::DATE),
                challenge: text(header::WWW_AUTHENTICATE),
                subprotocol: text(header::SEC_WEBSOCKET_PROTOCOL),
                body: body.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
            })
        };
        // The connection future may end first. The error comes from the exchange.
        let (answer, _ended) = tokio::join!(answer, connection);
        answer
    };
    match timeout(STEP_TIMEOUT, exchange).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.is_parse() => Err(ExchangeError::Invalid(error.to_string())),
        Ok(Err(error)) => Err(ExchangeError::Closed(error.to_string())),
        Err(_) => Err(ExchangeError::TimedOut),
    }
}
