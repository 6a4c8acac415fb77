//! Points in time of log records, and the days they fall on. Always UTC: a log that names no zone is read as UTC.

use std::fmt;

use serde::Serialize;

use crate::date::Date;

const MILLISECONDS_A_DAY: u64 = 86_400_000;

/// Milliseconds from the start of 1970 to the first day that [`Moment`] does not hold.
const END: u64 = (u16::MAX as u64 + 1) * MILLISECONDS_A_DAY;

/// A point in time between the start of 1970 and the middle of the year 2149, to the millisecond, in UTC.
///
/// The range is that of days counted in sixteen bits; what lies outside is no time of a network log.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(u64);

/// A day, counted from 1 January 1970.
pub type Day = u16;

impl Moment {
    /// The moment so many seconds after the start of 1970; `None` outside the range, and for what is no number.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        let milliseconds = (seconds * 1000.0).round();
        let inside = (0.0..END as f64).contains(&milliseconds).then_some(milliseconds as u64);
        inside.map(Self)
    }

    /// The moment so many milliseconds after the start of 1970; `None` outside the range.
    #[must_use]
    pub fn from_milliseconds(milliseconds: u64) -> Option<Self> {
        (milliseconds < END).then_some(Self(milliseconds))
    }

    /// The moment that a text names: seconds since 1970 (`1379288667.706265`), or ISO 8601 with `T` or a space between
    /// day and time (`2026-11-22T15:09:12.711Z`, `2026-11-22 15:09:12+0100`).
    #[must_use]
    pub fn from_text(text: &[u8]) -> Option<Self> {
        match text {
            [_, _, _, _, b'-', ..] => Self::from_iso(text),
            _ => Self::from_decimal(text),
        }
    }

    /// Milliseconds since the start of 1970.
    #[must_use]
    pub fn milliseconds(self) -> u64 {
        self.0
    }

    /// The moment so many seconds later; `None` outside the range.
    #[must_use]
    pub fn plus_seconds(self, seconds: f64) -> Option<Self> {
        let more = Self::from_seconds(seconds)?;
        Self::from_milliseconds(self.0.saturating_add(more.0))
    }

    /// The day it falls on.
    #[must_use]
    pub fn day(self) -> Day {
        Day::try_from(self.0 / MILLISECONDS_A_DAY).unwrap_or(Day::MAX)
    }

    /// The date it falls on.
    #[must_use]
    pub fn date(self) -> Date {
        date_of(self.day())
    }

    /// Seconds with a fraction, as plain digits.
    fn from_decimal(text: &[u8]) -> Option<Self> {
        let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
            Some(at) => (text.get(..at)?, text.get(at + 1..)?),
            None => (text, [].as_slice()),
        };
        let seconds = digits(whole)?;
        Self::from_milliseconds(seconds.checked_mul(1000)?.checked_add(milliseconds_of(fraction)?)?)
    }

    fn from_iso(text: &[u8]) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = day else {
            return None;
        };
        let days = days_since_1970(
            digits(&[*y1, *y2, *y3, *y4])?,
            digits(&[*m1, *m2])?,
            digits(&[*d1, *d2])?,
        )?;
        let seconds_of_days = days * 86_400;
        let Some((b'T' | b't' | b' ', time)) = rest.split_first() else {
            return rest
                .is_empty()
                .then(|| Self::from_milliseconds(seconds_of_days * 1000))?;
        };
        let (clock, rest) = time.split_at_checked(8)?;
        let [h1, h2, b':', i1, i2, b':', s1, s2] = clock else {
            return None;
        };
        let (hour, minute, second) = (digits(&[*h1, *h2])?, digits(&[*i1, *i2])?, digits(&[*s1, *s2])?);
        // 60 is a leap second.
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let zone_at = rest.iter().position(|byte| !matches!(byte, b'.' | b',' | b'0'..=b'9'));
        let (fraction, zone) = rest.split_at_checked(zone_at.unwrap_or(rest.len()))?;
        let fraction = match fraction {
            [] => 0,
            [b'.' | b',', digits @ ..] if !digits.is_empty() => milliseconds_of(digits)?,
            _ => return None,
        };
        let local = (seconds_of_days + hour * 3600 + minute * 60 + second) * 1000 + fraction;
        Self::from_milliseconds(local.checked_add_signed(-offset(zone)?)?)
    }
}

/// Milliseconds by which the clocks of a zone are ahead of UTC; without a zone, none.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2] => (sign, [*h1, *h2], [b'0', b'0']),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, [*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let (hours, minutes) = (digits(&hours)?, digits(&minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let ahead = i64::try_from((hours * 60 + minutes) * 60_000).ok()?;
    match sign {
        b'+' => Some(ahead),
        b'-' => Some(-ahead),
        _ => None,
    }
}

/// A number of plain digits.
fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0_u64, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })
}

/// The milliseconds of the digits after the point; finer digits are cut off.
fn milliseconds_of(fraction: &[u8]) -> Option<u64> {
    let mut milliseconds = 0;
    for at in 0..fraction.len().max(3) {
        let digit = *fraction.get(at).unwrap_or(&b'0');
        if !digit.is_ascii_digit() {
            return None;
        }
        if at < 3 {
            milliseconds = milliseconds * 10 + u64::from(digit - b'0');
        }
    }
    Some(milliseconds)
}

