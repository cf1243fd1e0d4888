//! `wake`: a network that goes and comes back, and a machine that sleeps and wakes. How long until
//! everything that was written meanwhile is here?
//!
//! Three real engines with the default durations and one real server. `P1` writes. The address by
//! which `P2` reaches the server is taken from the kernel and given back, in a network namespace of
//! our own; nobody tells its engine but the watcher that the app has. The line of `P3` falls silent
//! as that of a sleeping laptop does, which neither side can know, and then the machine wakes.

mod device;
mod wire;

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use homing_engine::SystemEvent;
use homing_server::{Config, Server, SystemClock, TlsMode};
use homing_testkit::Proxy;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::device::Device;
use self::wire::Wire;
use crate::outcome::Outcome;
use crate::{machine, namespace, space};

/// From the network's return, or the wake, to being up to date, every single time. Whoever opens a
/// laptop looks at the window after about so long, and what is not there then is late.
const BOUND: Duration = Duration::from_secs(3);
/// Messages that are written meanwhile, so that being up to date means to fetch something.
const MISSED: u32 = 20;
/// For so long one is away, in milliseconds: from a tunnel to long enough that the waits between
/// tries have grown well beyond the bound.
const AWAY: std::ops::Range<u64> = 500..12_000;
/// What a quick run does.
const QUICK: u32 = 2;

/// What is to be run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How often the network goes and the machine sleeps
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    cycles: u32,
    /// Decides for how long
    #[arg(long, default_value_t = 20_260_104)]
    seed: u64,
    /// Two cycles, to see that it works
    #[arg(long)]
    quick: bool,
    /// It runs in a network namespace of its own; found out by itself
    #[arg(long, hide = true)]
    inside: bool,
}

impl Options {
    /// Goes into a network namespace where that is permitted, and does not return then.
    pub(crate) fn settle_in(&self) -> Result<()> {
        if self.inside { Ok(()) } else { namespace::enter(wire::PREPARE, &["--inside"]) }
    }
}

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<Outcome> {
    let cycles = if options.quick { QUICK } else { options.cycles };
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    let people = space::found(&data, 3).await?;
    let [writer, traveller, sleeper] = people.try_into().ok().context("three were asked for")?;

    let everywhere = ([0, 0, 0, 0], 0).into();
    let config =
        Config { tls: TlsMode::Off, allow_plain: true, listen: everywhere, ..Config::new(data) };
    let server =
        Server::start(config, std::sync::Arc::new(SystemClock), CancellationToken::new()).await?;
    let here = ([127, 0, 0, 1], server.addr.port()).into();
    let (wire, line) = (Wire::new(options.inside, here), Proxy::start(here));

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let writer = Device::start(writer.through(here), folder.path()).await?;
    let traveller = Device::start(traveller.through(wire.addr()), folder.path()).await?;
    let sleeper = Device::start(sleeper.through(line.addr), folder.path()).await?;
    wire.watch(&traveller, &tasks, &stop);

    let mut rng = StdRng::seed_from_u64(options.seed);
    let (mut noticed, mut returned, mut woken) = (Vec::new(), Vec::new(), Vec::new());
    for device in [&writer, &traveller, &sleeper] {
        device.up_to_date(0).await?;
    }
    for cycle in 1..=cycles {
        let away = Duration::from_millis(if options.quick { 500 } else { rng.random_range(AWAY) });
        let lost = Instant::now();
        wire.take_away().await?;
        line.silence();
        traveller.offline().await?;
        noticed.push(lost.elapsed());
        let head = writer.write(MISSED).await?;
        sleep(away).await;

        let back = Instant::now();
        wire.give_back(&traveller).await?;
        traveller.up_to_date(head).await?;
        let returned_in = back.elapsed();

        line.pass();
        let woke = Instant::now();
        sleeper.handle.system_event(SystemEvent::Woke).await;
        sleeper.up_to_date(head).await?;
        let woke_in = woke.elapsed();
        eprintln!(
            "{cycle} of {cycles}: away {away:.1?}, back in {returned_in:.0?}, awake in {woke_in:.0?}"
        );
        returned.push(returned_in);
        woken.push(woke_in);
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    let pass = returned.iter().chain(&woken).all(|took| *took < BOUND);
    let figures = json!({
        "bench": "wake",
        "cycles": cycles,
        "missed": MISSED,
        "seed": options.seed,
        "network": wire.words(),
        "machine": machine::describe(),
        "said_offline_ms": spread(&mut noticed),
        "network_back_ms": spread(&mut returned),
        "woke_ms": spread(&mut woken),
        "bound_ms": millis(BOUND),
    });
    Ok(Outcome { figures, pass })
}

fn spread(all: &mut [Duration]) -> Value {
    all.sort_unstable();
    let at = |index: usize| all.get(index).copied().map(millis);
    json!({ "median": at(all.len() / 2), "worst": at(all.len().saturating_sub(1)) })
}

fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
