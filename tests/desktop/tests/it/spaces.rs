//! Several spaces in one window: each lives whether it is looked at or not.

use homing_desktop_tests::{Person, Space};
use homing_stage::{App, AppPlan, Rectangle, Stage, eventually};

use crate::picture;

/// What the rail says of each space, from top to bottom.
const RAIL: &str = r#"
return [...document.querySelectorAll('nav [data-testid^="space-"][aria-label]')].map((one) => one.ariaLabel);
"#;

/// Presses Ctrl and a digit, where it means to go to a space.
const GO_TO: &str = r#"
window.dispatchEvent(new KeyboardEvent("keydown", {
  key: arguments[0], code: `Digit${arguments[0]}`, ctrlKey: true, bubbles: true,
}));
"#;

async fn rail(person: &Person, wanted: &[&str]) -> anyhow::Result<()> {
    eventually("the rail says so", async || {
        let said = person.page().run(RAIL, vec![]).await?;
        anyhow::ensure!(said == serde_json::json!(wanted), "it says {said}");
        Ok(Some(()))
    })
    .await
}

#[tokio::test]
async fn two_spaces_live_in_one_window() {
    let stage = Stage::build().await.unwrap();
    let north = Space::start(&stage.folder().join("north"), "Northlight").await.unwrap();
    let south = Space::start(&stage.folder().join("south"), "Southwind").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.place(&stage, Rectangle { x: 0, y: 0, width: 1100, height: 760 }).await.unwrap();
    person.join(&north.owner_link().unwrap()).await.unwrap();
    // A link that is clicked brings a further space into the running window.
    let link = south.owner_link().unwrap().to_string();
    let plan = AppPlan { args: person.plan().args.clone(), ..person.plan().clone() };
    App::start_second(&stage, &plan.arg(&link)).await.unwrap();
    person.come_in().await.unwrap();
    rail(&person, &["Northlight", "Southwind"]).await.unwrap();
    person.page().shows("Southwind").await.unwrap();

    // Somebody writes in the one that is not looked at; the other is gone meanwhile.
    let jonas = Person::open(&stage, "Jonas").await.unwrap();
    jonas.join(&north.invite().await.unwrap()).await.unwrap();
    jonas.write("Over here.").await.unwrap();
    rail(&person, &["Northlight, unread messages", "Southwind"]).await.unwrap();
    person.wait_for_unread(&stage, 1).await.unwrap();
    drop(south);
    eventually("the rail says that one is away", async || {
        let said = person.page().run(RAIL, vec![]).await?;
        let said = said[1].as_str().unwrap_or_default().to_owned();
        Ok((said != "Southwind").then_some(()))
    })
    .await
    .unwrap();

    person.page().run(GO_TO, vec!["1".into()]).await.unwrap();
    person.page().shows("Over here.").await.unwrap();
    person.write("I see you.").await.unwrap();
    jonas.page().shows("I see you.").await.unwrap();
    person.page().picture(&picture("spaces")).await.unwrap();
    person.page().run(GO_TO, vec!["2".into()]).await.unwrap();
    person.page().shows("Southwind").await.unwrap();
}
