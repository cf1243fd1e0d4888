//! A draft that is edited on several devices of one person. Pure.
//!
//! The server keeps one value per room, and there the last writer wins. A device does not lose text
//! by that: what was typed on it stays until the person removes it, and what another device wrote
//! in the meantime is kept beside it and offered. So no text is lost, whichever device was offline,
//! and in whatever order they reconnect.
//!
//! When a draft ends on one device, because it was sent or deleted, it ends on all devices with the
//! same text. The server's null does not say which text ended, and it may cross a text that is
//! being typed. So a text that was typed here and is not part of a message by this person is kept
//! and offered.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What a device knows about a draft, besides its text. The names of the fields are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftState {
    /// The text was typed or chosen on this device, so no other device's text may replace it.
    pub here: bool,
    /// The server has the text of another device.
    pub apart: bool,
    /// A message by this person that contains the text came after it was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub said: bool,
    /// The value that was handed to a connection and not echoed yet. The same value from the server
    /// is this device's own.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "even_null")]
    pub sent: Option<Value>,
    /// The text of another device, offered beside this one. Never empty. It is stored on that
    /// device, so it is dropped when that device changes or ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// Texts of this device that were replaced without having been seen in a message, the latest
    /// last. They are offered until the person accepts or dismisses them. None is empty or part of
    /// another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// Distinguishes `null`, the end of a draft, from an absent field.
fn even_null<'de, D: Deserializer<'de>>(sent: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(sent).map(Some)
}

/// What happens to this device's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DraftOutcome {
    /// It stays, and is still sent if it was pending.
    Keep,
    /// It stays, and the server has it.
    Settled,
    /// It stays, and is sent again, because the server has another text by now.
    Resend,
    /// The received value replaces it.
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
            // It is an older value of this device. It may have overwritten another device's value
            // on the server.
            return if pending { DraftOutcome::Keep } else { DraftOutcome::Resend };
        }
        let own = ours.as_str().filter(|own| self.here && !own.is_empty());
        let Some(text) = value.as_str().filter(|text| !text.is_empty()) else {
            // The draft ended on another device, and its offer with it.
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
        // A text that is part of the own text need not be offered.
        self.theirs = (!own.contains(text)).then(|| text.to_owned());
        DraftOutcome::Keep
    }

    /// `value` replaces the own text. It is another device's, or an earlier one of this device.
    fn yields(&mut self, value: &Value) -> DraftOutcome {
        let back = self.kept.iter().position(|kept| Some(kept.as_str()) == value.as_str());
        if let Some(at) = back {
            self.kept.remove(at);
        }
        (self.here, self.apart, self.said) = (back.is_some(), false, false);
        DraftOutcome::Replace
    }

    /// The person wrote `value` on this device, after they had `seen` this text as the draft or as
    /// an offer. Returns whether it is for the server.
    pub(super) fn written(&mut self, value: &Value, ours: &Value, seen: &str) -> bool {
        let offers = (self.theirs.is_some(), self.kept.len());
        if self.sent.is_none() && self.theirs.is_some() && self.theirs.as_deref() == value.as_str()
        {
            // The other device's text was accepted, and the server has it.
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
            // The person has not seen this text.
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
        // Deleting the own text does not end the other one, which the server has.
        self.here || !self.apart || self.sent.is_some()
    }

    /// A message by this person came, from any device. A text that it contains is done. Returns
    /// whether anything changed.
    pub(super) fn said(&mut self, message: &str, ours: &Value) -> bool {
        let before = self.clone();
        let in_it = |text: &str| message.contains(text.trim());
        self.said |= self.here && ours.as_str().is_some_and(in_it);
        self.theirs.take_if(|theirs| in_it(theirs));
        self.kept.retain(|kept| !in_it(kept));
        *self != before
    }

    /// The text that is offered beside the own one, the newest first; empty if there is none.
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
