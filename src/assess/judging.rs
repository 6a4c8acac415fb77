//! Runs the whole way: movements, facts, verdicts, exposures, questions.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::assess::acceptance;
use crate::assess::assessment::{
    AssessedMovement, AssessedVerdict, Assessment, CandidateOutcome, FORMAT, LayerApplied, PenaltyCited, RegimeApplied,
};
use crate::assess::combined::combined;
use crate::assess::describe::{describe, exposed, idle, in_words};
use crate::assess::questions::{Asker, questions};
use crate::assess::totals::{self, OnlyDay, Total};
use crate::assess::verdict::{DutyState, DutyVerdict, Presumption, Range, Verdict, Words};
use crate::assess::whereabouts::whereabouts;
use crate::assess::{evidence, floor};
use crate::date::Date;
use crate::fact::{FactId, FactKey, Value};
use crate::graph::MapGraph;
use crate::graph::control::exposures;
use crate::judge::batch::{Allowed, Batch};
use crate::judge::count::{self, PartyTotal};
use crate::judge::evaluate::{Facts as _, facts_read};
use crate::judge::explain::judge;
use crate::judge::fill::{Parties, fill};
use crate::judge::movement::{Movement, Movements, Seat};
use crate::judge::table::{Table, ValueId};
use crate::judge::view::View;
use crate::law::Law;
use crate::law::in_force::{InForce, LayerInForce, Readings, RegimeInForce};
use crate::law::pack::{Pack, ReplacedBy};
use crate::model::{Map, Stated};
use crate::outcome::{Headline, Outcome, Outcomes};

/// A map with its movements and their facts, and the law they are judged under.
pub(crate) struct Prepared<'m> {
    pub(super) graph: MapGraph<'m>,
    pub(crate) movements: Movements<'m>,
    /// The facts as they are.
    pub(super) table: Table,
    /// The facts with what goes without saying.
    pub(crate) presuming: Table,
    pub(crate) in_force: InForce,
}

impl<'m> Prepared<'m> {
    pub(crate) fn new(map: &'m Map, law: &Law, as_of: Date, readings: &Readings) -> Self {
        let graph = MapGraph::new(map);
        let movements = Movements::of(&graph);
        let table = fill(&movements, law.catalogue(), as_of);
        Self {
            presuming: table.presuming(law.catalogue()),
            in_force: law.as_of(as_of, readings),
            graph,
            movements,
            table,
        }
    }

    /// The same map on another day: of the facts only the day itself is another.
    pub(super) fn turn_to(&mut self, law: &Law, as_of: Date, readings: &Readings) {
        if let Some(fact) = law.catalogue().id_of(&FactKey::AsOf) {
            for table in [&mut self.table, &mut self.presuming] {
                let id = table.intern(Value::Date(as_of));
                table.set_column(fact, vec![id; table.rows()]);
            }
        }
        self.in_force = law.as_of(as_of, readings);
    }
}

pub(super) fn assess(prepared: &Prepared<'_>, law: &Law, readings: &Readings) -> Assessment {
    let Prepared {
        graph,
        movements,
        in_force,
        ..
    } = prepared;
    let map = movements.map;
    let (judged, totals) = judged(prepared, law, readings);
    let mut assessment = Assessment {
        transborder_assessment: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        map: map.name.clone(),
        as_of: in_force.as_of.to_string(),
        law: law
            .packs()
            .iter()
            .map(|pack| applied(pack, in_force.as_of, readings))
            .collect(),
        profiles: floor::used(map),
        sources: evidence::sources(map),
        movements: judged,
        whereabouts: whereabouts(map, law.catalogue().gazetteer()),
        exposures: Vec::new(),
        totals,
        switched_off: map
            .flows
            .iter()
            .filter(|f| map.exists(f) == Some(false))
            .map(|f| f.id.clone())
            .collect(),
        idle: idle(graph, movements),
        findings: Vec::new(),
        accepted: Vec::new(),
        baseline: None,
        questions: Vec::new(),
    };
    let exposures = exposures(graph, &movements.lineage);
    assessment.exposures = exposures.iter().map(|exposure| exposed(map, exposure)).collect();
    assessment.questions = questions(&assessment.movements, movements, law.catalogue());
    assessment.find();
    acceptance::accept(&mut assessment, map, law, in_force.as_of);
    assessment
}

