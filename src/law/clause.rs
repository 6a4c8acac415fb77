//! The clauses of a pack: every condition as a rule states it, with the part of the rule it stands in.

use std::collections::BTreeSet;

use crate::date::Date;
use crate::law::condition::Condition;
use crate::law::effective::Effective;
use crate::law::pack::{Confidence, Gate, Head, Lifted, Member, Pack, Replacement, Requirement, Stage};
use crate::text::Text;

/// A condition as a rule states it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clause<'a> {
    /// The rule; `None` where `regime.yaml` states it.
    pub(crate) head: Option<&'a Head>,
    pub(crate) part: Part<'a>,
    pub(crate) condition: &'a Condition,
}

/// Which part of a rule a condition stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'a> {
    /// The rule itself.
    Whole,
    Lifted(&'a Lifted),
    Gate(&'a Gate),
    Requirement(&'a Requirement),
    Member(&'a Member),
    /// Who stands in the exporter's place.
    Exporter(&'a Replacement),
}

impl<'a> Clause<'a> {
    /// `<regime>/<stem>` of the rule.
    pub(crate) fn rule(&self, pack: &Pack) -> String {
        match self.head {
            Some(head) => format!("{}/{}", pack.id, head.stem),
            None => format!("{}/exporter", pack.id),
        }
    }

    /// The part in words; `None` for the rule itself.
    pub(crate) fn part_in_words(&self) -> Option<String> {
        match self.part {
            Part::Whole | Part::Exporter(_) => None,
            Part::Lifted(_) => Some("lifted".to_owned()),
            Part::Gate(gate) => Some(format!("gate {}", gate.name)),
            Part::Requirement(requirement) => Some(format!("requirement {}", requirement.name)),
            Part::Member(member) => {
                let places: Vec<&str> = member.places.iter().map(|place| place.as_str()).collect();
                Some(format!("member {}", places.join(", ")))
            }
        }
    }

    /// The provision: the part's own, or the rule's.
    pub(crate) fn cite(&self) -> &'a str {
        let own = match self.part {
            Part::Gate(gate) => gate.cite.as_deref(),
            Part::Requirement(requirement) => requirement.cite.as_deref(),
            Part::Member(member) => member.cite.as_deref(),
            Part::Exporter(replacement) => Some(replacement.cite.as_str()),
            Part::Whole | Part::Lifted(_) => None,
        };
        own.or(self.head.map(|head| head.cite.as_str())).unwrap_or_default()
    }

    /// How sure the part is, where it says so itself.
    pub(crate) fn confidence(&self) -> Option<Confidence> {
        match self.part {
            Part::Gate(gate) => gate.confidence,
            Part::Requirement(requirement) => requirement.confidence,
            Part::Member(member) => member.confidence,
            Part::Whole | Part::Lifted(_) | Part::Exporter(_) => None,
        }
    }

    /// Why, or what to do.
    pub(crate) fn because(&self) -> Option<&'a Text> {
        match self.part {
            Part::Lifted(lifted) => Some(&lifted.because),
            Part::Gate(gate) => Some(&gate.because),
            Part::Requirement(requirement) => Some(&requirement.cure),
            Part::Member(member) => Some(&member.note),
            Part::Whole | Part::Exporter(_) => self.head.map(|head| &head.because),
        }
    }

    /// Whether an outcome may turn on the condition; duties stand beside it.
    pub(crate) fn decides(&self) -> bool {
        self.head.is_none_or(|head| head.stage != Stage::Duties)
    }

    /// Whether the condition is asked on a day.
    pub(crate) fn covers(&self, day: Date) -> bool {
        self.periods().all(|period| period.covers(day))
    }

    /// Whether the condition is asked on the day before a day.
    pub(crate) fn covers_eve_of(&self, day: Date) -> bool {
        self.periods().all(|period| period.covers_eve_of(day))
    }

    fn periods(&self) -> impl Iterator<Item = Effective> {
        let member = match self.part {
            Part::Member(member) => Some(member.effective),
            _ => None,
        };
        self.head.map(|head| head.effective).into_iter().chain(member)
    }
}

/// Every clause of a pack, in the order of the stages, those of `regime.yaml` first.
pub(crate) fn clauses(pack: &Pack) -> Vec<Clause<'_>> {
    let mut all = Vec::new();
    let mut add = |head, part, condition| all.push(Clause { head, part, condition });
    for replacement in &pack.replacements {
        add(None, Part::Exporter(replacement), &replacement.when);
    }
    for rule in &pack.rules {
        add(Some(&rule.head), Part::Whole, &rule.when);
        if let Some(lifted) = &rule.lifted {
            add(Some(&rule.head), Part::Lifted(lifted), &lifted.when);
        }
    }
    for mechanism in &pack.mechanisms {
        let head = Some(&mechanism.head);
        for gate in &mechanism.gates {
            add(head, Part::Gate(gate), &gate.when);
        }
        for requirement in &mechanism.requirements {
            add(head, Part::Requirement(requirement), &requirement.applies);
            add(head, Part::Requirement(requirement), &requirement.when);
        }
    }
    for common in &pack.requirements {
        add(Some(&common.head), Part::Whole, &common.requirement.applies);
        add(Some(&common.head), Part::Whole, &common.requirement.when);
    }
    for duty in &pack.duties {
        add(Some(&duty.head), Part::Whole, &duty.applies);
        add(Some(&duty.head), Part::Whole, &duty.when);
    }
    for count in &pack.counts {
        add(Some(&count.head), Part::Whole, &count.over);
    }
    for set in pack.sets.values() {
        for member in &set.members {
            add(Some(&set.head), Part::Member(member), &member.when);
        }
    }
    all
}

/// What a condition asks at its leaves, each with the named condition it stands in; every name is followed once. Parts of
/// which it is not asked are passed over.
pub(crate) fn leaves<'a>(
    pack: &'a Pack,
    condition: &'a Condition,
    is_asked: impl Fn(&Condition) -> bool,
) -> Vec<(Option<&'a str>, &'a Condition)> {
    let mut found = Vec::new();
    let mut followed = BTreeSet::new();
    // The next one last, so that they are found as they are written.
    let mut open = vec![(None, condition)];
    while let Some((name, condition)) = open.pop() {
        if !is_asked(condition) {
            continue;
        }
        match condition {
            Condition::All(parts) | Condition::Any(parts) => {
                open.extend(parts.iter().rev().map(|part| (name, part)));
            }
            Condition::Not(part) => open.push((name, part)),
            Condition::Named(inner) => {
                let named = pack.conditions.get(inner).filter(|_| followed.insert(inner));
                open.extend(named.map(|named| (Some(inner.as_str()), &named.when)));
            }
            leaf => found.push((name, leaf)),
        }
    }
    found
}
