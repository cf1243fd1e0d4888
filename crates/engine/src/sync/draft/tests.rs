//! Devices of one member and a server that keeps the latest value of each key.

use std::collections::{BTreeMap, BTreeSet};

use homing_protocol::frame::{Uevent, Upage, UserKey};
use homing_protocol::{ClientFrame, RoomId, Useq};
use homing_testkit::builders::room_id;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::own_stream::OwnStream;
use crate::store::OwnRow;
use crate::timeouts::DRAFT_SETTLES;

const LONG: &str = "two hundred words of somebody who sat in a train";

fn room() -> RoomId {
    room_id(1)
}

#[derive(Default)]
struct Device {
    own: OwnStream,
    online: bool,
    /// The rows as its store holds them.
    rows: BTreeMap<String, OwnRow>,
    /// Received from the server and not applied yet.
    inbox: Vec<Uevent>,
    /// Messages of the person that this device has not seen yet.
    unheard: Vec<String>,
}

impl Device {
    fn keep(&mut self, rows: impl IntoIterator<Item = OwnRow>) {
        for row in rows {
            self.rows.insert(row.key.to_string(), row);
        }
    }

    /// The composer's text, and the draft offered beside it.
    fn text(&self) -> (&str, &str) {
        (self.own.draft(room()), self.own.other_draft(room()))
    }

    /// Everything it has on disk: the draft, and what is or will be offered.
    fn holds(&self) -> BTreeSet<&str> {
        let row = self.rows.values().next();
        let fork = row.and_then(|row| row.fork.as_ref());
        let beside = fork.into_iter().flat_map(|fork| fork.theirs.iter().chain(&fork.kept));
        let own = row.and_then(|row| row.value.as_str());
        beside.map(String::as_str).chain(own).collect()
    }
}

struct Member {
    devices: [Device; 2],
    useq: u64,
    value: Value,
    now: Instant,
}

impl Member {
    fn new() -> Self {
        let mut member =
            Self { devices: Default::default(), useq: 0, value: Value::Null, now: Instant::now() };
        member.online(0);
        member.online(1);
        member
    }

    /// Types a whole text on a device that shows the current state.
    fn types(&mut self, at: usize, text: &str) {
        let seen = self.devices[at].own.draft(room()).to_owned();
        self.writes(at, text, &seen);
    }

    fn writes(&mut self, at: usize, text: &str, seen: &str) {
        let (now, device) = (self.now, &mut self.devices[at]);
        let row = device.own.write_draft(room(), text, seen, now);
        device.keep(row);
    }

    fn offline(&mut self, at: usize) {
        let device = &mut self.devices[at];
        device.online = false;
        device.inbox.clear();
        device.own.offline();
    }

    fn online(&mut self, at: usize) {
        let (useq, now, device) = (self.useq, self.now, &mut self.devices[at]);
        device.online = true;
        device.inbox.clear();
        device.own.online(Useq(useq), now);
    }

    /// The program restarts without a connection.
    fn restart(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let forgotten = |row: &OwnRow| row.value.is_null() && !row.pending && row.fork.is_none();
        let rows = device.rows.values().filter(|row| !forgotten(row)).cloned().collect();
        device.own = OwnStream::new(device.own.at(), rows);
        device.online = false;
        device.inbox.clear();
    }

    /// The device sends one thing. Pushes wait at the devices until they take them.
    fn sends(&mut self, at: usize) -> bool {
        self.now += DRAFT_SETTLES;
        let frames = self.devices[at].own.poll(self.now);
        let rows = self.devices[at].own.leaving_drafts();
        self.devices[at].keep(rows);
        let any = !frames.is_empty();
        for frame in frames {
            match frame {
                ClientFrame::Set(set) => {
                    self.useq += 1;
                    self.value = set.value;
                    let event =
                        Uevent { useq: Useq(self.useq), key: set.key, value: self.value.clone() };
                    for device in self.devices.iter_mut().filter(|device| device.online) {
                        device.inbox.push(event.clone());
                    }
                }
                ClientFrame::Upull(pull) => {
                    let event = Uevent {
                        useq: Useq(self.useq),
                        key: UserKey::Draft(room()),
                        value: self.value.clone(),
                    };
                    let events = if pull.useq < event.useq { vec![event] } else { vec![] };
                    let (upto, head) = (Useq(self.useq), Useq(self.useq));
                    let device = &mut self.devices[at];
                    let rows =
                        device.own.page(Upage { rid: pull.rid, events, upto, head }).unwrap();
                    device.keep(rows);
                }
                _ => {}
            }
        }
        any
    }

