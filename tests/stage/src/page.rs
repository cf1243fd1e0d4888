//! What a window shows, found the way a person with a screen reader finds it: by role and name.

use std::path::Path;

use anyhow::{Context, Result};
use fantoccini::Client;
use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::wait::eventually;

/// Finds elements by role and accessible name, or by test id. Only what can be seen counts.
const FIND: &str = include_str!("find.js");

/// The key under which WebDriver hands out an element (W3C WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Has the page drawn again and again. The driver takes its picture after the next drawing, which a
/// page that is at rest may never come to, and a busy machine comes to late.
const STIR: &str = r#"
let turn = 0;
window.stirred = setInterval(() => {
  document.documentElement.style.opacity = ++turn % 2 ? "0.9999" : "";
}, 50);
"#;
/// Lets the page rest again.
const SETTLE: &str = r#"
clearInterval(window.stirred);
document.documentElement.style.opacity = "";
"#;

/// The inside of a window.
#[derive(Debug, Clone)]
pub struct Page {
    client: Client,
}

impl Page {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The WebDriver client, for what this type does not offer.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits for an element with this role whose accessible name contains `name`.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn role(&self, role: &str, name: &str) -> Result<Element> {
        self.wait_for(json!({ "role": role, "name": name })).await
    }

    /// Waits for an element with this `data-testid`.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn test_id(&self, id: &str) -> Result<Element> {
        self.wait_for(json!({ "testid": id })).await
    }

    /// How many visible elements have this `data-testid` now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn count(&self, test_id: &str) -> Result<usize> {
        Ok(self.texts(test_id).await?.len())
    }

    /// The texts of all visible elements with this `data-testid`, in the order of the document.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn texts(&self, test_id: &str) -> Result<Vec<String>> {
        let script = format!("{FIND}; return find(arguments[0]).map(e => e.innerText);");
        let found = self.run(&script, vec![json!({ "testid": test_id })]).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Waits for a button, link, tab or menu item and clicks it.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn press(&self, role: &str, name: &str) -> Result<()> {
        Ok(self.role(role, name).await?.click().await?)
    }

    /// As [`press`](Self::press), for what ends the program: it may be gone before the driver has
    /// answered, so only its end tells that the click arrived.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn press_to_end(&self, role: &str, name: &str) -> Result<()> {
        let button = self.role(role, name).await?;
        drop(button.click().await);
        Ok(())
    }

    /// Waits for a text field by its label and writes into it, in place of what it held.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let field = self.role("textbox", label).await?;
        field.click().await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until the window shows a text anywhere.
    ///
    /// # Errors
    /// With all that it shows instead.
    pub async fn shows(&self, text: &str) -> Result<()> {
        let found = eventually(&format!("the window shows {text:?}"), async || {
            Ok(self.text().await?.contains(text).then_some(()))
        })
        .await;
        match found {
            Ok(()) => Ok(()),
            Err(error) => {
                let text = self.text().await.unwrap_or_default();
                Err(error.context(format!("it shows:\n{text}")))
            }
        }
    }

    /// All text of the window.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn text(&self) -> Result<String> {
        let text = self.run("return document.body ? document.body.innerText : '';", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in the window and returns what it returns.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn run(&self, script: &str, args: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, args).await?)
    }

    /// Waits until everything that the page holds now has been drawn.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn painted(&self) -> Result<()> {
        // The first frame may have begun before the question; the second has not.
        let twice = "return new Promise((drawn) => requestAnimationFrame(() => \
                     requestAnimationFrame(() => drawn(true))));";
        self.run(twice, vec![]).await.map(|_| ())
    }

    /// Writes a picture of the window's inside.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn picture(&self, path: &Path) -> Result<()> {
        self.run(STIR, vec![]).await?;
        let taken = tokio::time::timeout(crate::PATIENCE, self.client.screenshot());
        let picture = taken.await.context("the driver gives no picture of the page")??;
        self.run(SETTLE, vec![]).await?;
        Ok(std::fs::write(path, picture)?)
    }

    async fn wait_for(&self, what: Value) -> Result<Element> {
        let script = format!("{FIND}; return find(arguments[0])[0] ?? null;");
        let found = eventually(&format!("the window has {what}"), async || {
            let found = self.run(&script, vec![what.clone()]).await?;
            if found.is_null() {
                return Ok(None);
            }
            let reference = found
                .get(ELEMENT)
                .and_then(Value::as_str)
                .context("an element is expected")?
                .to_owned();
            Ok(Some(Element::from_element_id(self.client.clone(), reference.into())))
        })
        .await;
        match found {
            Ok(element) => Ok(element),
            Err(error) => {
                let text = self.text().await.unwrap_or_default();
                Err(error.context(format!("the window shows:\n{text}")))
            }
        }
    }
}
