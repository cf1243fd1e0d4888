//! One draft on several devices of its writer. Pure.
//!
//! The server keeps one value a room and the last writer wins there. A device does not let that
//! decide over words: what was typed on it stays until the person takes it away, and what another
//! device wrote meanwhile is kept beside it and offered. So no text is lost, whichever of two
//! devices was offline, and in whichever order they come back.
//!
//! A draft that ends on one device (it was sent, or deleted) ends on those that held the same
//! text. Null does not say which text that was, and it may cross one that is being typed: so a text
//! that was typed here and is in no message of the person's is kept, and offered.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What a device knows of a draft beside its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftState {
    /// The text was typed or chosen on this device: nothing from elsewhere takes its place.
    pub here: bool,
    /// The server holds the text of another device.
    pub apart: bool,
    /// Since the text was written, a message of the person's came in which it stands.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub said: bool,
    /// Handed to a connection and not echoed yet: what comes back like this is no other device's.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    pub sent: Option<Value>,
    /// The text of another device, offered beside the own. Never empty. It is safe over there: it
    /// goes when that device writes another one, or ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// Texts of this device that lost their place without having been seen to go, the latest last:
    /// offered until the person takes or leaves them. None is empty, or part of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// The end of a draft is null, and to have sent it is not to have sent nothing.
fn even_null<'de, D: Deserializer<'de>>(sent: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(sent).map(Some)
}

/// What becomes of the device's own text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DraftOutcome {
    /// It stays, and goes out if it waits to.
    Keep,
    /// It stays, and the server has it.
    Settled,
    /// It stays, and goes out again: the server's is another one by now.
    Resend,
    /// The value that came takes its place.
    Replace,
}

impl DraftState {
    /// A value came from the server. `ours` is this device's, null if there is none.
    pub(super) fn received(&mut self, value: &Value, ours: &Value, pending: bool) -> DraftOutcome {
        let echo = self.sent.as_ref() == Some(value);
        if echo {
            self.sent = None;
        }
        if value == ours {
            self.apart = false;
            self.theirs.take_if(|theirs| Some(theirs.as_str()) == value.as_str());
            return DraftOutcome::Settled;
        }
        if echo {
            // An older one of ours. It may have gone over one that came in between.
            return if pending { DraftOutcome::Keep } else { DraftOutcome::Resend };
        }
        let own = ours.as_str().filter(|own| self.here && !own.is_empty());
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else {
            // It ended elsewhere, and with it what is offered of it.
            self.theirs = None;
            if let Some(own) = own {
                if pending || (self.apart && !self.said) {
                    return DraftOutcome::Keep;
                }
                if !self.said {
                    self.keep(own);
                }
            }
            return self.yields(value);
        };
        let Some(own) = own else {
            self.theirs = None;
            return self.yields(value);
        };
        self.apart = true;
        // What is in the own text anyway need not be offered.
        self.theirs = (!own.contains(text)).then(|| text.to_owned());
        DraftOutcome::Keep
    }

    /// `value` takes the place of the own text: another device's, or one of this device's that
    /// comes back.
    fn yields(&mut self, value: &Value) -> DraftOutcome {
        let back = self.kept.iter().position(|kept| Some(kept.as_str()) == value.as_str());
        if let Some(at) = back {
            self.kept.remove(at);
        }
        (self.here, self.apart, self.said) = (back.is_some(), false, false);
        DraftOutcome::Replace
    }

    /// The person wrote `value` on this device, having `seen` this as the draft or as what is
    /// offered beside it. Answers whether it is for the server.
    pub(super) fn written(&mut self, value: &Value, ours: &Value, seen: &str) -> bool {
        let offers = (self.theirs.is_some(), self.kept.len());
        if self.sent.is_none() && self.theirs.is_some() && self.theirs.as_deref() == value.as_str()
        {
            // The other one was taken, and it is what the server has.
            self.apart = false;
        }
        self.theirs.take_if(|theirs| theirs == seen);
        self.kept.retain(|kept| kept != seen);
        let chose = offers != (self.theirs.is_some(), self.kept.len());
        let within = |text: &str| value.as_str().is_some_and(|value| value.contains(text));
        if let Some(held) = ours.as_str()
            && !held.is_empty()
            && held != seen
            && !within(held)
        {
            // It never stood before their eyes.
            if !self.here {
                self.theirs = Some(held.to_owned());
                self.apart = true;
            } else if !chose {
                self.keep(held);
            }
        }
        self.theirs.take_if(|theirs| within(theirs));
        self.kept.retain(|kept| !within(kept));
        self.said &= value == ours;
        self.here = !value.is_null();
        // Who ends their own text does not end the other one, which the server holds.
        self.here || !self.apart || self.sent.is_some()
    }

    /// A message of the person's came, on whichever device it was written: what stands in it is
    /// done with. Answers whether anything is another by that.
    pub(super) fn said(&mut self, message: &str, ours: &Value) -> bool {
        let before = self.clone();
        let in_it = |text: &str| message.contains(text.trim());
        self.said |= self.here && ours.as_str().is_some_and(in_it);
        self.theirs.take_if(|theirs| in_it(theirs));
        self.kept.retain(|kept| !in_it(kept));
        *self != before
    }

    /// What is offered beside the own text, the newest that there is; empty if nothing.
    pub(super) fn offered(&self) -> &str {
        self.theirs.as_ref().or(self.kept.last()).map_or("", String::as_str)
    }

    fn keep(&mut self, text: &str) {
        self.kept.retain(|kept| !text.contains(kept.as_str()));
        if !self.kept.iter().any(|kept| kept.contains(text)) {
            self.kept.push(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
