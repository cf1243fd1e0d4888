//! From the engines to whoever shows them: one task that keeps the projection of every space,
//! numbers what changes, and hands it on.
//!
//! A listener that can't keep up is not waited for. It is marked, and gets a snapshot when it takes
//! something again. So is every listener after an engine's subscription lagged. Notifications come
//! from here too, because what is notified must be what is in the projection.

use std::sync::Arc;
use std::time::Duration;

use homing_engine::Handle;
use homing_engine::clock::Clock;
use homing_engine::diff::Batch;
use homing_engine::view::Overview;
use homing_protocol::SpaceId;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dto::{
    AppView, NotifyDecision, Open, Rescued, Settings, Unreadable, ViewState, ViewerFocus,
};
use crate::event::{Change, Push};
use crate::hours::Local;
use crate::notifications::{NotificationEffect, Notifications, NotifyContext};
use crate::notify::Moment;
use crate::ports::{Desktop, DesktopNotification, NotificationKey, NotifiedMessage, TrayState};
use crate::words::Words;

/// Inputs waiting for the pump. An engine's subscription holds what does not fit here.
const INPUTS: usize = 256;
/// Inputs taken together into one push, so that a burst is one message to the interface.
const TOGETHER: usize = 64;
/// How often a listener that could not take a push is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How late it may be noticed during a pause that the machine slept, that its clock was set, or that
/// it is in another time zone.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// It was taken.
    Taken,
    /// There is no room for it now; a snapshot will be tried later.
    Full,
    /// Nobody listens any more.
    Gone,
}

/// Somebody who shows what is pushed. Must not block.
pub trait Subscriber: Send + 'static {
    /// Takes a push, if it can.
    fn push(&mut self, push: &Push) -> PushOutcome;
}

/// What the pump is told.
pub(crate) enum PumpInput {
    Listen(Box<dyn Subscriber>),
    Resync,
    Overview(Box<Overview>),
    Batch(SpaceId, Arc<Batch>),
    Left(SpaceId),
    /// Applied to the view, and pushed.
    Change(Change),
    Rescued(Rescued),
    /// The person has read what became of it.
    Read(SpaceId),
    Unreadable(Unreadable),
    Opened,
    /// Told to nobody: the window that says so knows, and the next one gets it with its snapshot.
    ViewState(ViewState),
    ViewerFocus(ViewerFocus),
    Decisions(oneshot::Sender<Vec<NotifyDecision>>),
    /// An answer that was written in a notification could not be taken.
    Unsent(NotifiedMessage, String),
    Test,
}

/// The front of the pump.
#[derive(Clone)]
pub(crate) struct Pump {
    inputs: mpsc::Sender<PumpInput>,
    /// Anybody listens.
    listened: watch::Receiver<bool>,
}

impl Pump {
    /// Starts the pump. It runs until `stop`.
    pub(crate) fn start(
        view: AppView,
        around: PumpDeps,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (inputs, receiver) = mpsc::channel(INPUTS);
        let (listened, anybody) = watch::channel(false);
        let state = PumpState {
            view,
            around,
            number: 0,
            listeners: Vec::new(),
            listened,
            notices: Notifications::default(),
            glance: None,
            changes: Vec::new(),
            resync: false,
        };
        tasks.spawn(state.run(receiver, stop));
        Self { inputs, listened: anybody }
    }

    /// Tells the pump something. A pump that has stopped has nobody left to tell.
    pub(crate) async fn tell(&self, input: PumpInput) {
        _ = self.inputs.send(input).await;
    }

    /// Has the view changed, and who listens told.
    pub(crate) async fn change(&self, change: Change) {
        self.tell(PumpInput::Change(change)).await;
    }

    /// Whether anybody listens.
    pub(crate) fn listened(&self) -> watch::Receiver<bool> {
        self.listened.clone()
    }

