//! What differs between two assessments, and whether the map, the day or the law as applied made the difference.

mod cause;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use serde::Serialize;

use crate::assess::assessment::Assessment;
use crate::assess::forecast::{Standing, Way, is_another, way};
use crate::assess::snapshot::{ExposureNamed, FindingNamed, MovementKey, Snapshot};
use crate::law::pack::Status;
use crate::load::difference::ObjectDifference;
use crate::outcome::{Headline, Outcome};
use crate::pairing::paired;

pub use cause::{Cause, LawDifference, Side, Why, explained};

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// What differs between an old and a new assessment.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The version of this shape: [`FORMAT`].
    pub transborder_difference: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What is compared with the new one.
    pub old: Compared,
    /// What it is compared with.
    pub new: Compared,
    /// The regimes that were not applied in the same way, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub law: Vec<LawDifference>,
    /// The objects of the maps that differ; nothing where the maps were not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objects: Option<Vec<ObjectDifference>>,
    /// Movements that are there on one side only.
    pub movements: OneSided<MovementKey>,
    /// The verdicts that differ: those that got worse first, then by how bad they are, then by id.
    pub verdicts: Vec<VerdictDifference>,
    /// How many verdicts are the same on both sides.
    pub unchanged: usize,
    /// The findings, compared.
    pub findings: FindingsDifference,
    /// Exposures that are there on one side only.
    pub exposures: OneSided<ExposureNamed>,
}

/// One of the two assessments.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Compared {
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// The day as of which the law was read.
    pub as_of: String,
    /// The version of the library that made the assessment.
    pub version: String,
}

/// What is there on one side only.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct OneSided<T> {
    /// Only in the new assessment.
    pub appeared: Vec<T>,
    /// Only in the old one.
    pub vanished: Vec<T>,
}

/// Which way a verdict or a finding changed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The outcome is worse; of an undetermined one, the worst or else the mildest still possible.
    Worse,
    /// The movement or the regime is new.
    Appeared,
    /// The outcome is the same, and the layer binds on one side only.
    Commences,
    /// The outcome is the same, and another provision decides.
    OtherGround,
    /// The outcome is better.
    Better,
    /// The movement or the regime is gone.
    Vanished,
}

/// One verdict that is not the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct VerdictDifference {
    /// The regime.
    pub regime: String,
    /// Its layer.
    pub layer: String,
    /// The movement.
    #[serde(flatten)]
    pub movement: MovementKey,
    /// Which way it changed.
    pub change: Turn,
    /// Whether somebody must look at it in the new assessment; an undetermined one counts by its worst.
    pub needs_attention: bool,
    /// What the old assessment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Standing>,
    /// What the new one says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Standing>,
    /// What made the difference; empty where it was not looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
}

/// The findings of two assessments, each list with the worst first. A finding whose outcome changed is one that changed.
#[derive(Clone, Debug, Serialize)]
pub struct FindingsDifference {
    /// Only in the new assessment.
    pub appeared: Vec<FindingNamed>,
    /// Only in the old one.
    pub vanished: Vec<FindingNamed>,
    /// In both, with another outcome.
    pub changed: Vec<FindingDifference>,
    /// The same in both, and no longer accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reopened: Vec<FindingNamed>,
    /// The ids of those that are the same.
    pub unchanged: Vec<String>,
}

/// A finding whose outcome is another.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FindingDifference {
    /// Which way it changed.
    pub change: Turn,
    /// The finding of the old assessment.
    pub before: FindingNamed,
    /// That of the new one.
    pub after: FindingNamed,
}

impl Difference {
    /// Whether a verdict of law in force got worse, or binds only now and needs attention, or a finding appeared or is no
    /// longer accepted. What is accepted does not count.
    #[must_use]
    pub fn gets_worse(&self) -> bool {
        let findings = &self.findings;
        let now = findings
            .appeared
            .iter()
            .chain(findings.changed.iter().map(|changed| &changed.after));
        let accepted: BTreeSet<&str> = now
            .filter(|finding| finding.accepted_by.is_some())
            .map(|finding| finding.id.as_str())
            .collect();
        let worse = |verdict: &VerdictDifference| {
            let worse = verdict.change == Turn::Worse || verdict.change == Turn::Commences && verdict.needs_attention;
            let after = verdict.after.as_ref().filter(|after| worse && binds(after));
            after.is_some_and(|after| !accepted.contains(verdict.finding(after).as_str()))
        };
        let counts = |finding: &FindingNamed| finding.status != Some(Status::NotCommenced);
        let counts_and_open = |finding: &FindingNamed| counts(finding) && finding.accepted_by.is_none();
        self.verdicts.iter().any(worse)
            || findings.appeared.iter().any(counts_and_open)
            || findings.reopened.iter().any(counts)
    }
}

