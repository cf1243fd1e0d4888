//! How soon a hidden app notifies: from the frame on its line to the call on the session bus.
//!
//! `cargo xtask bench desktop` and a test call [`measure`], which builds a stage of its own, sends
//! message after message to an app that was closed to the tray, and answers how long each took.
//! Both moments are seen from outside the app: bytes are counted by a proxy on the app's line, and
//! the bus is looked at by a monitor. The first is taken as the last look at which nothing had come
//! yet, so what is answered is never too small.

use std::time::Duration;

use anyhow::{Result, ensure};
use homing_stage::{Stage, eventually};
use homing_testkit::Proxy;
use tokio::time::{Instant, sleep};

use crate::{Device, Person, Space};

/// Between two looks at the line, which is what the answer may be too large by.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Receipts of the message before come a while later; with nothing for so long, what comes next is
/// the next message.
const QUIET: Duration = Duration::from_millis(300);
/// The room that everybody is in.
const ROOM: &str = "general";

/// What was measured, one a message.
pub type Delays = Vec<Duration>;

/// Measures with so many messages, one after the other.
///
/// # Errors
/// When the stage does not come up, or a message is not notified of.
pub async fn measure(messages: u32) -> Result<Delays> {
    ensure!(messages > 0, "there is nothing to measure");
    let stage = Stage::build().await?;
    let space = Space::start(stage.folder(), "Northlight").await?;
    let mei = Device::join(&space.owner_link()?, "Mei Lin").await?;
    let line = Proxy::start(space.address());
    let jonas = Person::open(&stage, "Jonas").await?;
    jonas.join(&space.invite_through(&line).await?).await?;
    jonas.close_window(&stage).await?;
    eventually("the window is gone", async || {
        Ok(stage.windows_of(jonas.app().pid())?.is_empty().then_some(()))
    })
    .await?;
    let room = mei.room(ROOM).await?.id;
    let mut calls = stage.watch("org.freedesktop.Notifications", "Notify").await?;
    let mut delays = Delays::new();
    for n in 1..=messages {
        let before = quiet(&line).await;
        mei.engine().send(room, format!("message {n}"), Vec::new()).await?;
        let (framed, called) = tokio::join!(arrival(&line, before), calls.next());
        delays.push(called?.at.saturating_duration_since(framed));
    }
    Ok(delays)
}

/// The bytes that have gone to the app, once no more come.
async fn quiet(line: &Proxy) -> u64 {
    let mut last = (line.traffic().down, Instant::now());
    while last.1.elapsed() < QUIET {
        sleep(LOOK_EVERY).await;
        let down = line.traffic().down;
        if down != last.0 {
            last = (down, Instant::now());
        }
    }
    last.0
}

/// The last moment at which nothing more had come.
async fn arrival(line: &Proxy, before: u64) -> Instant {
    loop {
        let now = Instant::now();
        sleep(LOOK_EVERY).await;
        if line.traffic().down != before {
            return now;
        }
    }
}
