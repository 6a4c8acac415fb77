//! What to ask where the facts do not decide, and where each answer goes.
//!
//! In: verdicts with the facts that would decide. Out: for each verdict the attributes of the map to ask for, and over all
//! verdicts the questions, those that more and worse verdicts wait for first.

mod total;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::assess::assessment::AssessedMovement;
use crate::assess::attribute::{Attribute, Drawing, Known, Wording, first_open};
use crate::assess::provenance::Tracer;
use crate::assess::questions::total::Waiting;
use crate::assess::verdict::Verdict;
use crate::fact::{Catalogue, FactId, FactKey, FlowFact, Party, PartyFact};
use crate::judge::evaluate::facts_read;
use crate::judge::movement::{Movement, Movements};
use crate::judge::view::View;
use crate::law::in_force::{LayerInForce, RegimeInForce};
use crate::load::{AnswerKind, Change};
use crate::model::{MechanismId, Stated, UsedProfile};
use crate::outcome::{Headline, Outcome};
use crate::text::Text;
use crate::truth::Truth;

/// The weight of the fact asked first under one verdict.
const FIRST: usize = 5040;

/// What a verdict asks for where it hangs on the existence of the flow.
const EXISTS: &str = "the flow exists";

/// What a verdict asks for where it hangs on whether a mechanism is for the movement.
const REACHES: &str = "the mechanism is for this movement";

/// A fact that would decide.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// The fact, as rules name it.
    pub fact: String,
    /// Where the answer goes in the map.
    pub at: String,
    #[serde(skip)]
    pub(crate) attribute: Attribute,
}

impl Asked {
    /// Whether there is no place for the answer yet: the answer draws what the map only implies.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.attribute.is_drawn()
    }
}

/// A fact to ask for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Question {
    /// Where the answer goes in the map.
    pub at: String,
    /// The question.
    pub ask: Text,
    /// Who would know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What kind of answer it takes.
    pub kind: AnswerKind,
    /// The words to choose from, where the kind is `word` or `words` and they are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What is known now, where that is not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The ids of the objects that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
    /// What has to be drawn in the map first, so that the answer has a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draw: Option<Change>,
    /// The facts it settles, as rules name them.
    pub facts: Vec<String>,
    /// How many verdicts wait for it.
    pub decides: usize,
    /// How decisive it is: more the earlier it is asked.
    #[serde(skip)]
    pub(crate) weight: usize,
    /// The worst outcome that waits for it.
    pub worst: Outcome,
    /// The layers of regimes that ask.
    pub asked_by: Vec<String>,
}

impl Question {
    /// Whether it is about something that a vendor profile brings into the map.
    #[must_use]
    pub fn is_about(&self, profile: &UsedProfile) -> bool {
        self.objects.iter().any(|id| profile.objects.contains(id))
    }
}

/// Finds what to ask under one regime.
pub(super) struct Asker<'a> {
    movements: &'a Movements<'a>,
    catalogue: &'a Catalogue,
    pack: &'a str,
    regime: &'a RegimeInForce,
    presumed: &'a View<'a>,
    totals: Waiting,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        movements: &'a Movements<'a>,
        catalogue: &'a Catalogue,
        pack: &'a str,
        regime: &'a RegimeInForce,
        presumed: &'a View<'a>,
    ) -> Self {
        Self {
            movements,
            catalogue,
            pack,
            regime,
            presumed,
            totals: Waiting::default(),
        }
    }

    /// What a verdict asks for, the first of it first; nothing if it is firm.
    pub(super) fn of_verdict(
        &self,
        layer: &LayerInForce,
        movement: &Movement,
        row: usize,
        verdict: &Verdict,
    ) -> Vec<Asked> {
        let mut found = Found::default();
        if verdict.outcome != Headline::Undetermined {
            return Vec::new();
        }
        let tracer = Tracer::new(self.movements, movement, self.presumed.stand_in(row));
        found.add_all(EXISTS, tracer.existence());
        for name in &verdict.ask {
            let Some(fact) = self.catalogue.find(self.pack, name) else {
                continue;
            };
            let key = &self.catalogue.fact(fact).key;
            if self.regime.counts.iter().any(|count| count.fact == fact) {
                found.add_all(name, self.of_total(fact, movement, row));
            } else if self.catalogue.fact(fact).is_of_mechanism() {
                for mechanism in self.waiting_mechanisms(layer, row, fact) {
                    found.add_all(name, tracer.sources(key, Some(mechanism)));
                }
            } else if let Some((name, attribute)) = self.of_fact(fact, movement, row) {
                let is_place = matches!(key, FactKey::Flow(FlowFact::FromPlace | FlowFact::ToPlace));
                let is_certain = || matches!(self.known(&attribute), Known::All(_));
                // Of several candidates it may be the other end that is not known.
                if !(is_place && movement.rows.len() > 1 && is_certain()) {
                    found.add(name, attribute);
                }
            }
        }
        for held in self.presumed.table().held(row) {
            let Some(instance) = self.presumed.table().instances().get(held.instance) else {
                continue;
            };
            let mut of_layer = layer.mechanisms.iter();
            if held.reaches == Truth::Unknown && of_layer.any(|mechanism| mechanism.kind == instance.kind) {
                let open = tracer.reached_by(MechanismId::at(held.instance));
                found.extend(REACHES, self.first_open(open));
            }
        }
        found.asked(self.movements)
    }

    /// The attribute to ask for a fact. While it is not known who counts as exporter, what that hangs on comes before all
    /// else about it.
    fn of_fact(&self, fact: FactId, movement: &Movement, row: usize) -> Option<(&'a str, Attribute)> {
        let stand_in = self.presumed.stand_in(row);
        let mut fact = self.catalogue.fact(fact);
        let of_exporter = matches!(
            fact.key,
            FactKey::Party(Party::Exporter, _) | FactKey::OwnOfParty(Party::Exporter, _) | FactKey::Parties(_)
        );
        if stand_in == Stated::Unknown && of_exporter {
            let role = || self.catalogue.id_of(&FactKey::Party(Party::Exporter, PartyFact::Role));
            let first = self.presumed.stand_in_waits_for(self.regime, row).or_else(role)?;
            fact = self.catalogue.fact(first);
        }
        let sources = Tracer::new(self.movements, movement, stand_in).sources(&fact.key, None);
        Some((fact.name.as_str(), self.first_open(sources)?))
    }

    fn first_open(&self, sources: Vec<Attribute>) -> Option<Attribute> {
        first_open(sources, self.movements, self.catalogue)
    }

    fn known(&self, attribute: &Attribute) -> Known {
        attribute.known(self.movements, self.catalogue)
    }

    /// The mechanisms held that read a fact and do not say it.
    fn waiting_mechanisms(&self, layer: &LayerInForce, row: usize, fact: FactId) -> Vec<MechanismId> {
        let reads = |kind: &str| {
            let mut read = BTreeSet::new();
            for mechanism in layer.mechanisms.iter().filter(|mechanism| mechanism.kind == kind) {
                let gates = mechanism.gates.iter().map(|gate| &gate.when);
                let conds = gates.chain(mechanism.requirements.iter().map(|requirement| &requirement.when));
                conds.for_each(|cond| facts_read(cond, &mut read));
            }
            read.contains(&fact)
        };
        let table = self.presumed.table();
        let held = table.held(row).iter();
        let waiting = held.filter(|held| {
            let instance = table.instances().get(held.instance);
            instance.is_some_and(|instance| {
                !instance.facts.get(&fact).is_some_and(crate::fact::Value::is_certain) && reads(&instance.kind)
            })
        });
        waiting.map(|held| MechanismId::at(held.instance)).collect()
    }
}

