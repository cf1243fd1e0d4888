//! `chaos`: real processes that die, stand still and are cut off, at random, and what is true
//! afterwards.
//!
//! ```text
//!  device ── proxy ─────────────┐
//!  device ── proxy ── nginx ────┤
//!  device ── proxy ─────────────┴── homing-server
//! ```
//!
//! Every device is a process over the real engine with its own database, every line has a proxy of
//! its own, and a share of them goes through nginx with its default patience. Each device, the
//! server and nginx have a task that makes one fault after the other, drawn from the seed. When the
//! faults stop, everything must settle within [`SETTLE`]; then the journals and what everybody holds
//! are judged.

mod client;
pub(crate) mod device;
mod fault;
mod journal;
mod silence;
mod verdict;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use homing_e2e::nginx::{Nginx, Patience};
use homing_e2e::process::ServerProcess;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use self::client::{Client, Place, calm, stand_still, wait};
use self::device::{Account, Ask, State};
use self::fault::{SERVER, ServerFault, Tally, draw};
use self::journal::Record;
use self::silence::Silence;
use self::verdict::{Told, Verdict, judge};
use crate::outcome::Outcome;
use crate::{machine, program, space};

/// Invariant I8: once faults stop, everything has arrived within so long.
const SETTLE: Duration = Duration::from_secs(60);
/// Between two faults of the server, in milliseconds: often enough that every device meets several,
/// seldom enough that devices, which wait longer after each failed try, are online in between.
const SERVER_CALM: Range<u64> = 8_000..25_000;
/// Between two faults of nginx.
const NGINX_CALM: Range<u64> = 15_000..40_000;
/// One device of so many goes through nginx.
const BEHIND_NGINX: usize = 4;
/// What a quick run lasts, in seconds, and how many devices it has.
const QUICK: (f64, usize) = (25.0, 4);

/// What is to be run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How long things go wrong
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Devices, each of a person of its own
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(2..=200))]
    clients: u16,
    /// Decides what goes wrong, and in which order
    #[arg(long, default_value_t = 20_260_103)]
    seed: u64,
    /// Under a minute with four devices, to see that it works
    #[arg(long)]
    quick: bool,
    /// How silence is made; found out by itself
    #[arg(long, hide = true)]
    silence: Option<Silence>,
}

impl Options {
    /// Goes into a network namespace where that is permitted, and does not return then.
    pub(crate) fn settle_in(&self) -> Result<()> {
        if self.silence.is_none() { silence::in_a_namespace() } else { Ok(()) }
    }

    fn size(&self) -> (Duration, usize) {
        let (seconds, clients) =
            if self.quick { QUICK } else { (self.minutes * 60.0, self.clients.into()) };
        (Duration::from_secs_f64(seconds), clients)
    }
}

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<Outcome> {
    let (lasts, clients) = options.size();
    let silence = options.silence.unwrap_or(Silence::Proxy);
    let folder = tempfile::tempdir()?;
    eprintln!(
        "{clients} devices, {} s, seed {}; {}",
        lasts.as_secs(),
        options.seed,
        silence.words()
    );
    let world = World::begin(folder.path(), clients, options.seed, silence).await?;
    let (mut world, faults) = world.suffer(lasts, options.seed).await?;
    eprintln!("{} faults are over; everything has {} s to settle", faults.all(), SETTLE.as_secs());
    let settled = world.settle().await;
    let verdict = world.verdict().await?;
    let mut violations = verdict.violations.clone();
    let settled = match settled {
        Ok(took) => Some(took.as_secs_f64()),
        Err(error) => {
            violations.push(format!("I8: {error:#}"));
            None
        }
    };
    let pass = verdict.is_clean() && settled.is_some();
    if !pass {
        let kept = folder.keep();
        eprintln!("everything that was recorded is in {}", kept.display());
        for violation in &violations {
            eprintln!("{violation}");
        }
    }
    let Verdict { lost, duplicated, out_of_order, messages, acknowledged, .. } = verdict;
    let figures = json!({
        "run": "chaos",
        "seconds": lasts.as_secs(),
        "clients": clients,
        "behind_nginx": clients.div_ceil(BEHIND_NGINX),
        "silence": silence.words(),
        "seed": options.seed,
        "machine": machine::describe(),
        "messages": messages,
        "acknowledged": acknowledged,
        "lost": lost,
        "duplicated": duplicated,
        "out_of_order": out_of_order,
        "violations": violations.len(),
        "settled_s": settled,
        "faults": faults.all(),
        "by_kind": faults.0,
        "bound": "0 lost, 0 duplicated, 0 out of order, no promise broken, settled within 60 s",
    });
    Ok(Outcome { figures, pass })
}

/// Everything that runs.
struct World {
    program: PathBuf,
    data: PathBuf,
    server: ServerProcess,
    nginx: Nginx,
    clients: Vec<Client>,
}

impl World {
    async fn begin(folder: &Path, clients: usize, seed: u64, silence: Silence) -> Result<Self> {
        let (data, program) = (folder.join("server"), program("homing-server")?);
        let identities = space::found(&data, clients).await?;
        let server = ServerProcess::start(&program, &data, space::ANYWHERE).await;
        let nginx = Nginx::start(server.addr, None, Patience::Default).await;
        let mut started = Vec::with_capacity(clients);
        for ((n, seed), identity) in (0..).zip(lives(seed)).zip(identities) {
            let upstream = if n % BEHIND_NGINX == 0 { nginx.addr } else { server.addr };
            let folder = folder.join(&identity.record.user_name);
            started.push(Client::start(identity, Place { folder, upstream, silence, seed })?);
        }
        Ok(Self { program, data, server, nginx, clients: started })
    }

