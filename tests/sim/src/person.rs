//! What people do on their devices.

use homing_engine::TimelineWindow;
use homing_engine::view::Mute;
use homing_protocol::{RoomId, Seq};
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::device::lock;
use crate::world::World;

/// Cleo, by device: she is the one who leaves.
const LEAVER: usize = 3;
/// How often a long message repeats itself: 16 KiB of it.
const LONG: usize = 1600;

/// Somebody does something, as chance has it.
pub fn act(world: &mut World, index: usize) {
    let Some(room) = world.rooms.choose(&mut world.rng).copied() else { return };
    match world.rng.random_range(0..100) {
        0..55 => write(world, index, room),
        55..70 => read(world, index, room),
        70..76 => change_queued(world, index),
        76..80 => take_back(world, index),
        80..84 => scroll(world, index, room),
        84..88 => ask(world, index, room),
        88..92 => leave(world, index),
        _ => fidget(world, index, room),
    }
}

fn write(world: &mut World, index: usize, room: RoomId) {
    let burst = if world.rng.random_ratio(1, 10) { 12 } else { world.rng.random_range(1..4) };
    let number: u32 = world.rng.random();
    let long = if world.rng.random_ratio(1, 12) { LONG } else { 0 };
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, seen, journal| async move {
        let _typing = journal.keyboard.lock().await;
        for part in 0..burst {
            let text = format!("{number:x}.{part}{}", " and so on".repeat(long));
            match handle.send(room, text.clone(), Vec::new()).await {
                Ok(cid) => {
                    journal.note(format_args!("writes {cid}"));
                    let mut seen = lock(&seen);
                    seen.rooms.entry(room).or_default().written.push(cid);
                    seen.texts.insert(cid, text);
                }
                Err(error) => journal.note(format_args!("can't write: {error}")),
            }
        }
    });
}

fn read(world: &World, index: usize, room: RoomId) {
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, _, _| async move {
        let Ok((_, overview)) = handle.overview().await else { return };
        let head = overview.rooms.iter().find(|one| one.id == room).map_or(Seq(0), |one| one.head);
        // It may have left the room meanwhile.
        _ = handle.read(room, head).await;
    });
}

fn change_queued(world: &mut World, index: usize) {
    let number: u32 = world.rng.random();
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, seen, journal| async move {
        let Ok(outbox) = handle.outbox().await else { return };
        let Some(queued) = outbox.last() else { return };
        let text = format!("{number:x} changed");
        lock(&seen).unsure.insert(queued.cid);
        if let Ok(cid) = handle.edit_queued(queued.cid, text.clone(), Vec::new()).await {
            journal.note(format_args!("changes {} into {cid}", queued.cid));
            let mut seen = lock(&seen);
            if cid != queued.cid {
                // The server has refused the old one for good, and never sees it again.
                let device = seen.rooms.entry(queued.room).or_default();
                device.written.retain(|written| *written != queued.cid);
            }
            seen.unsure.remove(&queued.cid);
            seen.texts.insert(cid, text);
        } else {
            lock(&seen).unsure.remove(&queued.cid);
        }
    });
}

fn take_back(world: &World, index: usize) {
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, seen, journal| async move {
        let Ok(outbox) = handle.outbox().await else { return };
        let Some(queued) = outbox.first() else { return };
        let (room, cid) = (queued.room, queued.cid);
        // If the answer never comes, it is not known whether it was taken back.
        let forget = |written: &mut Vec<_>| written.retain(|written| *written != cid);
        let before = lock(&seen).rooms.entry(room).or_default().written.clone();
        forget(&mut lock(&seen).rooms.entry(room).or_default().written);
        if handle.discard(cid).await.is_ok() {
            journal.note(format_args!("takes {cid} back"));
            lock(&seen).taken_back.insert(cid);
        } else {
            let mut seen = lock(&seen);
            let written = &mut seen.rooms.entry(room).or_default().written;
            let later: Vec<_> =
                written.iter().filter(|one| !before.contains(one)).copied().collect();
            *written = before.into_iter().chain(later).collect();
        }
    });
}

fn scroll(world: &mut World, index: usize, room: RoomId) {
    let before = Seq(world.rng.random_range(1..200));
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, _, _| async move {
        // Nobody may be in the room any more.
        _ = handle.timeline(room, TimelineWindow::Before(before), 50).await;
    });
}

fn ask(world: &mut World, index: usize, room: RoomId) {
    let which = world.rng.random_range(0..5);
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, _, journal| async move {
        let done = match which {
            0 => handle.public_rooms().await.map(drop),
            1 => handle.room_members(room).await.map(drop),
            2 => handle.mute(room, Mute::ForEver).await,
            3 => handle.draft(room, "to be continued", "").await,
            _ => handle.mute(room, Mute::No).await,
        };
        if let Err(error) = done {
            journal.note(format_args!("is told: {error}"));
        }
    });
}

/// Cleo leaves the second room, or is sent away by Ada, or brought back.
fn leave(world: &mut World, index: usize) {
    let (Some(room), by_herself) = (world.rooms.get(1).copied(), world.rng.random()) else {
        return;
    };
    let Some(cleo) = world.devices.get(LEAVER).map(|cleo| cleo.record.user) else { return };
    if index == LEAVER && by_herself {
        let Some(device) = world.devices.get(index) else { return };
        device.act(|handle, _, journal| async move {
            let done = handle.leave_room(room).await;
            journal.note(format_args!("leaves: {done:?}"));
        });
    } else if index == 0 {
        let Some(device) = world.devices.get(index) else { return };
        device.act(move |handle, _, journal| async move {
            if by_herself {
                let done = handle.add_members(room, vec![cleo]).await;
                journal.note(format_args!("brings Cleo in: {done:?}"));
            } else {
                let done = handle.remove_member(room, cleo).await;
                journal.note(format_args!("sends Cleo away: {done:?}"));
            }
        });
    }
}

fn fidget(world: &mut World, index: usize, room: RoomId) {
    let which = world.rng.random_range(0..6);
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, _, _| async move {
        match which {
            0 => handle.typing(room).await,
            1 => handle.set_visible_room(Some(room)).await,
            2 => handle.set_active(true).await,
            3 => handle.try_now().await,
            4 => handle.network_changed().await,
            _ => handle.set_visible_room(None).await,
        }
    });
}
