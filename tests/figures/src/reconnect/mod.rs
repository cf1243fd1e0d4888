//! `reconnect`: one engine and one server, cut and connected again thousands of times. What either
//! side keeps of a connection that is over is kept thousands of times and shows.

pub(crate) mod client;
mod growth;
pub(crate) mod server;

use std::ffi::OsStr;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use clap::Args;
use homing_testkit::Proxy;
use homing_testkit::proxy::Cut;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::runtime::Handle;
use tokio::time::Instant;

use self::growth::{Growth, Sample};
use crate::load::{Load, processor_seconds as of};
use crate::outcome::Outcome;
use crate::talk::Talker;
use crate::{machine, space};

/// Cycles between two looks at the processes.
const LOOK: u32 = 10;
/// Cycles between two messages: there is to be something to catch up with, but what is measured is
/// connections, and a log that grows fills the caches of its databases, 8 MiB for each of the
/// server's connections to it.
const MESSAGE: u32 = 100;
/// What a quick run does.
const QUICK: u32 = 300;

/// What is to be run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How often the line is cut
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..))]
    cycles: u32,
    /// Three hundred cycles, to see that it works
    #[arg(long)]
    quick: bool,
}

/// What a process counts of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    /// Tasks of its runtime that have not ended.
    tasks: u64,
}

impl Count {
    fn here() -> Self {
        let tasks = Handle::current().metrics().num_alive_tasks();
        Self { tasks: u64::try_from(tasks).unwrap_or(u64::MAX) }
    }
}

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<Outcome> {
    let cycles = if options.quick { QUICK } else { options.cycles };
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("server");
    let identity = space::found(&data, 1).await?.pop().context("one person was asked for")?;

    let mut server = Talker::ours([OsStr::new("serve"), OsStr::new("--data"), data.as_os_str()])?;
    let proxy = Proxy::start(server.hear::<SocketAddr>().await?);
    let home = folder.path().join("device");
    identity.through(proxy.addr).write(&home)?;
    let mut engine =
        Talker::ours([OsStr::new("engine"), OsStr::new("--folder"), home.as_os_str()])?;

    let begin = Instant::now();
    let (mut on_client, mut on_server) = (Growth::default(), Growth::default());
    let mut ups: u64 = engine.ask(&client::Ask::Up(0)).await?;
    for cycle in 1..=cycles {
        // A peer that vanished, and one that was closed by something in between.
        proxy.cut(if cycle % 2 == 0 { Cut::Reset } else { Cut::Finish }).await;
        ups = engine.ask(&client::Ask::Up(ups)).await?;
        if cycle % MESSAGE == 0 {
            let () = engine.ask(&client::Ask::Write).await?;
        }
        if cycle % LOOK == 0 {
            on_client.add(look(&mut engine, &client::Ask::Count).await?);
            on_server.add(look(&mut server, &server::Ask::Count).await?);
        }
        if cycle % (cycles / 10) == 0 {
            eprintln!("{cycle} of {cycles} cycles in {} s", begin.elapsed().as_secs());
        }
    }
    let took = begin.elapsed();
    let processor_seconds = (of(engine.id()?), of(server.id()?));
    let (client, server) = (on_client.verdict(), on_server.verdict());
    let pass = client.is_flat() && server.is_flat();
    let figures = json!({
        "bench": "reconnect",
        "cycles": cycles,
        "connections": ups,
        "messages": cycles / MESSAGE,
        "seconds": took.as_secs_f64(),
        "machine": machine::describe(),
        "processor_seconds": { "client": processor_seconds.0, "server": processor_seconds.1 },
        "client": client,
        "server": server,
        "bound": growth::BOUND,
    });
    Ok(Outcome { figures, pass })
}

async fn look<Q: Serialize>(process: &mut Talker, ask: &Q) -> Result<Sample> {
    let Count { tasks } = process.ask(ask).await?;
    let load = Load::of(process.id()?).context("a process of ours can be looked at")?;
    Ok(Sample { load, tasks })
}
