//! The life of an installed app: it comes, opens a link, is replaced while it runs, and goes.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what a test stands on fails the test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use homing_desktop_tests::{Person, Space};
use homing_installed_tests::{ENTRY, Machine, NAMES, PROGRAM, Which, run};
use homing_stage::{App, AppPlan, Stage};

/// Who has the app on this machine.
const NAME: &str = "Mei Lin";

#[tokio::test]
async fn an_installed_app_lives_and_leaves_nothing_but_the_person_s_data() {
    let machine = Machine::claim().unwrap();
    machine.install(Which::Earlier).unwrap();
    let earlier = machine.version_of("homing-desktop").unwrap().unwrap();
    programs_and_pages_are_there();

    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let mei = start(&stage).await;
    mei.page().role("textbox", "Join link").await.unwrap();

    // A click on a link in any other program.
    let link = space.owner_link().unwrap().to_string();
    let open = AppPlan::new("mei-lin", Path::new("/usr/bin/xdg-open")).arg(&link);
    let opened = App::start_second(&stage, &open).await.unwrap();
    assert!(opened.status.success(), "{opened:?}");
    mei.page().role("textbox", "Your name").await.unwrap();
    mei.page().shows("Northlight").await.unwrap();
    mei.page().painted().await.unwrap();
    stage.picture(&pictures().join("join-link.png")).unwrap();
    assert_eq!(running(), [mei.app().pid()], "the link came to the app that runs");
    mei.come_in().await.unwrap();
    let before = ["written before the upgrade".to_owned()];
    mei.write(&before[0]).await.unwrap();
    mei.wait_for_states(&before, &["sent", "delivered"]).await.unwrap();

    // It runs, and goes on running.
    machine.install(Which::This).unwrap();
    assert_ne!(machine.version_of("homing-desktop").unwrap().unwrap(), earlier);
    let while_replaced = ["written while it was replaced".to_owned()];
    mei.write(&while_replaced[0]).await.unwrap();
    mei.wait_for_states(&while_replaced, &["sent", "delivered"]).await.unwrap();
    mei.close_window(&stage).await.unwrap();
    click(&stage).await;
    mei.app().window(&stage).await.unwrap();
    assert_eq!(running(), [mei.app().pid()]);
    quit(&stage, mei).await;

    // The new one knows the person and everything they wrote.
    let mei = start(&stage).await;
    mei.page().role("textbox", "Message to").await.unwrap();
    mei.wait_for_link("up_to_date").await.unwrap();
    mei.wait_for_texts(&[before, while_replaced].concat()).await.unwrap();
    let home = mei.app().home().to_owned();
    quit(&stage, mei).await;

    // It leaves nothing behind but what is the person's.
    let files = machine.files().unwrap();
    assert!(files.iter().any(|file| file == Path::new(ENTRY)), "{files:?}");
    machine.remove(false).unwrap();
    let left: Vec<_> = files.iter().filter(|file| file.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!handles_links(), "nothing opens the links any more");
    let entry = home.join(".local/share/applications/homing-desktop-handler.desktop");
    assert!(!entry.exists(), "it has put no entry of its own beside the package's");
    for purge in [false, true] {
        if purge {
            machine.remove(true).unwrap();
        }
        let data = home.join(".local/share/chat.homing.desktop/profile");
        assert!(data.is_dir(), "purge {purge}");
        assert!(!stage.secrets().await.unwrap().is_empty(), "purge {purge}");
    }
}

/// Starts the app as the menu does.
async fn start(stage: &Stage) -> Person {
    let plan = AppPlan::new("mei-lin", Path::new(PROGRAM));
    Person::open_from_menu(stage, NAME, plan, Path::new(ENTRY)).await.unwrap()
}

/// Clicks on it in the menu while it runs.
async fn click(stage: &Stage) {
    let gio = AppPlan::new("mei-lin", Path::new("/usr/bin/gio")).arg("launch").arg(ENTRY);
    let clicked = App::start_second(stage, &gio).await.unwrap();
    assert!(clicked.status.success(), "{clicked:?}");
}

/// As the entry's action in the menu does.
async fn quit(stage: &Stage, person: Person) {
    let plan = AppPlan::new("mei-lin", Path::new(PROGRAM)).arg("--quit");
    let asked = App::start_second(stage, &plan).await.unwrap();
    assert!(asked.status.success(), "{asked:?}");
    person.app().wait_for_end().await.unwrap();
}

fn programs_and_pages_are_there() {
    for name in NAMES {
        let said = run(Command::new(format!("/usr/bin/{name}")).arg("--version")).unwrap();
        assert!(said.starts_with(name), "{said}");
        let page = format!("/usr/share/man/man1/{name}.1.gz");
        assert!(Path::new(&page).is_file(), "{page}");
    }
    assert!(handles_links());
}

/// Whether the system knows who opens our links.
fn handles_links() -> bool {
    let cache = std::fs::read_to_string("/usr/share/applications/mimeinfo.cache");
    cache.unwrap_or_default().contains("x-scheme-handler/homing=homing-desktop.desktop;")
}

/// Every copy of the installed app that runs.
fn running() -> Vec<u32> {
    homing_stage::of_program(Path::new(PROGRAM))
}

/// What a person may look at afterwards.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("installed");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
