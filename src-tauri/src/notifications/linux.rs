//! Desktop notifications of freedesktop.org, over D-Bus.
//!
//! One connection sends and listens. The usual crate opens a connection and a thread for every
//! notification and listens only after it has shown it. A server that reports a click only to the
//! connection that sent the last request, as GNOME's does, would report clicks on a replaced
//! notification to nobody.

use std::collections::{HashMap, VecDeque};

use futures_util::StreamExt as _;
use homing_bridge::ports::NotificationAction;
use tauri::image::Image;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::proxy::{OwnerChangedStream, SignalStream};
use zbus::zvariant::Value;
use zbus::{Message, Proxy};

use super::{DESKTOP_ENTRY, Job, Key, NotificationAnswer, Text, action};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Id of the capability and of the action for replies inside the notification, as in KDE's server.
const INLINE_REPLY: &str = "inline-reply";

/// Notifications whose click is remembered. Those of rooms are replaced, so this is as many rooms;
/// a forgotten one stays visible and can be closed.
const REMEMBERED: usize = 256;
/// Withdrawn notifications that may still be answered: reply and withdrawal cross on the bus.
const TAKEN_BACK: usize = 16;

/// Shows and withdraws until the program quits, then withdraws everything; reports the person's
/// actions.
pub(crate) async fn run(
    jobs: mpsc::Receiver<Job>,
    answers: mpsc::Sender<NotificationAnswer>,
    icon: Option<Image<'static>>,
    leaving: CancellationToken,
) {
    run_on(None, jobs, answers, icon, leaving).await;
}

/// [`run`] on the bus at this address instead of the session's.
async fn run_on(
    bus: Option<&str>,
    jobs: mpsc::Receiver<Job>,
    answers: mpsc::Sender<NotificationAnswer>,
    icon: Option<Image<'static>>,
    leaving: CancellationToken,
) {
    let mut asked = Asked { jobs, leaving };
    let mut memory = Memory::default();
    let mut again = None;
    // Without a session bus nothing can be shown; each new notification tries again.
    loop {
        let (job, second) = match again.take() {
            Some(job) => (job, true),
            None => match asked.next().await {
                Some(job) => (job, false),
                None => break,
            },
        };
        match Server::connect(bus, &mut memory, icon.as_ref()).await {
            Ok((mut server, heard)) => match server.serve(job, &mut asked, heard, &answers).await {
                Ended::Lost(job) if !second => again = job,
                Ended::Lost(_) => {}
                Ended::Replaced => memory = Memory::default(),
                Ended::Left => break,
            },
            Err(error) => tracing::info!(%error, "there is no notification server"),
        }
    }
    if memory.shown.is_empty() {
        return;
    }
    match Server::connect(bus, &mut memory, None).await {
        Ok((mut server, _)) => server.take_back().await,
        Err(error) => tracing::info!(%error, "there is no notification server"),
    }
}

/// The requests until the program quits.
struct Asked {
    jobs: mpsc::Receiver<Job>,
    leaving: CancellationToken,
}

impl Asked {
    async fn next(&mut self) -> Option<Job> {
        self.leaving.run_until_cancelled(self.jobs.recv()).await.flatten()
    }
}

/// The server's signals, and the changes of its owner on the bus.
type Heard = (SignalStream<'static>, OwnerChangedStream<'static>);

/// Why a connection is no longer used.
enum Ended {
    /// The connection is lost; this request was not done.
    Lost(Option<Job>),
    /// Another server takes over.
    Replaced,
    /// The program quits.
    Left,
}

/// The notifications shown. They outlive a connection.
#[derive(Default)]
struct Memory {
    /// The bus and the server that shows them. Another server counts from the beginning, so our
    /// numbers would mean another program's notifications.
    server: Option<(String, String)>,
    shown: HashMap<Key, (u32, Text)>,
    /// Oldest first.
    taken_back: VecDeque<(u32, Text)>,
    /// Activation token of the notification that is about to be answered.
    leave: Option<(u32, String)>,
}

/// A connection to the notification server.
struct Server<'a> {
    proxy: Proxy<'static>,
    markup: bool,
    inline_reply: bool,
    icon: Option<&'a Image<'static>>,
    memory: &'a mut Memory,
}

impl<'a> Server<'a> {
    async fn connect(
        bus: Option<&str>,
        memory: &'a mut Memory,
        icon: Option<&'a Image<'static>>,
    ) -> zbus::Result<(Self, Heard)> {
        let connection = match bus {
            Some(address) => zbus::connection::Builder::address(address)?.build().await?,
            None => zbus::Connection::session().await?,
        };
        let proxy = Proxy::new(&connection, NAME, PATH, NAME).await?;
        let signals = proxy.receive_all_signals().await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let can = |what: &str| can.iter().any(|one| one == what);
        let (markup, inline_reply) = (can("body-markup"), can(INLINE_REPLY));
        // After the first call, which may have started the server.
        let owners = proxy.receive_owner_changed().await?;
        let daemon = DBusProxy::new(&connection).await?;
        let owner = daemon.get_name_owner(BusName::try_from(NAME)?).await?;
        let server = Some((connection.server_guid().to_string(), owner.to_string()));
        if memory.server != server {
            *memory = Memory { server, ..Memory::default() };
        }
        Ok((Self { proxy, markup, inline_reply, icon, memory }, (signals, owners)))
    }

