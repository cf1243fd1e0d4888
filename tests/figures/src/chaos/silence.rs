//! Half-open silence: packets vanish, and neither side is told.
//!
//! In a network namespace of our own the kernel throws them away, which is the real thing: TCP
//! repeats itself, less and less often, and a line that heals in time goes on. Where no namespace
//! is permitted the proxy swallows bytes instead, and such a line never recovers.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use homing_testkit::Proxy;
use tokio::process::Command;

use crate::namespace;

/// How silence is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Silence {
    /// By iptables, in a network namespace of our own.
    Packets,
    /// By the proxy.
    Proxy,
}

impl Silence {
    /// As it stands in the JSON line.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Packets => "packets dropped by iptables in a network namespace",
            Self::Proxy => "bytes swallowed by the proxy",
        }
    }

    /// Nothing passes from or to who connects to this proxy.
    pub(super) async fn fall(self, proxy: &Proxy) -> Result<()> {
        match self {
            Self::Packets => packets("-I", proxy.addr).await,
            Self::Proxy => {
                proxy.silence();
                Ok(())
            }
        }
    }

    /// It passes again.
    pub(super) async fn lift(self, proxy: &Proxy) -> Result<()> {
        match self {
            Self::Packets => packets("-D", proxy.addr).await,
            Self::Proxy => {
                proxy.pass();
                Ok(())
            }
        }
    }
}

async fn packets(what: &str, of: SocketAddr) -> Result<()> {
    for side in ["--dport", "--sport"] {
        let port = of.port().to_string();
        let rule =
            ["-w", what, "INPUT", "-i", "lo", "-p", "tcp", side, port.as_str(), "-j", "DROP"];
        let done = Command::new("iptables").args(rule).status().await.context("iptables")?;
        ensure!(done.success(), "iptables {} failed: {done}", rule.join(" "));
    }
    Ok(())
}

/// What must work in the namespace.
const PREPARE: &str = "ip link set lo up && iptables -w -n -L INPUT";

/// Runs this program again in a network namespace of its own, where that is permitted. Returns only
/// where it is not.
pub(super) fn in_a_namespace() -> Result<()> {
    namespace::enter(PREPARE, &["--silence", "packets"])
}
