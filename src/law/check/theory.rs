//! Whether one fact, or several that are compared with one another, can be all that a list of tests asserts and denies.
//!
//! A fact is taken to be known completely: what may be unknown of a map is not at issue here.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::fact::FactId;
use crate::law::check::bits::Bits;
use crate::law::check::period::day_before;
use crate::place::Place;

/// What a test is about.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Subject {
    /// A fact.
    Fact(FactId),
    /// An open point, which has one reading.
    Point(String),
}

/// What is asserted or denied of it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Claim {
    /// It is one of these words.
    Word(BTreeSet<String>),
    /// At least one of these words is among its words.
    AnyOf(BTreeSet<String>),
    /// All of these words are among its words.
    AllOf(BTreeSet<String>),
    /// It has no words but these.
    WordsWithin(BTreeSet<String>),
    /// Each of its places lies in one of these.
    PlacesWithin(BTreeSet<Place>),
    /// At least one of its places lies in one of these.
    PlacesTouch(BTreeSet<Place>),
    /// The same countries as another fact.
    SameAs(FactId),
    /// At least so many.
    AtLeast(u64),
    /// A day between two, both included.
    Days(Option<Date>, Option<Date>),
    /// Something that is not decided here: it may be so or not.
    Open(String),
}

/// The words a subject may have.
#[derive(Clone, Debug)]
pub(super) struct Words {
    /// Those that are known.
    pub(super) known: BTreeSet<String>,
    /// Whether there may be others.
    pub(super) others: bool,
}

/// What a theory has to know of the world.
pub(super) trait Facts {
    /// The words a subject may have, beside those that are tested.
    fn words(&self, subject: &Subject) -> Words;
    /// The places that lie wholly in some places.
    fn inside(&self, places: &BTreeSet<Place>) -> Bits;
    /// The position of each place's country.
    fn countries(&self) -> &[usize];
    /// Whether a fact of places may be known to be nowhere.
    fn may_be_nowhere(&self, fact: FactId) -> bool;
}

#[derive(Debug)]
enum Test {
    Word(Bits),
    AnyOf(Bits),
    AllOf(Bits),
    Within(Bits),
    PlacesWithin(Bits),
    PlacesTouch(Bits),
    /// The same countries as this member of the group.
    SameAs(usize),
    AtLeast(u64),
    Days(Option<Date>, Option<Date>),
    Open,
}

/// The tests of one formula, by what they are about.
#[derive(Debug)]
pub(super) struct Theory {
    tests: Vec<Test>,
    /// For each test: its group, and its subject's position in the group.
    of: Vec<(usize, usize)>,
    groups: Vec<Group>,
    countries: Vec<usize>,
}

#[derive(Debug, Default)]
struct Group {
    tests: Vec<usize>,
    /// Whether each subject may be nowhere.
    nowhere: Vec<bool>,
    /// How many words there are.
    words: usize,
}

