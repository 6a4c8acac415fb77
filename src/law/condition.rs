//! Conditions as a pack writes them: structured, typed against the fact catalogue, not yet bound to a day.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::{Date, Period};
use crate::diagnostic::Code;
use crate::fact::{Catalogue, FactId, FactKey, FactType};
use crate::load::decode::{Node, did_you_mean, near};
use crate::load::tree::Tree;
use crate::place::Place;
use crate::word::words;

/// A condition of a rule.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Holds.
    Always,
    /// Does not hold.
    Never,
    /// All of them hold.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A condition of `conditions.yaml`.
    Named(String),
    /// The condition of another rule, within its period.
    Rule(String),
    /// A reading of an open point is chosen.
    Reading {
        /// The point.
        point: String,
        /// The reading.
        option: String,
    },
    /// A fact and what it must be.
    Fact {
        /// The fact.
        fact: FactId,
        /// What it must be.
        test: Test,
    },
}

/// What a fact must be.
#[derive(Clone, Debug)]
pub enum Test {
    /// Yes or no.
    Is(bool),
    /// One of these words.
    Word(BTreeSet<String>),
    /// A test of a set of words.
    Words(WordsTest, BTreeSet<String>),
    /// A test of a set of places.
    Places(PlacesTest, AreaRef),
    /// The same countries as another fact.
    SameAs(FactId),
    /// At least so many.
    AtLeast(u64),
    /// Fewer than so many.
    Below(u64),
    /// A day before or after another.
    Date(DateTest, Operand),
}

words! {
    /// How a set of words is tested.
    pub enum WordsTest {
        /// At least one of them.
        AnyOf = "any_of",
        /// All of them.
        AllOf = "all_of",
        /// None of them.
        NoneOf = "none_of",
        /// No others.
        Within = "within",
    }

    /// How a set of places is tested.
    pub enum PlacesTest {
        /// Every place lies inside.
        Within = "within",
        /// At least one does.
        Touches = "touches",
        /// None does.
        Outside = "outside",
    }

    /// How a day is tested.
    pub enum DateTest {
        /// That day or earlier.
        OnOrBefore = "on_or_before",
        /// Earlier.
        Before = "before",
        /// That day or later.
        OnOrAfter = "on_or_after",
        /// Later.
        After = "after",
    }
}

impl DateTest {
    /// Whether a day is so against another.
    #[must_use]
    pub fn holds(self, day: Date, with: Date) -> bool {
        match self {
            Self::OnOrBefore => day <= with,
            Self::Before => day < with,
            Self::OnOrAfter => day >= with,
            Self::After => day > with,
        }
    }
}

/// An area as written: places and sets.
#[derive(Clone, Debug, Default)]
pub struct AreaRef {
    /// Places named directly.
    pub places: BTreeSet<Place>,
    /// Sets of the pack.
    pub sets: BTreeSet<String>,
}

/// The day against which another is tested.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operand {
    /// A day of the calendar.
    Day(Date),
    /// A fact, moved.
    Fact(FactId, Period),
}

/// What a condition may refer to.
pub(crate) struct Scope<'a> {
    pub(crate) regime: &'a str,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) conditions: &'a BTreeSet<String>,
    pub(crate) rules: &'a BTreeSet<String>,
    pub(crate) sets: &'a BTreeSet<String>,
    pub(crate) readings: &'a BTreeMap<String, BTreeSet<String>>,
    pub(crate) categories: &'a BTreeMap<String, BTreeSet<String>>,
}

