//! Whether this desktop has a tray to close to.
//!
//! That is a question only on Linux, where a panel may or may not host status icons.

/// Asks the desktop.
pub(crate) async fn is_there() -> bool {
    #[cfg(target_os = "linux")]
    return linux::is_there().await;
    #[cfg(not(target_os = "linux"))]
    return std::future::ready(true).await;
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use zbus::{Connection, Proxy};

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";

    /// How long the answer may take while a person waits for the window to close.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Whether a status icon host is registered. No answer counts as no: a window hidden without a
    /// tray could not be opened again.
    pub(super) async fn is_there() -> bool {
        let answer = tokio::time::timeout(PATIENCE, ask()).await;
        matches!(answer, Ok(Ok(true)))
    }

    async fn ask() -> zbus::Result<bool> {
        let session = Connection::session().await?;
        let watcher = Proxy::new(&session, WATCHER, "/StatusNotifierWatcher", WATCHER).await?;
        watcher.get_property("IsStatusNotifierHostRegistered").await
    }
}
