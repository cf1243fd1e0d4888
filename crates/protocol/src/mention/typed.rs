//! Names that a person typed after `@`.

use std::borrow::Cow;
use std::collections::HashMap;

use icu_properties::props::{GeneralCategory, Script};
use icu_properties::{CodePointMapData, props::GeneralCategoryGroup};
use unicode_normalization::UnicodeNormalization as _;

use super::{Part, ROOM, encode, masked, regions, tokens};
use crate::ids::UserId;
use crate::limits::NAME_CHARS;

/// Makes tokens of the names that a person typed after `@` in `text`. The other parts of the text
/// stay as they are, those that look like a token as well.
///
/// A name counts if it is that of exactly one of `people`, regardless of case and composition; the
/// longest one counts, so that "@Lin Xiao" is not Lin. `room` says whether `@room` may be meant, too.
/// No token is made in code, in the label of a link or in a quote.
#[must_use]
pub fn resolve<'a>(
    text: &str,
    people: impl IntoIterator<Item = (UserId, &'a str)>,
    room: bool,
) -> String {
    let names = Names::new(people, room);
    let found = names.all_in(text);
    let named: Vec<Part<'_>> = found.iter().map(|(part, _)| part.clone()).collect();
    // Where a mention would stand is asked of the text as it would then be.
    let made = encode(&named);
    let made_tokens = tokens(&made);
    let covered = regions::covered(&masked(&made, &made_tokens));
    let mut made_tokens = made_tokens.into_iter();
    let kept: Vec<Part<'_>> = found
        .into_iter()
        .map(|(part, typed)| match part {
            Part::Text(_) => part,
            _ => {
                let at = made_tokens.next().map_or(0, |token| token.from);
                let inside = covered.iter().any(|range| range.contains(&at));
                if inside { Part::Text(Cow::Borrowed(typed)) } else { part }
            }
        })
        .collect();
    encode(&merged(kept))
}

/// Adjacent text as one part, so that a form over the border between two is seen.
fn merged(kept: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut merged: Vec<Part<'_>> = Vec::with_capacity(kept.len());
    for part in kept {
        match (merged.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(more)) => before.to_mut().push_str(&more),
            (_, part) => merged.push(part),
        }
    }
    merged
}

/// Whom a name stands for; nobody if there are two of that name.
#[derive(Clone, Copy)]
enum Named {
    Person(UserId),
    Room,
    Several,
}

/// Names as they are compared: composed, in lower case.
struct Names(HashMap<String, Named>);

impl Names {
    fn new<'a>(people: impl IntoIterator<Item = (UserId, &'a str)>, room: bool) -> Self {
        let mut names = HashMap::new();
        let people = people.into_iter().map(|(user, name)| (name, Named::Person(user)));
        for (name, named) in people.chain(room.then_some((ROOM, Named::Room))) {
            names.entry(folded(name)).and_modify(|known| *known = Named::Several).or_insert(named);
        }
        Self(names)
    }

    /// The parts of a typed text, and how each is written there.
    fn all_in<'a>(&self, text: &'a str) -> Vec<(Part<'a>, &'a str)> {
        let mut found: Vec<(Part<'a>, &'a str)> = Vec::new();
        let (mut done, mut from) = (0, 0);
        while let Some(at) = next_at(text, from) {
            let sign =
                text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
            from = at + sign;
            if !may_name(text.get(..at).unwrap_or_default()) {
                continue;
            }
            let rest = text.get(at + sign..).unwrap_or_default();
            let Some((named, name)) = self.longest(rest) else { continue };
            let part = match named {
                Named::Person(user) => Part::Person { user, name: Cow::Borrowed(name) },
                Named::Room => Part::Room,
                Named::Several => continue,
            };
            let end = at + sign + name.len();
            let before = text.get(done..at).unwrap_or_default();
            if !before.is_empty() {
                found.push((Part::Text(Cow::Borrowed(before)), before));
            }
            found.push((part, text.get(at..end).unwrap_or_default()));
            (done, from) = (end, end);
        }
        let rest = text.get(done..).unwrap_or_default();
        if !rest.is_empty() {
            found.push((Part::Text(Cow::Borrowed(rest)), rest));
        }
        found
    }

    /// The longest name that stands at the beginning of a text.
    fn longest<'a>(&self, rest: &'a str) -> Option<(Named, &'a str)> {
        let mut longest = None;
        // A composed letter may be written in up to four.
        for (at, c) in rest.char_indices().take(4 * NAME_CHARS) {
            if matches!(c, '\n' | '\r') {
                break;
            }
            let (name, after) = rest.split_at(at + c.len_utf8());
            if ends(c, after.chars().next())
                && let Some(named) = self.0.get(&folded(name))
            {
                longest = Some((*named, name));
            }
        }
        longest
    }
}

fn next_at(text: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(['@', '＠']).map(|at| from + at)
}

fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_lowercase()
}

fn is_word(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    GeneralCategoryGroup::Letter.contains(category)
        || GeneralCategoryGroup::Number.contains(category)
}

fn is_mark(c: char) -> bool {
    GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c))
}

/// Written without blanks between words: an `@` after it begins a name.
fn is_unspaced(c: char) -> bool {
    matches!(
        CodePointMapData::<Script>::new().get(c),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Hangul
            | Script::Thai
            | Script::Bopomofo
    )
}

/// An `@` after a letter belongs to an address (`git@host`), to a path or to a word, and one after a
/// backslash is none.
fn may_name(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| {
        !(is_word(c) || matches!(c, '_' | '.' | '%' | '+' | '/' | '-' | '\\')) || is_unspaced(c)
    })
}

/// Whether a name ends between these: "@Lin" does not name the Lin of "@Linda".
fn ends(last: char, next: Option<char>) -> bool {
    next.is_none_or(|next| {
        !(is_word(next) || is_mark(next) || next == '_') || is_unspaced(next) || is_unspaced(last)
    })
}