/// Attributes found so far, each once, with the fact that asks for it.
#[derive(Default)]
struct Found {
    seen: BTreeSet<Attribute>,
    list: Vec<(String, Attribute)>,
}

impl Found {
    fn add(&mut self, fact: &str, attribute: Attribute) {
        if self.seen.insert(attribute.clone()) {
            self.list.push((fact.to_owned(), attribute));
        }
    }

    fn extend(&mut self, fact: &str, attribute: Option<Attribute>) {
        if let Some(attribute) = attribute {
            self.add(fact, attribute);
        }
    }

    fn add_all(&mut self, fact: &str, attributes: Vec<Attribute>) {
        for attribute in attributes {
            self.add(fact, attribute);
        }
    }

    fn asked(self, movements: &Movements<'_>) -> Vec<Asked> {
        let asked = |(fact, attribute): (String, Attribute)| Asked {
            fact,
            at: attribute.path(movements),
            attribute,
        };
        self.list.into_iter().map(asked).collect()
    }
}

/// The facts asked for, each once: those that more and worse verdicts wait for first.
pub(super) fn questions(
    assessed: &[AssessedMovement],
    movements: &Movements<'_>,
    catalogue: &Catalogue,
) -> Vec<Question> {
    let used = movements.map.used.iter();
    let vendors: BTreeSet<&str> = used.flat_map(|used| &used.objects).map(String::as_str).collect();
    let wording = Wording {
        movements,
        catalogue,
        vendors: &vendors,
    };
    let mut by_place: BTreeMap<&str, Question> = BTreeMap::new();
    for movement in assessed {
        for judged in &movement.verdicts {
            let verdict = &judged.verdict;
            for (position, asked) in judged.questions.iter().enumerate() {
                let question = by_place
                    .entry(&asked.at)
                    .or_insert_with(|| question(asked, &wording, verdict.worst));
                question.decides += 1;
                // What is asked first may make the rest needless.
                question.weight += FIRST / (position + 1);
                question.worst = question.worst.max(verdict.worst);
                let layer = format!("{}/{}", verdict.regime, verdict.layer);
                for (list, word) in [(&mut question.facts, &asked.fact), (&mut question.asked_by, &layer)] {
                    if !list.contains(word) {
                        list.push(word.clone());
                    }
                }
            }
        }
    }
    let mut questions: Vec<Question> = by_place.into_values().collect();
    questions.sort_by(|a, b| {
        let rank = |q: &Question| (std::cmp::Reverse(q.worst), std::cmp::Reverse(q.weight));
        (rank(a), &a.at).cmp(&(rank(b), &b.at))
    });
    questions
}

fn question(asked: &Asked, wording: &Wording<'_>, worst: Outcome) -> Question {
    let attribute = &asked.attribute;
    let answerable = wording.answerable(attribute);
    Question {
        at: asked.at.clone(),
        ask: wording.ask(attribute),
        who: wording.who(attribute),
        kind: answerable.kind,
        choices: answerable.choices,
        known: attribute.known(wording.movements, wording.catalogue).words(),
        objects: attribute.objects(wording.movements),
        draw: Drawing(wording.movements).of(attribute),
        facts: Vec::new(),
        decides: 0,
        weight: 0,
        worst,
        asked_by: Vec::new(),
    }
}