    /// The last decisions about notifications.
    pub(crate) async fn decisions(&self) -> Vec<NotifyDecision> {
        let (answer, decisions) = oneshot::channel();
        self.tell(PumpInput::Decisions(answer)).await;
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
        let (_, overview, mut batches) = engine.subscribe().await?;
        self.tell(PumpInput::Overview(Box::new(overview))).await;
        let pump = self.clone();
        tasks.spawn(async move {
            loop {
                match batches.recv().await {
                    Ok(Some(batch)) => pump.tell(PumpInput::Batch(space, batch)).await,
                    Ok(None) => return,
                    Err(_) => {
                        let Ok((_, overview, anew)) = engine.subscribe().await else {
                            return;
                        };
                        batches = anew;
                        pump.tell(PumpInput::Overview(Box::new(overview))).await;
                    }
                }
            }
        });
        Ok(())
    }
}

struct PushSubscription {
    listener: Box<dyn Subscriber>,
    behind: bool,
}

/// What the pump needs from outside.
pub(crate) struct PumpDeps {
    /// Where notifications and the badge go.
    pub(crate) desktop: Arc<dyn Desktop>,
    /// The wall clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where the person is.
    pub(crate) zone: fn() -> TimeZone,
    /// The operating system's locale.
    pub(crate) locale: Option<String>,
}

struct PumpState {
    view: AppView,
    around: PumpDeps,
    number: u64,
    listeners: Vec<PushSubscription>,
    listened: watch::Sender<bool>,
    notices: Notifications,
    glance: Option<TrayState>,
    changes: Vec<Change>,
    resync: bool,
}

