//! Ids and numbers, one type each, so that a room's id can't be passed as a person's.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error as _, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The largest integer that every JSON parser keeps exactly: 2⁵³ − 1. Larger ones are refused on
/// input, so that counting can't overflow a `u64`.
const LARGEST: u64 = (1 << 53) - 1;

/// Reads a UUID in its canonical form only. An id is written in this form, and a peer that compares
/// text would not recognise another one.
struct UsualForm;

impl Visitor<'_> for UsualForm {
    type Value = Uuid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID in the usual form, lower case")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Uuid, E> {
        let mut usual = [0; uuid::fmt::Hyphenated::LENGTH];
        text.parse::<Uuid>()
            .ok()
            .filter(|id| id.hyphenated().encode_lower(&mut usual) == text)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                input.deserialize_str(UsualForm).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// A client's id for an event (UUIDv7). The server keeps `UNIQUE(sender, cid)` for ever:
    /// sending a cid again never creates a second event.
    Cid
}
uuid_id! {
    /// The server's id of an event. Unique in a space.
    EventId
}
uuid_id! {
    /// A room of a space.
    RoomId
}
uuid_id! {
    /// A member of a space.
    UserId
}
uuid_id! {
    /// One installed copy of a client, signed in as one member.
    DeviceId
}
uuid_id! {
    /// A space. Survives restores and moves; see [`Epoch`] for what does not.
    SpaceId
}
uuid_id! {
    /// One connection, from `welcome` to its close. For logs and support only.
    SessionId
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "number"))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The next number.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                match <$inner>::deserialize(input)? {
                    number @ 0..=LARGEST => Ok(Self(number)),
                    number => Err(D::Error::invalid_value(
                        Unexpected::Unsigned(number),
                        &"a number below 2⁵³",
                    )),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// The sequence number of an event in its room: 1, 2, 3 … without a gap. 0 is "before the
    /// first".
    Seq(u64)
}
number! {
    /// The sequence number of a change in a member's own stream: 1, 2, 3 … without a gap.
    Useq(u64)
}
number! {
    /// A position of the server, used only to ask "what changed since". Answers may repeat a change
    /// and never omit one.
    Pos(u64)
}
number! {
    /// Pairs a `pull` with its `page`. Chosen by the client, unique on its connection.
    RequestId(u64)
}

macro_rules! hex {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Sixteen hexadecimal digits on the wire, because a JSON number loses digits past 2⁵³ in
        /// some readers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                u64::from_str_radix(text, 16).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = String::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex! {
    /// The epoch of a server's database: a new one at its creation and at every restore. Epochs
    /// never share sequence numbers, so a client that sees a new one drops its cursors.
    Epoch
}
hex! {
    /// An invitation, for who may withdraw it. Tells nothing of its code.
    InviteId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_keeps_all_its_bits() {
        for value in [0, 1, u64::MAX, 1 << 60] {
            let text = serde_json::to_string(&Epoch(value)).unwrap();
            assert_eq!(text.len(), 18);
            assert_eq!(serde_json::from_str::<Epoch>(&text).unwrap(), Epoch(value));
        }
    }

    #[test]
    fn a_number_that_json_readers_would_bend_is_refused() {
        assert_eq!(serde_json::from_str::<Seq>("9007199254740991").unwrap(), Seq(LARGEST));
        for text in ["9007199254740992", "18446744073709551615", "-1", "1.5", "\"1\""] {
            assert!(serde_json::from_str::<Seq>(text).is_err(), "{text}");
        }
        assert_eq!(Seq(u64::MAX).next(), Seq(u64::MAX));
    }

    #[test]
    fn an_id_is_refused_unless_it_is_a_uuid() {
        assert!(serde_json::from_str::<RoomId>("\"general\"").is_err());
        assert!(serde_json::from_str::<Epoch>("\"not hex\"").is_err());
    }
}