    async fn serve(
        &mut self,
        first: Job,
        asked: &mut Asked,
        (mut signals, mut owners): Heard,
        answers: &mpsc::Sender<NotificationAnswer>,
    ) -> Ended {
        let mut next = Some(first);
        loop {
            if let Some(job) = next.take()
                && let Err(error) = self.carry_out(&job).await
            {
                tracing::info!(%error, "the notification server did not do as asked");
                // A rejected notification changes nothing for the others: only a lost connection is
                // replaced.
                if matches!(error, zbus::Error::InputOutput(_)) {
                    return Ended::Lost(Some(job));
                }
            }
            tokio::select! {
                // Signals about old notifications are handled before new requests, which may reuse
                // a number.
                biased;
                signal = signals.next() => match signal {
                    Some(signal) => {
                        if let Some(answered) = self.heard(&signal) {
                            // A text must not be lost; the other actions are done quickly.
                            _ = answers.send(answered).await;
                        }
                    }
                    None => return Ended::Lost(None),
                },
                _ = owners.next() => return Ended::Replaced,
                job = asked.next() => match job {
                    Some(job) => next = Some(job),
                    None => {
                        self.take_back().await;
                        return Ended::Left;
                    }
                },
            }
        }
    }

    async fn carry_out(&mut self, job: &Job) -> zbus::Result<()> {
        match job {
            Job::Show(key, text) => self.show(*key, text).await,
            Job::Withdraw(key) => match self.memory.shown.remove(key) {
                Some((id, text)) => {
                    self.memory.taken_back.push_back((id, text));
                    if self.memory.taken_back.len() > TAKEN_BACK {
                        self.memory.taken_back.pop_front();
                    }
                    self.close(id).await
                }
                None => Ok(()),
            },
        }
    }

    /// Withdraws everything shown.
    async fn take_back(&mut self) {
        for (id, _) in std::mem::take(&mut self.memory.shown).into_values() {
            if let Err(error) = self.close(id).await {
                tracing::info!(%error, "a notification stays");
            }
        }
    }

    async fn close(&self, id: u32) -> zbus::Result<()> {
        self.proxy.call("CloseNotification", &(id)).await
    }

    async fn show(&mut self, key: Key, text: &Text) -> zbus::Result<()> {
        let replaces = self.memory.shown.get(&key).map_or(0, |(id, _)| *id);
        let id = match self.notify(replaces, text).await {
            // MATE's server and GNOME's old one have 21 places for all programs together. When
            // these are taken, they reject replacements as well. The notification's own place is
            // free once it is closed.
            Err(refused @ zbus::Error::MethodError(..)) if replaces != 0 => {
                tracing::info!(error = %refused, "a notification is closed and shown anew");
                self.memory.shown.remove(&key);
                self.close(replaces).await?;
                self.notify(0, text).await?
            }
            shown => shown?,
        };
        if self.memory.shown.len() < REMEMBERED || self.memory.shown.contains_key(&key) {
            self.memory.shown.insert(key, (id, text.clone()));
        }
        Ok(())
    }

    /// Returns the number under which it is shown.
    async fn notify(&self, replaces: u32, text: &Text) -> zbus::Result<u32> {
        let body = if self.markup { escaped(&text.body) } else { text.body.clone() };
        let actions = actions(text, self.inline_reply);
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
        // -1: the duration that the person has set.
        let note = ("Homing", replaces, "", &text.title, body, &actions[..], hints, -1i32);
        self.proxy.call("Notify", &note).await
    }

    /// The person's action, if the signal reports one.
    fn heard(&mut self, signal: &Message) -> Option<NotificationAnswer> {
        let header = signal.header();
        match header.member()?.as_str() {
            // Precedes the signal that it belongs to.
            "ActivationToken" => {
                self.memory.leave = signal.body().deserialize().ok();
                None
            }
            "ActionInvoked" => {
                let (id, action): (u32, String) = signal.body().deserialize().ok()?;
                let leave = self.memory.leave.take().filter(|(of, _)| *of == id);
                let answer = self.of(id)?.answer(&action)?;
                Some(NotificationAnswer { answer, leave: leave.map(|(_, leave)| leave) })
            }
            "NotificationReplied" => {
                let (id, text): (u32, String) = signal.body().deserialize().ok()?;
                let about = self.of(id)?.actions.as_ref()?.about.clone();
                Some(NotificationAction::Reply(about, text).into())
            }
            "NotificationClosed" => {
                let (id, _): (u32, u32) = signal.body().deserialize().ok()?;
                self.memory.shown.retain(|_, (of, _)| *of != id);
                None
            }
            _ => None,
        }
    }

    fn of(&self, id: u32) -> Option<&Text> {
        let mut all = self.memory.shown.values().chain(&self.memory.taken_back);
        all.find(|(of, _)| *of == id).map(|(_, text)| text)
    }
}

/// The actions: pairs of id and label.
fn actions(text: &Text, inline_reply: bool) -> Vec<&str> {
    let mut all = vec![action::DEFAULT, text.click.as_str()];
    if let Some(more) = &text.actions {
        let reply = if inline_reply { INLINE_REPLY } else { action::REPLY };
        all.extend([reply, &more.reply, action::READ, &more.mark_read]);
    }
    all
}

/// Escapes a text where the server interprets markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A picture in the specification's format: width, height, bytes a row, alpha, bits, channels,
/// data.
fn picture(icon: &Image<'_>) -> Value<'static> {
    let side = |pixels: u32| i32::try_from(pixels).unwrap_or(0);
    let (width, height) = (side(icon.width()), side(icon.height()));
    let row = width.saturating_mul(4);
    Value::from((width, height, row, true, 8i32, 4i32, icon.rgba().to_vec()))
}

#[cfg(test)]
#[path = "linux/real.rs"]
mod real;

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
