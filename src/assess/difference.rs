//! What differs between two assessments, and whether the map, the day or the law as applied made the difference.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;

use serde::Serialize;

use crate::assess::assessment::Assessment;
use crate::assess::forecast::{Standing, Way, is_another, way};
use crate::assess::snapshot::{ExposureNamed, FindingNamed, MovementKey, Snapshot, VerdictKey};
use crate::assess::{Options, assess};
use crate::date::Date;
use crate::error::Error;
use crate::law::Law;
use crate::law::pack::Status;
use crate::load::difference::ObjectDifference;
use crate::model::Map;
use crate::outcome::{Headline, Outcome};
use crate::pairing::paired;

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

/// A regime that was not applied in the same way.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LawDifference {
    /// The regime.
    pub regime: String,
    /// In what it differs.
    pub differs: Vec<Why>,
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

/// What may make a difference.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The map.
    Map,
    /// The day: the law on that day, or a date of the map that came up.
    Day,
    /// The pack of the regime has other files.
    Pack,
    /// An open point is read otherwise.
    Reading,
    /// A layer is taken as commenced on one side only.
    Commencement,
    /// The assessments were made by different versions of the library.
    Library,
}

/// What made a difference, or may have.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Cause {
    /// What it is.
    pub cause: Why,
    /// Whether it certainly had a part in it; several that are not certain are alternatives.
    pub certain: bool,
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
    /// Whether a verdict of law in force got worse, or binds only now and needs attention, or a finding appeared.
    #[must_use]
    pub fn gets_worse(&self) -> bool {
        let worse = |verdict: &VerdictDifference| {
            let worse = verdict.change == Turn::Worse || verdict.change == Turn::Commences && verdict.needs_attention;
            worse && verdict.after.as_ref().is_some_and(binds)
        };
        let counts = |finding: &FindingNamed| finding.status != Some(Status::NotCommenced);
        self.verdicts.iter().any(worse) || self.findings.appeared.iter().any(counts)
    }
}

/// What differs between two assessments. What made the difference is not looked for: [`explained`] does.
#[must_use]
pub fn between(old: &Assessment, new: &Assessment) -> Difference {
    of_snapshots(&old.into(), &new.into())
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub enum Side<'a> {
    /// A map, which is judged on the day of the options, or else its own.
    Map(&'a Map, &'a Options),
    /// An assessment that was kept.
    Kept(&'a Snapshot),
}

impl Side<'_> {
    fn snapshot(&self, law: &Law) -> Result<Snapshot, Error> {
        match self {
            Self::Map(map, options) => Ok((&assess(map, law, options)?).into()),
            Self::Kept(snapshot) => Ok((*snapshot).clone()),
        }
    }

    /// The map as judged on another day; nothing where there is no map.
    fn on(&self, day: Option<Date>, law: &Law) -> Result<Option<Snapshot>, Error> {
        let (Self::Map(map, options), Some(day)) = (self, day) else {
            return Ok(None);
        };
        let options = (*options).clone().as_of(day);
        Ok(Some((&assess(map, law, &options)?).into()))
    }
}

/// What differs between two assessments, and what made each verdict another: each map is judged on the other's day too.
///
/// # Errors
/// If nobody says as of which day the law is to be read for a map.
pub fn explained(old: Side<'_>, new: Side<'_>, law: &Law) -> Result<Difference, Error> {
    let (first, last) = (old.snapshot(law)?, new.snapshot(law)?);
    let mut difference = of_snapshots(&first, &last);
    // On one and the same day there is nothing to be told apart.
    let (old_later, new_earlier) = if first.as_of == last.as_of {
        (Some(first.clone()), Some(last.clone()))
    } else {
        (old.on(last.day(), law)?, new.on(first.day(), law)?)
    };
    let four = Four {
        first: &first,
        last: &last,
        old_later: old_later.as_ref(),
        new_earlier: new_earlier.as_ref(),
    };
    difference.law = four.law();
    for verdict in &mut difference.verdicts {
        verdict.causes = four.causes(verdict, &difference.law);
    }
    Ok(difference)
}

