//! `desktop`: what the app costs on a desktop, beside a bare window of the same framework.
//!
//! A whole desktop without a screen, three real spaces, and the programs as they are shipped, each
//! started as a click on its icon starts it, in a session that does not say how to draw. *Painted* is
//! the first frame that has at least half of the colours which the last one has: an empty window is
//! there much earlier. Runs of the app and of the bare window take turns, so that both meet the same
//! machine. Where there is no graphics card the app draws plainly by itself and the bare window does
//! not, so beside the figures stands what a bare window costs that is told to.

mod data;
pub(crate) mod deposit;
mod frame;
mod tree;
mod verdict;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use homing_stage::{AppPlan, PLAIN, Plan, Stage, TrayItem, eventually};
use serde_json::json;
use tokio::time::{Instant, sleep};

use self::data::{Place, Size};
use self::frame::{Colours, Display};
use self::verdict::{Bare, Figures, Idle};
use crate::outcome::Outcome;
use crate::talk::Talker;
use crate::{machine, program};

/// The display, and its middle, where both windows stand.
const DISPLAY: (u32, u32) = (1280, 900);
const MIDDLE: (usize, usize) = (1000, 600);
/// How often the display is looked at: finer than what is felt, coarser than what would disturb.
const LOOK: Duration = Duration::from_millis(8);
/// The last frame is the one after which nothing came for so long.
const STILL: Duration = Duration::from_millis(1500);
/// What was not painted by then will not be.
const PATIENCE: Duration = Duration::from_secs(30);
/// A program has settled so long after its last frame.
const SETTLED: Duration = Duration::from_secs(4);
/// So long the window is kept here after it was closed. For people it is a minute.
const KEPT: u64 = 1;
/// The person, and their profile.
const PERSON: &str = "bench";

/// What is to be run.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// How often each program is started
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// For how long nothing happens, shown and in the tray
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=60))]
    minutes: u32,
    /// Little data, one start and seconds of idleness, to see that it works
    #[arg(long)]
    quick: bool,
}

/// Runs it.
pub(crate) async fn run(options: Options) -> Result<Outcome> {
    let size = if options.quick {
        Size { spaces: 3, rooms: 6, messages: 120 }
    } else {
        Size { spaces: 3, rooms: 20, messages: 10_000 }
    };
    let runs = if options.quick { 1 } else { options.runs };
    let idle = Duration::from_secs(if options.quick { 3 } else { u64::from(options.minutes) * 60 });

    let stage = Stage::with(Plan { size: DISPLAY, ..Plan::default() }).await?;
    let bare = Program { plan: AppPlan::new("bare", &program("homing-bare")?), env: &[] };
    let plain = Program { plan: bare.plan.clone(), env: &PLAIN };
    let binary = program("homing-desktop")?;
    let args = ["--profile", PERSON, "--window-kept", &KEPT.to_string()].map(str::to_owned);
    let plan = AppPlan { args: args.into(), ..AppPlan::new(PERSON, &binary) };
    let app = Program { plan, env: &[] };

    let profile = stage
        .home_of(PERSON)
        .join(format!(".local/share/chat.homing.desktop.profile-{PERSON}/profile"));
    std::fs::create_dir_all(&profile)?;
    let folder = tempfile::tempdir()?;
    let places = data::make(folder.path(), &profile, size).await?;
    deposit(&stage, &app, &profile, &places).await?;

    let scene = Scene::of(&stage).await?;
    let mut figures = Figures {
        bare_launch: Vec::new(),
        launch: Vec::new(),
        bare: Vec::new(),
        bare_hidden: tree::Memory::default(),
        plain: Bare::default(),
        shown: Vec::new(),
        hidden: tree::Memory::default(),
        idle_shown: Idle { seconds: 0.0, percent: f64::NAN, wakes_a_second: f64::NAN },
        idle_hidden: Idle { seconds: 0.0, percent: f64::NAN, wakes_a_second: f64::NAN },
        click: Vec::new(),
        notified: Vec::new(),
        binary: mib(&binary)?,
        page: page_kib(),
    };
    // The first start of a profile makes what later ones find: it is not what people meet daily.
    scene.launch(&stage, &app).await?.0.end()?;
    scene.launch(&stage, &bare).await?.0.end()?;
    for run in 1..=runs {
        let (floor, painted) = scene.launch(&stage, &bare).await?;
        sleep(SETTLED).await;
        figures.bare_launch.push(painted);
        figures.bare.push(tree::memory(floor.id()));
        floor.end()?;
        let (ours, launched) = scene.launch(&stage, &app).await?;
        sleep(SETTLED).await;
        figures.launch.push(launched);
        figures.shown.push(tree::memory(ours.id()));
        ours.end()?;
        eprintln!("start {run} of {runs}: {launched:.0} ms, the bare window {painted:.0} ms");
    }

    figures.bare_hidden = scene.bare(&stage, &bare).await?.hidden;
    figures.plain = scene.bare(&stage, &plain).await?;

    let (ours, _) = scene.launch(&stage, &app).await?;
    sleep(SETTLED).await;
    figures.idle_shown = doing_nothing(ours.id(), idle).await;
    eprintln!("shown and idle: {:?}", figures.idle_shown);
    let item = scene.icon(&stage, &ours).await?;
    for run in 1..=runs {
        scene.close(&stage, &ours).await?;
        // Whoever clicks finds a program that has given back everything.
        sleep(SETTLED).await;
        let painted = scene.painted_after(async || stage.choose_from_tray(&item, "Open").await);
        let painted = painted.await?;
        eprintln!("click {run} of {runs}: {painted:.0} ms");
        figures.click.push(painted);
        sleep(STILL).await;
    }
    scene.close(&stage, &ours).await?;
    sleep(SETTLED).await;
    figures.hidden = tree::memory(ours.id());
    figures.idle_hidden = doing_nothing(ours.id(), idle).await;
    eprintln!("hidden and idle: {:?}, {:?}", figures.idle_hidden, figures.hidden);
    figures.notified = notified(&stage, &places, runs).await?;
    ours.end()?;
    for place in places {
        place.writer.shutdown().await;
        place.server.shutdown().await;
    }

    let (judged, pass) = figures.judge();
    let mut line = json!({
        "bench": "desktop",
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        "runs": runs,
        "data": size,
        "idle_seconds": idle.as_secs(),
        "machine": machine::describe(),
    });
    if let (Some(line), serde_json::Value::Object(judged)) = (line.as_object_mut(), judged) {
        line.extend(judged);
    }
    Ok(Outcome { figures: line, pass })
}

