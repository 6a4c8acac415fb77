//! What the parties can bring about: values of facts under which a condition comes out as wanted.
//!
//! An act is what a requirement asks for. What decides whether the law applies, whether there is a transfer or an exemption,
//! or whether a mechanism can serve at all, is a circumstance unless the mechanism itself states it: it is left as it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::date::{Date, Period};
use crate::fact::{Carrier, Catalogue, FactId, FactKey, FactType, FlowFact, SetValue, Value};
use crate::judge::evaluate::{Facts, facts_read, test, truth};
use crate::judge::table::Instance;
use crate::judge::view::Row;
use crate::law::condition::{DateTest, Operand};
use crate::law::in_force::{Atom, AtomTest, Cond, DutyInForce, LayerInForce, MechanismInForce};
use crate::truth::Truth;

/// What is met only for fewer days than these is met for the time being.
const LASTS: Period = Period {
    years: 0,
    months: 3,
    days: 0,
    working_days: 0,
};

/// So often the parts of a mechanism are gone through: one that was met may need another value for the next.
const ROUNDS: usize = 4;

/// Values that steps bring about.
pub(super) type Values = BTreeMap<FactId, Value>;

/// A part of a mechanism that a plan meets.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum PartAt {
    /// A gate, by its position.
    Gate(usize),
    /// A requirement, by its position.
    Requirement(usize),
}

/// How a mechanism comes to serve.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// What the facts are then.
    pub(super) values: Values,
    /// The parts that are met only then.
    pub(super) parts: BTreeSet<PartAt>,
    /// The gates among them that no act opens: they hold or do not.
    pub(super) supposed: BTreeSet<usize>,
}

/// What a layer leaves to acts.
pub(super) struct Acts<'a> {
    catalogue: &'a Catalogue,
    day: Date,
    as_of: Option<FactId>,
    /// The facts that requirements and duties ask for and nothing else turns on.
    open_to_acts: BTreeSet<FactId>,
}

/// Whether a fact may be given another value, and at which cost.
#[derive(Clone, Copy, Eq, PartialEq)]
enum May {
    Act,
    /// Only where nothing is known.
    Suppose,
    No,
}

/// The facts of one movement with what steps bring about.
struct Supposed<'f> {
    row: Row<'f>,
    values: &'f Values,
}

impl Facts for Supposed<'_> {
    fn value(&self, fact: FactId) -> &Value {
        self.values.get(&fact).unwrap_or_else(|| self.row.value(fact))
    }
}

impl<'a> Acts<'a> {
    /// What a layer leaves to acts; an implied access has no flow in the map on which a fact could stand.
    pub(super) fn of(layer: &LayerInForce, catalogue: &'a Catalogue, day: Date, is_flow: bool) -> Self {
        let mut asked = BTreeSet::new();
        let mut circumstances = BTreeSet::new();
        for rules in [&layer.scope, &layer.transfer, &layer.blocks, &layer.exemptions] {
            for rule in rules {
                facts_read(&rule.when, &mut circumstances);
                if let Some((when, _)) = &rule.lifted {
                    facts_read(when, &mut circumstances);
                }
            }
        }
        for mechanism in &layer.mechanisms {
            for gate in &mechanism.gates {
                facts_read(&gate.when, &mut circumstances);
            }
            for requirement in &mechanism.requirements {
                let (free, met) = requirement.parts();
                facts_read(met, &mut asked);
                if let Some(cond) = free {
                    facts_read(cond, &mut circumstances);
                }
            }
        }
        for duty in &layer.duties {
            facts_read(&duty.applies, &mut circumstances);
            facts_read(&duty.when, &mut asked);
        }
        asked.retain(|fact| !circumstances.contains(fact) && can_be_written(&catalogue.fact(*fact).key, is_flow));
        Self {
            catalogue,
            day,
            as_of: catalogue.id_of(&FactKey::AsOf),
            open_to_acts: asked,
        }
    }

