//! Notifications, badge and tray on a real desktop: somebody writes from a device without a window,
//! and what the app in the tray makes of it is seen by the servers of the desktop. Pictures lie in
//! the target folder's `tmp` afterwards.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use homing_desktop_tests::notification_latency;
use homing_engine::view::Overview;
use homing_protocol::frame::Presence;
use homing_stage::{MenuEntry, Plan, Server, eventually};
use serde_json::json;
use zbus::zvariant::OwnedValue;

use crate::picture;
use crate::scene::Scene;

fn labels(menu: &[MenuEntry]) -> Vec<&str> {
    menu.iter().map(|entry| entry.label.as_str()).collect()
}

#[tokio::test]
async fn messages_of_a_room_are_one_notification_that_counts() {
    let scene = Scene::set().await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.mei.write("general", "one").await.unwrap();
    let first = scene.jonas.wait_for_notification(&scene.stage, "one").await.unwrap();
    assert_eq!((first.summary.as_str(), first.body.as_str()), ("Mei Lin in #general", "one"));
    for text in ["two", "three"] {
        scene.mei.write("general", text).await.unwrap();
    }
    let last = scene.jonas.wait_for_notification(&scene.stage, "three").await.unwrap();
    assert_eq!(last.summary, "#general · 3 new messages");
    assert_eq!(last.body, "Mei Lin: three");
    assert_eq!(last.id, first.id, "replaced, not stacked");
    scene.seen(1).await.unwrap();
    scene.stage.picture(&picture("notification")).unwrap();
}

#[tokio::test]
async fn what_was_missed_is_one_notification_that_another_device_takes_back() {
    let scene = Scene::set().await.unwrap();
    scene.room("design").await.unwrap();
    let second = scene.second_device().await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.line.offline().await;
    for (room, text) in [("general", "one"), ("general", "two"), ("design", "three")] {
        scene.mei.write(room, text).await.unwrap();
        scene.arrives(room, text).await.unwrap();
    }
    scene.line.online().await;
    let all = scene.jonas.wait_for_notification(&scene.stage, "3 new messages").await.unwrap();
    assert_eq!(all.body, "3 new messages in 2 rooms");
    scene.seen(1).await.unwrap();
    scene.stage.picture(&picture("notification-missed")).unwrap();

    scene.read(&second, "general", "two").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 1).await.unwrap();
    assert_eq!(scene.stage.displayed().unwrap(), 1, "one of two rooms is still unread");
    scene.read(&second, "design", "three").await.unwrap();
    scene.seen(0).await.unwrap();

    // A single room's own as well.
    scene.mei.write("design", "four").await.unwrap();
    scene.jonas.wait_for_notification(&scene.stage, "four").await.unwrap();
    scene.seen(1).await.unwrap();
    scene.read(&second, "design", "four").await.unwrap();
    scene.seen(0).await.unwrap();
}

#[tokio::test]
async fn what_is_shown_goes_with_the_app() {
    let scene = Scene::set().await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.mei.write("general", "one").await.unwrap();
    scene.jonas.wait_for_notification(&scene.stage, "one").await.unwrap();
    scene.seen(1).await.unwrap();
    // A click on it would lead nowhere.
    let Scene { stage, jonas, line: _line, server: _server, mei: _mei, .. } = scene;
    jonas.quit(&stage).await.unwrap();
    assert_eq!(stage.displayed().unwrap(), 0);
}

/// The row whose text is the argument, if it can be seen, and the room it stands in.
const ROW_IN_VIEW: &str = r#"
const [text] = arguments;
const row = [...document.querySelectorAll('[data-testid="message"]')]
  .find((one) => one.querySelector(".rich").innerText.trim() === text);
if (!row) return "no such row";
const { top, bottom } = row.getBoundingClientRect();
const seen = top >= 0 && bottom <= window.innerHeight;
const room = document.querySelector('[data-testid="room-title"]').innerText.trim();
return seen ? room : "the row is out of view";
"#;

