//! Mechanisms that come to serve: one that is held and completed, or a new one, each thing to do said.

use serde_json::{Map as JsonMap, Value as Json, json};

use crate::assess::attribute::unused;
use crate::assess::measures::act::{PartAt, Plan};
use crate::assess::measures::candidate::{State, Under, Ways};
use crate::assess::measures::{Measure, MeasureKind, MechanismNamed, Step};
use crate::judge::fill::{Parties, is_same_person};
use crate::judge::movement::{Edge, Movement};
use crate::judge::table::Instance;
use crate::judge::view::{Row, View};
use crate::law::in_force::MechanismInForce;
use crate::law::pack::Mechanism;
use crate::load::Change;
use crate::model::EntityId;
use crate::truth::Truth;
use crate::word::EntityRole;

impl State<'_> {
    /// Completes what is held, and puts in place what could serve.
    pub(super) fn mechanisms(&self, under: Under<'_>, index: usize, movement: &Movement, ways: &mut Ways) {
        let judged = self.assessment.movements.get(index).and_then(|assessed| {
            let mut verdicts = assessed.verdicts.iter();
            verdicts.find(|v| v.verdict.regime == under.pack.id && v.verdict.layer == under.layer.id)
        });
        let Some(judged) = judged else { return };
        let verdict = &judged.verdict;
        if verdict.mechanisms.is_empty() && verdict.eligible.is_empty() {
            ways.rule_out("mechanisms", verdict.decided_by.because.to_string());
            return;
        }
        let view = View::new(&self.prepared.presuming, under.regime);
        let on = On {
            under,
            movement,
            view: &view,
            rows: movement.rows.clone().map(|row| view.row(row)).collect(),
        };
        let table = view.table();
        for mechanism in &under.layer.mechanisms {
            let held = table.held(movement.rows.start).iter();
            let held: Vec<(&Instance, Truth)> = held
                .filter_map(|held| Some((table.instances().get(held.instance)?, held.reaches)))
                .filter(|(instance, _)| instance.kind == mechanism.kind)
                .collect();
            if mechanism.implicit {
                self.complete(&on, mechanism, None, ways);
            }
            for (instance, reaches) in &held {
                match reaches {
                    Truth::True => self.complete(&on, mechanism, Some(instance), ways),
                    _ => ways.rule_out(
                        format!("mechanisms.{}", instance.id),
                        "it is not known whether it is between these parties, or for these data",
                    ),
                }
            }
            if held.is_empty() && verdict.eligible.contains(&mechanism.kind) {
                self.put_in_place(&on, mechanism, &judged.exporter, ways);
            }
        }
    }

    fn complete(&self, on: &On<'_>, mechanism: &MechanismInForce, instance: Option<&Instance>, ways: &mut Ways) {
        let id = instance.map(|instance| instance.id.as_str());
        let what = id.map_or_else(|| mechanism.kind.clone(), |id| format!("mechanisms.{id}"));
        let Some((plan, definition)) = self.plan(on, mechanism, instance, &what, ways) else {
            return;
        };
        let Some(change) = self.written(on.movement, on.view, &plan.values, id) else {
            ways.rule_out(what, "what it still asks for has no place in the map");
            return;
        };
        if change.is_empty() {
            return;
        }
        let title = &definition.head.title;
        let words = match id {
            Some(id) => format!("Complete `{id}`: {title}"),
            None => format!("Meet what is asked: {title}"),
        };
        ways.measures.push(Measure {
            id: self.named("complete", id.unwrap_or(&mechanism.kind), on.movement, &change),
            kind: MeasureKind::Complete,
            words,
            setting: None,
            mechanism: Some(named(mechanism, definition, id.map(str::to_owned), None)),
            steps: steps(mechanism, &plan),
            change,
        });
    }

    fn put_in_place(&self, on: &On<'_>, mechanism: &MechanismInForce, exporters: &[String], ways: &mut Ways) {
        let map = self.map();
        let parties = Parties::of(self.movements(), on.movement);
        let name = |id: EntityId| map.entity(id).id.as_str();
        let exporter = exporters.first().map(String::as_str).or(parties.exporter.map(name));
        let (Some(exporter), Some(importer)) = (exporter, parties.importer) else {
            ways.rule_out(mechanism.kind.clone(), "it is not known between whom it would be");
            return;
        };
        // Whoever publishes what customers add, or has a public link, is nobody in particular with whom one could agree.
        if map.entity(importer).role == Some(EntityRole::Publisher) {
            ways.rule_out(mechanism.kind.clone(), "the recipient is nobody in particular");
            return;
        }
        let Some((plan, definition)) = self.plan(on, mechanism, None, &mechanism.kind, ways) else {
            return;
        };
        let offer = map.offers.iter().find(|offer| {
            let by_importer = |with| is_same_person(map, with, importer) == Truth::True;
            offer.kind == mechanism.kind && offer.with.is_none_or(by_importer)
        });
        let importer = name(importer);
        let stem = &definition.head.stem;
        let taken = |id: &str| map.mechanisms.iter().any(|mechanism| mechanism.id == id);
        let id = unused(&format!("{stem}-{exporter}-{importer}"), taken);
        let Some(written) = self.written(on.movement, on.view, &plan.values, Some(&id)) else {
            ways.rule_out(mechanism.kind.clone(), "what it asks for has no place in the map");
            return;
        };
        let mut between = vec![exporter, importer];
        between.dedup();
        let title = &definition.head.title;
        let (verb, kind, words) = match offer {
            _ if !plan.supposed.is_empty() => {
                ("in_place", MeasureKind::NewMechanismIf, "If it can serve, put in place")
            }
            Some(_) => ("sign", MeasureKind::SignOffered, "Sign what is offered"),
            None => ("in_place", MeasureKind::NewMechanism, "Put in place"),
        };
        let change = as_one_object(&id, json!({ "type": mechanism.kind, "between": between }), &written);
        let offered = offer.map(|offer| offer.about.clone().unwrap_or_else(|| offer.id.clone()));
        ways.measures.push(Measure {
            id: self.named(verb, &id, on.movement, &change),
            kind,
            words: format!("{words}: {title}, between {}", in_words(&between)),
            setting: None,
            mechanism: Some(named(mechanism, definition, Some(id), offered)),
            steps: steps(mechanism, &plan),
            change,
        });
    }

    /// How a mechanism comes to serve; where it cannot, that is said.
    fn plan<'a>(
        &self,
        on: &On<'a>,
        mechanism: &MechanismInForce,
        instance: Option<&Instance>,
        what: &str,
        ways: &mut Ways,
    ) -> Option<(Plan, &'a Mechanism)> {
        let acts = self.acts(on.under.layer, on.movement);
        match acts.mechanism(mechanism, &on.rows, instance) {
            Ok(plan) => Some((plan, on.under.pack.mechanisms.get(mechanism.mechanism)?)),
            Err(part) => {
                let step = step(mechanism, part, false)?;
                let why = match (part, on.movement.edge) {
                    (PartAt::Requirement(_), Edge::Access(_)) => format!(
                        "{}: it is asked of a flow, and no flow is drawn for this access to state it on",
                        step.part
                    ),
                    _ => format!("{}: {}", step.part, step.words),
                };
                ways.rule_out(what, why);
                None
            }
        }
    }

    /// The id of a measure; what concerns the movement alone names it.
    fn named(&self, verb: &str, what: &str, movement: &Movement, change: &Change) -> String {
        let general = change.set.keys().all(|path| path.starts_with("mechanisms."));
        match general {
            true => format!("{verb}:{what}"),
            false => format!("{verb}:{what}:{}", self.on(movement)),
        }
    }
}

