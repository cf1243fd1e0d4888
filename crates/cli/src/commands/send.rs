//! `homing send` and `homing reply`.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

use homing_engine::Error;
use homing_engine::diff::{Batch, Diff};
use homing_engine::view::{Delivery, TimelinePosition};
use homing_protocol::limits::BODY_BYTES;
use homing_protocol::text::is_visible;
use homing_protocol::{Cid, Content, Message, RoomId, Seq};
use serde_json::json;

use super::queued;
use crate::args::{Common, Reply, Send};
use crate::failure::{Code, Failure, wedged};
use crate::output::Output;
use crate::space::RunningSpace;
use crate::{message, room, space};

/// Maximum messages of one `--lines`. More would take about an hour at the usual rate limit.
const MAX_LINES: usize = 10_000;
/// Maximum bytes of all messages, which are kept in memory until all are read.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Queues the messages and waits until they are sent.
pub(crate) async fn run(common: &Common, send: Send) -> Result<Code, Failure> {
    let messages = messages(&send)?;
    let mut open = space::open(common).await?;
    // A room joined on another device is known only after catching up.
    let known = |open: &RunningSpace| room::find(open.overview(), &send.room).map(|room| room.id);
    open.wait(|open, _| known(open).is_ok() || open.is_settled()).await?;
    let to = match known(&open) {
        Ok(to) => Ok(to),
        // Offline it is unknown whether the room exists, and none can be created.
        Err(failure) => match (open.connection_failure(), send.room.strip_prefix('@')) {
            (Some(offline), _) if failure.code == Code::NotFound => Err(offline),
            (None, Some(names)) => open.direct(names).await,
            _ => Err(failure),
        },
    };
    let to = match to {
        Ok(to) => to,
        Err(failure) => {
            open.close().await;
            return Err(failure);
        }
    };
    let messages = messages.iter().map(|typed| {
        let text = open.overview().with_mentions(to, typed);
        Message { text, ..Message::default() }
    });
    let messages = messages.collect();
    deliver(open, Output { json: common.json }, to, messages).await
}

/// Queues a reply and waits until it is sent.
pub(crate) async fn reply(common: &Common, reply: Reply) -> Result<Code, Failure> {
    let text = text_of(&reply.text)?;
    let mut open = space::open(common).await?;
    let found = message::find(&mut open, &reply.target).await;
    let (to, target) = match found.and_then(|(room, found)| Ok((room, found.undeleted()?))) {
        Ok(found) => found,
        Err(failure) => {
            open.close().await;
            return Err(failure);
        }
    };
    let text = open.overview().with_mentions(to, &text);
    let reply = Some(target.quote(open.overview()));
    let message = Message { text, reply, ..Message::default() };
    deliver(open, Output { json: common.json }, to, vec![message]).await
}

/// Queues messages, waits until they are sent, and closes the space.
async fn deliver(
    mut open: RunningSpace,
    out: Output,
    to: RoomId,
    messages: Vec<Message>,
) -> Result<Code, Failure> {
    let mut progress = Progress::new(to);
    let (all, mut stopped) = (messages.len(), None);
    for message in messages {
        match open.engine.write(to, Content::Message(message)).await {
            Ok(cid) => {
                progress.sent.insert(cid, Delivery::Queued);
                progress.order.push(cid);
            }
            Err(error) => {
                stopped = Some(refused(error));
                break;
            }
        }
    }
    if let (true, Some(failure)) = (progress.order.is_empty(), stopped.clone()) {
        open.close().await;
        return Err(failure);
    }
    // Messages queued by earlier commands are sent as well.
    open.wait(|open, batch| {
        progress.apply(batch);
        progress.is_finished() && (open.overview().outbox.waiting == 0)
    })
    .await?;
    let known = progress.refresh(&open).await;
    let (code, told) = progress.report(out, &open);
    if let Some(failure) = &stopped {
        let went = progress.order.len();
        out.note(format_args!(
            "stopped at message {} of {all}: {failure}. {}",
            went + 1,
            went_before(went)
        ));
    }
    open.close().await;
    known?;
    // The state of the messages takes precedence over an output error.
    let code = worse(code, stopped.map_or(Code::Done, |failure| failure.code));
    match told {
        Err(failure) if failure.code == Code::Unwritten && code == Code::Done => Err(Failure {
            text: format!("{failure}. Your messages are saved on the server"),
            ..failure
        }),
        _ => Ok(code),
    }
}