impl Theory {
    pub(super) fn new(atoms: &[(Subject, Claim)], facts: &impl Facts) -> Self {
        let mut theory = Self {
            tests: Vec::with_capacity(atoms.len()),
            of: Vec::with_capacity(atoms.len()),
            groups: Vec::new(),
            countries: facts.countries().to_vec(),
        };
        let groups = together(atoms);
        let mut positions: BTreeMap<&Subject, (usize, usize)> = BTreeMap::new();
        for members in &groups {
            let group = theory.groups.len();
            for (position, subject) in members.iter().enumerate() {
                positions.insert(subject, (group, position));
            }
            let nowhere = |subject: &Subject| match subject {
                Subject::Fact(fact) => facts.may_be_nowhere(*fact),
                Subject::Point(_) => false,
            };
            theory.groups.push(Group {
                nowhere: members.iter().map(nowhere).collect(),
                ..Group::default()
            });
        }
        let mut words: BTreeMap<&Subject, (Vec<String>, bool)> = BTreeMap::new();
        for (subject, claim) in atoms {
            if let Claim::Word(tested) | Claim::AnyOf(tested) | Claim::AllOf(tested) | Claim::WordsWithin(tested) =
                claim
            {
                let (all, _) = words.entry(subject).or_insert_with(|| {
                    let known = facts.words(subject);
                    (known.known.into_iter().collect(), known.others)
                });
                all.extend(tested.iter().cloned());
            }
        }
        for (all, _) in words.values_mut() {
            all.sort_unstable();
            all.dedup();
        }
        for (index, (subject, claim)) in atoms.iter().enumerate() {
            let of = positions.get(subject).copied().unwrap_or_default();
            let (all, others) = words
                .get(subject)
                .map_or((&[][..], false), |(all, others)| (all.as_slice(), *others));
            // One more stands for every word that nobody has thought of.
            let length = all.len() + usize::from(others);
            let bits = |tested: &BTreeSet<String>| {
                let mut bits = Bits::none(length);
                for word in tested {
                    if let Ok(position) = all.binary_search(word) {
                        bits.insert(position);
                    }
                }
                bits
            };
            let test = match claim {
                Claim::Word(tested) => Test::Word(bits(tested)),
                Claim::AnyOf(tested) => Test::AnyOf(bits(tested)),
                Claim::AllOf(tested) => Test::AllOf(bits(tested)),
                Claim::WordsWithin(tested) => Test::Within(bits(tested)),
                Claim::PlacesWithin(places) => Test::PlacesWithin(facts.inside(places)),
                Claim::PlacesTouch(places) => Test::PlacesTouch(facts.inside(places)),
                Claim::SameAs(other) => match positions.get(&Subject::Fact(*other)) {
                    Some((_, position)) => Test::SameAs(*position),
                    None => Test::Open,
                },
                Claim::AtLeast(number) => Test::AtLeast(*number),
                Claim::Days(from, to) => Test::Days(*from, *to),
                Claim::Open(_) => Test::Open,
            };
            theory.tests.push(test);
            theory.of.push(of);
            if let Some(group) = theory.groups.get_mut(of.0) {
                group.tests.push(index);
                group.words = group.words.max(length);
            }
        }
        theory
    }

    pub(super) fn is_open(&self, atom: usize) -> bool {
        matches!(self.tests.get(atom), Some(Test::Open))
    }

    /// Whether what is asserted and denied of the subject of one test, and of those compared with it, can be.
    pub(super) fn consistent(&self, atom: usize, truths: &[Option<bool>]) -> bool {
        let Some((group, _)) = self.of.get(atom) else {
            return true;
        };
        let Some(group) = self.groups.get(*group) else {
            return true;
        };
        let held = || {
            group.tests.iter().filter_map(|index| {
                let truth = truths.get(*index).copied().flatten()?;
                let (_, position) = self.of.get(*index)?;
                Some((self.tests.get(*index)?, truth, *position))
            })
        };
        match self.tests.get(atom) {
            Some(Test::Word(_)) => one_word(group.words, held().map(|(test, truth, _)| (test, truth))),
            Some(Test::AnyOf(_) | Test::AllOf(_) | Test::Within(_)) => {
                let held: Vec<(&Test, bool)> = held().map(|(test, truth, _)| (test, truth)).collect();
                words(group.words, &held)
            }
            Some(Test::PlacesWithin(_) | Test::PlacesTouch(_) | Test::SameAs(_)) => {
                let held: Vec<(&Test, bool, usize)> = held().collect();
                self.places(group, &held)
            }
            Some(Test::AtLeast(_)) => number(held().map(|(test, truth, _)| (test, truth))),
            Some(Test::Days(..)) => {
                let held: Vec<(&Test, bool)> = held().map(|(test, truth, _)| (test, truth)).collect();
                day(&held)
            }
            Some(Test::Open) | None => true,
        }
    }

