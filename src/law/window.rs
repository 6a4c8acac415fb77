//! Since when a count runs, and on which days it starts anew.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::law::pack::{Count, Since};

impl Count {
    /// Since when people are counted as of a day; `None` where no window says.
    pub(crate) fn since(&self, day: Date) -> Option<Date> {
        let (_, since) = self.window.iter().find(|(period, _)| period.covers(day))?;
        Some(match since {
            Since::January1OfThisYear => day.january_1(0),
            Since::January1OfPreviousYear => day.january_1(-1),
        })
    }

    /// The days after `from`, until `until`, on which people are counted anew: from another day than on the day before.
    pub(crate) fn anew(&self, from: Date, until: Date) -> Vec<Date> {
        let mut days: BTreeSet<Date> = self.window.iter().filter_map(|(period, _)| period.from).collect();
        let mut year = from;
        loop {
            let next = year.january_1(1);
            // The last year of the calendar has none after it.
            if next <= year || next > until {
                break;
            }
            days.insert(next);
            year = next;
        }
        let mut before = self.since(from);
        days.retain(|day| from < *day && *day <= until);
        days.retain(|day| {
            let since = self.since(*day);
            let anew = since != before && since.is_some() && self.head.effective.covers(*day);
            before = since;
            anew
        });
        days.into_iter().collect()
    }
}
