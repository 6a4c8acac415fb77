//! A vendor profile that leaves out what it has to say clears nothing: what touches it is undetermined at best.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::assessment::AssessedMovement;
use crate::model::{Map, UsedProfile};
use crate::outcome::{Headline, Outcome};

/// A vendor profile that the map takes in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProfileUsed {
    /// The prefix of the ids it brings in.
    pub prefix: String,
    /// The profile, as the map names it.
    pub profile: String,
    /// The product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whose product it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// What it has to say and does not. While anything is wanting, nothing that touches it is cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

pub(super) fn used(map: &Map) -> Vec<ProfileUsed> {
    let used = |used: &UsedProfile| ProfileUsed {
        prefix: used.prefix.clone(),
        profile: used.profile.clone(),
        name: used.name.clone(),
        vendor: used.vendor.clone(),
        gaps: used.gaps.clone(),
    };
    map.used.iter().map(used).collect()
}

/// Holds back the verdicts on what touches a profile with gaps: the worst may be true of each.
pub(super) fn hold_back(map: &Map, movements: &mut [AssessedMovement]) {
    let gaping = map.used.iter().filter(|used| !used.gaps.is_empty());
    let objects: BTreeSet<&str> = gaping.flat_map(|used| &used.objects).map(String::as_str).collect();
    if objects.is_empty() {
        return;
    }
    for movement in movements {
        let ends = [&movement.from, &movement.to];
        let ids = ends
            .into_iter()
            .flat_map(|end| [Some(end.id.as_str()), end.party.as_deref()])
            .flatten();
        if !ids.chain([movement.flow.as_str()]).any(|id| objects.contains(id)) {
            continue;
        }
        for judged in &mut movement.verdicts {
            if judged.verdict.worst < Outcome::NonExempt {
                let verdict = Arc::make_mut(&mut judged.verdict);
                verdict.worst = Outcome::NonExempt;
                verdict.outcome = Headline::Undetermined;
            }
        }
    }
}
