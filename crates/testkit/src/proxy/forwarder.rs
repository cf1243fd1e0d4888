//! Forwards one direction of one connection: bytes may be delayed, slowed, sliced or dropped.
//!
//! Reading and writing are separate tasks joined by a bounded queue, so that latency does not limit
//! throughput. The reader gives each chunk a due time. The writer waits for it, applies the current
//! [`Flow`] and limits the rate.

use std::io;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::NetworkConditions;

/// Bytes per read.
const CHUNK_BYTES: usize = 16 * 1024;
/// Chunks in flight in one direction: 4 MiB, about the buffers of a kernel on a fast path.
const MAX_CHUNKS: usize = 256;

/// Whether bytes are forwarded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// Forwarded.
    #[default]
    Pass,
    /// Held, in order and complete, until the flow passes again: a partition that heals.
    Hold,
    /// Dropped. A connection that lost a byte stays silent for ever, as behind a NAT that forgot
    /// it. Its end is not forwarded either; [`Proxy::cut`](super::Proxy::cut) ends it.
    Swallow,
}

/// The conditions in one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Whether bytes are forwarded.
    pub flow: Flow,
    /// Latency.
    pub latency: Duration,
    /// Maximum additional latency, random for each read. Order is kept.
    pub jitter: Duration,
    /// Maximum bytes per second of each connection; none: unlimited.
    pub bytes_per_second: Option<NonZeroU32>,
    /// Maximum bytes per write, each its own segment.
    pub slice: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Direction {
    Up,
    Down,
}

enum Chunk {
    Bytes(Vec<u8>),
    Finished,
    Broken(io::Error),
}

pub(super) struct Forwarder<'a> {
    pub(super) direction: Direction,
    pub(super) network: watch::Receiver<NetworkConditions>,
    pub(super) rng: StdRng,
    pub(super) delivered: &'a AtomicU64,
}

impl Forwarder<'_> {
    /// Forwards until the source has finished and everything is delivered.
    ///
    /// # Errors
    /// The error of the side that failed, once the other side would notice it.
    pub(super) async fn carry(self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> io::Result<()> {
        let Self { direction, network, rng, delivered } = self;
        let (queue, chunks) = mpsc::channel(MAX_CHUNKS);
        let reader = Reader { direction, network: network.clone(), rng, queue };
        let writer = Writer { direction, network, delivered, to };
        // The reader ends first, or is dropped when the writer fails.
        let writing = writer.write(chunks);
        let reading = reader.read(from);
        tokio::pin!(writing);
        tokio::select! {
            ended = &mut writing => return ended,
            () = reading => {}
        }
        writing.await
    }
}

struct Reader {
    direction: Direction,
    network: watch::Receiver<NetworkConditions>,
    rng: StdRng,
    queue: mpsc::Sender<(Instant, Chunk)>,
}

impl Reader {
    async fn read(mut self, mut from: ReadHalf<'_>) {
        let mut due = Instant::now();
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let chunk = match from.read(&mut buffer).await {
                Ok(0) => Chunk::Finished,
                Ok(length) => Chunk::Bytes(buffer.iter().copied().take(length).collect()),
                Err(error) => Chunk::Broken(error),
            };
            let last = !matches!(chunk, Chunk::Bytes(_));
            due = due.max(Instant::now() + self.delay());
            if self.queue.send((due, chunk)).await.is_err() || last {
                return;
            }
        }
    }

    fn delay(&mut self) -> Duration {
        let network = self.network.borrow();
        let conditions = network.conditions(self.direction);
        conditions.latency + conditions.jitter.mul_f64(self.rng.random())
    }
}

struct Writer<'a> {
    direction: Direction,
    network: watch::Receiver<NetworkConditions>,
    delivered: &'a AtomicU64,
    to: WriteHalf<'a>,
}

impl Writer<'_> {
    async fn write(mut self, mut chunks: mpsc::Receiver<(Instant, Chunk)>) -> io::Result<()> {
        while let Some((due, chunk)) = chunks.recv().await {
            sleep_until(due).await;
            match chunk {
                Chunk::Bytes(bytes) => {
                    let mut rest = bytes.as_slice();
                    while !rest.is_empty() {
                        let Some(conditions) = self.passing().await else {
                            return discard(chunks).await;
                        };
                        let length =
                            conditions.slice.map_or(rest.len(), |most| rest.len().min(most.get()));
                        let (piece, after) = rest.split_at(length);
                        self.deliver(piece).await?;
                        rest = after;
                        throttle(length, conditions.bytes_per_second).await;
                    }
                }
                Chunk::Finished => {
                    if self.passing().await.is_none() {
                        return discard(chunks).await;
                    }
                    return self.to.shutdown().await;
                }
                Chunk::Broken(error) => {
                    if self.passing().await.is_none() {
                        return discard(chunks).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Waits while the flow is held. Returns the conditions, or none where bytes are dropped.
    async fn passing(&mut self) -> Option<Conditions> {
        let direction = self.direction;
        let network =
            self.network.wait_for(|network| network.conditions(direction).flow != Flow::Hold).await;
        let conditions = network.ok()?.conditions(direction).clone();
        (conditions.flow == Flow::Pass).then_some(conditions)
    }

    async fn deliver(&mut self, piece: &[u8]) -> io::Result<()> {
        match self.to.write_all(piece).await {
            Ok(()) => {
                self.delivered.fetch_add(piece.len() as u64, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                // The receiver is gone. Its reset goes back the other way, and is lost if that way
                // drops bytes.
                let back = self.network.borrow().conditions(self.direction.back()).flow;
                if back == Flow::Swallow {
                    std::future::pending().await
                }
                Err(error)
            }
        }
    }
}

/// Drops the rest and never reports the end.
async fn discard(mut chunks: mpsc::Receiver<(Instant, Chunk)>) -> io::Result<()> {
    while chunks.recv().await.is_some() {}
    std::future::pending().await
}

async fn throttle(length: usize, bytes_per_second: Option<NonZeroU32>) {
    match bytes_per_second {
        Some(rate) => sleep(Duration::from_secs(length as u64) / rate.get()).await,
        // Yields to the receiver, so that slices stay separate.
        None => tokio::task::yield_now().await,
    }
}

impl Direction {
    const fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

impl NetworkConditions {
    fn conditions(&self, direction: Direction) -> &Conditions {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }
}
