//! Conditions as of a day in the form in which they are searched: tests asserted or denied, joined by all and any.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::date::Date;
use crate::fact::{Catalogue, FactId, FactKey, FactType, OnwardFact};
use crate::law::check::bits::Bits;
use crate::law::check::period::day_before;
use crate::law::check::theory::{self, Claim, Subject, Words};
use crate::law::condition::{AreaRef, Condition, DateTest, Operand, PlacesTest, Test, WordsTest};
use crate::law::pack::Pack;
use crate::place::Place;
use crate::truth::Truth;

/// What conditions are about: the pack, its facts and the places.
pub(super) struct World<'a> {
    pub(super) pack: &'a Pack,
    pub(super) catalogue: &'a Catalogue,
    as_of: Option<FactId>,
    places: Vec<Place>,
    countries: Vec<usize>,
    areas: RefCell<BTreeMap<BTreeSet<Place>, Bits>>,
}

impl<'a> World<'a> {
    pub(super) fn new(pack: &'a Pack, catalogue: &'a Catalogue) -> Self {
        let places: Vec<Place> = catalogue.gazetteer().places().collect();
        // A gazetteer lists its places in order, countries among them.
        let country = |place: &Place| places.binary_search(&place.country()).unwrap_or(usize::MAX);
        Self {
            pack,
            catalogue,
            as_of: catalogue.id_of(&FactKey::AsOf),
            countries: places.iter().map(country).collect(),
            places,
            areas: RefCell::default(),
        }
    }
}

impl theory::Facts for World<'_> {
    fn words(&self, subject: &Subject) -> Words {
        let (known, others) = match subject {
            Subject::Point(point) => {
                let reading = self.pack.readings.get(point);
                (reading.map(|reading| reading.options.keys().cloned().collect()), false)
            }
            Subject::Fact(fact) => match &self.catalogue.fact(*fact).kind {
                FactType::Bool => (Some(BTreeSet::from([YES.to_owned(), NO.to_owned()])), false),
                FactType::Word(words) | FactType::Words(Some(words)) => (Some(words.iter().cloned().collect()), false),
                _ => (None, true),
            },
        };
        Words {
            known: known.unwrap_or_default(),
            others,
        }
    }

    fn inside(&self, places: &BTreeSet<Place>) -> Bits {
        if let Some(known) = self.areas.borrow().get(places) {
            return known.clone();
        }
        let area = self.catalogue.gazetteer().area(places);
        let mut bits = Bits::none(self.places.len());
        for (position, place) in self.places.iter().enumerate() {
            // A country of which only a city is inside stands here for the rest of it.
            if area.contains(*place) == Truth::True {
                bits.insert(position);
            }
        }
        self.areas.borrow_mut().insert(places.clone(), bits.clone());
        bits
    }

    fn countries(&self) -> &[usize] {
        &self.countries
    }

    fn may_be_nowhere(&self, fact: FactId) -> bool {
        matches!(self.catalogue.fact(fact).key, FactKey::Onward(OnwardFact::Places))
    }
}

/// How yes and no are written among words.
const YES: &str = "true";
const NO: &str = "false";

/// A part of a formula.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Node {
    /// The same whatever the facts.
    Const(bool),
    /// A test asserted, or denied.
    Test(usize, bool),
    /// All of these.
    All(Vec<usize>),
    /// At least one of these.
    Any(Vec<usize>),
}

/// What lies in an area on a day.
struct Members<'w> {
    /// What lies in it anyhow.
    plain: BTreeSet<Place>,
    /// What lies in it on a condition.
    conditional: Vec<(&'w BTreeSet<Place>, &'w Condition)>,
    /// The law has a list that nobody has filled.
    unfilled: bool,
}

/// Conditions as of one day.
pub(super) struct Formula<'w> {
    world: &'w World<'w>,
    day: Date,
    nodes: Vec<Node>,
    ids: BTreeMap<Node, usize>,
    atoms: Vec<(Subject, Claim)>,
    atom_ids: BTreeMap<(Subject, Claim), usize>,
    named: BTreeMap<(bool, &'w str), usize>,
    opposites: BTreeMap<usize, usize>,
}

