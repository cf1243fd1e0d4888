//! Mentions, as they stand in the text of a message.
//!
//! `<@USERID|Name>` names a person and `<!room>` everybody in the room. The id says who is meant; the
//! name is shown where that person is not known. Tokens are read before Markdown is, so that no sign
//! of a name has a meaning. Text that has the form of a token gets a backslash after its `<`, one more
//! than it has: what a person typed stays text, and comes out as it was typed. Only whole forms are
//! changed, so text without them is stored as written.
//!
//! A token in code, in the label of a link or in a quote mentions nobody; see [`read`]. Whoever makes
//! tokens makes none there.

mod regions;
mod typed;

use std::borrow::Cow;

use uuid::Uuid;

use crate::ids::UserId;
use crate::limits::{MENTIONS, NAME_CHARS};

pub use typed::resolve;

/// What `@` and this name stand for: everybody in the room.
pub const ROOM: &str = "room";
const ROOM_FORM: &str = "!room>";
/// Characters of an id in a token: hyphenated and in lower case.
const ID_CHARS: usize = 36;

/// A part of a text with mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text, without the backslashes that kept it from being a token.
    Text(Cow<'a, str>),
    /// A person.
    Person {
        /// Who is meant.
        user: UserId,
        /// What they were called when it was written.
        name: Cow<'a, str>,
    },
    /// Everybody in the room.
    Room,
}

/// Whom a text mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The people, in the order of the text, each once; at most [`MENTIONS`].
    pub people: Vec<UserId>,
    /// Everybody in the room.
    pub room: bool,
}

impl Mentions {
    /// Whether this person is one of them, if they are in the room.
    #[must_use]
    pub fn names(&self, user: UserId) -> bool {
        self.room || self.people.contains(&user)
    }
}

/// A place in a text that has the form of a token.
struct Form<'a> {
    from: usize,
    to: usize,
    /// Backslashes after the `<`. It is a token if there are none.
    escapes: usize,
    part: Part<'a>,
}

/// The next form at or after `from`.
fn next_form(text: &str, mut from: usize) -> Option<Form<'_>> {
    loop {
        let begin = from + text.get(from..)?.find('<')?;
        let rest = text.get(begin + 1..)?;
        let inner = rest.trim_start_matches('\\');
        let escapes = rest.len() - inner.len();
        if let Some((part, length)) = form(inner) {
            return Some(Form { from: begin, to: begin + 1 + escapes + length, escapes, part });
        }
        from = begin + 1;
    }
}

/// What stands after the `<` of a token, and how long it is.
fn form(inner: &str) -> Option<(Part<'_>, usize)> {
    if inner.starts_with(ROOM_FORM) {
        return Some((Part::Room, ROOM_FORM.len()));
    }
    let (id, named) = inner.strip_prefix('@')?.split_at_checked(ID_CHARS)?;
    let canonical = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'));
    let user = Uuid::try_parse(id).ok().filter(|_| canonical)?;
    let named = named.strip_prefix('|')?;
    let end =
        named.find(['<', '>', '\n', '\r']).filter(|end| named.get(*end..*end + 1) == Some(">"))?;
    let name = named.get(..end)?;
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return None;
    }
    let part = Part::Person { user: UserId(user), name: Cow::Borrowed(name) };
    Some((part, 1 + ID_CHARS + 1 + end + 1))
}

/// The parts of a text, in order. Adjacent text is one part, and none is empty.
#[must_use]
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut from, mut done) = (Vec::new(), 0, 0);
    let mut before = String::new();
    while let Some(found) = next_form(text, from) {
        from = found.to;
        // One backslash of those after the `<` is taken off.
        let until = if found.escapes > 0 { found.from + 1 } else { found.from };
        before.push_str(text.get(done..until).unwrap_or_default());
        done = if found.escapes > 0 { found.from + 2 } else { found.to };
        if found.escapes == 0 {
            if !before.is_empty() {
                parts.push(Part::Text(Cow::Owned(std::mem::take(&mut before))));
            }
            parts.push(found.part);
        }
    }
    let rest = text.get(done..).unwrap_or_default();
    if before.is_empty() && !rest.is_empty() {
        parts.push(Part::Text(Cow::Borrowed(rest)));
    } else if !before.is_empty() {
        parts.push(Part::Text(Cow::Owned(before + rest)));
    }
    parts
}

