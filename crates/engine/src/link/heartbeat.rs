//! Whether the other side is still there. Pure: it computes one deadline and says what is due.
//!
//! Any byte is life. Silence for [`Timeouts::silence`] is death. Before that, whoever waits for an
//! answer asks: a probe is sent when a message stays unanswered, and a probe that stays unanswered
//! is death as well.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::timeouts::Timeouts;

/// What is due at the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing: bytes came in the meantime.
    Nothing,
    /// Send a `ping` with this number.
    Probe(u64),
    /// The other side is gone.
    Dead,
}

/// The life signs of one connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    timeouts: Timeouts,
    last_byte: Instant,
    /// When each `send` left that has no answer yet, oldest first. As many as may be in flight.
    unanswered: VecDeque<Instant>,
    /// The oldest probe that nothing came after.
    probe: Option<Probe>,
    /// When the last probe left: one unanswered message is not probed for in a row without a pause.
    probed: Option<Instant>,
    probes: u64,
    rtt: Option<Duration>,
    foreground: bool,
}

#[derive(Debug, Clone, Copy)]
struct Probe {
    left: Instant,
    /// When it is too late for an answer.
    until: Instant,
}

impl Heartbeat {
    pub(super) fn new(timeouts: Timeouts, now: Instant, foreground: bool) -> Self {
        Self {
            timeouts,
            last_byte: now,
            unanswered: VecDeque::new(),
            probe: None,
            probed: None,
            probes: 0,
            rtt: None,
            foreground,
        }
    }

    /// Bytes came, the last of them at `at`.
    pub(super) fn heard(&mut self, at: Instant) {
        self.last_byte = self.last_byte.max(at);
        // A probe asks "are you there", and any byte answers that; its pong only measures.
        if self.probe.is_some_and(|probe| at > probe.left) {
            self.probe = None;
        }
    }

    /// A `pong` came. Answers the round trip if it was to the last probe.
    pub(super) fn pong(&mut self, number: u64, now: Instant) -> Option<Duration> {
        let left = self.probed.filter(|_| number == self.probes)?;
        self.probe = None;
        let rtt = now - left;
        self.rtt = Some(rtt);
        Some(rtt)
    }

    /// Something left that must be answered.
    pub(super) fn asked(&mut self, now: Instant) {
        self.unanswered.push_back(now);
    }

    /// The oldest of them was answered.
    pub(super) fn answered(&mut self) {
        self.unanswered.pop_front();
    }

    /// Whether the person is looking on.
    pub(super) fn foreground(&mut self, yes: bool) {
        self.foreground = yes;
    }

    /// A probe leaves now. Answers its number.
    pub(super) fn probe(&mut self, now: Instant) -> u64 {
        self.probe_for(now, self.timeouts.probe_answer)
    }

    /// A probe leaves now, because something says that the line may be dead. It is given no more
    /// time than a healthy line needs. Answers its number.
    pub(super) fn doubt(&mut self, now: Instant) -> u64 {
        self.probe_for(now, self.soon())
    }

    fn probe_for(&mut self, now: Instant, patience: Duration) -> u64 {
        self.probes += 1;
        self.probed = Some(now);
        // The oldest unanswered one counts: probing again must not put off the verdict.
        let probe = self.probe.get_or_insert(Probe { left: now, until: now + patience });
        probe.until = probe.until.min(now + patience);
        self.probes
    }

    /// Twice the last round trip, and not too little.
    fn soon(&self) -> Duration {
        (self.rtt.unwrap_or_default() * 2).max(self.timeouts.probe_least)
    }

    /// When to ask [`due`](Self::due).
    pub(super) fn deadline(&self) -> Instant {
        let dead = match self.probe {
            Some(probe) => self.silent().min(probe.until),
            None => self.silent(),
        };
        self.worried().map_or(dead, |worried| dead.min(worried))
    }

    /// What is due now.
    pub(super) fn due(&mut self, now: Instant) -> Due {
        let unanswered = self.probe.is_some_and(|probe| now >= probe.until);
        if unanswered || now >= self.silent() {
            return Due::Dead;
        }
        if self.worried().is_some_and(|worried| now >= worried) {
            return Due::Probe(self.probe(now));
        }
        Due::Nothing
    }

    fn silent(&self) -> Instant {
        self.last_byte + self.timeouts.silence
    }

    /// When a message has been unanswered for long enough to probe for it.
    fn worried(&self) -> Option<Instant> {
        if self.probe.is_some() {
            return None;
        }
        let oldest = *self.unanswered.front()?;
        let since = self.probed.map_or(oldest, |probed| oldest.max(probed));
        let answer = self.timeouts.send_answer;
        Some(since + if self.foreground { self.soon().min(answer) } else { answer })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        beat.heard(start + seconds(20));
        assert_eq!(beat.due(start + seconds(35)), Due::Nothing);
        assert_eq!(beat.deadline(), start + seconds(55));
        assert_eq!(beat.due(start + seconds(55)), Due::Dead);
    }

    #[test]
    fn a_message_without_an_answer_is_probed_for_and_then_given_up() {
        let (mut beat, start) = heartbeat(false);
        beat.asked(start);
        assert_eq!(beat.deadline(), start + seconds(5));
        assert_eq!(beat.due(start + seconds(5)), Due::Probe(1));
        assert_eq!(beat.deadline(), start + seconds(10));
        assert_eq!(beat.due(start + seconds(10)), Due::Dead);
    }

    #[test]
    fn a_slow_server_that_answers_probes_is_alive() {
        let (mut beat, start) = heartbeat(false);
        beat.asked(start);
        assert_eq!(beat.due(start + seconds(5)), Due::Probe(1));
        beat.heard(start + seconds(6));
        assert_eq!(beat.pong(1, start + seconds(6)), Some(seconds(1)));
        assert_eq!(beat.deadline(), start + seconds(10));
        assert_eq!(beat.due(start + seconds(10)), Due::Probe(2));
    }

    #[test]
    fn while_the_person_looks_on_the_probe_comes_sooner() {
        for (rtt, wait) in [(0, 2), (1, 2), (2, 4), (4, 5)] {
            let (mut beat, start) = heartbeat(true);
            let number = beat.probe(start);
            beat.heard(start + seconds(rtt));
            beat.pong(number, start + seconds(rtt));
            let sent = start + seconds(10);
            beat.asked(sent);
            assert_eq!(beat.deadline(), sent + seconds(wait), "rtt {rtt} s");
        }
    }

    #[test]
    fn an_answered_message_worries_nobody() {
        let (mut beat, start) = heartbeat(false);
        beat.asked(start);
        beat.asked(start + seconds(2));
        beat.heard(start + seconds(1));
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
        assert_eq!(beat.due(start + seconds(5)), Due::Dead);
    }

    #[test]
    fn a_doubtful_line_is_given_little_time() {
        let (mut beat, start) = heartbeat(false);
        beat.probe(start);
        beat.doubt(start + seconds(1));
        assert_eq!(beat.due(start + seconds(2)), Due::Nothing);
        assert_eq!(beat.due(start + seconds(3)), Due::Dead);
    }
}
