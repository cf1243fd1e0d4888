//! The body of an event, as the JSON text that it is.
//!
//! A body is written once, by the device that sends it. From then on it is the same text in an outbox,
//! in a frame, in the server's log and in every device's store: nobody on its way reads it as a tree of
//! values and writes it again, so nothing in it changes and its length is known without writing it.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// One JSON value as text. Clones share it; two are equal if their texts are.
#[derive(Clone)]
pub struct Body(Arc<RawValue>);

impl Body {
    /// Writes a value.
    ///
    /// # Panics
    /// If the value is no JSON: a map with keys that are no strings.
    #[must_use]
    pub fn new(value: &impl Serialize) -> Self {
        let text = to_raw_value(value).expect("bodies hold only string keys and finite numbers");
        Self(text.into())
    }

    /// Takes a text as it is.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn from_json(text: String) -> Result<Self, serde_json::Error> {
        Ok(Self(RawValue::from_string(text)?.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// It as a tree of values; null where no reader can take it, for its depth or a number in it.
    #[must_use]
    pub fn value(&self) -> Value {
        self.read().unwrap_or_default()
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_json())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for Body {}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self::new(&value)
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(output)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(input).map_err(D::Error::custom)?;
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_keeps_every_byte_of_its_text() {
        for text in [
            "{ \"b\" : 1e3,\n\"a\":12345678901234567890123, \"b\": \"\\u00e9\" }",
            "null",
            "[1.50]",
        ] {
            let body: Body = serde_json::from_str(text).unwrap();
            assert_eq!(body.as_json(), text);
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_json_is_no_body() {
        for text in ["", "{", "{\"a\":}", "\"\u{0}\"", "1 2"] {
            assert!(Body::from_json(text.to_owned()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_body_reads_as_what_was_written() {
        let body = Body::new(&json!({"text": "a"}));
        assert_eq!(body.as_json(), r#"{"text":"a"}"#);
        assert_eq!(body.read::<Value>().unwrap(), json!({"text": "a"}));
        assert!(body.read::<Vec<u8>>().is_err());
    }
}
