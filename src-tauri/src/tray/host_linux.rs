//! Asks the session whether somebody shows status icons.

use std::time::Duration;

use zbus::{Connection, Proxy};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// How long the question may take while a person waits for the window to close.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether a host of status icons is registered. No answer is a no: a window that hides where
/// nothing can bring it back is lost.
pub(super) async fn is_there() -> bool {
    let answer = tokio::time::timeout(PATIENCE, ask()).await;
    matches!(answer, Ok(Ok(true)))
}

async fn ask() -> zbus::Result<bool> {
    let session = Connection::session().await?;
    let watcher = Proxy::new(&session, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
    watcher.get_property("IsStatusNotifierHostRegistered").await
}