/// The movement for which a mechanism is looked at, as a layer of a regime sees it.
struct On<'a> {
    under: Under<'a>,
    movement: &'a Movement,
    view: &'a View<'a>,
    rows: Vec<Row<'a>>,
}

/// A new mechanism with its facts as one object, and what else changes beside it.
fn as_one_object(id: &str, object: Json, written: &Change) -> Change {
    let mut object = match object {
        Json::Object(object) => object,
        _ => JsonMap::new(),
    };
    let own = format!("mechanisms.{id}.");
    let mut change = Change::new();
    for (path, value) in &written.set {
        match path.strip_prefix(&own) {
            Some(name) => {
                object.insert(name.to_owned(), value.clone());
            }
            None => change = change.set(path.clone(), value.clone()),
        }
    }
    change.set(format!("mechanisms.{id}"), Json::Object(object))
}

fn named(
    mechanism: &MechanismInForce,
    definition: &Mechanism,
    id: Option<String>,
    offered: Option<String>,
) -> MechanismNamed {
    MechanismNamed {
        kind: mechanism.kind.clone(),
        id,
        title: definition.head.title.clone(),
        cite: definition.head.cite.clone(),
        offered,
    }
}

fn steps(mechanism: &MechanismInForce, plan: &Plan) -> Vec<Step> {
    let is_supposed = |at: &PartAt| matches!(at, PartAt::Gate(index) if plan.supposed.contains(index));
    let parts = plan.parts.iter();
    parts.filter_map(|at| step(mechanism, *at, is_supposed(at))).collect()
}

fn step(mechanism: &MechanismInForce, at: PartAt, supposed: bool) -> Option<Step> {
    match at {
        PartAt::Gate(index) => mechanism.gates.get(index).map(|gate| Step {
            part: gate.name.clone(),
            cite: gate.cite.clone(),
            words: gate.because.clone(),
            supposed,
            confidence: gate.confidence,
        }),
        PartAt::Requirement(index) => mechanism.requirements.get(index).map(|requirement| Step {
            part: requirement.name.clone(),
            cite: requirement.cite.clone(),
            words: requirement.cure.clone(),
            supposed,
            confidence: requirement.confidence,
        }),
    }
}

fn in_words(parties: &[&str]) -> String {
    let parties: Vec<String> = parties.iter().map(|party| format!("`{party}`")).collect();
    parties.join(" and ")
}