fn went_before(went: usize) -> String {
    match went {
        1 => "The message before it was sent or queued".to_owned(),
        went => format!("The {went} messages before it were sent or queued"),
    }
}

const fn worse(one: Code, other: Code) -> Code {
    if one.number() >= other.number() { one } else { other }
}

fn refused(error: Error) -> Failure {
    match error {
        Error::Empty => Failure::new(Code::Failed, "nothing to send: the message is empty"),
        error => error.into(),
    }
}

fn messages(send: &Send) -> Result<Vec<String>, Failure> {
    if !send.lines {
        return Ok(vec![text_of(&send.text)?]);
    }
    let messages = lines(std::io::stdin().lock())?;
    check(&messages).map(|()| messages)
}

/// The text of one message: these words, or standard input.
pub(super) fn text_of(words: &[String]) -> Result<String, Failure> {
    let text = if words.is_empty() || words.iter().map(String::as_str).eq(["-"]) {
        let mut text = String::new();
        // A little more than the limit, so that the engine reports the message as too large.
        let most = 2 * BODY_BYTES as u64;
        std::io::stdin().lock().take(most).read_to_string(&mut text).map_err(|error| {
            Failure::new(
                Code::Failed,
                format!("can't read standard input: {error}. Nothing was sent"),
            )
        })?;
        text.trim_end().to_owned()
    } else {
        words.join(" ")
    };
    check(std::slice::from_ref(&text)).map(|()| text)
}

/// Checks messages before anything is queued.
fn check(messages: &[String]) -> Result<(), Failure> {
    if messages.iter().any(|text| text.contains('\0')) {
        return Err(refused(Error::HoldsNul));
    }
    if !messages.iter().any(|text| is_visible(text)) {
        return Err(refused(Error::Empty));
    }
    Ok(())
}

