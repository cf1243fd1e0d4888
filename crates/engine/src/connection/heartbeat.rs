//! Whether the server is still there. Pure: it computes one deadline and says what is due.
//!
//! Any byte proves that the server is alive. A silence well beyond the server's own heartbeat means
//! that it is dead. Before that a probe is sent: when a message stays unanswered, and when nothing
//! came for [`Timeouts::probe_every`]. An unanswered probe also means that the server is dead.
//!
//! The server can't answer what has not reached it yet. So the time for an answer does not run
//! while bytes that had to wait in the send buffer are still being written. A proxy may take all
//! bytes at once and forward them slowly; then the server's own keep-alives count, which it sends
//! while it reads a long message.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::timeouts::{HEARTBEAT, HEARTBEAT_LEAST, HEARTBEAT_MOST, Timeouts};

/// What to do at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeartbeatAction {
    /// Nothing, because bytes came in the meantime.
    Nothing,
    /// Send a `ping` with this number.
    Probe(u64),
    /// The server is gone.
    Dead,
    /// The connection did not survive a system event. The server itself may be well.
    Lost,
}

/// The heartbeat of one connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    timeouts: Timeouts,
    /// The server's heartbeat interval, known from `welcome` on. There are no probes before that.
    server_interval: Option<Duration>,
    last_byte: Instant,
    /// When bytes were last written that had waited in the send buffer.
    drained: Option<Instant>,
    /// When each unanswered `send` was written, oldest first. Bounded by the sends in flight.
    unanswered: VecDeque<Instant>,
    /// The oldest probe since which nothing came.
    probe: Option<Probe>,
    /// When the last probe was sent, so that one unanswered message does not cause a probe after
    /// the other.
    last_probe: Option<Instant>,
    probes: u64,
    rtt: Option<Duration>,
    foreground: bool,
}

#[derive(Debug, Clone, Copy)]
struct Probe {
    left: Instant,
    /// The deadline for an answer, unless bytes waited in the send buffer since.
    until: Instant,
    limit: Duration,
    /// A system event says that the connection may be dead.
    urgent: bool,
}

impl Heartbeat {
    pub(super) fn new(timeouts: Timeouts, now: Instant, foreground: bool) -> Self {
        Self {
            timeouts,
            server_interval: None,
            last_byte: now,
            drained: None,
            unanswered: VecDeque::new(),
            probe: None,
            last_probe: None,
            probes: 0,
            rtt: None,
            foreground,
        }
    }

    /// The server sent `welcome` with its heartbeat interval.
    pub(super) fn welcomed(&mut self, heartbeat: Duration) {
        self.server_interval = Some(heartbeat);
    }

    /// Applies another policy.
    pub(super) fn set_timeouts(&mut self, timeouts: Timeouts) {
        self.timeouts = timeouts;
    }

    /// Bytes came, the last of them at `at`.
    pub(super) fn bytes_received(&mut self, at: Instant) {
        self.last_byte = self.last_byte.max(at);
        // Any byte answers the probe; its `pong` only measures.
        if self.probe.is_some_and(|probe| at > probe.left) {
            self.probe = None;
        }
    }

    /// Bytes that had waited in the send buffer were written, the last of them at `at`.
    pub(super) fn drained(&mut self, at: Instant) {
        self.drained = self.drained.max(Some(at));
    }

    /// A `pong` came. Returns the round trip if it answers the last probe.
    pub(super) fn pong(&mut self, number: u64, now: Instant) -> Option<Duration> {
        let left = self.last_probe.filter(|_| number == self.probes)?;
        self.probe = None;
        let rtt = now - left;
        self.rtt = Some(rtt);
        Some(rtt)
    }

    /// A frame was sent that must be answered.
    pub(super) fn awaiting_answer(&mut self, now: Instant) {
        self.unanswered.push_back(now);
    }

    /// The oldest of these frames was answered.
    pub(super) fn answered(&mut self) {
        self.unanswered.pop_front();
    }

