//! What people do on their devices.

use homing_engine::TimelineWindow;
use homing_engine::view::Mute;
use homing_protocol::{Content, Message, RoomId, Seq, UserId, mention};
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::world::World;
use crate::writing::{Amend, Pick};

/// Cleo, by device: she is the one who leaves.
pub(crate) const LEAVER: usize = 4;
/// How often a long message repeats itself: 16 KiB of it.
const LONG: usize = 1600;
/// Few, so that people meet. Two are the same one.
const EMOJI: [&str; 3] = ["👍", "❤", "❤\u{fe0f}"];

/// Somebody does something, as chance has it.
pub fn act(world: &mut World, index: usize) {
    let Some(room) = world.rooms.choose(&mut world.rng).copied() else { return };
    match world.rng.random_range(0..100) {
        0..40 => write(world, index, room),
        40..50 => read(world, index, room),
        50..68 => amend(world, index, room, Kind::React),
        68..74 => amend(world, index, room, Kind::Edit),
        74..77 => amend(world, index, room, Kind::Pin),
        77..79 => amend(world, index, room, Kind::Redact),
        79..82 => amend(world, index, room, Kind::Reply),
        82..85 => discard(world, index),
        85..86 => retry(world, index),
        86..90 => scroll(world, index, room),
        90..93 => ask(world, index, room),
        93..96 => leave(world, index),
        _ => fidget(world, index, room),
    }
}

pub(crate) fn write(world: &mut World, index: usize, room: RoomId) {
    let burst = if world.rng.random_ratio(1, 10) { 12 } else { world.rng.random_range(1..4) };
    let number: u32 = world.rng.random();
    let long = if world.rng.random_ratio(1, 12) { LONG } else { 0 };
    let named = world.devices.choose(&mut world.rng).map(|device| device.record.user);
    let mentions: Vec<UserId> =
        named.filter(|_| world.rng.random_ratio(1, 4)).into_iter().collect();
    let Some(device) = world.devices.get(index) else { return };
    device.write(|writer| async move {
        let _typing = writer.journal.keyboard.lock().await;
        for part in 0..burst {
            let named = mentions.iter().map(|user| mention::person(*user, "them"));
            let named: String = named.collect();
            let text = format!("{number:x}.{part}{named}{}", " and so on".repeat(long));
            let message = Message { text, mentions: mentions.clone(), reply: None };
            writer.write(room, Content::Message(message)).await;
        }
    });
}

enum Kind {
    React,
    Edit,
    Pin,
    Redact,
    Reply,
}

/// Changes one of a few messages.
fn amend(world: &mut World, index: usize, room: RoomId, kind: Kind) {
    let rng = &mut world.rng;
    let number = rng.random_range(0..6);
    let pick = if rng.random_ratio(2, 3) { Pick::Old(number) } else { Pick::New(number) };
    let text = format!("{:x}", rng.random::<u32>());
    let amend = match kind {
        Kind::React => {
            let emoji = EMOJI.choose(rng).copied().unwrap_or(EMOJI[0]);
            Amend::React(emoji, rng.random_range(1..4))
        }
        Kind::Edit => Amend::Edit(format!("{text} edited")),
        Kind::Pin => Amend::Pin,
        Kind::Redact => Amend::Redact,
        Kind::Reply => Amend::Reply(text),
    };
    let Some(device) = world.devices.get(index) else { return };
    device.write(|writer| async move { writer.amend(room, pick, amend).await });
}

pub(crate) fn discard(world: &World, index: usize) {
    let Some(device) = world.devices.get(index) else { return };
    device.write(|writer| async move { writer.discard_first().await });
}

fn retry(world: &World, index: usize) {
    let Some(device) = world.devices.get(index) else { return };
    device.write(|writer| async move { writer.retry_last().await });
}

pub(crate) fn read(world: &World, index: usize, room: RoomId) {
    let Some(device) = world.devices.get(index) else { return };
    device.act(|handle, _, _| async move {
        let Ok((_, overview)) = handle.overview().await else { return };
        let head = overview.rooms.iter().find(|one| one.id == room).map_or(Seq(0), |one| one.head);
        // It may have left the room meanwhile.
        _ = handle.read(room, head).await;
    });
}

pub(crate) fn scroll(world: &mut World, index: usize, room: RoomId) {
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
pub(crate) fn leave(world: &mut World, index: usize) {
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
