//! Puts what a person writes into the queue: messages, and changes of messages.
//!
//! A change of something that never left this device is made there: an edit in place, a redaction
//! by discarding, and an opposite reaction or pin by taking the first one back.

use homing_protocol::event::{Content, Edit, Message};
use homing_protocol::limits::BODY_BYTES;
use homing_protocol::text::is_visible;
use homing_protocol::{Body, Cid, MessageRef, RoomId, emoji, mention};

use super::SpaceTask;
use super::effects::Effects;
use crate::command::Reply;
use crate::diff::Diff;
use crate::error::Error;
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::store::Change;

impl SpaceTask {
    /// Queues what was written. Returns the client id under which it goes on.
    pub(super) fn write(
        &mut self,
        room: RoomId,
        content: Content,
        effects: &mut Effects,
    ) -> Result<Cid, Error> {
        let (kind, body) = self.encode(&content)?;
        self.known(room)?;
        let me = self.deps.record.user;
        if let Content::Edit(edit) = &content
            && edit.of.user != me
        {
            return Err(Error::NotYours);
        }
        if let Some(target) = content.target()
            && let Some(cid) = self.changed_here(room, target, &content, &body, effects)?
        {
            return Ok(cid);
        }
        let (cid, ts) = (self.fresh(), self.deps.clock.now_ms());
        let item = self.send_queue.enqueue(room, cid, kind, body, ts);
        self.queued(item, effects);
        Ok(cid)
    }

    /// Makes a change where nothing of it has left this device. `None`: it must be sent.
    fn changed_here(
        &mut self,
        room: RoomId,
        target: MessageRef,
        content: &Content,
        body: &Body,
        effects: &mut Effects,
    ) -> Result<Option<Cid>, Error> {
        let unsent = |item: &OutboxItem| item.room == room && item.state != OutboxState::Offered;
        if let Some(message) = self.queued_message(target).filter(|item| unsent(item)).cloned() {
            match content {
                Content::Edit(edit) => return self.edit_here(&message, edit, effects).map(Some),
                Content::Redact(_) => {
                    self.discard(target.cid, effects)?;
                    return Ok(Some(target.cid));
                }
                _ => {}
            }
        }
        let alike = |item: &&OutboxItem| item.room == room && is_alike(item, content);
        let newest = self.send_queue.changes(target).filter(alike).last();
        let Some(item) = newest.filter(|item| item.state == OutboxState::Queued).cloned() else {
            return Ok(None);
        };
        if matches!(content, Content::Edit(_)) {
            let me = self.deps.record.user;
            let edited = self.send_queue.edit(item.cid, item.cid, body.clone(), me)?;
            for item in edited {
                self.queued(item, effects);
            }
        } else if is_on(&item.content()) != is_on(content) {
            // The opposite of what was never sent.
            self.discard(item.cid, effects)?;
        }
        Ok(Some(item.cid))
    }

    /// Edits a message that is still queued.
    fn edit_here(
        &mut self,
        message: &OutboxItem,
        edit: &Edit,
        effects: &mut Effects,
    ) -> Result<Cid, Error> {
        let Content::Message(Message { reply, .. }) = message.content() else {
            return Err(Error::NoSuchMessage);
        };
        let (text, mentions) = (edit.text.clone(), edit.mentions.clone());
        let (_, body) = self.encode(&Content::Message(Message { text, mentions, reply }))?;
        let (fresh, me) = (self.fresh(), self.deps.record.user);
        let edited = self.send_queue.edit(message.cid, fresh, body, me)?;
        Ok(self.show_requeued(message.cid, edited, effects).unwrap_or(message.cid))
    }

    /// The kind and the body of what was written, if it is valid.
    pub(super) fn encode(&self, content: &Content) -> Result<(&'static str, Body), Error> {
        match content {
            Content::Message(Message { text, .. }) | Content::Edit(Edit { text, .. }) => {
                if !is_visible(text) {
                    return Err(Error::Empty);
                }
                if text.contains('\0') {
                    return Err(Error::HoldsNul);
                }
            }
            Content::React(react) if !emoji::is_reaction(&react.emoji) => {
                return Err(Error::NotAnEmoji);
            }
            _ => {}
        }
        let (kind, body) = with_mentions(content).encode().ok_or(Error::Empty)?;
        let length = body.as_json().len();
        let limit = self.online.as_ref().map_or(BODY_BYTES, |online| online.limits.body);
        if length > limit { Err(Error::TooLarge { length, limit }) } else { Ok((kind, body)) }
    }

    /// Shows and stores an item that was added or changed.
    fn queued(&mut self, item: OutboxItem, effects: &mut Effects) {
        self.show_queued(&item, effects);
        effects.changes.push(Change::Outbox(item));
        effects.outbox = true;
    }

    /// Removes an item and what would change it.
    pub(super) fn discard(&mut self, cid: Cid, effects: &mut Effects) -> Result<(), Error> {
        for item in self.send_queue.discard(cid, self.deps.record.user)? {
            self.forgotten(&item, effects);
        }
        Ok(())
    }

    fn forgotten(&mut self, item: &OutboxItem, effects: &mut Effects) {
        effects.changes.push(Change::OutboxGone(item.cid));
        match item.target() {
            Some(target) => _ = effects.messages.insert((item.room, target)),
            None => {
                let keys = vec![item.cid.to_string()];
                effects.diffs.push(Diff::ItemsGone { room: item.room, keys });
            }
        }
        effects.outbox = true;
    }

    /// Shows and stores items that are queued again: first the one that was `old`. Returns its
    /// client id from now on.
    fn show_requeued(
        &mut self,
        old: Cid,
        items: Vec<OutboxItem>,
        effects: &mut Effects,
    ) -> Option<Cid> {
        let cid = items.first()?.cid;
        for item in items {
            if item.cid == cid && cid != old {
                self.forgotten(&OutboxItem { cid: old, ..item.clone() }, effects);
            }
            self.queued(item, effects);
        }
        Some(cid)
    }

    pub(super) fn requeued(
        &mut self,
        old: Cid,
        items: Result<Vec<OutboxItem>, Error>,
        reply: Reply<Result<Cid, Error>>,
        effects: &mut Effects,
    ) {
        match items.map(|items| self.show_requeued(old, items, effects)) {
            Ok(cid) => effects.reply_when_durable(reply, cid.unwrap_or(old)),
            Err(error) => _ = reply.send(Err(error)),
        }
    }
}

/// Whether a reaction or pin is there from now on.
fn is_on(content: &Content) -> bool {
    match content {
        Content::React(react) => react.on,
        Content::Pin(pin) => pin.on,
        _ => false,
    }
}

/// Whether a queued change is about the same as this one, so that only one of them need be sent.
fn is_alike(item: &OutboxItem, content: &Content) -> bool {
    match (item.content(), content) {
        (Content::Edit(_), Content::Edit(_)) | (Content::Pin(_), Content::Pin(_)) => true,
        (Content::React(one), Content::React(other)) => {
            emoji::key(&one.emoji) == emoji::key(&other.emoji)
        }
        _ => false,
    }
}

/// The same with whom its text mentions, whatever was told about that.
fn with_mentions(content: &Content) -> Content {
    let mut content = content.clone();
    if let Content::Message(Message { text, mentions, .. })
    | Content::Edit(Edit { text, mentions, .. }) = &mut content
    {
        *mentions = mention::read(text).people;
    }
    content
}
