//! A server in a folder of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use homing_protocol::http::{Invite, Join, NewInvite, SignedIn};
use homing_protocol::link::JoinLink;
use homing_protocol::{Cid, Role};
use homing_server::{Config, Running, Server, SystemClock, Timers, TlsMode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::Client;

pub(crate) struct Space {
    pub(crate) running: Option<Running>,
    pub(crate) config: Config,
    pub(crate) folder: Arc<TempDir>,
    founder: Option<JoinLink>,
}

/// Somebody who has joined.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) signed_in: SignedIn,
    pub(crate) address: String,
}

pub(crate) fn new_cid() -> Cid {
    Cid(Uuid::now_v7())
}

pub(crate) fn config(folder: PathBuf) -> Config {
    let timers = Timers {
        // Not all of these clients answer a close frame; none needs long to do so.
        closing: Duration::from_millis(500),
        ..Timers::default()
    };
    Config {
        timers,
        listen: "127.0.0.1:0".parse().unwrap(),
        tls: TlsMode::Off,
        space_name: "Pigeons".into(),
        ..Config::new(folder)
    }
}

impl Space {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = config(folder.path().join("data"));
        change(&mut config);
        let mut space = Self { running: None, config, folder, founder: None };
        space.go().await;
        space
    }

    /// Starts it, on the folder as it is.
    pub(crate) async fn go(&mut self) {
        let started =
            Server::start(self.config.clone(), Arc::new(SystemClock), CancellationToken::new());
        let running = started.await.unwrap();
        if running.join_link.is_some() {
            self.founder = running.join_link.clone();
        }
        self.running = Some(running);
    }

    /// Stops it as a signal would.
    pub(crate) async fn stop(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    /// What `/metrics` tells, by name.
    pub(crate) async fn figures(&self) -> BTreeMap<String, i64> {
        let (_, _, text) = raw_call(&self.address(), "GET", "/metrics", &[], String::new()).await;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let figure = |line: &str| {
            let (name, value) = line.split_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        };
        lines.map(figure).collect()
    }

    pub(crate) fn address(&self) -> String {
        self.running.as_ref().unwrap().addr.to_string()
    }

    pub(crate) fn founding_code(&self) -> String {
        self.founder.as_ref().unwrap().code.clone()
    }

    /// The first person becomes the owner, the others members.
    pub(crate) async fn join(&self, name: &str) -> Person {
        let running = self.running.as_ref().unwrap();
        let code = match self.try_join(&self.founding_code(), name).await {
            Ok(person) => return person,
            Err(_) => running.invite(Role::Member).await.unwrap().code,
        };
        self.try_join(&code, name).await.unwrap()
    }

    pub(crate) async fn join_as(&self, name: &str, role: Role) -> Person {
        let link = self.running.as_ref().unwrap().invite(role).await.unwrap();
        self.try_join(&link.code, name).await.unwrap()
    }

    pub(crate) async fn try_join(&self, code: &str, name: &str) -> Result<Person, Value> {
        let join = Join {
            code: code.into(),
            name: name.into(),
            password: None,
            device_name: "test".into(),
            key: new_cid(),
        };
        let (status, body) = call(&self.address(), "POST", "/v1/join", None, Some(&join)).await;
        if status != 200 {
            return Err(body);
        }
        Ok(Person { signed_in: serde_json::from_value(body).unwrap(), address: self.address() })
    }
}

impl Person {
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(&self.address, &self.signed_in.token).await.unwrap()
    }

    /// Connected, greeted and caught up with the first digest.
    pub(crate) async fn online(&self) -> Client {
        let mut client = self.connect().await;
        client.hello(None, None, None).await;
        client
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = (!body.is_null()).then_some(&body);
        call(&self.address, method, path, Some(&self.signed_in.token), body).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_value(body).unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: impl Serialize) -> Value {
        let body = serde_json::to_value(body).unwrap();
        let (status, answer) = self.call("POST", path, body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    pub(crate) async fn invite(&self, role: Role) -> Invite {
        let wanted = NewInvite { role, uses: None, lifetime_s: None };
        serde_json::from_value(self.post("/v1/invites", wanted).await).unwrap()
    }
}

pub(crate) async fn call(
    address: &str,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&impl Serialize>,
) -> (u16, Value) {
    let headers: Vec<(&str, String)> =
        token.map(|token| ("authorization", format!("Bearer {token}"))).into_iter().collect();
    let body = body.map_or_else(String::new, |body| serde_json::to_string(body).unwrap());
    let (status, _, text) = raw_call(address, method, path, &headers, body).await;
    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status, value)
}

pub(crate) async fn raw_call(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: String,
) -> (u16, http::HeaderMap, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let mut request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("host", address)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let exchange = async {
        let response = sender.send_request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        drop(sender);
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        (parts.status.as_u16(), parts.headers, text)
    };
    // The connection is driven beside the exchange and may end first.
    let (answer, _) = tokio::join!(exchange, connection);
    answer
}
