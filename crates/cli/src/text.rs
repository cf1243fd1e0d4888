//! Formats lines for people.

use homing_engine::view::{Delivery, Item, Overview, PendingChange};
use homing_protocol::event::{Change, Described, Edit, Pin, React, Reply};
use homing_protocol::limits::EXCERPT_CHARS;
use homing_protocol::{Content, Membership, Message, UserId};

use crate::failure::wedged;
use crate::message;
use crate::time::Clock;

/// Characters of a quoted message in a line.
const QUOTE_CHARS: usize = 40;

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

/// The beginning of a message in one line, for the quote of it in a reply.
pub(crate) fn excerpt(overview: &Overview, text: &str) -> String {
    beginning(&overview.plain(text), EXCERPT_CHARS)
}

fn beginning(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut left = most;
    for word in text.split_whitespace() {
        let blank = usize::from(!shown.is_empty());
        if left <= blank {
            break;
        }
        if blank == 1 {
            shown.push(' ');
        }
        let before = shown.len();
        shown.extend(word.chars().take(left - blank));
        left -= blank + shown.get(before..).map_or(0, |added| added.chars().count());
    }
    shown
}

/// The beginning of a message in quotation marks.
fn quoted(text: &str) -> String {
    let shown = beginning(text, QUOTE_CHARS);
    let cut = if beginning(text, QUOTE_CHARS + 1) == shown { "" } else { "…" };
    format!("\"{}{cut}\"", plain(&shown))
}

/// How lines of a timeline are shown.
pub(crate) struct Lines {
    pub(crate) clock: Clock,
    /// Each begins with the number of its message.
    pub(crate) numbers: bool,
}

impl Lines {
    /// One row of a timeline: when, who, what. `target` is the message that a pin is about.
    pub(crate) fn row(&self, overview: &Overview, item: &Item, target: Option<&Item>) -> String {
        let who = name(overview, item.sender);
        let what = match &item.content {
            Content::Message(Message { text, reply, .. }) => match item.gone {
                Some(by) if by == item.sender => format!("* {who} deleted a message"),
                Some(by) => format!("* {} deleted a message from {who}", name(overview, by)),
                None => {
                    let to = reply.as_ref().map(|reply| answering(overview, reply));
                    format!("{who}{}: {}", to.unwrap_or_default(), plain(&overview.plain(text)))
                }
            },
            content => self.event(overview, &who, content, target),
        };
        let line = format!("{} {what}{}", self.clock.show(item.ts), marks(item));
        let queued = message::seq(item).is_none();
        self.numbered(message::seq(item).map(|seq| seq.0), &line)
            + if queued { "  (queued)" } else { "" }
    }

    /// A change of a message as it happens: when, who, which message, what. `of` is the message
    /// before it.
    pub(crate) fn change(
        &self,
        overview: &Overview,
        by: Option<UserId>,
        content: &Content,
        of: &Item,
        now: i64,
    ) -> String {
        let who = by.map_or_else(|| "someone".to_owned(), |by| name(overview, by));
        let what = self.event(overview, &who, content, Some(of));
        self.numbered(None, &format!("{} {what}", self.clock.show(now)))
    }

    fn numbered(&self, number: Option<u64>, line: &str) -> String {
        match (self.numbers, number) {
            (false, _) => line.to_owned(),
            (true, Some(number)) => format!("{number:>6}  {line}"),
            (true, None) => format!("{:>6}  {line}", ""),
        }
    }

    /// What is no message.
    fn event(
        &self,
        overview: &Overview,
        who: &str,
        content: &Content,
        target: Option<&Item>,
    ) -> String {
        let which = || self.which(overview, target);
        match content {
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
            Content::Edit(Edit { text, .. }) => {
                format!("* {who} edited {}: {}", which(), plain(&overview.plain(text)))
            }
            Content::React(React { emoji, on: true, .. }) => {
                format!("* {who} reacted with {} to {}", plain(emoji), which())
            }
            Content::React(React { emoji, on: false, .. }) => {
                format!("* {who} removed the reaction {} from {}", plain(emoji), which())
            }
            Content::Redact(_) => {
                format!("* {who} deleted {}", self.which_deleted(overview, target))
            }
            Content::Pin(Pin { on: true, .. }) => format!("* {who} pinned {}", which()),
            Content::Pin(Pin { on: false, .. }) => format!("* {who} unpinned {}", which()),
            Content::Stub => "* a message you can't see".to_owned(),
            Content::Message(_) | Content::Unknown => {
                "* a message that needs a newer version of Homing".to_owned()
            }
        }
    }

