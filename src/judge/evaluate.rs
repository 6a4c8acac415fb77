//! Conditions over facts, in three values. The plain evaluator: slow, and obviously right.

use std::collections::BTreeSet;

use crate::fact::{FactId, SetValue, Value};
use crate::law::condition::Operand;
use crate::law::in_force::{Atom, AtomTest, Cond};
use crate::place::{Area, Place};
use crate::truth::Truth;

/// Where a condition finds the values of facts.
pub trait Facts {
    /// The value of a fact; unknown where nothing is said of it.
    fn value(&self, fact: FactId) -> &Value;
}

/// Whether a condition holds.
pub fn truth(cond: &Cond, facts: &impl Facts) -> Truth {
    match cond {
        Cond::Const(value) => (*value).into(),
        Cond::Reading { chosen, .. } => (*chosen).into(),
        Cond::All(conds) => conds.iter().fold(Truth::True, |all, cond| all.and(truth(cond, facts))),
        Cond::Any(conds) => conds.iter().fold(Truth::False, |any, cond| any.or(truth(cond, facts))),
        Cond::Not(cond) => !truth(cond, facts),
        Cond::Named { cond, .. } => truth(cond, facts),
        Cond::Atom(atom) => test(atom, facts),
    }
}

/// Whether a fact is what it must be.
pub fn test(atom: &Atom, facts: &impl Facts) -> Truth {
    let other = match &atom.test {
        AtomTest::SameAs(fact) | AtomTest::Date(_, Operand::Fact(fact, _)) => facts.value(*fact),
        _ => &Value::Unknown,
    };
    test_value(&atom.test, facts.value(atom.fact), other)
}

