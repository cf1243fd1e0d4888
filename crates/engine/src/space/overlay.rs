//! The rows that a viewer sees: events, what became of them, and what is queued to change them.

use homing_protocol::event::{Content, Message};
use homing_protocol::fold::Revision;
use homing_protocol::{Event, MessageRef, UserId, emoji};

use crate::outbox::SendQueue;
use crate::outbox::item::{OutboxItem, OutboxState};
use crate::store::MessageState;
use crate::view::{Item, ReactionGroup};

/// The row of an event.
pub(super) fn row(
    event: &Event,
    state: Option<&MessageState>,
    queue: &SendQueue,
    me: UserId,
) -> Item {
    let mut item = Item::of(event, me);
    if let Some(state) = state {
        fold(&mut item, state);
    }
    overlay(&mut item, queue, me);
    item
}

/// The row of a queued message.
pub(super) fn queued_row(queued: &OutboxItem, queue: &SendQueue, me: UserId) -> Item {
    let mut item = queued.to_view(me, queue.is_sending(queued));
    overlay(&mut item, queue, me);
    item
}

/// Applies what the server made of a message.
fn fold(item: &mut Item, state: &MessageState) {
    let known = &state.fold;
    if let Some(by) = known.gone {
        return erase(item, by);
    }
    if let Some(Revision { text, mentions, .. }) = &known.edit {
        rewrite(item, text, mentions);
    }
    item.pinned = known.pinned;
    item.reactions = known
        .reactions
        .iter()
        .map(|reaction| ReactionGroup {
            emoji: reaction.emoji.clone(),
            count: reaction.count,
            people: reaction.people.clone(),
            mine: state.is_mine(&reaction.emoji),
        })
        .collect();
}

/// Applies what is queued. A change that was refused is told and changes nothing.
fn overlay(item: &mut Item, queue: &SendQueue, me: UserId) {
    let Some(message) = item.message_ref() else { return };
    for queued in queue.changes(message) {
        item.change = Some(queued.to_change(queue.is_sending(queued)));
        if matches!(queued.state, OutboxState::Wedged(_)) {
            continue;
        }
        match queued.content() {
            Content::Edit(edit) => rewrite(item, &edit.text, &edit.mentions),
            Content::React(react) => self::react(item, &emoji::key(&react.emoji), react.on, me),
            Content::Redact(_) => erase(item, me),
            Content::Pin(pin) => item.pinned = pin.on,
            _ => {}
        }
    }
}

fn rewrite(item: &mut Item, text: &str, mentions: &[UserId]) {
    if let (Content::Message(message), None) = (&mut item.content, item.gone) {
        message.text.clear();
        message.text.push_str(text);
        message.mentions = mentions.to_vec();
        item.edited = true;
    }
}

fn erase(item: &mut Item, by: UserId) {
    item.content = Content::Message(Message::default());
    item.gone = Some(by);
    item.edited = false;
    item.pinned = false;
    item.reactions.clear();
}

fn react(item: &mut Item, emoji: &str, on: bool, me: UserId) {
    let known = item.reactions.iter().position(|group| group.emoji == emoji);
    match known.and_then(|at| item.reactions.get_mut(at)) {
        Some(group) if group.mine != on => {
            group.mine = on;
            if on {
                group.count += 1;
                group.people.push(me);
            } else {
                group.count = group.count.saturating_sub(1);
                group.people.retain(|person| *person != me);
            }
        }
        None if on && item.gone.is_none() => item.reactions.push(ReactionGroup {
            emoji: emoji.to_owned(),
            count: 1,
            people: vec![me],
            mine: true,
        }),
        _ => {}
    }
    item.reactions.retain(|group| group.count > 0);
}

/// The name of an event, if it is a message or may be one.
pub(super) fn name_of(event: &Event) -> Option<MessageRef> {
    event.cid.map(|cid| MessageRef { user: event.sender, cid })
}
