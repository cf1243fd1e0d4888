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
use crate::out::{self, Out};
use crate::space::Open;
use crate::time::Clock;
use crate::{room, space, text};
use following::Following;

mod following;

/// Rows fetched at once while following.
const PAGE: u32 = 200;
/// Rows before the first new one that are known again after a restore of the server.
const KNOWN: u32 = 200;

/// Shows the end of a room's log, and with `--follow` what comes after it: each event once, in the
/// room's order, through any number of reconnects, and through a restore of the server.
pub(crate) async fn run(common: &Common, tail: Tail) -> Result<Code, Failure> {
    let mut open = space::open(common).await?;
    open.settle().await?;
    let found = room::find(open.overview(), &tail.room).map(|room| room.id);
    let in_room = match found {
        Ok(found) => found,
        Err(failure) => {
            let offline = open.complaint();
            open.close().await;
            return Err(offline.unwrap_or(failure));
        }
    };
    let printer = Printer { out: Out { json: common.json }, clock: Clock::new(tail.utc), in_room };
    note_if_offline(printer.out, &open);
    let shown = show(&printer, &mut open, &tail).await;
    open.close().await;
    shown.map(|()| Code::Done)
}

async fn show(printer: &Printer, open: &mut Open, tail: &Tail) -> Result<(), Failure> {
    // At least one, to know where the room ends; when it is followed some more than are shown, to know
    // them again should the server be restored.
    let known = tail.number.max(if tail.follow { KNOWN } else { 1 });
    let timeline = open.engine.timeline(printer.in_room, TimelineWindow::Latest, known).await?;
    let skip = timeline.items.len().saturating_sub(tail.number as usize);
    let mut following = Following::default();
    for (index, item) in timeline.items.iter().enumerate() {
        if index >= skip {
            printer.print(open.overview(), item)?;
        }
        following.known(item);
    }
    if !tail.follow {
        return Ok(());
    }
    let (interrupted, engine) = (tokio::signal::ctrl_c(), open.engine.clone());
    tokio::select! {
        ended = follow(printer, open, following) => ended,
        () = heed_the_machine(engine) => Ok(()),
        () = out::deserted() => Ok(()),
        _ = interrupted => Ok(()),
    }
}

/// Tells the engine when the machine slept or its network changed. Never ends by itself: without
/// news there is still a log to follow.
async fn heed_the_machine(engine: Handle) {
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
    open: &mut Open,
    mut following: Following,
) -> Result<(), Failure> {
    let mut doubted = false;
    loop {
        if let Some(end) = for_good(open) {
            return Err(end);
        }
        if let ConnectionState::Refused { why: ConnectionFailure::CertificateChanged { .. } } =
            open.overview().connection
            && !std::mem::replace(&mut doubted, true)
            && let Some(complaint) = open.complaint()
        {
            // Perhaps only in this network, which may be another one tomorrow.
            printer.out.note(format_args!("{complaint}. Homing tries again on another network"));
        }
        let Some(batch) = open.next().await? else {
            let text = "can't use the database on this device any more. Run the command again to \
                        see why";
            return Err(Failure::new(Code::Failed, text));
        };
        let touched =
            batch.as_deref().map_or(Touched::Anew, |batch| touches(batch, printer.in_room));
        match touched {
            Touched::Not => continue,
            Touched::Rows => {}
            Touched::Anew => following.begin_anew(),
        }
        // The rows are read from the store and not taken from the batch, because a batch may tell
        // of rows twice and the store has them in order.
        let mut more = true;
        while more {
            let window = TimelineWindow::After(following.behind());
            let timeline = open.engine.timeline(printer.in_room, window, PAGE).await?;
            let rows;
            (rows, more) = following.take(&timeline);
            for item in &rows {
                printer.print(open.overview(), item)?;
            }
            let room = open.overview().rooms.iter().find(|room| room.id == printer.in_room);
            if let (false, true, Some(room)) = (more, open.is_up_to_date(), room) {
                more = following.ends_at(room.head);
            }
        }
    }
}

/// Why nothing will come any more, if that is so: waiting on would look as if the room were quiet.
fn for_good(open: &Open) -> Option<Failure> {
    match &open.overview().connection {
        ConnectionState::Refused { why: ConnectionFailure::CertificateChanged { .. } } => None,
        ConnectionState::Refused { .. } => open.complaint(),
        _ => None,
    }
}

/// What a batch may mean for a room.
enum Touched {
    /// Nothing.
    Not,
    /// There may be new rows.
    Rows,
    /// The log is another one.
    Anew,
}

fn touches(batch: &Batch, room: RoomId) -> Touched {
    let mut touched = Touched::Not;
    for diff in &batch.diffs {
        match diff {
            Diff::TimelineReset { room: of } if *of == room => return Touched::Anew,
            Diff::Items { room: of, .. } | Diff::Holes { room: of, .. } if *of == room => {
                touched = Touched::Rows;
            }
            Diff::Connection { connection: ConnectionState::UpToDate { .. } } => {
                touched = Touched::Rows
            }
            _ => {}
        }
    }
    touched
}

/// Shows rows of one room.
struct Printer {
    out: Out,
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
