//! What cases show of a pack's rules, and what they should: each rule deciding, each missed by one fact, and each dated
//! one a day too early and a day too late.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::date::Date;
use crate::fact::{FactId, Value};
use crate::judge::evaluate::{Facts, facts_read, truth};
use crate::judge::explain::{Decider, Judgement, judge};
use crate::judge::view::{Row, View};
use crate::law::Law;
use crate::law::condition::{Condition, PlacesTest, Test};
use crate::law::in_force::{Cond, LayerInForce, Readings, RegimeInForce, RuleInForce};
use crate::law::pack::{Head, Pack, Stage};
use crate::outcome::Headline;
use crate::truth::Truth;

use super::matter::Matter;

/// Something that a case shows of a rule.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Shown {
    /// The rule's stem.
    pub rule: String,
    /// What is shown of it.
    pub how: How,
}

/// What can be shown of a rule.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It decides: a rule concludes, a mechanism serves, a requirement is missing, a duty is not met, a count counts.
    Decides,
    /// It does not, but would if one fact were otherwise; a requirement or a duty is met.
    NearMiss,
    /// The case lies on the day before its first, on which the same facts would show it.
    DayBefore,
    /// The case lies on the day after its last, on which the same facts showed it.
    DayAfter,
    /// A block that is lifted.
    Lifted,
    /// A gate of a mechanism fails.
    Fails(String),
    /// A requirement of a mechanism is not met.
    Wants(String),
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decides => f.write_str("no case in which it decides"),
            Self::NearMiss => f.write_str("no case that it misses by one fact"),
            Self::DayBefore => f.write_str("no case on the day before its first"),
            Self::DayAfter => f.write_str("no case on the day after its last"),
            Self::Lifted => f.write_str("no case in which it is lifted"),
            Self::Fails(gate) => write!(f, "no case in which the gate `{gate}` fails"),
            Self::Wants(requirement) => write!(f, "no case in which the requirement `{requirement}` is not met"),
        }
    }
}

/// What the cases of a pack should show, in the order of its rules. Dated lists of places are data, not rules.
#[must_use]
pub fn owed(pack: &Pack) -> Vec<Shown> {
    let mut owed = Vec::new();
    for head in pack.heads().filter(|head| head.stage != Stage::Sets) {
        let mut owe = |how: How| {
            owed.push(Shown {
                rule: head.stem.clone(),
                how,
            });
        };
        match pack
            .mechanisms
            .iter()
            .find(|m| head.stage == Stage::Mechanisms && m.head.stem == head.stem)
        {
            // What rests on an empty list waits for its first entry.
            None if pack
                .rules
                .iter()
                .any(|rule| rule.head.stem == head.stem && is_empty(&rule.when, pack)) => {}
            None => {
                owe(How::Decides);
                owe(How::NearMiss);
            }
            Some(mechanism) => {
                // What is taken for a mechanism and is none never comes to its requirements.
                if !mechanism.gates.iter().any(|gate| matches!(gate.when, Condition::Never)) {
                    owe(How::Decides);
                    for requirement in &mechanism.requirements {
                        owe(How::Wants(requirement.name.clone()));
                    }
                }
                // What stands in the way of obtaining shows in what is eligible, not in what is held.
                for gate in mechanism.gates.iter().filter(|gate| !gate.of_obtaining) {
                    owe(How::Fails(gate.name.clone()));
                }
            }
        }
        if pack
            .rules
            .iter()
            .any(|rule| rule.lifted.is_some() && rule.head.stem == head.stem)
        {
            owe(How::Lifted);
        }
        let period = &head.effective;
        if period
            .from
            .is_some_and(|from| pack.effective.from.is_none_or(|law| from > law))
        {
            owe(How::DayBefore);
        }
        if period.to.is_some() && period.to != pack.effective.to {
            owe(How::DayAfter);
        }
    }
    owed
}

/// Whether a condition cannot hold because it asks for a place of a list on which there is none.
fn is_empty(condition: &Condition, pack: &Pack) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().any(|part| is_empty(part, pack)),
        Condition::Any(parts) => parts.iter().all(|part| is_empty(part, pack)),
        Condition::Fact {
            test: Test::Places(PlacesTest::Within | PlacesTest::Touches, area),
            ..
        } => {
            let has_members = |name: &String| pack.sets.get(name).is_some_and(|set| !set.members.is_empty());
            area.places.is_empty() && !area.sets.iter().any(has_members)
        }
        _ => false,
    }
}

