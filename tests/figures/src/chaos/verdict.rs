//! What came out, from what the devices recorded and what the server holds.
//!
//! Two looks at the same run: [`History`] follows the names that devices and server gave to
//! things; the counts follow what people wrote. Each text carries its writer and a number that is
//! used once, so a message lost, doubled or overtaken is seen here even if names were mixed up.

use std::collections::{BTreeMap, BTreeSet};

use homing_protocol::Seq;
use homing_testkit::history::{History, LogEntry};

use super::device::{Account, Row};
use super::journal::Record;

/// One device: its name, its journal and what it holds.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) name: String,
    pub(super) record: Record,
    pub(super) account: Account,
}

/// The counts that must be zero, and some that must not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Messages that were on their writer's disk and are not in the log.
    pub(super) lost: usize,
    /// Messages that are in the log more than once, counted once for each time too many.
    pub(super) duplicated: usize,
    /// Messages that stand after one that their writer wrote later.
    pub(super) out_of_order: usize,
    /// Promises that were not kept, in words.
    pub(super) violations: Vec<String>,
    /// Messages in the log.
    pub(super) messages: usize,
    /// Messages that were shown as sent to their writers.
    pub(super) acknowledged: usize,
}

impl Verdict {
    pub(super) fn is_clean(&self) -> bool {
        let Self { lost, duplicated, out_of_order, violations, .. } = self;
        (*lost, *duplicated, *out_of_order) == (0, 0, 0) && violations.is_empty()
    }
}

/// Judges a run. `server` is the log as it came to a device that held nothing.
pub(super) fn judge(devices: Vec<Told>, server: &[Row]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let mut first: BTreeSet<(&str, u64)> = BTreeSet::new();
    for text in server.iter().filter_map(|row| row.text.as_deref()) {
        verdict.messages += 1;
        match text.rsplit_once(' ').map(|(name, n)| (name, n.parse(), n.starts_with('0'))) {
            Some((name, Ok(n), again)) => {
                numbers.entry(name).or_default().push(n);
                if !again {
                    first.insert((name, n));
                }
            }
            _ => verdict.violations.push(format!("nobody wrote {text:?}")),
        }
    }
    let mut history = history(server);
    for Told { name, record, account } in devices {
        let came = numbers.remove(name.as_str()).unwrap_or_default();
        let once: BTreeSet<u64> = came.iter().copied().collect();
        verdict.lost += record.wrote.iter().filter(|n| !once.contains(n)).count();
        verdict.duplicated += came.len() - once.len();
        verdict.out_of_order += overtaken(&came);
        if let Some(n) = once.last().filter(|n| **n > record.last) {
            verdict.violations.push(format!("{name} never wrote {n}"));
        }
        verdict.acknowledged += record.device.shown_sent.len();
        let unedited = record.edited.iter().filter(|n| first.contains(&(name.as_str(), **n)));
        verdict.violations.extend(unedited.map(|n| format!("{name}'s {n} was edited, and is not")));
        // A device that holds other events is found below.
        if account.log.len() == server.len() {
            let other = account.log.iter().zip(server).filter(|(here, there)| here != there);
            verdict.violations.extend(
                other.map(|(here, there)| format!("{name} shows {here:?}, which is {there:?}")),
            );
        }
        let mut device = record.device;
        device.log = entries(&account.log);
        device.outbox = account.outbox.into_iter().collect();
        history.devices.insert(name, device);
    }
    let strangers = numbers.into_keys().map(|name| format!("{name} is nobody's name"));
    verdict.violations.extend(strangers);
    verdict.violations.extend(history.violations().iter().map(ToString::to_string));
    verdict
}

/// How many stand after a greater one.
fn overtaken(numbers: &[u64]) -> usize {
    let greatest = numbers.iter().scan(0, |greatest, n| {
        let before = *greatest;
        *greatest = before.max(*n);
        Some(before)
    });
    numbers.iter().zip(greatest).filter(|(n, greatest)| *n < greatest).count()
}

/// The server's log. Where nobody has a row is an event that only changes others.
fn history(server: &[Row]) -> History {
    let held: BTreeMap<Seq, LogEntry> =
        entries(server).into_iter().map(|entry| (entry.seq, entry)).collect();
    let head = held.last_key_value().map_or(0, |(seq, _)| seq.0);
    let mut history = History::default();
    for seq in (1..=head).map(Seq) {
        if !held.contains_key(&seq) {
            history.quiet.insert(seq);
        }
        let quiet = LogEntry { seq, id: None, cid: None };
        history.server.push(held.get(&seq).copied().unwrap_or(quiet));
    }
    history
}

