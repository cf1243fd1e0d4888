//! What is left of a message that was taken back, and of those that quote it.

use homing_protocol::event::Reply;
use homing_protocol::{Body, Content, Event, Message, MessageRef};

/// The body of a message of which nothing is left.
pub(super) fn erased() -> Body {
    Body::new(&Message::default())
}

/// The message whose words this event quotes.
pub(super) fn quoted(event: &Event) -> Option<MessageRef> {
    // Most bodies need not be read.
    if !event.body.as_json().contains("\"excerpt\"") {
        return None;
    }
    let Content::Message(message) = event.content() else { return None };
    message.reply.filter(|reply| !reply.excerpt.is_empty()).map(|reply| reply.target())
}

/// The body of an answer to this message without the words that it quotes; `None` if it quotes none.
pub(super) fn without_excerpt(event: &Event, quoted: MessageRef) -> Option<Body> {
    // Most bodies need not be read: one that answers has the id in its text.
    if !event.body.as_json().contains(&quoted.cid.to_string()) {
        return None;
    }
    let Content::Message(message) = event.content() else { return None };
    let reply = message.reply.filter(|reply| reply.target() == quoted)?;
    if reply.excerpt.is_empty() {
        return None;
    }
    let reply = Some(Reply { excerpt: String::new(), ..reply });
    Some(Body::new(&Message { text: message.text, mentions: message.mentions, reply }))
}