impl Scope<'_> {
    /// Reads a condition; `None` after a problem has been reported.
    pub(crate) fn condition(&self, node: &Node<'_>) -> Option<Condition> {
        match node.tree {
            Tree::Text(text) => match text.as_str() {
                "always" => Some(Condition::Always),
                "never" => Some(Condition::Never),
                name if self.conditions.contains(name) => Some(Condition::Named(name.to_owned())),
                name => {
                    let help = near(name, self.conditions.iter().map(String::as_str));
                    let message = format!("there is no condition `{name}` in conditions.yaml");
                    node.report(Code::UnknownRule, message, did_you_mean(help));
                    None
                }
            },
            Tree::Object(entries) if entries.len() == 1 => {
                let object = node.any_object()?;
                let (key, value) = object.entries.first()?;
                match key.as_str() {
                    "all" => Some(Condition::All(self.conditions_of(value)?)),
                    "any" => Some(Condition::Any(self.conditions_of(value)?)),
                    "not" => Some(Condition::Not(Box::new(self.condition(value)?))),
                    "rule" => self.rule(value),
                    "reading" => self.reading(value),
                    fact => self.fact(fact, value),
                }
            }
            Tree::Object(entries) if entries.len() > 1 => {
                let help = Some("one condition is one key; join several with `all` or `any`".to_owned());
                node.report(Code::WrongType, "a condition with several keys".to_owned(), help);
                None
            }
            _ => {
                node.expected("a condition");
                None
            }
        }
    }

    fn conditions_of(&self, node: &Node<'_>) -> Option<Vec<Condition>> {
        let items = node.list()?;
        if items.is_empty() {
            node.expected("at least one condition");
            return None;
        }
        // Every item is read, so that every problem is reported.
        let read: Vec<Option<Condition>> = items.iter().map(|item| self.condition(item)).collect();
        read.into_iter().collect()
    }

    fn rule(&self, node: &Node<'_>) -> Option<Condition> {
        let stem = node.text()?;
        if !self.rules.contains(stem) {
            let help = near(stem, self.rules.iter().map(String::as_str));
            node.report(
                Code::UnknownRule,
                format!("there is no rule `{stem}` in this pack"),
                did_you_mean(help),
            );
            return None;
        }
        Some(Condition::Rule(stem.to_owned()))
    }

    fn reading(&self, node: &Node<'_>) -> Option<Condition> {
        let points: Vec<&str> = self.readings.keys().map(String::as_str).collect();
        let object = node.object(&points)?;
        let (point, value) = object.entries.first()?;
        let options = self.readings.get(point)?;
        let option = value.text()?;
        if !options.contains(option) {
            value.unknown_word(option, &options.iter().map(String::as_str).collect::<Vec<_>>());
            return None;
        }
        Some(Condition::Reading {
            point: point.clone(),
            option: option.to_owned(),
        })
    }

    fn find(&self, name: &str, node: &Node<'_>) -> Option<FactId> {
        let found = self.catalogue.find(self.regime, name);
        if found.is_none() {
            let help = near(name, self.catalogue.names(self.regime));
            let message = format!("there is no fact `{name}`");
            node.problems()
                .report_key(Code::UnknownFact, &node.path, message, did_you_mean(help));
        }
        found
    }

    fn fact(&self, name: &str, node: &Node<'_>) -> Option<Condition> {
        let fact = self.find(name, node)?;
        let definition = self.catalogue.fact(fact);
        let test = match &definition.kind {
            FactType::Bool => Test::Is(node.bool()?),
            FactType::Word(words) => {
                let allowed: Vec<&str> = words.iter().map(String::as_str).collect();
                let items = match node.tree {
                    Tree::Text(_) => vec![node.clone()],
                    _ => node.object(&["any_of"])?.required("any_of")?.list()?,
                };
                let one = |item: &Node<'_>| item.one_of(&allowed, |w| allowed.iter().position(|a| *a == w));
                let chosen: Option<Vec<usize>> = items.iter().map(one).collect();
                Test::Word(chosen?.into_iter().filter_map(|i| words.get(i).cloned()).collect())
            }
            FactType::Words(allowed) => {
                let (key, value) = one_key(node, WordsTest::WORDS)?;
                let test = WordsTest::from_word(&key)?;
                let is_category = matches!(definition.key, FactKey::Data(crate::fact::DataFact::Categories));
                Test::Words(test, self.words(&value, allowed.as_deref(), is_category)?)
            }
            FactType::Places => {
                let (key, value) = one_key(node, &["within", "touches", "outside", "same_as"])?;
                match PlacesTest::from_word(&key) {
                    Some(test) => Test::Places(test, self.area(&value)?),
                    None => Test::SameAs(self.fact_of_type(&value, &FactType::Places)?),
                }
            }
            FactType::Count => {
                let (key, value) = one_key(node, &["at_least", "above", "at_most", "below"])?;
                let number = value.count()?;
                match key.as_str() {
                    "at_least" => Test::AtLeast(number),
                    "above" => Test::AtLeast(number.saturating_add(1)),
                    "at_most" => Test::Below(number.saturating_add(1)),
                    _ => Test::Below(number),
                }
            }
            FactType::Date => {
                let (key, value) = one_key(node, DateTest::WORDS)?;
                Test::Date(DateTest::from_word(&key)?, self.operand(&value)?)
            }
        };
        Some(Condition::Fact { fact, test })
    }

    fn fact_of_type(&self, node: &Node<'_>, kind: &FactType) -> Option<FactId> {
        let fact = self.find(node.text()?, node)?;
        let found = &self.catalogue.fact(fact).kind;
        if found != kind {
            let message = format!(
                "expected a fact that is {}, this one is {}",
                kind.describe(),
                found.describe()
            );
            node.report(Code::WrongTest, message, None);
            return None;
        }
        Some(fact)
    }

    fn words(&self, node: &Node<'_>, allowed: Option<&[String]>, is_category: bool) -> Option<BTreeSet<String>> {
        let items = match node.tree {
            Tree::Text(_) => vec![node.clone()],
            _ => node.list()?,
        };
        let mut words = BTreeSet::new();
        for item in items {
            let word = item.text()?;
            if let Some(group) = self.categories.get(word).filter(|_| is_category) {
                words.extend(group.iter().cloned());
            } else if is_category && !self.catalogue.categories().contains(word) {
                let known = self.catalogue.categories().iter().chain(self.categories.keys());
                let help = near(word, known.map(String::as_str));
                let message = format!("there is no category `{word}`");
                item.report(Code::UnknownWord, message, did_you_mean(help));
            } else if let Some(allowed) = allowed
                && !allowed.iter().any(|w| w == word)
            {
                item.unknown_word(word, &allowed.iter().map(String::as_str).collect::<Vec<_>>());
            } else {
                words.insert(word.to_owned());
            }
        }
        Some(words)
    }

    fn area(&self, node: &Node<'_>) -> Option<AreaRef> {
        let items = match node.tree {
            Tree::Text(_) => vec![node.clone()],
            _ => node.list()?,
        };
        let mut area = AreaRef::default();
        for item in items {
            let name = item.text()?;
            if self.sets.contains(name) {
                area.sets.insert(name.to_owned());
            } else if let Some(place) = self.catalogue.gazetteer().find(name) {
                area.places.insert(place);
            } else {
                let help = near(name, self.sets.iter().map(String::as_str));
                let message = format!("there is no set and no place `{name}`");
                item.report(Code::UnknownPlace, message, did_you_mean(help));
            }
        }
        Some(area)
    }

    fn operand(&self, node: &Node<'_>) -> Option<Operand> {
        match node.tree {
            Tree::Text(text) => match text.parse() {
                Ok(day) => Some(Operand::Day(day)),
                Err(_) => Some(Operand::Fact(
                    self.fact_of_type(node, &FactType::Date)?,
                    Period::default(),
                )),
            },
            _ => {
                let keys = ["fact", "plus_years", "plus_months", "plus_days", "plus_working_days"];
                let object = node.object(&keys)?;
                let fact = self.fact_of_type(object.required("fact")?, &FactType::Date)?;
                let number = |key| {
                    let Some(node) = object.get(key) else { return Some(0) };
                    let number = i16::try_from(node.count()?).ok().filter(|n| *n < 10_000);
                    if number.is_none() {
                        node.expected("a number below 10000");
                    }
                    number
                };
                let period = Period {
                    years: number("plus_years")?,
                    months: number("plus_months")?,
                    days: number("plus_days")?.into(),
                    working_days: number("plus_working_days")?.into(),
                };
                Some(Operand::Fact(fact, period))
            }
        }
    }
}

fn one_key<'a>(node: &Node<'a>, keys: &[&str]) -> Option<(String, Node<'a>)> {
    if !matches!(node.tree, Tree::Object(entries) if entries.len() == 1) {
        let message = format!("expected one of {}, found {}", keys.join(", "), node.tree.describe());
        let help = keys.first().map(|key| format!("write `{{ {key}: … }}`"));
        node.report(Code::WrongTest, message, help);
        return None;
    }
    let object = node.any_object()?;
    let (key, value) = object.entries.into_iter().next()?;
    if !keys.contains(&key.as_str()) {
        let message = format!("expected one of {}, found `{key}`", keys.join(", "));
        node.report(Code::WrongTest, message, did_you_mean(near(&key, keys.iter().copied())));
        return None;
    }
    Some((key, value))
}
