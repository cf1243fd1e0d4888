//! From the engines to whoever shows them: one task that keeps the projection of every space,
//! numbers what changes, and hands it on.
//!
//! A listener that can't keep up is not waited for. It is marked, and gets a snapshot when it takes
//! something again. So is every listener after an engine's subscription lagged. Notifications come
//! from here too, because what is notified must be what is in the projection.

use std::sync::Arc;
use std::time::Duration;

use homing_engine::Handle;
use homing_engine::event::{Batch, Diff};
use homing_engine::view::Overview;
use homing_protocol::SpaceId;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dto::{AppView, Hosting, Keyring, Look, NotifyDecision, Open, Settings};
use crate::event::{Change, Push};
use crate::notices::{self, Effect, Notices};
use crate::ports::{Desktop, Note, NoteKey, Unread};
use crate::projection;
use crate::words::Words;

/// Inputs waiting for the pump. An engine's subscription holds what does not fit here.
const INPUTS: usize = 256;
/// Inputs taken together into one push, so that a burst is one message to the interface.
const TOGETHER: usize = 64;
/// How often a listener that could not take a push is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(100);

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It was taken.
    Taken,
    /// There is no room for it now; a snapshot will be tried later.
    Full,
    /// Nobody listens any more.
    Gone,
}

/// Somebody who shows what is pushed. Must not block.
pub trait Listener: Send + 'static {
    /// Takes a push, if it can.
    fn push(&mut self, push: &Push) -> Pushed;
}

/// What the pump is told.
pub(crate) enum Input {
    Listen(Box<dyn Listener>),
    Resync,
    Overview(Box<Overview>),
    Batch(SpaceId, Arc<Batch>),
    Left(SpaceId),
    Settings(Settings),
    Keyring(Keyring),
    Hosting(Option<Hosting>),
    Open(Open),
    Opened,
    Look(Look),
    Decisions(oneshot::Sender<Vec<NotifyDecision>>),
    Test,
}

/// The front of the pump.
#[derive(Clone)]
pub(crate) struct Pump {
    inputs: mpsc::Sender<Input>,
}

impl Pump {
    /// Starts the pump. It runs until `stop`.
    pub(crate) fn start(
        view: AppView,
        desktop: Arc<dyn Desktop>,
        locale: Option<String>,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (inputs, receiver) = mpsc::channel(INPUTS);
        let state = State {
            view,
            desktop,
            locale,
            number: 0,
            listeners: Vec::new(),
            notices: Notices::default(),
            unread: Unread::default(),
            changes: Vec::new(),
            resync: false,
        };
        tasks.spawn(state.run(receiver, stop));
        Self { inputs }
    }

    /// Tells the pump something. A pump that has stopped has nobody left to tell.
    pub(crate) async fn tell(&self, input: Input) {
        _ = self.inputs.send(input).await;
    }

    /// The last decisions about notifications.
    pub(crate) async fn decisions(&self) -> Vec<NotifyDecision> {
        let (answer, decisions) = oneshot::channel();
        self.tell(Input::Decisions(answer)).await;
        decisions.await.unwrap_or_default()
    }

    /// Follows an engine until it stops, taking a new overview whenever it falls behind. Returns
    /// once the first overview is on its way.
    pub(crate) async fn follow(
        &self,
        space: SpaceId,
        engine: Handle,
        tasks: &TaskTracker,
    ) -> Result<(), homing_engine::Error> {
        let (_, overview, mut batches) = engine.watch().await?;
        self.tell(Input::Overview(Box::new(overview))).await;
        let pump = self.clone();
        tasks.spawn(async move {
            loop {
                match batches.recv().await {
                    Ok(Some(batch)) => pump.tell(Input::Batch(space, batch)).await,
                    Ok(None) => return,
                    Err(_) => {
                        let Ok((_, overview, anew)) = engine.watch().await else {
                            return;
                        };
                        batches = anew;
                        pump.tell(Input::Overview(Box::new(overview))).await;
                    }
                }
            }
        });
        Ok(())
    }
}

struct Listening {
    listener: Box<dyn Listener>,
    behind: bool,
}

struct State {
    view: AppView,
    desktop: Arc<dyn Desktop>,
    locale: Option<String>,
    number: u64,
    listeners: Vec<Listening>,
    notices: Notices,
    unread: Unread,
    changes: Vec<Change>,
    resync: bool,
}