/// What a case shows.
pub(super) fn shown(matter: &Matter, regime: &str, law: &Law, readings: &Readings) -> BTreeSet<Shown> {
    let mut shown = BTreeSet::new();
    let (Some(today), Some(pack)) = (matter.as_of(), law.pack(regime)) else {
        return shown;
    };
    let on = |day: Date| on_day(matter, pack, law, readings, day);
    shown.extend(on(today));
    let mut dated = |day: Date, how: &How, bound: fn(&Head) -> Option<Date>| {
        let heads: Vec<&Head> = pack.heads().filter(|head| bound(head) == Some(day)).collect();
        if heads.is_empty() {
            return;
        }
        let of_day = on(day);
        for head in heads {
            let mut of_rule = of_day.iter().filter(|shown| shown.rule == head.stem);
            if of_rule.any(|shown| shown.how != How::NearMiss) {
                shown.insert(Shown {
                    rule: head.stem.clone(),
                    how: how.clone(),
                });
            }
        }
    };
    dated(today.next_day(), &How::DayBefore, |head| head.effective.from);
    let ends = pack.heads().filter_map(|head| head.effective.to);
    if let Some(yesterday) = ends.into_iter().find(|last| last.next_day() == today) {
        dated(yesterday, &How::DayAfter, |head| head.effective.to);
    }
    shown
}

fn on_day(matter: &Matter, pack: &Pack, law: &Law, readings: &Readings, day: Date) -> BTreeSet<Shown> {
    let (in_force, table) = matter.on(day, law, readings);
    let mut exhibits = Exhibits {
        pack,
        shown: BTreeSet::new(),
    };
    for regime in &in_force.regimes {
        if law.packs()[regime.pack].id != pack.id || !regime.is_law {
            continue;
        }
        let view = View::new(&table, regime);
        for index in 0..table.rows() {
            let row = view.row(index);
            exhibits.counts(regime, row);
            for layer in &regime.layers {
                exhibits.layer(layer, row, &judge(regime, layer, row));
            }
        }
    }
    exhibits.shown
}

struct Exhibits<'p> {
    pack: &'p Pack,
    shown: BTreeSet<Shown>,
}

