//! Switching rooms faster than anybody reads does not disconnect the device for too many requests.

use anyhow::Result;
use homing_stage::eventually;
use serde_json::json;

use crate::picture;
use crate::scene::Scene;

/// As many as somebody has to read after a holiday.
const SWITCHES: usize = 300;
const ROOMS: usize = 12;

/// Which room is open.
const TITLE: &str =
    r#"return document.querySelector('[data-testid="room-title"]')?.innerText ?? "";"#;

/// Records the states of the connection banner from now on.
const NOTE: &str = r#"
window.said = new Set();
const record = () => {
  for (const line of document.querySelectorAll('[data-testid="connection-banner"]')) window.said.add(line.dataset.state);
};
new MutationObserver(record).observe(document.body, { subtree: true, childList: true, attributes: true });
record();
"#;
const NOTED: &str = "return [...window.said].sort();";

async fn title(scene: &Scene) -> Result<String> {
    let title = scene.jonas.page().run(TITLE, vec![]).await?;
    Ok(title.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn three_hundred_rooms_leave_the_connection_as_it_was() {
    let scene = Scene::set().await.unwrap();
    for number in 1..=ROOMS {
        scene.room(&format!("pier-{number}")).await.unwrap();
    }
    scene.jonas.focus(&scene.stage).await.unwrap();
    scene.jonas.page().run(NOTE, vec![]).await.unwrap();
    for number in 1..=SWITCHES {
        let from = title(&scene).await.unwrap();
        scene.stage.xdotool(&["key", "alt+Down"]).unwrap();
        eventually(&format!("the room after {from} opens, {number}"), async || {
            Ok((title(&scene).await? != from).then_some(()))
        })
        .await
        .unwrap();
    }
    scene.jonas.wait_for_link("up_to_date").await.unwrap();
    let last = title(&scene).await.unwrap();
    let last = last.trim().trim_start_matches('#').trim();
    scene.mei.write(last, "still here").await.unwrap();
    scene.jonas.page().shows("still here").await.unwrap();
    let said = scene.jonas.page().run(NOTED, vec![]).await.unwrap();
    // With a hint that something is missing it catches up, on the same connection.
    let stood = said == json!(["up_to_date"]) || said == json!(["catching_up", "up_to_date"]);
    assert!(stood, "the connection did not stand all the time: {said}");
    scene.stage.picture(&picture("room-switching")).unwrap();
}
