//! What made a difference: the map, the day or the law as applied.

use serde::Serialize;

use crate::assess::difference::{Difference, Turn, VerdictDifference, of_snapshots};
use crate::assess::forecast::Standing;
use crate::assess::snapshot::{Snapshot, VerdictKey};
use crate::assess::{Options, assess};
use crate::date::Date;
use crate::error::Error;
use crate::law::Law;
use crate::model::Map;

/// A regime that was not applied in the same way.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LawDifference {
    /// The regime.
    pub regime: String,
    /// In what it differs.
    pub differs: Vec<Why>,
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
