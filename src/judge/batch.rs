//! Judges every movement of a table at once: outcomes only, by the same stages as the evaluator that explains.

use std::collections::BTreeMap;

use crate::fact::Catalogue;
use crate::judge::explain::{best_of, of_mechanism};
use crate::judge::program::{LANES, Lanes, Planes, Program, Slot};
use crate::judge::view::View;
use crate::law::in_force::{LayerInForce, RegimeInForce, RuleInForce};
use crate::law::pack::Conclusion;
use crate::outcome::{Outcome, Outcomes};
use crate::truth::Truth;

/// The outcomes that the facts of one movement still allow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Allowed {
    /// Every outcome still possible.
    pub outcomes: Outcomes,
    /// The same, where a pack presumes an unknown fact to be in order.
    pub presumed: Outcomes,
}

/// One layer of a regime, compiled.
#[derive(Debug)]
pub struct Batch<'l> {
    is_law: bool,
    program: Program,
    scope: Vec<CompiledRule>,
    transfer: Vec<CompiledRule>,
    blocks: Vec<CompiledRule>,
    exemptions: Vec<CompiledRule>,
    mechanisms: Vec<CompiledMechanism<'l>>,
    /// What the stages need, implicit mechanisms included.
    needed: Vec<usize>,
}

#[derive(Debug)]
struct CompiledRule {
    rank: u64,
    when: Slot,
    then: Conclusion,
    lifted: Option<(Slot, Outcome)>,
}

#[derive(Debug)]
struct CompiledMechanism<'l> {
    kind: &'l str,
    implicit: bool,
    then: Outcome,
    passed: Slot,
    met: Slot,
    /// The requirements that must be known to be met; the others are presumed.
    strict: Slot,
    /// The requirements that may stay unknown.
    lenient: Slot,
    needed: Vec<usize>,
}

impl<'l> Batch<'l> {
    /// Compiles a layer.
    #[must_use]
    pub fn new(regime: &RegimeInForce, layer: &'l LayerInForce) -> Self {
        let mut program = Program::default();
        let mut rules = |rules: &[RuleInForce]| -> Vec<CompiledRule> {
            let compile = |rule: &RuleInForce| CompiledRule {
                rank: rule.rank,
                when: program.add(&rule.when),
                then: rule.then,
                lifted: rule
                    .lifted
                    .as_ref()
                    .map(|(when, outcome)| (program.add(when), *outcome)),
            };
            rules.iter().map(compile).collect()
        };
        let (scope, transfer) = (rules(&layer.scope), rules(&layer.transfer));
        let (blocks, exemptions) = (rules(&layer.blocks), rules(&layer.exemptions));
        let mut mechanisms: Vec<CompiledMechanism<'_>> = layer
            .mechanisms
            .iter()
            .map(|mechanism| {
                let requirements = &mechanism.requirements;
                CompiledMechanism {
                    kind: &mechanism.kind,
                    implicit: mechanism.implicit,
                    then: mechanism.then,
                    passed: program.all(
                        mechanism
                            .gates
                            .iter()
                            .filter(|gate| !gate.of_obtaining)
                            .map(|gate| &gate.when),
                    ),
                    met: program.all(requirements.iter().map(|r| &r.when)),
                    strict: program.all(requirements.iter().filter(|r| !r.unknown_is_met).map(|r| &r.when)),
                    lenient: program.all(requirements.iter().filter(|r| r.unknown_is_met).map(|r| &r.when)),
                    needed: Vec::new(),
                }
            })
            .collect();
        for mechanism in &mut mechanisms {
            let slots = [mechanism.passed, mechanism.met, mechanism.strict, mechanism.lenient];
            mechanism.needed = program.needed(&slots);
        }
        let of_rules = [&scope, &transfer, &blocks, &exemptions].into_iter().flatten();
        let mut slots: Vec<Slot> = of_rules
            .flat_map(|rule| [Some(rule.when), rule.lifted.map(|(slot, _)| slot)])
            .flatten()
            .collect();
        for mechanism in mechanisms.iter().filter(|mechanism| mechanism.implicit) {
            slots.extend([mechanism.passed, mechanism.met, mechanism.strict, mechanism.lenient]);
        }
        Self {
            is_law: regime.is_law,
            needed: program.needed(&slots),
            program,
            scope,
            transfer,
            blocks,
            exemptions,
            mechanisms,
        }
    }

