//! `homing tail`.

use std::sync::Arc;

use homing_engine::clock::SystemClock;
use homing_engine::event::{Batch, Diff};
use homing_engine::view::{Item, Overview, Place};
use homing_engine::{Handle, Window};
use homing_protocol::{RoomId, Seq};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::note_if_offline;
use crate::args::{Common, Tail};
use crate::failure::{Code, Failure};
use crate::space::Open;
use crate::{room, space, text};

/// Rows fetched at once while following.
const PAGE: u32 = 200;

/// Shows the end of a room's log, and with `--follow` what comes after it: each event once, in the
/// room's order, through any number of reconnects.
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
    note_if_offline(&open);
    let mut last = Seq(0);
    // At least one, to know where the room ends.
    let timeline = open.engine.timeline(in_room, Window::Latest, tail.number.max(1)).await?;
    let skip = timeline.items.len().saturating_sub(tail.number as usize);
    for (index, item) in timeline.items.iter().enumerate() {
        if index >= skip {
            print(common.json, open.overview(), in_room, item);
        }
        last = last.max(place(item).unwrap_or_default());
    }
    if tail.follow {
        let (interrupted, engine) = (tokio::signal::ctrl_c(), open.engine.clone());
        tokio::select! {
            ended = follow(common.json, &mut open, in_room, last) => ended?,
            () = heed_the_machine(engine) => {}
            _ = interrupted => {}
        }
    }
    open.close().await;
    Ok(Code::Done)
}

/// Tells the engine when the machine slept or its network changed. Never ends by itself: without
/// news there is still a log to follow.
async fn heed_the_machine(engine: Handle) {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let _stop = stop.clone().drop_guard();
    let sources = homing_wake::system::sources(Arc::new(SystemClock));
    let mut news = homing_wake::watch(sources, &tasks, &stop);
    while let Some(disturbance) = news.recv().await {
        engine.disturbed(disturbance).await;
    }
    std::future::pending().await
}

async fn follow(json: bool, open: &mut Open, room: RoomId, mut last: Seq) -> Result<(), Failure> {
    while let Some(batch) = open.next().await? {
        let touched = batch.as_deref().is_none_or(|batch| touches(batch, room));
        if !touched {
            continue;
        }
        // The rows are read from the store and not taken from the batch, because a batch may tell
        // of rows twice and the store has them in order.
        loop {
            let timeline = open.engine.timeline(room, Window::After(last), PAGE).await?;
            for item in &timeline.items {
                if let Some(seq) = place(item).filter(|seq| *seq > last) {
                    print(json, open.overview(), room, item);
                    last = seq;
                }
            }
            if !timeline.more_after {
                break;
            }
        }
    }
    Ok(())
}

/// Whether there may be new rows, or the log is another one.
fn touches(batch: &Batch, room: RoomId) -> bool {
    batch.diffs.iter().any(|diff| match diff {
        Diff::Items { room: of, .. } | Diff::TimelineReset { room: of } => *of == room,
        _ => false,
    })
}

const fn place(item: &Item) -> Option<Seq> {
    match item.place {
        Place::Log(seq) => Some(seq),
        Place::Outbox(_) => None,
    }
}

fn print(json: bool, overview: &Overview, room: RoomId, item: &Item) {
    if json {
        println!(
            "{}",
            json!({
                "room": room,
                "seq": place(item),
                "key": item.key,
                "sender": item.sender,
                "name": overview.people.iter().find(|one| one.id == item.sender).map(|one| &one.name),
                "ts": item.ts,
                "content": item.content,
                "delivery": item.delivery,
            })
        );
    } else {
        let queued = if place(item).is_none() { "  (queued)" } else { "" };
        println!("{}{queued}", text::row(overview, item));
    }
}