impl<'w> Formula<'w> {
    pub(super) fn new(world: &'w World<'w>, day: Date) -> Self {
        Self {
            world,
            day,
            nodes: Vec::new(),
            ids: BTreeMap::new(),
            atoms: Vec::new(),
            atom_ids: BTreeMap::new(),
            named: BTreeMap::new(),
            opposites: BTreeMap::new(),
        }
    }

    pub(super) fn atoms(&self) -> &[(Subject, Claim)] {
        &self.atoms
    }

    pub(super) fn node(&self, id: usize) -> &Node {
        // INVARIANT: ids are positions of nodes, which only grow.
        &self.nodes[id]
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn intern(&mut self, node: Node) -> usize {
        if let Some(id) = self.ids.get(&node) {
            return *id;
        }
        let id = self.nodes.len();
        self.nodes.push(node.clone());
        self.ids.insert(node, id);
        id
    }

    fn constant(&mut self, value: bool) -> usize {
        self.intern(Node::Const(value))
    }

    fn test(&mut self, subject: Subject, claim: Claim) -> usize {
        let key = (subject, claim);
        let atom = match self.atom_ids.get(&key) {
            Some(atom) => *atom,
            None => {
                let atom = self.atoms.len();
                self.atoms.push(key.clone());
                self.atom_ids.insert(key, atom);
                atom
            }
        };
        self.intern(Node::Test(atom, true))
    }

    pub(super) fn join(&mut self, all: bool, parts: Vec<usize>) -> usize {
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            match self.node(part) {
                Node::Const(value) if *value == all => {}
                Node::Const(value) => {
                    let value = *value;
                    return self.constant(value);
                }
                _ => kept.push(part),
            }
        }
        kept.sort_unstable();
        kept.dedup();
        match kept.as_slice() {
            [] => self.constant(all),
            [one] => *one,
            _ if all => self.intern(Node::All(kept)),
            _ => self.intern(Node::Any(kept)),
        }
    }

    /// The formula that holds where this one does not.
    pub(super) fn not(&mut self, id: usize) -> usize {
        if let Some(opposite) = self.opposites.get(&id) {
            return *opposite;
        }
        let opposite = match self.node(id).clone() {
            Node::Const(value) => self.constant(!value),
            Node::Test(atom, asserted) => self.intern(Node::Test(atom, !asserted)),
            Node::All(parts) => {
                let parts = parts.into_iter().map(|part| self.not(part)).collect();
                self.join(false, parts)
            }
            Node::Any(parts) => {
                let parts = parts.into_iter().map(|part| self.not(part)).collect();
                self.join(true, parts)
            }
        };
        self.opposites.insert(id, opposite);
        self.opposites.insert(opposite, id);
        opposite
    }

    /// Adds a condition.
    pub(super) fn add(&mut self, condition: &'w Condition) -> usize {
        match condition {
            Condition::Always => self.constant(true),
            Condition::Never => self.constant(false),
            Condition::All(conditions) => {
                let parts = conditions.iter().map(|part| self.add(part)).collect();
                self.join(true, parts)
            }
            Condition::Any(conditions) => {
                let parts = conditions.iter().map(|part| self.add(part)).collect();
                self.join(false, parts)
            }
            Condition::Not(condition) => {
                let id = self.add(condition);
                self.not(id)
            }
            Condition::Named(name) => {
                let when = self.world.pack.conditions.get(name).map(|named| &named.when);
                self.shared((false, name), when)
            }
            Condition::Rule(stem) => {
                let rule = self.world.pack.rules.iter().find(|rule| rule.head.stem == *stem);
                let rule = rule.filter(|rule| rule.head.effective.covers(self.day));
                self.shared((true, stem), rule.map(|rule| &rule.when))
            }
            Condition::Reading { point, option } => {
                let claim = Claim::Word(BTreeSet::from([option.clone()]));
                self.test(Subject::Point(point.clone()), claim)
            }
            Condition::Fact { fact, test } => self.fact(*fact, test),
        }
    }

