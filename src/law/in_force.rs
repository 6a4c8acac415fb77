//! The law as of a day: rules picked by their periods, sets and named conditions resolved, readings chosen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::date::Date;
use crate::fact::FactId;
use crate::law::Law;
use crate::law::condition::{AreaRef, Condition, DateTest, Operand, PlacesTest, Test, WordsTest};
use crate::law::pack::{Conclusion, Confidence, Head, Pack, Per, ReplacedBy, Rule, Stage, Status, Then};
use crate::outcome::Outcome;
use crate::place::{Area, Gazetteer, Place};
use crate::text::Text;

/// A condition bound to a day.
#[derive(Clone, Debug)]
pub enum Cond {
    /// The same whatever the facts.
    Const(bool),
    /// The same whatever the facts, by the reading chosen of an open point.
    Reading {
        /// The point.
        point: String,
        /// Whether the reading asked for is the one chosen.
        chosen: bool,
    },
    /// All of them hold.
    All(Vec<Cond>),
    /// At least one of them holds.
    Any(Vec<Cond>),
    /// It does not hold.
    Not(Box<Cond>),
    /// A condition with a name a reader knows.
    Named {
        /// The name.
        name: String,
        /// The condition.
        cond: Arc<Cond>,
    },
    /// A fact and what it must be.
    Atom(Arc<Atom>),
}

/// A fact and what it must be, on one day.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Atom {
    /// The fact.
    pub fact: FactId,
    /// What it must be.
    pub test: AtomTest,
}

/// What a fact must be.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum AtomTest {
    /// Yes or no.
    Is(bool),
    /// One of these words.
    WordIn(BTreeSet<String>),
    /// At least one of these words among the fact's.
    AnyOf(BTreeSet<String>),
    /// All of these words among the fact's.
    AllOf(BTreeSet<String>),
    /// No words but these.
    WordsWithin(BTreeSet<String>),
    /// Every place inside.
    PlacesWithin(Area),
    /// At least one place inside.
    PlacesTouch(Area),
    /// The same countries as another fact.
    SameAs(FactId),
    /// At least so many.
    AtLeast(u64),
    /// A day before or after another.
    Date(DateTest, Operand),
}

/// The law as of a day.
#[derive(Clone, Debug)]
pub struct InForce {
    /// The day.
    pub as_of: Date,
    /// The regimes, in the order of the packs.
    pub regimes: Vec<RegimeInForce>,
}

/// One regime as of a day.
#[derive(Clone, Debug)]
pub struct RegimeInForce {
    /// The position of its pack in [`Law::packs`].
    pub pack: usize,
    /// Whether the regime is law on that day.
    pub is_law: bool,
    /// Who stands in the exporter's place, and when.
    pub replacements: Vec<(ReplacedBy, Cond)>,
    /// What is counted.
    pub counts: Vec<CountInForce>,
    /// The layers, judged apart.
    pub layers: Vec<LayerInForce>,
}

/// A count as of a day.
#[derive(Clone, Debug)]
pub struct CountInForce {
    /// The fact that carries it.
    pub fact: FactId,
    /// Whose movements are summed.
    pub per: Per,
    /// Which movements.
    pub over: Cond,
    /// Since when.
    pub since: Option<Date>,
}

/// One layer as of a day.
#[derive(Clone, Debug)]
pub struct LayerInForce {
    /// Its id.
    pub id: String,
    /// Whether it binds.
    pub status: Status,
    /// Rules of scope, the prevailing ones first.
    pub scope: Vec<RuleInForce>,
    /// Rules of transfer, the prevailing ones first.
    pub transfer: Vec<RuleInForce>,
    /// Blocks.
    pub blocks: Vec<RuleInForce>,
    /// Exemptions.
    pub exemptions: Vec<RuleInForce>,
    /// Mechanisms.
    pub mechanisms: Vec<MechanismInForce>,
    /// Duties.
    pub duties: Vec<DutyInForce>,
}

