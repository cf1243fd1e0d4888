//! The stage, tried without any app of ours.

use homing_stage::{Keyring, Plan, Stage, eventually};

#[tokio::test]
async fn every_part_of_the_desktop_answers() {
    let stage = Stage::build().await.unwrap();
    let size = stage.xdotool(&["getdisplaygeometry"]).unwrap();
    assert_eq!(size.trim(), "2000 1080");
    assert_eq!(stage.displayed().unwrap(), 0);
    assert!(stage.notifications().is_empty());
    assert!(stage.tray().await.unwrap().is_empty());
    assert!(stage.secrets().await.unwrap().is_empty());
    assert_eq!(stage.clipboard().await.unwrap(), None);
    let picture = stage.folder().join("picture.png");
    stage.picture(&picture).unwrap();
    assert!(std::fs::metadata(&picture).unwrap().len() > 1_000);
}

#[tokio::test]
async fn two_stages_share_nothing() {
    let (one, two) = tokio::join!(Stage::build(), Stage::build());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.display(), two.display());
    assert_ne!(one.bus_address(), two.bus_address());
    notify(&one, "only here").await.unwrap();
    eventually("the notification is recorded", async || {
        Ok((one.notifications().len() == 1).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(one.notifications()[0].summary, "only here");
    assert!(two.notifications().is_empty());
}

#[tokio::test]
async fn without_a_keyring_nothing_answers_in_its_place() {
    let stage = Stage::with(Plan { keyring: Keyring::Absent, tray: false, ..Plan::default() })
        .await
        .unwrap();
    let refused = stage.secrets().await.unwrap_err().to_string();
    assert!(refused.contains("ServiceUnknown"), "{refused}");
}

#[tokio::test]
async fn a_keyring_can_be_locked_and_unlocked_again() {
    let mut stage = Stage::build().await.unwrap();
    stage.lock_keyring().await.unwrap();
    stage.unlock_keyring().await.unwrap();
    assert!(stage.secrets().await.unwrap().is_empty());
}

#[tokio::test]
async fn everything_ends_with_the_stage() {
    let stage = Stage::build().await.unwrap();
    let folder = stage.folder().to_owned();
    let display = stage.display().to_owned();
    drop(stage);
    assert!(!folder.exists());
    let number = display.trim_start_matches(':');
    assert!(!std::path::Path::new(&format!("/tmp/.X{number}-lock")).exists());
}

/// Sends a notification as any program does.
async fn notify(stage: &Stage, summary: &str) -> zbus::Result<()> {
    let bus = zbus::connection::Builder::address(stage.bus_address())?.build().await?;
    let nothing: [&str; 0] = [];
    let hints = std::collections::HashMap::<&str, zbus::zvariant::Value<'_>>::new();
    bus.call_method(
        Some("org.freedesktop.Notifications"),
        "/org/freedesktop/Notifications",
        Some("org.freedesktop.Notifications"),
        "Notify",
        &("test", 0u32, "", summary, "", &nothing[..], hints, 0i32),
    )
    .await
    .map(|_| ())
}