    /// Names a message by its number if numbers are shown, else by its beginning.
    fn which(&self, overview: &Overview, target: Option<&Item>) -> String {
        let Some(item) = target else { return "a message".to_owned() };
        match (message::seq(item), &item.content) {
            (Some(seq), _) if self.numbers => format!("message {}", seq.0),
            (_, Content::Message(Message { text, .. })) if item.gone.is_none() => {
                quoted(&overview.plain(text))
            }
            _ => format!("a message from {}", name(overview, item.sender)),
        }
    }

    /// Does not quote what was just erased.
    fn which_deleted(&self, overview: &Overview, target: Option<&Item>) -> String {
        let Some(item) = target else { return "a message".to_owned() };
        match message::seq(item) {
            Some(seq) if self.numbers => format!("message {}", seq.0),
            _ => {
                let (from, at) = (name(overview, item.sender), self.clock.show(item.ts));
                format!("a message from {from}, sent {at}")
            }
        }
    }
}

fn answering(overview: &Overview, reply: &Reply) -> String {
    let whom = name(overview, reply.user);
    if reply.excerpt.is_empty() {
        format!(", replying to {whom}")
    } else {
        format!(", replying to {whom} {}", quoted(&reply.excerpt))
    }
}

/// What became of a message: at the end of its line.
fn marks(item: &Item) -> String {
    let mut marks = String::new();
    for (is, mark) in [(item.edited, "  (edited)"), (item.pinned, "  (pinned)")] {
        if is {
            marks.push_str(mark);
        }
    }
    let reactions = item.reactions.iter();
    let reactions: Vec<_> =
        reactions.map(|group| format!("{} {}", plain(&group.emoji), group.count)).collect();
    if !reactions.is_empty() {
        marks.push_str("  [");
        marks.push_str(&reactions.join(", "));
        marks.push(']');
    }
    marks + &item.change.as_ref().map(pending).unwrap_or_default()
}

/// A change that isn't on the server.
fn pending(change: &PendingChange) -> String {
    let what = match change.kind.as_str() {
        Content::EDIT => "edit",
        Content::REACT => "reaction",
        Content::REDACT => "deletion",
        Content::PIN => "pin",
        _ => "change",
    };
    match change.delivery {
        Delivery::Wedged { reason } => {
            format!("  ({what} rejected: {})", wedged(reason, &change.kind))
        }
        Delivery::Queued | Delivery::Sending => format!("  ({what} queued)"),
        Delivery::Sent => String::new(),
    }
}

