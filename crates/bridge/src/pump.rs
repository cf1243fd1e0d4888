//! The pump: one task that keeps the projection of every space, numbers the changes and pushes them
//! to the subscribers.
//!
//! It never waits for a slow subscriber. Such a subscriber is marked and gets a snapshot as soon as
//! it accepts a push again. After an engine's subscription lagged, every subscriber gets a
//! snapshot. Notifications are made here as well, because they must agree with the projection.

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
use crate::tray_state;
use crate::words::Words;

/// Capacity of the input channel. An engine's subscription buffers the rest.
const INPUTS: usize = 256;
/// Inputs combined into one push, so that a burst is one message to the interface.
const TOGETHER: usize = 64;
/// Interval at which a slow subscriber is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// Interval at which a pause is checked, so that sleep, a set clock or another time zone are
/// noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// The outcome of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// Accepted.
    Taken,
    /// No room now; a snapshot will be tried later.
    Full,
    /// The subscriber is gone.
    Gone,
}

/// Receives pushes. Must not block.
pub trait Subscriber: Send + 'static {
    /// Accepts a push if it can.
    fn push(&mut self, push: &Push) -> PushOutcome;
}

/// An input of the pump.
pub(crate) enum PumpInput {
    Listen(Box<dyn Subscriber>),
    Resync,
    Overview(Box<Overview>),
    Batch(SpaceId, Arc<Batch>),
    Left(SpaceId),
    /// Applied to the view, and pushed.
    Change(Change),
    Rescued(Rescued),
    /// The person has dismissed the report.
    Read(SpaceId),
    Unreadable(Unreadable),
    Opened,
    /// Not pushed: the window that sent it knows it, and the next one gets it with its snapshot.
    ViewState(ViewState),
    ViewerFocus(ViewerFocus),
    Decisions(oneshot::Sender<Vec<NotifyDecision>>),
    /// A reply to a notification could not be queued.
    Unsent(NotifiedMessage, String),
    Test,
}

/// A handle to the pump.
#[derive(Clone)]
pub(crate) struct Pump {
    inputs: mpsc::Sender<PumpInput>,
    /// Whether there is a subscriber.
    listened: watch::Receiver<bool>,
}

impl Pump {
    /// Starts the pump, which runs until `stop`.
    pub(crate) fn start(
        view: AppView,
        deps: PumpDeps,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (inputs, receiver) = mpsc::channel(INPUTS);
        let (listened, anybody) = watch::channel(false);
        let state = PumpState {
            view,
            deps,
            number: 0,
            listeners: Vec::new(),
            listened,
            notifications: Notifications::default(),
            tray_state: None,
            changes: Vec::new(),
            resync: false,
        };
        tasks.spawn(state.run(receiver, stop));
        Self { inputs, listened: anybody }
    }

    /// Sends an input. If the pump has stopped, nobody is left to receive it.
    pub(crate) async fn tell(&self, input: PumpInput) {
        _ = self.inputs.send(input).await;
    }

    /// Has the view changed, and who listens told.
    pub(crate) async fn change(&self, change: Change) {
        self.tell(PumpInput::Change(change)).await;
    }

    /// Whether there is a subscriber.
    pub(crate) fn listened(&self) -> watch::Receiver<bool> {
        self.listened.clone()
    }

    /// The last decisions about notifications.
    pub(crate) async fn decisions(&self) -> Vec<NotifyDecision> {
        let (answer, decisions) = oneshot::channel();
        self.tell(PumpInput::Decisions(answer)).await;
        decisions.await.unwrap_or_default()
    }