    /// How a mechanism comes to serve on every row; otherwise the part that cannot be met.
    pub(super) fn mechanism(
        &self,
        mechanism: &MechanismInForce,
        rows: &[Row<'_>],
        instance: Option<&Instance>,
    ) -> Result<Plan, PartAt> {
        let mut own = BTreeSet::new();
        for requirement in &mechanism.requirements {
            facts_read(requirement.parts().1, &mut own);
        }
        // Nobody can have signed or obtained anything without a day; what else a gate asks of a mechanism may be a circumstance.
        let gate = |fact: FactId| {
            let definition = self.catalogue.fact(fact);
            match definition.is_of_mechanism() {
                true if definition.kind == FactType::Date || own.contains(&fact) => May::Act,
                true => May::Suppose,
                false => May::No,
            }
        };
        let requirement = |fact: FactId| {
            let of_mechanism = self.catalogue.fact(fact).is_of_mechanism();
            if of_mechanism || self.open_to_acts.contains(&fact) {
                May::Act
            } else {
                May::No
            }
        };
        let mut plan = Plan::default();
        for _ in 0..ROUNDS {
            let before = plan.values.clone();
            for row in rows {
                let row = instance.map_or(*row, |instance| row.with(instance));
                for (index, part) in mechanism.gates.iter().enumerate() {
                    if !part.of_obtaining {
                        self.meet(&part.when, row, &gate, PartAt::Gate(index), &mut plan)?;
                    }
                }
                for (index, part) in mechanism.requirements.iter().enumerate() {
                    let at = PartAt::Requirement(index);
                    let values = &plan.values;
                    let open = truth(&part.when, &Supposed { row, values }) == Truth::Unknown;
                    if !(open && part.unknown_is_met) {
                        self.meet_requirement(part.parts(), &part.when, row, &requirement, at, &mut plan)?;
                        self.make_last(part.parts().1, &part.when, row, &requirement, at, &mut plan);
                    }
                }
            }
            if plan.values == before {
                return Ok(plan);
            }
        }
        Ok(plan)
    }

    /// How a duty comes to be met on every row.
    pub(super) fn duty(&self, duty: &DutyInForce, rows: &[Row<'_>]) -> Option<Values> {
        let may = |fact: FactId| match self.open_to_acts.contains(&fact) {
            true => May::Act,
            false => May::No,
        };
        let mut values = Values::new();
        for row in rows {
            (values, _) = self.bring(&duty.when, true, *row, &may, &values)?;
        }
        Some(values)
    }

    fn meet_requirement(
        &self,
        (_, met): (Option<&Cond>, &Cond),
        whole: &Cond,
        row: Row<'_>,
        may: &dyn Fn(FactId) -> May,
        at: PartAt,
        plan: &mut Plan,
    ) -> Result<(), PartAt> {
        let values = &plan.values;
        if truth(whole, &Supposed { row, values }) == Truth::True {
            return Ok(());
        }
        self.meet(met, row, may, at, plan)
    }

    fn meet(
        &self,
        cond: &Cond,
        row: Row<'_>,
        may: &dyn Fn(FactId) -> May,
        at: PartAt,
        plan: &mut Plan,
    ) -> Result<(), PartAt> {
        let values = &plan.values;
        if truth(cond, &Supposed { row, values }) == Truth::True {
            return Ok(());
        }
        let (values, _) = self.bring(cond, true, row, may, values).ok_or(at)?;
        let new = values
            .iter()
            .filter(|(fact, value)| plan.values.get(fact) != Some(value));
        if let PartAt::Gate(index) = at
            && new.into_iter().any(|(fact, _)| may(*fact) == May::Suppose)
        {
            plan.supposed.insert(index);
        }
        plan.values = values;
        plan.parts.insert(at);
        Ok(())
    }

    /// What is met only while a deadline runs is met by the act itself, if it can be.
    fn make_last(
        &self,
        cond: &Cond,
        whole: &Cond,
        row: Row<'_>,
        may: &dyn Fn(FactId) -> May,
        at: PartAt,
        plan: &mut Plan,
    ) {
        let Some(as_of) = self.as_of else { return };
        let mut later = plan.values.clone();
        later.insert(as_of, Value::Date(self.day.plus(LASTS)));
        if truth(whole, &Supposed { row, values: &later }) == Truth::True {
            return;
        }
        let Some((mut lasting, _)) = self.bring(cond, true, row, may, &later) else {
            return;
        };
        lasting.remove(&as_of);
        if truth(whole, &Supposed { row, values: &lasting }) == Truth::True {
            plan.values = lasting;
            plan.parts.insert(at);
        }
    }

    /// The cheapest values under which a condition comes out as wanted: what is known is changed only where nothing else helps.
    fn bring(
        &self,
        cond: &Cond,
        wanted: bool,
        row: Row<'_>,
        may: &dyn Fn(FactId) -> May,
        values: &Values,
    ) -> Option<(Values, usize)> {
        let is = |values: &Values| truth(cond, &Supposed { row, values }) == wanted.into();
        if is(values) {
            return Some((values.clone(), 0));
        }
        match cond {
            Cond::Const(_) | Cond::Reading { .. } => None,
            Cond::Not(cond) => self.bring(cond, !wanted, row, may, values),
            Cond::Named { cond, .. } => self.bring(cond, wanted, row, may, values),
            Cond::All(parts) | Cond::Any(parts) if matches!(cond, Cond::All(_)) == wanted => {
                let mut all = (values.clone(), 0);
                for part in parts {
                    let (values, cost) = self.bring(part, wanted, row, may, &all.0)?;
                    all = (values, all.1 + cost);
                }
                is(&all.0).then_some(all)
            }
            Cond::All(parts) | Cond::Any(parts) => {
                let ways = parts
                    .iter()
                    .filter_map(|part| self.bring(part, wanted, row, may, values));
                ways.min_by_key(|(_, cost)| *cost)
            }
            Cond::Atom(atom) => self.assign(atom, wanted, row, may, values),
        }
    }

    fn assign(
        &self,
        atom: &Atom,
        wanted: bool,
        row: Row<'_>,
        may: &dyn Fn(FactId) -> May,
        values: &Values,
    ) -> Option<(Values, usize)> {
        let mut new = values.clone();
        let mut cost = 0;
        let other = match &atom.test {
            AtomTest::Date(_, Operand::Fact(other, _)) => Some(*other),
            _ => None,
        };
        for fact in other.into_iter().chain([atom.fact]) {
            let facts = Supposed { row, values: &new };
            if test(atom, &facts) == wanted.into() {
                break;
            }
            let known = facts.value(fact);
            let price = match (may(fact), known) {
                (May::No, _) => continue,
                (May::Act | May::Suppose, Value::Unknown | Value::Open) => 1,
                (May::Suppose, _) => continue,
                (May::Act, _) => 2,
            };
            let value = if Some(fact) == other {
                // The day from which another is reckoned: an event of today, unless it has happened.
                if matches!(known, Value::Date(_)) {
                    continue;
                }
                Value::Date(self.day)
            } else {
                self.value(atom, wanted, &facts)?
            };
            new.insert(fact, value);
            cost += price;
        }
        (test(atom, &Supposed { row, values: &new }) == wanted.into()).then_some((new, cost))
    }

    /// A value for which a test comes out as wanted.
    fn value(&self, atom: &Atom, wanted: bool, facts: &Supposed<'_>) -> Option<Value> {
        let first_of = |words: &BTreeSet<String>| words.first().map(|word| Value::word(word));
        let known = || match facts.value(atom.fact) {
            Value::Words(set) => set.must.clone(),
            _ => BTreeSet::new(),
        };
        let exactly = |words: BTreeSet<String>| Value::Words(SetValue::exactly(words));
        match (&atom.test, wanted) {
            (AtomTest::Is(is), wanted) => Some(Value::Bool(*is == wanted)),
            (AtomTest::WordIn(words), true) => first_of(words),
            (AtomTest::WordIn(words), false) => match &self.catalogue.fact(atom.fact).kind {
                FactType::Word(all) => all
                    .iter()
                    .find(|word| !words.contains(*word))
                    .map(|word| Value::word(word)),
                _ => None,
            },
            (AtomTest::AnyOf(words), true) => {
                let first = words.first().cloned();
                Some(exactly(known().into_iter().chain(first).collect()))
            }
            (AtomTest::AllOf(words), true) => Some(exactly(known().union(words).cloned().collect())),
            (AtomTest::AnyOf(words), false) => Some(exactly(known().difference(words).cloned().collect())),
            (AtomTest::WordsWithin(words), true) => Some(exactly(known().intersection(words).cloned().collect())),
            (AtomTest::AtLeast(number), true) => Some(Value::count(*number)),
            (AtomTest::Date(..), false) => Some(Value::Never),
            (AtomTest::Date(test, operand), true) => {
                let day = match operand {
                    Operand::Day(day) => *day,
                    Operand::Fact(other, period) => match facts.value(*other) {
                        Value::Date(day) => day.plus(*period),
                        _ => return None,
                    },
                };
                // Nothing is signed in the past; only what runs until a day may lie ahead.
                match test {
                    _ if test.holds(self.day, day) => Some(Value::Date(self.day)),
                    DateTest::OnOrAfter => Some(Value::Date(day)),
                    DateTest::After => Some(Value::Date(day.next_day())),
                    DateTest::OnOrBefore | DateTest::Before => None,
                }
            }
            _ => None,
        }
    }
}

/// Whether a fact stands in the map as it is, and somebody can see to it.
fn can_be_written(key: &FactKey, is_flow: bool) -> bool {
    match key {
        FactKey::Flow(fact) => is_flow && matches!(fact, FlowFact::Purpose | FlowFact::Protection),
        FactKey::Own(Carrier::Flow, _) => is_flow,
        FactKey::Own(carrier, _) => *carrier == Carrier::Data,
        FactKey::OwnOfParty(..) => true,
        _ => false,
    }
}
