//! An end of a connection, as the programs see it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep_until};

use super::connection::{Connection, Found, Side};
use crate::time::Clock;

/// See the [module](self).
#[derive(Debug)]
pub struct Stream {
    connection: Arc<Connection>,
    side: Side,
    clock: Arc<Clock>,
    due: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(super) fn new(connection: Arc<Connection>, side: Side, clock: Arc<Clock>) -> Self {
        Self { connection, side, clock, due: None }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.connection.read(self.side, self.clock.world(), into, cx) {
                Found::Bytes | Found::End => return Poll::Ready(Ok(())),
                Found::Reset => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
                Found::Nothing => {
                    self.due = None;
                    return Poll::Pending;
                }
                Found::Later(at) => {
                    let mut due = Box::pin(sleep_until(self.clock.instant(at)));
                    if due.as_mut().poll(cx).is_pending() {
                        self.due = Some(due);
                        return Poll::Pending;
                    }
                }
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.connection.write(self.side, self.clock.world(), bytes, cx)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.finish(self.side, self.clock.world());
        Poll::Ready(Ok(()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.connection.leave(self.side, self.clock.world());
    }
}