impl LayerInForce {
    /// Every condition of the layer.
    #[must_use]
    pub fn conditions(&self) -> Vec<&Cond> {
        let mut all = Vec::new();
        for rules in [&self.scope, &self.transfer, &self.blocks, &self.exemptions] {
            for rule in rules {
                all.push(&rule.when);
                all.extend(rule.lifted.iter().map(|(when, _)| when));
            }
        }
        for mechanism in &self.mechanisms {
            all.extend(mechanism.gates.iter().map(|gate| &gate.when));
            all.extend(mechanism.requirements.iter().map(|requirement| &requirement.when));
        }
        all.extend(self.duties.iter().flat_map(|duty| [&duty.applies, &duty.when]));
        all
    }
}

/// One rule as of a day.
#[derive(Clone, Debug)]
pub struct RuleInForce {
    /// The position of the rule in [`Pack::rules`].
    pub rule: usize,
    /// The higher prevails.
    pub rank: u64,
    /// When it holds.
    pub when: Cond,
    /// What follows.
    pub then: Conclusion,
    /// For a block: when it is lifted, and what follows then.
    pub lifted: Option<(Cond, Outcome)>,
}

/// One mechanism as of a day.
#[derive(Clone, Debug)]
pub struct MechanismInForce {
    /// The position of the mechanism in [`Pack::mechanisms`].
    pub mechanism: usize,
    /// `<regime>/<stem>`.
    pub kind: String,
    /// Everybody holds it.
    pub implicit: bool,
    /// What follows when all is met.
    pub then: Outcome,
    /// The open point of law on which that turns, if it does.
    pub then_by: Option<String>,
    /// False: void.
    pub gates: Vec<GateInForce>,
    /// False: incomplete.
    pub requirements: Vec<RequirementInForce>,
}

/// One gate as of a day.
#[derive(Clone, Debug)]
pub struct GateInForce {
    /// Its name.
    pub name: String,
    /// When it is passed.
    pub when: Cond,
    /// It stands in the way of obtaining the mechanism; one that is held passes it.
    pub of_obtaining: bool,
    /// The provision.
    pub cite: String,
    /// Why.
    pub because: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

/// One requirement as of a day.
#[derive(Clone, Debug)]
pub struct RequirementInForce {
    /// Its name.
    pub name: String,
    /// When it is met, or does not bind.
    pub when: Cond,
    /// Whether there is something on which it hangs whether it binds.
    pub(crate) binds_on: bool,
    /// Whether not knowing counts as met.
    pub unknown_is_met: bool,
    /// The provision.
    pub cite: String,
    /// What to do.
    pub cure: Text,
    /// How sure it is.
    pub confidence: Confidence,
}

impl RequirementInForce {
    /// Where it does not bind, and when it is met: what an act can bring about is the latter.
    pub(crate) fn parts(&self) -> (Option<&Cond>, &Cond) {
        match &self.when {
            Cond::Any(parts) if self.binds_on => match parts.as_slice() {
                [free, met] => (Some(free), met),
                _ => (None, &self.when),
            },
            when => (None, when),
        }
    }
}

/// One duty as of a day.
#[derive(Clone, Debug)]
pub struct DutyInForce {
    /// The position of the duty in [`Pack::duties`].
    pub duty: usize,
    /// Where it binds.
    pub applies: Cond,
    /// When it is met.
    pub when: Cond,
}

/// Readings chosen by the caller, by regime and point; the pack's default elsewhere.
pub type Readings = BTreeMap<(String, String), String>;

impl Law {
    /// The law as of a day.
    #[must_use]
    pub fn as_of(&self, day: Date, readings: &Readings) -> InForce {
        let regimes = self
            .packs()
            .iter()
            .enumerate()
            .map(|(index, pack)| {
                let resolver = Resolver {
                    pack,
                    gazetteer: self.catalogue().gazetteer(),
                    readings,
                    day,
                };
                resolver.regime(index)
            })
            .collect();
        InForce { as_of: day, regimes }
    }
}

struct Resolver<'a> {
    pack: &'a Pack,
    gazetteer: &'a Gazetteer,
    readings: &'a Readings,
    day: Date,
}