fn entries(rows: &[Row]) -> Vec<LogEntry> {
    rows.iter().map(|row| LogEntry { seq: row.seq, id: None, cid: row.cid }).collect()
}

#[cfg(test)]
mod tests {
    use homing_testkit::builders;

    use super::*;

    /// Ada's messages have the names 1, 2, 3, and others' have others.
    fn rows(texts: &[&str]) -> Vec<Row> {
        let cid = |text: &str| {
            let (name, n) = text.rsplit_once(' ')?;
            let n: u64 = n.parse().ok()?;
            Some(builders::cid(if name == "Ada" { n } else { 100 + n }))
        };
        (1..)
            .map(Seq)
            .zip(texts)
            .map(|(seq, text)| Row {
                seq,
                cid: cid(text),
                text: Some((*text).to_owned()),
                marks: (false, false),
                reactions: Vec::new(),
            })
            .collect()
    }

    /// Ada, who wrote three messages and holds what the server holds.
    fn ada(log: &[Row]) -> Told {
        let mut record = Record { wrote: vec![1, 2, 3], last: 3, ..Record::default() };
        record.device.written = (1..=3).map(builders::cid).collect();
        Told {
            name: "Ada".to_owned(),
            record,
            account: Account { log: log.to_vec(), outbox: Vec::new() },
        }
    }

    #[test]
    fn what_is_wrong_is_counted() {
        for (texts, lost, duplicated, out_of_order) in [
            (&["Ada 1", "Ada 2", "Ada 3"][..], 0, 0, 0),
            (&["Ada 1", "Ada 3"], 1, 0, 0),
            (&["Ada 1", "Ada 2", "Ada 2", "Ada 3"], 0, 1, 0),
            (&["Ada 1", "Ada 3", "Ada 2"], 0, 0, 1),
            (&["Ada 2", "Ada 3", "Ada 1", "Ada 1"], 0, 1, 2),
        ] {
            let log = rows(texts);
            let verdict = judge(vec![ada(&log)], &log);
            let counts = (verdict.lost, verdict.duplicated, verdict.out_of_order);
            assert_eq!(counts, (lost, duplicated, out_of_order), "{texts:?}");
            assert_eq!(verdict.is_clean(), counts == (0, 0, 0), "{texts:?}: {verdict:?}");
            assert_eq!(verdict.messages, texts.len());
        }
    }

    #[test]
    fn what_nobody_wrote_is_found() {
        for texts in [
            &["Ada 1", "Ada 2", "Ada 3", "Ada 4"][..],
            &["Ada 1", "Ada 2", "Ada 3", "Ben 1"],
            &["Ada 1", "Ada 2", "Ada 3", "hm"],
        ] {
            let log = rows(texts);
            let verdict = judge(vec![ada(&log)], &log);
            assert_eq!(verdict.violations.len(), 1, "{texts:?}: {verdict:?}");
        }
    }

    #[test]
    fn a_row_that_shows_something_else_is_found_and_an_edit_that_is_lost() {
        let log = rows(&["Ada 1", "Ada 02", "Ada 3"]);
        let with = |change: fn(&mut Told)| {
            let mut ada = ada(&log);
            ada.record.edited = vec![2];
            change(&mut ada);
            judge(vec![ada], &log).violations.len()
        };
        assert_eq!(with(|_| {}), 0);
        assert_eq!(with(|ada| ada.record.edited.push(3)), 1);
        assert_eq!(with(|ada| ada.account.log[1].reactions.push(("👍".to_owned(), 1))), 1);
        assert_eq!(with(|ada| ada.account.log[0].marks.1 = true), 1);
    }

    #[test]
    fn a_device_that_holds_something_else_is_found() {
        let log = rows(&["Ada 1", "Ada 2", "Ada 3"]);
        let mut ada = ada(&log);
        ada.account.log.pop();
        let verdict = judge(vec![ada], &log);
        assert!(!verdict.is_clean() && verdict.lost == 0, "{verdict:?}");
    }
}
