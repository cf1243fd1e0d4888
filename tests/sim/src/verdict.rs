//! Whether the promises were kept.

use std::collections::{BTreeMap, BTreeSet};

use homing_engine::view::ConnectionState;
use homing_protocol::{Cid, RoomId, Seq};
use homing_testkit::history::{History, LogEntry};

use crate::Report;
use crate::device::{Device, Row, Seen};
use crate::fault::Fault;
use crate::truth::{Logged, Truth};
use crate::world::World;

/// Whether it says that it is up to date and has nothing left to send, as of its last look.
#[must_use]
pub fn is_settled(device: &Device) -> bool {
    matches!(&device.seen().status, Some((ConnectionState::UpToDate { .. }, 0)))
}

/// Whether it holds all of the rooms that it is in.
#[must_use]
pub fn holds_all(device: &Device, world: &World) -> bool {
    let seen = device.seen();
    !seen.logs.is_empty()
        && seen.logs.iter().all(|(room, held)| {
            let known = world.truth.get(room).map(Vec::as_slice).unwrap_or_default();
            whole(held, known, beginning(world, *room)) == entries(known)
        })
}

fn beginning(world: &World, room: RoomId) -> Seq {
    world.beginnings.get(&room).copied().unwrap_or_default()
}

fn entries(log: &[Logged]) -> Vec<LogEntry> {
    log.iter().map(|logged| logged.entry).collect()
}

/// A device's log, with what it can't have because the server has dropped it.
fn whole(held: &[Row], known: &[Logged], beginning: Seq) -> Vec<LogEntry> {
    let mut whole: BTreeMap<Seq, LogEntry> =
        held.iter().map(|row| (row.entry.seq, row.entry)).collect();
    for logged in known.iter().filter(|logged| logged.entry.seq < beginning) {
        whole.entry(logged.entry.seq).or_insert(logged.entry);
    }
    whole.into_values().collect()
}

/// Looks at everything that was recorded.
#[must_use]
pub fn judge(mut world: World, settled: bool) -> Report {
    world.note_truth();
    let mut violations: Vec<String> = std::mem::take(&mut world.problems);
    violations.extend(world.server.problems());
    if !settled {
        violations.push(unsettled(&world));
    }
    let forgotten: BTreeSet<Cid> = world.forgotten.iter().copied().collect();
    let mut messages = 0;
    for (room, log) in &world.truth {
        messages += log.iter().filter(|logged| logged.text.is_some()).count();
        let history = history(&world, *room, log, &forgotten);
        let broken = history.violations().into_iter();
        violations.extend(broken.map(|violation| format!("{room}: {violation}")));
    }
    for device in &world.devices {
        let seen = device.seen();
        violations.extend(seen.problems.iter().cloned());
        violations.extend(words(device.name, &seen, &world.truth));
        if let Some(room) = returned_uninvited(&world, device, &seen) {
            violations.push(format!("{} was out of {room}, and never left it", device.name));
        }
    }
    Report {
        violations,
        messages,
        faults: world.faults.clone(),
        virtual_ms: world.now,
        trace: world.trace,
    }
}

/// A room that a device was out of for a while, though its person was in it all the time. A restored
/// copy may well know them as members again.
fn returned_uninvited(world: &World, device: &Device, seen: &Seen) -> Option<RoomId> {
    let restored = world.faults.contains_key(Fault::Restored.name());
    let left = |room: &RoomId| {
        let mut log = world.truth.get(room).into_iter().flatten();
        log.any(|logged| logged.member == Some((device.record.user, false)))
    };
    seen.came_back.iter().find(|room| !restored && !left(room)).copied()
}

fn unsettled(world: &World) -> String {
    let mut how = Vec::new();
    for device in &world.devices {
        let seen = device.seen();
        let logs: BTreeMap<_, _> =
            seen.logs.iter().map(|(room, log)| (room.to_string(), log.len())).collect();
        how.push(format!("{}: {:?}, {logs:?}", device.name, seen.status));
    }
    let heads: BTreeMap<_, _> =
        world.truth.iter().map(|(room, log)| (room.to_string(), log.len())).collect();
    format!("I8: not settled after a minute: {how:#?}; the server has {heads:?}")
}

/// What the checker shall look at, of one room.
fn history(world: &World, room: RoomId, log: &[Logged], forgotten: &BTreeSet<Cid>) -> History {
    let mut history = History { server: entries(log), ..History::default() };
    for device in &world.devices {
        let seen = device.seen();
        let mut account = seen.rooms.get(&room).cloned().unwrap_or_default();
        // The promise is about a server that has not been restored from a copy.
        account.shown_sent.retain(|cid, _| !forgotten.contains(cid));
        account.written.retain(|cid| !forgotten.contains(cid));
        let mine = log.iter().rev().find_map(|logged| match logged.member {
            Some((user, inside)) if user == device.record.user => Some((inside, logged.entry.seq)),
            _ => None,
        });
        account.left = mine.filter(|(inside, _)| !inside).map(|(_, seq)| seq);
        account.log = match seen.logs.get(&room) {
            Some(held) => whole(held, log, beginning(world, room)),
            None => Vec::new(),
        };
        history.devices.insert(device.name.to_owned(), account);
    }
    history
}

/// What the checker of histories does not look at: what the messages say, and those taken back.
fn words(name: &str, seen: &Seen, truth: &Truth) -> Vec<String> {
    let mut found = Vec::new();
    for logged in truth.values().flatten() {
        let Some(cid) = logged.entry.cid else { continue };
        if seen.taken_back.contains(&cid) {
            found.push(format!("{name} took {cid} back, and it is in the log"));
        }
        let said = seen.texts.get(&cid).filter(|_| !seen.unsure.contains(&cid));
        if let (Some(said), Some(text)) = (said, &logged.text)
            && said != text
        {
            found.push(format!("{name} wrote {said:?} as {cid}, and the log says {text:?}"));
        }
    }
    for (room, log) in &seen.logs {
        let known: BTreeMap<Seq, &Logged> =
            truth.get(room).into_iter().flatten().map(|one| (one.entry.seq, one)).collect();
        for row in log {
            let same = known.get(&row.entry.seq).is_some_and(|known| known.text == row.text);
            if !same {
                found.push(format!("{name} shows {row:?} in {room}"));
            }
        }
    }
    found
}
