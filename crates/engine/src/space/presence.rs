//! Reports the person's presence to the server: whether they are active, and which room is visible.
//! Pure.
//!
//! Only the latest state matters. So changes are debounced, reported once a second at most, and
//! only if they differ from the last report. A person who clicks through forty rooms causes one
//! frame a second, and the server's rate limit is left for frames that matter.

use std::time::Duration;

use homing_protocol::frame::ClientEph;
use homing_protocol::{ClientFrame, RoomId};
use tokio::time::Instant;

/// The debounce time: a room that is left within it was not read.
const SETTLES: Duration = Duration::from_millis(300);
/// The minimum interval of reports. The server accepts 120 lossy frames a minute, and receipts and
/// typing notices are among them.
const LEAST: Duration = Duration::from_secs(1);

/// What the server is told about the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LocalPresence {
    /// Whether the person is at the machine; `None` if unknown.
    pub(super) active: Option<bool>,
    /// The room on the screen.
    pub(super) visible_room: Option<RoomId>,
}

/// What was reported on this connection, and when the next report is due.
#[derive(Debug, Default)]
pub(super) struct PresenceReporter {
    reported: Option<LocalPresence>,
    at: Option<Instant>,
    due: Option<Instant>,
    /// When the first unreported change happened.
    since: Option<Instant>,
}

impl PresenceReporter {
    /// A connection was welcomed, on which nothing has been reported.
    pub(super) fn online(&mut self, now: Instant) {
        *self = Self { due: Some(now), ..Self::default() };
    }

    /// The connection is gone.
    pub(super) fn offline(&mut self) {
        *self = Self::default();
    }

    /// The state may have changed.
    pub(super) fn changed(&mut self, now: Instant) {
        if self.reported.is_none() {
            return;
        }
        let since = *self.since.get_or_insert(now);
        let settled = (now + SETTLES).min(since + LEAST);
        self.due = Some(self.at.map_or(settled, |at| settled.max(at + LEAST)));
    }

    /// When the next report is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// The frames to send now.
    pub(super) fn poll(&mut self, now: Instant, are: LocalPresence) -> Vec<ClientFrame> {
        if self.due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        let first = self.reported.is_none();
        let told = self.reported.replace(are).unwrap_or_default();
        (self.due, self.since) = (None, None);
        let mut frames = Vec::new();
        if let Some(active) = are.active.filter(|active| told.active != Some(*active)) {
            frames.push(ClientFrame::Eph(ClientEph::Activity { active }));
        }
        if first || told.visible_room != are.visible_room {
            frames.push(ClientFrame::Eph(ClientEph::Looking { room: are.visible_room }));
        }
        if !frames.is_empty() {
            self.at = Some(now);
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use homing_testkit::builders::room_id;

    use super::*;

    fn at(active: bool, room: u64) -> LocalPresence {
        LocalPresence { active: Some(active), visible_room: Some(room_id(room)) }
    }

    fn looks(frames: &[ClientFrame]) -> usize {
        let look =
            |frame: &&ClientFrame| matches!(frame, ClientFrame::Eph(ClientEph::Looking { .. }));
        frames.iter().filter(look).count()
    }

    #[test]
    fn a_connection_is_told_all_at_once_and_then_only_what_is_new() {
        let start = Instant::now();
        let mut reporter = PresenceReporter::default();
        reporter.changed(start);
        assert_eq!(reporter.poll(start, at(true, 1)), [], "nobody is there to be told");
        reporter.online(start);
        assert_eq!(reporter.poll(start, at(true, 1)).len(), 2);
        // The same state again, because a window may report it more than once.
        reporter.changed(start + LEAST * 5);
        let due = reporter.deadline().unwrap();
        assert_eq!(due, start + LEAST * 5 + SETTLES);
        assert_eq!(reporter.poll(due, at(true, 1)), []);
        reporter.changed(due);
        assert_eq!(reporter.poll(reporter.deadline().unwrap(), at(false, 1)).len(), 1);
        assert_eq!(reporter.deadline(), None);
    }

    #[test]
    fn one_telling_a_second_however_fast_somebody_walks() {
        for step_ms in [100, 200, 350, 700] {
            let start = Instant::now();
            let mut reporter = PresenceReporter::default();
            reporter.online(start);
            reporter.poll(start, at(true, 0));
            let (mut told, mut now, mut room) = (Vec::new(), start, 0);
            while now < start + Duration::from_secs(60) {
                room += 1;
                // The old room, the new room and its end, as the window reports them.
                for _ in 0..3 {
                    reporter.changed(now);
                }
                let step = now + Duration::from_millis(step_ms);
                while reporter.deadline().is_some_and(|due| due < step) {
                    let due = reporter.deadline().unwrap();
                    told.extend(reporter.poll(due, at(true, room)));
                }
                now = step;
            }
            assert!((40..=61).contains(&looks(&told)), "{step_ms} ms: {}", told.len());
            assert_eq!(told.len(), looks(&told));
        }
    }

    #[test]
    fn where_somebody_stays_is_told_in_the_end() {
        let start = Instant::now();
        let mut reporter = PresenceReporter::default();
        reporter.online(start);
        reporter.poll(start, at(true, 0));
        reporter.changed(start + SETTLES);
        let due = reporter.deadline().unwrap();
        assert_eq!(due, start + LEAST);
        let expected = ClientFrame::Eph(ClientEph::Looking { room: Some(room_id(7)) });
        assert_eq!(reporter.poll(due, at(true, 7)), [expected]);
    }
}
