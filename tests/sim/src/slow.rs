//! A quiet world in which one device is at the end of a slow line, and has something large to say and
//! to hear.
//!
//! Nothing goes wrong here, so whatever takes longer than the line needs is ours, and so is every byte
//! that passes twice. What is between the programs takes 128 KiB at once, as systems and proxies do:
//! neither of them sees how far its bytes have come.

use std::collections::BTreeSet;

use homing_protocol::{Cid, Content, Message, RoomId};
use homing_testkit::history;
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::Report;
use crate::device::Device;
use crate::network::Side;
use crate::verdict;
use crate::world::{Deed, World};

/// Which device, and who is at the other end.
const SLOW: usize = 0;
const FAST: usize = 2;
/// Bytes a millisecond, messages, and bytes of each: what was once closed over and over.
const CASES: [(usize, usize, usize); 5] =
    [(2, 1, 60_000), (12, 5, 40_000), (6, 4, 60_000), (2, 20, 3_000), (1, 2, 40_000)];
/// Between two looks, in milliseconds.
const LOOK: u64 = 500;
/// How much more than the line needs, in parts of a hundred: of time, and of bytes.
const LATE: u64 = 150;
const TWICE: u64 = 130;
/// What is allowed for beside it: round trips, and frames that are not about messages.
const BESIDE_MS: u64 = 5_000;
const BESIDE_BYTES: u64 = 4_000;

/// Every so many worlds is such a one.
pub const OF: u64 = 20;

/// Plays it.
#[must_use]
pub fn play(seed: u64) -> Report {
    let mut world = World::new(seed);
    world.plan_only((0..world.devices.len()).map(Deed::Start));
    // Everybody has what there was.
    settle(&mut world, 60_000, |world| world.devices.iter().all(verdict::is_settled));
    if !settle(&mut world, 60_000, is_everywhere) {
        world.problems.push("the beginning has not arrived".to_owned());
    }
    let (width, messages, bytes) = CASES.choose(&mut world.rng).copied().unwrap_or(CASES[0]);
    let looks_on = world.rng.random();
    world.network.narrow(SLOW, width);
    for (who, to) in [(SLOW, Side::Server), (FAST, Side::Device)] {
        let name = world.devices.get(who).map_or("nobody", |device| device.name);
        world.trace.note(
            world.now,
            "world",
            format_args!("{name} says {messages} times {bytes} bytes, {width} a millisecond"),
        );
        let (before, began) = (world.network.carried(SLOW, to), world.now);
        say(&world, who, messages, bytes, looks_on);
        let needs = (messages * bytes / width) as u64;
        let most = needs * LATE / 100 + BESIDE_MS;
        let arrived =
            settle(&mut world, 10 * most, is_shown) && settle(&mut world, LOOK, is_everywhere);
        let (took, carried) = (world.now - began, world.network.carried(SLOW, to) - before);
        if !arrived || took > most {
            let how = if arrived { "took" } else { "has not arrived after" };
            world.problems.push(format!(
                "{messages} times {bytes} bytes {how} {took} ms on a line that needs {needs}"
            ));
        }
        let honest = (messages * bytes) as u64 * TWICE / 100 + BESIDE_BYTES;
        if carried > honest {
            let problem = format!("{carried} bytes passed for {messages} times {bytes}");
            world.problems.push(problem);
        }
    }
    verdict::judge(world, true)
}

/// Goes on until it is so, or for so long. Whether it was.
fn settle(world: &mut World, most: u64, is: impl Fn(&mut World) -> bool) -> bool {
    let end = world.now + most;
    while world.now < end {
        world.devices.iter().for_each(Device::look);
        world.go_on_for(LOOK);
        if is(world) {
            return true;
        }
    }
    false
}

/// Everything that was written is on every screen. A sign that is cheap to see.
fn is_shown(world: &mut World) -> bool {
    let Some(room) = room(world) else { return false };
    let of = |device: &Device| device.seen().rooms.get(&room).cloned().unwrap_or_default();
    let rooms: Vec<_> = world.devices.iter().map(of).collect();
    let written: BTreeSet<String> =
        rooms.iter().flat_map(|room| &room.written).map(ToString::to_string).collect();
    let shows = |room: &history::DeviceHistory| {
        room.shown.values().flatten().filter(|key| written.contains(*key)).count() >= written.len()
    };
    rooms.iter().all(shows)
}

/// Everything that was written is in the log, and every device holds the log.
fn is_everywhere(world: &mut World) -> bool {
    world.devices.iter().for_each(Device::read_logs);
    world.go_on_for(LOOK);
    world.note_truth();
    let logged: BTreeSet<Cid> =
        world.truth.values().flatten().filter_map(|logged| logged.entry.cid).collect();
    let world = &*world;
    world.devices.iter().all(|device| {
        let written = |device: &Device| {
            let seen = device.seen();
            let mut rooms = seen.rooms.values();
            rooms.all(|room| room.written.iter().all(|cid| logged.contains(cid)))
        };
        written(device) && verdict::holds_all(device, world)
    })
}

fn say(world: &World, who: usize, messages: usize, bytes: usize, looks_on: bool) {
    let (Some(device), Some(room)) = (world.devices.get(who), room(world)) else { return };
    device.write(move |writer| async move {
        writer.handle.set_active(looks_on).await;
        for number in 0..messages {
            let text = format!("{number} {}", "x".repeat(bytes));
            let message = Message { text, ..Message::default() };
            writer.write(room, Content::Message(message)).await;
        }
    });
}

fn room(world: &World) -> Option<RoomId> {
    world.rooms.get(1).copied()
}
