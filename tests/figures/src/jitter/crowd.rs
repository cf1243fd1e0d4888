//! `crowd`: many real engines in one process, each behind a cable that is pulled and plugged in
//! again by plan.
//!
//! They keep what they hold in memory: a thousand databases on one disk would measure that disk.
//! The first engine writes and is never cut off; the others listen. What an engine announces is
//! what counts as arrived.

use std::future::pending;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Wake, Poll};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use homing_e2e::person::Keyring;
use homing_engine::clock::{Seed, SystemClock};
use homing_engine::net::connector::{ConnectError, Connector, Transport};
use homing_engine::net::dialer::Dialer;
use homing_engine::secret::{Secret, SecretStore as _};
use homing_engine::store::memory::MemoryStore;
use homing_engine::view::ConnectionState;
use homing_engine::{Config, Deps, Engine, Handle};
use homing_protocol::link::Address;
use homing_protocol::{Content, RoomId};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::plan::{Outage, Plan};
use super::score::{Record, Seen};
use crate::space::Identity;
use crate::talk::{Driver, say};

/// In the folder: a list of identities, the writer's first.
pub(super) const IDENTITIES: &str = "identities.json";
/// In the folder: what is to be done.
pub(super) const PLAN: &str = "plan.json";
/// Engines that come online for the first time at once: each fetches the whole room and everybody's
/// name, which is not what is measured.
const AT_ONCE: usize = 40;
/// How long coming online and hearing the first message may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at the crowd.
const LOOK: Duration = Duration::from_millis(50);

/// Where everything is.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long)]
    folder: PathBuf,
}

/// A network that is there or not.
#[derive(Default)]
struct Cable(Mutex<Option<CancellationToken>>);

impl Cable {
    /// Every connection over it ends, and whoever tries to make another gets no answer, as in a
    /// tunnel.
    fn pull(&self) {
        if let Some(plugged) = held(&self.0).take() {
            plugged.cancel();
        }
    }

    fn plug(&self) {
        *held(&self.0) = Some(CancellationToken::new());
    }

    fn is_plugged(&self) -> bool {
        held(&self.0).is_some()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Socket {
    cable: Arc<Cable>,
    dialer: Dialer,
}

impl Connector for Socket {
    fn connect<'a>(
        &'a self,
        address: &'a Address,
    ) -> Pin<Box<dyn Future<Output = Result<Box<dyn Transport>, ConnectError>> + Send + 'a>> {
        Box::pin(async move {
            let plugged = held(&self.cable.0).clone();
            let Some(plugged) = plugged else { return pending().await };
            let stream = self.dialer.connect(address).await?;
            let pulled = Box::pin(plugged.cancelled_owned());
            let cord: Box<dyn Transport> = Box::new(Cord { stream: Some(stream), pulled });
            Ok(cord)
        })
    }
}