    fn takes(&mut self, at: usize) -> bool {
        let device = &mut self.devices[at];
        let events = std::mem::take(&mut device.inbox);
        let any = !events.is_empty();
        for event in events {
            let rows = device.own.event(event);
            device.keep(rows);
        }
        any
    }

    /// A message is on the server, and both devices will be told.
    fn says(&mut self, message: &str) {
        for device in &mut self.devices {
            device.unheard.push(message.to_owned());
        }
    }

    fn hears(&mut self, at: usize) -> bool {
        let device = &mut self.devices[at];
        let messages = std::mem::take(&mut device.unheard);
        let any = device.online && !messages.is_empty();
        if !device.online {
            device.unheard = messages;
            return false;
        }
        for message in messages {
            let row = device.own.message_committed(room(), &message);
            device.keep(row);
        }
        any
    }

    /// The composer's text is sent as a message.
    fn sends_message(&mut self, at: usize) {
        let text = self.devices[at].own.draft(room()).to_owned();
        self.types(at, "");
        self.says(&text);
    }

    fn settles(&mut self) {
        for _ in 0..100 {
            if ![0, 1].into_iter().any(|at| self.hears(at) || self.takes(at) || self.sends(at)) {
                return;
            }
        }
        panic!("the devices never come to rest");
    }

    fn back(&mut self, at: usize) {
        self.online(at);
        self.settles();
    }
}

#[test]
fn what_is_written_on_one_device_is_on_an_idle_one() {
    let mut member = Member::new();
    member.types(0, "h");
    member.types(0, LONG);
    member.settles();
    assert_eq!(member.devices[1].text(), (LONG, ""));
    assert_eq!(member.value, json!(LONG));
}

#[test]
fn both_texts_are_on_both_devices_whoever_was_offline() {
    for away in [0, 1] {
        let mut member = Member::new();
        let here = 1 - away;
        member.offline(away);
        member.types(away, LONG);
        member.types(here, "ok");
        member.settles();
        member.restart(away);
        member.back(away);
        assert_eq!(member.devices[away].text(), (LONG, "ok"));
        assert_eq!(member.devices[here].text(), ("ok", LONG));
    }
}

#[test]
fn a_text_that_was_saved_here_is_not_replaced_by_another_devices() {
    let mut member = Member::new();
    member.types(0, LONG);
    member.settles();
    assert_eq!(member.devices[1].text().0, LONG);
    member.types(1, "ok");
    member.settles();
    assert_eq!(member.devices[0].text(), (LONG, "ok"));
    assert_eq!(member.devices[1].text(), ("ok", ""));
    member.restart(0);
    assert_eq!(member.devices[0].text(), (LONG, "ok"), "after a restart too");
}

#[test]
fn what_is_offered_follows_the_other_device_and_goes_when_it_was_sent_there() {
    let mut member = Member::new();
    member.types(0, LONG);
    member.types(1, "ok");
    member.settles();
    member.types(1, "ok then");
    member.settles();
    assert_eq!(member.devices[0].text(), (LONG, "ok then"));
    member.types(1, "");
    member.settles();
    assert_eq!(member.devices[0].text(), (LONG, ""));
    // Sent as a message that is known here before the draft ends.
    member.types(1, "and another");
    member.settles();
    let row = member.devices[0].own.message_committed(room(), "and another ").unwrap();
    assert_eq!(row.fork.unwrap().theirs, None);
    assert_eq!(member.devices[0].text(), (LONG, ""));
}

