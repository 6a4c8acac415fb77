//! Regimes side by side: what each says on a topic on one day, from its rule pack alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::date::{Date, Period};
use crate::error::Error;
use crate::fact::{Catalogue, FactId, FactKey};
use crate::law::Law;
use crate::law::clause::{Clause, Part, clauses, leaves};
use crate::law::condition::{Condition, Operand, Test};
use crate::law::pack::{Confidence, Count, Gate, Head, Mechanism, Pack, Per, Since, Stage, Status};
use crate::load::decode::{did_you_mean, near};
use crate::text::Text;
use crate::truth::Truth;
use crate::word::words;

words! {
    /// The topics that are found without being named in a pack.
    pub enum Derived {
        /// What legalises a transfer, and what the regime frees.
        Mechanism = "mechanism",
        /// What is counted, and with which numbers it is compared.
        Counting = "counting",
        /// Periods that run from a day.
        Deadline = "deadline",
    }
}

impl Derived {
    /// Its name.
    #[must_use]
    pub fn title(self) -> Text {
        Text::english(match self {
            Self::Mechanism => "Mechanisms and exemptions",
            Self::Counting => "Counts and thresholds",
            Self::Deadline => "Deadlines and periods",
        })
    }
}

/// Regimes side by side.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The day as of which the law is read.
    pub as_of: Date,
    /// The regimes, by id.
    pub regimes: Vec<RegimeCompared>,
    /// The topics, each with every regime.
    pub topics: Vec<TopicCompared>,
}

/// A regime that is compared.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RegimeCompared {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// When the pack was last compared with its sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Date>,
    /// Whether it is law on the day; nothing is said of one that is not.
    pub is_law: bool,
}

/// What the regimes say on one topic.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TopicCompared {
    /// The word.
    pub topic: String,
    /// Its name.
    pub title: Text,
    /// What to bear in mind in reading it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// One a regime, in the order of [`Comparison::regimes`].
    pub regimes: Vec<TopicOfRegime>,
}

/// What one regime says on a topic; without entries the pack says nothing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct TopicOfRegime {
    /// The regime.
    pub regime: String,
    /// By stage and rule.
    pub entries: Vec<Entry>,
}

/// A rule, or a part of one, that is about a topic.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// What it is.
    #[serde(flatten)]
    pub what: Subject,
    /// The rule: `<regime>/<stem>`.
    pub rule: String,
    /// The rule's name.
    pub title: Text,
    /// What to do, where it asks for something; else why.
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub says: Text,
    /// The provision.
    pub cite: String,
    /// The layers it belongs to.
    pub layers: Vec<LayerOfEntry>,
    /// How sure the rule is.
    pub confidence: Confidence,
}

/// What it is that is about a topic.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// What no mechanism cures.
    Block,
    /// What the regime frees.
    Exemption,
    /// What the parties must hold.
    Mechanism {
        /// Everybody holds it.
        implicit: bool,
        /// Whether it can serve any transfer on the day; some are only taken for mechanisms, others have run out.
        serves: bool,
    },
    /// A condition without which a mechanism, the rule, cannot serve.
    Gate {
        /// Its name.
        name: String,
    },
    /// A requirement of a mechanism, the rule.
    Requirement {
        /// Its name.
        name: String,
    },
    /// A requirement common to mechanisms.
    CommonRequirement {
        /// The groups of mechanisms; `None`: all.
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<Vec<String>>,
    },
    /// What is owed beside the outcome.
    Duty,
    /// A total over many movements.
    Count {
        /// Whose movements are summed.
        per: Per,
        /// Since when.
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<Since>,
        /// What it is compared with.
        thresholds: Vec<Threshold>,
    },
    /// A period that runs from a day.
    Deadline {
        /// The part of the rule; `None` for the rule itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<String>,
        /// How long.
        period: Period,
        /// The fact it is counted from.
        from: String,
        /// The question that asks for that fact.
        ask: Text,
    },
}

/// A number with which rules compare a count.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Threshold {
    /// Whether the count has to reach the number, or to stay below it.
    pub test: Limit,
    /// The number.
    pub number: u64,
    /// The rules, directly or through named conditions.
    pub rules: Vec<String>,
}

words! {
    /// On which side of a number a count has to be.
    pub enum Limit {
        /// As many or more.
        AtLeast = "at_least",
        /// Fewer.
        Below = "below",
    }
}

