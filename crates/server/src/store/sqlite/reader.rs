//! A pool of read-only connections.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::transaction::{ReadTx, run_ready};
use super::{Disk, connect};
use crate::store::StoreError;

/// Concurrent reads. More would only compete for the page cache and disk.
const READERS: usize = 4;

pub(super) struct Readers {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
    disk: Option<Arc<dyn Disk>>,
}

impl Readers {
    pub(super) fn open(path: &Path, disk: Option<Arc<dyn Disk>>) -> Result<Self, StoreError> {
        let mut idle = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            idle.push(connect(path, disk.as_deref(), false)?);
        }
        let (permits, idle) = (Arc::new(Semaphore::new(READERS)), Arc::new(Mutex::new(idle)));
        Ok(Self { permits, idle, disk })
    }

    /// Runs a job in a read transaction: on the blocking pool, or inline on a simulated disk.
    pub(super) fn run<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&mut ReadTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + 'static {
        let (permits, idle) = (self.permits.clone(), self.idle.clone());
        let disk = self.disk.clone();
        async move {
            let permit = permits.acquire_owned().await.map_err(|_| StoreError::Closed)?;
            // The permit moves into the work, so that a cancelled caller does not free it early.
            let work = move || {
                let borrowed = BorrowedConnection::take(idle)?;
                let sql = borrowed.sql.as_ref().ok_or(StoreError::Closed)?;
                let tx = sql.unchecked_transaction()?;
                let result = run_ready(job(&mut ReadTx::new(&tx, ())));
                drop(tx);
                drop(borrowed);
                drop(permit);
                result
            };
            match disk {
                None => tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)?,
                Some(disk) => {
                    disk.wait().await;
                    let result = work();
                    // As on the pool, what is committed meanwhile may be published first.
                    disk.wait().await;
                    result
                }
            }
        }
    }
}

/// A borrowed connection, returned even if the job panics.
struct BorrowedConnection {
    sql: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl BorrowedConnection {
    fn take(idle: Arc<Mutex<Vec<Connection>>>) -> Result<Self, StoreError> {
        let sql = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match sql {
            Some(sql) => Ok(Self { sql: Some(sql), idle }),
            None => Err(StoreError::Closed),
        }
    }
}

impl Drop for BorrowedConnection {
    fn drop(&mut self) {
        if let Some(sql) = self.sql.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sql);
        }
    }
}
