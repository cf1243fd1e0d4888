//! The launcher API, which Ubuntu's dock, KDE's task bar and others implement: a signal on the
//! session bus that names the desktop entry. The framework's own call needs a library that few
//! systems still have.

use std::collections::HashMap;

use anyhow::Context as _;
use tauri::AppHandle;
use zbus::Connection;
use zbus::zvariant::Value;

use crate::notifications::DESKTOP_ENTRY;

const INTERFACE: &str = "com.canonical.Unity.LauncherEntry";
const PATH: &str = "/com/canonical/unity/launcherentry/homing";

/// The badge. The connection stays open, because a launcher removes the badge of a closed one.
#[derive(Default)]
pub(crate) struct Badge {
    session: Option<Connection>,
}

impl Badge {
    /// Shows the count, or no badge for 0.
    pub(crate) async fn show(&mut self, _: &AppHandle, count: u32) -> anyhow::Result<()> {
        let session = match self.session.take() {
            Some(session) => session,
            None => Connection::session().await.context("there's no session bus")?,
        };
        let entry = format!("application://{DESKTOP_ENTRY}.desktop");
        let told = (entry, properties(count));
        let sent = session.emit_signal(None::<&str>, PATH, INTERFACE, "Update", &told).await;
        // The bus may come back; the next count connects again.
        self.session = sent.is_ok().then_some(session);
        sent.context("can't tell the launcher")
    }
}

fn properties(count: u32) -> HashMap<&'static str, Value<'static>> {
    HashMap::from([
        ("count", Value::from(i64::from(count))),
        ("count-visible", Value::from(count > 0)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unread_is_no_badge() {
        let shown = |count| properties(count).remove("count-visible");
        assert_eq!(shown(0), Some(Value::from(false)));
        assert_eq!(shown(3), Some(Value::from(true)));
        assert_eq!(properties(3).remove("count"), Some(Value::from(3i64)));
    }
}
