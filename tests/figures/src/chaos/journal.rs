//! What a device did and saw, line by line in a file.
//!
//! Each line is handed to the system in one write before anything else happens, so what a device
//! saw before it was killed is known. Only a kill in the middle of that write leaves half a line
//! behind; the next life cuts it off. A line that is missing asserts nothing: the journal may know
//! too little, never too much.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use homing_protocol::{Cid, EventId, Seq};
use homing_testkit::history::DeviceHistory;
use serde::{Deserialize, Serialize};

/// One thing that a device did or saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum Note {
    /// The person is about to write their message with this number. Whether they did is known only
    /// by what follows.
    Intends { n: u64 },
    /// It is on the disk.
    Wrote { n: u64, cid: Cid },
    /// It has its second text, which begins with a zero.
    Edited { n: u64 },
    /// A message of somebody else came.
    Announced { id: EventId, seq: Seq },
    /// A row was shown.
    Shown { seq: Seq, key: String, sent: bool },
    /// The room was shown as read up to here.
    Read { seq: Seq },
}

/// The file.
#[derive(Debug)]
pub(super) struct Journal(File);

impl Journal {
    /// Opens it to go on, and answers what is in it.
    pub(super) fn open(path: &Path) -> Result<(Self, Record)> {
        let opening = || format!("opening {}", path.display());
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let mut file = options.open(path).with_context(opening)?;
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(opening)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(u64::try_from(whole)?)?;
        let record = Record::read(text.get(..whole).unwrap_or_default());
        Ok((Self(file), record.with_context(opening)?))
    }

    pub(super) fn write(&mut self, notes: &[Note]) -> Result<()> {
        let mut text = String::new();
        for note in notes {
            text.push_str(&serde_json::to_string(note)?);
            text.push('\n');
        }
        self.0.write_all(text.as_bytes()).context("writing the journal")
    }
}

/// What a journal says.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// The history of the device, but for what it holds now.
    pub(super) device: DeviceHistory,
    /// The numbers of its messages that are on its disk for certain.
    pub(super) wrote: Vec<u64>,
    /// Those of them that were edited for certain.
    pub(super) edited: Vec<u64>,
    /// The last number that it may have used.
    pub(super) last: u64,
}

impl Record {
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut record = Self::default();
        for line in text.lines() {
            record.take(serde_json::from_str(line).with_context(|| line.to_owned())?);
        }
        Ok(record)
    }

    fn take(&mut self, note: Note) {
        let device = &mut self.device;
        match note {
            Note::Intends { n } => self.last = self.last.max(n),
            Note::Wrote { n, cid } => {
                self.wrote.push(n);
                device.written.push(cid);
            }
            Note::Edited { n } => self.edited.push(n),
            Note::Announced { id, seq } => {
                device.announced.push(id);
                device.received.insert(seq);
            }
            Note::Shown { seq, key, sent } => {
                device.received.insert(seq);
                if sent && let Ok(cid) = key.parse() {
                    device.shown_sent.insert(cid, seq);
                }
                device.shown.entry(seq).or_default().insert(key);
            }
            Note::Read { seq } => device.read.push(seq),
        }
    }
}

#[cfg(test)]
mod tests {
    use homing_testkit::builders;

    use super::*;

    #[test]
    fn what_was_written_is_there_in_the_next_life_and_half_a_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let cid = builders::cid(1);
        let notes = [
            Note::Intends { n: 1 },
            Note::Wrote { n: 1, cid },
            Note::Shown { seq: Seq(4), key: cid.to_string(), sent: true },
            Note::Read { seq: Seq(4) },
            Note::Intends { n: 2 },
        ];
        let (mut journal, before) = Journal::open(&path).unwrap();
        assert_eq!(before.last, 0);
        journal.write(&notes).unwrap();
        journal.0.write_all(b"{\"t\":\"wro").unwrap();

        let (mut journal, record) = Journal::open(&path).unwrap();
        assert_eq!((record.last, record.wrote.as_slice()), (2, &[1][..]));
        assert_eq!(record.device.written, [cid]);
        assert_eq!(record.device.shown_sent[&cid], Seq(4));
        assert_eq!(record.device.read, [Seq(4)]);
        journal.write(&[Note::Intends { n: 3 }]).unwrap();
        assert_eq!(Journal::open(&path).unwrap().1.last, 3);
    }

    #[test]
    fn a_line_that_is_no_note_is_an_error() {
        assert!(Record::read("{\"t\":\"guessed\"}\n").is_err());
    }
}