#[test]
fn sent_elsewhere_it_is_empty_here_afterwards() {
    for (away, restarted, more) in
        [(true, false, ""), (true, true, ", and more"), (false, false, ""), (false, false, "!")]
    {
        let mut member = Member::new();
        member.types(0, LONG);
        member.settles();
        if away {
            member.offline(0);
        }
        if restarted {
            member.restart(0);
        }
        member.types(1, &format!("{LONG}{more}"));
        member.settles();
        member.sends_message(1);
        member.settles();
        member.back(0);
        assert_eq!(member.devices[0].text(), ("", ""), "{more}");
        assert_eq!(member.value, Value::Null);
    }
}

#[test]
fn ended_elsewhere_it_is_offered_here_until_it_is_seen_in_a_message() {
    for sent in [false, true] {
        let mut member = Member::new();
        member.types(0, LONG);
        member.settles();
        member.types(1, "");
        member.settles();
        assert_eq!(member.devices[0].text(), ("", LONG));
        assert_eq!(member.devices[1].text(), ("", ""), "only where it was typed");
        member.restart(0);
        assert_eq!(member.devices[0].text(), ("", LONG), "after a restart too");
        member.back(0);
        // Another draft appears and disappears meanwhile.
        member.types(1, "another");
        member.settles();
        assert_eq!(member.devices[0].text(), ("another", LONG));
        member.types(1, "");
        member.settles();
        assert_eq!(member.devices[0].text(), ("", LONG));
        if sent {
            // The message was slower than the end of its draft.
            member.says(LONG);
            member.settles();
            assert_eq!(member.devices[0].text(), ("", ""));
        } else {
            member.writes(0, LONG, LONG);
            member.settles();
            assert_eq!(member.devices[0].text(), (LONG, ""));
            assert_eq!(member.value, json!(LONG));
        }
    }
}

#[test]
fn an_end_that_crosses_what_is_typed_takes_nothing() {
    let mut member = Member::new();
    member.types(0, "ok");
    member.settles();
    // Sent on the other device while the person continues here.
    member.sends_message(1);
    member.types(0, LONG);
    member.sends(0);
    member.sends(1);
    assert_eq!(member.value, Value::Null, "the last writer wins");
    member.takes(0);
    assert_eq!(member.devices[0].text(), ("", LONG));
    // The other device learns what it replaced, and restores it.
    member.settles();
    assert_eq!((member.devices[0].text(), member.devices[1].text()), ((LONG, ""), (LONG, "")));
    assert_eq!(member.value, json!(LONG));
    member.types(1, "another");
    member.settles();
    assert_eq!(member.devices[0].text(), (LONG, "another"), "it was typed here");
}

#[test]
fn who_has_not_seen_what_came_does_not_end_it() {
    let mut member = Member::new();
    member.types(1, "ok");
    member.settles();
    member.types(1, LONG);
    member.settles();
    // The composer held it back while the person was typing, and the person sent the composer's
    // text.
    member.writes(0, "", "ok");
    member.settles();
    assert_eq!(member.devices[0].text(), ("", LONG));
    assert_eq!(member.devices[1].text(), (LONG, ""));
    assert_eq!(member.value, json!(LONG));
}

#[test]
fn what_was_handed_to_a_lost_connection_is_nothing_to_wait_for() {
    let mut member = Member::new();
    member.types(0, "ok");
    member.settles();
    member.types(0, "");
    member.now += DRAFT_SETTLES;
    // It never arrived.
    assert_eq!(member.devices[0].own.poll(member.now).len(), 1);
    member.offline(0);
    member.types(1, LONG);
    member.settles();
    member.back(0);
    assert_eq!(member.devices[0].text(), (LONG, ""));
    member.sends_message(1);
    member.settles();
    assert_eq!((member.devices[0].text(), &member.value), (("", ""), &Value::Null));
}

