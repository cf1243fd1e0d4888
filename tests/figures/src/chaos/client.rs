//! One device, its line, and what goes wrong with both.
//!
//! Each has a task of its own that does one thing after the other, so nothing is done to a device
//! by two at once, and the order of its faults follows from the seed.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use homing_testkit::Proxy;
use homing_testkit::proxy::Cut;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::device::Ask;
use super::fault::{CLIENT, ClientFault, Tally, draw};
use super::silence::Silence;
use crate::space::Identity;
use crate::talk::Talker;

/// Between two faults of a device, in milliseconds. With what the server suffers this is some six
/// connections a minute, below the ten that a server lets a device make.
const CALM: Range<u64> = 4_000..16_000;
/// Between two messages of a device, on average: twenty devices write ten messages a second.
const PAUSE_MS: u64 = 2_000;
/// The worst of a slow line: a mobile phone in a tunnel.
const LATENCY_MS: u64 = 400;
/// Bytes a second of a narrow line: from a phone at the edge of its network to an old modem.
const NARROW: Range<u32> = 1_000..12_000;
/// Bytes that a narrow line carries at once.
const PACKET: usize = 500;

/// A device.
pub(super) struct Client {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    proxy: Proxy,
    silence: Silence,
    process: Talker,
    /// Grows with each life, so that no two make the same names.
    seed: u64,
}

/// What everybody gets who is to come in.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    /// The server, or what stands before it.
    pub(super) upstream: SocketAddr,
    pub(super) silence: Silence,
    pub(super) seed: u64,
}

impl Client {
    /// Starts somebody who has come in already, behind a line of their own.
    pub(super) fn start(identity: Identity, place: Place) -> Result<Self> {
        let Place { folder, upstream, silence, seed } = place;
        let proxy = Proxy::seeded(upstream, seed);
        let identity = identity.through(proxy.addr);
        identity.write(&folder)?;
        let process = launch(&folder, seed, false)?;
        Ok(Self { name: identity.record.user_name, folder, proxy, silence, process, seed })
    }

    /// Things go wrong until they stop. All of them are over when this returns.
    pub(super) async fn suffer(mut self, stop: CancellationToken) -> Result<(Self, Tally)> {
        let mut rng = StdRng::seed_from_u64(self.seed);
        let mut tally = Tally::default();
        while calm(CALM, &mut rng, &stop).await {
            let (fault, lasts) = draw(CLIENT, &mut rng);
            tally.add(fault.name());
            let happened = self.happen(fault, lasts, &mut rng, &stop).await;
            happened.with_context(|| format!("{fault:?} of {}", self.name))?;
        }
        Ok((self, tally))
    }

    async fn happen(
        &mut self,
        fault: ClientFault,
        lasts: Duration,
        rng: &mut impl Rng,
        stop: &CancellationToken,
    ) -> Result<()> {
        match fault {
            ClientFault::Kill => {
                self.process.kill().await?;
                wait(lasts, stop).await;
                self.seed += 1;
                self.process = launch(&self.folder, self.seed, false)?;
            }
            ClientFault::Stop => stand_still(self.process.id()?, lasts, stop).await?,
            ClientFault::CutReset => self.proxy.cut(Cut::Reset).await,
            ClientFault::CutFinish => self.proxy.cut(Cut::Finish).await,
            ClientFault::Silence => {
                self.silence.fall(&self.proxy).await?;
                wait(lasts, stop).await;
                self.silence.lift(&self.proxy).await?;
            }
            ClientFault::Slow => {
                let latency = Duration::from_millis(rng.random_range(0..LATENCY_MS));
                let slice = NonZeroUsize::new(rng.random_range(1..64));
                self.proxy.both(|line| {
                    (line.latency, line.jitter, line.slice) = (latency, latency / 2, slice);
                });
                wait(lasts, stop).await;
                self.proxy.pass();
            }
            ClientFault::Narrow => {
                let bytes = NonZeroU32::new(rng.random_range(NARROW));
                self.proxy.both(|line| {
                    (line.bytes_per_second, line.slice) = (bytes, NonZeroUsize::new(PACKET));
                });
                wait(lasts, stop).await;
                self.proxy.pass();
            }
            ClientFault::Refused => {
                self.proxy.offline().await;
                wait(lasts, stop).await;
                self.proxy.online().await;
            }
        }
        Ok(())
    }

    pub(super) async fn ask<A: DeserializeOwned>(&mut self, ask: Ask) -> Result<A> {
        self.process.ask(&ask).await.with_context(|| self.name.clone())
    }

    /// The same device with nothing on its disk: what it comes to hold is the server's log.
    pub(super) async fn forget_everything(mut self) -> Result<Self> {
        self.process.kill().await?;
        self.seed += 1;
        self.process = launch(&self.folder, self.seed, true)?;
        Ok(self)
    }
}

fn launch(folder: &Path, seed: u64, witness: bool) -> Result<Talker> {
    let mut args: Vec<OsString> =
        vec!["device".into(), "--folder".into(), folder.into(), "--seed".into()];
    args.push(seed.to_string().into());
    if witness {
        args.push("--witness".into());
    } else {
        args.extend(["--pause-ms".into(), PAUSE_MS.to_string().into()]);
    }
    Talker::ours(args)
}

/// Nothing goes wrong for a while. Whether anything is to go wrong afterwards.
pub(super) async fn calm(millis: Range<u64>, rng: &mut impl Rng, stop: &CancellationToken) -> bool {
    wait(Duration::from_millis(rng.random_range(millis)), stop).await;
    !stop.is_cancelled()
}

/// So long, or until things stop going wrong.
pub(super) async fn wait(lasts: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(lasts) => {}
    }
}

/// SIGSTOP, and SIGCONT after a while.
pub(super) async fn stand_still(id: u32, lasts: Duration, stop: &CancellationToken) -> Result<()> {
    let pid = Pid::from_raw(i32::try_from(id)?).context("a process has a number")?;
    kill_process(pid, Signal::STOP)?;
    wait(lasts, stop).await;
    Ok(kill_process(pid, Signal::CONT)?)
}
