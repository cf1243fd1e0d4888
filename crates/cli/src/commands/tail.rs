//! `homing tail`.

use std::sync::Arc;

use homing_engine::clock::{Clock as _, SystemClock};
use homing_engine::diff::{Batch, Diff};
use homing_engine::view::{ConnectionFailure, ConnectionState, Item, Overview};
use homing_engine::{Handle, TimelineWindow};
use homing_protocol::{RoomId, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::note_if_offline;
use crate::args::{Common, Tail};
use crate::failure::{Code, Failure};
use crate::output::{self, Output};
use crate::space::RunningSpace;
use crate::text::Lines;
use crate::time::Clock;
use crate::{message, room, space};
use changes::{KnownMessages, MessageChange};
use cursor::TailCursor;

mod changes;
mod cursor;

/// Rows per page while following.
const PAGE: u32 = 200;
/// Rows remembered before the first new one, to recognise them after a restore of the server.
const REMEMBERED_ROWS: u32 = 200;

/// Prints the end of a room's log, and with `--follow` new events: each once and in order, across
/// reconnects and a restore of the server. What becomes of the latest messages is printed as well.
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
    let lines = Lines { clock: Clock::new(tail.utc), numbers: tail.numbers };
    let printer = Printer { out: Output { json: common.json }, lines, in_room };
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
    let (mut cursor, mut known) = (TailCursor::default(), KnownMessages::default());
    for (index, item) in timeline.items.iter().enumerate() {
        if index >= skip {
            printer.print(open, item).await?;
        }
        cursor.mark_seen(item);
        known.add(item);
    }
    if !tail.follow {
        return Ok(());
    }
    let (interrupted, engine) = (tokio::signal::ctrl_c(), open.engine.clone());
    tokio::select! {
        ended = follow(printer, open, cursor, known) => ended,
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
    mut known: KnownMessages,
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
        if let Some(batch) = &batch {
            changed(printer, open, batch, &mut known).await?;
        }
        // Rows are read from the store and not from the batch: a batch may have a row twice, and
        // the store has them in order.
        let mut more = true;
        while more {
            let window = TimelineWindow::After(cursor.after());
            let timeline = open.engine.timeline(printer.in_room, window, PAGE).await?;
            let rows;
            (rows, more) = cursor.take(&timeline);
            // After batches were missed, the remembered rows are read again.
            for item in &timeline.items {
                printer.print_changes(open.overview(), item, &mut known)?;
            }
            for item in &rows {
                printer.print(open, item).await?;
                known.add(item);
            }
            if !more && open.is_up_to_date() {
                more = cursor.has_no_more();
            }
        }
    }
}

/// Prints what a batch changed in known messages. They are read from the store: a batch tells an
/// older state than one that was printed already.
async fn changed(
    printer: &Printer,
    open: &RunningSpace,
    batch: &Batch,
    known: &mut KnownMessages,
) -> Result<(), Failure> {
    for diff in &batch.diffs {
        let Diff::Items { room, items } = diff else { continue };
        let names = items.iter().filter(|_| *room == printer.in_room);
        let names: Vec<_> = names.filter_map(|item| known.name(&item.key)).collect();
        for name in names {
            if let Some(item) = message::row(&open.engine, printer.in_room, name).await? {
                printer.print_changes(open.overview(), &item, known)?;
            }
        }
    }
    Ok(())
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
    lines: Lines,
    in_room: RoomId,
}

impl Printer {
    async fn print(&self, open: &RunningSpace, item: &Item) -> Result<(), Failure> {
        let target = match item.content.target() {
            Some(name) => message::row(&open.engine, self.in_room, name).await?,
            None => None,
        };
        let overview = open.overview();
        if self.out.json {
            self.out.value(&row(self.in_room, overview, item, target.as_ref()))
        } else {
            self.out.line(self.lines.row(overview, item, target.as_ref()))
        }
    }

    /// Prints what changed in a message if it is known, and remembers it.
    fn print_changes(
        &self,
        overview: &Overview,
        item: &Item,
        known: &mut KnownMessages,
    ) -> Result<(), Failure> {
        let Some((before, changes)) = known.update(item, overview.space.me) else { return Ok(()) };
        let now = SystemClock.now_ms();
        for told in &changes {
            if self.out.json {
                self.out.value(&change(self.in_room, overview, told, item, now))?;
            } else {
                let MessageChange { by, content, .. } = told;
                self.out.line(self.lines.change(overview, *by, content, &before, now))?;
            }
        }
        Ok(())
    }
}