/// Whether a value is what it must be; `other` is the value of the fact it is compared with, if it is.
#[must_use]
pub fn test_value(test: &AtomTest, value: &Value, other: &Value) -> Truth {
    match (test, value) {
        (AtomTest::Is(wanted), Value::Bool(value)) => (wanted == value).into(),
        (AtomTest::WordIn(wanted), Value::Word(candidates)) => {
            if candidates.is_subset(wanted) {
                Truth::True
            } else if candidates.is_disjoint(wanted) {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        (AtomTest::AnyOf(wanted), Value::Words(set)) => any_of(wanted, set),
        (AtomTest::AllOf(wanted), Value::Words(set)) => {
            if wanted.is_subset(&set.must) {
                Truth::True
            } else if set.may.as_ref().is_some_and(|may| !wanted.is_subset(may)) {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        (AtomTest::WordsWithin(wanted), Value::Words(set)) => {
            if set.may.as_ref().is_some_and(|may| may.is_subset(wanted)) {
                Truth::True
            } else if set.must.is_subset(wanted) {
                Truth::Unknown
            } else {
                Truth::False
            }
        }
        (AtomTest::PlacesWithin(area), Value::Places(set)) => within(area, set),
        (AtomTest::PlacesTouch(area), Value::Places(set)) => touch(area, set),
        // Known to go nowhere: nowhere else, and not there.
        (AtomTest::PlacesWithin(_), Value::Never) => Truth::True,
        (AtomTest::PlacesTouch(_), Value::Never) => Truth::False,
        (AtomTest::SameAs(_), Value::Places(set)) => match other {
            Value::Places(other) => same_countries(set, other),
            _ => Truth::Unknown,
        },
        (AtomTest::AtLeast(number), Value::Count { least, most }) => {
            if least >= number {
                Truth::True
            } else if most.is_some_and(|most| most < *number) {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        (AtomTest::Date(..), Value::Never) => Truth::False,
        (AtomTest::Date(test, operand), Value::Date(date)) => {
            let day = match operand {
                Operand::Day(day) => *day,
                Operand::Fact(_, period) => match other {
                    Value::Date(day) => day.plus(*period),
                    Value::Never => return Truth::False,
                    _ => return Truth::Unknown,
                },
            };
            test.holds(*date, day).into()
        }
        _ => Truth::Unknown,
    }
}

fn any_of(wanted: &BTreeSet<String>, set: &SetValue<String>) -> Truth {
    if !set.must.is_disjoint(wanted) {
        Truth::True
    } else if set.may.as_ref().is_some_and(|may| may.is_disjoint(wanted)) {
        Truth::False
    } else {
        Truth::Unknown
    }
}

fn every(places: &BTreeSet<Place>, area: &Area, wanted: Truth) -> bool {
    places.iter().all(|place| area.contains(*place) == wanted)
}

/// Every place lies inside. A set of places is never empty, so one whose candidates all lie outside is outside.
fn within(area: &Area, set: &SetValue<Place>) -> Truth {
    let outside = |place: &Place| area.contains(*place) == Truth::False;
    if set.must.iter().any(outside) {
        return Truth::False;
    }
    match &set.may {
        Some(may) if every(may, area, Truth::True) => Truth::True,
        Some(may) if every(may, area, Truth::False) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// At least one place lies inside.
fn touch(area: &Area, set: &SetValue<Place>) -> Truth {
    let inside = |place: &Place| area.contains(*place) == Truth::True;
    if set.must.iter().any(inside) {
        return Truth::True;
    }
    match &set.may {
        Some(may) if every(may, area, Truth::True) => Truth::True,
        Some(may) if every(may, area, Truth::False) => Truth::False,
        _ => Truth::Unknown,
    }
}

fn same_countries(a: &SetValue<Place>, b: &SetValue<Place>) -> Truth {
    let countries =
        |places: &BTreeSet<Place>| -> BTreeSet<Place> { places.iter().map(|place| place.country()).collect() };
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => (countries(a) == countries(b)).into(),
        _ => match (&a.may, &b.may) {
            (Some(a), Some(b)) if countries(a).is_disjoint(&countries(b)) => Truth::False,
            _ => Truth::Unknown,
        },
    }
}

/// The facts that keep a condition unknown, in the order in which it names them.
pub fn open_facts(cond: &Cond, facts: &impl Facts, open: &mut Vec<FactId>) {
    open_tests(cond, facts, &mut |atom| {
        let other = match &atom.test {
            AtomTest::SameAs(fact) | AtomTest::Date(_, Operand::Fact(fact, _)) => Some(*fact),
            _ => None,
        };
        // A place may be known and still too coarse to tell: a country of which only a city is inside.
        let coarse = matches!(atom.test, AtomTest::PlacesWithin(_) | AtomTest::PlacesTouch(_));
        for fact in std::iter::once(atom.fact).chain(other) {
            if (coarse || !facts.value(fact).is_certain()) && !open.contains(&fact) {
                open.push(fact);
            }
        }
    });
}

/// Calls `see` with every test that keeps a condition unknown.
pub fn open_tests(cond: &Cond, facts: &impl Facts, see: &mut impl FnMut(&Atom)) {
    if truth(cond, facts) != Truth::Unknown {
        return;
    }
    match cond {
        Cond::Const(_) | Cond::Reading { .. } => {}
        Cond::All(conds) | Cond::Any(conds) => conds.iter().for_each(|cond| open_tests(cond, facts, see)),
        Cond::Not(cond) => open_tests(cond, facts, see),
        Cond::Named { cond, .. } => open_tests(cond, facts, see),
        Cond::Atom(atom) => see(atom),
    }
}

/// The readings on which a condition turned.
pub fn readings(cond: &Cond, facts: &impl Facts, used: &mut BTreeSet<String>) {
    if reads(cond) {
        used.extend(truth_by_readings(cond, facts).1);
    }
}

/// Whether a condition holds, and the readings on which that turned.
fn truth_by_readings(cond: &Cond, facts: &impl Facts) -> (Truth, BTreeSet<String>) {
    // A part that settles the whole and turned on no reading leaves none to the others.
    let joined = |conds: &[Cond], start: Truth, join: fn(Truth, Truth) -> Truth| {
        let mut whole = (start, BTreeSet::new());
        for cond in conds {
            let (truth, used) = truth_by_readings(cond, facts);
            if truth == !start && used.is_empty() {
                return (truth, used);
            }
            whole.0 = join(whole.0, truth);
            whole.1.extend(used);
        }
        whole
    };
    match cond {
        Cond::Reading { point, chosen } => ((*chosen).into(), BTreeSet::from([point.clone()])),
        Cond::All(conds) => joined(conds, Truth::True, Truth::and),
        Cond::Any(conds) => joined(conds, Truth::False, Truth::or),
        Cond::Not(cond) => {
            let (truth, used) = truth_by_readings(cond, facts);
            (!truth, used)
        }
        Cond::Named { cond, .. } => truth_by_readings(cond, facts),
        Cond::Const(_) | Cond::Atom(_) => (truth(cond, facts), BTreeSet::new()),
    }
}

fn reads(cond: &Cond) -> bool {
    match cond {
        Cond::Reading { .. } => true,
        Cond::Const(_) | Cond::Atom(_) => false,
        Cond::All(conds) | Cond::Any(conds) => conds.iter().any(reads),
        Cond::Not(cond) => reads(cond),
        Cond::Named { cond, .. } => reads(cond),
    }
}

/// Every fact a condition reads.
pub fn facts_read(cond: &Cond, read: &mut BTreeSet<FactId>) {
    match cond {
        Cond::Const(_) | Cond::Reading { .. } => {}
        Cond::All(conds) | Cond::Any(conds) => conds.iter().for_each(|cond| facts_read(cond, read)),
        Cond::Not(cond) => facts_read(cond, read),
        Cond::Named { cond, .. } => facts_read(cond, read),
        Cond::Atom(atom) => {
            read.insert(atom.fact);
            if let AtomTest::SameAs(fact) | AtomTest::Date(_, Operand::Fact(fact, _)) = &atom.test {
                read.insert(*fact);
            }
        }
    }
}

/// The tests on which the answer of a condition rests: one failing part is enough for `all`, one holding part for `any`.
pub fn witnesses<'c>(cond: &'c Cond, facts: &impl Facts, found: &mut Vec<&'c Atom>) {
    let own = truth(cond, facts);
    let mut each = |conds: &'c [Cond], wanted: Truth, first: bool| {
        for cond in conds.iter().filter(|cond| truth(cond, facts) == wanted) {
            witnesses(cond, facts, found);
            if first {
                break;
            }
        }
    };
    match cond {
        Cond::Const(_) | Cond::Reading { .. } => {}
        Cond::All(conds) => each(conds, own, own == Truth::False),
        Cond::Any(conds) => each(conds, own, own == Truth::True),
        Cond::Not(cond) => witnesses(cond, facts, found),
        Cond::Named { cond, .. } => witnesses(cond, facts, found),
        Cond::Atom(atom) => {
            if !found.contains(&atom.as_ref()) {
                found.push(atom);
            }
        }
    }
}