    /// Things go wrong for so long.
    async fn suffer(self, lasts: Duration, seed: u64) -> Result<(Self, Tally)> {
        let stop = CancellationToken::new();
        let Self { program, data, server, nginx, clients } = self;
        let mut devices = JoinSet::new();
        for client in clients {
            devices.spawn(client.suffer(stop.clone()));
        }
        let end = async {
            let begin = Instant::now();
            while begin.elapsed() < lasts {
                sleep(Duration::from_secs(10).min(lasts)).await;
                eprintln!("{} s of {} s", begin.elapsed().as_secs(), lasts.as_secs());
            }
            stop.cancel();
        };
        let (server, nginx, ()) = tokio::join!(
            server_suffers(&program, &data, server, StdRng::seed_from_u64(seed), &stop),
            nginx_suffers(nginx, StdRng::seed_from_u64(!seed), &stop),
            end,
        );
        let ((server, mut faults), (nginx, kills)) = (server?, nginx);
        faults.join(&kills);
        let mut clients = Vec::new();
        for suffered in devices.join_all().await {
            let (client, tally) = suffered?;
            faults.join(&tally);
            clients.push(client);
        }
        Ok((Self { program, data, server, nginx, clients }, faults))
    }

    /// Waits until everybody has sent everything and knows of the same head. How long it took.
    async fn settle(&mut self) -> Result<Duration> {
        let begin = Instant::now();
        for client in &mut self.clients {
            client.ask::<State>(Ask::Quiet).await?;
        }
        loop {
            let mut states = Vec::new();
            for client in &mut self.clients {
                states.push((client.ask::<State>(Ask::State).await?, client.name.clone()));
            }
            let head = states.iter().map(|(state, _)| state.head).max();
            let late = states.iter().find(|(state, _)| {
                !state.up_to_date || state.waiting > 0 || Some(state.head) != head
            });
            let Some((state, name)) = late else { return Ok(begin.elapsed()) };
            ensure!(
                begin.elapsed() < SETTLE,
                "{name} is not done: {state:?}, the head is {head:?}"
            );
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Asks everybody what they hold, and judges it.
    async fn verdict(mut self) -> Result<Verdict> {
        let mut told = Vec::new();
        let mut rows = 0;
        for client in &mut self.clients {
            let account: Account = client.ask(Ask::Account).await?;
            rows = rows.max(account.log.len());
            let journal = client.folder.join(device::JOURNAL);
            let record = Record::read(&std::fs::read_to_string(journal)?)?;
            told.push(Told { name: client.name.clone(), record, account });
        }
        ensure!(rows > 0, "nobody holds anything");
        let witness = self.clients.swap_remove(0);
        let server = whole_log(witness.forget_everything().await?, rows).await?;
        Ok(judge(told, &server))
    }
}

/// A seed for each device, with room for all the lives that it may have.
fn lives(seed: u64) -> impl Iterator<Item = u64> {
    const LIVES: u64 = 1 << 20;
    (1..).map(move |n| seed.wrapping_add(LIVES.wrapping_mul(n)))
}

/// The log as it comes to somebody who held nothing.
async fn whole_log(mut witness: Client, rows: usize) -> Result<Vec<device::Row>> {
    let begin = Instant::now();
    loop {
        let state: State = witness.ask(Ask::State).await?;
        if state.up_to_date {
            let account: Account = witness.ask(Ask::Account).await?;
            if account.log.len() >= rows {
                return Ok(account.log);
            }
        }
        ensure!(begin.elapsed() < SETTLE, "the whole log did not come within a minute: {state:?}");
        sleep(Duration::from_millis(200)).await;
    }
}

async fn server_suffers(
    program: &Path,
    data: &Path,
    mut server: ServerProcess,
    mut rng: StdRng,
    stop: &CancellationToken,
) -> Result<(ServerProcess, Tally)> {
    let (mut tally, addr) = (Tally::default(), server.addr);
    while calm(SERVER_CALM, &mut rng, stop).await {
        let (fault, lasts) = draw(SERVER, &mut rng);
        tally.add(fault.name());
        match fault {
            ServerFault::Kill => {
                server.kill().await;
                wait(lasts, stop).await;
                server = ServerProcess::start(program, data, addr).await;
            }
            ServerFault::Stop => stand_still(server.id(), lasts, stop).await?,
        }
    }
    Ok((server, tally))
}

async fn nginx_suffers(
    mut nginx: Nginx,
    mut rng: StdRng,
    stop: &CancellationToken,
) -> (Nginx, Tally) {
    /// How long it may be away, in milliseconds.
    const AWAY: Range<u64> = 0..2_000;
    let mut tally = Tally::default();
    while calm(NGINX_CALM, &mut rng, stop).await {
        tally.add("kill_nginx");
        nginx.kill().await;
        wait(Duration::from_millis(rng.random_range(AWAY)), stop).await;
        nginx.restart().await;
    }
    (nginx, tally)
}
