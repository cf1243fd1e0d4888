//! An engine on a paused clock, with a scripted peer behind an in-memory network.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use homing_engine::clock::{Clock, Seed};
use homing_engine::diff::{Batch, Diff};
use homing_engine::net::connector::{ConnectError, Connector, Transport};
use homing_engine::session::{Secret, SecretError, SecretStore, SpaceRecord};
use homing_engine::store::memory::MemoryStore;
use homing_engine::store::{Change, Loaded, MessageState, Store, StoreError};
use homing_engine::view::{ConnectionState, Item};
use homing_engine::{Config, Deps, Engine, Handle, Subscription};
use homing_protocol::frame::{Digest, Welcome};
use homing_protocol::link::{Address, Fingerprint};
use homing_protocol::{Content, Event, Message, MessageRef, RoomId, Seq};
use homing_testkit::{Peer, builders};
use tokio::io::DuplexStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A wall clock that follows tokio's and can be set.
pub(crate) struct Wall {
    start: Instant,
    ahead_ms: AtomicI64,
}

impl Wall {
    /// Sets the clock.
    pub(crate) fn set_ahead(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }
}

/// Its initial time.
pub(crate) const START_MS: i64 = 1_700_000_000_000;

impl Clock for Wall {
    fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.start.elapsed().as_millis()).unwrap();
        START_MS + passed + self.ahead_ms.load(Ordering::SeqCst)
    }
}

/// A keyring that can be locked, and whose dialog can be left open.
pub(crate) struct Keyring {
    pub(crate) answer: std::sync::Mutex<Result<Option<Secret>, SecretError>>,
    /// Delay of each read.
    pub(crate) open_for: std::sync::Mutex<Duration>,
    /// Number of reads.
    pub(crate) asked: AtomicU32,
}

impl Keyring {
    pub(crate) fn new(answer: Result<Option<Secret>, SecretError>) -> Self {
        Self { answer: answer.into(), open_for: Duration::ZERO.into(), asked: AtomicU32::new(0) }
    }
}

impl SecretStore for Keyring {
    fn get<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<Option<Secret>, SecretError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let open_for = *self.open_for.lock().unwrap();
            tokio::time::sleep(open_for).await;
            self.answer.lock().unwrap().clone()
        })
    }

    fn set<'a>(&'a self, _name: &'a str, secret: Secret) -> BoxFuture<'a, Result<(), SecretError>> {
        *self.answer.lock().unwrap() = Ok(Some(secret));
        Box::pin(std::future::ready(Ok(())))
    }

    fn delete<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<(), SecretError>> {
        *self.answer.lock().unwrap() = Ok(None);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A store in memory whose commits can be made to fail or to take time.
#[derive(Default)]
pub(crate) struct Failing {
    inner: MemoryStore,
    delay: std::sync::Mutex<Duration>,
    error: std::sync::Mutex<Option<StoreError>>,
}

impl Failing {
    /// Makes every commit fail like this from now on.
    pub(crate) fn fail(&self, error: StoreError) {
        *self.error.lock().unwrap() = Some(error);
    }

    /// Makes every commit take this long from now on.
    pub(crate) fn slow_down(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// Makes commits succeed again.
    pub(crate) fn heal(&self) {
        *self.error.lock().unwrap() = None;
    }
}

impl Store for Failing {
    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), StoreError>> {
        let delay = *self.delay.lock().unwrap();
        let failed = self.error.lock().unwrap().clone();
        Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            match failed {
                Some(error) => Err(error),
                None => self.inner.commit(changes).await,
            }
        })
    }

    fn lost(&self) -> BoxFuture<'_, Result<Vec<homing_engine::store::LostEvent>, StoreError>> {
        self.inner.lost()
    }

    fn load(&self) -> BoxFuture<'_, Result<Loaded, StoreError>> {
        self.inner.load()
    }

    fn before(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        self.inner.before(room, seq, limit)
    }

    fn after(
        &self,
        room: RoomId,
        seq: Seq,
        limit: u32,
    ) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        self.inner.after(room, seq, limit)
    }

    fn at(&self, room: RoomId, seqs: Vec<Seq>) -> BoxFuture<'_, Result<Vec<Event>, StoreError>> {
        self.inner.at(room, seqs)
    }

    fn find(
        &self,
        room: RoomId,
        message: MessageRef,
    ) -> BoxFuture<'_, Result<Option<Seq>, StoreError>> {
        self.inner.find(room, message)
    }

    fn states(
        &self,
        room: RoomId,
        from: Seq,
        to: Seq,
    ) -> BoxFuture<'_, Result<Vec<MessageState>, StoreError>> {
        self.inner.states(room, from, to)
    }

    fn unread(&self, room: RoomId, seq: Seq) -> BoxFuture<'_, Result<(u32, u32), StoreError>> {
        self.inner.unread(room, seq)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}

/// A network with one server: every dial waits until the test accepts it.
pub(crate) struct Network {
    dials: mpsc::Sender<DuplexStream>,
    refusing: std::sync::Mutex<bool>,
    /// Presents a certificate other than the link's, if set.
    pub(crate) changed: std::sync::Mutex<bool>,
}

