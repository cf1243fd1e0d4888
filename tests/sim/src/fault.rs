//! What goes wrong.

use rand::RngExt;
use rand::seq::IndexedRandom;

use homing_protocol::Seq;

use crate::network::{Cut, Flow};
use crate::truth;
use crate::world::{Deed, World};

/// A night, in milliseconds.
const NIGHT: u64 = 8 * 3_600_000;
/// Bytes left on a disk that is called full: a few pages, so that it happens in the middle.
const ROOM_LEFT: usize = 30_000;
/// Bytes of a millisecond on a narrow line: one of the larger messages takes one second, three or
/// eight.
const NARROW: [usize; 3] = [16, 6, 2];
/// Close codes of things in between: going away, service restart, try again later, bad gateway.
const CODES: [u16; 4] = [1001, 1012, 1013, 1014];

/// Something that goes wrong, or is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing passes, either way.
    Partition,
    /// Nothing passes one way.
    OneWay,
    /// A line is so narrow, both ways, that what is sent piles up.
    Narrow,
    /// A connection is cut.
    Cut,
    /// A line is down, and the system knows.
    Offline,
    /// A device's program is killed.
    DeviceKilled,
    /// A device loses power.
    DevicePower,
    /// A device's disk is full.
    DeviceFull,
    /// A device sleeps for a moment.
    Nap,
    /// A device sleeps for a night.
    Night,
    /// A device's clock jumps.
    ClockJump,
    /// The server is killed.
    ServerKilled,
    /// The server loses power.
    ServerPower,
    /// The server is stopped in good order.
    ServerStopped,
    /// The server's disk is full.
    ServerFull,
    /// The server is restored from a copy.
    Restored,
    /// The server drops old events.
    Retention,
}

/// What happens how often.
const ODDS: [(Fault, u32); 17] = [
    (Fault::Partition, 12),
    (Fault::OneWay, 10),
    (Fault::Narrow, 6),
    (Fault::Cut, 20),
    (Fault::Offline, 10),
    (Fault::DeviceKilled, 12),
    (Fault::DevicePower, 6),
    (Fault::DeviceFull, 3),
    (Fault::Nap, 8),
    (Fault::Night, 1),
    (Fault::ClockJump, 4),
    (Fault::ServerKilled, 12),
    (Fault::ServerPower, 5),
    (Fault::ServerStopped, 5),
    (Fault::ServerFull, 3),
    (Fault::Restored, 1),
    (Fault::Retention, 2),
];

impl Fault {
    /// One of them, by chance.
    pub fn draw(world: &mut World) -> Self {
        let drawn = ODDS.choose_weighted(&mut world.rng, |(_, odds)| *odds);
        drawn.map_or(Self::Cut, |(fault, _)| *fault)
    }