/// The text of these parts; [`parts`] reads them back. The angle brackets and line ends of a name are
/// replaced, and what is too long is cut: who is meant stands in the id.
#[must_use]
pub fn encode(parts: &[Part<'_>]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(written) => escape(written, &mut text),
            Part::Room => text.push_str("<!room>"),
            Part::Person { user, name } => {
                let written: String = name
                    .chars()
                    .take(NAME_CHARS)
                    .map(|c| match c {
                        '<' => '‹',
                        '>' => '›',
                        '\n' | '\r' => ' ',
                        c => c,
                    })
                    .collect();
                let written = if written.is_empty() { "?" } else { &written };
                text.push_str(&format!("<@{user}|{written}>"));
            }
        }
    }
    text
}

fn escape(written: &str, into: &mut String) {
    let mut done = 0;
    while let Some(found) = next_form(written, done) {
        into.push_str(written.get(done..=found.from).unwrap_or_default());
        into.push('\\');
        into.push_str(written.get(found.from + 1..found.to).unwrap_or_default());
        done = found.to;
    }
    into.push_str(written.get(done..).unwrap_or_default());
}

/// The token of a person.
#[must_use]
pub fn person(user: UserId, name: &str) -> String {
    encode(&[Part::Person { user, name: Cow::Borrowed(name) }])
}

/// Whom a text mentions: those of its tokens that stand neither in code, nor in the label of a link,
/// nor in a quote.
#[must_use]
pub fn read(text: &str) -> Mentions {
    let mut mentions = Mentions::default();
    let tokens = tokens(text);
    if tokens.is_empty() {
        return mentions;
    }
    let covered = regions::covered(&masked(text, &tokens));
    for token in tokens {
        if covered.iter().any(|range| range.contains(&token.from)) {
            continue;
        }
        match token.part {
            Part::Room => mentions.room = true,
            Part::Person { user, .. }
                if mentions.people.len() < MENTIONS && !mentions.people.contains(&user) =>
            {
                mentions.people.push(user);
            }
            _ => {}
        }
    }
    mentions
}

fn tokens(text: &str) -> Vec<Form<'_>> {
    let forms = std::iter::successors(next_form(text, 0), |last| next_form(text, last.to));
    forms.filter(|found| found.escapes == 0).collect()
}

/// The same text, byte for byte as long, with a letter for each byte of a token.
fn masked(text: &str, tokens: &[Form<'_>]) -> String {
    let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
    for token in tokens {
        masked.push_str(text.get(done..token.from).unwrap_or_default());
        masked.extend(std::iter::repeat_n('x', token.to - token.from));
        done = token.to;
    }
    masked + text.get(done..).unwrap_or_default()
}

/// The text as it is shown where nothing is drawn: `@Name` for a token, with the present name of the
/// person if `name_of` knows it.
#[must_use]
pub fn plain<'a>(text: &str, name_of: impl Fn(UserId) -> Option<&'a str>) -> String {
    let mut shown = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(text) => shown.push_str(&text),
            Part::Room => shown.push_str("@room"),
            Part::Person { user, name } => {
                shown.push('@');
                shown.push_str(name_of(user).unwrap_or(&name));
            }
        }
    }
    shown
}

/// At most `most` characters of the beginning of a text, and no half of a token or of its escape.
#[must_use]
pub fn beginning(text: &str, most: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text;
    };
    let mut from = 0;
    while let Some(found) = next_form(text, from).filter(|found| found.from < end) {
        if found.to > end {
            return text.get(..found.from).unwrap_or_default();
        }
        from = found.to;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
