//! What people write on their devices: messages, and changes of messages; and what is known of it
//! afterwards.

use std::sync::{Arc, Mutex};

use homing_engine::view::{Delivery, Item, Queued};
use homing_engine::{Handle, TimelineWindow};
use homing_protocol::event::{Edit, Message, Pin, React, Redact, Reply};
use homing_protocol::limits::EXCERPT_CHARS;
use homing_protocol::{Cid, Content, RoomId, Seq, UserId, mention};

use crate::device::{Journal, Seen, lock};

/// Among so many messages people choose what they change, so that they meet.
const FEW: usize = 3;
/// The oldest messages that people change are before this place, and the rows asked for.
const OLD: Seq = Seq(40);
const ROWS: u32 = 30;

/// Which message is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// One of the oldest in the room.
    Old(usize),
    /// One of the newest, queued ones included.
    New(usize),
}

/// What is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amend {
    /// The reaction with this emoji is turned on or off, so often.
    React(&'static str, u32),
    /// Its sender gives it this text.
    Edit(String),
    /// Its sender or the owner takes it back.
    Redact,
    /// It is pinned, or no longer.
    Pin,
    /// It is answered with this text.
    Reply(String),
}

/// Somebody at a device.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Who.
    pub me: UserId,
    /// The owner of the space.
    pub owner: bool,
    /// The engine.
    pub handle: Handle,
    /// What is known.
    pub seen: Arc<Mutex<Seen>>,
    /// Where it is noted.
    pub journal: Journal,
}

impl Writer {
    /// Changes a message that this device shows, if there is one that may be changed so.
    pub async fn amend(&self, room: RoomId, pick: Pick, amend: Amend) {
        let Some(item) = self.pick(room, pick, &amend).await else { return };
        let Some(of) = item.message_ref() else { return };
        let _typing = self.journal.keyboard.lock().await;
        match amend {
            Amend::React(emoji, times) => {
                let key = homing_protocol::emoji::key(emoji);
                let mut on = !item.reactions.iter().any(|group| group.emoji == key && group.mine);
                for _ in 0..times {
                    let react = React { to: of, emoji: emoji.to_owned(), on };
                    self.write(room, Content::React(react)).await;
                    on = !on;
                }
            }
            Amend::Edit(text) => {
                let mentions = Vec::new();
                self.write(room, Content::Edit(Edit { of, text, mentions })).await;
            }
            Amend::Redact => self.write(room, Content::Redact(Redact { of })).await,
            Amend::Pin => {
                self.write(room, Content::Pin(Pin { of, on: !item.pinned })).await;
            }
            Amend::Reply(text) => {
                let Content::Message(quoted) = item.content else { return };
                let excerpt =
                    mention::plain(&quoted.text, |_| None).chars().take(EXCERPT_CHARS).collect();
                let reply = Some(Reply { user: of.user, cid: of.cid, excerpt });
                let text = text + &mention::person(of.user, "them");
                let mentions = vec![of.user];
                self.write(room, Content::Message(Message { text, mentions, reply })).await;
            }
        }
    }

    async fn pick(&self, room: RoomId, pick: Pick, amend: &Amend) -> Option<Item> {
        let (window, number) = match pick {
            Pick::Old(number) => (TimelineWindow::Before(OLD), number),
            Pick::New(number) => (TimelineWindow::Latest, number),
        };
        let timeline = self.handle.timeline(room, window, ROWS).await.ok()?;
        let may = |item: &Item| {
            let is_own = item.sender == self.me;
            let allowed = match amend {
                Amend::Edit(_) => is_own,
                Amend::Redact => is_own || self.owner,
                Amend::React(..) | Amend::Pin | Amend::Reply(_) => true,
            };
            allowed && item.gone.is_none() && item.message_ref().is_some()
        };
        let mut items: Vec<Item> = timeline.items.into_iter().filter(may).collect();
        if matches!(pick, Pick::New(_)) {
            items.reverse();
        }
        items.truncate(FEW);
        let number = number.checked_rem(items.len())?;
        Some(items.swap_remove(number))
    }

