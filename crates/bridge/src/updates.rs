//! Updates: when to look for a new version, what to show about it, and what the person decides.
//!
//! One task owns it. It checks a minute after the start, so that the check does not slow the start
//! down, and then once a day. It never downloads or installs by itself. A copy installed by a
//! package manager is told about a new version and not changed. The crate `homing-updates` verifies
//! and downloads; the host installs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use homing_updates::{
    Announced, Channel, FetchError, LookError, Package, PackageError, Source, Version, Web,
    fetch_package, look, machine,
};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::app::App;
use crate::dto::{
    Update, UpdateChannel, UpdateNews, UpdateStage, UpdateTrouble, UpdateWay, UpdateWhen,
};
use crate::event::Change;
use crate::ports::{AfterInstall, Installer};

/// From the start to the first check.
const FIRST: Duration = Duration::from_secs(60);
/// Between checks.
const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a failed check.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// Capacity of the request channel: a person presses one button at a time.
const ASKS: usize = 8;
/// The profile's folder for downloads.
const FOLDER: &str = "updates";
/// Progress reports in a whole download; a progress bar shows no more.
const STEPS: u64 = 100;

/// How this copy is updated.
#[derive(Clone)]
pub struct Updating {
    /// Where new versions are announced. None for a copy that somebody built.
    pub source: Option<Source>,
    /// Who installs them.
    pub way: UpdateWay,
    /// Installs a downloaded version.
    pub installer: Arc<dyn Installer>,
}

/// The state before the first check.
pub(crate) fn at_start(updating: &Updating) -> Update {
    let way = if updating.source.is_some() { updating.way } else { UpdateWay::ByHand };
    Update { way, ..Update::default() }
}

/// A request of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpdateRequest {
    Look,
    Fetch,
    Cancel,
    Install(UpdateWhen),
    Channel(UpdateChannel),
}

/// A handle to the task.
pub(crate) struct Updates {
    asks: mpsc::Sender<UpdateRequest>,
    planned: watch::Receiver<Option<Fetched>>,
}

/// What the task receives: the other end of the handle.
pub(crate) struct Waiting {
    asks: mpsc::Receiver<UpdateRequest>,
    plan: watch::Sender<Option<Fetched>>,
}

impl Updates {
    pub(crate) fn new() -> (Self, Waiting) {
        let (asks, asked) = mpsc::channel(ASKS);
        let (plan, planned) = watch::channel(None);
        (Self { asks, planned }, Waiting { asks: asked, plan })
    }

    /// Sends a request. Where nothing can be updated, nothing happens.
    pub(crate) async fn ask(&self, ask: UpdateRequest) {
        _ = self.asks.send(ask).await;
    }

    /// What is to be installed when the program quits.
    pub(crate) fn planned(&self) -> Option<Fetched> {
        self.planned.borrow().clone()
    }
}

/// The result of a longer step.
enum StepResult {
    Looked { by_person: bool, found: Result<Announced, LookError> },
    Fetched(Result<Fetched, PackageError>),
    Installed(Result<(), InstallError>),
}

/// Why a downloaded version is not installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error("the download has changed since; download it again")]
    Changed,
    #[error("{0}")]
    Place(String),
}

/// A downloaded file and its metadata at that time.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    file: PathBuf,
    package: Package,
}

impl Fetched {
    /// Installs it, unless the file has changed: it may have been on the disk for days.
    pub(crate) async fn install(
        self,
        installer: &dyn Installer,
        then: AfterInstall,
    ) -> Result<(), InstallError> {
        if self.package.is(&self.file).await.unwrap_or(false) {
            installer.install(self.file, then).await.map_err(InstallError::Place)
        } else {
            Err(InstallError::Changed)
        }
    }
}

enum UpdateEvent {
    Asked(UpdateRequest),
    Done(StepResult),
    Progress,
    Due,
}

struct UpdateTask {
    app: App,
    source: Source,
    installer: Arc<dyn Installer>,
    running: Version,
    channel: Channel,
    update: Update,
    announced: Option<Announced>,
    fetched: Option<Fetched>,
    work: Option<BoxFuture<'static, StepResult>>,
    /// The running check was not requested by a person. Nothing is shown of it, and a person's
    /// request replaces it.
    unasked: bool,
    received: watch::Receiver<u64>,
    plan: watch::Sender<Option<Fetched>>,
    due: Instant,
}