#[test]
fn who_sends_one_text_takes_nothing_from_the_other_device() {
    let mut member = Member::new();
    member.offline(1);
    member.types(1, "ok");
    member.types(0, LONG);
    member.settles();
    member.types(1, "");
    member.back(1);
    assert_eq!(member.devices[0].text(), (LONG, ""), "its end was not about this text");
    assert_eq!(member.devices[1].text(), (LONG, ""));

    let mut member = Member::new();
    member.offline(0);
    member.types(0, LONG);
    member.types(1, "ok");
    member.settles();
    member.back(0);
    // The server has the long one now; the short one ends.
    member.types(1, "");
    member.settles();
    assert_eq!(member.devices[0].text().0, LONG);
    assert_eq!(member.devices[1].text(), ("", LONG), "still offered, and not pushed into the box");
    member.restart(1);
    assert_eq!(member.devices[1].text(), ("", LONG));
}

#[test]
fn what_is_chosen_is_the_draft_and_nothing_is_offered_any_more() {
    let mut member = Member::new();
    member.types(0, LONG);
    member.settles();
    member.types(1, "ok");
    member.settles();
    let (mine, other) = member.devices[0].text();
    assert_eq!((mine, other), (LONG, "ok"));
    let mut keeping = Member::new();
    keeping.types(0, LONG);
    keeping.settles();
    keeping.types(1, "ok");
    keeping.settles();
    keeping.writes(0, LONG, "ok");
    keeping.settles();
    assert_eq!(keeping.devices[0].text(), (LONG, ""));
    assert_eq!(keeping.devices[1].text(), ("ok", ""));
    member.writes(0, "ok", "ok");
    member.settles();
    assert_eq!(member.devices[0].text(), ("ok", ""));
    assert_eq!(member.devices[1].text(), ("ok", ""));
}

#[test]
fn what_is_used_and_sent_at_once_is_gone_from_where_it_was_typed() {
    let mut member = Member::new();
    member.types(1, "ok");
    member.settles();
    member.types(0, LONG);
    member.offline(0);
    member.back(0);
    member.types(1, "on my way");
    member.settles();
    assert_eq!(member.devices[0].text(), (LONG, "on my way"));
    // Within the delay after which a draft is sent.
    member.writes(0, "on my way", "on my way");
    member.sends_message(0);
    member.settles();
    assert_eq!(member.devices[0].text(), ("", ""));
    assert_eq!(member.devices[1].text(), ("", ""));
}

#[test]
fn what_came_while_somebody_typed_is_offered() {
    let mut member = Member::new();
    member.types(1, "ok");
    member.settles();
    member.writes(0, "hello", "");
    member.settles();
    assert_eq!(member.devices[0].text(), ("hello", "ok"));
    member.writes(0, "hello there", "hello");
    member.settles();
    assert_eq!(member.devices[0].text(), ("hello there", "ok"));
}

#[test]
fn an_echo_of_ones_own_is_no_other_devices_text() {
    let mut member = Member::new();
    member.types(0, "first");
    member.sends(0);
    member.types(0, "second");
    member.restart(0);
    member.back(0);
    assert_eq!(member.devices[0].text(), ("second", ""));
    // Sent while the draft was in flight.
    member.types(0, "third");
    member.sends(0);
    member.types(0, "");
    member.restart(0);
    member.back(0);
    assert_eq!((member.devices[0].text(), &member.value), (("", ""), &Value::Null));
}

#[test]
fn after_a_restore_a_text_that_was_written_here_is_written_again() {
    let mut member = Member::new();
    member.types(0, LONG);
    member.settles();
    let rows = member.devices[0].own.reset();
    assert!(rows.iter().any(|row| row.value == json!(LONG) && row.pending));
    let rows = member.devices[1].own.reset();
    assert!(rows.iter().all(|row| row.value.is_null()), "only a copy");
}

mod any;
