//! HTTP GET over the engine's connections: redirects, a bounded answer, and the rest of a file.

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

/// Redirects that are followed: a release's page sends to a store, and that one perhaps to a near
/// copy.
const REDIRECTS: usize = 5;
/// The longest announcement: notes of a page or two in two languages, and a dozen packages.
const TEXT_BYTES: usize = 256 * 1024;
/// How long to wait for a connection, for the beginning of an answer, and for each next piece of
/// it. Whoever is silent for longer is gone, however long the whole takes.
const SILENCE: Duration = Duration::from_secs(30);

/// Why nothing came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The address can't be used.
    #[error("updates may not come from {0}")]
    Address(String),
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke, or what answers speaks something else than HTTP.
    #[error("the connection was lost: {0}")]
    Cut(#[from] hyper::Error),
    /// Nothing came for a while.
    #[error("no data for {} seconds", SILENCE.as_secs())]
    Silent,
    /// The server has no such thing, or no time.
    #[error("the server responded with {0}")]
    Status(StatusCode),
    /// It sends to and fro.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// More came than an announcement can have.
    #[error("the announcement is too long")]
    TooLong,
}

/// Where everything is fetched from.
#[derive(Clone, Copy)]
pub struct Web<'a> {
    connector: &'a dyn Connector,
}

/// An answer whose body is still to come. The connection ends with it.
pub(crate) struct Answer {
    body: Incoming,
    /// Where in the file it begins.
    pub(crate) from: u64,
    _connection: JoinSet<()>,
}

impl Answer {
    /// The next piece; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        loop {
            let frame =
                timeout(SILENCE, self.body.frame()).await.map_err(|_| FetchError::Silent)?;
            let Some(frame) = frame.transpose()? else { return Ok(None) };
            // Trailers say nothing that we asked for.
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }
}

impl<'a> Web<'a> {
    /// Over these connections.
    #[must_use]
    pub fn new(connector: &'a dyn Connector) -> Self {
        Self { connector }
    }

    /// A short text.
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

    /// A file from a byte on, if the server can do that; otherwise from its beginning.
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
                    // What was asked for in secret is not fetched in the open.
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
        // Ends with the answer: dropping the set ends what is in it.
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // What goes wrong is told to whoever reads the body.
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

/// The port is named only where it is not the usual one: some stores sign over the plain name.
fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

/// An address of the web; without encryption only on this machine, which is for tests.
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