/// A layer with its status.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LayerOfEntry {
    /// Its id.
    pub id: String,
    /// Whether it binds.
    pub status: Status,
}

/// What the regimes of a law say on each topic, or on one; [`Law::only`] chooses the regimes.
///
/// Without a day the law is read as of the newest day on which a pack was compared with its sources. Of a mechanism that
/// cannot serve any transfer on the day only the mechanism itself is shown.
///
/// # Errors
/// [`Error::UnknownTopic`] if there is no such topic, [`Error::NoDay`] if no pack says when it was compared.
pub fn compare(law: &Law, as_of: Option<Date>, topic: Option<&str>) -> Result<Comparison, Error> {
    let mechanism = (Derived::Mechanism.as_str(), Derived::Mechanism.title());
    let declared = law
        .topics()
        .iter()
        .map(|topic| (topic.id.as_str(), topic.title.clone()));
    let others = [Derived::Counting, Derived::Deadline].map(|derived| (derived.as_str(), derived.title()));
    let known: Vec<(&str, Text)> = std::iter::once(mechanism).chain(declared).chain(others).collect();
    if let Some(topic) = topic.filter(|topic| known.iter().all(|(id, _)| id != topic)) {
        let words: Vec<&str> = known.iter().map(|(id, _)| *id).collect();
        let help = did_you_mean(near(topic, words.iter().copied()));
        return Err(Error::UnknownTopic {
            topic: topic.to_owned(),
            help: help.unwrap_or_else(|| format!("topics: {}", words.join(", "))),
        });
    }
    let newest = law.packs().iter().filter_map(|pack| pack.checked_on).max();
    let day = as_of.or(newest).ok_or(Error::NoDay)?;
    let regimes: Vec<Regime<'_>> = law
        .packs()
        .iter()
        .map(|pack| Regime {
            pack,
            catalogue: law.catalogue(),
            day,
        })
        .collect();
    let topics = known
        .into_iter()
        .filter(|(id, _)| topic.is_none_or(|topic| topic == *id))
        .map(|(id, title)| {
            let of_regimes: Vec<TopicOfRegime> = regimes.iter().map(|regime| regime.on(id)).collect();
            let in_working_days =
                |entry: &Entry| matches!(&entry.what, Subject::Deadline { period, .. } if period.working_days != 0);
            TopicCompared {
                topic: id.to_owned(),
                title,
                note: of_regimes
                    .iter()
                    .flat_map(|of_regime| &of_regime.entries)
                    .any(in_working_days)
                    .then_some("Working days are Monday to Friday; public holidays are not taken into account."),
                regimes: of_regimes,
            }
        })
        .collect();
    let compared = |regime: &Regime<'_>| RegimeCompared {
        id: regime.pack.id.clone(),
        title: regime.pack.title.clone(),
        checked_on: regime.pack.checked_on,
        is_law: regime.is_law(),
    };
    Ok(Comparison {
        as_of: day,
        regimes: regimes.iter().map(compared).collect(),
        topics,
    })
}

/// One regime on the day.
struct Regime<'a> {
    pack: &'a Pack,
    catalogue: &'a Catalogue,
    day: Date,
}

impl<'a> Regime<'a> {
    fn is_law(&self) -> bool {
        self.pack.effective.covers(self.day)
    }

    fn on(&self, topic: &str) -> TopicOfRegime {
        let entries = match Derived::from_word(topic) {
            _ if !self.is_law() => Vec::new(),
            Some(Derived::Mechanism) => self.mechanisms(),
            Some(Derived::Counting) => self.counts(),
            Some(Derived::Deadline) => self.deadlines(),
            None => self.tagged(topic),
        };
        TopicOfRegime {
            regime: self.pack.id.clone(),
            entries,
        }
    }

    /// An entry of a rule, or of a part of it that is differently sure.
    fn entry(&self, (head, own): (&Head, Option<Confidence>), what: Subject, says: &Text, cite: &str) -> Entry {
        let layers = self.pack.layers.iter().filter(|layer| head.is_in_layer(&layer.id));
        Entry {
            what,
            rule: format!("{}/{}", self.pack.id, head.stem),
            title: head.title.clone(),
            says: says.clone(),
            cite: cite.to_owned(),
            layers: layers
                .map(|layer| LayerOfEntry {
                    id: layer.id.clone(),
                    status: layer.status_on(self.day),
                })
                .collect(),
            confidence: own.unwrap_or(head.confidence),
        }
    }

