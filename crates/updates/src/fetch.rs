//! HTTP GET over the engine's connections: redirects, size limits, and resumed downloads.

use std::time::Duration;

use homing_engine::net::connector::{ConnectError, Connector};
use homing_protocol::link::Address;
use http::header::{ACCEPT_ENCODING, HOST, LOCATION, RANGE, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

/// Redirects followed: a release's page redirects to a store, and that perhaps to a mirror.
const REDIRECTS: usize = 5;
/// Largest announcement: a page or two of notes in two languages, and a dozen packages.
const TEXT_BYTES: usize = 256 * 1024;
/// Time limit for connecting, for the response head, and for each chunk. The whole may take as long
/// as it needs.
const SILENCE: Duration = Duration::from_secs(30);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address is invalid.
    #[error("updates may not come from {0}")]
    Address(String),
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke, or the peer does not speak HTTP.
    #[error("the connection was lost: {0}")]
    Cut(#[from] hyper::Error),
    /// Nothing arrived within the time limit.
    #[error("no data for {} seconds", SILENCE.as_secs())]
    Silent,
    /// The server answered with an error status.
    #[error("the server responded with {0}")]
    Status(StatusCode),
    /// Too many redirects.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// The response is too large for an announcement.
    #[error("the announcement is too long")]
    TooLong,
}

/// An HTTP client for updates.
#[derive(Clone, Copy)]
pub struct Web<'a> {
    connector: &'a dyn Connector,
}

/// A response whose body is still to be read. The connection ends with it.
pub(crate) struct Answer {
    body: Incoming,
    /// Its offset in the file.
    pub(crate) from: u64,
    _connection: JoinSet<()>,
}

impl Answer {
    /// The next chunk; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            let frame =
                timeout(SILENCE, self.body.frame()).await.map_err(|_| FetchError::Silent)?;
            let Some(frame) = frame.transpose()? else { return Ok(None) };
            // Trailers are ignored.
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }
}

impl<'a> Web<'a> {
    /// A client over these connections.
    #[must_use]
    pub fn new(connector: &'a dyn Connector) -> Self {
        Self { connector }
    }

    /// Fetches a short text.
    pub(crate) async fn text(self, address: &str) -> Result<Vec<u8>, FetchError> {
        let answer = self.open(address, 0).await?;
        let Answer { body, _connection, .. } = answer;
        let collected = timeout(SILENCE, Limited::new(body, TEXT_BYTES).collect()).await;
        match collected.map_err(|_| FetchError::Silent)? {
            Ok(body) => Ok(body.to_bytes().to_vec()),
            Err(error) => match error.downcast::<hyper::Error>() {
                Ok(error) => Err(FetchError::Cut(*error)),
                Err(_) => Err(FetchError::TooLong),
            },
        }
    }

    /// Fetches a file from an offset if the server supports that, otherwise from the beginning.
    pub(crate) async fn open(self, address: &str, from: u64) -> Result<Answer, FetchError> {
        let mut url = read(address)?;
        for _ in 0..=REDIRECTS {
            let (status, location, answer) =
                timeout(SILENCE, self.get(&url, from)).await.map_err(|_| FetchError::Silent)??;
            match (status, location) {
                (StatusCode::OK | StatusCode::PARTIAL_CONTENT, _) => return Ok(answer),
                (status, Some(location)) if status.is_redirection() => {
                    let next =
                        url.join(&location).map_err(|_| FetchError::Address(location.clone()))?;
                    // A request over https is never redirected to http.
                    if url.scheme() == "https" && next.scheme() != "https" {
                        return Err(FetchError::Address(location));
                    }
                    url = read(next.as_str())?;
                }
                (status, _) => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::Redirects)
    }

    async fn get(
        self,
        url: &Url,
        from: u64,
    ) -> Result<(StatusCode, Option<String>, Answer), FetchError> {
        let unfit = || FetchError::Address(url.to_string());
        let address = Address {
            host: url.host_str().ok_or_else(unfit)?.trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default().ok_or_else(unfit)?,
            tls: url.scheme() == "https",
            fingerprint: None,
        };
        let stream = self.connector.connect(&address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Dropping the set aborts the connection's task.
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // Errors reach whoever reads the body.
            _ = connection.await;
        });
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let mut request = Request::get(format!("{}{query}", url.path()))
            .header(HOST, host(url))
            .header(USER_AGENT, concat!("homing/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT_ENCODING, "identity");
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(|_| unfit())?;
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.map(str::to_owned);
        let from = if status == StatusCode::PARTIAL_CONTENT { from } else { 0 };
        Ok((status, location, Answer { body: answer.into_body(), from, _connection: driver }))
    }
}

/// The port is sent only if it is not the default, because some stores sign the plain name.
fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

/// Parses a web address. Plain http is allowed only on this machine, for tests.
fn read(address: &str) -> Result<Url, FetchError> {
    let unfit = || FetchError::Address(address.to_owned());
    let url = Url::parse(address).map_err(|_| unfit())?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(unfit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_come_over_tls() {
        for (address, fits) in [
            ("https://example.org/a.json", true),
            ("http://127.0.0.1:9/a.json", true),
            ("http://[::1]:9/a.json", true),
            ("http://example.org/a.json", false),
            ("http://127.0.0.1.example.org/", false),
            ("file:///etc/passwd", false),
            ("a.json", false),
        ] {
            assert_eq!(read(address).is_ok(), fits, "{address}");
        }
    }
}
