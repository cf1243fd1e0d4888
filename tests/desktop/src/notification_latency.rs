//! The latency of notifications of a hidden app: from the incoming frame to the call on the bus.
//!
//! `cargo xtask bench desktop` and a test call [`measure`], which builds a stage of its own, sends
//! messages to an app that was closed to the tray, and returns how long each took. Both times are
//! measured outside the app: a proxy on its connection counts bytes, and a monitor watches the bus.
//! The first time is that of the last poll without new bytes, so the result is never too small.

use std::time::Duration;

use anyhow::{Result, ensure};
use homing_stage::{Stage, eventually};
use homing_testkit::Proxy;
use tokio::time::{Instant, sleep};

use crate::{Device, Person, Space};

/// The interval of polling the proxy, by which the result may be too large.
const POLL_EVERY: Duration = Duration::from_millis(1);
/// Receipts of the previous message arrive later. After this time without bytes, the next ones are
/// the next message.
const QUIET: Duration = Duration::from_millis(300);
/// The room that everybody is in.
const ROOM: &str = "general";

/// The latency of each message.
pub type Delays = Vec<Duration>;

/// Measures with so many messages, one after the other.
///
/// # Errors
/// When the stage does not start, or there is no notification of a message.
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
        mei.engine().send(room, format!("message {n}")).await?;
        let (framed, called) = tokio::join!(arrival(&line, before), calls.next());
        delays.push(called?.at.saturating_duration_since(framed));
    }
    Ok(delays)
}

/// The number of bytes sent to the app, once no more arrive.
async fn quiet(line: &Proxy) -> u64 {
    let mut last = (line.traffic().down, Instant::now());
    while last.1.elapsed() < QUIET {
        sleep(POLL_EVERY).await;
        let down = line.traffic().down;
        if down != last.0 {
            last = (down, Instant::now());
        }
    }
    last.0
}

/// The time of the last poll without new bytes.
async fn arrival(line: &Proxy, before: u64) -> Instant {
    loop {
        let now = Instant::now();
        sleep(POLL_EVERY).await;
        if line.traffic().down != before {
            return now;
        }
    }
}
