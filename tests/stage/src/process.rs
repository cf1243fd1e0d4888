//! A process of the stage: its output goes to a file, and it ends with the stage.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// The variables of a process, whole: nothing is inherited.
pub(crate) type Env = BTreeMap<String, String>;

/// A running process. Dropping it ends it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program`. What it prints goes to `<logs>/<name>.log`.
    ///
    /// # Errors
    /// When the program is not installed: the message names it.
    pub(crate) fn start(
        logs: &Path,
        name: &str,
        program: &str,
        args: &[&str],
        env: &Env,
        stdin: Stdio,
    ) -> Result<Self> {
        let log = logs.join(format!("{name}.log"));
        let out = File::options().create(true).append(true).open(&log)?;
        // setpriv asks the kernel to end the process with the thread that started it, so that
        // nothing stays behind when the test itself is killed.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", program])
            .args(args)
            .env_clear()
            .envs(env)
            .stdin(stdin)
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("{program} could not be started; is its package there?"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Its id, for as long as it runs.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Stops it where it is, as a machine does that has no time for it. It answers nobody until it
    /// may go on.
    pub(crate) fn stop(&self) -> Result<()> {
        signal(self.id(), Signal::STOP)
    }

    /// Lets it go on.
    pub(crate) fn go_on(&self) -> Result<()> {
        signal(self.id(), Signal::CONT)
    }

    /// Its standard input, once.
    pub(crate) fn take_stdin(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }

    /// What it has printed so far.
    #[must_use]
    pub fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fails with what it printed, if it has ended.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended with {status}:\n{}", self.name, self.printed());
        }
        Ok(())
    }

    /// Its exit status, once it has ended.
    ///
    /// # Errors
    /// When the system cannot say.
    pub fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only for a process that has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends a process that is not ours to wait for (`kill -9`). One that has ended is no error.
///
/// # Errors
/// When it may not be ended.
pub fn end_now(pid: u32) -> Result<()> {
    signal(pid, Signal::KILL)
}

fn signal(pid: u32, signal: Signal) -> Result<()> {
    let raw = i32::try_from(pid).context("a process id fits in 31 bits")?;
    let pid = Pid::from_raw(raw).context("process 0 is not ours to end")?;
    match kill_process(pid, signal) {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The process that holds the page of a program's webview, if it has one.
#[must_use]
pub fn page_process_of(program: u32) -> Option<u32> {
    children(program).into_iter().find(|child| {
        // The kernel keeps fifteen characters of a name.
        let name = std::fs::read_to_string(format!("/proc/{child}/comm"));
        name.is_ok_and(|name| name.starts_with("WebKitWebProces")) && runs(*child)
    })
}

/// Stops a process, as one that hangs. It goes on when it is told to, or never.
///
/// # Errors
/// When it may not be touched.
pub fn stop_for_now(pid: u32) -> Result<()> {
    signal(pid, Signal::STOP)
}

/// Asks a process to end, as a session that ends does.
///
/// # Errors
/// When it may not be touched.
pub fn ask_to_end(pid: u32) -> Result<()> {
    signal(pid, Signal::TERM)
}

/// Whether a process runs. One that has ended and was not waited for does not.
pub(crate) fn runs(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|s| s.starts_with('Z')))
}

/// The processes that run a program, whether or not it was replaced since.
#[must_use]
pub fn of_program(program: &Path) -> Vec<u32> {
    let replaced = format!("{} (deleted)", program.display());
    let runs = |pid: &u32| {
        std::fs::read_link(format!("/proc/{pid}/exe"))
            .is_ok_and(|exe| exe == program || exe == Path::new(&replaced))
    };
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(runs).collect()
}

/// The processes that `pid` has started.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    // Any thread of a process may have started others.
    tasks
        .flat_map(|task| {
            let ids = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}
