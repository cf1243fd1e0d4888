//! The Connection Inspector and the Doctor, while they are open.
//!
//! An inspection costs memory and a ping now and then. It ends when it is closed, when the space is
//! left, and when there is no subscriber any more (a crashed window can't close anything). Only new
//! entries are pushed; a window that missed some opens the Inspector again and gets all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use homing_engine::Handle;
use homing_engine::doctor::{AddressVisibility, Finding};
use homing_engine::trace::Traffic;
use homing_protocol::SpaceId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dto::Examination;
use crate::event::Change;
use crate::pump::Pump;

/// All open inspections.
#[derive(Default)]
pub(crate) struct Inspections {
    inspected: Mutex<BTreeMap<SpaceId, CancellationToken>>,
    examined: Mutex<BTreeMap<SpaceId, Arc<LastExamination>>>,
}

/// The last examination of a space.
struct LastExamination {
    stop: CancellationToken,
    state: Mutex<Examination>,
}

impl Inspections {
    /// Opens the Inspector: returns the stored entries and pushes new ones.
    pub(crate) fn inspect(
        &self,
        space: SpaceId,
        engine: &Handle,
        pump: &Pump,
        tasks: &TaskTracker,
        program: &CancellationToken,
    ) -> Traffic {
        let mut watching = engine.trace().subscribe();
        let first = watching.take();
        let stop = program.child_token();
        if let Some(before) = lock(&self.inspected).insert(space, stop.clone()) {
            before.cancel();
        }
        let (pump, mut listened) = (pump.clone(), pump.listened());
        tasks.spawn(async move {
            loop {
                let traffic = tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    _ = listened.wait_for(|anybody| !anybody) => return,
                    traffic = watching.changes() => traffic,
                };
                let traffic = Box::new(traffic);
                pump.change(Change::Traffic { space, traffic }).await;
            }
        });
        first
    }

    /// Closes the Inspector.
    pub(crate) fn stop_inspecting(&self, space: SpaceId) {
        if let Some(stop) = lock(&self.inspected).remove(&space) {
            stop.cancel();
        }
    }

    /// Starts an examination and ends the one that runs.
    pub(crate) fn examine(
        &self,
        space: SpaceId,
        engine: Handle,
        pump: &Pump,
        tasks: &TaskTracker,
        program: &CancellationToken,
    ) {
        let state = Mutex::new(Examination { running: true, findings: Vec::new() });
        let examined = Arc::new(LastExamination { stop: program.child_token(), state });
        if let Some(before) = lock(&self.examined).insert(space, examined.clone()) {
            before.stop.cancel();
        }
        let pump = pump.clone();
        tasks.spawn(async move {
            let tell = async || {
                let examination = lock(&examined.state).clone();
                pump.change(Change::Examination { space, examination }).await;
            };
            let (found, mut findings) = tokio::sync::mpsc::channel::<Finding>(STEPS);
            let examine = async move {
                // The channel has room for each step, so this can't fail.
                engine.examine(|finding| _ = found.try_send(finding)).await;
            };
            let show = async {
                tell().await;
                while let Some(finding) = findings.recv().await {
                    lock(&examined.state).findings.push(finding);
                    tell().await;
                }
            };
            tokio::select! {
                biased;
                () = examined.stop.cancelled() => {}
                _ = async { tokio::join!(examine, show) } => {}
            }
            lock(&examined.state).running = false;
            // A replaced examination must not report any more.
            if !examined.stop.is_cancelled() {
                tell().await;
            }
        });
    }

    /// Ends an examination; its findings stay.
    pub(crate) fn stop_examining(&self, space: SpaceId) -> Examination {
        if let Some(examined) = lock(&self.examined).get(&space) {
            examined.stop.cancel();
            lock(&examined.state).running = false;
        }
        self.examination(space)
    }

    /// The last examination.
    pub(crate) fn examination(&self, space: SpaceId) -> Examination {
        let examined = lock(&self.examined).get(&space).cloned();
        examined.map(|examined| lock(&examined.state).clone()).unwrap_or_default()
    }

    /// The last examination as text.
    pub(crate) fn report(
        &self,
        space: SpaceId,
        engine: &Handle,
        places: AddressVisibility,
    ) -> String {
        engine.report(&self.examination(space).findings, places)
    }

    /// Forgets a space that is left.
    pub(crate) fn forget(&self, space: SpaceId) {
        self.stop_inspecting(space);
        if let Some(examined) = lock(&self.examined).remove(&space) {
            examined.stop.cancel();
        }
    }
}

/// Findings in the channel at most: one a step.
const STEPS: usize = homing_engine::doctor::Step::ALL.len();

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every critical section leaves a valid value, so a panic in one does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