    /// Blocks and exemptions.
    fn rules(&self, is_asked: impl Fn(&Head) -> bool) -> Vec<Entry> {
        let rules = self.pack.rules.iter().map(|rule| &rule.head);
        rules
            .filter(|head| head.effective.covers(self.day) && is_asked(head))
            .filter_map(|head| {
                let what = match head.stage {
                    Stage::Blocks => Subject::Block,
                    Stage::Exemptions => Subject::Exemption,
                    _ => return None,
                };
                Some(self.entry((head, None), what, &head.because, &head.cite))
            })
            .collect()
    }

    /// The gate that lets no transfer through on the day.
    fn shut_by<'m>(&self, mechanism: &'m Mechanism) -> Option<&'m Gate> {
        mechanism
            .gates
            .iter()
            .find(|gate| self.on_the_day(&gate.when) == Truth::False)
    }

    fn mechanism(&self, mechanism: &Mechanism) -> Entry {
        let head = &mechanism.head;
        let shut = self.shut_by(mechanism);
        let what = Subject::Mechanism {
            implicit: mechanism.implicit,
            serves: shut.is_none(),
        };
        match shut {
            Some(gate) => self.entry(
                (head, gate.confidence),
                what,
                &gate.because,
                gate.cite.as_ref().unwrap_or(&head.cite),
            ),
            None => self.entry((head, None), what, &head.because, &head.cite),
        }
    }

    fn mechanisms_in_force(&self) -> impl Iterator<Item = &'a Mechanism> {
        let day = self.day;
        let mechanisms = self.pack.mechanisms.iter();
        mechanisms.filter(move |mechanism| mechanism.head.effective.covers(day))
    }

    fn mechanisms(&self) -> Vec<Entry> {
        let mut entries = self.rules(|head| head.stage == Stage::Exemptions);
        entries.extend(self.mechanisms_in_force().map(|mechanism| self.mechanism(mechanism)));
        entries
    }

    fn tagged(&self, topic: &str) -> Vec<Entry> {
        let mut entries = self.rules(|head| head.about.contains(topic));
        for mechanism in self.mechanisms_in_force() {
            let (head, whole) = (&mechanism.head, self.mechanism(mechanism));
            let serves = !matches!(whole.what, Subject::Mechanism { serves: false, .. });
            let by_gate = self.shut_by(mechanism).is_some_and(|gate| gate.about.contains(topic));
            if head.about.contains(topic) || by_gate {
                entries.push(whole);
            }
            if !serves {
                continue;
            }
            for gate in mechanism.gates.iter().filter(|gate| gate.about.contains(topic)) {
                let what = Subject::Gate {
                    name: gate.name.clone(),
                };
                let cite = gate.cite.as_ref().unwrap_or(&head.cite);
                entries.push(self.entry((head, gate.confidence), what, &gate.because, cite));
            }
            for requirement in mechanism.requirements.iter().filter(|part| part.about.contains(topic)) {
                let what = Subject::Requirement {
                    name: requirement.name.clone(),
                };
                let cite = requirement.cite.as_ref().unwrap_or(&head.cite);
                entries.push(self.entry((head, requirement.confidence), what, &requirement.cure, cite));
            }
        }
        let is_asked = |head: &Head| head.effective.covers(self.day) && head.about.contains(topic);
        for common in self.pack.requirements.iter().filter(|common| is_asked(&common.head)) {
            let what = Subject::CommonRequirement { of: common.of.clone() };
            entries.push(self.entry((&common.head, None), what, &common.requirement.cure, &common.head.cite));
        }
        for duty in self.pack.duties.iter().filter(|duty| is_asked(&duty.head)) {
            entries.push(self.entry((&duty.head, None), Subject::Duty, &duty.cure, &duty.head.cite));
        }
        entries
    }

    fn counts(&self) -> Vec<Entry> {
        let mut rules: BTreeMap<(FactId, Limit, u64), BTreeSet<String>> = BTreeMap::new();
        for (clause, leaf) in self.leaves() {
            let Condition::Fact { fact, test } = leaf else { continue };
            let (limit, number) = match test {
                Test::AtLeast(number) => (Limit::AtLeast, *number),
                Test::Below(number) => (Limit::Below, *number),
                _ => continue,
            };
            rules
                .entry((*fact, limit, number))
                .or_default()
                .insert(clause.rule(self.pack));
        }
        let count = |count: &Count| {
            let of_count = rules.iter().filter(|((fact, _, _), _)| *fact == count.fact);
            let thresholds = of_count.map(|((_, test, number), rules)| Threshold {
                test: *test,
                number: *number,
                rules: rules.iter().cloned().collect(),
            });
            let window = count.window.iter().find(|(period, _)| period.covers(self.day));
            let what = Subject::Count {
                per: count.per,
                since: window.map(|(_, since)| *since),
                thresholds: thresholds.collect(),
            };
            self.entry((&count.head, None), what, &count.head.because, &count.head.cite)
        };
        let counts = self.pack.counts.iter();
        counts
            .filter(|count| count.head.effective.covers(self.day))
            .map(count)
            .collect()
    }

    fn deadlines(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for (clause, leaf) in self.leaves() {
            let (
                Some(head),
                Condition::Fact {
                    test: Test::Date(_, Operand::Fact(from, period)),
                    ..
                },
            ) = (clause.head, leaf)
            else {
                continue;
            };
            if *period == Period::default() {
                continue;
            }
            let from = self.catalogue.fact(*from);
            let what = Subject::Deadline {
                part: clause.part_in_words(),
                period: *period,
                from: from.name.clone(),
                ask: from.ask.clone(),
            };
            let says = match clause.part {
                Part::Whole => self.to_do(head).unwrap_or(&head.because),
                _ => clause.because().unwrap_or(&head.because),
            };
            let entry = self.entry((head, clause.confidence()), what, says, clause.cite());
            // The same period may be tested twice: was it kept, does it still run?
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        entries
    }

    /// What to do under a duty or a common requirement.
    fn to_do(&self, head: &Head) -> Option<&'a Text> {
        let pack = self.pack;
        match head.stage {
            Stage::Duties => {
                let duty = pack.duties.iter().find(|duty| duty.head.stem == head.stem);
                duty.map(|duty| &duty.cure)
            }
            Stage::Requirements => {
                let common = pack.requirements.iter().find(|common| common.head.stem == head.stem);
                common.map(|common| &common.requirement.cure)
            }
            _ => None,
        }
    }

    /// What the rules in force ask on the day, named conditions followed; without what the day itself has settled.
    fn leaves(&self) -> Vec<(Clause<'a>, &'a Condition)> {
        let open = |condition: &Condition| self.on_the_day(condition) == Truth::Unknown;
        let shut: BTreeSet<&str> = self
            .mechanisms_in_force()
            .filter(|mechanism| self.shut_by(mechanism).is_some())
            .map(|mechanism| mechanism.head.stem.as_str())
            .collect();
        clauses(self.pack)
            .into_iter()
            .filter(|clause| clause.covers(self.day))
            .filter(|clause| clause.head.is_none_or(|head| !shut.contains(head.stem.as_str())))
            .flat_map(|clause| {
                let leaves = leaves(self.pack, clause.condition, open);
                leaves.into_iter().map(move |(_, leaf)| (clause, leaf))
            })
            .collect()
    }

    /// Whether a condition holds, as far as the day alone says it.
    fn on_the_day(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::Always => Truth::True,
            Condition::Never => Truth::False,
            Condition::All(parts) => {
                let truths = parts.iter().map(|part| self.on_the_day(part));
                truths.fold(Truth::True, Truth::and)
            }
            Condition::Any(parts) => {
                let truths = parts.iter().map(|part| self.on_the_day(part));
                truths.fold(Truth::False, Truth::or)
            }
            Condition::Not(part) => !self.on_the_day(part),
            // INVARIANT: the pack's check refuses names that lead back to themselves.
            Condition::Named(name) => {
                let named = self.pack.conditions.get(name);
                named.map_or(Truth::Unknown, |named| self.on_the_day(&named.when))
            }
            Condition::Fact {
                fact,
                test: Test::Date(test, Operand::Day(with)),
            } if self.catalogue.fact(*fact).key == FactKey::AsOf => test.holds(self.day, *with).into(),
            Condition::Rule(_) | Condition::Reading { .. } | Condition::Fact { .. } => Truth::Unknown,
        }
    }
}
