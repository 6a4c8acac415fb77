//! Judges one movement under one layer of a regime and keeps every reason: the evaluator that explains.

use std::collections::BTreeSet;

use crate::fact::FactId;
use crate::judge::evaluate::{open_facts, readings, truth};
use crate::judge::view::Row;
use crate::law::in_force::{Cond, LayerInForce, MechanismInForce, RegimeInForce, RuleInForce};
use crate::law::pack::Conclusion;
use crate::outcome::{Headline, Outcome, Outcomes};
use crate::truth::Truth;

/// What one layer of a regime says of one movement.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Every outcome that the facts still allow.
    pub outcomes: Outcomes,
    /// The same, where a pack presumes an unknown fact to be in order.
    pub presumed: Outcomes,
    /// How each possible outcome would come about, in the order of the stages.
    pub possible: Vec<Possibility>,
    /// The mechanisms considered.
    pub mechanisms: Vec<MechanismJudgement>,
    /// The mechanisms that could serve if they were put in place, by position in the layer.
    pub eligible: Vec<usize>,
    /// The duties that bind, or may.
    pub duties: Vec<DutyJudgement>,
    /// The facts that would decide, in the order of the stages.
    pub open: Vec<FactId>,
    /// The readings of open points on which the answer turned.
    pub readings: BTreeSet<String>,
}

/// One way in which the judgement may end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Possibility {
    /// The outcome.
    pub outcome: Outcome,
    /// What brings it about.
    pub by: Decider,
}

/// What brings an outcome about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decider {
    /// The regime is not yet, or no longer, law.
    NotLaw,
    /// A rule, by its position in the pack.
    Rule {
        /// The rule.
        rule: usize,
        /// The rule is a block that is lifted.
        lifted: bool,
    },
    /// No rule brings the movement into scope.
    NoScope,
    /// No rule makes it a transfer.
    NoTransfer,
    /// A mechanism, by its position in [`Judgement::mechanisms`].
    Mechanism(usize),
    /// No mechanism serves.
    NoMechanism,
}

/// How one mechanism fares.
#[derive(Clone, Debug)]
pub struct MechanismJudgement {
    /// Its position in the layer's mechanisms.
    pub mechanism: usize,
    /// The mechanism held, by its position in the table; `None` for an implicit one.
    pub instance: Option<usize>,
    /// Whether what is held reaches the movement.
    pub reaches: Truth,
    /// The gates, in the order of the layer.
    pub gates: Vec<Truth>,
    /// The requirements, in the order of the layer.
    pub requirements: Vec<Truth>,
    /// What it may come to: its own outcome, `incomplete`, or `non_exempt` if it is void.
    pub outcomes: Outcomes,
    /// The same, with presumptions.
    pub presumed: Outcomes,
}

/// How one duty fares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DutyJudgement {
    /// Its position in the layer's duties.
    pub duty: usize,
    /// Whether it binds.
    pub applies: Truth,
    /// Whether it is met.
    pub met: Truth,
}

impl Judgement {
    /// What is said of the movement.
    #[must_use]
    pub fn headline(&self) -> Headline {
        self.presumed.headline()
    }

    /// What brought about the outcome that is said, the worst possible one where it is undetermined.
    #[must_use]
    pub fn decider(&self) -> Option<Decider> {
        let said = match self.headline() {
            Headline::Firm(outcome) => Some(outcome),
            Headline::Undetermined => self.outcomes.range().map(|(_, worst)| worst),
        };
        // Of several ways to one outcome the last: it either holds for certain, or is what is left when nothing else does.
        self.possible.iter().rfind(|p| Some(p.outcome) == said).map(|p| p.by)
    }

    /// The mechanism that counts: the best, and among equals the one with the fewest open requirements.
    #[must_use]
    pub fn best_mechanism(&self) -> Option<usize> {
        let rank = |judged: &MechanismJudgement| {
            let unmet = judged
                .requirements
                .iter()
                .filter(|truth| **truth != Truth::True)
                .count();
            (judged.presumed.range().map(|(best, worst)| (worst, best)), unmet)
        };
        let best = self
            .mechanisms
            .iter()
            .enumerate()
            .min_by_key(|(_, judged)| rank(judged));
        best.map(|(index, _)| index)
    }
}

