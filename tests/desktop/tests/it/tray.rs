//! Closing to the tray and coming back, with and without a tray.

use anyhow::Result;
use homing_desktop_tests::{Person, Space};
use homing_stage::{Plan, Stage, eventually};

async fn two_people(stage: &Stage) -> Result<(Space, Person, Person)> {
    let space = Space::start(stage.folder(), "Northlight").await?;
    let mei = Person::open(stage, "Mei Lin").await?;
    mei.join(&space.owner_link()?).await?;
    let jonas = Person::open(stage, "Jonas").await?;
    jonas.join(&space.invite().await?).await?;
    Ok((space, mei, jonas))
}

async fn wait_until_hidden(stage: &Stage, person: &Person) -> Result<()> {
    eventually("the window is gone", async || {
        let windows = stage.windows_of(person.app().pid())?;
        Ok(windows.is_empty().then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_closed_window_leaves_the_app_in_the_tray_and_messages_arrive() {
    let stage = Stage::build().await.unwrap();
    let (_space, mei, jonas) = two_people(&stage).await.unwrap();
    jonas.close_window(&stage).await.unwrap();
    wait_until_hidden(&stage, &jonas).await.unwrap();
    assert!(stage.runs(jonas.app().pid()));
    eventually("it says once where it went", async || {
        let told = stage.notifications();
        Ok(told.iter().any(|one| one.summary.contains("still running")).then_some(()))
    })
    .await
    .unwrap();

    mei.write("Are you there?").await.unwrap();
    let item = jonas.wait_for_unread(&stage, 1).await.unwrap();
    assert_eq!(item.status, "Active");
    mei.wait_for_states(&["Are you there?".into()], &["delivered"]).await.unwrap();
    jonas.wait_for_notification(&stage, "Are you there?").await.unwrap();

    stage.choose_from_tray(&item, "(1)").await.unwrap();
    jonas.app().window(&stage).await.unwrap();
    jonas.page().shows("Are you there?").await.unwrap();
    jonas.wait_for_unread(&stage, 0).await.unwrap();

    // Said once is enough.
    jonas.close_window(&stage).await.unwrap();
    wait_until_hidden(&stage, &jonas).await.unwrap();
    let told = stage.notifications();
    let told = told.iter().filter(|one| one.summary.contains("still running"));
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn a_click_on_a_notification_brings_the_closed_window_back() {
    let stage = Stage::build().await.unwrap();
    let (_space, mei, jonas) = two_people(&stage).await.unwrap();
    jonas.close_window(&stage).await.unwrap();
    wait_until_hidden(&stage, &jonas).await.unwrap();
    stage.close_notifications().unwrap();
    mei.write("Come back.").await.unwrap();
    jonas.wait_for_unread(&stage, 1).await.unwrap();
    eventually(
        "the notification can be seen",
        async || Ok((stage.displayed()? == 1).then_some(())),
    )
    .await
    .unwrap();
    stage.click_notification().unwrap();
    jonas.app().window(&stage).await.unwrap();
    jonas.page().shows("Come back.").await.unwrap();
    jonas.wait_for_unread(&stage, 0).await.unwrap();
}

#[tokio::test]
async fn messages_of_one_room_replace_their_notification() {
    let stage = Stage::build().await.unwrap();
    let (_space, mei, jonas) = two_people(&stage).await.unwrap();
    mei.focus(&stage).await.unwrap();
    for text in ["one", "two", "three"] {
        mei.write(text).await.unwrap();
    }
    jonas.wait_for_unread(&stage, 3).await.unwrap();
    jonas.wait_for_notification(&stage, "three").await.unwrap();
    assert_eq!(stage.displayed().unwrap(), 1, "{:?}", stage.notifications());
    let ids: Vec<u32> = stage.notifications().iter().map(|one| one.id).collect();
    assert!(ids.iter().all(|id| Some(id) == ids.first()), "{ids:?}");
}

#[tokio::test]
async fn without_a_tray_a_closed_window_is_minimised_and_says_so() {
    let stage = Stage::with(Plan { tray: false, ..Plan::default() }).await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.page().role("textbox", "Join link").await.unwrap();
    let window = person.app().window(&stage).await.unwrap();
    person.close_window(&stage).await.unwrap();
    eventually("it says why", async || {
        let told = stage.notifications();
        Ok(told.iter().any(|one| one.summary.contains("minimised")).then_some(()))
    })
    .await
    .unwrap();
    wait_until_hidden(&stage, &person).await.unwrap();
    // Minimised, not gone: the task bar brings the same window back.
    stage.xdotool(&["windowmap", &window]).unwrap();
    assert_eq!(person.app().window(&stage).await.unwrap(), window);
}
