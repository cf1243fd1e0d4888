//! A window that comes and goes: killed, stopped, destroyed, put where no screen is. What the person
//! sees afterwards is what they saw before, and whatever arrived meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use homing_desktop_tests::{Person, Space};
use homing_stage::{AppPlan, PLAIN, Plan, Rectangle, Stage, eventually};

use crate::picture;

/// Scrolls up a way, and answers which row stands where, once the program was told.
const SCROLL_UP: &str = r#"
const log = document.querySelector('[data-testid="timeline"]');
log.scrollTop = log.scrollHeight - log.clientHeight - 700;
return new Promise((told) => setTimeout(told, 600, null));
"#;

/// Which message is topmost, and how far below the upper edge.
const TOPMOST: &str = r#"
const log = document.querySelector('[data-testid="timeline"]');
if (!log) return null;
const edge = log.getBoundingClientRect().top;
for (const row of log.querySelectorAll("[data-row][data-kind=message]")) {
  const box = row.getBoundingClientRect();
  if (box.bottom > edge) return { key: row.dataset.row, y: Math.round(box.top - edge) };
}
return null;
"#;

/// All messages that are drawn: key and text.
const SHOWN: &str = r#"
return [...document.querySelectorAll('[data-testid="message"]')].map((row) =>
  [row.dataset.key, row.querySelector(".rich").innerText.trim()]);
"#;

/// Goes to a place in the room, from 0 to 1.
const GO_TO: &str = r#"
const log = document.querySelector('[data-testid="timeline"]');
log.scrollTop = (log.scrollHeight - log.clientHeight) * arguments[0];
"#;

async fn two_people(stage: &Stage) -> Result<(Space, Person, Person)> {
    let space = Space::start(stage.folder(), "Northlight").await?;
    let mei = Person::open(stage, "Mei Lin").await?;
    mei.join(&space.owner_link()?).await?;
    let jonas = Person::open(stage, "Jonas").await?;
    jonas.join(&space.invite().await?).await?;
    Ok((space, mei, jonas))
}

fn texts(from: usize, to: usize) -> Vec<String> {
    (from..=to).map(|n| format!("number {n}")).collect()
}

