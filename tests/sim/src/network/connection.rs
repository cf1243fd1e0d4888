//! One connection: two ways, each a queue of what is on its way.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use super::{LineId, Network};
use crate::time::At;

/// Bytes on their way, or read by nobody, before the sender has to wait: two socket buffers.
const WINDOW: usize = 128 * 1024;
/// What a held piece is due at.
const HELD: At = At::MAX;

/// An end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The device's.
    Device,
    /// The server's.
    Server,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Device => Self::Server,
            Self::Server => Self::Device,
        }
    }
}

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Both ends see a reset.
    Both,
    /// The device sees a reset; for the server it goes silent.
    Device,
    /// The server sees a reset; for the device it goes silent.
    Server,
    /// The device gets a close frame of something in between, and the end.
    Closed(u16),
}

#[derive(Debug)]
enum Piece {
    Bytes { bytes: Vec<u8>, read: usize },
    End,
    Reset,
}

/// One way, towards one end.
#[derive(Debug, Default)]
struct Way {
    pieces: VecDeque<(At, Piece)>,
    waiting: usize,
    /// What is sent goes nowhere.
    lost: bool,
    /// … and is answered by a reset.
    answered: bool,
    /// The sender has been told that it is over.
    broken: bool,
    /// Nobody will read.
    deserted: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Connection {
    network: Weak<Network>,
    line: LineId,
    ways: Mutex<[Way; 2]>,
}

/// What a reader finds.
pub(super) enum Found {
    Bytes,
    End,
    Reset,
    /// Something, but not before this.
    Later(At),
    Nothing,
}

impl Connection {
    pub(super) fn new(network: &Arc<Network>, line: LineId) -> Self {
        let (network, ways) = (Arc::downgrade(network), Mutex::default());
        Self { network, line, ways }
    }

    pub(super) fn line(&self) -> LineId {
        self.line
    }

    fn ways(&self) -> MutexGuard<'_, [Way; 2]> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing can come of it any more.
    pub(super) fn is_over(&self) -> bool {
        self.ways().iter().all(|way| way.deserted)
    }

    /// What is there for the end at `side`.
    pub(super) fn read(
        &self,
        side: Side,
        now: At,
        into: &mut tokio::io::ReadBuf<'_>,
        cx: &Context<'_>,
    ) -> Found {
        let mut ways = self.ways();
        let way = towards(&mut ways, side);
        let Some((at, piece)) = way.pieces.front_mut() else {
            way.reader = Some(cx.waker().clone());
            return Found::Nothing;
        };
        if *at > now {
            way.reader = Some(cx.waker().clone());
            return if *at == HELD { Found::Nothing } else { Found::Later(*at) };
        }
        match piece {
            Piece::End => Found::End,
            Piece::Reset => Found::Reset,
            Piece::Bytes { bytes, read } => {
                let rest = bytes.get(*read..).unwrap_or_default();
                let here = rest.len().min(into.remaining());
                into.put_slice(rest.get(..here).unwrap_or_default());
                *read += here;
                if *read == bytes.len() {
                    way.pieces.pop_front();
                }
                way.waiting -= here;
                way.writer.take().into_iter().for_each(Waker::wake);
                Found::Bytes
            }
        }
    }