/// Judges one movement under one layer.
#[must_use]
pub fn judge(regime: &RegimeInForce, layer: &LayerInForce, row: Row<'_>) -> Judgement {
    let mut judge = Judge {
        row,
        judgement: Judgement {
            outcomes: Outcomes::NONE,
            presumed: Outcomes::NONE,
            possible: Vec::new(),
            mechanisms: Vec::new(),
            eligible: Vec::new(),
            duties: Vec::new(),
            open: Vec::new(),
            readings: BTreeSet::new(),
        },
    };
    judge.stages(regime, layer);
    judge.judgement.duties = judge.duties(layer);
    let mut judgement = judge.judgement;
    if judgement.outcomes.range().is_some_and(|(best, worst)| best == worst) {
        judgement.open.clear();
    }
    judgement
}

struct Judge<'v> {
    row: Row<'v>,
    judgement: Judgement,
}

impl Judge<'_> {
    fn stages(&mut self, regime: &RegimeInForce, layer: &LayerInForce) {
        if !regime.is_law {
            self.may_end(Outcome::OutOfScope, Decider::NotLaw);
            return;
        }
        let _ = self.opening(&layer.scope, Conclusion::InScope, Outcome::OutOfScope, Decider::NoScope)
            && self.opening(
                &layer.transfer,
                Conclusion::Transfer,
                Outcome::NotATransfer,
                Decider::NoTransfer,
            )
            && self.blocks(&layer.blocks)
            && self.exemptions(&layer.exemptions)
            && self.mechanisms(layer);
    }

    /// Says that the judgement ends here, or may.
    fn may_end(&mut self, outcome: Outcome, by: Decider) {
        self.judgement.outcomes = self.judgement.outcomes.with(outcome);
        self.judgement.presumed = self.judgement.presumed.with(outcome);
        self.judgement.possible.push(Possibility { outcome, by });
    }

    /// Whether a condition holds, noting the readings and the open facts on which that turns.
    fn truth(&mut self, cond: &Cond) -> Truth {
        readings(cond, &self.row, &mut self.judgement.readings);
        let truth = truth(cond, &self.row);
        if truth == Truth::Unknown {
            open_facts(cond, &self.row, &mut self.judgement.open);
        }
        truth
    }

    /// Scope and transfer: whether the judgement may go on.
    fn opening(&mut self, rules: &[RuleInForce], on: Conclusion, none: Outcome, by: Decider) -> bool {
        let needs_a_rule = rules.iter().any(|rule| rule.then == on);
        let mut may_go_on = false;
        for same_rank in rules.chunk_by(|a, b| a.rank == b.rank) {
            let truths: Vec<Truth> = same_rank.iter().map(|rule| truth(&rule.when, &self.row)).collect();
            let holds = |then: Conclusion| {
                same_rank
                    .iter()
                    .zip(&truths)
                    .any(|(r, t)| r.then == then && *t == Truth::True)
            };
            for (rule, truth) in same_rank.iter().zip(&truths) {
                // What only may hold matters no more where a rule of the same rank certainly leads the same way.
                if *truth == Truth::False || (*truth == Truth::Unknown && holds(rule.then)) {
                    // It may be false only by the reading chosen.
                    readings(&rule.when, &self.row, &mut self.judgement.readings);
                    continue;
                }
                self.truth(&rule.when);
                match rule.then.outcome() {
                    None => may_go_on = true,
                    Some(outcome) => {
                        let decider = Decider::Rule {
                            rule: rule.rule,
                            lifted: false,
                        };
                        self.may_end(outcome, decider);
                    }
                }
            }
            let settled = truths.contains(&Truth::True);
            if settled {
                return may_go_on;
            }
        }
        if needs_a_rule {
            self.may_end(none, by);
            may_go_on
        } else {
            true
        }
    }

    fn blocks(&mut self, rules: &[RuleInForce]) -> bool {
        for rule in rules {
            let holds = self.truth(&rule.when);
            if holds == Truth::False {
                continue;
            }
            let by = |lifted| Decider::Rule {
                rule: rule.rule,
                lifted,
            };
            let lifted = match &rule.lifted {
                Some((when, outcome)) => {
                    let lifted = self.truth(when);
                    if lifted.is_possible() {
                        self.may_end(*outcome, by(true));
                    }
                    lifted
                }
                None => Truth::False,
            };
            if lifted != Truth::True {
                self.may_end(Outcome::NonExempt, by(false));
            }
            if holds == Truth::True {
                return false;
            }
        }
        true
    }

    fn exemptions(&mut self, rules: &[RuleInForce]) -> bool {
        // A later exemption that certainly holds wins over an earlier one that only may.
        let certain = rules.iter().find(|rule| truth(&rule.when, &self.row) == Truth::True);
        if let Some(rule) = certain {
            self.truth(&rule.when);
            self.may_end(
                Outcome::Exempt,
                Decider::Rule {
                    rule: rule.rule,
                    lifted: false,
                },
            );
            return false;
        }
        for rule in rules {
            if self.truth(&rule.when) == Truth::Unknown {
                self.may_end(
                    Outcome::Exempt,
                    Decider::Rule {
                        rule: rule.rule,
                        lifted: false,
                    },
                );
            }
        }
        true
    }

    fn mechanisms(&mut self, layer: &LayerInForce) -> bool {
        for (index, mechanism) in layer.mechanisms.iter().enumerate() {
            if mechanism.implicit {
                let judged = self.mechanism(index, mechanism, None, Truth::True);
                self.judgement.mechanisms.push(judged);
                continue;
            }
            if self.could_serve(mechanism) {
                self.judgement.eligible.push(index);
            }
            let table = self.row.view().table();
            for held in table.held(self.row.index()) {
                if table
                    .instances()
                    .get(held.instance)
                    .is_some_and(|i| i.kind == mechanism.kind)
                {
                    let judged = self.mechanism(index, mechanism, Some(held.instance), held.reaches);
                    self.judgement.mechanisms.push(judged);
                }
            }
        }
        let outcomes = best_of(self.judgement.mechanisms.iter().map(|judged| judged.outcomes));
        let presumed = best_of(self.judgement.mechanisms.iter().map(|judged| judged.presumed));
        self.judgement.outcomes = self.judgement.outcomes.or(outcomes);
        self.judgement.presumed = self.judgement.presumed.or(presumed);
        for outcome in outcomes.iter() {
            let allows = |judged: &MechanismJudgement| judged.outcomes.allows(outcome);
            let by = match outcome {
                Outcome::NonExempt => Decider::NoMechanism,
                _ => match self
                    .judgement
                    .best_mechanism()
                    .filter(|best| self.judgement.mechanisms.get(*best).is_some_and(allows))
                {
                    Some(best) => Decider::Mechanism(best),
                    None => match self.judgement.mechanisms.iter().position(allows) {
                        Some(index) => Decider::Mechanism(index),
                        None => Decider::NoMechanism,
                    },
                },
            };
            self.judgement.possible.push(Possibility { outcome, by });
        }
        false
    }

    /// Whether a mechanism that nobody holds yet would pass its gates, so far as the movement can say.
    fn could_serve(&self, mechanism: &MechanismInForce) -> bool {
        mechanism
            .gates
            .iter()
            .all(|gate| truth(&gate.when, &self.row).is_possible())
    }

    fn mechanism(
        &mut self,
        index: usize,
        mechanism: &MechanismInForce,
        instance: Option<usize>,
        reaches: Truth,
    ) -> MechanismJudgement {
        let before = self.row;
        let table = before.view().table();
        if let Some(held) = instance.and_then(|instance| table.instances().get(instance)) {
            self.row = before.with(held);
        }
        let gates = mechanism.gates.iter().map(|gate| match gate.of_obtaining {
            true => Truth::True,
            false => self.truth(&gate.when),
        });
        let gates: Vec<Truth> = gates.collect();
        let passed = gates.iter().fold(reaches, |all, gate| all.and(*gate));
        // A void mechanism asks nothing.
        let open_before = self.judgement.open.len();
        let mut requirements = Vec::with_capacity(mechanism.requirements.len());
        for requirement in &mechanism.requirements {
            let before = self.judgement.open.len();
            requirements.push(self.truth(&requirement.when));
            // What is taken to be met is not asked for.
            if requirement.unknown_is_met {
                self.judgement.open.truncate(before);
            }
        }
        if passed == Truth::False {
            self.judgement.open.truncate(open_before);
        } else {
            self.judgement.readings.extend(mechanism.then_by.clone());
        }
        self.row = before;
        let met = requirements
            .iter()
            .fold(Truth::True, |all, requirement| all.and(*requirement));
        let presumed = requirements
            .iter()
            .zip(&mechanism.requirements)
            .map(|(truth, requirement)| match truth {
                Truth::Unknown if requirement.unknown_is_met => Truth::True,
                truth => *truth,
            })
            .fold(Truth::True, Truth::and);
        MechanismJudgement {
            mechanism: index,
            instance,
            reaches,
            outcomes: of_mechanism(mechanism.then, passed, met),
            presumed: of_mechanism(mechanism.then, passed, presumed),
            gates,
            requirements,
        }
    }

    fn duties(&self, layer: &LayerInForce) -> Vec<DutyJudgement> {
        let judge = |(index, duty): (usize, &crate::law::in_force::DutyInForce)| DutyJudgement {
            duty: index,
            applies: truth(&duty.applies, &self.row),
            met: truth(&duty.when, &self.row),
        };
        layer
            .duties
            .iter()
            .enumerate()
            .map(judge)
            .filter(|duty| duty.applies.is_possible())
            .collect()
    }
}