/// What is queued, in the list of the outbox.
pub(crate) fn queued_content(overview: &Overview, content: &Content) -> String {
    match content {
        Content::Message(Message { text, .. }) => plain(&overview.plain(text)),
        Content::Edit(Edit { text, .. }) => {
            format!("edit of a message: {}", plain(&overview.plain(text)))
        }
        Content::React(React { emoji, on: true, .. }) => format!("reaction {}", plain(emoji)),
        Content::React(React { emoji, .. }) => format!("removal of reaction {}", plain(emoji)),
        Content::Redact(_) => "deletion of a message".to_owned(),
        Content::Pin(Pin { on: true, .. }) => "pin of a message".to_owned(),
        Content::Pin(_) => "unpinning of a message".to_owned(),
        _ => "something that needs a newer version of Homing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use homing_engine::view::{TimelinePosition, WedgeReason};
    use homing_protocol::event::Redact;
    use homing_protocol::{MessageRef, Person, Role, mention};
    use homing_testkit::builders::{cid, person, room_id, user_id};

    #[test]
    fn the_named_are_called_and_shown_under_their_present_names() {
        let named = |n, name: &str| Person { name: name.to_owned(), ..person(n) };
        let gone = Person { gone: true, ..named(5, "Gus") };
        let people = vec![named(1, "Ann"), named(2, "Ann Marie"), named(3, "李"), gone];
        let mut overview = Overview { people, ..samples::overview() };
        let room = room_id(1);
        for (text, expected) in [
            ("hello", &[][..]),
            ("@ann, lunch?", &[1]),
            ("@ANN MARIE and @ann and @Ann", &[2, 1]),
            ("@Anna", &[]),
            ("mail@ann", &[]),
            ("问 @李：", &[3]),
            ("@gus", &[]),
            ("@", &[]),
        ] {
            let expected: Vec<_> = expected.iter().copied().map(user_id).collect();
            let text = overview.with_mentions(room, text);
            assert_eq!(mention::read(&text).people, expected, "{text}");
        }
        assert!(!mention::read(&overview.with_mentions(room, "@room")).room);
        overview.people.first_mut().unwrap().role = Role::Admin;
        overview.space.me = user_id(1);
        let text = overview.with_mentions(room, "@ann and @room");
        assert!(mention::read(&text).room);
        overview.people.first_mut().unwrap().name = "Anouk".to_owned();
        assert_eq!(overview.plain(&text), "@Anouk and @room");
        assert_eq!(excerpt(&overview, &text), "@Anouk and @room");
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

    const NOW: i64 = 1_767_229_200_000;

    fn lines(numbers: bool) -> Lines {
        Lines { clock: Clock::new(true), numbers }
    }

    fn said(seq: u64, text: &str) -> Item {
        samples::message(seq, 1, text)
    }

    #[test]
    fn a_row_says_what_became_of_it() {
        let reply = |excerpt: &str| {
            let (text, excerpt) = ("yes".to_owned(), excerpt.to_owned());
            let reply = Some(Reply { user: user_id(2), cid: cid(3), excerpt });
            let content = Content::Message(Message { text, reply, mentions: Vec::new() });
            Item { content, ..said(7, "") }
        };
        let pin = |on| {
            let of = MessageRef { user: user_id(1), cid: cid(7) };
            Item { content: Content::Pin(Pin { of, on }), ..samples::message(9, 2, "") }
        };
        let pending = |kind: &str, delivery| {
            let change = PendingChange { cid: cid(8), kind: kind.to_owned(), delivery };
            Item { change: Some(change), ..said(7, "hello") }
        };
        let groups = vec![samples::reactions("👍", &[2, 3]), samples::reactions("❤", &[2])];
        let long = "x ".repeat(100);
        let wedged = Delivery::Wedged { reason: WedgeReason::NoSuchMessage };
        for (item, target, expected) in [
            (said(7, "hello"), None, "Ada: hello"),
            (Item { edited: true, ..said(7, "hello") }, None, "Ada: hello  (edited)"),
            (
                Item { edited: true, pinned: true, reactions: groups, ..said(7, "hello") },
                None,
                "Ada: hello  (edited)  (pinned)  [👍 2, ❤ 1]",
            ),
            (Item { gone: Some(user_id(1)), ..said(7, "") }, None, "* Ada deleted a message"),
            (
                Item { gone: Some(user_id(3)), ..said(7, "") },
                None,
                "* Cleo deleted a message from Ada",
            ),
            (reply("lunch?"), None, "Ada, replying to Ben \"lunch?\": yes"),
            (reply(""), None, "Ada, replying to Ben: yes"),
            (
                reply(&long),
                None,
                "Ada, replying to Ben \"x x x x x x x x x x x x x x x x x x x x…\": yes",
            ),
            (pin(true), Some(said(7, "hello")), "* Ben pinned \"hello\""),
            (pin(false), Some(said(7, "hello")), "* Ben unpinned \"hello\""),
            (pin(true), None, "* Ben pinned a message"),
            (
                pin(true),
                Some(Item { gone: Some(user_id(1)), ..said(7, "") }),
                "* Ben pinned a message from Ada",
            ),
            (pending(Content::EDIT, Delivery::Queued), None, "Ada: hello  (edit queued)"),
            (
                pending(Content::REACT, wedged),
                None,
                "Ada: hello  (reaction rejected: the message was deleted)",
            ),
            (
                Item { place: TimelinePosition::Outbox(1), ..said(7, "hello") },
                None,
                "Ada: hello  (queued)",
            ),
        ] {
            let shown = lines(false).row(&samples::overview(), &item, target.as_ref());
            assert_eq!(shown, format!("2026-01-01 00:00Z {expected}"));
        }
        let numbered = |item: &Item, target| lines(true).row(&samples::overview(), item, target);
        assert_eq!(numbered(&said(7, "hello"), None), "     7  2026-01-01 00:00Z Ada: hello");
        let target = said(7, "hello");
        assert_eq!(
            numbered(&pin(true), Some(&target)),
            "     9  2026-01-01 00:00Z * Ben pinned message 7"
        );
        let queued = Item { place: TimelinePosition::Outbox(1), ..said(7, "hello") };
        assert_eq!(numbered(&queued, None), "        2026-01-01 00:00Z Ada: hello  (queued)");
    }

    #[test]
    fn a_change_says_who_changed_which_message() {
        let (of, on) = (MessageRef { user: user_id(1), cid: cid(7) }, true);
        let react = |on| Content::React(React { to: of, emoji: "👍".to_owned(), on });
        let edit = Content::Edit(Edit { of, text: "hello".to_owned(), mentions: Vec::new() });
        let redact = Content::Redact(Redact { of });
        for (by, content, plain, numbered) in [
            (Some(1), &edit, "Ada edited \"helo\": hello", "Ada edited message 7: hello"),
            (
                Some(2),
                &react(on),
                "Ben reacted with 👍 to \"helo\"",
                "Ben reacted with 👍 to message 7",
            ),
            (
                Some(2),
                &react(!on),
                "Ben removed the reaction 👍 from \"helo\"",
                "Ben removed the reaction 👍 from message 7",
            ),
            (
                None,
                &react(on),
                "someone reacted with 👍 to \"helo\"",
                "someone reacted with 👍 to message 7",
            ),
            // Its words are not shown again.
            (
                Some(3),
                &redact,
                "Cleo deleted a message from Ada, sent 2026-01-01 00:00Z",
                "Cleo deleted message 7",
            ),
        ] {
            for (numbers, begins, expected) in [(false, "", plain), (true, "        ", numbered)] {
                let (overview, of) = (samples::overview(), said(7, "helo"));
                let by = by.map(user_id);
                let shown = lines(numbers).change(&overview, by, content, &of, NOW);
                assert_eq!(shown, format!("{begins}2026-01-01 01:00Z * {expected}"));
            }
        }
    }

    #[test]
    fn an_excerpt_is_the_beginning_in_one_line() {
        let (words, shown) = ("a ".repeat(150), "a ".repeat(100));
        for (text, expected) in [
            ("hello", "hello"),
            ("  two\n\n lines\t", "two lines"),
            ("", ""),
            (&"界".repeat(250), &"界".repeat(200)),
            (&words, shown.trim_end()),
        ] {
            assert_eq!(excerpt(&samples::overview(), text), expected, "{text}");
            assert!(excerpt(&samples::overview(), text).chars().count() <= EXCERPT_CHARS);
        }
    }

    #[test]
    fn what_is_queued_has_a_line_each() {
        let of = MessageRef { user: user_id(1), cid: cid(7) };
        let emoji = "👍".to_owned();
        for (content, expected) in [
            (said(7, "hello").content, "hello"),
            (
                Content::Edit(Edit { of, text: "hi".to_owned(), mentions: Vec::new() }),
                "edit of a message: hi",
            ),
            (Content::React(React { to: of, emoji: emoji.clone(), on: true }), "reaction 👍"),
            (Content::React(React { to: of, emoji, on: false }), "removal of reaction 👍"),
            (Content::Redact(Redact { of }), "deletion of a message"),
            (Content::Pin(Pin { of, on: true }), "pin of a message"),
            (Content::Pin(Pin { of, on: false }), "unpinning of a message"),
        ] {
            assert_eq!(queued_content(&samples::overview(), &content), expected);
        }
    }
}