impl Resolver<'_> {
    fn regime(&self, index: usize) -> RegimeInForce {
        let pack = self.pack;
        RegimeInForce {
            pack: index,
            is_law: pack.effective.covers(self.day),
            replacements: pack.replacements.iter().map(|r| (r.by, self.cond(&r.when))).collect(),
            counts: pack
                .counts
                .iter()
                .filter(|count| count.head.effective.covers(self.day))
                .map(|count| CountInForce {
                    fact: count.fact,
                    per: count.per,
                    over: self.cond(&count.over),
                    since: count.since(self.day),
                })
                .collect(),
            layers: pack
                .layers
                .iter()
                .map(|layer| self.layer(&layer.id, layer.status_on(self.day)))
                .collect(),
        }
    }

    fn layer(&self, id: &str, status: Status) -> LayerInForce {
        let pack = self.pack;
        let mechanisms = pack
            .mechanisms
            .iter()
            .enumerate()
            .filter(|(_, m)| m.head.is_in_layer(id) && m.head.effective.covers(self.day))
            .map(|(index, _)| self.mechanism(index, id))
            .collect();
        let duties = pack
            .duties
            .iter()
            .enumerate()
            .filter(|(_, duty)| duty.head.is_in_layer(id) && duty.head.effective.covers(self.day))
            .map(|(index, duty)| DutyInForce {
                duty: index,
                applies: self.cond(&duty.applies),
                when: self.cond(&duty.when),
            })
            .collect();
        LayerInForce {
            id: id.to_owned(),
            status,
            scope: self.rules(Stage::Scope, id),
            transfer: self.rules(Stage::Transfer, id),
            blocks: self.rules(Stage::Blocks, id),
            exemptions: self.rules(Stage::Exemptions, id),
            mechanisms,
            duties,
        }
    }

    fn rules(&self, stage: Stage, layer: &str) -> Vec<RuleInForce> {
        let holds = |rule: &Rule| {
            rule.head.stage == stage && rule.head.is_in_layer(layer) && rule.head.effective.covers(self.day)
        };
        let mut rules: Vec<RuleInForce> = self
            .pack
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| holds(rule))
            .map(|(index, rule)| RuleInForce {
                rule: index,
                rank: rule.rank,
                when: self.cond(&rule.when),
                then: rule.then,
                lifted: rule
                    .lifted
                    .as_ref()
                    .and_then(|lifted| Some((self.cond(&lifted.when), lifted.then.outcome()?))),
            })
            .collect();
        // Stable: rules of one rank stay in the order of their files.
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.rank));
        rules
    }

    fn mechanism(&self, index: usize, layer: &str) -> MechanismInForce {
        let mechanism = &self.pack.mechanisms[index];
        let cite_of = |own: &Option<String>, head: &str| own.clone().unwrap_or_else(|| head.to_owned());
        let requirement = |requirement: &crate::law::pack::Requirement, cite: String, of: &Head| RequirementInForce {
            name: requirement.name.clone(),
            when: match &requirement.applies {
                Condition::Always => self.cond(&requirement.when),
                applies => Cond::Any(vec![
                    Cond::Not(Box::new(self.cond(applies))),
                    self.cond(&requirement.when),
                ]),
            },
            binds_on: !matches!(requirement.applies, Condition::Always),
            unknown_is_met: requirement.unknown_is_met,
            cite,
            cure: requirement.cure.clone(),
            confidence: requirement.confidence.unwrap_or(of.confidence),
        };
        let own = mechanism
            .requirements
            .iter()
            .map(|r| requirement(r, cite_of(&r.cite, &mechanism.head.cite), &mechanism.head));
        let common = self
            .pack
            .requirements
            .iter()
            .filter(|common| {
                let picks = common
                    .of
                    .as_ref()
                    .is_none_or(|groups| mechanism.group.as_ref().is_some_and(|group| groups.contains(group)));
                picks && common.head.is_in_layer(layer) && common.head.effective.covers(self.day)
            })
            .map(|common| requirement(&common.requirement, common.head.cite.clone(), &common.head));
        let (then, then_by) = match &mechanism.then {
            Then::Always(then) => (*then, None),
            Then::ByReading { point, options } => {
                let chosen = self.chosen(point).and_then(|option| options.get(option));
                (chosen.copied().unwrap_or(Conclusion::Covered), Some(point.clone()))
            }
        };
        MechanismInForce {
            mechanism: index,
            kind: format!("{}/{}", self.pack.id, mechanism.head.stem),
            implicit: mechanism.implicit,
            then: then.outcome().unwrap_or(Outcome::Covered),
            then_by,
            gates: mechanism
                .gates
                .iter()
                .map(|gate| GateInForce {
                    name: gate.name.clone(),
                    when: self.cond(&gate.when),
                    of_obtaining: gate.of_obtaining,
                    cite: cite_of(&gate.cite, &mechanism.head.cite),
                    because: gate.because.clone(),
                    confidence: gate.confidence.unwrap_or(mechanism.head.confidence),
                })
                .collect(),
            requirements: own.chain(common).collect(),
        }
    }

    fn cond(&self, condition: &Condition) -> Cond {
        let all = |conditions: &[Condition]| conditions.iter().map(|c| self.cond(c)).collect();
        match condition {
            Condition::Always => Cond::Const(true),
            Condition::Never => Cond::Const(false),
            Condition::All(conditions) => Cond::All(all(conditions)),
            Condition::Any(conditions) => Cond::Any(all(conditions)),
            Condition::Not(condition) => Cond::Not(Box::new(self.cond(condition))),
            // INVARIANT: the pack's check refuses names that do not exist and names that lead back to themselves.
            Condition::Named(name) => match self.pack.conditions.get(name) {
                Some(named) => Cond::Named {
                    name: name.clone(),
                    cond: Arc::new(self.cond(&named.when)),
                },
                None => Cond::Const(false),
            },
            Condition::Rule(stem) => {
                let rule = self.pack.rules.iter().find(|rule| rule.head.stem == *stem);
                match rule.filter(|rule| rule.head.effective.covers(self.day)) {
                    Some(rule) => Cond::Named {
                        name: stem.clone(),
                        cond: Arc::new(self.cond(&rule.when)),
                    },
                    None => Cond::Const(false),
                }
            }
            Condition::Reading { point, option } => Cond::Reading {
                point: point.clone(),
                chosen: self.chosen(point) == Some(option),
            },
            Condition::Fact { fact, test } => self.fact(*fact, test),
        }
    }

    /// The reading of an open point that is used.
    fn chosen(&self, point: &str) -> Option<&String> {
        let key = (self.pack.id.clone(), point.to_owned());
        let default = || self.pack.readings.get(point).map(|reading| &reading.default);
        self.readings.get(&key).or_else(default)
    }

    fn fact(&self, fact: FactId, test: &Test) -> Cond {
        let atom = |test| Cond::Atom(Arc::new(Atom { fact, test }));
        let not = |cond| Cond::Not(Box::new(cond));
        match test {
            Test::Is(value) => atom(AtomTest::Is(*value)),
            Test::Word(words) => atom(AtomTest::WordIn(words.clone())),
            Test::Words(WordsTest::AnyOf, words) => atom(AtomTest::AnyOf(words.clone())),
            Test::Words(WordsTest::AllOf, words) => atom(AtomTest::AllOf(words.clone())),
            Test::Words(WordsTest::NoneOf, words) => not(atom(AtomTest::AnyOf(words.clone()))),
            Test::Words(WordsTest::Within, words) => atom(AtomTest::WordsWithin(words.clone())),
            Test::Places(PlacesTest::Within, area) => self.within(fact, area),
            Test::Places(PlacesTest::Touches, area) => self.touches(fact, area),
            Test::Places(PlacesTest::Outside, area) => not(self.touches(fact, area)),
            Test::SameAs(other) => atom(AtomTest::SameAs(*other)),
            Test::AtLeast(number) => atom(AtomTest::AtLeast(*number)),
            Test::Below(number) => not(atom(AtomTest::AtLeast(*number))),
            Test::Date(test, operand) => atom(AtomTest::Date(*test, *operand)),
        }
    }

    /// The places of an area on the day: those that are in it anyhow, and those that are in it on a condition.
    fn members(&self, area: &AreaRef) -> (BTreeSet<Place>, Vec<(BTreeSet<Place>, &Condition)>) {
        let mut plain = area.places.clone();
        let mut conditional = Vec::new();
        let sets = area.sets.iter().filter_map(|name| self.pack.sets.get(name));
        for member in sets
            .flat_map(|set| &set.members)
            .filter(|member| member.effective.covers(self.day))
        {
            match &member.when {
                Condition::Always => plain.extend(&member.places),
                condition => conditional.push((member.places.clone(), condition)),
            }
        }
        (plain, conditional)
    }

    fn places(&self, fact: FactId, places: &BTreeSet<Place>, test: impl Fn(Area) -> AtomTest) -> Cond {
        // Nothing lies in an area without places, wherever it is.
        if places.is_empty() {
            return Cond::Const(false);
        }
        Cond::Atom(Arc::new(Atom {
            fact,
            test: test(self.gazetteer.area(places)),
        }))
    }

    /// Every place of the fact is in the area: in it anyhow, or in it on a condition that holds.
    fn within(&self, fact: FactId, area: &AreaRef) -> Cond {
        let (plain, conditional) = self.members(area);
        let everything = conditional
            .iter()
            .flat_map(|(places, _)| places)
            .chain(&plain)
            .copied()
            .collect();
        let mut all = vec![self.places(fact, &everything, AtomTest::PlacesWithin)];
        let on_condition: BTreeSet<Place> = everything.difference(&plain).copied().collect();
        for place in on_condition {
            let only = BTreeSet::from([place]);
            let conditions = conditional.iter().filter(|(places, _)| places.contains(&place));
            let mut any = vec![Cond::Not(Box::new(self.places(fact, &only, AtomTest::PlacesTouch)))];
            any.extend(conditions.map(|(_, condition)| self.cond(condition)));
            all.push(Cond::Any(any));
        }
        self.named(area, all, Cond::All)
    }

    /// At least one place of the fact is in the area.
    fn touches(&self, fact: FactId, area: &AreaRef) -> Cond {
        let (plain, conditional) = self.members(area);
        let mut any = vec![self.places(fact, &plain, AtomTest::PlacesTouch)];
        for (places, condition) in conditional {
            any.push(Cond::All(vec![
                self.places(fact, &places, AtomTest::PlacesTouch),
                self.cond(condition),
            ]));
        }
        self.named(area, any, Cond::Any)
    }

    fn named(&self, area: &AreaRef, mut conds: Vec<Cond>, join: impl Fn(Vec<Cond>) -> Cond) -> Cond {
        let cond = if conds.len() == 1 {
            conds.pop().unwrap_or(Cond::Const(false))
        } else {
            join(conds)
        };
        if area.sets.is_empty() {
            return cond;
        }
        let names: Vec<&str> = area.sets.iter().map(String::as_str).collect();
        Cond::Named {
            name: names.join(", "),
            cond: Arc::new(cond),
        }
    }
}