    /// Writes, and notes what is queued by it and what is no longer.
    pub async fn write(&self, room: RoomId, content: Content) {
        let Ok(outbox) = self.handle.outbox().await else { return };
        let target = content.target();
        let is_target =
            |queued: &Queued| target.is_some_and(|of| of.user == self.me && of.cid == queued.cid);
        let touches = |queued: &Queued| {
            target.is_some() && (is_target(queued) || queued.content.target() == target)
        };
        let touched: Vec<Queued> = outbox.into_iter().filter(touches).collect();
        // If the answer never comes, it is not known what became of them.
        lock(&self.seen).unsure.extend(touched.iter().map(|queued| queued.cid));
        let cid = match self.handle.write(room, content.clone()).await {
            Ok(cid) => cid,
            Err(error) => return self.journal.note(format_args!("can't write: {error}")),
        };
        self.journal.note(format_args!("writes {cid}: {}", kind(&content)));
        let mut seen = lock(&self.seen);
        for queued in &touched {
            seen.unsure.remove(&queued.cid);
        }
        let was_queued = touched.iter().find(|queued| is_target(queued));
        let changed = touched.iter().find(|queued| queued.cid == cid);
        match (&content, changed) {
            (Content::Redact(_), Some(changed)) if is_target(changed) => {
                for queued in &touched {
                    seen.discarded(queued.room, queued.cid);
                }
            }
            (Content::Edit(edit), Some(changed)) => {
                let now = match &changed.content {
                    Content::Message(message) => Content::Message(Message {
                        text: edit.text.clone(),
                        mentions: edit.mentions.clone(),
                        reply: message.reply.clone(),
                    }),
                    _ => content.clone(),
                };
                seen.contents.insert(cid, now);
            }
            // It may be the message under a new name, as the server has refused the old one.
            (Content::Edit(_), None) if was_queued.is_some() => {
                for queued in &touched {
                    seen.untracked(queued.room, queued.cid);
                }
            }
            (Content::React(_) | Content::Pin(_), Some(changed)) => {
                if is_on(&changed.content) != is_on(&content) {
                    seen.discarded(room, cid);
                }
            }
            _ => {
                seen.rooms.entry(room).or_default().written.push(cid);
                seen.contents.insert(cid, content);
            }
        }
    }

    /// Takes the first queued thing back.
    pub async fn discard_first(&self) {
        let _typing = self.journal.keyboard.lock().await;
        let Ok(outbox) = self.handle.outbox().await else { return };
        let Some(first) = outbox.first() else { return };
        let changes = |queued: &&Queued| {
            queued.cid == first.cid || queued.content.target().is_some_and(|of| of.cid == first.cid)
        };
        let touched: Vec<(RoomId, Cid)> =
            outbox.iter().filter(changes).map(|queued| (queued.room, queued.cid)).collect();
        lock(&self.seen).unsure.extend(touched.iter().map(|(_, cid)| *cid));
        let done = self.handle.discard(first.cid).await;
        let mut seen = lock(&self.seen);
        match done {
            Ok(()) => {
                self.journal.note(format_args!("takes {} back", first.cid));
                for (room, cid) in touched {
                    seen.unsure.remove(&cid);
                    seen.discarded(room, cid);
                }
            }
            // Nothing has happened.
            Err(homing_engine::Error::MaybeSent | homing_engine::Error::NotQueued) => {
                for (_, cid) in touched {
                    seen.unsure.remove(&cid);
                }
            }
            Err(_) => {}
        }
    }

    /// Sends the last refused thing again. It stays at its place in the queue, so it may come
    /// after what was written later.
    pub async fn retry_last(&self) {
        let _typing = self.journal.keyboard.lock().await;
        let Ok(outbox) = self.handle.outbox().await else { return };
        let refused = |queued: &&Queued| matches!(queued.delivery, Delivery::Wedged { .. });
        let Some(last) = outbox.iter().rev().find(refused) else { return };
        let changes = outbox.iter().filter(|queued| {
            queued.cid == last.cid || queued.content.target().is_some_and(|of| of.cid == last.cid)
        });
        {
            let mut seen = lock(&self.seen);
            changes.for_each(|queued| seen.untracked(queued.room, queued.cid));
        }
        let done = self.handle.retry(last.cid).await;
        self.journal.note(format_args!("sends {} again: {done:?}", last.cid));
    }
}

fn kind(content: &Content) -> &'static str {
    content.encode().map_or("nothing", |(kind, _)| kind)
}

fn is_on(content: &Content) -> bool {
    match content {
        Content::React(react) => react.on,
        Content::Pin(pin) => pin.on,
        _ => false,
    }
}
