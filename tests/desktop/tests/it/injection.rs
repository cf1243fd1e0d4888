//! Texts that would do something, if the webview took them for more than text.

use homing_stage::eventually;
use serde_json::{Value, json};

use crate::picture;
use crate::scene::Scene;

/// The texts that the tests of the interface try as well, by what they try.
const CORPUS: &str = include_str!("../../../../ui/src/testing/injections.json");

/// Watches from now on: what runs, what the policy had to stop, and what stands in a message that should not.
const WATCH: &str = r#"
window.caught = new Set();
window.drawn = new Set();
window.pwned = () => caught.add("something ran");
document.addEventListener("securitypolicyviolation", (event) => caught.add(`${event.violatedDirective}: ${event.blockedURI}`));
const allowed = new Set(
  "p br hr b i s bdi a blockquote ul ol li span div table thead tbody tr th td pre code button svg path rect".split(" "),
);
const look = () => {
  for (const message of document.querySelectorAll("[data-testid=message]")) drawn.add(message.dataset.key);
  for (const node of document.querySelectorAll(".rich *")) {
    if (!allowed.has(node.localName)) caught.add(`an element: ${node.localName}`);
    for (const name of node.getAttributeNames()) if (name.startsWith("on")) caught.add(`an attribute: ${name}`);
    const leads = node.getAttribute("href") ?? "https://";
    if (!/^(https?:\/\/|mailto:)/i.test(leads)) caught.add(`a link: ${leads}`);
  }
};
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();
"#;

/// Opens a room of the list.
const OPEN: &str = r#"document.querySelector(`[data-room-name="${arguments[0]}"]`).click();"#;

/// Goes up by a screen, and tells how many messages were drawn so far.
const UP: &str = r#"
const log = document.querySelector("[data-testid=timeline]");
log.scrollTop -= log.clientHeight;
return drawn.size;
"#;

#[tokio::test]
async fn what_others_write_is_only_shown() {
    let corpus: Value = serde_json::from_str(CORPUS).unwrap();
    let texts: Vec<&str> = corpus
        .as_object()
        .unwrap()
        .values()
        .flat_map(|some| some.as_array().unwrap())
        .map(|text| text.as_str().unwrap())
        .collect();
    assert!(texts.len() >= 100, "{}", texts.len());
    let scene = Scene::set().await.unwrap();
    scene.room("probes").await.unwrap();
    scene.jonas.focus(&scene.stage).await.unwrap();
    scene.jonas.page().run(OPEN, vec![json!("probes")]).await.unwrap();
    let place = scene.jonas.page().run("return location.href;", vec![]).await.unwrap();
    scene.jonas.page().run(WATCH, vec![]).await.unwrap();
    for text in &texts {
        scene.mei.write("probes", text).await.unwrap();
    }
    scene.mei.write("probes", "that was all").await.unwrap();
    scene.jonas.page().shows("that was all").await.unwrap();
    eventually("all of them were drawn", async || {
        let drawn = scene.jonas.page().run(UP, vec![]).await?;
        Ok((drawn == json!(texts.len() + 1)).then_some(()))
    })
    .await
    .unwrap();
    let caught = scene.jonas.page().run("return [...caught];", vec![]).await.unwrap();
    assert_eq!(caught, json!([]));
    let now = scene.jonas.page().run("return location.href;", vec![]).await.unwrap();
    assert_eq!(now, place);
    scene.stage.picture(&picture("injection")).unwrap();
}