/// Every movement with its verdicts, and the totals on which they turn.
pub(super) fn judged(prepared: &Prepared<'_>, law: &Law, readings: &Readings) -> (Vec<AssessedMovement>, Vec<Total>) {
    let Prepared {
        movements,
        table,
        presuming,
        in_force,
        ..
    } = prepared;
    let gazetteer = law.catalogue().gazetteer();
    let described = movements.all.iter().map(|m| describe(movements, m, gazetteer));
    let mut all: Vec<AssessedMovement> = described.collect();
    let mut totals = Vec::new();
    let day = OnlyDay::new(law.catalogue(), in_force.as_of);
    for regime in &in_force.regimes {
        let presumed = View::new(presuming, regime);
        let sums: Vec<Vec<PartyTotal<'_>>> = regime
            .counts
            .iter()
            .map(|count| count::totals(&presumed, count))
            .collect();
        let judging = Judging {
            movements,
            law,
            pack: &law.packs()[regime.pack],
            regime,
            readings,
            table,
            sound: View::new(table, regime),
            asker: Asker::new(
                movements,
                law.catalogue(),
                &law.packs()[regime.pack].id,
                regime,
                &presumed,
            ),
            presumed: &presumed,
        };
        for layer in &regime.layers {
            for (movement, verdict) in all.iter_mut().zip(judging.layer(layer)) {
                movement.verdicts.push(verdict);
            }
        }
        totals.extend(totals::of_regime(movements, judging.pack, regime, &day, &sums));
    }
    floor::hold_back(movements.map, &mut all);
    for movement in &mut all {
        let verdicts: Vec<&Verdict> = movement.verdicts.iter().map(|judged| judged.verdict.as_ref()).collect();
        movement.combined = law
            .packs()
            .iter()
            .filter_map(|pack| combined(&pack.id, &verdicts))
            .collect();
    }
    (all, totals)
}

struct Judging<'a> {
    movements: &'a Movements<'a>,
    law: &'a Law,
    pack: &'a Pack,
    regime: &'a RegimeInForce,
    readings: &'a Readings,
    table: &'a Table,
    /// The facts as they are.
    sound: View<'a>,
    /// The facts with what goes without saying.
    presumed: &'a View<'a>,
    asker: Asker<'a>,
}