/// A TCP connection that is closed at once when its cable is pulled: the other side sees its end and
/// no close frame.
struct Cord {
    stream: Option<Box<dyn Transport>>,
    pulled: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Cord {
    fn stream(&mut self, wake: &mut Wake<'_>) -> io::Result<Pin<&mut Box<dyn Transport>>> {
        if self.stream.is_some() && self.pulled.as_mut().poll(wake).is_ready() {
            self.stream = None;
        }
        let gone = || io::Error::from(io::ErrorKind::ConnectionReset);
        self.stream.as_mut().map(Pin::new).ok_or_else(gone)
    }
}

impl AsyncRead for Cord {
    fn poll_read(
        mut self: Pin<&mut Self>,
        wake: &mut Wake<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.stream(wake) {
            Ok(stream) => stream.poll_read(wake, buffer),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncWrite for Cord {
    fn poll_write(
        mut self: Pin<&mut Self>,
        wake: &mut Wake<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.stream(wake) {
            Ok(stream) => stream.poll_write(wake, bytes),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, wake: &mut Wake<'_>) -> Poll<io::Result<()>> {
        match self.stream(wake) {
            Ok(stream) => stream.poll_flush(wake),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, wake: &mut Wake<'_>) -> Poll<io::Result<()>> {
        match self.stream(wake) {
            Ok(stream) => stream.poll_shutdown(wake),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

/// One engine, its cable and what came.
struct Member {
    handle: Handle,
    cable: Arc<Cable>,
    came: Arc<Mutex<Came>>,
}

#[derive(Default)]
struct Came {
    got: Vec<(u32, Instant)>,
    back: Vec<Instant>,
    /// The message before the first, by which one knows that everybody listens.
    tuned: bool,
}

impl Member {
    async fn start(identity: Identity, seed: u64, tasks: &mut JoinSet<Result<()>>) -> Result<Self> {
        let Identity { record, token } = identity;
        let keyring = Keyring::default();
        keyring.set(&record.secret_name(), Secret::new(token)).await?;
        let cable = Arc::new(Cable::default());
        cable.plug();
        let deps = Deps {
            store: Arc::new(MemoryStore::default()),
            connector: Arc::new(Socket { cable: cable.clone(), dialer: Dialer::new(Vec::new()) }),
            secrets: Arc::new(keyring),
            clock: Arc::new(SystemClock),
            seed: Seed::from_number(seed),
            config: Config::new("jitter 0"),
        };
        let handle = Engine::start(record, deps, CancellationToken::new()).await?;
        let came = Arc::default();
        tasks.spawn(listen(handle.clone(), Arc::clone(&came)));
        Ok(Self { handle, cable, came })
    }

    async fn is_up(&self) -> Result<Option<RoomId>> {
        let (_, overview) = self.handle.overview().await?;
        let up = matches!(overview.connection, ConnectionState::UpToDate { .. });
        Ok(overview.rooms.first().filter(|_| up).map(|room| room.id))
    }

    /// The server was dead and is back. Whoever is cut off comes back by the plan.
    fn served_again(&self) {
        if self.cable.is_plugged() {
            held(&self.came).back.push(Instant::now());
        }
    }

    /// Is away when the plan says so.
    async fn follow(
        handle: Handle,
        cable: Arc<Cable>,
        came: Arc<Mutex<Came>>,
        outages: Vec<Outage>,
        start: Instant,
    ) -> Result<()> {
        let at = |millis: u32| start + Duration::from_millis(millis.into());
        for Outage { cut, back } in outages {
            sleep_until(at(cut)).await;
            cable.pull();
            sleep_until(at(back)).await;
            cable.plug();
            held(&came).back.push(Instant::now());
            // As the desktop does when the system says that there is a network again.
            handle.network_changed().await;
        }
        Ok(())
    }
}

async fn listen(handle: Handle, came: Arc<Mutex<Came>>) -> Result<()> {
    let (_, _, mut batches) = handle.subscribe().await?;
    while let Some(batch) = batches.recv().await? {
        let now = Instant::now();
        for incoming in &batch.incoming {
            let Content::Message(message) = incoming.event.content() else { continue };
            let number = message.text.split(' ').next().and_then(|word| word.parse().ok());
            match number.context("only numbers are written here")? {
                0 => held(&came).tuned = true,
                n => held(&came).got.push((n, now)),
            }
        }
    }
    Ok(())
}

/// Runs by the plan and then tells what came.
pub(crate) async fn run(options: Options) -> Result<()> {
    let read = |name| std::fs::read_to_string(options.folder.join(name));
    let identities: Vec<Identity> = serde_json::from_str(&read(IDENTITIES)?)?;
    let plan: Plan = serde_json::from_str(&read(PLAN)?)?;
    let mut tasks = JoinSet::new();
    let mut members = Vec::new();
    let mut room = None;
    for (seed, identity) in (1..).zip(identities) {
        members.push(Member::start(identity, seed, &mut tasks).await?);
        if members.len() % AT_ONCE == 0 {
            room = all_up(&members).await?;
        }
    }
    room = all_up(&members).await?.or(room);
    let room = room.context("there is a room for everybody")?;
    let writer = members.remove(0);
    ensure!(members.len() == plan.outages.len(), "the plan is for others");
    writer.handle.send(room, text(0)).await?;
    until(|| members.iter().all(|member| held(&member.came).tuned)).await?;
    say(&"ready")?;

    let mut driver = Driver::new();
    match driver.next::<String>().await?.as_deref() {
        Some("go") => {}
        other => bail!("{other:?} instead of go"),
    }
    let start = Instant::now();
    for (member, outages) in members.iter().zip(plan.outages.clone()) {
        let (handle, cable) = (member.handle.clone(), member.cable.clone());
        tasks.spawn(Member::follow(handle, cable, member.came.clone(), outages, start));
    }
    let sent: Result<Vec<Instant>> = {
        let running = async {
            let sent = write(&writer.handle, room, &plan, start).await?;
            rest(&members, &plan, start).await;
            Ok(sent)
        };
        tokio::pin!(running);
        loop {
            tokio::select! {
                sent = &mut running => break sent,
                Some(ended) = tasks.join_next() => ended??,
                told = driver.next::<String>() => match told?.as_deref() {
                    Some("up") => members.iter().for_each(Member::served_again),
                    None => return Ok(()),
                    Some(other) => bail!("{other:?} instead of up"),
                }
            }
        }
    };
    say(&record(&sent?, &members, start))
}

/// The messages, each at its time. When each was handed over.
async fn write(handle: &Handle, room: RoomId, plan: &Plan, start: Instant) -> Result<Vec<Instant>> {
    let mut sent = Vec::new();
    for n in 1..=plan.messages {
        sleep_until(start + Duration::from_millis((u64::from(n) - 1) * u64::from(plan.every)))
            .await;
        sent.push(Instant::now());
        handle.send(room, text(n)).await?;
    }
    Ok(sent)
}

/// Until everybody has everything, or has had the time for it.
async fn rest(members: &[Member], plan: &Plan, start: Instant) {
    let last = plan.outages.iter().flatten().map(|outage| outage.back).max().unwrap_or_default();
    sleep_until(start + Duration::from_millis(last.into())).await;
    let end = Instant::now() + Duration::from_millis(plan.grace.into());
    let all = usize::try_from(plan.messages).unwrap_or(usize::MAX);
    let missing = || members.iter().any(|member| held(&member.came).got.len() < all);
    while missing() && Instant::now() < end {
        sleep(LOOK).await;
    }
}

fn record(sent: &[Instant], members: &[Member], start: Instant) -> Record {
    let millis = |at: &Instant| (*at - start).as_secs_f64() * 1000.0;
    let clients = members.iter().map(|member| {
        let came = held(&member.came);
        Seen {
            got: came.got.iter().map(|(n, at)| (*n, millis(at))).collect(),
            back: came.back.iter().map(millis).collect(),
        }
    });
    Record { sent: sent.iter().map(millis).collect(), clients: clients.collect() }
}

/// A message is its number and something to carry, some hundred bytes in all.
fn text(n: u32) -> String {
    format!("{n} {}", "the quick brown fox jumps over the lazy dog ".repeat(2).trim_end())
}

/// Waits until all of them are up to date. The room that they are in.
async fn all_up(members: &[Member]) -> Result<Option<RoomId>> {
    let begin = Instant::now();
    let mut room = None;
    for member in members {
        loop {
            if let Some(found) = member.is_up().await? {
                room = Some(found);
                break;
            }
            ensure!(begin.elapsed() < PATIENCE, "the crowd does not come online");
            sleep(LOOK).await;
        }
    }
    Ok(room)
}

async fn until(done: impl Fn() -> bool) -> Result<()> {
    let begin = Instant::now();
    while !done() {
        ensure!(begin.elapsed() < PATIENCE, "the crowd does not hear the first message");
        sleep(LOOK).await;
    }
    Ok(())
}
