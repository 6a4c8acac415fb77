//! The days on which the law changes, and the comparisons by which an answer depends on the day of judgement.
//!
//! Duties are left out: they stand beside the outcome and never change it.

use std::collections::BTreeSet;

use crate::date::{Date, Period};
use crate::fact::FactId;
use crate::law::condition::{Condition, DateTest, Operand, Test};
use crate::law::effective::Effective;
use crate::law::pack::{Count, Head, Pack, Since, Stage};
use crate::place::Place;
use crate::text::Text;
use crate::word::words;

words! {
    /// What happens to a part of the law.
    pub enum Event {
        /// It is the law from this day.
        Begins = "begins",
        /// It was the law until the day before.
        Ends = "ends",
        /// It names this day, or the day before, in a condition.
        Turns = "turns",
    }
}

/// A change of the law of one regime.
#[derive(Clone, Debug)]
pub(crate) struct LawChange {
    /// The first day on which the law is another.
    pub(crate) day: Date,
    pub(crate) event: Event,
    /// `<regime>/<stem>` of the rule or set; nothing for the regime itself and for named conditions.
    pub(crate) rule: Option<String>,
    /// The layers it belongs to; `None`: all.
    pub(crate) layers: Option<Vec<String>>,
    pub(crate) title: Text,
    pub(crate) cite: String,
    /// Of a set: the places that come in or leave.
    pub(crate) places: BTreeSet<Place>,
    pub(crate) note: Text,
}

/// The day of judgement compared with the date of a fact, in a condition.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
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

impl Comparison {
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
            turning_day(self.test, date.plus(self.period))
        };
        (from < day && day <= until).then_some(day)
    }
}

