//! The bridge, which starts beside the window.
//!
//! Building a window and loading its page take their time, and opening the databases may: neither
//! needs the other. So both begin at once, and whoever needs the bridge before it is there waits.

use homing_bridge::app::App;
use tauri::{AppHandle, Manager as _};
use tokio::sync::SetOnce;

/// The bridge, as soon as it has started.
#[derive(Default)]
pub(crate) struct Bridge(SetOnce<App>);

impl Bridge {
    /// It has started. It does so once.
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
