//! A disk under a machine: how long it takes, and what SQLite finds there.

use std::ffi::CStr;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use homing_disk::Disk;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::{Duration, sleep};

/// One piece of work in so many meets a drive that is busy with something else.
const STALLS: u32 = 50;

/// A disk that takes its time. See the [module](self).
#[derive(Debug)]
pub struct Drive {
    /// What is on it.
    pub disk: Disk,
    rng: Mutex<StdRng>,
}

impl Drive {
    /// An empty one.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { disk: Disk::new(), rng: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    fn takes(&self) -> Duration {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(if rng.random_ratio(1, STALLS) {
            rng.random_range(20..200)
        } else {
            rng.random_range(0..4)
        })
    }
}

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

impl homing_engine::store::sqlite::Disk for Drive {
    fn vfs(&self) -> &'static CStr {
        homing_disk::VFS
    }

    fn wait(&self) -> Wait {
        Box::pin(sleep(self.takes()))
    }
}

impl homing_server::store::sqlite::Disk for Drive {
    fn vfs(&self) -> &'static CStr {
        homing_disk::VFS
    }

    fn wait(&self) -> Wait {
        Box::pin(sleep(self.takes()))
    }
}