    fn shared(&mut self, name: (bool, &'w str), when: Option<&'w Condition>) -> usize {
        if let Some(id) = self.named.get(&name) {
            return *id;
        }
        let id = match when {
            Some(when) => self.add(when),
            None => self.constant(false),
        };
        self.named.insert(name, id);
        id
    }

    fn fact(&mut self, fact: FactId, test: &'w Test) -> usize {
        let subject = Subject::Fact(fact);
        let (claim, asserted) = match test {
            Test::Is(value) => (Claim::Word(BTreeSet::from([YES.to_owned()])), *value),
            Test::Word(words) => (Claim::Word(words.clone()), true),
            Test::Words(WordsTest::AnyOf, words) => (Claim::AnyOf(words.clone()), true),
            Test::Words(WordsTest::NoneOf, words) => (Claim::AnyOf(words.clone()), false),
            Test::Words(WordsTest::AllOf, words) => (Claim::AllOf(words.clone()), true),
            Test::Words(WordsTest::Within, words) => (Claim::WordsWithin(words.clone()), true),
            Test::Places(PlacesTest::Within, area) => return self.within(fact, area),
            Test::Places(PlacesTest::Touches, area) => return self.touches(fact, area),
            Test::Places(PlacesTest::Outside, area) => {
                let touches = self.touches(fact, area);
                return self.not(touches);
            }
            Test::SameAs(other) => {
                let claim = Claim::SameAs(fact.max(*other));
                return self.test(Subject::Fact(fact.min(*other)), claim);
            }
            Test::AtLeast(number) => (Claim::AtLeast(*number), true),
            Test::Below(number) => (Claim::AtLeast(*number), false),
            Test::Date(test, operand) => return self.date(fact, *test, *operand),
        };
        let id = self.test(subject, claim);
        if asserted { id } else { self.not(id) }
    }

    fn date(&mut self, fact: FactId, test: DateTest, operand: Operand) -> usize {
        let day = match operand {
            Operand::Day(day) => Some(day),
            Operand::Fact(other, period) if Some(other) == self.world.as_of => Some(self.day.plus(period)),
            Operand::Fact(..) => None,
        };
        let claim = match (day, test) {
            (None, _) => Claim::Open(format!("{test} {operand:?}")),
            (Some(day), DateTest::OnOrBefore) => Claim::Days(None, Some(day)),
            (Some(day), DateTest::Before) => Claim::Days(None, Some(day_before(day))),
            (Some(day), DateTest::OnOrAfter) => Claim::Days(Some(day), None),
            (Some(day), DateTest::After) => Claim::Days(Some(day.next_day()), None),
        };
        match claim {
            Claim::Days(from, to) if Some(fact) == self.world.as_of => {
                let (from, to) = (
                    from.is_none_or(|from| from <= self.day),
                    to.is_none_or(|to| self.day <= to),
                );
                self.constant(from && to)
            }
            claim => self.test(Subject::Fact(fact), claim),
        }
    }

    fn members(&self, area: &AreaRef) -> Members<'w> {
        let mut plain = area.places.clone();
        let mut conditional = Vec::new();
        let mut unfilled = false;
        for set in area.sets.iter().filter_map(|name| self.world.pack.sets.get(name)) {
            unfilled |= set.members.is_empty();
            for member in set.members.iter().filter(|member| member.effective.covers(self.day)) {
                match &member.when {
                    Condition::Always => plain.extend(&member.places),
                    condition => conditional.push((&member.places, condition)),
                }
            }
        }
        Members {
            plain,
            conditional,
            unfilled,
        }
    }

    /// What the law would say once a list it has is filled.
    fn unfilled(&mut self, fact: FactId, test: PlacesTest, area: &AreaRef) -> usize {
        let claim = Claim::Open(format!("{test} {area:?}"));
        self.test(Subject::Fact(fact), claim)
    }

    fn places(&mut self, fact: FactId, places: BTreeSet<Place>, claim: impl Fn(BTreeSet<Place>) -> Claim) -> usize {
        // Nothing lies in an area without places, wherever it is.
        if places.is_empty() {
            return self.constant(false);
        }
        self.test(Subject::Fact(fact), claim(places))
    }