/// A row as JSON.
fn row(room: RoomId, overview: &Overview, item: &Item, target: Option<&Item>) -> Value {
    json!({
        "room": room,
        "seq": message::seq(item),
        "key": item.key,
        "sender": item.sender,
        "name": name(overview, item.sender),
        "ts": item.ts,
        "content": item.content,
        "delivery": item.delivery,
        "edited": item.edited,
        "reactions": item.reactions,
        "pinned": item.pinned,
        "gone": item.gone,
        "change": item.change,
        "target": target.and_then(message::seq),
    })
}

/// A change of a message as JSON.
fn change(room: RoomId, overview: &Overview, told: &MessageChange, of: &Item, now: i64) -> Value {
    json!({
        "room": room,
        "seq": null,
        "key": null,
        "sender": told.by,
        "name": told.by.and_then(|by| name(overview, by)),
        "ts": now,
        "content": told.content,
        "count": told.count,
        "target": message::seq(of),
    })
}

fn name(overview: &Overview, user: UserId) -> Option<&str> {
    let person = overview.people.iter().find(|person| person.id == user);
    person.map(|person| person.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{message, overview, reactions};
    use homing_engine::view::{Delivery, PendingChange, TimelinePosition};
    use homing_protocol::event::{Pin, React};
    use homing_protocol::{Content, MessageRef};
    use homing_testkit::builders::{cid, room_id, user_id};

    #[test]
    fn a_row_tells_what_became_of_its_message() {
        let plain = row(room_id(1), &overview(), &message(7, 1, "hello"), None);
        assert_eq!(plain["seq"], 7);
        assert_eq!(plain["key"], json!(cid(7)));
        assert_eq!(plain["name"], "Ada");
        assert_eq!(plain["content"], json!({"kind": "message", "body": {"text": "hello"}}));
        assert_eq!(plain["edited"], false);
        assert_eq!(plain["gone"], Value::Null);
        let change = PendingChange {
            cid: cid(8),
            kind: Content::PIN.to_owned(),
            delivery: Delivery::Queued,
        };
        let item = Item {
            place: TimelinePosition::Outbox(1),
            edited: true,
            reactions: vec![reactions("👍", &[2])],
            pinned: true,
            gone: Some(user_id(2)),
            change: Some(change),
            ..message(7, 1, "")
        };
        let changed = row(room_id(1), &overview(), &item, None);
        assert_eq!(changed["seq"], Value::Null);
        assert_eq!(changed["edited"], true);
        assert_eq!(changed["pinned"], true);
        assert_eq!(changed["gone"], json!(user_id(2)));
        assert_eq!(changed["change"]["kind"], "pin");
        let reaction = json!({"emoji": "👍", "count": 1, "people": [user_id(2)], "mine": false});
        assert_eq!(changed["reactions"], json!([reaction]));
    }

    #[test]
    fn a_pin_and_a_change_name_their_message() {
        let (of, target) = (MessageRef { user: user_id(1), cid: cid(7) }, message(7, 1, "hello"));
        let pin = Item { content: Content::Pin(Pin { of, on: true }), ..message(9, 2, "") };
        let pinned = row(room_id(1), &overview(), &pin, Some(&target));
        assert_eq!(pinned["target"], 7);
        assert_eq!(pinned["content"], json!({"kind": "pin", "body": {"of": of, "on": true}}));

        let content = Content::React(React { to: of, emoji: "👍".to_owned(), on: true });
        let told = MessageChange { by: Some(user_id(2)), content, count: Some(3) };
        let expected = json!({
            "room": room_id(1), "seq": null, "key": null, "sender": user_id(2), "name": "Ben",
            "ts": 5, "count": 3, "target": 7,
            "content": {"kind": "react", "body": {"to": of, "emoji": "👍", "on": true}},
        });
        assert_eq!(change(room_id(1), &overview(), &told, &target, 5), expected);
        let unknown = MessageChange { by: None, ..told };
        let unknown = change(room_id(1), &overview(), &unknown, &target, 5);
        assert_eq!((&unknown["sender"], &unknown["name"]), (&Value::Null, &Value::Null));
    }
}