    /// Sends from the end at `side`.
    pub(super) fn write(
        &self,
        side: Side,
        now: At,
        bytes: &[u8],
        cx: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let network = self.network.upgrade();
        let packet = network.and_then(|network| network.packet(self.line));
        let bytes = bytes.get(..packet.unwrap_or(bytes.len())).unwrap_or(bytes);
        let arrival = self.arrival(side.other(), now, bytes.len());
        let mut ways = self.ways();
        let way = towards(&mut ways, side.other());
        if way.broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if way.lost {
            let answered = way.answered;
            if answered {
                let back = towards(&mut ways, side);
                back.push(arrival, Piece::Reset);
            }
            return Poll::Ready(Ok(bytes.len()));
        }
        if way.waiting >= WINDOW {
            way.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let here = bytes.len().min(WINDOW - way.waiting);
        way.waiting += here;
        let bytes = bytes.get(..here).unwrap_or_default().to_vec();
        way.push(arrival, Piece::Bytes { bytes, read: 0 });
        drop(ways);
        if let Some(network) = self.network.upgrade() {
            network.has_carried(self.line, side.other(), here);
        }
        Poll::Ready(Ok(here))
    }

    /// The end at `side` says nothing more.
    pub(super) fn finish(&self, side: Side, now: At) {
        let arrival = self.arrival(side.other(), now, 0);
        let mut ways = self.ways();
        let way = towards(&mut ways, side.other());
        if !way.lost && !way.broken {
            way.push(arrival, Piece::End);
        }
    }

    /// The end at `side` is dropped: it says nothing more, and what comes is answered by a reset.
    pub(super) fn leave(&self, side: Side, now: At) {
        if towards(&mut self.ways(), side).deserted {
            return;
        }
        self.finish(side, now);
        let mut ways = self.ways();
        let way = towards(&mut ways, side);
        (way.lost, way.answered, way.deserted) = (true, true, true);
        way.pieces.clear();
        way.waiting = 0;
        way.writer.take().into_iter().for_each(Waker::wake);
    }

    /// The end at `side` goes silent: nothing comes from there, and nothing arrives there.
    pub(super) fn vanish(&self, side: Side) {
        for way in self.ways().iter_mut() {
            // What the other end was sent before is on its way still; the rest is not.
            way.lost = true;
            way.answered = false;
        }
        let mut ways = self.ways();
        let way = towards(&mut ways, side);
        way.pieces.clear();
        way.deserted = true;
    }

    /// What was lost is from now on answered by a reset.
    pub(super) fn host_is_back(&self) {
        for way in self.ways().iter_mut().filter(|way| way.lost) {
            way.answered = true;
            way.writer.take().into_iter().for_each(Waker::wake);
        }
    }

    pub(super) fn cut(&self, how: Cut, now: At) {
        if let Cut::Closed(code) = how {
            self.close(code, now);
        }
        let (device, server) = match how {
            Cut::Both | Cut::Closed(_) => (true, true),
            Cut::Device => (true, false),
            Cut::Server => (false, true),
        };
        let mut ways = self.ways();
        for (side, told) in [(Side::Device, device), (Side::Server, server)] {
            let way = towards(&mut ways, side);
            if told && !matches!(how, Cut::Closed(_)) {
                way.pieces.clear();
                way.waiting = 0;
                way.push(Some((now, 0)), Piece::Reset);
            } else if told {
                way.push(Some((now, 0)), Piece::End);
            }
            // What this end sends from now on goes nowhere.
            let away = towards(&mut ways, side.other());
            away.broken = told;
            away.lost = true;
        }
    }

    /// A close frame of the server's, as a proxy makes one.
    fn close(&self, code: u16, now: At) {
        let [high, low] = code.to_be_bytes();
        let mut ways = self.ways();
        let way = towards(&mut ways, Side::Device);
        way.waiting += 4;
        way.push(Some((now, 0)), Piece::Bytes { bytes: vec![0x88, 2, high, low], read: 0 });
    }

    /// What is on its way arrives by then.
    pub(super) fn hasten(&self, at: At) {
        for way in self.ways().iter_mut() {
            for (due, _) in way.pieces.iter_mut().filter(|(due, _)| *due != HELD) {
                *due = (*due).min(at);
            }
            way.reader.take().into_iter().for_each(Waker::wake);
        }
    }

    /// What was held towards `side` arrives.
    pub(super) fn release(&self, side: Side, at: At) {
        let mut ways = self.ways();
        let way = towards(&mut ways, side);
        for (due, _) in way.pieces.iter_mut().filter(|(due, _)| *due == HELD) {
            *due = at;
        }
        way.reader.take().into_iter().for_each(Waker::wake);
    }

    fn arrival(&self, to: Side, now: At, bytes: usize) -> Option<(At, u64)> {
        let network = self.network.upgrade();
        network.map_or(Some((now, 0)), |network| network.arrival(self.line, to, now, bytes))
    }
}

impl Way {
    /// In order: nothing overtakes what was sent before.
    fn push(&mut self, arrival: Option<(At, u64)>, piece: Piece) {
        let before = self.pieces.back().map_or(0, |(at, _)| *at);
        let (at, after) = arrival.unwrap_or((HELD, 0));
        self.pieces.push_back((at.max(before.saturating_add(after)), piece));
        self.reader.take().into_iter().for_each(Waker::wake);
        self.writer.take().into_iter().for_each(Waker::wake);
    }
}

fn towards(ways: &mut [Way; 2], side: Side) -> &mut Way {
    let [device, server] = ways;
    match side {
        Side::Device => device,
        Side::Server => server,
    }
}