/// What a mechanism may come to: void counts as `non_exempt`.
pub(crate) fn of_mechanism(then: Outcome, passed: Truth, met: Truth) -> Outcomes {
    let mut outcomes = Outcomes::NONE;
    if passed != Truth::True {
        outcomes = outcomes.with(Outcome::NonExempt);
    }
    if passed.is_possible() && met.is_possible() {
        outcomes = outcomes.with(then);
    }
    if passed.is_possible() && met != Truth::True {
        outcomes = outcomes.with(Outcome::Incomplete);
    }
    outcomes
}

/// What the best of several mechanisms may come to: an outcome is possible if one may come to it and no other must do better.
pub(crate) fn best_of(mechanisms: impl Iterator<Item = Outcomes> + Clone) -> Outcomes {
    let ceiling = mechanisms
        .clone()
        .filter_map(|outcomes| outcomes.range())
        .map(|(_, worst)| worst)
        .min()
        .unwrap_or(Outcome::NonExempt);
    let any = mechanisms.fold(Outcomes::NONE, Outcomes::or);
    let all = if any == Outcomes::NONE {
        any.with(Outcome::NonExempt)
    } else {
        any
    };
    all.iter().filter(|outcome| *outcome <= ceiling).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_two_mechanisms_is_never_worse_than_the_worst_of_the_better() {
        let sure = Outcomes::NONE.with(Outcome::Covered);
        let open = Outcomes::NONE.with(Outcome::Incomplete).with(Outcome::NonExempt);
        assert_eq!(best_of([sure, open].into_iter()), sure);
        let maybe = Outcomes::NONE.with(Outcome::Covered).with(Outcome::NonExempt);
        let incomplete = Outcomes::NONE.with(Outcome::Incomplete);
        assert_eq!(
            best_of([maybe, incomplete].into_iter()),
            Outcomes::NONE.with(Outcome::Covered).with(Outcome::Incomplete)
        );
        assert_eq!(best_of(std::iter::empty()), Outcomes::NONE.with(Outcome::NonExempt));
    }
}
