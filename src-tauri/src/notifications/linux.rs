//! The desktop notifications of freedesktop.org, over D-Bus.
//!
//! One connection sends and listens. The crate that does this elsewhere opens a connection and a
//! thread for every notification and begins to listen after it has shown it; a desktop that tells
//! of a click only to the connection that asked last, as GNOME does, would then tell nobody about a
//! replaced one.

use std::collections::{HashMap, VecDeque};

use futures_util::StreamExt as _;
use homing_bridge::ports::Answer;
use tauri::image::Image;
use tokio::sync::mpsc;
use zbus::proxy::{OwnerChangedStream, SignalStream};
use zbus::zvariant::Value;
use zbus::{Message, Proxy};

use super::{DESKTOP_ENTRY, Job, Key, Text, action};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Both the ability to take an answer in the notification, as KDE's server has it, and its action.
const INLINE_REPLY: &str = "inline-reply";

/// Notifications whose click is remembered. Those of rooms are replaced, so this is as many rooms;
/// a forgotten one can still be seen and closed.
const REMEMBERED: usize = 256;
/// Notifications that were taken back and may still be answered: the answer and the withdrawal pass
/// each other on the bus.
const TAKEN_BACK: usize = 16;

/// Shows and withdraws until the program ends; tells what the person did.
pub(crate) async fn run(
    mut jobs: mpsc::Receiver<Job>,
    answers: mpsc::Sender<Answer>,
    icon: Option<Image<'static>>,
) {
    // Without a session bus there is nobody to show anything; each new notification tries again.
    while let Some(job) = jobs.recv().await {
        match Server::connect(icon.as_ref()).await {
            Ok((server, heard)) => server.serve(job, &mut jobs, heard, &answers).await,
            Err(error) => tracing::info!(%error, "there is no notification server"),
        }
    }
}

/// What the server tells of its notifications, and who the server is from now on.
type Heard = (SignalStream<'static>, OwnerChangedStream<'static>);

/// A connection to the notification server, and what it shows for us.
struct Server<'a> {
    proxy: Proxy<'static>,
    markup: bool,
    inline_reply: bool,
    icon: Option<&'a Image<'static>>,
    shown: HashMap<Key, (u32, Text)>,
    /// Oldest first.
    taken_back: VecDeque<(u32, Text)>,
}

impl<'a> Server<'a> {
    async fn connect(icon: Option<&'a Image<'static>>) -> zbus::Result<(Self, Heard)> {
        let connection = zbus::Connection::session().await?;
        let proxy = Proxy::new(&connection, NAME, PATH, NAME).await?;
        let signals = proxy.receive_all_signals().await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let can = |what: &str| can.iter().any(|one| one == what);
        let (markup, inline_reply) = (can("body-markup"), can(INLINE_REPLY));
        let (shown, taken_back) = (HashMap::new(), VecDeque::new());
        // After the first call, which may have started the server.
        let owners = proxy.receive_owner_changed().await?;
        Ok((Self { proxy, markup, inline_reply, icon, shown, taken_back }, (signals, owners)))
    }

    /// Returns when the connection is lost, another server takes over, or the program ends.
    async fn serve(
        mut self,
        first: Job,
        jobs: &mut mpsc::Receiver<Job>,
        (mut signals, mut owners): Heard,
        answers: &mpsc::Sender<Answer>,
    ) {
        let mut next = Some(first);
        loop {
            if let Some(job) = next.take()
                && let Err(error) = self.carry_out(job).await
            {
                tracing::info!(%error, "the notification server did not do as asked");
                // A server that refuses one, because it is gone or there are too many, shows the
                // others all the same.
                if !matches!(error, zbus::Error::MethodError(..)) {
                    return;
                }
            }
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => next = Some(job),
                    None => return,
                },
                signal = signals.next() => match signal {
                    Some(signal) => {
                        if let Some(answer) = self.heard(&signal) {
                            // A text must not be lost, and the rest is soon done with.
                            _ = answers.send(answer).await;
                        }
                    }
                    None => return,
                },
                // It counts its notifications from the beginning: what we know would be another
                // program's.
                _ = owners.next() => return,
            }
        }
    }

    async fn carry_out(&mut self, job: Job) -> zbus::Result<()> {
        match job {
            Job::Show(key, text) => self.show(key, *text).await,
            Job::Withdraw(key) => match self.shown.remove(&key) {
                Some((id, text)) => {
                    self.taken_back.push_back((id, text));
                    if self.taken_back.len() > TAKEN_BACK {
                        self.taken_back.pop_front();
                    }
                    self.proxy.call("CloseNotification", &(id)).await
                }
                None => Ok(()),
            },
        }
    }

    async fn show(&mut self, key: Key, text: Text) -> zbus::Result<()> {
        let replaces = self.shown.get(&key).map_or(0, |(id, _)| *id);
        let body = if self.markup { escaped(&text.body) } else { text.body.clone() };
        let actions = actions(&text, self.inline_reply);
        let mut hints: HashMap<&str, Value<'_>> = HashMap::from([
            ("desktop-entry", Value::from(DESKTOP_ENTRY)),
            ("category", Value::from("im.received")),
        ]);
        if let Some(icon) = self.icon {
            hints.insert("image-data", picture(icon));
        }
        if let Some(actions) = text.actions.as_ref().filter(|_| self.inline_reply) {
            hints.insert("x-kde-reply-placeholder-text", Value::from(actions.write.as_str()));
            hints.insert("x-kde-reply-submit-button-text", Value::from(actions.reply.as_str()));
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
            self.shown.insert(key, (id, text));
        }
        Ok(())
    }

    /// What the person did, if the signal says so.
    fn heard(&mut self, signal: &Message) -> Option<Answer> {
        let header = signal.header();
        match header.member()?.as_str() {
            "ActionInvoked" => {
                let (id, action): (u32, String) = signal.body().deserialize().ok()?;
                self.of(id)?.answer(&action)
            }
            "NotificationReplied" => {
                let (id, text): (u32, String) = signal.body().deserialize().ok()?;
                let about = self.of(id)?.actions.as_ref()?.about.clone();
                Some(Answer::Reply(about, text))
            }
            "NotificationClosed" => {
                let (id, _): (u32, u32) = signal.body().deserialize().ok()?;
                self.shown.retain(|_, (of, _)| *of != id);
                None
            }
            _ => None,
        }
    }

    fn of(&self, id: u32) -> Option<&Text> {
        let mut all = self.shown.values().chain(&self.taken_back);
        all.find(|(of, _)| *of == id).map(|(_, text)| text)
    }
}

/// What can be pressed: pairs of what it is called to us and to the person.
fn actions(text: &Text, inline_reply: bool) -> Vec<&str> {
    let mut all = vec![action::DEFAULT, text.click.as_str()];
    if let Some(more) = &text.actions {
        let reply = if inline_reply { INLINE_REPLY } else { action::REPLY };
        all.extend([reply, &more.reply, action::READ, &more.mark_read]);
    }
    all
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