impl Judging<'_> {
    fn layer(&self, layer: &LayerInForce) -> Vec<AssessedVerdict> {
        let batch = Batch::new(self.regime, layer);
        let sound = batch.judge(&self.sound, self.law.catalogue());
        let presumed = batch.judge(self.presumed, self.law.catalogue());
        let words = Words {
            catalogue: self.law.catalogue(),
            pack: self.pack,
            regime: self.regime,
            layer,
            readings: self.readings,
            table: self.table,
        };
        let read = facts_of(layer);
        // Movements with the same facts have the same verdict, so it is put into words once.
        let mut known: HashMap<Signature, Arc<Verdict>> = HashMap::new();
        let verdict = |movement: &Movement| {
            let row = worst_row(movement, |row| presumed[row].presumed);
            let signature = Signature {
                sound: range_of(movement, sound.iter().map(|a| a.outcomes)),
                presumed: range_of(movement, presumed.iter().map(|a| a.presumed)),
                headline: headline_of(movement, &presumed),
                places_differ: differ(movement, &presumed),
                values: movement
                    .rows
                    .clone()
                    .map(|row| read.iter().map(|fact| self.id(self.presumed, *fact, row)).collect())
                    .collect(),
                explained: row - movement.rows.start,
                sound_values: read.iter().map(|fact| self.id(&self.sound, *fact, row)).collect(),
                held: movement
                    .rows
                    .clone()
                    .map(|row| {
                        let held = self.table.held(row).iter();
                        held.map(|held| (held.instance, held.reaches as u8)).collect()
                    })
                    .collect(),
                may_not_exist: movement.exists.is_none(),
            };
            let verdict = known.get(&signature).cloned().unwrap_or_else(|| {
                let verdict = Arc::new(self.put_into_words(&words, movement, row, &sound, &presumed));
                known.insert(signature, Arc::clone(&verdict));
                verdict
            });
            self.assessed(movement, row, verdict, layer, &presumed)
        };
        self.movements.all.iter().map(verdict).collect()
    }

    fn id(&self, view: &View<'_>, fact: FactId, row: usize) -> ValueId {
        view.column(fact)
            .and_then(|column| column.get(row))
            .copied()
            .unwrap_or_default()
    }

    fn put_into_words(
        &self,
        words: &Words<'_>,
        movement: &Movement,
        row: usize,
        sound: &[Allowed],
        presumed: &[Allowed],
    ) -> Verdict {
        let judgement = judge(self.regime, words.layer, self.presumed.row(row));
        debug_assert_eq!(judgement.presumed, presumed[row].presumed, "the two evaluators differ");
        let mut verdict = words.verdict(&judgement);
        let others = movement.rows.clone().filter(|other| *other != row);
        let others = others.map(|other| words.duties(&judge(self.regime, words.layer, self.presumed.row(other))));
        verdict.duties = in_every_place(verdict.duties, others.collect());
        (verdict.best, verdict.worst) = range_of(movement, presumed.iter().map(|a| a.presumed));
        verdict.outcome = headline_of(movement, presumed);
        let (best, worst) = range_of(movement, sound.iter().map(|a| a.outcomes));
        if (best, worst) != (verdict.best, verdict.worst) {
            verdict.unpresumed = Some(Range { best, worst });
            let unpresumed = judge(self.regime, words.layer, self.sound.row(row));
            let (with, without) = (self.presumed.row(row), self.sound.row(row));
            let presumed = unpresumed
                .open
                .iter()
                .filter(|fact| with.value(**fact) != without.value(**fact));
            let presumed = presumed.map(|fact| Presumption {
                fact: self.law.catalogue().fact(*fact).name.clone(),
                value: with.value(*fact).to_string(),
            });
            verdict.presumed = presumed.collect();
        }
        if verdict.outcome != Headline::Undetermined {
            verdict.ask.clear();
        } else if differ(movement, presumed) {
            let answers = &presumed[movement.rows.clone()];
            let firm = |allowed: &Allowed| allowed.presumed.headline() != Headline::Undetermined;
            if verdict.ask.is_empty() || answers.iter().all(firm) {
                // Each candidate place has a firm answer of its own: it is the place that decides.
                verdict.ask = ["flow.from_place", "flow.to_place"].map(str::to_owned).into();
            }
        }
        verdict
    }

    fn assessed(
        &self,
        movement: &Movement,
        row: usize,
        verdict: Arc<Verdict>,
        layer: &LayerInForce,
        presumed: &[Allowed],
    ) -> AssessedVerdict {
        let map = self.movements.map;
        let stand_in = self.presumed.stand_in(row);
        let parties = Parties::of(self.movements, movement);
        let exporter = match stand_in {
            Stated::Is(ReplacedBy::Principal) => parties.principals.iter().flatten().copied().collect(),
            Stated::Is(ReplacedBy::Arranger) => parties.arranger.into_iter().collect(),
            Stated::Absent => parties.exporter.into_iter().collect(),
            Stated::Unknown => Vec::new(),
        };
        let candidates: Vec<CandidateOutcome> = movement
            .rows
            .clone()
            .map(|row| CandidateOutcome {
                from: self.place(&self.movements.candidates[row].from),
                to: self.place(&self.movements.candidates[row].to),
                outcome: presumed[row].presumed.headline(),
            })
            .collect();
        let questions = self.asker.of_verdict(layer, movement, row, &verdict);
        AssessedVerdict {
            verdict,
            exporter: exporter.iter().map(|id| map.entity(*id).id.clone()).collect(),
            by_place: if differ(movement, presumed) {
                candidates
            } else {
                Vec::new()
            },
            questions,
        }
    }

    fn place(&self, seat: &Seat) -> String {
        match seat {
            Seat::Unknown => "unknown".to_owned(),
            Seat::At(places) => in_words(self.law.catalogue().gazetteer(), places.iter().copied(), " and "),
            Seat::OneOf(alternatives) => in_words(
                self.law.catalogue().gazetteer(),
                alternatives.iter().flatten().copied(),
                " or ",
            ),
        }
    }
}