    /// Whether the person is at the machine.
    pub(super) fn foreground(&mut self, yes: bool) {
        self.foreground = yes;
    }

    /// A probe is sent now. Returns its number.
    pub(super) fn probe(&mut self, now: Instant) -> u64 {
        self.probe_for(now, self.timeouts.probe_answer, false)
    }

    /// A probe is sent now, because a system event says that the connection may be dead. It gets no
    /// more time than a healthy connection needs. Returns its number.
    pub(super) fn probe_urgently(&mut self, now: Instant) -> u64 {
        self.probe_for(now, self.urgent_limit(), true)
    }

    fn probe_for(&mut self, now: Instant, limit: Duration, urgent: bool) -> u64 {
        self.probes += 1;
        self.last_probe = Some(now);
        // The oldest unanswered probe counts: another one must not postpone the verdict.
        let until = now + limit;
        let probe = self.probe.get_or_insert(Probe { left: now, until, limit, urgent });
        probe.until = probe.until.min(until);
        probe.limit = probe.limit.min(limit);
        probe.urgent |= urgent;
        self.probes
    }

    /// Twice the last round trip, but not less than the minimum.
    fn urgent_limit(&self) -> Duration {
        (self.rtt.unwrap_or_default() * 2).max(self.timeouts.probe_least)
    }

    /// When to call [`due`](Self::due).
    pub(super) fn deadline(&self) -> Instant {
        let dead = match self.probe {
            Some(probe) => self.silence_deadline().min(self.probe_deadline(probe)),
            None => self.silence_deadline(),
        };
        self.next_probe().map_or(dead, |next_probe| dead.min(next_probe))
    }

    /// What is due now.
    pub(super) fn due(&mut self, now: Instant) -> HeartbeatAction {
        match self.probe {
            Some(probe) if now >= self.probe_deadline(probe) => {
                return if probe.urgent { HeartbeatAction::Lost } else { HeartbeatAction::Dead };
            }
            _ if now >= self.silence_deadline() => return HeartbeatAction::Dead,
            _ => {}
        }
        if self.next_probe().is_some_and(|next_probe| now >= next_probe) {
            return HeartbeatAction::Probe(self.probe(now));
        }
        HeartbeatAction::Nothing
    }

    fn silence_deadline(&self) -> Instant {
        let last = Some(self.last_byte).max(self.drained).unwrap_or(self.last_byte);
        last + silence(self.server_interval.unwrap_or(HEARTBEAT), self.timeouts.grace)
    }

    fn probe_deadline(&self, probe: Probe) -> Instant {
        self.drained.map_or(probe.until, |drained| probe.until.max(drained + probe.limit))
    }

    /// When to probe, unless a probe is in flight.
    fn next_probe(&self) -> Option<Instant> {
        if self.probe.is_some() {
            return None;
        }
        let quiet = self.server_interval.map(|_| self.last_byte + self.timeouts.probe_every);
        [quiet, self.unanswered_deadline()].into_iter().flatten().min()
    }

    /// When a message has been unanswered for long enough to probe.
    fn unanswered_deadline(&self) -> Option<Instant> {
        let oldest = *self.unanswered.front()?;
        let since =
            [self.last_probe, self.drained].into_iter().flatten().fold(oldest, Instant::max);
        let answer = self.timeouts.send_answer;
        Some(since + if self.foreground { self.urgent_limit().min(answer) } else { answer })
    }
}

