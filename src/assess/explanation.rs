//! One flow with the whole chain of reasons: every rule considered, the facts it turned on, and where each comes from.

use std::sync::Arc;

use serde::Serialize;

use crate::assess::Options;
use crate::assess::assessment::AssessedMovement;
use crate::assess::judging::{self, Prepared, worst_row};
use crate::assess::provenance::Tracer;
use crate::assess::verdict::Verdict;
use crate::error::Error;
use crate::fact::{Catalogue, FactKey};
use crate::judge::evaluate::{Facts, truth, witnesses};
use crate::judge::explain::{Decider, judge};
use crate::judge::movement::Movements;
use crate::judge::view::{Row, View};
use crate::law::Law;
use crate::law::in_force::{Cond, LayerInForce, RegimeInForce};
use crate::law::pack::{Head, Pack, Stage};
use crate::model::{Map, MechanismId};

/// One movement explained.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The movement, with its verdicts.
    pub movement: AssessedMovement,
    /// The reasons, one list a layer of a regime.
    pub reasons: Vec<Reasons>,
}

/// Why one layer of a regime says what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Reasons {
    /// The verdict.
    pub verdict: Arc<Verdict>,
    /// Every rule considered, in the order of the stages, up to the one that ended the judgement.
    pub steps: Vec<Step>,
}

/// One rule as it was considered.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The stage.
    pub stage: Stage,
    /// `<regime>/<stem>`, and the gate or requirement after a `#`.
    pub rule: String,
    /// Its name.
    pub title: String,
    /// The provision.
    pub cite: String,
    /// `true`, `false` or `unknown`.
    pub holds: &'static str,
    /// The facts on which that turned.
    pub facts: Vec<FactRead>,
}

/// A fact as it was read.
#[derive(Clone, Debug, Serialize)]
pub struct FactRead {
    /// The fact, as rules name it.
    pub fact: String,
    /// Its value.
    pub value: String,
    /// Whether the value was presumed because nothing is said of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub presumed: bool,
    /// The places of the map on which it rests.
    pub from: Vec<String>,
}

/// Explains every movement of a flow, named as in the assessment: `sync`, or `sync/staff-records`.
///
/// # Errors
/// If neither the options nor the map say as of which day the law is to be read.
pub fn explain(map: &Map, law: &Law, options: &Options, flow: &str) -> Result<Vec<Explanation>, Error> {
    let as_of = options.day(map)?;
    let prepared = Prepared::new(map, law, as_of, &options.readings);
    let assessment = judging::assess(&prepared, law, &options.readings);
    let movements = &prepared.movements;
    let mut explanations = Vec::new();
    for (index, assessed) in assessment.movements.into_iter().enumerate() {
        if assessed.flow != flow && format!("{}/{}", assessed.flow, assessed.asset) != flow {
            continue;
        }
        let movement = &movements.all[index];
        let mut reasons = Vec::new();
        for regime in &prepared.in_force.regimes {
            let view = View::new(&prepared.presuming, regime);
            let sound = View::new(&prepared.table, regime);
            for layer in &regime.layers {
                let verdict = assessed.verdicts.iter().find(|judged| {
                    judged.verdict.layer == layer.id && judged.verdict.regime == law.packs()[regime.pack].id
                });
                let Some(verdict) = verdict else { continue };
                let explained = worst_row(movement, |row| judge(regime, layer, view.row(row)).presumed);
                let explainer = Explainer {
                    catalogue: law.catalogue(),
                    pack: &law.packs()[regime.pack],
                    movements,
                    movement: index,
                    row: view.row(explained),
                    sound: sound.row(explained),
                };
                reasons.push(Reasons {
                    verdict: Arc::clone(&verdict.verdict),
                    steps: if regime.is_law {
                        explainer.steps(regime, layer)
                    } else {
                        Vec::new()
                    },
                });
            }
        }
        explanations.push(Explanation {
            movement: assessed,
            reasons,
        });
    }
    Ok(explanations)
}

struct Explainer<'a> {
    catalogue: &'a Catalogue,
    pack: &'a Pack,
    movements: &'a Movements<'a>,
    movement: usize,
    row: Row<'a>,
    sound: Row<'a>,
}

