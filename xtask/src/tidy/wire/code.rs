//! The names in the protocol crate's source.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Source;

/// Lists of names, by what they are of, such as `fields of Hello`.
pub(super) type Names = BTreeMap<String, BTreeSet<String>>;

/// Files whose types never cross the wire by themselves: a link is text, and errors of decoding
/// stay at home.
const NOT_WIRE: [&str; 1] = ["link.rs"];

pub(super) fn names(sources: &[Source]) -> Names {
    let mut names = Names::new();
    for source in sources {
        let file = source.path.rsplit('/').next().unwrap_or_default();
        if NOT_WIRE.contains(&file) {
            continue;
        }
        let lines: Vec<&str> = source.product_lines().map(|(_, line)| line).collect();
        types(&lines, &mut names);
        let text = lines.join("\n");
        match file {
            "codec.rs" => {
                kinds(&text, "ClientFrame", "frames of the client", &mut names);
                kinds(&text, "ServerFrame", "frames of the server", &mut names);
            }
            "key.rs" => {
                names.insert("keys of UserKey".to_owned(), keys(&lines));
            }
            "event.rs" => {
                let kinds = constants(&lines).filter_map(|(_, value)| {
                    Some(value.strip_prefix('"')?.strip_suffix('"')?.to_owned())
                });
                names.insert("values of Content".to_owned(), kinds.collect());
            }
            "close.rs" => {
                let codes = constants(&lines).filter_map(|(name, value)| {
                    let code: u16 = value.strip_prefix("Self(")?.strip_suffix(')')?.parse().ok()?;
                    // An exception to the range is named where `may_retry` decides.
                    let excepted = text.contains(&format!("|| self.0 == Self::{name}.0"));
                    let verdict = match code / 500 {
                        9 if excepted => "later",
                        9 => "no",
                        _ => "yes",
                    };
                    Some(format!("{code} {name} {verdict}"))
                });
                names.insert("close codes".to_owned(), codes.collect());
            }
            "limits.rs" => {
                names.insert("limits".to_owned(), limits(&lines));
            }
            "http.rs" => {
                let calls =
                    lines.iter().filter_map(|line| line.strip_prefix("//! | `")?.split_once('`'));
                names.insert("calls".to_owned(), calls.map(|(call, _)| call.to_owned()).collect());
            }
            _ => {}
        }
    }
    names
}

/// Fields of structs and values of enums that are written as JSON.
fn types(lines: &[&str], names: &mut Names) {
    let mut attributes = String::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            attributes.push_str(line);
            continue;
        }
        let is_wire = std::mem::take(&mut attributes);
        if line.starts_with("//") {
            attributes = is_wire;
            continue;
        }
        if !is_wire.contains("Serialize") {
            continue;
        }
        let body = || lines.clone().take_while(|line| **line != "}").copied();
        if let Some(name) = declared(line, "struct") {
            names.insert(format!("fields of {name}"), fields(body(), "    pub "));
        } else if let Some(name) = declared(line, "enum")
            .filter(|name| !name.ends_with("Frame") && !is_wire.contains("content = \""))
        {
            if is_wire.contains("tag = \"kind\"") {
                names.insert(format!("kinds of {name}"), kinds_with_fields(body()));
            } else {
                names.insert(format!("values of {name}"), variants(body()).collect());
            }
        }
    }
}

/// The name of a type with a body in braces.
fn declared<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    line.strip_prefix(&format!("pub {keyword} "))?.strip_suffix(" {")
}

/// Named fields as they are written: renamed, or left out where they are flattened.
fn fields<'a>(body: impl Iterator<Item = &'a str>, indent: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut attributes = String::new();
    for line in body {
        if line.trim_start().starts_with('#') {
            attributes.push_str(line);
        } else if let Some((name, _)) =
            line.strip_prefix(indent).and_then(|line| line.split_once(": "))
        {
            let attributes = std::mem::take(&mut attributes);
            if attributes.contains("flatten") {
                continue;
            }
            let renamed = attributes
                .split_once("rename = \"")
                .and_then(|(_, rest)| rest.split('"').next())
                .unwrap_or(name);
            names.insert(renamed.to_owned());
        }
    }
    names
}

/// The variants of an enum in snake case, without the one that takes what is unknown.
fn variants<'a>(body: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let mut untagged = false;
    body.filter_map(move |line| {
        if line.trim_start().starts_with('#') {
            untagged |= line.contains("untagged");
            return None;
        }
        let name = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))?;
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        (!std::mem::take(&mut untagged)).then(|| snake(name.get(..end).unwrap_or(name)))
    })
}

/// Variants with their fields: `typing: room, user`.
fn kinds_with_fields<'a>(body: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let lines: Vec<&str> = body.collect();
    let mut kinds = BTreeSet::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = line.strip_prefix("    ").and_then(|line| line.strip_suffix(" {")) else {
            continue;
        };
        let inside = lines.iter().skip(index + 1).take_while(|line| **line != "    },").copied();
        let fields: Vec<_> =
            fields(inside.filter(|line| !line.trim_start().starts_with("//")), "        ")
                .into_iter()
                .collect();
        kinds.insert(format!("{}: {}", snake(name), fields.join(", ")));
    }
    kinds
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The strings in `codec!(Frame, [ … ], [ … ])`.
fn kinds(text: &str, frame: &str, list: &str, names: &mut Names) {
    let block = text
        .split("codec!(")
        .skip(1)
        .find(|block| block.trim_start().starts_with(&format!("{frame},")))
        .and_then(|block| block.split(");").next())
        .unwrap_or_default();
    let kinds = block.split('"').skip(1).step_by(2).map(str::to_owned);
    names.insert(list.to_owned(), kinds.collect());
}

