//! Civil dates: the day the law is read, the day a contract was signed. No clock, no time zone.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil;

/// A day of the Gregorian calendar, written `2026-11-22`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date(civil::Date);

/// A length of time by which a date can be moved.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, serde::Serialize)]
pub struct Period {
    /// Calendar years.
    pub years: i16,
    /// Calendar months.
    pub months: i16,
    /// Calendar days.
    pub days: i32,
    /// Days from Monday to Friday; public holidays are not taken into account.
    pub working_days: i32,
}

impl Date {
    /// The date so many days after 1 January 1970; saturates at the ends of the calendar.
    #[must_use]
    pub fn from_days_since_1970(days: i32) -> Self {
        Self(civil::date(1970, 1, 1).saturating_add(i64::from(days).days()))
    }

    /// The day, in universal time, on which so many seconds had passed since the beginning of 1970; `None` beyond the
    /// last representable day.
    #[must_use]
    pub fn of_unix_seconds(seconds: u64) -> Option<Self> {
        let days = i64::try_from(seconds / 86_400).ok()?;
        let since = jiff::Span::new().try_days(days).ok()?;
        civil::date(1970, 1, 1).checked_add(since).ok().map(Self)
    }

    /// The first day of January of this date's year, moved by `years`.
    #[must_use]
    pub fn january_1(self, years: i16) -> Self {
        let year = self.0.year().saturating_add(years);
        civil::Date::new(year, 1, 1).map_or(self, Self)
    }

    /// The day after this one; the last representable day stays.
    #[must_use]
    pub fn next_day(self) -> Self {
        self.0.tomorrow().map_or(self, Self)
    }

    /// This date moved by a period; saturates at the ends of the calendar.
    #[must_use]
    pub fn plus(self, period: Period) -> Self {
        let moved = self.0.saturating_add(
            i64::from(period.years)
                .years()
                .months(i64::from(period.months))
                .days(i64::from(period.days)),
        );
        let mut day = Self(moved);
        for _ in 0..period.working_days.min(10_000) {
            day = day.next_day();
            while matches!(day.0.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday) {
                let next = day.next_day();
                if next == day {
                    break;
                }
                day = next;
            }
        }
        day
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            (i32::from(self.years), "year"),
            (i32::from(self.months), "month"),
            (self.days, "day"),
            (self.working_days, "working day"),
        ];
        let in_words = |(number, unit): &(i32, &str)| {
            let plural = if *number == 1 { "" } else { "s" };
            format!("{number} {unit}{plural}")
        };
        let parts: Vec<String> = numbers
            .iter()
            .filter(|(number, _)| *number != 0)
            .map(in_words)
            .collect();
        f.write_str(&parts.join(" and "))
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// # Errors
    /// If the text is not a day written `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if !plain {
            return Err(NotADate);
        }
        text.parse().map(Self).map_err(|_| NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not a day written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a day written YYYY-MM-DD")]
pub struct NotADate;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn ten_working_days_skip_two_weekends() {
        let friday = day("2025-03-07");
        let period = Period {
            working_days: 10,
            ..Period::default()
        };
        assert_eq!(friday.plus(period), day("2025-03-21"));
    }

    #[test]
    fn three_years_from_a_leap_day_is_the_last_of_february() {
        let period = Period {
            years: 3,
            ..Period::default()
        };
        assert_eq!(day("2024-02-29").plus(period), day("2027-02-28"));
    }

    #[test]
    fn a_day_lasts_86400_seconds_from_1970_on() {
        let of = |seconds| Date::of_unix_seconds(seconds).map(|date| date.to_string());
        assert_eq!(of(0).as_deref(), Some("1970-01-01"));
        assert_eq!(of(86_399).as_deref(), Some("1970-01-01"));
        assert_eq!(of(951_782_400).as_deref(), Some("2000-02-29"));
        assert_eq!(of(253_402_300_799).as_deref(), Some("9999-12-31"));
        assert_eq!(of(253_402_300_800), None);
        assert_eq!(of(u64::MAX), None);
    }

    #[test]
    fn only_whole_days_parse() {
        for text in ["2024-02-30", "2024-2-3", "2024-02-03T10:00", "+002024-02-03", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
