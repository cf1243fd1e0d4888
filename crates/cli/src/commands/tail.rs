//! `homing tail`.

use std::sync::Arc;

use homing_engine::clock::SystemClock;
use homing_engine::diff::{Batch, Diff};
use homing_engine::view::{ConnectionFailure, ConnectionState, Item, Overview, TimelinePosition};
use homing_engine::{Handle, TimelineWindow};
use homing_protocol::RoomId;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::note_if_offline;
use crate::args::{Common, Tail};
use crate::failure::{Code, Failure};
use crate::output::{self, Output};
use crate::space::RunningSpace;
use crate::time::Clock;
use crate::{room, space, text};
use cursor::TailCursor;

mod cursor;

/// Rows per page while following.
const PAGE: u32 = 200;
/// Rows remembered before the first new one, to recognise them after a restore of the server.
const REMEMBERED_ROWS: u32 = 200;

/// Prints the end of a room's log, and with `--follow` new events: each once and in order, across
/// reconnects and a restore of the server.
pub(crate) async fn run(common: &Common, tail: Tail) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    open.settle().await?;
    let found = room::find(open.overview(), &tail.room).map(|room| room.id);
    let in_room = match found {
        Ok(found) => found,
        Err(failure) => {
            let offline = open.connection_failure();
            open.close().await;
            return Err(offline.unwrap_or(failure));
        }
    };
    let printer =
        Printer { out: Output { json: common.json }, clock: Clock::new(tail.utc), in_room };
    note_if_offline(printer.out, &open);
    let shown = show(&printer, &mut open, &tail).await;
    open.close().await;
    shown.map(|()| Code::Done)
}

async fn show(printer: &Printer, open: &mut RunningSpace, tail: &Tail) -> Result<(), Failure> {
    // At least one row, to know the end of the log. With `--follow` more, to recognise them after a
    // restore of the server.
    let known = tail.number.max(if tail.follow { REMEMBERED_ROWS } else { 1 });
    let timeline = open.engine.timeline(printer.in_room, TimelineWindow::Latest, known).await?;
    let skip = timeline.items.len().saturating_sub(tail.number as usize);
    let mut cursor = TailCursor::default();
    for (index, item) in timeline.items.iter().enumerate() {
        if index >= skip {
            printer.print(open.overview(), item)?;
        }
        cursor.mark_seen(item);
    }
    if !tail.follow {
        return Ok(());
    }
    let (interrupted, engine) = (tokio::signal::ctrl_c(), open.engine.clone());
    tokio::select! {
        ended = follow(printer, open, cursor) => ended,
        () = forward_system_events(engine) => Ok(()),
        () = output::reader_gone() => Ok(()),
        _ = interrupted => Ok(()),
    }
}

/// Forwards sleep, wake and network changes to the engine. Never ends: without such events there is
/// still a log to follow.
async fn forward_system_events(engine: Handle) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let _stop = stop.clone().drop_guard();
    let sources = homing_wake::system::sources(Arc::new(SystemClock));
    let mut news = homing_wake::watch(sources, &tasks, &stop);
    while let Some(disturbance) = news.recv().await {
        engine.system_event(disturbance).await;
    }
    std::future::pending().await
}

async fn follow(
    printer: &Printer,
    open: &mut RunningSpace,
    mut cursor: TailCursor,
) -> Result<(), Failure> {
    let mut doubted = false;
    loop {
        if let Some(end) = permanent_failure(open) {
            return Err(end);
        }
        if let ConnectionState::Refused { why: ConnectionFailure::CertificateChanged { .. } } =
            open.overview().connection
            && !std::mem::replace(&mut doubted, true)
            && let Some(connection_failure) = open.connection_failure()
        {
            // The certificate may differ only on this network.
            printer
                .out
                .note(format_args!("{connection_failure}. Homing tries again on another network"));
        }
        let Some(batch) = open.next().await? else {
            let text = "can't use the database on this device any more. Run the command again to \
                        see why";
            return Err(Failure::new(Code::Failed, text));
        };
        let effect =
            batch.as_deref().map_or(BatchEffect::Reset, |batch| effect_on(batch, printer.in_room));
        match effect {
            BatchEffect::None => continue,
            BatchEffect::Rows => {}
            BatchEffect::Reset => cursor.reset(),
        }
        // Rows are read from the store and not from the batch: a batch may have a row twice, and
        // the store has them in order.
        let mut more = true;
        while more {
            let window = TimelineWindow::After(cursor.after());
            let timeline = open.engine.timeline(printer.in_room, window, PAGE).await?;
            let rows;
            (rows, more) = cursor.take(&timeline);
            for item in &rows {
                printer.print(open.overview(), item)?;
            }
            let room = open.overview().rooms.iter().find(|room| room.id == printer.in_room);
            if let (false, true, Some(room)) = (more, open.is_up_to_date(), room) {
                more = cursor.ends_at(room.head);
            }
        }
    }
}

/// Why no more events can arrive, if so. Waiting on would look like a quiet room.
fn permanent_failure(open: &RunningSpace) -> Option<Failure> {
    match &open.overview().connection {
        ConnectionState::Refused { why: ConnectionFailure::CertificateChanged { .. } } => None,
        ConnectionState::Refused { .. } => open.connection_failure(),
        _ => None,
    }
}

/// What a batch means for the followed room.
enum BatchEffect {
    /// Nothing.
    None,
    /// There may be new rows.
    Rows,
    /// The log was replaced.
    Reset,
}

fn effect_on(batch: &Batch, room: RoomId) -> BatchEffect {
    let mut effect = BatchEffect::None;
    for diff in &batch.diffs {
        match diff {
            Diff::TimelineReset { room: of } if *of == room => return BatchEffect::Reset,
            Diff::Items { room: of, .. } | Diff::Holes { room: of, .. } if *of == room => {
                effect = BatchEffect::Rows;
            }
            Diff::Connection { connection: ConnectionState::UpToDate { .. } } => {
                effect = BatchEffect::Rows
            }
            _ => {}
        }
    }
    effect
}

/// Prints rows of one room.
struct Printer {
    out: Output,
    clock: Clock,
    in_room: RoomId,
}

impl Printer {
    fn print(&self, overview: &Overview, item: &Item) -> Result<(), Failure> {
        let seq = match item.place {
            TimelinePosition::Log(seq) => Some(seq),
            TimelinePosition::Outbox(_) => None,
        };
        if !self.out.json {
            let queued = if seq.is_none() { "  (queued)" } else { "" };
            let row = text::row(overview, item, &self.clock);
            return self.out.line(format_args!("{row}{queued}"));
        }
        let name = overview.people.iter().find(|one| one.id == item.sender).map(|one| &one.name);
        self.out.value(&json!({
            "room": self.in_room,
            "seq": seq,
            "key": item.key,
            "sender": item.sender,
            "name": name,
            "ts": item.ts,
            "content": item.content,
            "delivery": item.delivery,
        }))
    }
}
