//! Whether the promises were kept.

use std::collections::{BTreeMap, BTreeSet};

use homing_engine::view::{ConnectionState, Delivery, PendingChange};
use homing_protocol::{Cid, Content, Message, MessageRef, RoomId, Seq, UserId};
use homing_testkit::history::{History, LogEntry};

use crate::Report;
use crate::device::{Device, Listed, Row, Seen};
use crate::recount::Recount;
use crate::truth::Logged;
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
            whole(held, known, beginning(world, *room)) == loud(known)
        })
}

fn beginning(world: &World, room: RoomId) -> Seq {
    world.beginnings.get(&room).copied().unwrap_or_default()
}

fn entries(log: &[Logged]) -> Vec<LogEntry> {
    log.iter().map(|logged| logged.entry).collect()
}

/// What devices have a row for.
fn loud(log: &[Logged]) -> Vec<LogEntry> {
    log.iter().filter(|logged| !logged.quiet).map(|logged| logged.entry).collect()
}

/// A device's log, with what it can't have because the server has dropped it.
fn whole(held: &[Row], known: &[Logged], beginning: Seq) -> Vec<LogEntry> {
    let mut whole: BTreeMap<Seq, LogEntry> =
        held.iter().map(|row| (row.entry.seq, row.entry)).collect();
    for logged in known.iter().filter(|logged| logged.entry.seq < beginning && !logged.quiet) {
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
        messages += log.iter().filter(|logged| logged.is_written()).count();
        let history = history(&world, *room, log, &forgotten);
        let broken = history.violations().into_iter();
        violations.extend(broken.map(|violation| format!("{room}: {violation}")));
    }
    let recounts = recounts(&world);
    violations.extend(recounts.values().flat_map(|recount| recount.problems.iter().cloned()));
    violations.extend(differences(&world));
    for device in &world.devices {
        let seen = device.seen();
        violations.extend(seen.problems.iter().cloned());
        violations.extend(words(device.name, &seen, &world));
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
    let restored = !world.kept.is_empty();
    let left = |room: &RoomId| {
        let mut log = world.truth.get(room).into_iter().flatten();
        log.any(|logged| logged.member() == Some((device.record.user, false)))
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
    let quiet = log.iter().filter(|logged| logged.quiet).map(|logged| logged.entry.seq).collect();
    let mut history = History { server: entries(log), quiet, ..History::default() };
    let logged: BTreeSet<Cid> = log.iter().filter_map(|logged| logged.entry.cid).collect();
    for device in &world.devices {
        let seen = device.seen();
        let mut account = seen.rooms.get(&room).cloned().unwrap_or_default();
        // After a restore it may be at another place.
        account.shown_sent.retain(|cid, _| !forgotten.contains(cid));
        // A change of a message that is gone is void, and dropped where it was queued.
        let is_void = |cid: &Cid| {
            let target = seen.contents.get(cid).and_then(Content::target);
            target.is_some_and(|target| world.gone.contains(&target))
        };
        // What a restore lost of a person with a device comes back, but for messages that were taken back,
        // and for what was in a room that the device was out of and deleted.
        let deleted = seen.out.contains(&room) || seen.came_back.contains(&room);
        let cannot_be_given_back = |cid: Cid| {
            deleted || world.gone.contains(&MessageRef { user: device.record.user, cid })
        };
        account.written.retain(|cid| {
            let may_be_nowhere = seen.unsure.contains(cid) || is_void(cid);
            let is_lost = forgotten.contains(cid) && cannot_be_given_back(*cid);
            logged.contains(cid) || !may_be_nowhere && !is_lost
        });
        // Another device of the person may hold a part of it, and come first.
        let same = |other: &&Device| other.record.user == device.record.user;
        let is_alone = world.devices.iter().filter(same).count() == 1;
        let changes = |cid: &Cid| seen.contents.get(cid).and_then(Content::target).is_some();
        let late = forgotten.iter().filter(|cid| !is_alone || changes(cid));
        account.late = late.copied().collect();
        let mine = log.iter().rev().find_map(|logged| match logged.member() {
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

/// What the checker of histories does not look at: what was written, and what was discarded.
fn words(name: &str, seen: &Seen, world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for logged in world.truth.values().flatten() {
        let Some(cid) = logged.entry.cid else { continue };
        if seen.taken_back.contains(&cid) {
            found.push(format!("{name} took {cid} back, and it is in the log"));
        }
        let written = seen.contents.get(&cid).filter(|_| !seen.unsure.contains(&cid));
        if let Some(written) = written
            && !is_erased(logged, world)
            && without_excerpt(written) != without_excerpt(&logged.content)
        {
            let log = &logged.content;
            found.push(format!("{name} wrote {written:?} as {cid}, and the log says {log:?}"));
        }
    }
    found
}

/// Whether an event says no more what it said: it is of a message that was taken back.
fn is_erased(logged: &Logged, world: &World) -> bool {
    let own = logged.entry.cid.map(|cid| MessageRef { user: logged.sender, cid });
    logged.content.target().or(own).is_some_and(|message| world.gone.contains(&message))
}

/// An excerpt is dropped with the message that it quotes.
fn without_excerpt(content: &Content) -> Content {
    let mut content = content.clone();
    if let Content::Message(Message { reply: Some(reply), .. }) = &mut content {
        reply.excerpt.clear();
    }
    content
}

fn recounts(world: &World) -> BTreeMap<RoomId, Recount> {
    let owner = world.devices.first().map(|device| device.record.user);
    let beginnings = &world.beginnings;
    owner.map(|owner| Recount::of_all(&world.truth, owner, beginnings)).unwrap_or_default()
}

/// Where a device shows something else than a naive recount of the server's logs.
#[must_use]
pub fn differences(world: &World) -> Vec<String> {
    let recounts = recounts(world);
    let mut found = Vec::new();
    for device in &world.devices {
        let seen = device.seen();
        for (room, log) in &seen.logs {
            let Some(recount) = recounts.get(room) else { continue };
            let beginning = beginning(world, *room);
            let shown = rows(log, recount, device.record.user, beginning);
            let listed = seen
                .list
                .get(room)
                .and_then(|listed| listing(listed, recount, world, (*room, device.record.user)));
            let name = device.name;
            found.extend(shown.chain(listed).map(|how| format!("{name} in {room}: {how}")));
        }
    }
    found
}

/// Rows of a log that show something else. What the server has dropped it can't tell any more.
fn rows(
    log: &[Row],
    recount: &Recount,
    viewer: UserId,
    beginning: Seq,
) -> impl Iterator<Item = String> {
    log.iter().filter(move |row| row.entry.seq >= beginning).filter_map(move |row| {
        let agrees = recount.agrees(row.shown.as_ref(), row.entry.seq, viewer);
        let refused = |change: &PendingChange| matches!(change.delivery, Delivery::Wedged { .. });
        let is_done = row.change.as_ref().is_none_or(refused);
        (!agrees || !is_done).then(|| {
            let left = recount.messages.get(&row.entry.seq);
            format!("{row:?} should be {:?}", left.map(|left| left.shown(viewer)))
        })
    })
}

/// What the list of rooms says of one, if it is something else.
fn listing(
    listed: &Listed,
    recount: &Recount,
    world: &World,
    (room, viewer): (RoomId, UserId),
) -> Option<String> {
    let read = world.markers.get(&(room, viewer)).copied().unwrap_or_default();
    // Of what the server has dropped some devices hold more than others.
    let unread = if beginning(world, room) > read.next() {
        listed.unread
    } else {
        recount.unread(viewer, read)
    };
    let last = recount.messages.last_key_value().map(|(_, left)| {
        let shown = left.shown(viewer);
        (left.name.user, shown.text, shown.gone.is_some())
    });
    let previewed = match (&listed.last, &last) {
        (Some(preview), Some((sender, text, gone))) => {
            preview.sender == *sender && preview.gone == *gone && text.starts_with(&preview.text)
        }
        (preview, last) => preview.is_some() == last.is_some(),
    };
    let same = listed.read == read && listed.unread == unread && previewed;
    (!same).then(|| format!("{listed:?} should be read to {read}, {unread:?}, {last:?}"))
}