impl Explainer<'_> {
    fn steps(&self, regime: &RegimeInForce, layer: &LayerInForce) -> Vec<Step> {
        let mut steps = Vec::new();
        let end = self.last_stage(regime, layer);
        for rules in [&layer.scope, &layer.transfer, &layer.blocks, &layer.exemptions] {
            for rule in rules {
                let head = &self.pack.rules[rule.rule].head;
                if head.stage <= end {
                    steps.push(self.step(head, None, &rule.when, (self.row, self.sound), None));
                }
            }
        }
        if end < Stage::Mechanisms {
            return steps;
        }
        let instances = self.row.view().table().instances();
        for mechanism in &layer.mechanisms {
            let head = &self.pack.mechanisms[mechanism.mechanism].head;
            let held = self.row.view().table().held(self.row.index()).iter();
            let held = held
                .filter_map(|held| Some((held.instance, instances.get(held.instance)?)))
                .filter(|(_, instance)| instance.kind == mechanism.kind);
            let mut rows: Vec<(Row<'_>, Option<MechanismId>)> = held
                .map(|(at, instance)| (self.row.with(instance), Some(MechanismId::at(at))))
                .collect();
            if mechanism.implicit {
                rows.push((self.row, None));
            }
            for (row, id) in rows {
                for gate in &mechanism.gates {
                    steps.push(self.step(head, Some((&gate.name, &gate.cite)), &gate.when, (row, row), id));
                }
                for requirement in &mechanism.requirements {
                    let name = Some((&requirement.name, &requirement.cite));
                    steps.push(self.step(head, name, &requirement.when, (row, row), id));
                }
            }
        }
        steps
    }

    /// The stage in which the judgement ends, at the latest.
    fn last_stage(&self, regime: &RegimeInForce, layer: &LayerInForce) -> Stage {
        let judgement = judge(regime, layer, self.row);
        match judgement.possible.last().map(|possible| possible.by) {
            Some(Decider::NotLaw | Decider::NoScope) => Stage::Scope,
            Some(Decider::NoTransfer) => Stage::Transfer,
            Some(Decider::Rule { rule, .. }) => self.pack.rules[rule].head.stage,
            Some(Decider::Mechanism(_) | Decider::NoMechanism) | None => Stage::Mechanisms,
        }
    }

    fn step(
        &self,
        head: &Head,
        part: Option<(&String, &String)>,
        cond: &Cond,
        (row, sound): (Row<'_>, Row<'_>),
        mechanism: Option<MechanismId>,
    ) -> Step {
        let mut atoms = Vec::new();
        witnesses(cond, &row, &mut atoms);
        let mut facts: Vec<FactRead> = Vec::new();
        for atom in atoms {
            let fact = self.catalogue.fact(atom.fact);
            if facts.iter().any(|read| read.fact == fact.name) {
                continue;
            }
            let stand_in = self.row.view().stand_in(self.row.index());
            let movement = &self.movements.all[self.movement];
            facts.push(FactRead {
                fact: fact.name.clone(),
                value: row.value(atom.fact).to_string(),
                presumed: !fact.is_of_mechanism() && row.value(atom.fact) != sound.value(atom.fact),
                from: match &fact.key {
                    FactKey::AsOf => Vec::new(),
                    key => {
                        let sources = Tracer::new(self.movements, movement, stand_in).sources(key, mechanism);
                        let mut from: Vec<String> = Vec::new();
                        for at in sources.iter().map(|attribute| attribute.stands_at(self.movements)) {
                            if !from.contains(&at) {
                                from.push(at);
                            }
                        }
                        from
                    }
                },
            });
        }
        Step {
            stage: head.stage,
            rule: match part {
                Some((name, _)) => format!("{}/{}#{name}", self.pack.id, head.stem),
                None => format!("{}/{}", self.pack.id, head.stem),
            },
            title: head.title.to_string(),
            cite: part.map_or_else(|| head.cite.clone(), |(_, cite)| cite.clone()),
            holds: truth(cond, &row).as_str(),
            facts,
        }
    }
}