    /// Forwards an engine's diffs until it stops, with a new overview whenever the subscription
    /// lagged. Returns once the first overview is sent.
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

/// What the pump depends on.
pub(crate) struct PumpDeps {
    /// Where notifications and the badge go.
    pub(crate) desktop: Arc<dyn Desktop>,
    /// The wall clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// The time zone.
    pub(crate) zone: fn() -> TimeZone,
    /// The operating system's locale.
    pub(crate) locale: Option<String>,
}

struct PumpState {
    view: AppView,
    deps: PumpDeps,
    number: u64,
    listeners: Vec<PushSubscription>,
    listened: watch::Sender<bool>,
    notifications: Notifications,
    tray_state: Option<TrayState>,
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
            self.refresh_tray();
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
                let context = self.notify_context(&settings);
                let effects = self.notifications.look(look, &self.view.spaces, context);
                self.carry_out(effects);
            }
            // The caller may be gone by now, which does not matter.
            PumpInput::Decisions(answer) => _ = answer.send(self.notifications.decisions()),
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
            self.deps.desktop.settings_changed(settings);
        }
        self.view.apply(&change);
        self.changes.push(change);
    }

    fn space_left(&mut self, space: SpaceId) {
        self.change(Change::SpaceLeft { space });
        let effects = self.notifications.after_leaving(space);
        self.carry_out(effects);
    }

    fn take_overview(&mut self, overview: Overview) {
        let settings = self.view.settings.clone();
        let context = self.notify_context(&settings);
        match self.view.space_mut(overview.space.id) {
            Some(known) => {
                let before = std::mem::replace(known, overview);
                let effects = self.notifications.after_overview(&before, known, context);
                self.carry_out(effects);
                self.resync = true;
            }
            None => self.change(Change::SpaceEntered { overview: Box::new(overview) }),
        }
    }

    fn take_batch(&mut self, space: SpaceId, batch: &Batch) {
        let settings = self.view.settings.clone();
        let context = self.notify_context(&settings);
        if self.view.space_mut(space).is_none() {
            return;
        }
        for diff in &batch.diffs {
            self.change(Change::In { space, diff: Box::new(diff.clone()) });
        }
        let Some(overview) = self.view.space_mut(space) else { return };
        let effects =
            self.notifications.after_batch(overview, &batch.diffs, &batch.incoming, context);
        self.carry_out(effects);
    }

    fn carry_out(&self, effects: Vec<NotificationEffect>) {
        for effect in effects {
            match effect {
                NotificationEffect::Show(note) => self.deps.desktop.show(*note),
                NotificationEffect::Withdraw(key) => self.deps.desktop.withdraw(key),
            }
        }
    }

    /// Shows a notification that is about no message.
    fn say(&self, key: NotificationKey, (title, body): (&str, &str), open: Option<Open>) {
        let (title, body) = (title.to_owned(), body.to_owned());
        let click = self.words().open().to_owned();
        self.deps.desktop.show(DesktopNotification {
            key,
            title,
            body,
            click,
            open,
            actions: None,
        });
    }

    fn refresh_tray(&mut self) {
        let PumpDeps { clock, zone, desktop, .. } = &self.deps;
        let AppView { spaces, settings, .. } = &self.view;
        let tray_state =
            tray_state::compute(spaces, settings, self.words(), clock.now_ms(), &zone());
        if self.tray_state.as_ref() != Some(&tray_state) {
            desktop.set_tray_state(tray_state.clone());
            self.tray_state = Some(tray_state);
        }
    }

    /// Whether notifications are paused, and when to check again.
    fn pause(&self) -> (bool, Duration) {
        let (until, now) = (self.view.settings.notify_paused_until, self.deps.clock.now_ms());
        let left = u64::try_from(until.saturating_sub(now)).unwrap_or_default();
        (left > 0, Duration::from_millis(left).min(LOOK_AGAIN))
    }

    fn notify_context<'a>(&self, settings: &'a Settings) -> NotifyContext<'a> {
        let ms = self.deps.clock.now_ms();
        NotifyContext {
            settings,
            words: self.words(),
            now: Moment { ms, local: Local::at(ms, &(self.deps.zone)()) },
            several_spaces: self.view.spaces.len() > 1,
        }
    }

    /// Pushes the changes, or a snapshot to subscribers that need one.
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
        Words::of(self.view.settings.language, self.deps.locale.as_deref())
    }
}

#[cfg(test)]
mod tests;
