//! `homing send`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _};

use homing_engine::Error;
use homing_engine::event::{Batch, Diff};
use homing_engine::view::{Delivery, Place};
use homing_protocol::{Cid, RoomId, Seq};
use serde_json::json;

use crate::args::{Common, Send};
use crate::failure::{Code, Failure, wedged};
use crate::space::Open;
use crate::{room, space, text};

/// Messages of one `--lines`. More is a file, not a conversation, and would be under way for an
/// hour at the rate that servers allow.
const MOST_LINES: usize = 10_000;

/// Puts the messages into the outbox, then waits for them to arrive.
pub(crate) async fn run(common: &Common, send: Send) -> Result<Code, Failure> {
    let messages = messages(&send)?;
    let mut open = space::open(common).await?;
    // A room that was joined elsewhere is known only after catching up.
    let known = |open: &Open| room::find(open.overview(), &send.room).map(|room| room.id);
    open.wait(|open, _| known(open).is_ok() || open.is_settled()).await?;
    let to = match known(&open) {
        Ok(to) => to,
        Err(failure) => {
            let offline = open.complaint();
            open.close().await;
            // Offline, nobody can say that there is no such room.
            return Err(offline.filter(|_| failure.code == Code::NotFound).unwrap_or(failure));
        }
    };
    let mut progress = Progress::new(to);
    for text in messages {
        let mentions = text::mentions(&open.overview().people, &text);
        let cid = open.engine.send(to, text, mentions).await.map_err(refused)?;
        progress.sent.insert(cid, Delivery::Queued);
        progress.order.push(cid);
    }
    // What other commands have left in the outbox goes along.
    open.wait(|open, batch| {
        progress.note(batch);
        progress.is_over() && (open.overview().outbox.waiting == 0)
    })
    .await?;
    progress.ask(&open).await?;
    let code = progress.report(common.json, &open);
    open.close().await;
    Ok(code)
}

fn refused(error: Error) -> Failure {
    match error {
        Error::Empty => {
            Failure::new(Code::Failed, "there is nothing to send: the message is empty")
        }
        error @ Error::TooLarge { .. } => Failure::new(Code::Refused, error.to_string()),
        error => error.into(),
    }
}

fn messages(send: &Send) -> Result<Vec<String>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new(Code::Failed, format!("standard input: {error}"));
    let mut messages = Vec::new();
    if send.lines {
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(unreadable)?;
            if line.trim().is_empty() {
                continue;
            }
            if messages.len() == MOST_LINES {
                let text = format!("more than {MOST_LINES} lines; nothing was sent");
                return Err(Failure::new(Code::Failed, text));
            }
            messages.push(line);
        }
    } else if send.text.is_empty() || send.text.iter().map(String::as_str).eq(["-"]) {
        let mut text = String::new();
        // A little more than a message may hold, so that the engine says that it is too large.
        let most = 2 * homing_protocol::limits::BODY_BYTES as u64;
        std::io::stdin().lock().take(most).read_to_string(&mut text).map_err(unreadable)?;
        messages.push(text.trim_end().to_owned());
    } else {
        messages.push(send.text.join(" "));
    }
    if messages.iter().all(|text| text.trim().is_empty()) {
        return Err(refused(Error::Empty));
    }
    Ok(messages)
}

/// How far the messages of this command have come.
struct Progress {
    room: RoomId,
    order: Vec<Cid>,
    sent: BTreeMap<Cid, Delivery>,
    places: BTreeMap<Cid, Seq>,
}

impl Progress {
    const fn new(room: RoomId) -> Self {
        Self { room, order: Vec::new(), sent: BTreeMap::new(), places: BTreeMap::new() }
    }

    fn note(&mut self, batch: Option<&Batch>) {
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
                    if let Place::Log(seq) = item.place {
                        self.places.insert(cid, seq);
                    }
                }
            }
        }
    }

    /// Batches may have been missed: what is not in the outbox any more has arrived.
    async fn ask(&mut self, open: &Open) -> Result<(), Failure> {
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

    fn is_over(&self) -> bool {
        self.sent
            .values()
            .all(|delivery| matches!(delivery, Delivery::Sent | Delivery::Wedged { .. }))
    }

    fn report(&self, json: bool, open: &Open) -> Code {
        let mut worst = Code::Done;
        for cid in &self.order {
            let delivery = self.sent.get(cid).unwrap_or(&Delivery::Queued);
            let code = match delivery {
                Delivery::Sent => Code::Done,
                Delivery::Queued | Delivery::Sending => Code::Queued,
                Delivery::Wedged { .. } => Code::Refused,
            };
            if code.number() > worst.number() {
                worst = code;
            }
            if json {
                println!(
                    "{}",
                    json!({
                        "cid": cid,
                        "room": self.room,
                        "delivery": delivery,
                        "seq": self.places.get(cid),
                    })
                );
            } else if let Delivery::Wedged { reason } = delivery {
                eprintln!("homing: the server will not take the message: {}", wedged(*reason));
            }
        }
        if worst == Code::Queued && !json {
            let why = open.complaint().map_or_else(
                || "the server has not answered in time".to_owned(),
                |complaint| complaint.text,
            );
            eprintln!("homing: queued; {why}. The next homing that reaches the server sends it");
        }
        worst
    }
}
