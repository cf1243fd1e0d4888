//! A local server of updates, with a key pair of its own.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use homing_updates::{Announced, Channel, Key, Notes, Package, Source, announce, machine};
use minisign::KeyPair;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

#[derive(Default)]
struct Shelves {
    files: BTreeMap<String, Vec<u8>>,
    /// The next package breaks off after so many bytes.
    cut: Option<usize>,
    /// The next who asks for an announcement waits for ever.
    busy: bool,
    asked: Vec<String>,
}

/// The server. It ends with the test.
pub(crate) struct Shop {
    addr: SocketAddr,
    pair: KeyPair,
    shelves: Arc<Mutex<Shelves>>,
    serving: JoinSet<()>,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shelves = Arc::<Mutex<Shelves>>::default();
        let mut serving = JoinSet::new();
        let (addr, shared) = (listener.local_addr().unwrap(), shelves.clone());
        serving.spawn(async move {
            let mut customers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                customers.spawn(serve(stream, shared.clone()));
            }
        });
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        Self { addr, pair, shelves, serving }
    }

    /// Where to look, and whose signature counts.
    pub(crate) fn source(&self) -> Source {
        let address = format!("http://{}/{{channel}}.json", self.addr);
        Source { address, key: Key::read(&self.pair.pk.to_base64()).unwrap() }
    }

    /// Nobody answers there any more.
    pub(crate) async fn close(&mut self) {
        self.serving.shutdown().await;
    }

    /// The next package breaks off after so many bytes.
    pub(crate) fn cut_after(&self, bytes: usize) {
        self.shelves.lock().unwrap().cut = Some(bytes);
    }

    /// The next who asks for an announcement waits for ever.
    pub(crate) fn let_wait(&self) {
        self.shelves.lock().unwrap().busy = true;
    }

    /// Returns as soon as so many have asked.
    pub(crate) async fn until_asked(&self, count: usize) {
        while self.asked().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// What was asked for, with the byte from which on.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shelves.lock().unwrap().asked.clone()
    }

    /// Announces a version with a package.
    pub(crate) fn announce(&self, channel: Channel, version: &str, content: &[u8]) {
        self.announce_signed_by(&self.pair, channel, version, content);
    }

    /// The same by somebody else.
    pub(crate) fn forge(&self, channel: Channel, version: &str, content: &[u8]) {
        let other = KeyPair::generate_unencrypted_keypair().unwrap();
        self.announce_signed_by(&other, channel, version, content);
    }

    fn announce_signed_by(&self, pair: &KeyPair, channel: Channel, version: &str, content: &[u8]) {
        let package = Package {
            url: format!("http://{}/{version}.package", self.addr),
            size: content.len() as u64,
            sha256: format!("{:x}", Sha256::digest(content)),
        };
        let announced = Announced {
            channel,
            version: version.parse().unwrap(),
            notes: Notes { en: format!("About {version}."), zh: String::new() },
            page: "https://example.org/".into(),
            packages: BTreeMap::from([(machine(), package)]),
        };
        let text = announce(&announced, |text| {
            let text = Cursor::new(text.as_bytes());
            minisign::sign(Some(&pair.pk), &pair.sk, text, None, None).map(|it| it.to_string())
        })
        .unwrap();
        let mut shelves = self.shelves.lock().unwrap();
        shelves.files.insert(format!("/{}.json", channel.name()), text.into_bytes());
        shelves.files.insert(format!("/{version}.package"), content.to_vec());
    }
}

async fn serve(mut stream: TcpStream, shelves: Arc<Mutex<Shelves>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    let range = request.lines().find_map(|line| line.strip_prefix("range: bytes="));
    let from: usize = range.map_or(0, |range| range.trim_end_matches('-').parse().unwrap());
    let waits = {
        let mut shelves = shelves.lock().unwrap();
        shelves.asked.push(format!("{path} from {from}"));
        path.ends_with(".json") && std::mem::take(&mut shelves.busy)
    };
    if waits {
        return std::future::pending().await;
    }
    let answer = {
        let mut shelves = shelves.lock().unwrap();
        match shelves.files.get(&path).cloned() {
            None => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
            Some(content) => {
                let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
                let rest = &content[from..];
                let length = rest.len();
                let cut = if path.ends_with(".package") { shelves.cut.take() } else { None };
                let mut text =
                    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n").into_bytes();
                text.extend(&rest[..cut.unwrap_or(length)]);
                text
            }
        }
    };
    // Whoever asked may have seen enough.
    _ = stream.write_all(&answer).await;
}
