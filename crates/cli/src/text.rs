//! Formats lines for people.

use homing_engine::view::{Item, Overview};
use homing_protocol::event::{Change, Described};
use homing_protocol::{Content, Membership, Message, Person, UserId};

use crate::time::Clock;

/// Removes control characters from foreign text, so that it can't move the cursor, change the title
/// or hide a line. Line ends become spaces, so that a message is one line.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            // Bidirectional controls.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A person's name.
pub(crate) fn name(overview: &Overview, user: UserId) -> String {
    overview
        .people
        .iter()
        .find(|person| person.id == user)
        .map_or_else(|| "someone".to_owned(), |person| plain(&person.name))
}

/// The people that a text mentions with `@`, case-insensitively. The longest matching name counts,
/// so that `@Ann Marie` does not mention Ann.
pub(crate) fn mentions(people: &[Person], text: &str) -> Vec<UserId> {
    let text = text.to_lowercase();
    let mut named = Vec::new();
    for (at, _) in text.match_indices('@') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let longest = people
            .iter()
            .filter(|person| !person.gone && begins_with_name(rest, &person.name.to_lowercase()))
            .max_by_key(|person| person.name.len());
        if let Some(person) = longest.filter(|person| !named.contains(&person.id)) {
            named.push(person.id);
        }
    }
    named
}

fn begins_with_name(text: &str, name: &str) -> bool {
    let after = text.strip_prefix(name).filter(|_| !name.is_empty());
    after.is_some_and(|after| !after.chars().next().is_some_and(char::is_alphanumeric))
}

/// One row of a timeline: when, who, what.
pub(crate) fn row(overview: &Overview, item: &Item, clock: &Clock) -> String {
    let who = name(overview, item.sender);
    let what = match &item.content {
        Content::Message(Message { text, .. }) => format!("{who}: {}", plain(text)),
        Content::Membership(Membership { user, change }) => {
            let whom = name(overview, *user);
            match change {
                Change::Joined => format!("* {whom} joined"),
                Change::Added => format!("* {who} added {whom}"),
                Change::Left => format!("* {whom} left"),
                Change::Removed => format!("* {who} removed {whom}"),
            }
        }
        Content::Created(_) => format!("* {who} created this room"),
        Content::Described(Described { name, topic }) => {
            if topic.is_empty() {
                format!("* {who} changed the room: {}", plain(name))
            } else {
                format!("* {who} changed the topic: {}", plain(topic))
            }
        }
        Content::Stub => "* a message you can't see".to_owned(),
        Content::Unknown => "* a message that needs a newer version of Homing".to_owned(),
    };
    format!("{} {what}", clock.show(item.ts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_are_called() {
        use homing_testkit::builders::{person, user_id};
        let named = |n, name: &str| Person { name: name.to_owned(), ..person(n) };
        let gone = Person { gone: true, ..named(5, "Gus") };
        let people = [named(1, "Ann"), named(2, "Ann Marie"), named(3, "李"), gone];
        for (text, expected) in [
            ("hello", &[][..]),
            ("@ann, lunch?", &[1]),
            ("@ANN MARIE and @ann and @Ann", &[2, 1]),
            ("@Anna", &[]),
            ("mail@ann", &[1]),
            ("问 @李：", &[3]),
            ("@gus", &[]),
            ("@", &[]),
        ] {
            let expected: Vec<_> = expected.iter().copied().map(user_id).collect();
            assert_eq!(mentions(&people, text), expected, "{text}");
        }
    }

    #[test]
    fn a_terminal_obeys_nothing_that_others_wrote() {
        for (written, shown) in [
            ("hello, 世界 🕊", "hello, 世界 🕊"),
            ("two\nlines", "two lines"),
            ("\u{1b}[2Jgone", "\u{fffd}[2Jgone"),
            ("bell\u{7}", "bell\u{fffd}"),
            ("\u{9b}31m", "\u{fffd}31m"),
            ("evil\u{202e}txt", "evil\u{fffd}txt"),
        ] {
            assert_eq!(plain(written), shown);
        }
    }
}