/// A page that is driven is not given back by its driver when it dies, so it is killed in a program
/// that nobody drives, and looked at by its picture. Before and after, a driver looks inside.
#[tokio::test]
async fn a_page_killed_while_messages_arrive_comes_back_where_it_stood() {
    let stage = Stage::build().await.unwrap();
    let (_space, mei, jonas) = two_people(&stage).await.unwrap();
    mei.place(&stage, Rectangle { x: 1150, y: 40, width: 800, height: 760 }).await.unwrap();
    jonas.place(&stage, Rectangle { x: 20, y: 40, width: 1100, height: 760 }).await.unwrap();
    for text in &texts(1, 40) {
        mei.write(text).await.unwrap();
    }
    jonas.wait_for_texts(&texts(30, 40)).await.unwrap();
    jonas.page().run(SCROLL_UP, vec![]).await.unwrap();
    let stood = jonas.page().run(TOPMOST, vec![]).await.unwrap();
    assert!(stood.is_object(), "{stood}");
    let program_plan = jonas.plan().clone();
    let item = jonas.tray(&stage).await.unwrap();
    stage.choose_from_tray(&item, "Quit").await.unwrap();
    jonas.app().wait_for_end().await.unwrap();
    drop(jonas);

    let program = start(&stage, &program_plan).unwrap();
    let pid = program.0.id();
    let before = settled(&stage, pid, "page-before").await.unwrap();
    let page = homing_stage::page_process_of(pid).unwrap();
    for (n, text) in texts(41, 60).iter().enumerate() {
        if n == 5 {
            homing_stage::end_now(page).unwrap();
        }
        mei.write(text).await.unwrap();
    }
    mei.wait_for_states(&texts(55, 60), &["delivered"]).await.unwrap();
    stage.close_notifications().unwrap();
    eventually("the page comes back where it stood", async || {
        let other = homing_stage::page_process_of(pid).filter(|now| *now != page);
        ensure!(other.is_some(), "there is no other page: {}", logs_of(&stage, "jonas"));
        let after = look(&stage, "page-after")?;
        let share = stage.difference(&before, &after)?;
        ensure!(share < 0.002, "{share} of what can be seen differs: {}", logs_of(&stage, "jonas"));
        Ok(Some(()))
    })
    .await
    .unwrap();
    homing_stage::ask_to_end(pid).unwrap();
    drop(program);

    // Every message is there, and once: looked at from top to bottom, since few are drawn at a time.
    let app = homing_stage::App::start(&stage, &program_plan).await.unwrap();
    eventually("it still stands there", async || {
        let stands = app.page().run(TOPMOST, vec![]).await?;
        ensure!(stands == stood, "it stands at {stands}, and stood at {stood}");
        Ok(Some(()))
    })
    .await
    .unwrap();
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    eventually("all messages are there", async || {
        for part in 0..=8 {
            app.page().run(GO_TO, vec![(f64::from(part) / 8.0).into()]).await?;
            app.page().painted().await?;
            let shown = app.page().run(SHOWN, vec![]).await?;
            for (key, text) in serde_json::from_value::<Vec<(String, String)>>(shown)? {
                keys.entry(text).or_default().insert(key);
            }
        }
        let (wanted, seen) = (BTreeSet::from_iter(texts(1, 60)), keys.keys().cloned().collect());
        ensure!(wanted == seen, "not as written: {:?}", wanted.symmetric_difference(&seen));
        Ok(Some(()))
    })
    .await
    .unwrap();
    let twice: Vec<_> = keys.iter().filter(|(_, keys)| keys.len() != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// The picture of a window once nothing in it moves any more, and there is something in it.
async fn settled(stage: &Stage, pid: u32, name: &str) -> Result<std::path::PathBuf> {
    let window = eventually("there is a window", async || Ok(stage.windows_of(pid)?.pop())).await?;
    stage.place(&window, PLACE)?;
    let mut same = 0;
    let last = look(stage, &format!("0-{name}"))?;
    eventually("the window rests", async || {
        let now = look(stage, name)?;
        same = if stage.difference(&last, &now)? < 0.0005 { same + 1 } else { 0 };
        std::fs::copy(&now, &last)?;
        Ok((same >= 12 && stage.colours(&now)? > 200).then_some(()))
    })
    .await?;
    look(stage, name)
}

#[tokio::test]
async fn a_page_that_dies_again_and_again_is_given_up_and_said_so() {
    let stage = Stage::build().await.unwrap();
    let program = start(&stage, &plan(&[]).unwrap()).unwrap();
    let pid = program.0.id();
    let mut last = None;
    for n in 1..=4 {
        let page = eventually("there is another page", async || {
            let other = homing_stage::page_process_of(pid).filter(|page| Some(*page) != last);
            other.map(Some).with_context(|| format!("death {n}: {}", logs_of(&stage, "mei-lin")))
        })
        .await
        .unwrap();
        last = Some(page);
        // A process that ends before it has loaded anything is no page yet.
        eventually("something is to be seen", async || {
            Ok((stage.colours(&look(&stage, "dying")?)? > 20).then_some(()))
        })
        .await
        .unwrap();
        homing_stage::end_now(page).unwrap();
    }
    eventually("it says that nothing helps", async || {
        let told = stage.notifications();
        Ok(told.iter().any(|one| one.summary.contains("is blank")).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(homing_stage::page_process_of(pid), None);
    // Whoever asks for the window gets a new try.
    let again = homing_stage::App::start_second(&stage, &plan(&[]).unwrap()).await.unwrap();
    assert!(again.status.success(), "{again:?}");
    eventually("there is a page again", async || Ok(homing_stage::page_process_of(pid)))
        .await
        .unwrap();
}

/// What a person's program wrote into its log.
fn logs_of(stage: &Stage, name: &str) -> String {
    let program = format!(".local/share/chat.homing.desktop.profile-{name}/logs");
    let folder = stage.home_of(name).join(program);
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default()).collect()
}

/// A program that nobody drives.
struct Undriven(Child);

impl Drop for Undriven {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn start(stage: &Stage, plan: &AppPlan) -> Result<Undriven> {
    spawn(stage.command(plan)?)
}

/// What the process behind the program's page has in its environment.
async fn environment_of_page(pid: u32) -> Result<String> {
    let page = eventually("there is a page", async || Ok(homing_stage::page_process_of(pid)));
    let environment = std::fs::read(format!("/proc/{}/environ", page.await?))?;
    Ok(String::from_utf8_lossy(&environment).into_owned())
}

/// Starts it as if there were a graphics card.
fn start_with_card(stage: &Stage, plan: &AppPlan) -> Result<Undriven> {
    let mut command = stage.command(plan)?;
    command.envs(PLAIN.map(|(name, _)| (name, "0")));
    spawn(command)
}

fn spawn(mut command: Command) -> Result<Undriven> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Undriven(command.spawn()?))
}

fn plan(args: &[&str]) -> Result<AppPlan> {
    let plan = AppPlan::new("mei-lin", &homing_desktop_tests::app()?);
    Ok(args.iter().fold(plan.arg("--profile").arg("mei-lin"), |plan, arg| plan.arg(arg)))
}

fn profile(stage: &Stage) -> std::path::PathBuf {
    stage.home_of("mei-lin").join(".local/share/chat.homing.desktop.profile-mei-lin/profile")
}

#[tokio::test]
async fn a_window_that_stays_blank_is_drawn_without_the_graphics_card_from_then_on() {
    let stage = Stage::build().await.unwrap();
    let program = start_with_card(&stage, &plan(&[]).unwrap()).unwrap();
    let pid = program.0.id();
    let usual = environment_of_page(pid).await.unwrap();
    assert!(usual.contains("WEBKIT_DISABLE_DMABUF_RENDERER=0"), "{usual}");
    // A page that can't draw, as with a driver that hangs.
    let page = eventually("there is a page", async || Ok(homing_stage::page_process_of(pid)));
    homing_stage::stop_for_now(page.await.unwrap()).unwrap();
    eventually("the program starts itself again in safe graphics", async || {
        let environment = std::fs::read(format!("/proc/{pid}/environ"))?;
        let environment = String::from_utf8_lossy(&environment).into_owned();
        Ok(environment.contains("WEBKIT_DISABLE_DMABUF_RENDERER=1").then_some(()))
    })
    .await
    .unwrap();
    let kept = std::fs::read_to_string(profile(&stage).join("settings.json")).unwrap();
    assert!(kept.contains("safe_after_blank"), "{kept}");
    eventually("its window is there", async || Ok(stage.windows_of(pid)?.pop())).await.unwrap();
    drop(program);

    // It is remembered: the next start has it from the beginning.
    let next = start_with_card(&stage, &plan(&[]).unwrap()).unwrap();
    eventually("the next start has safe graphics", async || {
        let environment = std::fs::read(format!("/proc/{}/environ", next.0.id()))?;
        let environment = String::from_utf8_lossy(&environment).into_owned();
        Ok(environment.contains("WEBKIT_DISABLE_DMABUF_RENDERER=1").then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_window_is_never_restored_where_no_screen_is() {
    let stage = Stage::build().await.unwrap();
    let folder = stage.home_of("mei-lin").join(".config/chat.homing.desktop.profile-mei-lin");
    std::fs::create_dir_all(&folder).unwrap();
    let far = serde_json::json!({ "main": {
        "width": 900, "height": 600, "x": 9000, "y": 7000, "prev_x": 9000, "prev_y": 7000,
        "maximized": false, "visible": true, "decorated": true, "fullscreen": false,
    }});
    std::fs::write(folder.join(".window-state.json"), far.to_string()).unwrap();
    let program = start(&stage, &plan(&[]).unwrap()).unwrap();
    let window =
        eventually("there is a window", async || Ok(stage.windows_of(program.0.id())?.pop()))
            .await
            .unwrap();
    eventually("it is on the screen", async || {
        let place = stage.place_of(&window)?;
        ensure!(place.x < 2000 && place.y < 1080, "it is at {place:?}");
        Ok(Some(()))
    })
    .await
    .unwrap();
}

/// Its frame is no part of what is kept: it would be added at every start.
#[tokio::test]
async fn a_window_that_draws_its_own_frame_has_the_same_size_at_every_start() {
    let stage = Stage::with(Plan { compositor: true, ..Plan::default() }).await.unwrap();
    let mut stood = None;
    for start in 0..3 {
        let mut command = stage.command(&plan(&[]).unwrap()).unwrap();
        command.env("GTK_CSD", "1");
        let mut program = spawn(command).unwrap();
        let pid = program.0.id();
        let window = eventually("there is a window", async || Ok(stage.windows_of(pid)?.pop()));
        let window = window.await.unwrap();
        match stood {
            None => {
                stage.place(&window, PLACE).unwrap();
                let place = stage.place_of(&window).unwrap();
                stood = Some((place.width, place.height));
            }
            Some(size) => eventually("the window has its size", async || {
                let place = stage.place_of(&window)?;
                let now = (place.width, place.height);
                ensure!(now == size, "start {start}: {now:?}, not {size:?}");
                Ok(Some(()))
            })
            .await
            .unwrap(),
        }
        let item = eventually("its icon is in the tray", async || stage.tray_item_of(pid).await);
        stage.choose_from_tray(&item.await.unwrap(), "Quit").await.unwrap();
        eventually("it ends", async || Ok(program.0.try_wait()?)).await.unwrap();
    }
}

#[tokio::test]
async fn started_with_the_session_it_stays_in_the_tray() {
    let stage = Stage::build().await.unwrap();
    let program = start(&stage, &plan(&["--hidden", "--window-kept", "0"]).unwrap()).unwrap();
    let pid = program.0.id();
    let item = eventually("its icon is in the tray", async || stage.tray_item_of(pid).await);
    let item = item.await.unwrap();
    assert!(stage.windows_of(pid).unwrap().is_empty());
    assert_eq!(homing_stage::page_process_of(pid), None);
    stage.choose_from_tray(&item, "Open").await.unwrap();
    let window = eventually("there is a window", async || Ok(stage.windows_of(pid)?.pop()));
    let window = window.await.unwrap();
    // Nobody has told it how to draw, and there is no card here.
    let environment = environment_of_page(pid).await.unwrap();
    for (name, value) in PLAIN {
        assert!(environment.contains(&format!("{name}={value}")), "{environment}");
    }

    stage.close(&window).unwrap();
    eventually("what the window left is given back", async || {
        let logs = logs_of(&stage, "mei-lin");
        ensure!(logs.contains("the heap gave back"), "{logs}");
        Ok(Some(()))
    })
    .await
    .unwrap();
}

/// Where the window is put.
const PLACE: Rectangle = Rectangle { x: 20, y: 40, width: 1100, height: 760 };

/// Where the messages are, away from what tells the time or counts: the list of rooms, the pill for
/// new messages, a cursor that blinks.
const MESSAGES: Rectangle = Rectangle { x: 330, y: 150, width: 780, height: 480 };

/// Where one writes.
const COMPOSER: Rectangle = Rectangle { x: 330, y: 690, width: 780, height: 105 };

/// What stands there now, as a picture.
fn look(stage: &Stage, name: &str) -> Result<std::path::PathBuf> {
    let path = picture(name);
    stage.picture_of(MESSAGES, &path)?;
    Ok(path)
}

#[tokio::test]
async fn a_window_destroyed_in_the_tray_is_built_anew_where_it_stood() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let plan = AppPlan::new("jonas", &homing_desktop_tests::app().unwrap());
    let plan = plan.arg("--window-kept").arg("0");
    let person = Person::open_with(&stage, "Jonas", plan).await.unwrap();
    person.place(&stage, PLACE).await.unwrap();
    person.join(&space.owner_link().unwrap()).await.unwrap();
    let all = texts(1, 40);
    for text in &all {
        person.write(text).await.unwrap();
    }
    person.wait_for_states(&texts(35, 40), &["sent", "delivered"]).await.unwrap();
    let composer = person.page().role("textbox", "Message to").await.unwrap();
    composer.send_keys("half a sentence").await.unwrap();
    person.page().run(SCROLL_UP, vec![]).await.unwrap();
    let before = settled(&stage, person.app().pid(), "window-before").await.unwrap();

    let page = person.app().page_process().context("there is a page").unwrap();
    person.close_window(&stage).await.unwrap();
    eventually("the page is gone", async || {
        Ok(person.app().page_process().is_none().then_some(()))
    })
    .await
    .unwrap();
    stage.close_notifications().unwrap();
    let item = person.tray(&stage).await.unwrap();
    stage.choose_from_tray(&item, "Open").await.unwrap();
    person.place(&stage, PLACE).await.unwrap();
    eventually("the same is on the screen", async || {
        let after = look(&stage, "window-after")?;
        let share = stage.difference(&before, &after)?;
        ensure!(share < 0.002, "{share} of what can be seen differs: {}", logs_of(&stage, "jonas"));
        Ok(Some(()))
    })
    .await
    .unwrap();
    assert_ne!(person.app().page_process(), Some(page));

    // Its driver is gone with the old page, so this is what a person does and sees.
    let (begun, written) = (picture("window-begun"), picture("window-written"));
    stage.picture_of(COMPOSER, &written).unwrap();
    eventually("the composer rests", async || {
        std::fs::copy(&written, &begun)?;
        stage.picture_of(COMPOSER, &written)?;
        Ok((stage.difference(&begun, &written)? < 0.001).then_some(()))
    })
    .await
    .unwrap();
    stage.xdotool(&["type", ", and the other half of it"]).unwrap();
    eventually("the new window has the keyboard", async || {
        stage.picture_of(COMPOSER, &written)?;
        // A caret that comes and goes is less than a letter.
        Ok((stage.difference(&begun, &written)? > 0.004).then_some(()))
    })
    .await
    .unwrap();
}
