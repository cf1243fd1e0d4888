//! A world in which what happens is written down, step by step, instead of drawn by chance: for tests
//! that make stories shorter until the reason is seen.

use homing_protocol::RoomId;
use rand::RngExt;

use crate::network::Cut;
use crate::world::{Deed, World};
use crate::writing::{Amend, Pick};
use crate::{Report, person};

/// Until everybody is connected, in milliseconds.
const BEGINNING: u64 = 5000;
/// How long a line is down, a program is not running, a server is restored.
const AWAY: u64 = 2500;

/// Something that happens. Devices and rooms are counted, and begin anew where there are no more.
#[derive(Debug, Clone)]
pub enum Step {
    /// Somebody writes a few messages.
    Write(usize, usize),
    /// Somebody changes a message, or answers one.
    Amend(usize, usize, Pick, Amend),
    /// Somebody reads a room to its end.
    Read(usize, usize),
    /// Somebody scrolls up: what is missing there is fetched.
    Scroll(usize, usize),
    /// Somebody discards the first thing that is queued.
    Discard(usize),
    /// Cleo leaves, is sent away, or comes back.
    Leave(usize),
    /// A device's line is down for a while.
    Offline(usize),
    /// A device's connection is cut.
    Cut(usize),
    /// A device's program is killed, and starts again.
    Kill(usize),
    /// The server is killed, and starts again.
    KillServer,
    /// The server's disk is copied.
    BackUp,
    /// The server is restored from the copy, if there is one.
    Restore,
}

/// Plays the steps, each with the milliseconds that pass after it, in a world made from a seed, until
/// everybody is up to date.
#[must_use]
pub fn play(seed: u64, steps: &[(Step, u64)]) -> Report {
    let mut world = World::new(seed);
    world.plan_only((0..world.devices.len()).map(Deed::Start));
    world.go_on_for(BEGINNING);
    for (step, millis) in steps {
        begin(&mut world, step);
        world.go_on_for(*millis);
    }
    // Whoever was away is back.
    world.go_on_for(AWAY);
    world.end()
}

fn begin(world: &mut World, step: &Step) {
    let now = world.now;
    let device = |index: &usize| index % world.devices.len();
    match step {
        Step::Write(index, at) => {
            let (index, Some(room)) = (device(index), room(world, *at)) else { return };
            person::write(world, index, room);
        }
        Step::Amend(index, at, pick, amend) => {
            let (pick, amend, room) = (*pick, amend.clone(), room(world, *at));
            if let (Some(device), Some(room)) = (world.devices.get(device(index)), room) {
                device.write(|writer| async move { writer.amend(room, pick, amend).await });
            }
        }
        Step::Read(index, at) => {
            if let Some(room) = room(world, *at) {
                person::read(world, device(index), room);
            }
        }
        Step::Scroll(index, at) => {
            let (index, Some(room)) = (device(index), room(world, *at)) else { return };
            person::scroll(world, index, room);
        }
        Step::Discard(index) => person::discard(world, device(index)),
        Step::Leave(index) => {
            let index = if index.is_multiple_of(2) { 0 } else { person::LEAVER };
            person::leave(world, index);
        }
        Step::Offline(index) => {
            let index = device(index);
            world.network.online(index, false, now);
            world.plan(AWAY, Deed::Heal(index));
        }
        Step::Cut(index) => world.network.cut(device(index), Cut::Both, now),
        Step::Kill(index) => {
            let index = device(index);
            if let Some(device) = world.devices.get_mut(index) {
                device.kill(now);
            }
            let after = world.rng.random_range(50..AWAY);
            world.plan(after, Deed::Start(index));
        }
        Step::KillServer => stop_server(world, false),
        Step::BackUp => world.plan(0, Deed::BackUp),
        Step::Restore => {
            if world.backup.is_some() {
                stop_server(world, true);
            }
        }
    }
}

fn stop_server(world: &mut World, restored: bool) {
    if world.server.is_on() {
        world.server.kill(world.now);
        let after = world.rng.random_range(50..AWAY);
        world.plan(after, Deed::Serve { restored });
    }
}

fn room(world: &World, at: usize) -> Option<RoomId> {
    world.rooms.iter().cycle().nth(at).copied()
}
