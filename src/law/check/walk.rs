//! Every condition of a pack with the place where it stands.

use crate::law::check::report::{Report, Spot};
use crate::law::condition::Condition;
use crate::law::pack::{Pack, Requirement};

/// A part of a condition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'a> {
    pub(super) condition: &'a Condition,
}

/// Whose condition it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Owner<'a> {
    /// A name of `conditions.yaml`.
    Named(&'a str),
    /// A rule, by its stem.
    Rule(&'a str),
    /// A set.
    Set(&'a str),
    /// A count.
    Count(&'a str),
    /// Something that no condition can refer to.
    Other,
}

/// The conditions of a pack, whole.
pub(super) fn conditions<'a>(pack: &'a Pack, report: &Report<'_>) -> Vec<(Owner<'a>, Spot<'a>, &'a Condition)> {
    let mut all = Vec::new();
    for (index, replacement) in pack.replacements.iter().enumerate() {
        all.push((
            Owner::Other,
            Spot::regime("exporter").item(index).below("when"),
            &replacement.when,
        ));
    }
    for (name, named) in &pack.conditions {
        all.push((Owner::Named(name), report.named_condition(name), &named.when));
    }
    for (name, set) in &pack.sets {
        let members = Spot::of(&set.head, "members");
        for (index, member) in set.members.iter().enumerate() {
            all.push((Owner::Set(name), members.item(index).below("when"), &member.when));
        }
    }
    for rule in &pack.rules {
        all.push((Owner::Rule(&rule.head.stem), Spot::of(&rule.head, "when"), &rule.when));
        if let Some(lifted) = &rule.lifted {
            all.push((Owner::Other, Spot::of(&rule.head, "lifted.when"), &lifted.when));
        }
    }
    let of_requirement = |spot: &Spot<'a>, requirement: &'a Requirement| {
        [
            (Owner::Other, spot.below("applies"), &requirement.applies),
            (Owner::Other, spot.below("when"), &requirement.when),
        ]
    };
    for mechanism in &pack.mechanisms {
        for gate in &mechanism.gates {
            let spot = Spot::of(&mechanism.head, "gates").below(&gate.name).below("when");
            all.push((Owner::Other, spot, &gate.when));
        }
        for requirement in &mechanism.requirements {
            let spot = Spot::of(&mechanism.head, "requirements").below(&requirement.name);
            all.extend(of_requirement(&spot, requirement));
        }
    }
    for common in &pack.requirements {
        all.extend(of_requirement(&Spot::of(&common.head, ""), &common.requirement));
    }
    for duty in &pack.duties {
        all.push((Owner::Other, Spot::of(&duty.head, "applies"), &duty.applies));
        all.push((Owner::Other, Spot::of(&duty.head, "when"), &duty.when));
    }
    for count in &pack.counts {
        all.push((
            Owner::Count(&count.head.stem),
            Spot::of(&count.head, "over"),
            &count.over,
        ));
    }
    all
}

/// Calls `see` with every part of every condition.
pub(super) fn every(pack: &Pack, report: &mut Report<'_>, mut see: impl FnMut(Found<'_>, Spot<'_>, &mut Report<'_>)) {
    for (_, spot, condition) in conditions(pack, report) {
        parts(condition, &spot, &mut |part, spot| {
            see(Found { condition: part }, spot.clone(), report);
        });
    }
}

/// Calls `see` with every part of a condition, names not followed.
pub(super) fn parts<'a>(condition: &'a Condition, spot: &Spot<'_>, see: &mut impl FnMut(&'a Condition, &Spot<'_>)) {
    see(condition, spot);
    let mut list = |key: &str, conditions: &'a [Condition]| {
        let spot = spot.below(key);
        for (index, condition) in conditions.iter().enumerate() {
            parts(condition, &spot.item(index), &mut *see);
        }
    };
    match condition {
        Condition::All(conditions) => list("all", conditions),
        Condition::Any(conditions) => list("any", conditions),
        Condition::Not(condition) => parts(condition, &spot.below("not"), see),
        _ => {}
    }
}
