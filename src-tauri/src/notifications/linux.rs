//! The desktop notifications of freedesktop.org, over D-Bus.
//!
//! One connection sends and listens. The crate that does this elsewhere opens a connection and a
//! thread for every notification and begins to listen after it has shown it; a desktop that tells
//! of a click only to the connection that asked last, as GNOME does, would then tell nobody about a
//! replaced one.

use std::collections::HashMap;

use futures_util::{Stream, StreamExt as _};
use homing_bridge::dto::Open;
use tauri::image::Image;
use tokio::sync::mpsc;
use zbus::zvariant::Value;
use zbus::{Message, Proxy};

use super::{Job, Key, Text};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What a click on the body of a notification is called.
const DEFAULT_ACTION: &str = "default";

/// Notifications whose click is remembered. Those of rooms are replaced, so this is as many rooms;
/// a forgotten one can still be seen and closed.
const REMEMBERED: usize = 256;

/// Shows and withdraws until the program ends; tells what was clicked.
pub(crate) async fn run(
    mut jobs: mpsc::Receiver<Job>,
    clicks: mpsc::Sender<Option<Open>>,
    icon: Option<Image<'static>>,
) {
    // Without a session bus there is nobody to show anything; each new notification tries again.
    while let Some(job) = jobs.recv().await {
        match Server::connect(icon.as_ref()).await {
            Ok((server, signals)) => server.serve(job, &mut jobs, signals, &clicks).await,
            Err(error) => tracing::info!(%error, "there is no notification server"),
        }
    }
}

/// A connection to the notification server, and what it shows for us.
struct Server<'a> {
    proxy: Proxy<'static>,
    markup: bool,
    icon: Option<&'a Image<'static>>,
    shown: HashMap<Key, (u32, Option<Open>)>,
}

impl<'a> Server<'a> {
    async fn connect(
        icon: Option<&'a Image<'static>>,
    ) -> zbus::Result<(Self, impl Stream<Item = Message> + Unpin)> {
        let connection = zbus::Connection::session().await?;
        let proxy = Proxy::new(&connection, NAME, PATH, NAME).await?;
        let signals = proxy.receive_all_signals().await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let markup = can.iter().any(|one| one == "body-markup");
        let shown = HashMap::new();
        Ok((Self { proxy, markup, icon, shown }, signals))
    }

    /// Returns when the connection is lost or the program ends.
    async fn serve(
        mut self,
        first: Job,
        jobs: &mut mpsc::Receiver<Job>,
        mut signals: impl Stream<Item = Message> + Unpin,
        clicks: &mpsc::Sender<Option<Open>>,
    ) {
        let mut next = Some(first);
        loop {
            if let Some(job) = next.take()
                && let Err(error) = self.carry_out(job).await
            {
                tracing::info!(%error, "the notification server did not do as asked");
                return;
            }
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => next = Some(job),
                    None => return,
                },
                signal = signals.next() => match signal {
                    Some(signal) => {
                        if let Some(open) = self.heard(&signal) {
                            // More clicks than can be served are one impatient person.
                            let _ = clicks.try_send(open);
                        }
                    }
                    None => return,
                },
            }
        }
    }

    async fn carry_out(&mut self, job: Job) -> zbus::Result<()> {
        match job {
            Job::Show(key, text) => self.show(key, text).await,
            Job::Withdraw(key) => match self.shown.remove(&key) {
                Some((id, _)) => self.proxy.call("CloseNotification", &(id)).await,
                None => Ok(()),
            },
        }
    }

    async fn show(&mut self, key: Key, text: Text) -> zbus::Result<()> {
        let replaces = self.shown.get(&key).map_or(0, |(id, _)| *id);
        let body = if self.markup { escaped(&text.body) } else { text.body };
        let actions = [DEFAULT_ACTION, "Open"];
        let mut hints: HashMap<&str, Value<'_>> = HashMap::from([
            ("desktop-entry", Value::from("homing-desktop")),
            ("category", Value::from("im.received")),
        ]);
        if let Some(icon) = self.icon {
            hints.insert("image-data", picture(icon));
        }
        // -1: for as long as the person has set.
        let id: u32 = self
            .proxy
            .call(
                "Notify",
                &("Homing", replaces, "", &text.title, body, &actions[..], hints, -1i32),
            )
            .await?;
        if self.shown.len() < REMEMBERED || self.shown.contains_key(&key) {
            self.shown.insert(key, (id, text.open));
        }
        Ok(())
    }

    /// What was clicked, if the signal says so.
    fn heard(&mut self, signal: &Message) -> Option<Option<Open>> {
        let header = signal.header();
        match header.member()?.as_str() {
            "ActionInvoked" => {
                let (id, action): (u32, String) = signal.body().deserialize().ok()?;
                let (_, open) = self.shown.values().find(|(of, _)| *of == id)?;
                (action == DEFAULT_ACTION).then(|| open.clone())
            }
            "NotificationClosed" => {
                let (id, _): (u32, u32) = signal.body().deserialize().ok()?;
                self.shown.retain(|_, (of, _)| *of != id);
                None
            }
            _ => None,
        }
    }
}

/// Text of somebody else is text: where the server reads markup, none of it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A picture as the specification wants it: width, height, bytes a row, alpha, bits, channels, data.
fn picture(icon: &Image<'_>) -> Value<'static> {
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(0);
    let (width, height) = (side(icon.width()), side(icon.height()));
    let row = width.saturating_mul(4);
    Value::from((width, height, row, true, 8i32, 4i32, icon.rgba().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_never_markup() {
        assert_eq!(escaped("a < b && <b>c</b>"), "a &lt; b &amp;&amp; &lt;b&gt;c&lt;/b&gt;");
    }

    #[test]
    fn a_picture_has_the_shape_of_the_specification() {
        let picture = picture(&Image::new_owned(vec![0; 16], 2, 2));
        assert_eq!(picture.value_signature().to_string(), "(iiibiiay)");
    }
}