/// The number of a day of the calendar; `None` before 1970 and for days there are not.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let february = if is_leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(month.checked_sub(1)?).ok()?;
    if year < 1970 || day == 0 || day > *lengths.get(before)? {
        return None;
    }
    let past = year - 1;
    // 719,162 days lie before 1970 in the Gregorian calendar carried back to the year 1.
    let to_year = past * 365 + past / 4 - past / 100 + past / 400 - 719_162;
    Some(to_year + lengths.iter().take(before).sum::<u64>() + day - 1)
}

fn date_of(day: Day) -> Date {
    Date::from_days_since_1970(day.into())
}

impl fmt::Display for Moment {
    /// To the second: `2026-11-22T15:09:12Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0 / 1000 % 86_400;
        let (hour, minute) = (second / 3600, second / 60 % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{:02}Z", self.date(), second % 60)
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A set of days, kept as runs: small as long as what happens goes on from day to day.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Days(Vec<(Day, Day)>);

impl Days {
    /// Adds a day.
    pub fn add(&mut self, day: Day) {
        let after = self.0.partition_point(|(first, _)| *first <= day);
        let left = after.checked_sub(1);
        if let Some((_, last)) = left.and_then(|at| self.0.get_mut(at)) {
            if day <= *last {
                return;
            }
            if day - 1 == *last {
                *last = day;
                return self.join(after);
            }
        }
        match self.0.get_mut(after) {
            Some((first, _)) if day + 1 == *first => *first = day,
            _ => self.0.insert(after, (day, day)),
        }
    }

    /// Makes one run of two that have come to touch: the one at `at` and the one before it.
    fn join(&mut self, at: usize) {
        let Some((_, [left, right, ..])) = at.checked_sub(1).and_then(|start| self.0.split_at_mut_checked(start))
        else {
            return;
        };
        if left.1.checked_add(1) == Some(right.0) {
            left.1 = right.1;
            self.0.remove(at);
        }
    }

    /// How many days.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|(first, last)| usize::from(last - first) + 1).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs, first and last day of each, in order.
    pub fn runs(&self) -> impl Iterator<Item = (Date, Date)> {
        self.0.iter().map(|(first, last)| (date_of(*first), date_of(*last)))
    }

    /// The days, in order.
    pub fn iter(&self) -> impl Iterator<Item = Date> {
        self.0.iter().flat_map(|(first, last)| *first..=*last).map(date_of)
    }

    /// Adds the days of another set.
    pub fn add_all(&mut self, other: &Self) {
        for (first, last) in &other.0 {
            for day in *first..=*last {
                self.add(day);
            }
        }
    }

    /// The bytes that the set occupies outside itself.
    pub(super) fn heap(&self) -> usize {
        self.0.capacity() * size_of::<(Day, Day)>()
    }
}

impl Serialize for Days {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.runs())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        Moment::from_text(text.as_bytes()).map_or_else(|| "none".to_owned(), |moment| moment.to_string())
    }

    #[test]
    fn a_moment_is_read_from_seconds_and_from_iso_8601() {
        for (text, moment) in [
            ("0", "1970-01-01T00:00:00Z"),
            ("1379288667.706265", "2013-09-15T23:44:27Z"),
            ("2026-11-22T15:09:12.711Z", "2026-11-22T15:09:12Z"),
            ("2026-11-22 15:09:12", "2026-11-22T15:09:12Z"),
            ("2026-11-22T15:09:12.711999+0000", "2026-11-22T15:09:12Z"),
            ("2026-11-22T00:30:00+01:00", "2026-11-21T23:30:00Z"),
            ("2026-11-22T23:30:00-0530", "2026-11-23T05:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
            ("2149-06-06T23:59:59Z", "2149-06-06T23:59:59Z"),
        ] {
            assert_eq!(shown(text), moment, "{text}");
        }
    }

    #[test]
    fn what_is_no_time_of_a_log_is_none() {
        for text in [
            "",
            "-",
            "-1",
            "1e9",
            "NaN",
            "1.2.3",
            "yesterday",
            "2100-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-11-00",
            "2026-11-22T24:00:00Z",
            "2026-11-22T15:09",
            "2026-11-22T15:09:12.Z",
            "2026-11-22T15:09:12+25:00",
            "2026-11-22T15:09:12 CET",
            "1969-12-31",
            "1970-01-01T00:30:00+01:00",
            "2149-06-07",
            "31536000000000",
            "99999999999999999999999999",
            "2026-11-22Q10:00:00",
            "１３７９",
        ] {
            assert_eq!(shown(text), "none", "{text}");
        }
        for seconds in [-0.6, f64::NAN, f64::INFINITY, 1e15] {
            assert_eq!(Moment::from_seconds(seconds), None, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn days_are_a_set(days in prop::collection::vec(prop_oneof![0_u16..40, 65_500_u16..=65_535], 0..80)) {
            let mut runs = Days::default();
            let mut set = BTreeSet::new();
            for day in days {
                runs.add(day);
                set.insert(day);
            }
            let expected: Vec<Date> = set.iter().map(|day| date_of(*day)).collect();
            prop_assert_eq!(runs.iter().collect::<Vec<_>>(), expected);
            prop_assert_eq!(runs.count(), set.len());
            // Runs never touch: there are no more than needed.
            prop_assert!(runs.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }

        #[test]
        fn every_day_is_the_date_that_the_calendar_says(day in 0_u16..) {
            let date = date_of(day).to_string();
            prop_assert_eq!(Moment::from_text(date.as_bytes()).map(Moment::day), Some(day));
        }
    }
}