    fn within(&mut self, fact: FactId, area: &AreaRef) -> usize {
        let Members {
            plain,
            conditional,
            unfilled,
        } = self.members(area);
        let everything: BTreeSet<Place> = conditional
            .iter()
            .flat_map(|(places, _)| *places)
            .chain(&plain)
            .copied()
            .collect();
        let on_condition: Vec<Place> = everything.difference(&plain).copied().collect();
        let mut all = vec![self.places(fact, everything, Claim::PlacesWithin)];
        for place in on_condition {
            let touches = self.places(fact, BTreeSet::from([place]), Claim::PlacesTouch);
            let mut any = vec![self.not(touches)];
            for (places, condition) in &conditional {
                if places.contains(&place) {
                    any.push(self.add(condition));
                }
            }
            all.push(self.join(false, any));
        }
        let mut within = self.join(true, all);
        if unfilled {
            let open = self.unfilled(fact, PlacesTest::Within, area);
            within = self.join(false, vec![within, open]);
        }
        within
    }

    fn touches(&mut self, fact: FactId, area: &AreaRef) -> usize {
        let Members {
            plain,
            conditional,
            unfilled,
        } = self.members(area);
        let mut any = vec![self.places(fact, plain, Claim::PlacesTouch)];
        for (places, condition) in conditional {
            let touches = self.places(fact, places.clone(), Claim::PlacesTouch);
            let condition = self.add(condition);
            any.push(self.join(true, vec![touches, condition]));
        }
        if unfilled {
            any.push(self.unfilled(fact, PlacesTest::Touches, area));
        }
        self.join(false, any)
    }

    /// What is asserted or denied, in words.
    pub(super) fn describe(&self, atom: usize, asserted: bool) -> Option<String> {
        let (subject, claim) = self.atoms.get(atom)?;
        let name = match subject {
            Subject::Fact(fact) => self.world.catalogue.fact(*fact).name.as_str(),
            Subject::Point(point) => point.as_str(),
        };
        let words = |words: &BTreeSet<String>| few(words.iter().map(String::as_str));
        let places = |places: &BTreeSet<Place>| few(places.iter().map(Place::as_str));
        let not = if asserted { "" } else { "not " };
        let is = match claim {
            Claim::Word(set) if set.len() == 1 && set.contains(YES) => format!("is {asserted}"),
            Claim::Word(set) if set.len() == 1 => format!("is {not}{}", words(set)),
            Claim::Word(set) => format!("is {not}one of {}", words(set)),
            Claim::AnyOf(set) if asserted => format!("has {}", words(set)),
            Claim::AnyOf(set) => format!("has no {}", words(set)),
            Claim::AllOf(set) => format!("has {not}all of {}", words(set)),
            Claim::WordsWithin(set) => format!("is {not}within {}", words(set)),
            Claim::PlacesWithin(set) => format!("is {not}within {}", places(set)),
            Claim::PlacesTouch(set) if asserted => format!("touches {}", places(set)),
            Claim::PlacesTouch(set) => format!("is outside {}", places(set)),
            Claim::SameAs(other) => format!("is {not}the same as {}", self.world.catalogue.fact(*other).name),
            Claim::AtLeast(number) if asserted => format!("is at least {number}"),
            Claim::AtLeast(number) => format!("is below {number}"),
            Claim::Days(Some(from), _) => format!("is {not}on or after {from}"),
            Claim::Days(_, Some(to)) => format!("is {not}on or before {to}"),
            Claim::Days(None, None) | Claim::Open(_) => return None,
        };
        Some(format!("`{name}` {is}"))
    }
}

/// The first few of many.
fn few<'t>(words: impl Iterator<Item = &'t str>) -> String {
    let words: Vec<&str> = words.collect();
    let shown = words.iter().take(4).copied().collect::<Vec<_>>().join(", ");
    match words.len() {
        0 => "nothing".to_owned(),
        1..=4 => shown,
        more => format!("{shown} and {} more", more - 4),
    }
}