/// The forms of a key: the name before the colon in `write!(f, "read:{room}")`, and the whole of
/// `f.write_str("devices")`.
fn keys(lines: &[&str]) -> BTreeSet<String> {
    let name = |line: &str| {
        let of_a_room = line.split_once("write!(f, \"").and_then(|(_, rest)| rest.split_once(":{"));
        let alone = || line.split_once("f.write_str(\"").and_then(|(_, rest)| rest.split_once('"'));
        of_a_room.or_else(alone).map(|(name, _)| name.to_owned())
    };
    lines.iter().filter_map(|line| name(line)).collect()
}

/// `pub const NAME: T = value;`, at any depth.
fn constants<'a>(lines: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    lines.iter().filter_map(|line| {
        let (name, rest) = line.trim_start().strip_prefix("pub const ")?.split_once(": ")?;
        Some((name, rest.split_once(" = ")?.1.strip_suffix(';')?))
    })
}

/// Constants with their value: `FRAME_BYTES 262144`. A value is a product, or another constant.
fn limits(lines: &[&str]) -> BTreeSet<String> {
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, value) in constants(lines) {
        let product: Option<u64> = value
            .split(" * ")
            .map(|factor| {
                factor.replace('_', "").parse().ok().or_else(|| known.get(factor).copied())
            })
            .product();
        if let Some(product) = product {
            known.insert(name, product);
        }
    }
    known.into_iter().map(|(name, value)| format!("{name} {value}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, text: &str) -> Names {
        names(&[Source::new(&format!("crates/protocol/src/{file}"), text)])
    }

    fn list(names: &Names, list: &str) -> Vec<String> {
        names.get(list).unwrap_or_else(|| panic!("{list} in {names:?}")).iter().cloned().collect()
    }

    #[test]
    fn types_are_read() {
        let names = read(
            "frame.rs",
            r#"
#[derive(Debug, Serialize, Deserialize)]
pub struct Failure {
    /// About what.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub about: Option<Ref>,
    #[serde(flatten)]
    pub event: Event,
    pub code: ErrorCode,
}

#[derive(Debug)]
pub struct Inside {
    pub secret: u8,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// One.
    TooLarge,
    Cids(Vec<Cid>),
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerEph {
    Typing {
        /// Where: there.
        room: RoomId,
        user: UserId,
    },
    Presence {
        all: bool,
    },
}
"#,
        );
        assert_eq!(list(&names, "fields of Failure"), ["code", "ref"]);
        assert!(!names.contains_key("fields of Inside"));
        assert_eq!(list(&names, "values of ErrorCode"), ["cids", "too_large"]);
        assert_eq!(list(&names, "kinds of ServerEph"), ["presence: all", "typing: room, user"]);
    }

    #[test]
    fn kinds_of_frames_are_read() {
        let names = read(
            "codec.rs",
            r#"
codec!(
    ClientFrame,
    [
        "hello" Hello, "send" Send
    ],
    []
);
codec!(ServerFrame, ["welcome" Welcome], ["caught_up" CaughtUp]);
"#,
        );
        assert_eq!(list(&names, "frames of the client"), ["hello", "send"]);
        assert_eq!(list(&names, "frames of the server"), ["caught_up", "welcome"]);
    }

    #[test]
    fn constants_are_read() {
        let names = read("limits.rs", "pub const A: usize = 2 * 1_024;\npub const B: usize = A;\n");
        assert_eq!(list(&names, "limits"), ["A 2048", "B 2048"]);
        let names = read(
            "close.rs",
            "    pub const GONE: Self = Self(4001);\n    pub const WRONG: Self = Self(4500);\n    \
             pub const LOUD: Self = Self(4505);\n    !(4500..) || self.0 == Self::LOUD.0\n",
        );
        assert_eq!(
            list(&names, "close codes"),
            ["4001 GONE yes", "4500 WRONG no", "4505 LOUD later"]
        );
        let lines = [
            "    Self::Read(room) => write!(f, \"read:{room}\"),",
            "    Self::Devices => f.write_str(\"devices\"),",
            "    Self::Other(text) => f.write_str(text),",
        ];
        let names = read("key.rs", &lines.join("\n"));
        assert_eq!(list(&names, "keys of UserKey"), ["devices", "read"]);
        let names = read("http.rs", "//! | `GET /v1/rooms` | | [`Rooms`] |\n");
        assert_eq!(list(&names, "calls"), ["GET /v1/rooms"]);
        let names = read("event.rs", "    pub const STUB: &'static str = \"stub\";\n");
        assert_eq!(list(&names, "values of Content"), ["stub"]);
    }
}
