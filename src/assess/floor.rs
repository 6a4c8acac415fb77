//! A vendor profile that leaves out what it has to say clears nothing: what touches it is undetermined at best.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::assessment::{AssessedMovement, Endpoint};
use crate::assess::verdict::Provision;
use crate::model::{Map, UsedProfile};
use crate::outcome::{Headline, Outcome};
use crate::text::Text;

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
    /// What it has to say and leaves out. While anything is wanting, nothing that touches it is cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// What it has to say and says is not known. No transfer on which this bears is cleared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

pub(super) fn used(map: &Map) -> Vec<ProfileUsed> {
    let used = |used: &UsedProfile| ProfileUsed {
        prefix: used.prefix.clone(),
        profile: used.profile.clone(),
        name: used.name.clone(),
        vendor: used.vendor.clone(),
        gaps: used.gaps.clone(),
        unknown: used.unknown.clone(),
    };
    map.used.iter().map(used).collect()
}

/// Holds back the verdicts on what touches a profile with gaps: the worst may be true of each.
///
/// What the profile leaves out holds back everything. What it says is not known holds back the transfers on which it bears;
/// what is out of scope stays so.
pub(super) fn hold_back(map: &Map, movements: &mut [AssessedMovement]) {
    let (gaping, knowing): (Vec<&UsedProfile>, Vec<&UsedProfile>) =
        map.used.iter().partition(|used| !used.gaps.is_empty());
    let all: BTreeSet<&String> = gaping.iter().flat_map(|used| &used.objects).collect();
    // Who else the vendor gives data to does not touch what comes from it to the customer's own people.
    let unsure = knowing.iter().filter(|used| used.all_in_doubt);
    let unsure: BTreeSet<&String> = unsure.flat_map(|used| &used.objects).collect();
    let doubtful: BTreeSet<&String> = knowing.iter().flat_map(|used| &used.in_doubt).collect();
    if all.is_empty() && unsure.is_empty() && doubtful.is_empty() {
        return;
    }
    for movement in movements {
        let end = |end: &Endpoint| [Some(end.id.clone()), end.party.clone()];
        let (from, to) = (end(&movement.from), end(&movement.to));
        let touches =
            |ids: &BTreeSet<&String>, ends: &[Option<String>]| ends.iter().flatten().any(|id| ids.contains(id));
        let any = |ids| touches(ids, &from) || touches(ids, &to) || ids.contains(&movement.flow);
        let held = any(&all);
        let doubted = any(&doubtful) || touches(&unsure, &to);
        for judged in &mut movement.verdicts {
            let verdict = &judged.verdict;
            let is_bound = held || doubted && verdict.worst > Outcome::OutOfScope;
            if is_bound && verdict.worst < Outcome::NonExempt {
                let verdict = Arc::make_mut(&mut judged.verdict);
                verdict.worst = Outcome::NonExempt;
                verdict.outcome = Headline::Undetermined;
                verdict.decided_by = held_back(held);
            }
        }
    }
}

/// The worst is no rule's: it may be true of what nobody knows.
fn held_back(by_gaps: bool) -> Provision {
    let because = if by_gaps {
        "The vendor profile leaves out what it has to say, so nothing that touches it is cleared."
    } else {
        "The vendor profile says that something is not known on which this bears."
    };
    Provision {
        rule: None,
        title: Text::english("held back"),
        cite: "the vendor profile".to_owned(),
        because: Text::english(because),
        confidence: None,
        warning: Text::default(),
        file: None,
    }
}
