//! One direction of one connection: bytes in, and out again later, slower, in pieces or never.
//!
//! Reading and writing are apart, joined by a bounded queue, because latency must delay bytes
//! without also limiting how many are under way. A reader stamps each parcel with the moment it is
//! due; the writer waits for that moment, obeys the [`Flow`] in force then, and paces what it writes.

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

use super::Weather;

/// Bytes read at once.
const PARCEL_BYTES: usize = 16 * 1024;
/// Parcels under way in one direction: 4 MiB, about what a kernel's buffers hold on a fast path.
const PARCELS: usize = 256;

/// Whether bytes get through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Flow {
    /// They do.
    #[default]
    Pass,
    /// They wait, in order and complete, until the flow passes again: a partition that heals.
    Hold,
    /// They are lost. A connection that lost a byte stays silent for ever, as behind a NAT that
    /// forgot it; its end is not passed on either. [`Proxy::cut`](super::Proxy::cut) ends it.
    Swallow,
}

/// The conditions in one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Whether bytes get through.
    pub flow: Flow,
    /// How long they take.
    pub latency: Duration,
    /// At most so much longer, drawn anew for each read. Order is kept all the same.
    pub jitter: Duration,
    /// At most so many bytes a second on each connection; none: as fast as it goes.
    pub bytes_per_second: Option<NonZeroU32>,
    /// Written in pieces of at most so many bytes, each a segment of its own.
    pub slice: Option<NonZeroUsize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Up,
    Down,
}

enum Parcel {
    Bytes(Vec<u8>),
    Finished,
    Broken(io::Error),
}

pub(super) struct Direction<'a> {
    pub(super) way: Way,
    pub(super) weather: watch::Receiver<Weather>,
    pub(super) chance: StdRng,
    pub(super) delivered: &'a AtomicU64,
}

impl Direction<'_> {
    /// Carries until the source has finished and everything is delivered.
    ///
    /// # Errors
    /// The error of the side that broke, once the other side would hear of it.
    pub(super) async fn carry(self, from: ReadHalf<'_>, to: WriteHalf<'_>) -> io::Result<()> {
        let Self { way, weather, chance, delivered } = self;
        let (queue, parcels) = mpsc::channel(PARCELS);
        let reader = Reader { way, weather: weather.clone(), chance, queue };
        let writer = Writer { way, weather, delivered, to };
        // The reader ends first, or is abandoned when the writer fails.
        let writing = writer.write(parcels);
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
    way: Way,
    weather: watch::Receiver<Weather>,
    chance: StdRng,
    queue: mpsc::Sender<(Instant, Parcel)>,
}

impl Reader {
    async fn read(mut self, mut from: ReadHalf<'_>) {
        let mut due = Instant::now();
        let mut buffer = vec![0; PARCEL_BYTES];
        loop {
            let parcel = match from.read(&mut buffer).await {
                Ok(0) => Parcel::Finished,
                Ok(length) => Parcel::Bytes(buffer.iter().copied().take(length).collect()),
                Err(error) => Parcel::Broken(error),
            };
            let last = !matches!(parcel, Parcel::Bytes(_));
            due = due.max(Instant::now() + self.delay());
            if self.queue.send((due, parcel)).await.is_err() || last {
                return;
            }
        }
    }

    fn delay(&mut self) -> Duration {
        let weather = self.weather.borrow();
        let line = weather.line(self.way);
        line.latency + line.jitter.mul_f64(self.chance.random())
    }
}

struct Writer<'a> {
    way: Way,
    weather: watch::Receiver<Weather>,
    delivered: &'a AtomicU64,
    to: WriteHalf<'a>,
}

impl Writer<'_> {
    async fn write(mut self, mut parcels: mpsc::Receiver<(Instant, Parcel)>) -> io::Result<()> {
        while let Some((due, parcel)) = parcels.recv().await {
            sleep_until(due).await;
            match parcel {
                Parcel::Bytes(bytes) => {
                    let mut rest = bytes.as_slice();
                    while !rest.is_empty() {
                        let Some(line) = self.passing().await else {
                            return lost(parcels).await;
                        };
                        let length =
                            line.slice.map_or(rest.len(), |most| rest.len().min(most.get()));
                        let (piece, after) = rest.split_at(length);
                        self.deliver(piece).await?;
                        rest = after;
                        pace(length, line.bytes_per_second).await;
                    }
                }
                Parcel::Finished => {
                    if self.passing().await.is_none() {
                        return lost(parcels).await;
                    }
                    return self.to.shutdown().await;
                }
                Parcel::Broken(error) => {
                    if self.passing().await.is_none() {
                        return lost(parcels).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Waits while the line holds. The line then, or none where it swallows.
    async fn passing(&mut self) -> Option<Line> {
        let way = self.way;
        let weather = self.weather.wait_for(|weather| weather.line(way).flow != Flow::Hold).await;
        let line = weather.ok()?.line(way).clone();
        (line.flow == Flow::Pass).then_some(line)
    }

    async fn deliver(&mut self, piece: &[u8]) -> io::Result<()> {
        match self.to.write_all(piece).await {
            Ok(()) => {
                self.delivered.fetch_add(piece.len() as u64, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                // The receiver is gone. Its reset travels back the other way, and is lost there
                // if that way swallows.
                let back = self.weather.borrow().line(self.way.back()).flow;
                if back == Flow::Swallow {
                    std::future::pending().await
                }
                Err(error)
            }
        }
    }
}

/// Takes the rest and never tells that it ended.
async fn lost(mut parcels: mpsc::Receiver<(Instant, Parcel)>) -> io::Result<()> {
    while parcels.recv().await.is_some() {}
    std::future::pending().await
}

async fn pace(length: usize, bytes_per_second: Option<NonZeroU32>) {
    match bytes_per_second {
        Some(rate) => sleep(Duration::from_secs(length as u64) / rate.get()).await,
        // Gives the receiver its turn, so that slices arrive as slices.
        None => tokio::task::yield_now().await,
    }
}

impl Way {
    const fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

impl Weather {
    fn line(&self, way: Way) -> &Line {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }
}