#[tokio::test]
async fn a_click_brings_the_room_and_the_message() {
    let scene = Scene::set().await.unwrap();
    for room in ["design", "incidents"] {
        scene.room(room).await.unwrap();
    }
    scene.jonas.hide(&scene.stage).await.unwrap();
    for n in 1..=30 {
        scene.mei.write("design", &format!("sketch {n}")).await.unwrap();
    }
    scene.jonas.wait_for_notification(&scene.stage, "sketch 30").await.unwrap();
    scene.seen(1).await.unwrap();
    scene.stage.click_notification().unwrap();
    scene.jonas.app().window(&scene.stage).await.unwrap();
    eventually("the message of the notification is in view", async || {
        let found = scene.jonas.page().run(ROW_IN_VIEW, vec!["sketch 30".into()]).await?;
        Ok(found.as_str().is_some_and(|room| room.contains("design")).then_some(()))
    })
    .await
    .unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 0).await.unwrap();
}

/// The name of what has the keyboard.
const FOCUSED: &str = r#"
return document.hasFocus() ? document.activeElement?.getAttribute("aria-label") ?? "" : "elsewhere";
"#;

#[tokio::test]
async fn a_reply_is_written_in_the_room_it_is_about() {
    let scene = Scene::set().await.unwrap();
    scene.room("design").await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.mei.write("design", "What do you think?").await.unwrap();
    scene.jonas.wait_for_notification(&scene.stage, "What do you think?").await.unwrap();
    scene.seen(1).await.unwrap();
    scene.stage.act_on_notification("Reply").unwrap();
    scene.jonas.app().window(&scene.stage).await.unwrap();
    eventually("the composer of the room has the keyboard", async || {
        let name = scene.jonas.page().run(FOCUSED, vec![]).await?;
        Ok(name.as_str().is_some_and(|name| name.contains("#design")).then_some(()))
    })
    .await
    .unwrap();
    // By the keys of the machine, not by the driver: nothing has been clicked.
    scene.stage.xdotool(&["type", "I like it"]).unwrap();
    let composer = scene.jonas.page().role("textbox", "Message to").await.unwrap();
    eventually("the answer is written", async || {
        Ok((composer.prop("value").await?.as_deref() == Some("I like it")).then_some(()))
    })
    .await
    .unwrap();
    // Enter is held back for a moment after a jump; a person would press it again as well.
    eventually("the answer arrives", async || {
        scene.stage.xdotool(&["key", "Return"])?;
        let last = scene.mei.room("design").await?.last;
        Ok(last.is_some_and(|last| last.text == "I like it").then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_answer_written_in_the_notification_needs_no_window() {
    let plan = Plan { notifications: Server::Inline, ..Plan::default() };
    let scene = Scene::on(plan).await.unwrap();
    let inline = scene.stage.inline().unwrap();
    scene.jonas.close_to_tray(&scene.stage).await.unwrap();
    scene.mei.write("general", "Are you on your way?").await.unwrap();
    let asked = eventually("the notification is asked for", async || {
        Ok(inline.asked().into_iter().find(|one| one.body == "Are you on your way?"))
    })
    .await
    .unwrap();
    let expected = ["default", "Open Homing", "inline-reply", "Reply", "mark-read", "Mark as read"];
    assert_eq!(asked.actions, expected);
    assert_eq!(asked.placeholder, "Message #general");
    inline.reply(asked.id, "Ten minutes.").await.unwrap();
    scene.arrives("general", "Ten minutes.").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 0).await.unwrap();
    eventually("the notification is taken back", async || {
        Ok((!inline.asked().iter().any(|one| one.id == asked.id)).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(scene.stage.windows_of(scene.jonas.app().pid()).unwrap(), Vec::<String>::new());
}

/// Without its token a window system may leave the window where it is, and only mark it as wanting
/// attention.
#[tokio::test]
async fn a_click_hands_its_activation_token_to_the_window() {
    let plan = Plan { notifications: Server::Inline, ..Plan::default() };
    let scene = Scene::on(plan).await.unwrap();
    let inline = scene.stage.inline().unwrap();
    scene.jonas.close_to_tray(&scene.stage).await.unwrap();
    scene.mei.write("general", "Have a look").await.unwrap();
    let asked = eventually("the notification is asked for", async || {
        Ok(inline.asked().into_iter().find(|one| one.body == "Have a look"))
    })
    .await
    .unwrap();
    inline.click(asked.id, "token-of-the-click").await.unwrap();
    let window = scene.jonas.app().window(&scene.stage).await.unwrap();
    eventually("the window has the token", async || {
        let token = scene.stage.property(&window, "_NET_STARTUP_ID")?;
        Ok((token.as_deref() == Some("token-of-the-click")).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn marking_as_read_needs_no_window_either() {
    let scene = Scene::set().await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.mei.write("general", "For your information.").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 1).await.unwrap();
    scene.seen(1).await.unwrap();
    scene.stage.act_on_notification("Mark as read").unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 0).await.unwrap();
    scene.seen(0).await.unwrap();
    assert_eq!(scene.stage.windows_of(scene.jonas.app().pid()).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn the_menu_has_what_is_unread_and_keeps_notifications_quiet() {
    let scene = Scene::set().await.unwrap();
    scene.room("design").await.unwrap();
    scene.room("ci-notices").await.unwrap();
    let noisy = scene.mei.room("ci-notices").await.unwrap().id;
    let args = json!({ "space": scene.space, "room": noisy, "muted": true, "until": null });
    scene.jonas.call("mute_room", args).await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    scene.mei.write("ci-notices", "green").await.unwrap();
    scene.mei.write("general", "one").await.unwrap();
    scene.mei.write("design", "two").await.unwrap();
    scene.mei.write("design", "three").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 3).await.unwrap();
    let whole = |menu: &[MenuEntry]| labels(menu).contains(&"#general (1)");
    let menu = scene.jonas.menu(&scene.stage, "has the rooms", whole).await.unwrap();
    let expected = [
        "Connected",
        "Open Homing",
        "#design (2)",
        "#general (1)",
        "Available",
        "Away",
        "Do not disturb",
        "Pause notifications for 1 hour",
        "Settings…",
        "Quit",
    ];
    assert_eq!(labels(&menu), expected);
    let checked = |menu: &[MenuEntry]| {
        menu.iter().find(|entry| entry.checked).map(|entry| entry.label.clone())
    };
    assert_eq!(checked(&menu).as_deref(), Some("Available"));
    // The badge may be quicker than what is closed here.
    scene.jonas.wait_for_notification(&scene.stage, "three").await.unwrap();
    scene.stage.close_notifications().unwrap();

    let quiet = |menu: &[MenuEntry]| checked(menu).as_deref() == Some("Do not disturb");
    scene.choose("Do not disturb").await.unwrap();
    let menu = scene.jonas.menu(&scene.stage, "has the status", quiet).await.unwrap();
    scene.mei.write("design", "four").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 4).await.unwrap();
    assert_eq!(scene.last_why().await.unwrap(), "do_not_disturb");
    // Whoever was looking at the menu meanwhile still chooses from the lines that are there.
    let has = |menu: &[MenuEntry]| labels(menu).contains(&"#design (3)");
    let later = scene.jonas.menu(&scene.stage, "counts on", has).await.unwrap();
    let ids = |menu: &[MenuEntry]| menu.iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(ids(&later), ids(&menu));

    scene.choose("Available").await.unwrap();
    let available = |menu: &[MenuEntry]| {
        let checked: Vec<_> = menu.iter().filter(|entry| entry.checked).collect();
        checked.len() == 1 && checked[0].label == "Available"
    };
    scene.jonas.menu(&scene.stage, "has the old status", available).await.unwrap();
    scene.choose("Pause").await.unwrap();
    let paused = |menu: &[MenuEntry]| {
        labels(menu).iter().any(|line| line.starts_with("Resume notifications (paused until "))
            && checked(menu).as_deref() == Some("Available")
    };
    scene.jonas.menu(&scene.stage, "has the pause", paused).await.unwrap();
    scene.mei.write("design", "five").await.unwrap();
    scene.jonas.wait_for_unread(&scene.stage, 5).await.unwrap();
    assert_eq!(scene.last_why().await.unwrap(), "paused");
    assert_eq!(scene.stage.displayed().unwrap(), 0);

    scene.choose("Resume").await.unwrap();
    scene.jonas.menu(&scene.stage, "has no pause", |menu| !paused(menu)).await.unwrap();
    scene.mei.write("design", "six").await.unwrap();
    scene.jonas.wait_for_notification(&scene.stage, "six").await.unwrap();

    scene.jonas.call("set_settings", json!({ "language": "zh-CN" })).await.unwrap();
    let chinese = |menu: &[MenuEntry]| labels(menu).contains(&"暂停通知 1 小时");
    let menu = scene.jonas.menu(&scene.stage, "is in Chinese", chinese).await.unwrap();
    assert_eq!(labels(&menu)[..3], ["已连接", "打开 Homing", "#design（5）"]);
    let stopped = |menu: &[MenuEntry]| labels(menu)[0] == "离线使用" && !menu[0].enabled;
    scene.jonas.call("stay_offline", json!({ "space": scene.space })).await.unwrap();
    scene.jonas.menu(&scene.stage, "says that there is no connection", stopped).await.unwrap();
}

#[tokio::test]
async fn who_says_that_they_are_away_is_seen_away() {
    let scene = Scene::set().await.unwrap();
    scene.jonas.focus(&scene.stage).await.unwrap();
    let is = |presence| {
        let jonas = scene.jonas_id;
        move |overview: &Overview| overview.presence.contains(&(jonas, presence))
    };
    scene.mei.until("sees Jonas online", is(Presence::Online)).await.unwrap();
    scene.choose("Away").await.unwrap();
    scene.mei.until("sees Jonas away", is(Presence::Away)).await.unwrap();
    scene.choose("Available").await.unwrap();
    scene.mei.until("sees Jonas online", is(Presence::Online)).await.unwrap();
}

#[tokio::test]
async fn the_launcher_is_told_what_is_unread() {
    type Badge = (String, HashMap<String, OwnedValue>);
    let scene = Scene::set().await.unwrap();
    let second = scene.second_device().await.unwrap();
    scene.jonas.hide(&scene.stage).await.unwrap();
    let mut badges =
        scene.stage.watch("com.canonical.Unity.LauncherEntry", "Update").await.unwrap();
    let mut next = async || -> Result<(String, i64, bool)> {
        let (entry, mut properties): Badge = badges.next().await?.carries()?;
        let mut take = |key: &str| properties.remove(key).context("a property is missing");
        Ok((entry, take("count")?.try_into()?, take("count-visible")?.try_into()?))
    };
    let entry = "application://homing-desktop.desktop".to_owned();
    scene.mei.write("general", "one").await.unwrap();
    assert_eq!(next().await.unwrap(), (entry.clone(), 1, true));
    scene.mei.write("general", "two").await.unwrap();
    assert_eq!(next().await.unwrap(), (entry.clone(), 2, true));
    scene.read(&second, "general", "two").await.unwrap();
    assert_eq!(next().await.unwrap(), (entry, 0, false));
}

#[tokio::test]
async fn a_hidden_app_notifies_at_once() {
    let mut delays = notification_latency::measure(9).await.unwrap();
    delays.sort_unstable();
    let median = delays[delays.len() / 2];
    assert!(median <= Duration::from_millis(100), "{delays:?}");
}