    /// Each subject gets the largest set of places it may have: what is asked beyond that is that some place be among
    /// them, which the largest set meets if any does.
    fn places(&self, group: &Group, held: &[(&Test, bool, usize)]) -> bool {
        let length = self.countries.len();
        let mut allowed = vec![Bits::all(length); group.nowhere.len()];
        let mut somewhere: Vec<bool> = group.nowhere.iter().map(|nowhere| !nowhere).collect();
        // At least one place of each of these.
        let mut needed: Vec<(usize, Bits)> = Vec::new();
        let mut same: Vec<(usize, usize)> = Vec::new();
        let mut different: Vec<(usize, usize)> = Vec::new();
        for (test, truth, of) in held {
            let Some(own) = allowed.get_mut(*of) else { continue };
            match (test, truth) {
                (Test::PlacesWithin(area), true) => own.keep(area),
                (Test::PlacesTouch(area), false) => own.drop(area),
                (Test::PlacesTouch(area), true) => needed.push((*of, area.clone())),
                (Test::PlacesWithin(area), false) => {
                    let mut outside = Bits::all(length);
                    outside.drop(area);
                    needed.push((*of, outside));
                }
                (Test::SameAs(other), true) => same.push((*of, *other)),
                (Test::SameAs(other), false) => different.push((*of, *other)),
                _ => {}
            }
        }
        for one in needed
            .iter()
            .map(|(of, _)| of)
            .chain(same.iter().chain(&different).flat_map(|(a, b)| [a, b]))
        {
            if let Some(somewhere) = somewhere.get_mut(*one) {
                *somewhere = true;
            }
        }
        let exists = |allowed: &[Bits]| {
            let some = somewhere
                .iter()
                .zip(allowed)
                .all(|(somewhere, own)| !somewhere || !own.is_empty());
            some && needed
                .iter()
                .all(|(of, area)| allowed.get(*of).is_some_and(|own| own.meets(area)))
        };
        self.equalise(&mut allowed, &same);
        if !exists(&allowed) {
            return false;
        }
        // Several differences at once are looked at one by one: rarer than worth more.
        different.iter().all(|(a, b)| {
            let (Some(of_a), Some(of_b)) = (allowed.get(*a), allowed.get(*b)) else {
                return true;
            };
            let (countries_a, countries_b) = (self.countries_of(of_a), self.countries_of(of_b));
            if a == b {
                return false;
            }
            if countries_a != countries_b {
                return true;
            }
            // Their largest sets are alike: one of them has to do without a country that the other keeps.
            countries_a.iter().any(|country| {
                [(*a, *b), (*b, *a)].into_iter().any(|(poorer, richer)| {
                    let mut without = allowed.clone();
                    if let Some(own) = without.get_mut(poorer) {
                        for place in own
                            .clone()
                            .iter()
                            .filter(|place| self.countries.get(*place) == Some(&country))
                        {
                            own.remove(place);
                        }
                    }
                    self.equalise(&mut without, &same);
                    let differ = |x: &Bits, y: &Bits| self.countries_of(x) != self.countries_of(y);
                    let apart = without
                        .get(poorer)
                        .zip(without.get(richer))
                        .is_some_and(|(x, y)| differ(x, y));
                    apart && exists(&without)
                })
            })
        })
    }