/// Both sides on both days, as far as there are maps to be judged again.
struct Four<'a> {
    first: &'a Snapshot,
    last: &'a Snapshot,
    /// The old side on the new day.
    old_later: Option<&'a Snapshot>,
    /// The new side on the old day.
    new_earlier: Option<&'a Snapshot>,
}

impl Four<'_> {
    /// The regimes of both sides that were not applied in the same way.
    fn law(&self) -> Vec<LawDifference> {
        let mut all = Vec::new();
        for (regime, old) in &self.first.law {
            let Some(new) = self.last.law.get(regime) else { continue };
            let mut differs = Vec::new();
            if old.digest.is_none() || old.digest != new.digest {
                differs.push(Why::Pack);
            }
            if old.readings != new.readings {
                differs.push(Why::Reading);
            }
            let same_day = [(self.old_later, Some(self.last)), (Some(self.first), self.new_earlier)];
            let layers = |side: &Snapshot| side.law.get(regime).map(|applied| applied.layers.clone());
            let commences = same_day
                .into_iter()
                .any(|(a, b)| a.zip(b).is_some_and(|(a, b)| layers(a) != layers(b)));
            if commences && !differs.contains(&Why::Pack) {
                differs.push(Why::Commencement);
            }
            if self.first.version != self.last.version {
                differs.push(Why::Library);
            }
            if !differs.is_empty() {
                all.push(LawDifference {
                    regime: regime.clone(),
                    differs,
                });
            }
        }
        all
    }

    fn causes(&self, verdict: &VerdictDifference, law: &[LawDifference]) -> Vec<Cause> {
        let key = VerdictKey {
            movement: verdict.movement.clone(),
            regime: verdict.regime.clone(),
            layer: verdict.layer.clone(),
        };
        let with_ground = verdict.change == Turn::OtherGround;
        let differ = |a: Option<&Snapshot>, b: Option<&Snapshot>| {
            let of = |side: &Snapshot| {
                let standings = side.verdicts.get(&key).into_iter().flatten();
                standings
                    .map(|standing| said(standing, with_ground))
                    .collect::<Vec<_>>()
            };
            a.zip(b).map(|(a, b)| of(a) != of(b))
        };
        let (first, last) = (Some(self.first), Some(self.last));
        let either = |a: Option<bool>, b: Option<bool>| match (a, b) {
            (None, None) => None,
            _ => Some(a == Some(true) || b == Some(true)),
        };
        let day = either(differ(first, self.old_later), differ(self.new_earlier, last));
        let rest = either(differ(first, self.new_earlier), differ(self.old_later, last));
        let of_law = law.iter().find(|law| law.regime == verdict.regime);
        let of_law = of_law.map_or(&[][..], |law| &law.differs);
        let mut others = Vec::new();
        if rest != Some(false) {
            others.push(Why::Map);
            others.extend(of_law);
        }
        if day.is_none() {
            others.push(Why::Day);
        }
        let certain = others.len() == 1;
        let mut causes: Vec<Cause> = others.into_iter().map(|cause| Cause { cause, certain }).collect();
        if day == Some(true) {
            causes.push(Cause {
                cause: Why::Day,
                certain: true,
            });
        }
        causes.sort();
        causes
    }
}

/// What a verdict says, with the provision where that is what differs.
fn said(standing: &Standing, with_ground: bool) -> Standing {
    let mut said = standing.clone();
    if !with_ground {
        (said.rule, said.cite) = (None, String::new());
    }
    said
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
        unchanged: Vec::new(),
    };
    for pair in paired(&old.findings, &new.findings) {
        match (pair.old, pair.new) {
            (Some(before), Some(after)) if before == after => found.unchanged.push(after.id.clone()),
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
    found
        .changed
        .sort_by_key(|changed| (changed.change, rank(&changed.after)));
    found
}
