//! `jitter`: the profile by which WebSocket stacks are compared in public, for ours and, on the same
//! machine in the same minutes, for Socket.IO with and without connection state recovery and for
//! plain `ws`.
//!
//! Every stack gets the same plan: who is cut off when and comes back when. Cut off means that the
//! client's TCP socket is closed under it, so that the server sees the end of a stream and no close
//! frame. Coming back means that the client is told at that moment that there is a network. Every
//! stack's record is scored by the same code. `docs/delivery.md` says what the figures mean.

pub(crate) mod crowd;
mod plan;
mod score;
mod stack;

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::{Map, Value, json};

use self::plan::{Plan, Profile};
use self::stack::{Peer, Ran};
use crate::outcome::Outcome;
use crate::{machine, program};

/// Of every thousand returns 990 have everything within so long. Ours pulls what it missed in one
/// round trip; the rest is a server that a tenth of the crowd calls at once. Published figures of
/// stacks that replay are above 4 s for a crowd ten times as large.
const REPLAY_P99_MS: f64 = 2_000.0;
const BOUND: &str = "ours, with kill -9 of the server and without: 100 % delivered, 0 duplicates, \
                     replay p99 below 2 s";

/// What is to be run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Clients that listen
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=9_000))]
    clients: u16,
    /// Decides who is cut off when
    #[arg(long, default_value_t = 20_260_104)]
    seed: u64,
    /// Under a minute with twenty clients, to see that it works
    #[arg(long)]
    quick: bool,
}

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<Outcome> {
    let profile =
        if options.quick { Profile::quick() } else { Profile::published(options.clients.into()) };
    let plan = Plan::draw(&profile, options.seed);
    let server = program("homing-server")?;
    let middle = Duration::from_millis((profile.lasts() / 2).into());

    eprintln!("homing");
    let plain = stack::ours(&server, &plan, None).await?;
    eprintln!("homing, with a kill -9 of the server after {} s", middle.as_secs_f64());
    let killed = stack::ours(&server, &plan, Some(middle)).await?;
    let mut peers = Map::new();
    let mut recovery = None;
    for peer in Peer::ALL {
        eprintln!("{}", peer.name());
        let ran = stack::peer(peer, &plan).await.context(peer.name())?;
        if peer == Peer::SocketIoRecovery {
            recovery = ran.score.replay_p99_ms;
        }
        peers.insert(peer.name().to_owned(), serde_json::to_value(ran)?);
    }
    // A quick run cuts clients off more often than the five tries that they have in any 5 s.
    let most = if options.quick { f64::INFINITY } else { REPLAY_P99_MS };
    let pass = keeps_the_bound(&plain, most) && keeps_the_bound(&killed, most);
    let ratio = recovery.zip(plain.score.replay_p99_ms).map(|(theirs, ours)| ours / theirs);
    let figures = json!({
        "bench": "jitter",
        "clients": profile.clients,
        "messages": profile.messages,
        "every_ms": profile.every,
        "online_ms": [profile.online.start(), profile.online.end()],
        "away_ms": [profile.away.start(), profile.away.end()],
        "cuts": plan.outages.iter().map(Vec::len).sum::<usize>(),
        "seed": options.seed,
        "machine": machine::describe(),
        "ours": plain,
        "ours_with_kill": killed,
        "peers": Value::Object(peers),
        "versions": stack::versions()?,
        "replay_p99_to_socket_io_recovery": ratio,
        "bound": BOUND,
    });
    Ok(Outcome { figures, pass })
}

fn keeps_the_bound(ran: &Ran, most: f64) -> bool {
    let score = &ran.score;
    let in_time = score.replay_p99_ms.is_some_and(|p99| p99 < most);
    score.missing == 0 && score.duplicates == 0 && score.replayed == score.returns && in_time
}
