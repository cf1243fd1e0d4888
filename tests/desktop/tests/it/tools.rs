//! The Connection Inspector and the Doctor in the real window. Their pictures lie in the target
//! folder's `tmp` afterwards; those in `docs/pictures` were taken here.

use homing_desktop_tests::{Person, Space};
use homing_stage::{Rectangle, Stage, eventually};
use homing_testkit::proxy::{Cut, Proxy};
use serde_json::Value;

use crate::picture;

/// Settings are kept whole; what is not named is as usual.
const CHOOSE: &str = r#"
const [theme, language] = arguments;
return window.__TAURI_INTERNALS__.invoke("call", { command: "set_settings", args: { theme, language } });
"#;

#[tokio::test]
async fn both_tools_open_in_the_window_and_say_how_it_stands() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    // Before anything is pressed: what a resize moves is missed by a click that was aimed before.
    person.place(&stage, Rectangle { x: 0, y: 0, width: 1280, height: 800 }).await.unwrap();
    let network = Proxy::start(space.address());
    let mut link = space.owner_link().unwrap();
    link.address.port = network.addr.port();
    person.join(&link).await.unwrap();
    let page = person.page();

    page.test_id("link-state").await.unwrap().click().await.unwrap();
    page.test_id("card-inspector").await.unwrap().click().await.unwrap();
    page.role("table", "Frames").await.unwrap();
    // What passes while it is open is there with its text, and a cut with its code.
    network.cut(Cut::Reset).await;
    page.shows("close 1006").await.unwrap();
    page.shows("reconnected after").await.unwrap();
    page.shows(r#""t":"hello""#).await.unwrap();
    page.shows("Connected for").await.unwrap();
    page.picture(&picture("inspector")).await.unwrap();
    page.press("button", "close 1006").await.unwrap();
    page.shows("This code is never sent").await.unwrap();
    page.press("button", "Save to Downloads").await.unwrap();
    page.shows("homing-frames.jsonl").await.unwrap();

    page.press("button", "Run Doctor").await.unwrap();
    page.shows("Everything works.").await.unwrap();
    page.shows("matches your join link").await.unwrap();
    page.picture(&picture("doctor")).await.unwrap();

    let choose = |theme: &str, language: &str| vec![theme.into(), language.into()];
    page.run(CHOOSE, choose("dark", "zh-CN")).await.unwrap();
    page.shows("一切正常。").await.unwrap();
    page.picture(&picture("doctor-dark-chinese")).await.unwrap();
    page.press("button", "打开连接检查器").await.unwrap();
    page.shows("已连接").await.unwrap();
    page.role("table", "数据帧").await.unwrap();
    page.picture(&picture("inspector-dark-chinese")).await.unwrap();
}

/// The page has no text yet when the button is pressed, and a webview takes what comes later only if
/// the click itself announced it.
#[tokio::test]
async fn what_a_tool_copies_can_be_pasted_in_another_program() {
    let stage = Stage::build().await.unwrap();
    let space = Space::start(stage.folder(), "Northlight").await.unwrap();
    let person = Person::open(&stage, "Mei Lin").await.unwrap();
    person.place(&stage, Rectangle { x: 0, y: 0, width: 1280, height: 800 }).await.unwrap();
    person.join(&space.owner_link().unwrap()).await.unwrap();
    let page = person.page();
    let pasted = async |begins: &str| {
        eventually(&format!("the clipboard holds {begins}…"), async || {
            Ok(stage.clipboard().await?.filter(|text| text.starts_with(begins)))
        })
        .await
    };

    page.test_id("link-state").await.unwrap().click().await.unwrap();
    page.test_id("card-doctor").await.unwrap().click().await.unwrap();
    page.shows("Everything works.").await.unwrap();
    page.press("button", "Copy report").await.unwrap();
    let report = pasted("Connection Doctor of ").await.unwrap();
    let address = space.address().to_string();
    assert!(report.contains(&address), "{address}: {report}");

    page.press("button", "Open the Connection Inspector").await.unwrap();
    page.press("button", "Copy").await.unwrap();
    let frames = pasted("{").await.unwrap();
    let lines: Vec<Value> =
        frames.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 3, "{frames}");
}
