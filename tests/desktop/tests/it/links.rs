//! Second starts and `homing://` links.

use homing_desktop_tests::{Person, Space};
use homing_stage::{App, Stage, eventually};

#[tokio::test]
async fn a_second_start_raises_the_first() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    person.close_window(&stage).await.unwrap();
    eventually("the window is gone", async || {
        Ok(stage.windows_of(person.app().pid())?.is_empty().then_some(()))
    })
    .await
    .unwrap();
    let second = App::start_second(&stage, person.plan()).await.unwrap();
    assert!(second.status.success(), "{second:?}");
    person.app().window(&stage).await.unwrap();
    assert!(stage.runs(person.app().pid()));
}

#[tokio::test]
async fn a_join_link_reaches_the_running_app() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    let link = space.owner_link().unwrap();
    let plan = person.plan().clone().arg(&link.to_string());
    let second = App::start_second(&stage, &plan).await.unwrap();
    assert!(second.status.success(), "{second:?}");
    person.come_in().await.unwrap();
}

#[tokio::test]
async fn a_join_link_can_start_the_app() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let link = space.owner_link().unwrap().to_string();
    let plan = homing_stage::AppPlan::new("mei-lin", &homing_desktop_tests::app().unwrap());
    let person = Person::open_with(&stage, "Mei Lin", plan.arg(&link)).await.unwrap();
    person.come_in().await.unwrap();
}

#[tokio::test]
async fn a_damaged_link_is_explained() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().fill("Join link", "homing://join/chat.example").await.unwrap();
    person.page().shows("Part of the link is missing").await.unwrap();
}

#[tokio::test]
async fn a_profile_that_is_in_use_is_left_alone() {
    let stage = Stage::build().await.unwrap();
    let plan = homing_stage::AppPlan::new("mei-lin", &homing_desktop_tests::app().unwrap());
    let plan = plan.arg("--profile").arg("work");
    let profile =
        stage.folder().join("mei-lin/.local/share/chat.homing.desktop.profile-work/profile");
    std::fs::create_dir_all(&profile).unwrap();
    let lock = std::fs::File::create(profile.join("lock")).unwrap();
    lock.try_lock().unwrap();
    let refused = App::start_second(&stage, &plan).await.unwrap();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("Homing can't start"), "{said}");
    assert!(said.contains("another Homing is using the profile"), "{said}");
}

#[tokio::test]
async fn quitting_reaches_the_running_app() {
    let stage = Stage::build().await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    let plan = person.plan().clone().arg("--quit");
    let asked = App::start_second(&stage, &plan).await.unwrap();
    assert!(asked.status.success(), "{asked:?}");
    person.app().wait_for_end().await.unwrap();
    // Nobody is there to quit now: it ends by itself, and opens nothing.
    let asked = App::start_second(&stage, &plan).await.unwrap();
    assert!(asked.status.success(), "{asked:?}");
}