    /// Judges every movement.
    #[must_use]
    pub fn judge(&self, view: &View<'_>, catalogue: &Catalogue) -> Vec<Allowed> {
        let rows = view.table().rows();
        if !self.is_law {
            let out = Outcomes::NONE.with(Outcome::OutOfScope);
            let allowed = Allowed {
                outcomes: out,
                presumed: out,
            };
            return vec![allowed; rows];
        }
        let held = self.held(view, catalogue);
        let mut bound = self.program.bind(view, catalogue);
        let mut allowed = Vec::with_capacity(rows);
        for first in (0..rows).step_by(LANES) {
            let count = LANES.min(rows - first);
            bound.run(&self.needed, Lanes::Rows { first, count });
            let planes = |slot| bound.planes(slot);
            let mut stages = self.stages(&planes);
            let block = held.range(first..first + count);
            let apart = block.fold(0, |lanes, (row, _)| lanes | 1 << (row - first)) & stages.open;
            let alone = self.alone(&mut stages, &planes, !apart);
            for lane in 0..count {
                let mut answer = stages.answer(lane);
                if alone >> lane & 1 == 0 && stages.open >> lane & 1 == 1 {
                    let implicit = self.mechanisms.iter().filter(|mechanism| mechanism.implicit);
                    let implicit = implicit.map(|mechanism| mechanism.lane(&planes, lane, Truth::True));
                    let held = held.get(&(first + lane)).into_iter().flatten().copied();
                    let all: Vec<Allowed> = implicit.chain(held).collect();
                    answer.outcomes = answer.outcomes.or(best_of(all.iter().map(|a| a.outcomes)));
                    answer.presumed = answer.presumed.or(best_of(all.iter().map(|a| a.presumed)));
                }
                allowed.push(answer);
            }
        }
        allowed
    }

    /// Ends the lanes for which no mechanism has to be weighed against another, and says which these are.
    fn alone(&self, stages: &mut Stages, planes: &impl Fn(Slot) -> Planes, lanes: u64) -> u64 {
        let mut implicit = self.mechanisms.iter().filter(|mechanism| mechanism.implicit);
        let open = stages.open & lanes;
        match (implicit.next(), implicit.next()) {
            (None, _) => stages.add(Outcome::NonExempt, open),
            (Some(mechanism), None) => {
                let (passed, met) = (planes(mechanism.passed), planes(mechanism.met));
                let (strict, lenient) = (planes(mechanism.strict), planes(mechanism.lenient));
                let serves = open & !passed.no;
                stages.add(Outcome::NonExempt, open & !passed.yes);
                stages.possible[mechanism.then as usize] |= serves & !met.no;
                stages.possible[Outcome::Incomplete as usize] |= serves & !met.yes;
                let (presumed_yes, presumed_no) = (strict.yes & !lenient.no, strict.no | lenient.no);
                stages.presumed[mechanism.then as usize] |= serves & !presumed_no;
                stages.presumed[Outcome::Incomplete as usize] |= serves & !presumed_yes;
            }
            _ => return 0,
        }
        lanes
    }

    /// What each mechanism that is held comes to, by movement.
    fn held(&self, view: &View<'_>, catalogue: &Catalogue) -> BTreeMap<usize, Vec<Allowed>> {
        let table = view.table();
        let mut held: BTreeMap<usize, Vec<Allowed>> = BTreeMap::new();
        if table.instances().is_empty() {
            return held;
        }
        let mut bound = self.program.bind(view, catalogue);
        for mechanism in self.mechanisms.iter().filter(|mechanism| !mechanism.implicit) {
            let mut pairs = Vec::new();
            let mut reaches = Vec::new();
            for row in 0..table.rows() {
                for held in table.held(row) {
                    if table
                        .instances()
                        .get(held.instance)
                        .is_some_and(|i| i.kind == mechanism.kind)
                    {
                        pairs.push((row, held.instance));
                        reaches.push(held.reaches);
                    }
                }
            }
            for (pairs, reaches) in pairs.chunks(LANES).zip(reaches.chunks(LANES)) {
                bound.run(&mechanism.needed, Lanes::Pairs(pairs));
                let planes = |slot| bound.planes(slot);
                for (lane, ((row, _), reaches)) in pairs.iter().zip(reaches).enumerate() {
                    held.entry(*row)
                        .or_default()
                        .push(mechanism.lane(&planes, lane, *reaches));
                }
            }
        }
        held
    }

