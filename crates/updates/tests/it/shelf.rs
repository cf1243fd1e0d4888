//! A server of updates that says exactly what a test tells it, on a connection in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use homing_engine::net::connector::{ConnectError, Connector, Transport};
use homing_protocol::link::Address;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinSet;

/// What happens to one connection.
pub(crate) enum Step {
    /// There is none.
    NoNetwork,
    /// It says this and hangs up.
    Say(Vec<u8>),
    /// It says this and then nothing any more, for ever.
    SayAndKeepSilent(Vec<u8>),
}

/// The server.
#[derive(Default)]
pub(crate) struct Shelf {
    steps: Mutex<VecDeque<Step>>,
    asked: Arc<Mutex<Vec<String>>>,
    serving: Mutex<JoinSet<()>>,
}

impl Shelf {
    pub(crate) fn with(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: Mutex::new(steps.into_iter().collect()), ..Self::default() }
    }

    /// Every request so far, with its lines.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Connector for Shelf {
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        let step = self.steps.lock().unwrap().pop_front().expect("the test expects a connection");
        let asked = self.asked.clone();
        Box::pin(async move {
            let (text, silent) = match step {
                Step::NoNetwork => {
                    return Err(ConnectError::NameNotFound { host: address.host.clone() });
                }
                Step::Say(text) => (text, false),
                Step::SayAndKeepSilent(text) => (text, true),
            };
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            self.serving.lock().unwrap().spawn(serve(theirs, text, silent, asked));
            Ok(Box::new(ours) as Box<dyn Transport>)
        })
    }
}

async fn serve(
    mut stream: DuplexStream,
    text: Vec<u8>,
    silent: bool,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    asked.lock().unwrap().push(String::from_utf8(request).unwrap());
    // Whoever asked may have seen enough.
    _ = stream.write_all(&text).await;
    if silent {
        std::future::pending::<()>().await;
    }
}

/// An answer with a body, of which only so much comes as is given, whatever its length says.
pub(crate) fn answer(status: &str, length: usize, body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    text.extend(body);
    text
}

/// An answer that sends elsewhere.
pub(crate) fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}