impl State {
    async fn run(mut self, mut inputs: mpsc::Receiver<Input>, stop: CancellationToken) {
        loop {
            let behind = self.listeners.iter().any(|one| one.behind);
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                input = inputs.recv() => match input {
                    Some(input) => self.take(input),
                    None => return,
                },
                () = tokio::time::sleep(TRY_AGAIN), if behind => {}
            }
            for _ in 1..TOGETHER {
                match inputs.try_recv() {
                    Ok(input) => self.take(input),
                    Err(_) => break,
                }
            }
            self.refresh_unread();
            self.push();
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Listen(listener) => self.listeners.push(Listening { listener, behind: true }),
            Input::Resync => self.resync = true,
            Input::Overview(overview) => self.take_overview(*overview),
            Input::Batch(space, batch) => self.take_batch(space, &batch),
            Input::Left(space) => {
                self.view.spaces.retain(|one| one.space.id != space);
                let effects = self.notices.after_leaving(space);
                self.carry_out(effects);
                self.changes.push(Change::SpaceLeft { space });
            }
            Input::Settings(settings) => {
                self.view.settings = settings.clone();
                self.changes.push(Change::Settings { settings });
            }
            Input::Keyring(keyring) => {
                self.view.keyring = keyring.clone();
                self.changes.push(Change::Keyring { keyring });
            }
            Input::Hosting(hosting) => {
                self.view.hosting = hosting.clone();
                self.changes.push(Change::Hosting { hosting });
            }
            Input::Open(open) => {
                self.view.open = Some(open.clone());
                self.changes.push(Change::Open { open });
            }
            Input::Opened => self.view.open = None,
            Input::Look(look) => {
                let effects = self.notices.look(look);
                self.carry_out(effects);
            }
            // Whoever asked may have gone; there is nothing to do about it.
            Input::Decisions(answer) => _ = answer.send(self.notices.decisions()),
            Input::Test => {
                let (title, body) = self.words().test();
                self.desktop.show(Note {
                    key: NoteKey::Test,
                    title: title.to_owned(),
                    body: body.to_owned(),
                    open: None,
                });
            }
        }
    }

    fn take_overview(&mut self, overview: Overview) {
        match self.view.spaces.iter_mut().find(|one| one.space.id == overview.space.id) {
            Some(known) => {
                *known = overview;
                self.resync = true;
            }
            None => {
                self.view.spaces.push(overview.clone());
                self.changes.push(Change::SpaceEntered { overview: Box::new(overview) });
            }
        }
    }

    fn take_batch(&mut self, space: SpaceId, batch: &Batch) {
        let words = self.words();
        let Some(overview) = self.view.spaces.iter_mut().find(|one| one.space.id == space) else {
            return;
        };
        for diff in &batch.diffs {
            projection::apply(overview, diff);
        }
        let effects = self.notices.after_batch(
            overview,
            &batch.diffs,
            &batch.incoming,
            &self.view.settings,
            words,
        );
        let changes = batch
            .diffs
            .iter()
            .map(|diff: &Diff| Change::In { space, diff: Box::new(diff.clone()) });
        self.changes.extend(changes);
        self.carry_out(effects);
    }

    fn carry_out(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Show(note) => self.desktop.show(note),
                Effect::Withdraw(key) => self.desktop.withdraw(key),
            }
        }
    }

    fn refresh_unread(&mut self) {
        let unread = notices::unread(&self.view.spaces, self.view.settings.notify, self.words());
        if unread != self.unread {
            self.unread = unread.clone();
            self.desktop.unread(unread);
        }
    }

    /// Hands on what changed; a snapshot to who needs one.
    fn push(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        if !changes.is_empty() {
            self.number += 1;
        }
        let number = self.number;
        let news = Push::Changes { number, changes };
        let has_news = matches!(&news, Push::Changes { changes, .. } if !changes.is_empty());
        let resync = std::mem::take(&mut self.resync);
        let mut snapshot = None;
        let view = &self.view;
        self.listeners.retain_mut(|one| {
            let pushed = if one.behind || resync {
                let snapshot = snapshot
                    .get_or_insert_with(|| Push::Snapshot { number, view: Box::new(view.clone()) });
                one.listener.push(snapshot)
            } else if has_news {
                one.listener.push(&news)
            } else {
                Pushed::Taken
            };
            one.behind = pushed == Pushed::Full;
            pushed != Pushed::Gone
        });
    }

    fn words(&self) -> Words {
        Words::of(self.view.settings.language, self.locale.as_deref())
    }
}

#[cfg(test)]
mod tests;