/// The silence after which a server with this heartbeat is dead. Its pings come within a tenth of
/// the interval.
fn silence(heartbeat: Duration, grace: Duration) -> Duration {
    let longest = heartbeat.clamp(HEARTBEAT_LEAST, HEARTBEAT_MOST) * 11 / 10;
    longest + grace
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ConnectionPolicy;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn heartbeat(foreground: bool) -> (Heartbeat, Instant) {
        let now = Instant::now();
        (Heartbeat::new(Timeouts::default(), now, foreground), now)
    }

    #[test]
    fn silence_is_death_after_35_seconds_and_any_byte_is_life() {
        let (mut beat, start) = heartbeat(false);
        assert_eq!(beat.deadline(), start + seconds(35));
        beat.bytes_received(start + seconds(20));
        assert_eq!(beat.due(start + seconds(35)), HeartbeatAction::Nothing);
        assert_eq!(beat.deadline(), start + seconds(55));
        assert_eq!(beat.due(start + seconds(55)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_server_is_given_the_time_it_says_it_needs() {
        for (heartbeat_ms, silence_ms) in [
            (25_000, 35_000),
            (1_000, 8_600),
            (5_000, 13_000),
            (60_000, 73_500),
            // An impossible round trip is ignored.
            (0, 8_600),
            (300_000, 337_500),
            (u64::MAX, 337_500),
        ] {
            let (mut beat, start) = heartbeat(false);
            beat.timeouts.probe_every = seconds(3_600);
            beat.welcomed(Duration::from_millis(heartbeat_ms));
            let dead = start + Duration::from_millis(silence_ms);
            assert_eq!(beat.deadline(), dead, "{heartbeat_ms}");
            assert_eq!(beat.due(dead - Duration::from_millis(1)), HeartbeatAction::Nothing);
            assert_eq!(beat.due(dead), HeartbeatAction::Dead, "{heartbeat_ms}");
        }
    }

    #[test]
    fn a_server_that_is_quiet_for_long_is_asked_and_then_given_up() {
        let (mut beat, start) = heartbeat(false);
        beat.welcomed(seconds(300));
        assert_eq!(beat.due(start + seconds(30)), HeartbeatAction::Probe(1));
        assert_eq!(beat.deadline(), start + seconds(35));
        beat.bytes_received(start + seconds(31));
        assert_eq!(beat.pong(1, start + seconds(31)), Some(seconds(1)));
        assert_eq!(beat.deadline(), start + seconds(61));
        assert_eq!(beat.due(start + seconds(61)), HeartbeatAction::Probe(2));
        assert_eq!(beat.due(start + seconds(66)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_server_that_keeps_its_heartbeat_is_never_asked() {
        let (mut beat, mut now) = heartbeat(false);
        beat.welcomed(HEARTBEAT);
        for _ in 0..100 {
            now += HEARTBEAT * 11 / 10;
            assert_eq!(beat.due(now), HeartbeatAction::Nothing);
            beat.bytes_received(now);
        }
    }

    #[test]
    fn nobody_is_asked_before_welcome() {
        let (mut beat, start) = heartbeat(false);
        beat.timeouts.probe_every = seconds(5);
        assert_eq!(beat.due(start + seconds(9)), HeartbeatAction::Nothing);
        beat.welcomed(HEARTBEAT);
        assert_eq!(beat.due(start + seconds(9)), HeartbeatAction::Probe(1));
    }

    #[test]
    fn what_the_person_chooses_holds_at_once() {
        let (mut beat, start) = heartbeat(false);
        beat.welcomed(HEARTBEAT);
        let chosen = ConnectionPolicy {
            probe_every_ms: 8_000,
            probe_answer_ms: 3_000,
            ..ConnectionPolicy::default()
        };
        beat.set_timeouts(Timeouts::default().with(&chosen));
        assert_eq!(beat.deadline(), start + seconds(8));
        assert_eq!(beat.due(start + seconds(8)), HeartbeatAction::Probe(1));
        assert_eq!(beat.due(start + seconds(11)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_message_without_an_answer_is_probed_for_and_then_given_up() {
        let (mut beat, start) = heartbeat(false);
        beat.awaiting_answer(start);
        assert_eq!(beat.deadline(), start + seconds(5));
        assert_eq!(beat.due(start + seconds(5)), HeartbeatAction::Probe(1));
        assert_eq!(beat.deadline(), start + seconds(10));
        assert_eq!(beat.due(start + seconds(10)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_slow_server_that_answers_probes_is_alive() {
        let (mut beat, start) = heartbeat(false);
        beat.awaiting_answer(start);
        assert_eq!(beat.due(start + seconds(5)), HeartbeatAction::Probe(1));
        beat.bytes_received(start + seconds(6));
        assert_eq!(beat.pong(1, start + seconds(6)), Some(seconds(1)));
        assert_eq!(beat.deadline(), start + seconds(10));
        assert_eq!(beat.due(start + seconds(10)), HeartbeatAction::Probe(2));
    }

    #[test]
    fn while_the_person_looks_on_the_probe_comes_sooner() {
        for (rtt, wait) in [(0, 2), (1, 2), (2, 4), (4, 5)] {
            let (mut beat, start) = heartbeat(true);
            let number = beat.probe(start);
            beat.bytes_received(start + seconds(rtt));
            beat.pong(number, start + seconds(rtt));
            let sent = start + seconds(10);
            beat.awaiting_answer(sent);
            assert_eq!(beat.deadline(), sent + seconds(wait), "rtt {rtt} s");
        }
    }

    /// 240 kB at 6 kB/s: no answer is possible before the last byte has arrived.
    #[test]
    fn a_message_that_is_still_leaving_is_waited_for() {
        let (mut beat, start) = heartbeat(true);
        beat.awaiting_answer(start);
        for second in 1..=40 {
            let now = start + seconds(second);
            beat.drained(now);
            assert_eq!(beat.due(now), HeartbeatAction::Nothing, "after {second} s");
        }
        assert_eq!(beat.due(start + seconds(42)), HeartbeatAction::Probe(1));
        assert_eq!(beat.due(start + seconds(47)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_probe_that_waits_behind_a_message_is_no_question_yet() {
        let (mut beat, start) = heartbeat(false);
        beat.awaiting_answer(start);
        assert_eq!(beat.due(start + seconds(5)), HeartbeatAction::Probe(1));
        beat.drained(start + seconds(9));
        assert_eq!(beat.due(start + seconds(13)), HeartbeatAction::Nothing);
        assert_eq!(beat.due(start + seconds(14)), HeartbeatAction::Dead);
    }

    /// As fast as ever: a connection that takes nothing drains nothing.
    #[test]
    fn a_line_on_which_nothing_moves_any_more_is_dead_as_soon_as_ever() {
        let (mut beat, start) = heartbeat(false);
        beat.drained(start);
        beat.awaiting_answer(start);
        assert_eq!(beat.due(start + seconds(5)), HeartbeatAction::Probe(1));
        assert_eq!(beat.due(start + seconds(10)), HeartbeatAction::Dead);
    }

    #[test]
    fn an_answered_message_worries_nobody() {
        let (mut beat, start) = heartbeat(false);
        beat.awaiting_answer(start);
        beat.awaiting_answer(start + seconds(2));
        beat.bytes_received(start + seconds(1));
        beat.answered();
        assert_eq!(beat.deadline(), start + seconds(7));
        beat.answered();
        assert_eq!(beat.deadline(), start + seconds(36));
    }

    #[test]
    fn probing_again_does_not_put_off_the_verdict() {
        let (mut beat, start) = heartbeat(false);
        beat.probe(start);
        beat.probe(start + seconds(4));
        assert_eq!(beat.due(start + seconds(5)), HeartbeatAction::Dead);
    }

    #[test]
    fn a_doubtful_line_is_given_little_time() {
        let (mut beat, start) = heartbeat(false);
        beat.probe(start);
        beat.probe_urgently(start + seconds(1));
        assert_eq!(beat.due(start + seconds(2)), HeartbeatAction::Nothing);
        assert_eq!(beat.due(start + seconds(3)), HeartbeatAction::Lost);
    }
}
