//! The bridge, which starts in parallel with the window.
//!
//! Building a window and loading its page take time, and opening the databases may take some;
//! neither needs the other. Whoever needs the bridge before it has started waits for it.

use homing_bridge::app::App;
use tauri::{AppHandle, Manager as _};
use tokio::sync::SetOnce;

/// The bridge, once it has started.
#[derive(Default)]
pub(crate) struct Bridge(SetOnce<App>);

impl Bridge {
    /// The bridge has started. Called once.
    pub(crate) fn started(&self, app: App) {
        if self.0.set(app).is_err() {
            tracing::error!("the bridge was started twice; the first one stays");
        }
    }

    /// Whether it has started.
    pub(crate) fn has_started(&self) -> bool {
        self.0.initialized()
    }

    /// Waits until it has started. If it can't, the program ends.
    pub(crate) async fn ready(&self) -> &App {
        self.0.wait().await
    }
}

/// The bridge of this program, once it has started.
pub(crate) async fn bridge(app: &AppHandle) -> App {
    app.state::<Bridge>().ready().await.clone()
}
