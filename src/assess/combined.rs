//! One outcome for a regime of which several layers bind.

use serde::Serialize;

use crate::assess::verdict::Verdict;
use crate::law::pack::Status;
use crate::outcome::{Headline, Outcome, Outcomes};

/// What a regime says of a movement where several of its layers bind.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Combined {
    /// The regime's id.
    pub regime: String,
    /// What it says.
    pub outcome: Headline,
    /// The mildest outcome still possible.
    pub best: Outcome,
    /// The worst outcome still possible.
    pub worst: Outcome,
}

/// The worst of the layers that bind. `None` where fewer than two do.
pub(crate) fn combined(regime: &str, verdicts: &[&Verdict]) -> Option<Combined> {
    let binding = || {
        verdicts
            .iter()
            .filter(|verdict| verdict.regime == regime && verdict.status == Status::InForce)
    };
    if binding().count() < 2 {
        return None;
    }
    let best = binding().map(|verdict| verdict.best).max()?;
    let worst = binding().map(|verdict| verdict.worst).max()?;
    Some(Combined {
        regime: regime.to_owned(),
        outcome: Outcomes::from_iter([best, worst]).headline(),
        best,
        worst,
    })
}