    fn stages(&self, planes: &impl Fn(Slot) -> Planes) -> Stages {
        let mut stages = Stages {
            open: !0,
            possible: [0; Outcome::ALL.len()],
            presumed: [0; Outcome::ALL.len()],
        };
        stages.opening(&self.scope, planes, Conclusion::InScope, Outcome::OutOfScope);
        stages.opening(&self.transfer, planes, Conclusion::Transfer, Outcome::NotATransfer);
        for rule in &self.blocks {
            let when = planes(rule.when);
            let holds = stages.open & !when.no;
            let lifted = rule.lifted.map_or(Planes { yes: 0, no: !0 }, |(slot, _)| planes(slot));
            if let Some((_, outcome)) = rule.lifted {
                stages.add(outcome, holds & !lifted.no);
            }
            stages.add(Outcome::NonExempt, holds & !lifted.yes);
            stages.open &= !when.yes;
        }
        let mut certain = 0;
        for rule in &self.exemptions {
            let when = planes(rule.when);
            stages.add(Outcome::Exempt, stages.open & !when.no);
            certain |= when.yes;
        }
        stages.open &= !certain;
        stages
    }
}

impl CompiledMechanism<'_> {
    fn lane(&self, planes: &impl Fn(Slot) -> Planes, lane: usize, reaches: Truth) -> Allowed {
        let passed = reaches.and(planes(self.passed).lane(lane));
        let met = planes(self.met).lane(lane);
        let lenient = match planes(self.lenient).lane(lane) {
            Truth::Unknown => Truth::True,
            truth => truth,
        };
        let presumed = planes(self.strict).lane(lane).and(lenient);
        Allowed {
            outcomes: of_mechanism(self.then, passed, met),
            presumed: of_mechanism(self.then, passed, presumed),
        }
    }
}

/// How far a block has got: which lanes are still open, and which outcomes are possible for which lanes.
struct Stages {
    open: u64,
    possible: [u64; Outcome::ALL.len()],
    presumed: [u64; Outcome::ALL.len()],
}

impl Stages {
    fn add(&mut self, outcome: Outcome, lanes: u64) {
        self.possible[outcome as usize] |= lanes;
        self.presumed[outcome as usize] |= lanes;
    }

    fn answer(&self, lane: usize) -> Allowed {
        let read = |planes: &[u64; Outcome::ALL.len()]| {
            let bits = planes.iter().enumerate();
            Outcomes::from_bits(bits.fold(0, |all, (outcome, lanes)| all | ((lanes >> lane & 1) as u8) << outcome))
        };
        Allowed {
            outcomes: read(&self.possible),
            presumed: read(&self.presumed),
        }
    }

    fn opening(&mut self, rules: &[CompiledRule], planes: &impl Fn(Slot) -> Planes, on: Conclusion, none: Outcome) {
        let needs_a_rule = rules.iter().any(|rule| rule.then == on);
        let mut unsettled = self.open;
        let mut on = 0;
        for same_rank in rules.chunk_by(|a, b| a.rank == b.rank) {
            let mut settled = 0;
            for rule in same_rank {
                let when = planes(rule.when);
                let holds = unsettled & !when.no;
                settled |= unsettled & when.yes;
                match rule.then.outcome() {
                    None => on |= holds,
                    Some(outcome) => self.add(outcome, holds),
                }
            }
            unsettled &= !settled;
        }
        if needs_a_rule {
            self.add(none, unsettled);
            self.open = on;
        } else {
            self.open = on | unsettled;
        }
    }
}
