//! The checker of histories finds what it is for: a test that can't fail is worse than none.

use std::collections::{BTreeMap, BTreeSet};

use homing_protocol::Seq;
use homing_testkit::builders::{cid, event_id};
use homing_testkit::history::{DeviceHistory, History, LogEntry};

fn entry(seq: u64) -> LogEntry {
    LogEntry { seq: Seq(seq), id: None, cid: Some(cid(seq)) }
}

/// Ada wrote three messages, all of which arrived.
fn good() -> History {
    let log: Vec<LogEntry> = (1..=3).map(entry).collect();
    let ada = DeviceHistory {
        written: (1..=3).map(cid).collect(),
        late: BTreeSet::new(),
        shown_sent: (1..=3).map(|n| (cid(n), Seq(n))).collect(),
        announced: vec![event_id(1, 1), event_id(1, 2)],
        shown: BTreeMap::from([(Seq(1), BTreeSet::from([cid(1).to_string()]))]),
        received: (1..=3).map(Seq).collect(),
        read: vec![Seq(0), Seq(2), Seq(2), Seq(3)],
        left: None,
        outbox: BTreeSet::new(),
        log: log.clone(),
    };
    let devices = BTreeMap::from([("Ada".to_owned(), ada)]);
    History { devices, server: log, quiet: BTreeSet::new() }
}

fn broken(how: impl FnOnce(&mut History)) -> Vec<&'static str> {
    let mut history = good();
    how(&mut history);
    let found: BTreeSet<&str> =
        history.violations().into_iter().map(|violation| violation.promise).collect();
    found.into_iter().collect()
}

fn both(history: &mut History, log: Vec<LogEntry>) {
    history.server = log.clone();
    history.devices.get_mut("Ada").unwrap().log = log;
}

#[test]
fn each_broken_promise_is_named() {
    assert_eq!(broken(|_| {}), Vec::<&str>::new());
    let lost = broken(|history| both(history, vec![entry(1), entry(2)]));
    assert_eq!(lost, ["I1", "I2"]);
    let twice = broken(|history| {
        let again = LogEntry { seq: Seq(4), ..entry(3) };
        both(history, vec![entry(1), entry(2), entry(3), again]);
    });
    assert_eq!(twice, ["I1", "I2"]);
    let elsewhere = broken(|history| {
        history.devices.get_mut("Ada").unwrap().shown_sent.insert(cid(3), Seq(2));
    });
    assert_eq!(elsewhere, ["I1"]);
    let diverged = broken(|history| {
        history.devices.get_mut("Ada").unwrap().log.pop();
    });
    assert_eq!(diverged, ["I3"]);
    let torn = broken(|history| {
        both(history, vec![entry(1), entry(2), LogEntry { seq: Seq(4), ..entry(3) }]);
        history.devices.get_mut("Ada").unwrap().shown_sent.remove(&cid(3));
    });
    assert_eq!(torn, ["I3"]);
    let swapped = broken(|history| history.devices.get_mut("Ada").unwrap().written.swap(0, 2));
    assert_eq!(swapped, ["I4"]);
    let again = broken(|history| {
        history.devices.get_mut("Ada").unwrap().announced.push(event_id(1, 1));
    });
    assert_eq!(again, ["I5"]);
    let doubled = broken(|history| {
        let shown = &mut history.devices.get_mut("Ada").unwrap().shown;
        shown.entry(Seq(1)).or_default().insert("another".to_owned());
    });
    assert_eq!(doubled, ["I5"]);
    let unread = broken(|history| {
        history.devices.get_mut("Ada").unwrap().read.push(Seq(2));
    });
    assert_eq!(unread, ["I6"]);
    let gone = |received: u64, log: Vec<LogEntry>| {
        broken(|history| {
            let ada = history.devices.get_mut("Ada").unwrap();
            ada.left = Some(Seq(2));
            ada.received = (1..=received).map(Seq).collect();
            ada.log = log;
        })
    };
    assert_eq!(gone(2, Vec::new()), Vec::<&str>::new());
    assert_eq!(gone(3, Vec::new()), ["I7"]);
    assert_eq!(gone(2, vec![entry(1)]), ["I7"]);
}

#[test]
fn what_is_still_queued_is_not_lost() {
    let kept = broken(|history| {
        let ada = history.devices.get_mut("Ada").unwrap();
        ada.written.push(cid(4));
        ada.outbox.insert(cid(4));
    });
    assert_eq!(kept, Vec::<&str>::new());
}
