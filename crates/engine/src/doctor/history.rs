//! How earlier connections ended. That is often the person's problem, although the current
//! connection works. Pure.

use std::time::{Duration, SystemTime};

use homing_protocol::CloseCode;

use super::finding::{FactKind, Finding, Outcome, Step};
use crate::trace::{ConnectionEnd, Side};

/// This many similar ends are a timeout on the way, and no coincidence.
const ALIKE: usize = 3;
/// An idle timeout is longer than this.
const SHORTEST: Duration = Duration::from_secs(3);
/// Ends are similar if their idle times differ by no more than this, or a tenth.
const APART: Duration = Duration::from_secs(1);

/// The first finding. `None` without a record, as in a command that starts no engine.
pub(super) fn judge(ends: Option<&[ConnectionEnd]>) -> Finding {
    let finding = |outcome| Finding::new(Step::History, outcome);
    let Some(ends) = ends else { return finding(Outcome::HistoryUnknown) };
    let Some(last) = ends.last() else { return finding(Outcome::NeverEnded) };
    let idle = cut_when_idle(ends);
    let outcome = match (&idle, last.code) {
        (Some(_), _) => Outcome::CutWhenIdle,
        (None, 4500..=4999) => Outcome::EndedByVerdict,
        (None, _) => Outcome::EndedBefore,
    };
    let mut found = finding(outcome).with(FactKind::CloseCode, CloseCode(last.code).0.to_string());
    let millis = u64::try_from(last.at).unwrap_or(0);
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    found = found.with(FactKind::When, httpdate::fmt_http_date(at));
    match idle {
        Some(idle) => {
            let listed: Vec<_> = idle.iter().map(|one| format!("{} s", one.as_secs())).collect();
            found.with(FactKind::IdleFor, listed.join(", "))
        }
        None => found,
    }
}

/// The idle times before the last ends, if all of them ended without a close frame after a similar
/// time. That is what a proxy does whose idle timeout is shorter than the heartbeat.
fn cut_when_idle(ends: &[ConnectionEnd]) -> Option<Vec<Duration>> {
    let last = ends.get(ends.len().checked_sub(ALIKE)?..)?;
    let bare = |end: &ConnectionEnd| {
        end.code == CloseCode::ABNORMAL.0 && end.by == Side::There && end.idle >= SHORTEST
    };
    let idle: Vec<Duration> = last.iter().map(|end| end.idle).collect();
    let (least, most) = (idle.iter().min()?, idle.iter().max()?);
    let alike = *most - *least <= APART.max(*most / 10);
    (last.iter().all(bare) && alike).then_some(idle)
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn end(code: u16, by: Side, idle_ms: u64) -> ConnectionEnd {
        ConnectionEnd { at: 1_795_197_559_000, code, by, idle: Duration::from_millis(idle_ms) }
    }

    fn cut(idle_ms: u64) -> ConnectionEnd {
        end(1006, Side::There, idle_ms)
    }

    #[test]
    fn the_last_end_is_told_also_when_all_is_fine() {
        for (ends, outcome, verdict) in [
            (None, Outcome::HistoryUnknown, Verdict::Skipped),
            (Some(vec![]), Outcome::NeverEnded, Verdict::Fine),
            (Some(vec![cut(400)]), Outcome::EndedBefore, Verdict::Fine),
            (Some(vec![end(4001, Side::There, 0)]), Outcome::EndedBefore, Verdict::Fine),
            (Some(vec![end(4505, Side::There, 10)]), Outcome::EndedByVerdict, Verdict::Doubtful),
            (Some(vec![end(4502, Side::There, 10)]), Outcome::EndedByVerdict, Verdict::Doubtful),
        ] {
            let found = judge(ends.as_deref());
            assert_eq!((found.outcome, found.verdict), (outcome, verdict));
            if let Some(last) = ends.unwrap_or_default().last() {
                let text = found.paragraph();
                assert!(text.contains(&format!("Close code: {}", last.code)), "{text}");
                assert!(text.contains("Fri, 20 Nov 2026 17:59:19 GMT"), "{text}");
            }
        }
    }

    #[test]
    fn bare_ends_after_the_same_silence_are_a_time_limit() {
        let limit = Outcome::CutWhenIdle;
        for (idle, outcome) in [
            (vec![10_000, 10_020, 9_980], limit),
            (vec![300, 60_100, 61_900, 60_000], limit),
            (vec![10_000, 10_000], Outcome::EndedBefore),
            (vec![10_000, 3_500, 10_000], Outcome::EndedBefore),
            (vec![900, 900, 900], Outcome::EndedBefore),
        ] {
            let ends: Vec<_> = idle.iter().map(|ms| cut(*ms)).collect();
            assert_eq!(judge(Some(&ends)).outcome, outcome, "{idle:?}");
        }
        let here = [10_000; 3].map(|ms| end(1006, Side::Here, ms));
        assert_eq!(judge(Some(&here)).outcome, Outcome::EndedBefore, "we gave it up ourselves");
        let text = judge(Some(&[cut(10_000), cut(10_400), cut(9_900)])).paragraph();
        assert!(text.contains("10 s, 10 s, 9 s"), "{text}");
    }
}