/// The first day on which a test of the day of judgement against a fixed day has another answer than before.
fn turning_day(test: DateTest, day: Date) -> Date {
    match test {
        DateTest::Before | DateTest::OnOrAfter => day,
        DateTest::OnOrBefore | DateTest::After => day.next_day(),
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

/// Whose condition it is.
struct Owner<'p> {
    /// Nothing for what is no rule: conditions with a name, and who stands in the exporter's place.
    head: Option<&'p Head>,
    title: Text,
    cite: &'p str,
    note: Text,
}

impl<'p> Owner<'p> {
    fn rule(head: &'p Head) -> Self {
        Self {
            head: Some(head),
            title: head.title.clone(),
            cite: &head.cite,
            note: Text::default(),
        }
    }

    /// A part of a rule, with a reason and perhaps a provision of its own.
    fn part(head: &'p Head, cite: Option<&'p String>, note: &Text) -> Self {
        Self {
            cite: cite.unwrap_or(&head.cite),
            note: note.clone(),
            ..Self::rule(head)
        }
    }
}

impl Pack {
    /// Every change of this law, in no order.
    pub(crate) fn changes(&self, as_of: FactId) -> Vec<LawChange> {
        let mut changes = self.ends_of(&self.itself(), self.effective);
        // Of a set the members have periods, the set itself has none.
        let heads = self
            .heads()
            .filter(|head| !matches!(head.stage, Stage::Duties | Stage::Sets));
        for head in heads {
            changes.extend(self.ends_of(&Owner::rule(head), head.effective));
        }
        for set in self.sets.values() {
            for member in &set.members {
                let owner = Owner::part(&set.head, member.cite.as_ref(), &member.note);
                for mut change in self.ends_of(&owner, member.effective) {
                    change.places.clone_from(&member.places);
                    if let Some(ended_by) = member.ended_by.as_ref().filter(|_| change.event == Event::Ends) {
                        change.note = Text::english(ended_by);
                    }
                    changes.push(change);
                }
            }
        }
        self.date_tests(&mut |owner, fact, test, operand| {
            if let Operand::Day(day) = operand
                && fact == as_of
            {
                changes.push(self.change(turning_day(test, day), Event::Turns, owner));
            }
        });
        changes
    }

    /// Every comparison of the day of judgement with the date of a fact.
    pub(crate) fn comparisons(&self, as_of: FactId) -> Vec<Comparison> {
        let mut all = Vec::new();
        self.date_tests(&mut |owner, fact, test, operand| {
            let Operand::Fact(other, period) = operand else {
                return;
            };
            // Two dates of the map compare the same on every day; so does the day of judgement with itself.
            if (fact == as_of) == (other == as_of) {
                return;
            }
            let mechanism = owner.head.filter(|head| head.stage == Stage::Mechanisms);
            all.push(Comparison {
                mechanism: mechanism.map(|head| format!("{}/{}", self.id, head.stem)),
                fact: if fact == as_of { other } else { fact },
                period,
                ahead: other == as_of,
                test,
            });
        });
        all
    }

    /// The regime itself.
    fn itself(&self) -> Owner<'_> {
        Owner {
            head: None,
            title: self.title.clone(),
            cite: "",
            note: Text::default(),
        }
    }

    /// What the two ends of a period change.
    fn ends_of(&self, owner: &Owner<'_>, period: Effective) -> Vec<LawChange> {
        let begins = period.from.map(|day| self.change(day, Event::Begins, owner));
        let ends = period.to.map(|day| self.change(day.next_day(), Event::Ends, owner));
        begins.into_iter().chain(ends).collect()
    }

    fn change(&self, day: Date, event: Event, owner: &Owner<'_>) -> LawChange {
        LawChange {
            day,
            event,
            rule: owner.head.map(|head| format!("{}/{}", self.id, head.stem)),
            layers: owner.head.and_then(|head| head.layers.clone()),
            title: owner.title.clone(),
            cite: owner.cite.to_owned(),
            places: BTreeSet::new(),
            note: owner.note.clone(),
        }
    }

    /// Calls `see` with every test of a date: the fact, how it is tested, and against what.
    fn date_tests<'p>(&'p self, see: &mut impl FnMut(&Owner<'p>, FactId, DateTest, Operand)) {
        let mut of_owner = |owner: &Owner<'p>, condition: &Condition| {
            date_tests(condition, &mut |fact, test, operand| see(owner, fact, test, operand));
        };
        for replacement in &self.replacements {
            let owner = Owner {
                cite: &replacement.cite,
                ..self.itself()
            };
            of_owner(&owner, &replacement.when);
        }
        for (name, named) in &self.conditions {
            let owner = Owner {
                head: None,
                title: Text::english(name.replace('_', " ")),
                cite: named.cite.as_deref().unwrap_or_default(),
                note: named.because.clone(),
            };
            of_owner(&owner, &named.when);
        }
        for set in self.sets.values() {
            for member in &set.members {
                let owner = Owner::part(&set.head, member.cite.as_ref(), &member.note);
                of_owner(&owner, &member.when);
            }
        }
        for rule in &self.rules {
            of_owner(&Owner::rule(&rule.head), &rule.when);
            if let Some(lifted) = &rule.lifted {
                of_owner(&Owner::part(&rule.head, None, &lifted.because), &lifted.when);
            }
        }
        for mechanism in &self.mechanisms {
            for gate in &mechanism.gates {
                let owner = Owner::part(&mechanism.head, gate.cite.as_ref(), &gate.because);
                of_owner(&owner, &gate.when);
            }
            for requirement in &mechanism.requirements {
                let owner = Owner::part(&mechanism.head, requirement.cite.as_ref(), &requirement.cure);
                of_owner(&owner, &requirement.applies);
                of_owner(&owner, &requirement.when);
            }
        }
        for common in &self.requirements {
            let owner = Owner::part(&common.head, None, &common.requirement.cure);
            of_owner(&owner, &common.requirement.applies);
            of_owner(&owner, &common.requirement.when);
        }
        for count in &self.counts {
            of_owner(&Owner::rule(&count.head), &count.over);
        }
    }
}

fn date_tests(condition: &Condition, see: &mut impl FnMut(FactId, DateTest, Operand)) {
    match condition {
        Condition::All(conditions) | Condition::Any(conditions) => {
            conditions.iter().for_each(|condition| date_tests(condition, see));
        }
        Condition::Not(condition) => date_tests(condition, see),
        Condition::Fact {
            fact,
            test: Test::Date(test, operand),
        } => see(*fact, *test, *operand),
        // A condition with a name, and that of another rule, are seen where they stand.
        Condition::Always
        | Condition::Never
        | Condition::Named(_)
        | Condition::Rule(_)
        | Condition::Reading { .. }
        | Condition::Fact { .. } => {}
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Catalogue, FactKey};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn comparison(ahead: bool, test: DateTest, period: Period) -> Comparison {
        Comparison {
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
