//! A machine: a runtime with a clock that the world winds.
//!
//! Everything of a process runs on its machine's runtime, so dropping the runtime is the end of the
//! process: every task ends at the await where it stands.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep_until;

use crate::time::{At, Clock};

/// See the [module](self).
#[derive(Debug)]
pub struct Machine {
    runtime: Runtime,
    /// What time it is there.
    pub clock: Arc<Clock>,
}

impl Machine {
    /// Starts one.
    ///
    /// # Panics
    /// When this process can't make a runtime.
    #[must_use]
    pub fn start(now: At, wrong_by: i64) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without threads and sockets");
        let clock = Arc::new(runtime.block_on(async { Clock::started(now, wrong_by) }));
        Self { runtime, clock }
    }

    /// Runs it until a time of the world.
    pub fn run_until(&self, at: At) {
        self.runtime.block_on(async { sleep_until(self.clock.instant(at)).await });
    }

    /// Does something there at once.
    pub fn within<T>(&self, what: impl FnOnce() -> T) -> T {
        let _there = self.runtime.enter();
        what()
    }

    /// Starts something there. It ends with the machine.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }
}