impl Exhibits<'_> {
    fn show(&mut self, head: &Head, how: How) {
        self.shown.insert(Shown {
            rule: head.stem.clone(),
            how,
        });
    }

    fn layer(&mut self, layer: &LayerInForce, row: Row<'_>, judgement: &Judgement) {
        let reach = judgement.possible.iter().filter_map(|p| self.stage(p.by)).max();
        let Some(reach) = reach else { return };
        for rules in [&layer.scope, &layer.transfer, &layer.blocks, &layer.exemptions] {
            self.rules(rules, row, judgement, reach);
        }
        if reach == Stage::Mechanisms {
            self.mechanisms(layer, judgement);
        }
        self.duties(layer, row, judgement);
    }

    /// The stage in which a judgement ends; `None` before the regime is law.
    fn stage(&self, by: Decider) -> Option<Stage> {
        match by {
            Decider::NotLaw => None,
            Decider::NoScope => Some(Stage::Scope),
            Decider::NoTransfer => Some(Stage::Transfer),
            Decider::Rule { rule, .. } => self.pack.rules.get(rule).map(|rule| rule.head.stage),
            Decider::Mechanism(_) | Decider::NoMechanism => Some(Stage::Mechanisms),
        }
    }

    fn rules(&mut self, rules: &[RuleInForce], row: Row<'_>, judgement: &Judgement, reach: Stage) {
        let prevailing = rules
            .iter()
            .find(|rule| truth(&rule.when, &row) == Truth::True)
            .map(|r| r.rank);
        for rule in rules {
            let Some(head) = self.pack.rules.get(rule.rule).map(|rule| &rule.head) else {
                continue;
            };
            if head.stage > reach {
                return;
            }
            let decides = |lifted| {
                judgement.decider()
                    == Some(Decider::Rule {
                        rule: rule.rule,
                        lifted,
                    })
            };
            let opens = rule.then.outcome().is_none();
            match truth(&rule.when, &row) {
                Truth::True if opens && prevailing == Some(rule.rank) => self.show(head, How::Decides),
                Truth::True if decides(false) => self.show(head, How::Decides),
                Truth::True if decides(true) => self.show(head, How::Lifted),
                Truth::False if is_near(&rule.when, row) => self.show(head, How::NearMiss),
                _ => {}
            }
        }
    }

    fn mechanisms(&mut self, layer: &LayerInForce, judgement: &Judgement) {
        for (index, judged) in judgement.mechanisms.iter().enumerate() {
            let Some(mechanism) = layer.mechanisms.get(judged.mechanism) else {
                continue;
            };
            let Some(head) = self.pack.mechanisms.get(mechanism.mechanism).map(|m| &m.head) else {
                continue;
            };
            let serves = judgement.headline() == Headline::Firm(mechanism.then);
            if serves && judgement.decider() == Some(Decider::Mechanism(index)) {
                self.show(head, How::Decides);
            }
            for (gate, truth) in mechanism.gates.iter().zip(&judged.gates) {
                if *truth == Truth::False {
                    self.show(head, How::Fails(gate.name.clone()));
                }
            }
            if judged.gates.contains(&Truth::False) {
                continue;
            }
            // The mechanism's own requirements come first, then the common ones.
            let own = self
                .pack
                .mechanisms
                .get(mechanism.mechanism)
                .map_or(0, |m| m.requirements.len());
            let judged = mechanism.requirements.iter().zip(&judged.requirements);
            for (position, (requirement, truth)) in judged.enumerate() {
                let common = self.pack.requirements.iter().find(|c| c.head.stem == requirement.name);
                match (common.filter(|_| position >= own), truth) {
                    (Some(common), Truth::False) => self.show(&common.head, How::Decides),
                    (Some(common), Truth::True) => self.show(&common.head, How::NearMiss),
                    (None, Truth::False) => self.show(head, How::Wants(requirement.name.clone())),
                    _ => {}
                }
            }
        }
    }

    fn duties(&mut self, layer: &LayerInForce, row: Row<'_>, judgement: &Judgement) {
        for duty in &layer.duties {
            let Some(rule) = self.pack.duties.get(duty.duty) else {
                continue;
            };
            let beside = judgement
                .outcomes
                .iter()
                .all(|outcome| rule.outcomes.contains(&outcome));
            match (truth(&duty.applies, &row), truth(&duty.when, &row)) {
                (Truth::True, Truth::False) if beside => self.show(&rule.head, How::Decides),
                (Truth::True, Truth::True) => self.show(&rule.head, How::NearMiss),
                (Truth::False, _) if is_near(&duty.applies, row) => self.show(&rule.head, How::NearMiss),
                _ => {}
            }
        }
    }

    fn counts(&mut self, regime: &RegimeInForce, row: Row<'_>) {
        if row.view().table().tallies().is_empty() {
            return;
        }
        for count in &regime.counts {
            let Some(rule) = self.pack.counts.iter().find(|rule| rule.fact == count.fact) else {
                continue;
            };
            match truth(&count.over, &row) {
                Truth::True => self.show(&rule.head, How::Decides),
                Truth::False if is_near(&count.over, row) => self.show(&rule.head, How::NearMiss),
                _ => {}
            }
        }
    }
}

/// Whether a condition fails, but might hold if one fact were otherwise.
fn is_near(cond: &Cond, row: Row<'_>) -> bool {
    let mut read = BTreeSet::new();
    facts_read(cond, &mut read);
    read.into_iter()
        .any(|fact| truth(cond, &Without { row, fact }).is_possible())
}

/// The facts of a movement, one of them not known.
struct Without<'v> {
    row: Row<'v>,
    fact: FactId,
}

impl Facts for Without<'_> {
    fn value(&self, fact: FactId) -> &Value {
        if fact == self.fact {
            &Value::Unknown
        } else {
            self.row.value(fact)
        }
    }
}