impl Connector for Network {
    fn connect<'a>(
        &'a self,
        _address: &'a Address,
    ) -> BoxFuture<'a, Result<Box<dyn Transport>, ConnectError>> {
        Box::pin(async move {
            if *self.refusing.lock().unwrap() {
                let refused = std::io::ErrorKind::ConnectionRefused.into();
                return Err(ConnectError::Unreachable(refused));
            }
            if *self.changed.lock().unwrap() {
                let (expected, found) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
                return Err(ConnectError::CertificateChanged { expected, found });
            }
            let (ours, theirs) = tokio::io::duplex(1 << 20);
            if self.dials.send(theirs).await.is_err() {
                // The test has ended, and the engine will notice.
                std::future::pending::<()>().await;
            }
            Ok(Box::new(ours) as Box<dyn Transport>)
        })
    }
}

/// One engine with everything around it.
pub(crate) struct Bed {
    pub(crate) handle: Handle,
    pub(crate) batches: Subscription,
    pub(crate) network: Arc<Network>,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) dials: Mutex<mpsc::Receiver<DuplexStream>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Wall>,
    pub(crate) start: Instant,
}

/// Member 1 on device 1, as `builders::welcome` greets them.
pub(crate) fn record() -> SpaceRecord {
    let welcome = builders::welcome();
    SpaceRecord {
        space: welcome.space,
        name: welcome.space_name,
        address: Address {
            host: "chat.example".to_owned(),
            port: 4664,
            tls: false,
            fingerprint: None,
        },
        user: welcome.me,
        user_name: "Ada".to_owned(),
        device: welcome.device,
    }
}

impl Bed {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::default())).await
    }

    /// On a store that may contain something.
    pub(crate) async fn on(store: Arc<dyn Store>) -> Self {
        Self::with(store, Ok(Some(Secret::new("the-token"))), false).await
    }

    pub(crate) async fn with(
        store: Arc<dyn Store>,
        token: Result<Option<Secret>, SecretError>,
        refusing: bool,
    ) -> Self {
        let (dial, dials) = mpsc::channel(16);
        let network =
            Arc::new(Network { dials: dial, refusing: refusing.into(), changed: false.into() });
        let keyring = Arc::new(Keyring::new(token));
        let start = Instant::now();
        let clock = Arc::new(Wall { start, ahead_ms: AtomicI64::new(0) });
        let deps = Deps {
            store: store.clone(),
            connector: network.clone(),
            secrets: keyring.clone(),
            clock: clock.clone(),
            seed: Seed::from_number(1),
            config: Config::new("test 0"),
        };
        let handle = Engine::start(record(), deps, CancellationToken::new()).await.unwrap();
        let (_, _, batches) = handle.subscribe().await.unwrap();
        Self { handle, batches, network, keyring, dials: dials.into(), store, clock, start }
    }

    /// While `yes`, nobody answers.
    pub(crate) fn refuse(&self, yes: bool) {
        *self.network.refusing.lock().unwrap() = yes;
    }

    /// Accepts the next connection.
    pub(crate) async fn accept(&self) -> Peer<DuplexStream> {
        Peer::accept(self.dial().await).await
    }

    /// The byte stream of the next connection.
    pub(crate) async fn dial(&self) -> DuplexStream {
        self.dials.lock().await.recv().await.expect("the engine dials")
    }

    /// Accepts and greets the next connection.
    pub(crate) async fn greet(&self, welcome: Welcome, digest: Digest) -> Peer<DuplexStream> {
        let mut peer = self.accept().await;
        peer.greet(welcome, vec![digest]).await;
        peer
    }

    /// Greets with room 1, which is empty.
    pub(crate) async fn in_empty_room(&self) -> Peer<DuplexStream> {
        self.greet(builders::welcome(), builders::digest(1, vec![builders::room(1, 0)])).await
    }

    pub(crate) async fn batch(&mut self) -> Arc<Batch> {
        self.batches.recv().await.expect("the test keeps up").expect("the engine runs")
    }

    /// The next diff that `pick` accepts.
    pub(crate) async fn diff<T>(&mut self, pick: impl Fn(&Diff) -> Option<T>) -> T {
        loop {
            if let Some(found) = self.batch().await.diffs.iter().find_map(&pick) {
                return found;
            }
        }
    }

    /// Waits until the connection state matches.
    pub(crate) async fn link(&mut self, is: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
        let (_, now, batches) = self.handle.subscribe().await.unwrap();
        self.batches = batches;
        if is(&now.connection) {
            return now.connection;
        }
        self.diff(|diff| match diff {
            Diff::Connection { connection: link } if is(link) => Some(link.clone()),
            _ => None,
        })
        .await
    }

    /// The next connection state.
    pub(crate) async fn diff_link(&mut self) -> ConnectionState {
        self.diff(|diff| match diff {
            Diff::Connection { connection: link } => Some(link.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn up_to_date(&mut self) {
        self.link(|link| matches!(link, ConnectionState::UpToDate { .. })).await;
    }

    /// The newest rows of room 1.
    pub(crate) async fn rows(&self) -> Vec<Item> {
        let latest = homing_engine::TimelineWindow::Latest;
        let room = builders::room(1, 0).room;
        self.handle.timeline(room, latest, 100).await.unwrap().items
    }
}

/// The text of a row that is a message.
pub(crate) fn text(item: &Item) -> &str {
    match &item.content {
        Content::Message(Message { text, .. }) => text,
        other => panic!("no message: {other:?}"),
    }
}

/// The texts of rows that are messages.
pub(crate) fn texts(items: &[Item]) -> Vec<&str> {
    items.iter().map(text).collect()
}