/// Reads lines as messages, all or none: an invalid line is reported before any is sent.
fn lines(mut from: impl BufRead) -> Result<Vec<String>, Failure> {
    let nothing = |code, text: String| Failure::new(code, format!("{text}. Nothing was sent"));
    let (mut messages, mut bytes) = (Vec::new(), 0);
    for number in 1.. {
        let mut line = Vec::new();
        // Two bytes more than the limit, for the line end.
        let most = BODY_BYTES as u64 + 2;
        let read = from.by_ref().take(most).read_until(b'\n', &mut line);
        let read = read
            .map_err(|error| nothing(Code::Failed, format!("can't read line {number}: {error}")))?;
        if read == 0 {
            break;
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > BODY_BYTES {
            let text =
                format!("line {number} is longer than the limit for a message, {BODY_BYTES} bytes");
            return Err(nothing(Code::Refused, text));
        }
        let line = std::str::from_utf8(line)
            .map_err(|_| nothing(Code::Failed, format!("line {number} isn't UTF-8")))?;
        if !is_visible(line) {
            continue;
        }
        bytes += line.len();
        if messages.len() == MAX_LINES || bytes > MAX_BYTES {
            let text = format!("there are more than {MAX_LINES} lines or {MAX_BYTES} bytes");
            return Err(nothing(Code::Failed, text));
        }
        messages.push(line.to_owned());
    }
    Ok(messages)
}

/// The delivery state of this command's messages.
struct Progress {
    room: RoomId,
    order: Vec<Cid>,
    sent: BTreeMap<Cid, Delivery>,
    seqs: BTreeMap<Cid, Seq>,
}

impl Progress {
    const fn new(room: RoomId) -> Self {
        Self { room, order: Vec::new(), sent: BTreeMap::new(), seqs: BTreeMap::new() }
    }

    fn apply(&mut self, batch: Option<&Batch>) {
        let Some(batch) = batch else { return };
        for diff in &batch.diffs {
            let Diff::Items { room, items } = diff else { continue };
            if *room != self.room {
                continue;
            }
            for item in items {
                let (Ok(cid), Some(delivery)) = (item.key.parse::<Cid>(), &item.delivery) else {
                    continue;
                };
                if let Some(known) = self.sent.get_mut(&cid) {
                    known.clone_from(delivery);
                    if let TimelinePosition::Log(seq) = item.place {
                        self.seqs.insert(cid, seq);
                    }
                }
            }
        }
    }

    /// Reads the outbox again, because batches may have been missed: messages that are not in it
    /// have been sent.
    async fn refresh(&mut self, open: &RunningSpace) -> Result<(), Failure> {
        let mut left: BTreeMap<_, _> = open
            .engine
            .outbox()
            .await?
            .into_iter()
            .map(|queued| (queued.cid, queued.delivery))
            .collect();
        for (cid, delivery) in &mut self.sent {
            *delivery = left.remove(cid).unwrap_or(Delivery::Sent);
        }
        Ok(())
    }

    fn is_finished(&self) -> bool {
        self.sent
            .values()
            .all(|delivery| matches!(delivery, Delivery::Sent | Delivery::Wedged { .. }))
    }

    /// Prints the state of each message. Returns the code, and whether it could be printed.
    fn report(&self, out: Output, open: &RunningSpace) -> (Code, Result<(), Failure>) {
        let (mut worst, mut told) = (Code::Done, Ok(()));
        for cid in &self.order {
            let delivery = self.sent.get(cid).unwrap_or(&Delivery::Queued);
            let code = match delivery {
                Delivery::Sent => Code::Done,
                Delivery::Queued | Delivery::Sending => Code::Queued,
                Delivery::Wedged { .. } => Code::Refused,
            };
            worst = worse(code, worst);
            if out.json && told.is_ok() {
                told = out.value(&json!({
                    "cid": cid,
                    "room": self.room,
                    "delivery": delivery,
                    "seq": self.seqs.get(cid),
                }));
            } else if let Delivery::Wedged { reason } = delivery {
                let why = wedged(*reason, Content::MESSAGE);
                out.note(format_args!("not sent: {why}"));
            }
        }
        if worst == Code::Queued && (!out.json || told.is_err()) {
            out.note(queued(open));
        }
        (worst, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of an endless line before it is refused.
    struct Endless(usize);

    impl std::io::Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            into.fill(b'x');
            self.0 += into.len();
            Ok(into.len())
        }
    }

    #[test]
    fn each_line_is_a_message() {
        for (input, expected) in [
            ("a\nb", &["a", "b"][..]),
            ("a\r\n\n  \nb\n", &["a", "b"]),
            ("", &[]),
            (" indented\n", &[" indented"]),
        ] {
            assert_eq!(lines(input.as_bytes()).unwrap(), expected, "{input:?}");
        }
        let longest = format!("{}\r\nb", "x".repeat(BODY_BYTES));
        assert_eq!(lines(longest.as_bytes()).unwrap().len(), 2);
    }

    #[test]
    fn a_line_that_can_not_be_sent_is_named_before_any_is() {
        let long = format!("a\n{}\n", "x".repeat(BODY_BYTES + 1));
        let failure = lines(long.as_bytes()).unwrap_err();
        assert!(failure.code == Code::Refused && failure.text.contains("line 2"), "{failure}");
        assert!(failure.text.contains("Nothing was sent"), "{failure}");
        let failure = lines(&b"a\n\nb\xff\n"[..]).unwrap_err();
        assert!(failure.text.contains("line 3 isn't UTF-8"), "{failure}");
        let many = "a\n".repeat(MAX_LINES + 1);
        assert_eq!(lines(many.as_bytes()).unwrap_err().code, Code::Failed);
    }

    #[test]
    fn a_line_without_an_end_is_not_held() {
        let mut endless = std::io::BufReader::new(Endless(0));
        assert_eq!(lines(&mut endless).unwrap_err().code, Code::Refused);
        assert!(endless.get_ref().0 <= 2 * BODY_BYTES, "{} bytes were read", endless.get_ref().0);
    }
}
