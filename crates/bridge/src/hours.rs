//! Local times of the day.
//!
//! Quiet hours are local: they follow summer time and the person's travels. A moment is therefore
//! converted into a local weekday and minute, and only those are compared. Nothing is converted
//! back, because a local time may occur twice or not at all.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::dto::QuietHours;

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

/// A local weekday and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    /// Days since Monday.
    pub weekday: u8,
    /// Minutes since midnight.
    pub minute: u16,
}

impl Local {
    /// The local time of a moment in milliseconds since 1970. A moment outside the calendar's range
    /// is clamped.
    #[must_use]
    pub fn at(ms: i64, zone: &TimeZone) -> Self {
        let nearest = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let there = Timestamp::from_millisecond(ms).unwrap_or(nearest).to_zoned(zone.clone());
        Self {
            weekday: there.weekday().to_monday_zero_offset().unsigned_abs(),
            minute: u16::from(there.hour().unsigned_abs()) * 60
                + u16::from(there.minute().unsigned_abs()),
        }
    }

    /// As text: `15:30`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{}:{:02}", self.minute / 60, self.minute % 60)
    }
}

impl QuietHours {
    /// Whether a local time is within these hours. Hours that pass midnight belong to the day on
    /// which they begin. Equal begin and end mean the whole day.
    #[must_use]
    pub fn hold(&self, now: Local) -> bool {
        let on = |weekday: u8| self.days.get(usize::from(weekday)).copied().unwrap_or_default();
        let (today, yesterday) = (on(now.weekday), on((now.weekday + 6) % 7));
        let within = if self.from == self.to {
            today
        } else if self.from < self.to {
            today && (self.from..self.to).contains(&now.minute)
        } else {
            (today && now.minute >= self.from) || (yesterday && now.minute < self.to)
        };
        self.on && within
    }

    /// The same with times clamped to a day.
    #[must_use]
    pub fn mended(mut self) -> Self {
        (self.from, self.to) = (self.from % DAY, self.to % DAY);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;

    /// Central Europe, by the rule itself: no test depends on a machine's database.
    fn berlin() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    fn shanghai() -> TimeZone {
        TimeZone::posix("CST-8").unwrap()
    }

    fn ms(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn the_same_moment_is_another_time_elsewhere() {
        // A Wednesday.
        let now = ms("2026-01-07T22:30:00Z");
        for (zone, weekday, clock) in
            [(TimeZone::UTC, 2, "22:30"), (berlin(), 2, "23:30"), (shanghai(), 3, "6:30")]
        {
            let there = Local::at(now, &zone);
            assert_eq!((there.weekday, there.clock().as_str()), (weekday, clock));
        }
    }

    #[test]
    fn summer_time_begins_and_ends_in_the_night() {
        let clocks = |from: &str| {
            let at = |hours| Local::at(ms(from) + hours * HOUR, &berlin()).clock();
            [at(0), at(1), at(2)]
        };
        assert_eq!(clocks("2026-03-29T00:00:00Z"), ["1:00", "3:00", "4:00"]);
        assert_eq!(clocks("2026-10-25T00:00:00Z"), ["2:00", "2:00", "3:00"]);
    }

    #[test]
    fn quiet_until_seven_is_until_seven_on_the_wall_whatever_the_season() {
        let hours = QuietHours { on: true, ..QuietHours::default() };
        for (before, at) in [
            ("2026-03-28T05:59:00Z", "2026-03-28T06:00:00Z"),
            ("2026-03-29T04:59:00Z", "2026-03-29T05:00:00Z"),
            ("2026-10-24T04:59:00Z", "2026-10-24T05:00:00Z"),
            ("2026-10-25T05:59:00Z", "2026-10-25T06:00:00Z"),
        ] {
            assert!(hours.hold(Local::at(ms(before), &berlin())), "{before}");
            assert!(!hours.hold(Local::at(ms(at), &berlin())), "{at}");
        }
    }

    #[test]
    fn no_time_is_too_early_or_too_late() {
        for far in [i64::MIN, i64::MAX] {
            assert!(Local::at(far, &TimeZone::UTC).minute < DAY);
        }
    }
}