impl VerdictDifference {
    /// The id of the finding, if what is said is one.
    fn finding(&self, said: &Standing) -> String {
        let MovementKey { flow, asset } = &self.movement;
        format!("{}/{}/{flow}/{asset}/{}", self.regime, self.layer, said.outcome)
    }
}

/// What differs between two assessments. What made the difference is not looked for: [`explained`] does.
#[must_use]
pub fn between(old: &Assessment, new: &Assessment) -> Difference {
    of_snapshots(&old.into(), &new.into())
}

fn binds(standing: &Standing) -> bool {
    standing.status == Status::InForce
}

fn needs_attention(standing: &Standing) -> bool {
    let ranks_as = match standing.outcome {
        Headline::Firm(outcome) => outcome,
        Headline::Undetermined => standing.worst,
    };
    ranks_as >= Outcome::Incomplete
}

fn of_snapshots(old: &Snapshot, new: &Snapshot) -> Difference {
    let mut verdicts = Vec::new();
    let mut unchanged = 0;
    for pair in paired(&old.verdicts, &new.verdicts) {
        let change = match (pair.old, pair.new) {
            (Some(before), Some(after)) if !is_another(before, after) => {
                unchanged += 1;
                continue;
            }
            (Some(before), Some(after)) => turn(way(before, after)),
            (None, _) => Turn::Appeared,
            (_, None) => Turn::Vanished,
        };
        verdicts.push(VerdictDifference {
            regime: pair.key.regime.clone(),
            layer: pair.key.layer.clone(),
            movement: pair.key.movement.clone(),
            change,
            needs_attention: pair.new.is_some_and(needs_attention),
            before: pair.old.cloned(),
            after: pair.new.cloned(),
            causes: Vec::new(),
        });
    }
    // The sort keeps the order of ids among those that are equally bad.
    verdicts.sort_by_key(|verdict| {
        let counts = verdict.after.as_ref().or(verdict.before.as_ref());
        (
            verdict.change,
            Reverse(counts.map(|standing| (standing.worst, standing.best))),
        )
    });
    Difference {
        transborder_difference: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        old: compared(old),
        new: compared(new),
        law: Vec::new(),
        objects: None,
        movements: one_sided(&old.movements, &new.movements),
        verdicts,
        unchanged,
        findings: findings(old, new),
        exposures: one_sided(&old.exposures, &new.exposures),
    }
}

fn compared(side: &Snapshot) -> Compared {
    Compared {
        map: side.map.clone(),
        as_of: side.as_of.clone(),
        version: side.version.clone(),
    }
}

fn one_sided<T: Clone + Ord>(old: &BTreeSet<T>, new: &BTreeSet<T>) -> OneSided<T> {
    OneSided {
        appeared: new.difference(old).cloned().collect(),
        vanished: old.difference(new).cloned().collect(),
    }
}

fn turn(way: Way) -> Turn {
    match way {
        Way::Worse => Turn::Worse,
        Way::Better => Turn::Better,
        Way::Commences => Turn::Commences,
        Way::OtherGround => Turn::OtherGround,
    }
}

fn findings(old: &Snapshot, new: &Snapshot) -> FindingsDifference {
    let mut found = FindingsDifference {
        appeared: Vec::new(),
        vanished: Vec::new(),
        changed: Vec::new(),
        reopened: Vec::new(),
        unchanged: Vec::new(),
    };
    for pair in paired(&old.findings, &new.findings) {
        match (pair.old, pair.new) {
            (Some(before), Some(after)) if before.is(after) => {
                if before.accepted_by.is_some() && after.accepted_by.is_none() {
                    found.reopened.push(after.clone());
                }
                found.unchanged.push(after.id.clone());
            }
            (Some(before), Some(after)) => found.changed.push(FindingDifference {
                change: match after.rank().cmp(&before.rank()) {
                    Ordering::Greater => Turn::Worse,
                    Ordering::Less => Turn::Better,
                    Ordering::Equal => Turn::Commences,
                },
                before: before.clone(),
                after: after.clone(),
            }),
            (before, after) => {
                found.vanished.extend(before.cloned());
                found.appeared.extend(after.cloned());
            }
        }
    }
    let rank = |finding: &FindingNamed| (finding.kind, Reverse(finding.rank()));
    found.appeared.sort_by_key(rank);
    found.vanished.sort_by_key(rank);
    found.reopened.sort_by_key(rank);
    found
        .changed
        .sort_by_key(|changed| (changed.change, rank(&changed.after)));
    found
}
