//! Reads and writes frames as text.

use std::borrow::Cow;

use serde::Deserialize;

use super::{ClientFrame, ServerFrame};
use crate::error::Decode;
use crate::text::contains_nul;

/// The kind of a frame, which says of which shape its other fields are.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    t: Cow<'a, str>,
}

macro_rules! codec {
    ($frame:ty, [$($kind:literal $variant:ident),* $(,)?], [$($bare_kind:literal $bare:ident),*]) => {
        impl $frame {
            /// Every kind, as in `"t"`.
            pub const KINDS: &'static [&'static str] = &[$($kind,)* $($bare_kind,)*];

            /// Its kind, as in `"t"`.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)*
                    $(Self::$bare => $bare_kind,)*
                }
            }

            /// Reads one text message.
            ///
            /// # Errors
            /// [`Decode::TooLong`] past `limit` bytes, [`Decode::UnknownKind`] for a kind of a
            /// later version, [`Decode::Nul`] for a client's text that nobody may write,
            /// [`Decode::Malformed`] for anything else that is no such frame.
            pub fn decode(text: &str, limit: usize) -> Result<Self, Decode> {
                if text.len() > limit {
                    return Err(Decode::TooLong { length: text.len(), limit });
                }
                // Derived deserialisers also accept an array of the fields.
                if text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('[') {
                    return Err(not_an_object());
                }
                // Twice over the text, and not by an internally tagged enum: that would read
                // everything into a tree first, in which a body is no text any more.
                let head: Head<'_> = serde_json::from_str(text)?;
                let frame = match &*head.t {
                    $($kind => Self::$variant(serde_json::from_str(text)?),)*
                    $($bare_kind => Self::$bare,)*
                    unknown => return Err(Decode::UnknownKind(unknown.to_owned())),
                };
                if contains_nul(text.as_bytes()) {
                    frame.bear_nul()?;
                }
                Ok(frame)
            }

            /// Writes one text message.
            #[must_use]
            pub fn encode(&self) -> String {
                serde_json::to_string(self).expect("frames hold only string keys and finite numbers")
            }
        }
    };
}

codec!(
    ClientFrame,
    [
        "hello" Hello,
        "send" Send,
        "pull" Pull,
        "upull" Upull,
        "mark" Mark,
        "set" Set,
        "eph" Eph,
        "ack" Ack,
        "ping" Ping,
        "pong" Pong,
        "bye" Bye,
    ],
    []
);
codec!(
    ServerFrame,
    [
        "welcome" Welcome,
        "digest" Digest,
        "ok" Ok,
        "event" Event,
        "page" Page,
        "upage" Upage,
        "uevent" Uevent,
        "gap" Gap,
        "receipt" Receipt,
        "err" Err,
        "eph" Eph,
        "ping" Ping,
        "pong" Pong,
        "bye" Bye,
    ],
    ["caught_up" CaughtUp]
);

fn not_an_object() -> Decode {
    let error: serde_json::Error = serde::de::Error::custom("a frame is a JSON object");
    error.into()
}
