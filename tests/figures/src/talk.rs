//! How the driver talks to a process of its own: one JSON value a line, asked on standard input and
//! answered on standard output, in order. A process whose driver is gone reads the end of its input
//! and ends.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long an answer may take. A machine under load answers late; a minute is no load any more.
const ANSWER: Duration = Duration::from_secs(60);

/// A process of ours.
#[derive(Debug)]
pub(crate) struct Talker {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Talker {
    /// Starts a part of this program: `device`, `crowd` or `serve`.
    pub(crate) fn ours<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Result<Self> {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        Self::start(Command::new(program).args(args))
    }

    /// Starts any program that talks like this.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {:?}", command.as_std().get_program()))?;
        let input = child.stdin.take().context("its input is piped")?;
        let output = child.stdout.take().context("its output is piped")?;
        Ok(Self { child, input, output: BufReader::new(output).lines() })
    }

    /// Its number, as long as it was not killed.
    pub(crate) fn id(&self) -> Result<u32> {
        self.child.id().context("the process has ended already")
    }

    pub(crate) async fn ask<Q: Serialize, A: DeserializeOwned>(&mut self, ask: &Q) -> Result<A> {
        self.tell(ask).await?;
        timeout(ANSWER, self.hear()).await.context("a process of ours does not answer")?
    }

    pub(crate) async fn tell<Q: Serialize>(&mut self, ask: &Q) -> Result<()> {
        let mut line = serde_json::to_string(ask)?;
        line.push('\n');
        self.input.write_all(line.as_bytes()).await.context("a process of ours has ended")
    }

    /// What it says next.
    pub(crate) async fn hear<A: DeserializeOwned>(&mut self) -> Result<A> {
        match self.output.next_line().await? {
            Some(line) => serde_json::from_str(&line).with_context(|| line),
            None => bail!("a process of ours has ended; what it said is above"),
        }
    }

    /// kill -9, and until it is dead.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("killing a process of ours")
    }
}

/// The other end: the lines of standard input, and answers.
pub(crate) struct Driver {
    lines: Lines<BufReader<tokio::io::Stdin>>,
}

impl Driver {
    pub(crate) fn new() -> Self {
        Self { lines: BufReader::new(tokio::io::stdin()).lines() }
    }

    /// What it asks next; none once it is gone.
    pub(crate) async fn next<Q: DeserializeOwned>(&mut self) -> Result<Option<Q>> {
        match self.lines.next_line().await? {
            Some(line) => Ok(Some(serde_json::from_str(&line).with_context(|| line)?)),
            None => Ok(None),
        }
    }
}

/// Says something to the driver.
pub(crate) fn say(answer: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(answer)?);
    Ok(())
}
