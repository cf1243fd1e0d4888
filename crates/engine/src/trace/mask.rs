//! Masks frames before they are shown. Pure.
//!
//! There are two levels. A preview or an export masks texts and names. A frame that the person
//! opens masks secrets only. Frames of `homing.v1` contain no secrets, because the token is in a
//! header that is not recorded; masking them is a second line of defence.
//!
//! It works on the text and keeps its order, so that the display matches what was on the wire.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// Replaces a masked value.
pub(super) const DOTS: &str = "\"•••\"";
/// Keys whose values are masked in previews: bodies of events, values of the own stream (drafts are
/// among them), and names. Numbers, booleans and null are not masked.
const PRIVATE: [&str; 6] = ["body", "value", "name", "topic", "space_name", "text"];
/// Keys whose values are always masked.
const SECRET: [&str; 6] = ["token", "authorization", "password", "secret", "ticket", "cookie"];
/// The maximum length of a preview, wider than any window.
const LINE: usize = 600;
/// The maximum nesting, deeper than any frame. Below it everything is masked.
const DEPTH: usize = 32;

/// A frame as a preview of one line.
pub(super) fn line(text: &str) -> String {
    // The text of an error frame is the server's, in English, and says what went wrong.
    let failure = serde_json::from_str::<Fields<'_>>(text)
        .is_ok_and(|fields| fields.0.iter().any(|(k, v)| k == "t" && v.get() == "\"err\""));
    let hidden = |key: &str, value: &str| {
        is_secret(key) || PRIVATE.contains(&key) && !(failure && key == "text") && !is_plain(value)
    };
    let mut out = String::new();
    write(text, &hidden, None, 0, &mut out);
    if out.chars().count() > LINE {
        out = out.chars().take(LINE).collect();
        out.push('…');
    }
    out
}

/// A whole frame, for a person who opened it.
pub(super) fn whole(text: &str) -> String {
    let mut out = String::new();
    write(text, &|key, _| is_secret(key), Some(2), 0, &mut out);
    out
}

fn is_secret(key: &str) -> bool {
    SECRET.iter().any(|secret| key.eq_ignore_ascii_case(secret))
}

/// Whether it is a number, a boolean or null.
fn is_plain(value: &str) -> bool {
    !value.starts_with(['"', '[', '{'])
}

fn write(
    raw: &str,
    hidden: &dyn Fn(&str, &str) -> bool,
    indent: Option<usize>,
    depth: usize,
    out: &mut String,
) {
    let raw = raw.trim();
    let line_break = |out: &mut String, depth: usize| {
        if let Some(width) = indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', width * depth));
        }
    };
    if depth > DEPTH {
        return out.push_str(DOTS);
    }
    if raw.starts_with('{') {
        let Ok(Fields(fields)) = serde_json::from_str(raw) else {
            return out.push_str(DOTS);
        };
        out.push('{');
        for (index, (key, value)) in fields.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            line_break(out, depth + 1);
            out.push_str(&serde_json::Value::from(key.as_ref()).to_string());
            out.push(':');
            if indent.is_some() {
                out.push(' ');
            }
            if hidden(key, value.get()) {
                out.push_str(DOTS);
            } else {
                write(value.get(), hidden, indent, depth + 1, out);
            }
        }
        if !fields.is_empty() {
            line_break(out, depth);
        }
        out.push('}');
    } else if raw.starts_with('[') {
        let Ok(values) = serde_json::from_str::<Vec<&RawValue>>(raw) else {
            return out.push_str(DOTS);
        };
        out.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            line_break(out, depth + 1);
            write(value.get(), hidden, indent, depth + 1, out);
        }
        if !values.is_empty() {
            line_break(out, depth);
        }
        out.push(']');
    } else if serde_json::from_str::<&RawValue>(raw).is_ok() {
        out.push_str(raw);
    } else {
        // Text that is not JSON could be anything.
        out.push_str(DOTS);
    }
}

/// The fields of an object in their order.
struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry::<String, &RawValue>()? {
                    fields.push((Cow::Owned(field.0), field.1));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn a_line_hides_what_people_wrote_and_keeps_the_rest_in_order() {
        for (text, shown) in [
            (
                r#"{"t":"send","room":"r","items":[{"cid":"c","kind":"message","body":{"text":"hi"},"ts":7}]}"#,
                r#"{"t":"send","room":"r","items":[{"cid":"c","kind":"message","body":"•••","ts":7}]}"#,
            ),
            (
                r#"{"t":"uevent","useq":3,"key":"read:r","value":48213}"#,
                r#"{"t":"uevent","useq":3,"key":"read:r","value":48213}"#,
            ),
            (
                r#"{"t":"set","key":"draft:r","value":"unsent"}"#,
                r#"{"t":"set","key":"draft:r","value":"•••"}"#,
            ),
            (
                r#"{"t":"digest","rooms":[{"name":"general","topic":"","head":4}]}"#,
                r#"{"t":"digest","rooms":[{"name":"•••","topic":"•••","head":4}]}"#,
            ),
            (
                r#"{"t":"err","code":"too_large","text":"70000 bytes"}"#,
                r#"{"t":"err","code":"too_large","text":"70000 bytes"}"#,
            ),
            ("{\"t\":", r#""•••""#),
            ("a secret that is no JSON", r#""•••""#),
        ] {
            assert_eq!(line(text), shown);
        }
        assert_eq!(line(&format!("[{}1]", "1,".repeat(1000))).chars().count(), LINE + 1);
    }

    #[test]
    fn an_opened_frame_hides_secrets_only() {
        let shown = whole(r#"{"t":"x","Token":"s3cret","body":{"text":"hi"},"list":[],"o":{}}"#);
        assert_eq!(
            shown,
            "{\n  \"t\": \"x\",\n  \"Token\": \"•••\",\n  \"body\": {\n    \"text\": \"hi\"\n  },\
             \n  \"list\": [],\n  \"o\": {}\n}"
        );
    }

    #[test]
    fn what_is_nested_too_deep_is_hidden() {
        let deep = "[".repeat(200) + "\"hidden\"" + &"]".repeat(200);
        assert!(!whole(&deep).contains("hidden"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            Just(json!("needle")),
            Just(json!("\"quoted\" \\ \n")),
        ];
        let key = prop_oneof![
            Just("body"),
            Just("token"),
            Just("value"),
            Just("seq"),
            Just("items"),
            Just("with \"quotes\"")
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key.clone(), inner, 0..4).prop_map(|map| {
                    map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Value>()
                }),
            ]
        })
    }

    /// The same masking on parsed values.
    fn hide(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let plain = !value.is_string() && !value.is_array() && !value.is_object();
                    if is_secret(key) || PRIVATE.contains(&key.as_str()) && !plain {
                        *value = json!("•••");
                    } else {
                        hide(value);
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(hide),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn any_frame_is_shown_as_json_and_hides_as_on_values(frame in any_json()) {
            let mut out = String::new();
            let hidden = |key: &str, value: &str| {
                is_secret(key) || PRIVATE.contains(&key) && !is_plain(value)
            };
            write(&frame.to_string(), &hidden, Some(2), 0, &mut out);
            let mut expected = frame;
            hide(&mut expected);
            prop_assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), expected);
        }

        #[test]
        fn any_text_is_taken(text in ".{0,200}") {
            _ = line(&text);
            _ = whole(&text);
        }
    }
}