#[derive(Eq, Hash, PartialEq)]
struct Signature {
    sound: (Outcome, Outcome),
    presumed: (Outcome, Outcome),
    headline: Headline,
    places_differ: bool,
    /// Of each candidate, which may have duties of its own.
    values: Vec<Vec<ValueId>>,
    /// Which of them is explained.
    explained: usize,
    sound_values: Vec<ValueId>,
    held: Vec<Vec<(usize, u8)>>,
    may_not_exist: bool,
}

/// The duties whatever the place: one that does not stand the same way in every candidate place is open.
fn in_every_place(mut duties: Vec<DutyVerdict>, others: Vec<Vec<DutyVerdict>>) -> Vec<DutyVerdict> {
    for other in others {
        for duty in &mut duties {
            let there = other.iter().find(|there| there.rule == duty.rule);
            if there.map(|there| there.state) != Some(duty.state) {
                duty.state = DutyState::Open;
            }
        }
        for duty in other {
            if !duties.iter().any(|known| known.rule == duty.rule) {
                duties.push(DutyVerdict {
                    state: DutyState::Open,
                    ..duty
                });
            }
        }
    }
    duties
}

/// A flow that may not exist may also be no transfer at all.
fn all_of(movement: &Movement, allowed: impl Iterator<Item = Outcomes>) -> Outcomes {
    let outcomes = allowed.fold(Outcomes::NONE, Outcomes::or);
    match (movement.exists, outcomes.range()) {
        (None, Some((_, worst))) if worst > Outcome::NotATransfer => outcomes.with(Outcome::NotATransfer),
        _ => outcomes,
    }
}

fn range_of(movement: &Movement, allowed: impl Iterator<Item = Outcomes>) -> (Outcome, Outcome) {
    let rows = movement.rows.clone();
    let of_rows = allowed.skip(rows.start).take(rows.len());
    all_of(movement, of_rows)
        .range()
        .unwrap_or((Outcome::OutOfScope, Outcome::NonExempt))
}

fn headline_of(movement: &Movement, allowed: &[Allowed]) -> Headline {
    all_of(movement, allowed[movement.rows.clone()].iter().map(|a| a.presumed)).headline()
}

/// Whether the candidate places have different answers.
fn differ(movement: &Movement, allowed: &[Allowed]) -> bool {
    let answers = &allowed[movement.rows.clone()];
    answers
        .windows(2)
        .any(|pair| pair[0].presumed.headline() != pair[1].presumed.headline())
}

/// The candidate with the worst answer: the one that is explained.
pub(super) fn worst_row(movement: &Movement, answer: impl Fn(usize) -> Outcomes) -> usize {
    let worst = |row: &usize| answer(*row).range().map(|(best, worst)| (worst, best));
    let rows = movement.rows.clone();
    // Of equals the first.
    rows.rev().max_by_key(worst).unwrap_or(movement.rows.start)
}

/// Every fact that a layer reads of a movement.
fn facts_of(layer: &LayerInForce) -> Vec<FactId> {
    let mut read = BTreeSet::new();
    for cond in layer.conditions() {
        facts_read(cond, &mut read);
    }
    read.into_iter().collect()
}

pub(super) fn applied(pack: &Pack, as_of: Date, readings: &Readings) -> RegimeApplied {
    let is_default = |point: &str, option: &str| {
        pack.readings
            .get(point)
            .is_some_and(|reading| reading.default == option)
    };
    let chosen = readings
        .iter()
        .filter(|((regime, point), option)| *regime == pack.id && !is_default(point, option));
    RegimeApplied {
        id: pack.id.clone(),
        title: pack.title.clone(),
        authority: pack.authority.clone(),
        checked_on: pack.checked_on.map(|day| day.to_string()),
        digest: pack.digest.clone(),
        readings: chosen
            .map(|((_, point), option)| (point.clone(), option.clone()))
            .collect(),
        penalties: pack
            .penalties
            .iter()
            .map(|penalty| PenaltyCited {
                cite: penalty.cite.clone(),
                maximum: penalty.maximum.clone(),
                note: penalty.note.clone(),
                confidence: penalty.confidence,
            })
            .collect(),
        layers: pack
            .layers
            .iter()
            .map(|layer| LayerApplied {
                id: layer.id.clone(),
                title: layer.title.clone(),
                status: layer.status_on(as_of),
            })
            .collect(),
    }
}