/// Runs until the program ends.
pub(crate) async fn keep(app: App, updating: Updating, waiting: Waiting) {
    let at_start = at_start(&updating);
    let Updating { source: Some(source), installer, .. } = updating else { return };
    let Ok(running) = app.version().parse() else {
        return tracing::warn!("a copy without a proper version looks for no updates");
    };
    let keeper = UpdateTask {
        channel: channel(app.settings().update_channel),
        app,
        source,
        installer,
        running,
        update: at_start,
        announced: None,
        fetched: None,
        work: None,
        unasked: false,
        received: watch::channel(0).1,
        plan: waiting.plan,
        due: Instant::now() + FIRST,
    };
    keeper.run(waiting.asks).await;
}

impl UpdateTask {
    async fn run(mut self, mut asks: mpsc::Receiver<UpdateRequest>) {
        let stop = self.app.stopped();
        loop {
            let idle = self.work.is_none();
            let happened = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                ask = asks.recv() => match ask {
                    Some(ask) => UpdateEvent::Asked(ask),
                    None => return,
                },
                done = finished(&mut self.work) => UpdateEvent::Done(done),
                Ok(()) = self.received.changed() => UpdateEvent::Progress,
                () = sleep_until(self.due), if idle => UpdateEvent::Due,
            };
            match happened {
                UpdateEvent::Asked(ask) => self.asked(ask),
                UpdateEvent::Done(done) => {
                    self.work = None;
                    self.done(done);
                }
                UpdateEvent::Progress => self.update.received = *self.received.borrow_and_update(),
                UpdateEvent::Due if self.app.settings().update_check => self.look(false),
                UpdateEvent::Due => {
                    self.due = Instant::now() + DAILY;
                    continue;
                }
            }
            self.app.pump().change(Change::Update { update: self.update.clone() }).await;
        }
    }

    fn asked(&mut self, ask: UpdateRequest) {
        match ask {
            UpdateRequest::Look if self.is_free() => self.look(true),
            UpdateRequest::Fetch if self.is_free() => self.fetch(),
            UpdateRequest::Cancel if self.update.stage == UpdateStage::Fetching => {
                // The partial download stays and is continued.
                self.work = None;
                self.update.stage = UpdateStage::Available;
            }
            UpdateRequest::Install(when) if self.update.stage == UpdateStage::Ready => {
                self.install(when)
            }
            UpdateRequest::Channel(chosen) if channel(chosen) != self.channel => {
                self.channel = channel(chosen);
                self.work = None;
                self.forget();
                self.look(true);
            }
            // Too late, or twice; the state shown is right.
            _ => tracing::debug!(?ask, stage = ?self.update.stage, "nothing to do for this"),
        }
    }

    fn look(&mut self, by_person: bool) {
        let (app, source, channel) = (self.app.clone(), self.source.clone(), self.channel);
        if by_person {
            self.step(UpdateStage::Looking);
        }
        // If something replaces the check, the next one is due then.
        self.due = Instant::now() + AGAIN;
        let check = async move {
            let found = look(Web::new(app.connector()), &source, channel).await;
            StepResult::Looked { by_person, found }
        };
        self.begin(check.boxed());
        self.unasked = !by_person;
    }

    /// Whether no step runs that a person waits for.
    fn is_free(&self) -> bool {
        self.work.is_none() || self.unasked
    }

    fn begin(&mut self, work: BoxFuture<'static, StepResult>) {
        (self.work, self.unasked) = (Some(work), false);
    }

    fn fetch(&mut self) {
        let known = self.announced.as_ref().filter(|_| self.update.way == UpdateWay::InPlace);
        let Some(announced) = known else { return };
        let Some(package) = announced.packages.get(&machine()).cloned() else {
            let text = format!("version {} isn't available for {}", announced.version, machine());
            return self.fail(UpdateTrouble::NoPackage, text);
        };
        self.step(UpdateStage::Fetching);
        let (progress, received) = watch::channel(0);
        self.received = received;
        let (app, folder) = (self.app.clone(), self.app.folder().join(FOLDER));
        let fetching = async move {
            let every = (package.size / STEPS).max(1);
            let tell = move |bytes: u64| {
                progress.send_if_modified(|reported| {
                    let enough = bytes.abs_diff(*reported) >= every || bytes == package.size;
                    *reported = if enough { bytes } else { *reported };
                    enough
                });
            };
            let web = Web::new(app.connector());
            let file = fetch_package(web, &package, &folder, &tell).await;
            StepResult::Fetched(file.map(|file| Fetched { file, package }))
        };
        self.begin(fetching.boxed());
    }

    fn install(&mut self, when: UpdateWhen) {
        let Some(fetched) = self.fetched.clone() else { return };
        self.update.on_quit = when == UpdateWhen::OnQuit;
        self.plan.send_replace(self.update.on_quit.then(|| fetched.clone()));
        if when != UpdateWhen::Now {
            return;
        }
        self.step(UpdateStage::Installing);
        let installer = self.installer.clone();
        let installing = async move { fetched.install(&*installer, AfterInstall::Start).await };
        self.begin(installing.map(StepResult::Installed).boxed());
    }

    fn done(&mut self, done: StepResult) {
        match done {
            StepResult::Looked { by_person, found } => self.looked(by_person, found),
            StepResult::Fetched(Ok(fetched)) => {
                self.fetched = Some(fetched);
                self.step(UpdateStage::Ready);
            }
            StepResult::Fetched(Err(error)) => {
                let trouble = match &error {
                    PackageError::Fetch(error) => network(error),
                    PackageError::Differs => UpdateTrouble::Broken,
                    PackageError::Unfit(_) => UpdateTrouble::NoPackage,
                    _ => UpdateTrouble::Disk,
                };
                self.fail(trouble, error.to_string());
            }
            StepResult::Installed(Ok(())) => self.installer.restart(),
            StepResult::Installed(Err(InstallError::Place(text))) => {
                self.fail(UpdateTrouble::Place, text)
            }
            StepResult::Installed(Err(trouble @ InstallError::Changed)) => {
                self.fetched = None;
                self.fail(UpdateTrouble::Broken, trouble.to_string());
            }
        }
    }

    fn looked(&mut self, by_person: bool, found: Result<Announced, LookError>) {
        self.due = Instant::now() + if found.is_ok() { DAILY } else { AGAIN };
        match found {
            Ok(announced) if announced.is_newer_than(&self.running) => {
                // A partial download of a version that was built again does not belong to it any
                // more.
                let made = |it: &Announced| it.packages.get(&machine()).cloned();
                let same = self.announced.as_ref().is_some_and(|it| {
                    it.version == announced.version && made(it) == made(&announced)
                });
                if !same {
                    self.forget();
                }
                self.update.news = Some(UpdateNews {
                    version: announced.version.to_string(),
                    notes: announced.notes.en.clone(),
                    notes_zh: announced.notes.zh.clone(),
                    page: announced.page.clone(),
                    size: announced.packages.get(&machine()).map(|package| package.size),
                });
                self.announced = Some(announced);
                self.update.looked = Some(self.app.now_ms());
                let there = self.fetched.is_some();
                self.step(if there { UpdateStage::Ready } else { UpdateStage::Available });
            }
            Ok(announced) => {
                tracing::debug!(version = %announced.version, "nothing newer is announced");
                self.forget();
                self.update.looked = Some(self.app.now_ms());
                self.step(UpdateStage::Current);
            }
            Err(error) => {
                let trouble = match &error {
                    LookError::Fetch(error) => network(error),
                    LookError::Forged(_) => UpdateTrouble::Forged,
                };
                // Nobody waits for the daily check, and a forged answer may be a captive portal's
                // page.
                if by_person {
                    self.fail(trouble, error.to_string());
                } else {
                    tracing::info!(%error, "looking for a new version did not work");
                }
            }
        }
    }

    /// Forgets the known new version.
    fn forget(&mut self) {
        (self.announced, self.fetched) = (None, None);
        self.plan.send_replace(None);
        let (way, looked) = (self.update.way, self.update.looked);
        self.update = Update { way, looked, ..Update::default() };
    }

    fn step(&mut self, stage: UpdateStage) {
        self.update.stage = stage;
        self.update.trouble = None;
        self.update.text.clear();
    }

    fn fail(&mut self, trouble: UpdateTrouble, text: String) {
        tracing::info!(?trouble, text, "an update did not work");
        self.step(UpdateStage::Failed);
        self.update.trouble = Some(trouble);
        self.update.text = text;
    }
}

/// Waits for the running step; for ever if there is none.
async fn finished(work: &mut Option<BoxFuture<'static, StepResult>>) -> StepResult {
    match work {
        Some(work) => work.await,
        None => std::future::pending().await,
    }
}

fn network(error: &FetchError) -> UpdateTrouble {
    match error {
        FetchError::Connect(_) => UpdateTrouble::Offline,
        FetchError::Cut(_) | FetchError::Silent => UpdateTrouble::Broken,
        _ => UpdateTrouble::Server,
    }
}

fn channel(chosen: UpdateChannel) -> Channel {
    match chosen {
        UpdateChannel::Stable => Channel::Stable,
        UpdateChannel::Beta => Channel::Beta,
    }
}
