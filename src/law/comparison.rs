//! The day of judgement compared with another day in a condition, and when the answer turns.

use crate::date::{Date, Period};
use crate::fact::{Catalogue, FactId, FactKey};
use crate::law::clause::{Clause, clauses, leaves};
use crate::law::condition::{Condition, DateTest, Operand, Test};
use crate::law::pack::{Pack, Stage};

/// The day of judgement compared with a day of the calendar.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct WithDay {
    pub(crate) test: DateTest,
    pub(crate) with: Date,
}

impl WithDay {
    /// The first day on which it comes out otherwise than the day before, and whether it holds then.
    pub(crate) fn turns(self) -> Option<(Date, bool)> {
        let holds = matches!(self.test, DateTest::OnOrAfter | DateTest::After);
        Some((turning_day(self.test, self.with)?, holds))
    }
}

/// The day of judgement compared with the date of a fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct WithFact {
    /// The type of mechanism whose condition it is, `<regime>/<stem>`; `None` if it is no mechanism's own.
    pub(crate) mechanism: Option<String>,
    /// The fact.
    pub(crate) fact: FactId,
    /// What is added: to the fact's date, or to the day of judgement.
    pub(crate) period: Period,
    /// Whether the period is added to the day of judgement.
    pub(crate) ahead: bool,
    test: DateTest,
}

impl WithFact {
    /// The day after `from`, and not after `until`, on which the answer turns for a fact of this date.
    pub(crate) fn turns(&self, date: Date, from: Date, until: Date) -> Option<Date> {
        let day = if self.ahead {
            // The answer turns with the first day that, moved, is no longer before the date, or is after it.
            let before = |day: Date| {
                let moved = day.plus(self.period);
                match self.test {
                    DateTest::OnOrBefore | DateTest::After => moved < date,
                    DateTest::Before | DateTest::OnOrAfter => moved <= date,
                }
            };
            last(from, until, before)?.next_day()
        } else {
            turning_day(self.test, date.plus(self.period))?
        };
        (from < day && day <= until).then_some(day)
    }
}

/// The days of the calendar with which a clause compares the day of judgement, each with the named condition it stands in.
pub(crate) fn with_days<'a>(
    pack: &'a Pack,
    catalogue: &Catalogue,
    clause: Clause<'a>,
) -> impl Iterator<Item = (Option<&'a str>, WithDay)> {
    let of_leaf = |(name, leaf)| match date_test(leaf)? {
        (fact, test, Operand::Day(with)) if is_today(catalogue, fact) => Some((name, WithDay { test, with })),
        _ => None,
    };
    leaves(pack, clause.condition, |_| true).into_iter().filter_map(of_leaf)
}

/// The facts with whose dates conditions compare the day of judgement, where an outcome may turn on it.
pub(crate) fn with_facts(pack: &Pack, catalogue: &Catalogue) -> Vec<WithFact> {
    let mut all = Vec::new();
    for clause in clauses(pack).into_iter().filter(Clause::decides) {
        let mechanism = clause.head.filter(|head| head.stage == Stage::Mechanisms);
        let mechanism = mechanism.map(|_| clause.rule(pack));
        for (_, leaf) in leaves(pack, clause.condition, |_| true) {
            let Some((fact, test, Operand::Fact(other, period))) = date_test(leaf) else {
                continue;
            };
            let ahead = is_today(catalogue, other);
            // Two dates of the map compare the same on every day; so does the day of judgement with itself.
            if is_today(catalogue, fact) == ahead {
                continue;
            }
            let comparison = WithFact {
                mechanism: mechanism.clone(),
                fact: if ahead { fact } else { other },
                period,
                ahead,
                test,
            };
            if !all.contains(&comparison) {
                all.push(comparison);
            }
        }
    }
    all
}

fn is_today(catalogue: &Catalogue, fact: FactId) -> bool {
    catalogue.fact(fact).key == FactKey::AsOf
}

fn date_test(leaf: &Condition) -> Option<(FactId, DateTest, Operand)> {
    match leaf {
        Condition::Fact {
            fact,
            test: Test::Date(test, operand),
        } => Some((*fact, *test, *operand)),
        _ => None,
    }
}

