//! One flow with the whole chain of reasons: every rule considered, the facts it turned on, and where each comes from.

use std::sync::Arc;

use serde::Serialize;

use crate::assess::assessment::AssessedMovement;
use crate::assess::provenance;
use crate::assess::verdict::Verdict;
use crate::assess::{Options, judging};
use crate::error::Error;
use crate::fact::{Catalogue, FactKey};
use crate::graph::MapGraph;
use crate::judge::evaluate::{Facts, truth, witnesses};
use crate::judge::fill::fill;
use crate::judge::movement::Movements;
use crate::judge::view::{Row, View};
use crate::law::Law;
use crate::law::in_force::{Cond, LayerInForce};
use crate::law::pack::{Head, Pack, Stage};
use crate::model::Map;
use crate::outcome::Headline;

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
    let as_of = options.as_of.or(map.as_of).ok_or(Error::NoDay)?;
    let assessment = judging::assess(map, law, as_of, &options.readings);
    let graph = MapGraph::new(map);
    let movements = Movements::of(&graph);
    let table = fill(&movements, law.catalogue(), as_of);
    let presuming = table.presuming(law.catalogue());
    let in_force = law.as_of(as_of, &options.readings);
    let mut explanations = Vec::new();
    for (index, assessed) in assessment.movements.into_iter().enumerate() {
        if assessed.flow != flow && format!("{}/{}", assessed.flow, assessed.asset) != flow {
            continue;
        }
        let movement = &movements.all[index];
        let mut reasons = Vec::new();
        for regime in &in_force.regimes {
            let view = View::new(&presuming, regime);
            let sound = View::new(&table, regime);
            for layer in &regime.layers {
                let verdict = assessed.verdicts.iter().find(|judged| {
                    judged.verdict.layer == layer.id && judged.verdict.regime == law.packs()[regime.pack].id
                });
                let Some(verdict) = verdict else { continue };
                let explained = candidate(movement.rows.clone(), &view, regime, layer);
                let explainer = Explainer {
                    catalogue: law.catalogue(),
                    pack: &law.packs()[regime.pack],
                    movements: &movements,
                    movement: index,
                    row: view.row(explained),
                    sound: sound.row(explained),
                };
                reasons.push(Reasons {
                    verdict: Arc::clone(&verdict.verdict),
                    steps: if regime.is_law {
                        explainer.steps(layer)
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

/// The candidate place that the verdict is about: the one with the worst answer.
fn candidate(
    rows: std::ops::Range<usize>,
    view: &View<'_>,
    regime: &crate::law::in_force::RegimeInForce,
    layer: &LayerInForce,
) -> usize {
    let first = rows.start;
    let worst = |row: &usize| {
        let judgement = crate::judge::explain::judge(regime, layer, view.row(*row));
        judgement.presumed.range().map(|(best, worst)| (worst, best))
    };
    rows.rev().max_by_key(worst).unwrap_or(first)
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
    fn steps(&self, layer: &LayerInForce) -> Vec<Step> {
        let mut steps = Vec::new();
        for rules in [&layer.scope, &layer.transfer, &layer.blocks, &layer.exemptions] {
            let mut ended = false;
            for rule in rules {
                let definition = &self.pack.rules[rule.rule];
                steps.push(self.step(&definition.head, None, &rule.when, self.row, self.sound));
                let holds = truth(&rule.when, &self.row) == crate::truth::Truth::True;
                ended |= holds && rule.then.outcome().is_some();
            }
            if ended {
                return steps;
            }
        }
        let instances = self.row.view().table().instances();
        for mechanism in &layer.mechanisms {
            let head = &self.pack.mechanisms[mechanism.mechanism].head;
            let held = self.row.view().table().held(self.row.index()).iter();
            let held = held
                .filter_map(|held| instances.get(held.instance))
                .filter(|i| i.kind == mechanism.kind);
            let mut rows: Vec<Row<'_>> = held.map(|instance| self.row.with(instance)).collect();
            if mechanism.implicit {
                rows.push(self.row);
            }
            for row in rows {
                for gate in &mechanism.gates {
                    steps.push(self.step(head, Some((&gate.name, &gate.cite)), &gate.when, row, row));
                }
                for requirement in &mechanism.requirements {
                    let name = Some((&requirement.name, &requirement.cite));
                    steps.push(self.step(head, name, &requirement.when, row, row));
                }
            }
        }
        steps
    }

    fn step(&self, head: &Head, part: Option<(&String, &String)>, cond: &Cond, row: Row<'_>, sound: Row<'_>) -> Step {
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
                    key => provenance::sources(self.movements, movement, stand_in, key),
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

/// Whether a verdict is worth explaining at length.
#[must_use]
pub fn is_interesting(verdict: &Verdict) -> bool {
    verdict.outcome != Headline::Firm(crate::outcome::Outcome::OutOfScope)
}
