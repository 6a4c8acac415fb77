//! Periods of validity: the law as of a day.

use std::fmt;

use crate::date::Date;

/// A period in days, both ends included; an open end reaches for ever.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Effective {
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Effective {
    /// Whether a day lies in the period.
    #[must_use]
    pub fn covers(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether the day before a day lies in the period.
    #[must_use]
    pub fn covers_eve_of(self, day: Date) -> bool {
        self.from.is_none_or(|from| from < day) && self.end().is_none_or(|end| day <= end)
    }

    /// The first day on which the period is over, if it ever is.
    #[must_use]
    pub fn end(self) -> Option<Date> {
        // The last day of the calendar has none after it: what lasts until then does not end.
        self.to.and_then(|to| Some(to.next_day()).filter(|next| *next > to))
    }

    /// Whether two periods share a day.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let starts_in_time = |a: Self, b: Self| match (a.from, b.to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        starts_in_time(self, other) && starts_in_time(other, self)
    }

    /// Whether the period ends before it starts.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (None, None) => f.write_str("at all times"),
            (Some(from), None) => write!(f, "since {from}"),
            (None, Some(to)) => write!(f, "until {to}"),
            (Some(from), Some(to)) => write!(f, "{from} to {to}"),
        }
    }
}
