//! New versions of this program: when to look, what to show of it, and what the person decides.
//!
//! One task owns all of it. It looks a minute after the start, so that nothing of it is on the way
//! to the first picture, and then once a day; fetching and installing it never begins by itself. A
//! copy that a package manager has installed is told of a new version and not changed. What is
//! believed and how it is fetched stands in `homing-updates`; how a package is put in place, in the
//! program around.

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

/// From the start to the first look.
const FIRST: Duration = Duration::from_secs(60);
/// From look to look.
const DAILY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a look that failed.
const AGAIN: Duration = Duration::from_secs(60 * 60);
/// Waiting asks: a person presses one button at a time.
const ASKS: usize = 8;
/// The folder of a profile that holds what was fetched.
const FOLDER: &str = "updates";
/// Progress is told so often in a whole download; a bar shows no more.
const STEPS: u64 = 100;

/// How this copy gets new versions.
#[derive(Clone)]
pub struct Updating {
    /// Where they are announced. None for a copy that somebody built.
    pub source: Option<Source>,
    /// Who installs them.
    pub way: UpdateWay,
    /// What puts them in place.
    pub installer: Arc<dyn Installer>,
}

/// How it stands before anybody has looked.
pub(crate) fn at_start(updating: &Updating) -> Update {
    let way = if updating.source.is_some() { updating.way } else { UpdateWay::ByHand };
    Update { way, ..Update::default() }
}

/// What a person asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpdateRequest {
    Look,
    Fetch,
    Cancel,
    Install(UpdateWhen),
    Channel(UpdateChannel),
}

/// The front of it.
pub(crate) struct Updates {
    asks: mpsc::Sender<UpdateRequest>,
    planned: watch::Receiver<Option<Fetched>>,
}

/// What comes before the task: its end of the front.
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

    /// Asks for something. Where nothing can be updated nobody hears it, and nothing happens.
    pub(crate) async fn ask(&self, ask: UpdateRequest) {
        _ = self.asks.send(ask).await;
    }

    /// What is to be installed when the program quits.
    pub(crate) fn planned(&self) -> Option<Fetched> {
        self.planned.borrow().clone()
    }
}

/// What a longer step came to.
enum StepResult {
    Looked { by_person: bool, came: Result<Announced, LookError> },
    Fetched(Result<Fetched, PackageError>),
    Installed(Result<(), InstallError>),
}

/// Why what was fetched is not installed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error("the download has changed since; download it again")]
    Changed,
    #[error("{0}")]
    Place(String),
}

/// What was fetched, and what it was when it was.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    file: PathBuf,
    package: Package,
}

impl Fetched {
    /// Puts it in place, unless it is not what it was: it may have lain on the disk for days.
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
    /// What runs is a look that nobody asked for. Nothing is shown of it, and a person's ask takes
    /// its place.
    unasked: bool,
    received: watch::Receiver<u64>,
    plan: watch::Sender<Option<Fetched>>,
    due: Instant,
}

/// Keeps watch until the program ends.
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
                // What came so far stays and is continued.
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
            // It came too late, or twice; what is shown says how it stands.
            _ => tracing::debug!(?ask, stage = ?self.update.stage, "nothing to do for this"),
        }
    }

    fn look(&mut self, by_person: bool) {
        let (app, source, channel) = (self.app.clone(), self.source.clone(), self.channel);
        if by_person {
            self.step(UpdateStage::Looking);
        }
        // If something takes its place, the next one is due then.
        self.due = Instant::now() + AGAIN;
        let looking = async move {
            let came = look(Web::new(app.connector()), &source, channel).await;
            StepResult::Looked { by_person, came }
        };
        self.begin(looking.boxed());
        self.unasked = !by_person;
    }

    /// Nothing runs that a person waits for.
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
                progress.send_if_modified(|told| {
                    let enough = bytes.abs_diff(*told) >= every || bytes == package.size;
                    *told = if enough { bytes } else { *told };
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
            StepResult::Looked { by_person, came } => self.looked(by_person, came),
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

    fn looked(&mut self, by_person: bool, came: Result<Announced, LookError>) {
        self.due = Instant::now() + if came.is_ok() { DAILY } else { AGAIN };
        match came {
            Ok(announced) if announced.is_newer_than(&self.running) => {
                // What was fetched of a version that is made anew is not that version any more.
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
                // Nobody waits for the daily look, and a forged answer may be a hotel's page.
                if by_person {
                    self.fail(trouble, error.to_string());
                } else {
                    tracing::info!(%error, "looking for a new version did not work");
                }
            }
        }
    }

    /// Nothing is known of a newer version any more.
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

/// Waits for a step that runs; for ever if none does.
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