/// A program that can be started.
struct Program {
    plan: AppPlan,
    /// More of its environment.
    env: &'static [(&'static str, &'static str)],
}

/// One that runs.
struct Started(Child);

impl Started {
    fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it as a session does, and waits for that.
    fn end(mut self) -> Result<()> {
        homing_stage::ask_to_end(self.id())?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Has ended already unless something failed.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// The display, and what is on it when nothing runs.
struct Scene {
    display: Display,
    empty: Colours,
}

impl Scene {
    async fn of(stage: &Stage) -> Result<Self> {
        // The pointer over an empty window has more colours than the text of the bare one.
        let corner = [DISPLAY.0 - 1, DISPLAY.1 - 1].map(|at| at.to_string());
        stage.xdotool(&["mousemove", &corner[0], &corner[1]])?;
        let display = Display::middle(&stage.frame_buffer(), MIDDLE)?;
        sleep(STILL).await;
        let empty = display.colours()?;
        Ok(Self { display, empty })
    }

    /// Starts a program. Answers after how many milliseconds it was painted.
    async fn launch(&self, stage: &Stage, program: &Program) -> Result<(Started, f64)> {
        self.wait_until_empty().await?;
        let mut started = None;
        let painted = self
            .painted_after(async || {
                let mut command = stage.command(&program.plan)?;
                command.envs(program.env.iter().copied());
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                started = Some(Started(command.spawn()?));
                Ok(())
            })
            .await;
        let name = program.plan.name.clone();
        let painted = painted.with_context(|| format!("{name} shows nothing"))?;
        Ok((started.context("it was started")?, painted))
    }

    /// Does something, and answers after how many milliseconds its outcome was painted.
    async fn painted_after(&self, act: impl AsyncFnOnce() -> Result<()>) -> Result<f64> {
        let began = Instant::now();
        act().await?;
        // When which number of colours was there first.
        let mut seen: Vec<(Duration, u32)> = Vec::new();
        let mut before = self.empty.clone();
        let mut last_change = None;
        loop {
            let now = began.elapsed();
            let colours = self.display.colours()?;
            if colours != before {
                last_change = Some(now);
                seen.push((now, colours.beyond(&self.empty)));
                before = colours;
            }
            let last = seen.last().map_or(0, |(_, count)| *count);
            if last > 1 && last_change.is_some_and(|changed| now - changed > STILL) {
                let first = seen.iter().find(|(_, count)| *count * 2 >= last);
                let (painted, _) = first.context("the last frame has half of its own colours")?;
                return Ok(painted.as_secs_f64() * 1000.0);
            }
            ensure!(now < PATIENCE, "nothing was painted in {PATIENCE:?}; seen {seen:?}");
            sleep(LOOK).await;
        }
    }

    /// A bare window from its start until it is gone.
    async fn bare(&self, stage: &Stage, program: &Program) -> Result<Bare> {
        let (floor, painted) = self.launch(stage, program).await?;
        sleep(SETTLED).await;
        let shown = tree::memory(floor.id());
        self.close(stage, &floor).await?;
        sleep(SETTLED).await;
        let hidden = tree::memory(floor.id());
        floor.end()?;
        Ok(Bare { painted, shown, hidden })
    }

    async fn wait_until_empty(&self) -> Result<()> {
        eventually("the display is empty", async || {
            Ok((self.display.colours()?.beyond(&self.empty) == 0).then_some(()))
        })
        .await
    }

    async fn icon(&self, stage: &Stage, ours: &Started) -> Result<TrayItem> {
        eventually("the icon is in the tray", async || stage.tray_item_of(ours.id()).await).await
    }

    /// Closes the window, and waits until its page is gone.
    async fn close(&self, stage: &Stage, ours: &Started) -> Result<()> {
        let window = eventually("there is a window", async || {
            Ok(stage.windows_of(ours.id())?.into_iter().next())
        })
        .await?;
        stage.close(&window)?;
        self.wait_until_empty().await?;
        eventually("the page gave back its memory", async || {
            Ok((tree::pages(ours.id()) == 0).then_some(()))
        })
        .await
    }
}

/// What a tree does while nothing happens.
async fn doing_nothing(root: u32, time: Duration) -> Idle {
    let (began, before) = (Instant::now(), tree::work(root));
    sleep(time).await;
    let (seconds, after) = (began.elapsed().as_secs_f64(), tree::work(root));
    #[expect(clippy::cast_precision_loss, reason = "so often nothing wakes in an hour")]
    let wakes = after.wakes.saturating_sub(before.wakes) as f64;
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    Idle {
        seconds: round(seconds),
        percent: round((after.busy - before.busy) / seconds * 100.0),
        wakes_a_second: round(wakes / seconds),
    }
}

/// From the moment in which somebody else writes a message until the notification server shows it:
/// their disk, the server's, the network and the app are all in it.
async fn notified(stage: &Stage, places: &[Place], runs: u32) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for (n, place) in (1..=runs).zip(places.iter().cycle()) {
        let text = format!("Knock knock {n}");
        let began = Instant::now();
        place.writer.send(place.room, text.clone()).await?;
        let patience = began + PATIENCE;
        while !stage.notifications().iter().any(|shown| shown.body.contains(&text)) {
            ensure!(Instant::now() < patience, "no notification says {text:?}");
            sleep(Duration::from_millis(1)).await;
        }
        all.push(began.elapsed().as_secs_f64() * 1000.0);
        eprintln!("notification {n} of {runs}: {:.0} ms", began.elapsed().as_secs_f64() * 1000.0);
        sleep(STILL).await;
    }
    stage.close_notifications()?;
    Ok(all)
}

/// Puts the tokens into the stage's keyring.
async fn deposit(stage: &Stage, app: &Program, profile: &Path, places: &[Place]) -> Result<()> {
    let me = AppPlan::new(&app.plan.name, &std::env::current_exe()?);
    let mut command = stage.command(&me)?;
    command.args([OsStr::new("deposit"), OsStr::new("--profile"), profile.as_os_str()]);
    let mut keeper = Talker::start(&mut command.into())?;
    for place in places {
        let () = keeper.ask(&place.reader).await?;
    }
    Ok(())
}

fn mib(path: &Path) -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "no program is that large")]
    let bytes = std::fs::metadata(path)?.len() as f64;
    Ok(bytes / 1024.0 / 1024.0)
}

/// What the interface weighs before it is packed; nothing where it was not built here.
fn page_kib() -> f64 {
    fn bytes(folder: &Path) -> u64 {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .map(|entry| match entry.metadata() {
                Ok(data) if data.is_dir() => bytes(&entry.path()),
                Ok(data) => data.len(),
                Err(_) => 0,
            })
            .sum()
    }
    let built = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist"));
    #[expect(clippy::cast_precision_loss, reason = "no page is that large")]
    let bytes = bytes(&built) as f64;
    bytes / 1024.0
}
