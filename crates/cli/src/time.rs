//! Formats times for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The time zone for display.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    zone: TimeZone,
    /// Suffix of each time.
    mark: &'static str,
}

impl Clock {
    /// The local time zone, or UTC.
    pub(crate) fn new(utc: bool) -> Self {
        match utc {
            true => Self { zone: TimeZone::UTC, mark: "Z" },
            false => Self { zone: TimeZone::system(), mark: "" },
        }
    }

    /// `2026-01-31 09:05`, from milliseconds since 1970.
    pub(crate) fn show(&self, ms: i64) -> String {
        let nearest = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_millisecond(ms).unwrap_or(nearest).to_zoned(self.zone.clone());
        format!("{}{}", at.strftime("%Y-%m-%d %H:%M"), self.mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_in_a_calendar() {
        let utc = Clock::new(true);
        for (ms, expected) in [
            (0, "1970-01-01 00:00Z"),
            (-60_000, "1969-12-31 23:59Z"),
            (951_782_400_000, "2000-02-29 00:00Z"),
            (1_709_251_199_999, "2024-02-29 23:59Z"),
            (1_767_225_600_000, "2026-01-01 00:00Z"),
            (i64::MAX, "9999-12-30 22:00Z"),
        ] {
            assert_eq!(utc.show(ms), expected);
        }
    }

    #[test]
    fn a_clock_on_the_wall_goes_with_its_place_and_the_season() {
        for (zone, ms, expected) in [
            ("Europe/Madrid", 1_767_225_600_000, "2026-01-01 01:00"),
            ("Europe/Madrid", 1_782_864_000_000, "2026-07-01 02:00"),
            ("Asia/Kathmandu", 1_767_225_600_000, "2026-01-01 05:45"),
            ("America/Los_Angeles", 1_767_225_600_000, "2025-12-31 16:00"),
        ] {
            let clock = Clock { zone: TimeZone::get(zone).unwrap(), mark: "" };
            assert_eq!(clock.show(ms), expected, "{zone}");
        }
    }
}