impl PumpState {
    async fn run(mut self, mut inputs: mpsc::Receiver<PumpInput>, stop: CancellationToken) {
        loop {
            let behind = self.listeners.iter().any(|one| one.behind);
            let (paused, end) = self.pause();
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                input = inputs.recv() => match input {
                    Some(input) => self.take(input),
                    None => return,
                },
                () = tokio::time::sleep(TRY_AGAIN), if behind => {}
                () = tokio::time::sleep(end), if paused => {}
            }
            for _ in 1..TOGETHER {
                match inputs.try_recv() {
                    Ok(input) => self.take(input),
                    Err(_) => break,
                }
            }
            self.refresh_glance();
            self.push();
        }
    }

    fn take(&mut self, input: PumpInput) {
        match input {
            PumpInput::Listen(listener) => {
                self.listeners.push(PushSubscription { listener, behind: true })
            }
            PumpInput::Resync => self.resync = true,
            PumpInput::Overview(overview) => self.take_overview(*overview),
            PumpInput::Batch(space, batch) => self.take_batch(space, &batch),
            PumpInput::Change(change) => self.change(change),
            PumpInput::Left(space) => self.space_left(space),
            PumpInput::Rescued(rescue) => {
                let others = self.view.rescued.iter().filter(|one| one.space != rescue.space);
                let rescued = others.cloned().chain([rescue.clone()]).collect();
                self.change(Change::Rescued { rescued });
            }
            PumpInput::Read(space) => {
                let unread = self.view.rescued.iter().filter(|one| one.space != space);
                let rescued = unread.cloned().collect();
                self.change(Change::Rescued { rescued });
            }
            PumpInput::Unreadable(one) => {
                self.space_left(one.space);
                let others = self.view.unreadable.iter().filter(|other| other.space != one.space);
                let unreadable = others.cloned().chain([one.clone()]).collect();
                self.change(Change::Unreadable { unreadable });
            }
            PumpInput::Opened => self.view.open = None,
            PumpInput::ViewState(standing) => self.view.standing = Some(standing),
            PumpInput::ViewerFocus(look) => {
                let settings = self.view.settings.clone();
                let around = self.around(&settings);
                let effects = self.notices.look(look, &self.view.spaces, around);
                self.carry_out(effects);
            }
            // Whoever asked may have gone; there is nothing to do about it.
            PumpInput::Decisions(answer) => _ = answer.send(self.notices.decisions()),
            PumpInput::Unsent(about, text) => {
                let NotifiedMessage { space, room, key, .. } = about;
                self.say(
                    NotificationKey::Unsent(space, room),
                    (self.words().reply_not_sent(), &text),
                    Some(Open::Room { space, room, key: Some(key), compose: true }),
                );
            }
            PumpInput::Test => self.say(NotificationKey::Test, self.words().test(), None),
        }
    }

    fn change(&mut self, change: Change) {
        if let Change::Settings { settings } = &change {
            self.around.desktop.chosen(settings);
        }
        self.view.apply(&change);
        self.changes.push(change);
    }

    fn space_left(&mut self, space: SpaceId) {
        self.change(Change::SpaceLeft { space });
        let effects = self.notices.after_leaving(space);
        self.carry_out(effects);
    }

    fn take_overview(&mut self, overview: Overview) {
        let settings = self.view.settings.clone();
        let around = self.around(&settings);
        match self.view.space_mut(overview.space.id) {
            Some(known) => {
                let before = std::mem::replace(known, overview);
                let effects = self.notices.after_overview(&before, known, around);
                self.carry_out(effects);
                self.resync = true;
            }
            None => self.change(Change::SpaceEntered { overview: Box::new(overview) }),
        }
    }

    fn take_batch(&mut self, space: SpaceId, batch: &Batch) {
        let settings = self.view.settings.clone();
        let around = self.around(&settings);
        if self.view.space_mut(space).is_none() {
            return;
        }
        for diff in &batch.diffs {
            self.change(Change::In { space, diff: Box::new(diff.clone()) });
        }
        let Some(overview) = self.view.space_mut(space) else { return };
        let effects = self.notices.after_batch(overview, &batch.diffs, &batch.incoming, around);
        self.carry_out(effects);
    }

    fn carry_out(&self, effects: Vec<NotificationEffect>) {
        for effect in effects {
            match effect {
                NotificationEffect::Show(note) => self.around.desktop.show(*note),
                NotificationEffect::Withdraw(key) => self.around.desktop.withdraw(key),
            }
        }
    }

    /// Says something that is about no message.
    fn say(&self, key: NotificationKey, (title, body): (&str, &str), open: Option<Open>) {
        let (title, body) = (title.to_owned(), body.to_owned());
        let click = self.words().open().to_owned();
        self.around.desktop.show(DesktopNotification {
            key,
            title,
            body,
            click,
            open,
            actions: None,
        });
    }

    fn refresh_glance(&mut self) {
        let PumpDeps { clock, zone, desktop, .. } = &self.around;
        let AppView { spaces, settings, .. } = &self.view;
        let glance = glance(spaces, settings, self.words(), clock.now_ms(), &zone());
        if self.glance.as_ref() != Some(&glance) {
            desktop.glance(glance.clone());
            self.glance = Some(glance);
        }
    }

    /// Whether notifications are paused, and when to look again whether they still are.
    fn pause(&self) -> (bool, Duration) {
        let (until, now) = (self.view.settings.notify_paused_until, self.around.clock.now_ms());
        let left = u64::try_from(until.saturating_sub(now)).unwrap_or_default();
        (left > 0, Duration::from_millis(left).min(LOOK_AGAIN))
    }

    fn around<'a>(&self, settings: &'a Settings) -> NotifyContext<'a> {
        let ms = self.around.clock.now_ms();
        NotifyContext {
            settings,
            words: self.words(),
            now: Moment { ms, local: Local::at(ms, &(self.around.zone)()) },
            several_spaces: self.view.spaces.len() > 1,
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
                PushOutcome::Taken
            };
            one.behind = pushed == PushOutcome::Full;
            pushed != PushOutcome::Gone
        });
        self.listened.send_if_modified(|listened| {
            let anybody = !self.listeners.is_empty();
            std::mem::replace(listened, anybody) != anybody
        });
    }

    fn words(&self) -> Words {
        Words::of(self.view.settings.language, self.around.locale.as_deref())
    }
}

#[cfg(test)]
mod tests;
