//! One outcome for a regime of which several layers bind.

use serde::Serialize;

use crate::assess::verdict::Verdict;
use crate::law::pack::{Pack, Status};
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

/// The outcome of the layer that leads; where that clears the movement, the worst of all of them. Without a leading
/// layer always the worst. `None` where fewer than two layers bind.
pub(crate) fn combined(pack: &Pack, verdicts: &[&Verdict]) -> Option<Combined> {
    let binding: Vec<&Verdict> = verdicts
        .iter()
        .copied()
        .filter(|verdict| verdict.regime == pack.id && verdict.status == Status::InForce)
        .collect();
    if binding.len() < 2 {
        return None;
    }
    let leads = |verdict: &&Verdict| pack.layers.iter().any(|l| l.leads && l.id == verdict.layer);
    let (leading, others): (Vec<&Verdict>, Vec<&Verdict>) = binding.into_iter().partition(leads);
    let worst_of = |verdicts: &[&Verdict], end: fn(&Verdict) -> Outcome| verdicts.iter().map(|v| end(v)).max();
    let both = |verdicts: &[&Verdict]| {
        let best = worst_of(verdicts, |verdict| verdict.best);
        best.zip(worst_of(verdicts, |verdict| verdict.worst))
    };
    let ends = match (both(&leading), both(&others)) {
        (Some((best, worst)), Some((other_best, other_worst))) => {
            let with = |leader: Outcome, other: Outcome| match leader {
                Outcome::Exempt | Outcome::Covered => leader.max(other),
                _ => leader,
            };
            [
                with(best, other_best),
                with(best, other_worst),
                with(worst, other_best),
                with(worst, other_worst),
            ]
        }
        (Some((best, worst)), None) | (None, Some((best, worst))) => [best, best, worst, worst],
        (None, None) => return None,
    };
    let outcomes: Outcomes = ends.into_iter().collect();
    let (best, worst) = outcomes.range()?;
    Some(Combined {
        regime: pack.id.clone(),
        outcome: outcomes.headline(),
        best,
        worst,
    })
}
