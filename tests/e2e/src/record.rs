//! From what an engine tells to what the checker asks for.

use homing_engine::diff::{Batch, Diff};
use homing_engine::view::{Delivery, Item, TimelinePosition};
use homing_protocol::RoomId;
use homing_testkit::history::DeviceHistory;

/// Notes what a batch shows of a room; none: of whichever.
pub fn note(batch: &Batch, of: Option<RoomId>, seen: &mut DeviceHistory) {
    let other = |room: RoomId| of.is_some_and(|of| of != room);
    for incoming in batch.incoming.iter().filter(|incoming| !other(incoming.event.room)) {
        seen.announced.push(incoming.event.id);
        seen.received.insert(incoming.event.seq);
    }
    for diff in &batch.diffs {
        match diff {
            Diff::Room { room } if !other(room.id) => seen.read.push(room.read),
            Diff::Items { room, items } if !other(*room) => {
                items.iter().for_each(|item| show(item, seen));
            }
            _ => {}
        }
    }
}

fn show(item: &Item, seen: &mut DeviceHistory) {
    let TimelinePosition::Log(seq) = item.place else { return };
    seen.received.insert(seq);
    seen.shown.entry(seq).or_default().insert(item.key.clone());
    if item.delivery == Some(Delivery::Sent)
        && let Ok(cid) = item.key.parse()
    {
        seen.shown_sent.insert(cid, seq);
    }
}