    /// Leaves to subjects that have the same countries only those that both may have.
    fn equalise(&self, allowed: &mut [Bits], same: &[(usize, usize)]) {
        loop {
            let mut changed = false;
            for (a, b) in same {
                let (Some(of_a), Some(of_b)) = (allowed.get(*a), allowed.get(*b)) else {
                    continue;
                };
                let mut shared = self.countries_of(of_a);
                shared.keep(&self.countries_of(of_b));
                for one in [*a, *b] {
                    if let Some(own) = allowed.get_mut(one) {
                        for place in own.clone().iter() {
                            if !self
                                .countries
                                .get(place)
                                .is_some_and(|country| shared.contains(*country))
                            {
                                own.remove(place);
                                changed = true;
                            }
                        }
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn countries_of(&self, places: &Bits) -> Bits {
        let mut countries = Bits::none(self.countries.len());
        for place in places.iter() {
            if let Some(country) = self.countries.get(place) {
                countries.insert(*country);
            }
        }
        countries
    }
}

/// The subjects in groups: facts compared with one another are looked at together.
fn together(atoms: &[(Subject, Claim)]) -> Vec<Vec<Subject>> {
    let mut groups: Vec<BTreeSet<Subject>> = Vec::new();
    for (subject, claim) in atoms {
        let mut joined = BTreeSet::from([subject.clone()]);
        if let Claim::SameAs(other) = claim {
            joined.insert(Subject::Fact(*other));
        }
        let mut apart = Vec::with_capacity(groups.len() + 1);
        for group in groups {
            if group.is_disjoint(&joined) {
                apart.push(group);
            } else {
                joined.extend(group);
            }
        }
        apart.push(joined);
        groups = apart;
    }
    groups.into_iter().map(|group| group.into_iter().collect()).collect()
}

fn one_word<'t>(length: usize, held: impl Iterator<Item = (&'t Test, bool)>) -> bool {
    let mut allowed = Bits::all(length);
    for (test, truth) in held {
        if let Test::Word(words) = test {
            if truth {
                allowed.keep(words);
            } else {
                allowed.drop(words);
            }
        }
    }
    !allowed.is_empty()
}

fn words(length: usize, held: &[(&Test, bool)]) -> bool {
    let mut allowed = Bits::all(length);
    let mut must = Bits::none(length);
    let mut some = Vec::new();
    let mut not_all = Vec::new();
    for (test, truth) in held {
        match (test, truth) {
            (Test::Within(words), true) => allowed.keep(words),
            (Test::AnyOf(words), false) => allowed.drop(words),
            (Test::AllOf(words), true) => must.add(words),
            (Test::AnyOf(words), true) => some.push(words.clone()),
            (Test::Within(words), false) => {
                let mut outside = Bits::all(length);
                outside.drop(words);
                some.push(outside);
            }
            (Test::AllOf(words), false) => not_all.push(words),
            _ => {}
        }
    }
    let mut steps = 10_000;
    fits(&allowed, &must, &some, &not_all, &mut steps)
}

/// Whether a set of words within `allowed` has all that it must, some of each of `some` and not all of any of `not_all`.
fn fits(allowed: &Bits, must: &Bits, some: &[Bits], not_all: &[&Bits], steps: &mut u32) -> bool {
    if !must.is_within(allowed) || !some.iter().all(|words| words.meets(allowed)) {
        return false;
    }
    let Some((first, rest)) = not_all.split_first() else {
        return true;
    };
    if !first.is_within(allowed) {
        return fits(allowed, must, some, rest, steps);
    }
    *steps = steps.saturating_sub(1);
    if *steps == 0 {
        return true;
    }
    first.iter().filter(|word| !must.contains(*word)).any(|word| {
        let mut without = allowed.clone();
        without.remove(word);
        fits(&without, must, some, rest, steps)
    })
}

fn number<'t>(held: impl Iterator<Item = (&'t Test, bool)>) -> bool {
    let (mut least, mut below) = (0, None);
    for (test, truth) in held {
        if let Test::AtLeast(number) = test {
            if truth {
                least = least.max(*number);
            } else {
                below = Some(below.map_or(*number, |below: u64| below.min(*number)));
            }
        }
    }
    below.is_none_or(|below| least < below)
}

fn day(held: &[(&Test, bool)]) -> bool {
    // A date that never happened makes every test false.
    if !held.iter().any(|(_, truth)| *truth) {
        return true;
    }
    let (mut first, mut last): (Option<Date>, Option<Date>) = (None, None);
    let mut not_before = |day: Date| first = Some(first.map_or(day, |first| first.max(day)));
    let mut not_after = |day: Date| last = Some(last.map_or(day, |last| last.min(day)));
    for (test, truth) in held {
        let Test::Days(from, to) = test else { continue };
        match (from, to, truth) {
            (_, _, true) => {
                from.iter().for_each(|day| not_before(*day));
                to.iter().for_each(|day| not_after(*day));
            }
            // Each test is open at one end.
            (Some(from), None, false) => not_after(day_before(*from)),
            (None, Some(to), false) => not_before(to.next_day()),
            (None, None, false) => return false,
            (Some(_), Some(_), false) => {}
        }
    }
    match (first, last) {
        (Some(first), Some(last)) => first <= last,
        _ => true,
    }
}