/// The first day on which a test of the day of judgement against another day has another answer than before.
fn turning_day(test: DateTest, day: Date) -> Option<Date> {
    match test {
        DateTest::Before | DateTest::OnOrAfter => Some(day),
        // The last day of the calendar has none after it.
        DateTest::OnOrBefore | DateTest::After => Some(day.next_day()).filter(|next| *next > day),
    }
}

/// The last day of a span of which something holds that holds up to some day and never again; `None` if it never does.
fn last(from: Date, until: Date, holds: impl Fn(Date) -> bool) -> Option<Date> {
    if !holds(from) {
        return None;
    }
    let mut last = from;
    // Steps of days, each half the one before; the first is longer than the calendar.
    for step in (0..22).rev() {
        let next = last.plus(Period {
            days: 1 << step,
            ..Period::default()
        });
        if next <= until && holds(next) {
            last = next;
        }
    }
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Catalogue, FactKey};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn comparison(ahead: bool, test: DateTest, period: Period) -> WithFact {
        WithFact {
            mechanism: None,
            fact: Catalogue::new().id_of(&FactKey::AsOf).unwrap(),
            period,
            ahead,
            test,
        }
    }

    const THREE_MONTHS: Period = Period {
        years: 0,
        months: 3,
        days: 0,
        working_days: 0,
    };

    #[test]
    fn what_is_good_until_a_day_turns_on_the_day_after() {
        let turns = |ahead, test, period| {
            let span = (day("2026-11-01"), day("2031-11-01"));
            let turned = comparison(ahead, test, period).turns(day("2027-03-31"), span.0, span.1);
            turned.unwrap().to_string()
        };
        let none = Period::default();
        // The date against the day of judgement: valid until that day or later.
        assert_eq!(turns(true, DateTest::OnOrAfter, none), "2027-04-01");
        assert_eq!(turns(true, DateTest::After, none), "2027-03-31");
        assert_eq!(turns(true, DateTest::OnOrBefore, none), "2027-03-31");
        assert_eq!(turns(true, DateTest::Before, none), "2027-04-01");
        // The day of judgement against the date.
        assert_eq!(turns(false, DateTest::OnOrBefore, none), "2027-04-01");
        assert_eq!(turns(false, DateTest::Before, none), "2027-03-31");
        // Three months on: 30 June, since that month is shorter.
        assert_eq!(turns(false, DateTest::OnOrBefore, THREE_MONTHS), "2027-07-01");
    }

    #[test]
    fn what_is_good_until_the_last_day_of_the_calendar_is_never_over() {
        let with = day("9999-12-31");
        let turns = |test| WithDay { test, with }.turns();
        assert_eq!(turns(DateTest::OnOrBefore), None);
        assert_eq!(turns(DateTest::After), None);
        assert_eq!(turns(DateTest::Before), Some((with, false)));
    }

    // Several days lead to the same one three months on: 29 and 30 November to 28 February, 30 and 31 January to 30 April.
    #[test]
    fn a_period_added_to_the_day_of_judgement_turns_on_the_one_day_that_going_day_by_day_finds() {
        let span = (day("2025-01-01"), day("2027-01-01"));
        let dates = [
            "2025-04-01",
            "2025-04-02",
            "2026-02-28",
            "2026-04-30",
            "2026-05-01",
            "2027-03-31",
        ];
        for date in dates.map(day) {
            for test in DateTest::ALL {
                let holds = |now: Date| {
                    let moved = now.plus(THREE_MONTHS);
                    match test {
                        DateTest::After => date > moved,
                        DateTest::OnOrAfter => date >= moved,
                        DateTest::Before => date < moved,
                        DateTest::OnOrBefore => date <= moved,
                    }
                };
                let mut turned = None;
                let mut now = span.0;
                while now < span.1 {
                    let next = now.next_day();
                    if holds(now) != holds(next) {
                        assert_eq!(turned.replace(next), None, "one turn only");
                    }
                    now = next;
                }
                let said = comparison(true, *test, THREE_MONTHS).turns(date, span.0, span.1);
                assert_eq!(said, turned, "{date} {test}");
            }
        }
    }
}