    /// What it is called in a report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Partition => "partition",
            Self::OneWay => "one_way",
            Self::Narrow => "narrow",
            Self::Cut => "cut",
            Self::Offline => "offline",
            Self::DeviceKilled => "device_killed",
            Self::DevicePower => "device_power",
            Self::DeviceFull => "device_full",
            Self::Nap => "nap",
            Self::Night => "night",
            Self::ClockJump => "clock_jump",
            Self::ServerKilled => "server_killed",
            Self::ServerPower => "server_power",
            Self::ServerStopped => "server_stopped",
            Self::ServerFull => "server_full",
            Self::Restored => "restored",
            Self::Retention => "retention",
        }
    }

    /// Makes it so, and plans its end.
    pub fn begin(self, world: &mut World) {
        let index = world.rng.random_range(0..world.devices.len());
        let who = world.devices.get(index).map_or("nobody", |device| device.name);
        *world.faults.entry(self.name()).or_default() += 1;
        world.trace.note(world.now, "world", format_args!("{} ({who})", self.name()));
        match self {
            Self::Partition | Self::OneWay => self.hold(world, index),
            Self::Narrow => {
                let width = NARROW.choose(&mut world.rng).copied().unwrap_or(NARROW[0]);
                world.network.narrow(index, width);
                let after = world.rng.random_range(5000..40_000);
                world.plan(after, Deed::Heal(index));
            }
            Self::Cut => {
                let code = CODES.choose(&mut world.rng).copied().unwrap_or(1001);
                let how = [Cut::Both, Cut::Device, Cut::Server, Cut::Closed(code)];
                let how = how.choose(&mut world.rng).copied().unwrap_or(Cut::Both);
                world.network.cut(index, how, world.now);
            }
            Self::Offline => {
                world.network.online(index, false, world.now);
                let after = world.rng.random_range(200..15_000);
                world.plan(after, Deed::Heal(index));
            }
            Self::DeviceKilled | Self::DevicePower | Self::DeviceFull | Self::ClockJump => {
                self.befall(world, index);
            }
            Self::Nap | Self::Night => self.sleep(world, index),
            Self::ServerKilled
            | Self::ServerPower
            | Self::ServerStopped
            | Self::ServerFull
            | Self::Restored
            | Self::Retention => self.strike(world),
        }
    }

    fn hold(self, world: &mut World, index: usize) {
        let (up, down) = match (self, world.rng.random()) {
            (Self::Partition, _) => (Flow::Held, Flow::Held),
            (_, true) => (Flow::Held, Flow::Open),
            (_, false) => (Flow::Open, Flow::Held),
        };
        world.network.flow(index, up, down, world.now);
        let after = world.rng.random_range(100..40_000);
        world.plan(after, Deed::Heal(index));
    }

    fn befall(self, world: &mut World, index: usize) {
        let wrong_by = world.rng.random_range(-86_400_000..=86_400_000);
        let Some(device) = world.devices.get_mut(index) else { return };
        match self {
            Self::DeviceKilled => device.kill(world.now),
            Self::DevicePower => device.lose_power(&mut world.rng),
            Self::DeviceFull => {
                let disk = &device.drive.disk;
                disk.limit(Some(disk.used() + ROOM_LEFT));
                return;
            }
            _ => return device.jump(wrong_by),
        }
        let after = world.rng.random_range(50..10_000);
        world.plan(after, Deed::Start(index));
    }

    fn sleep(self, world: &mut World, index: usize) {
        let Some(device) = world.devices.get_mut(index) else { return };
        if !device.is_on() || device.asleep.is_some() {
            return;
        }
        device.asleep = Some(world.now);
        let millis = if self == Self::Night { NIGHT } else { world.rng.random_range(500..60_000) };
        if self == Self::Night {
            world.be_quiet(millis);
        }
        world.plan(millis, Deed::Wake(index));
    }

    fn strike(self, world: &mut World) {
        if !world.server.is_on() {
            return;
        }
        let after = world.rng.random_range(50..8000);
        match self {
            Self::ServerKilled => world.server.kill(world.now),
            Self::ServerPower => world.server.lose_power(&mut world.rng),
            Self::ServerStopped => {
                world.server.stop();
                return world.plan(0, Deed::Stopping);
            }
            Self::ServerFull => {
                let disk = &world.server.drive.disk;
                disk.limit(Some(disk.used() + ROOM_LEFT));
                return world.plan(after, Deed::Room);
            }
            Self::Restored => {
                // Before there is a copy there is nothing to restore.
                if world.backup.is_none() {
                    return;
                }
                world.server.kill(world.now);
                return world.plan(after, Deed::Serve { restored: true });
            }
            _ => {
                world.server.kill(world.now);
                self.retain(world);
            }
        }
        world.plan(after, Deed::Serve { restored: false });
    }

    /// Drops a part of a room's log that every sender knows to have arrived: what a sender may still
    /// send again must be remembered for ever.
    fn retain(self, world: &mut World) {
        world.server.drive.disk.limit(None);
        world.note_truth();
        let Some(room) = world.rooms.choose(&mut world.rng).copied() else { return };
        let Some(log) = world.truth.get(&room) else { return };
        // By the device that wrote it: another one of the same person knows sooner. A change has no
        // row, and what was written after it is acknowledged after it.
        let acknowledged = |cid| {
            let mut devices = world.devices.iter();
            devices.any(|device| {
                let seen = device.seen();
                seen.rooms.get(&room).is_some_and(|seen| {
                    let mut since = seen.written.iter().skip_while(|written| **written != cid);
                    since.any(|written| seen.shown_sent.contains_key(written))
                })
            })
        };
        let open = log.iter().find(|logged| {
            let cid = logged.entry.cid.filter(|cid| !world.before.contains(cid));
            logged.is_written() && cid.is_some_and(|cid| !acknowledged(cid))
        });
        let head = log.last().map_or(Seq(0), |logged| logged.entry.seq);
        let most = open.map_or(head, |logged| logged.entry.seq);
        // What is given back after a restore is known by the cids of what is there.
        let most = world.kept.get(&room).map_or(most, |kept| most.min(*kept));
        let min = Seq(most.0 * 2 / 3).max(Seq(1));
        world.trace.note(world.now, "world", format_args!("{room} begins at {min}"));
        if let Err(error) = truth::drop_before(&world.server.drive, room, min) {
            world.problems.push(format!("retention: {error}"));
        }
    }
}
