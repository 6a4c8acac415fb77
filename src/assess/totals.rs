//! The totals on which thresholds turn: what each party's movements come to, and which of them tips a total.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::date::Date;
use crate::fact::{Catalogue, FactId, FactKey, Value};
use crate::judge::count::{PartyTotal, Share};
use crate::judge::evaluate::{Facts, open_tests};
use crate::judge::movement::Movements;
use crate::law::in_force::{AtomTest, CountInForce, RegimeInForce};
use crate::law::pack::Pack;
use crate::model::EntityId;
use crate::text::Text;

/// What one count comes to for one party.
#[derive(Clone, Debug, Serialize)]
pub struct Total {
    /// The regime that counts.
    pub regime: String,
    /// The count, `<regime>/<stem>`.
    pub count: String,
    /// What is counted.
    pub title: Text,
    /// The provision.
    pub cite: String,
    /// Whose movements are summed.
    pub party: String,
    /// Since when people are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// At least so many people.
    pub least: u64,
    /// At most so many; nothing where there is no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// The numbers with which the law compares the count, lowest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
    /// How many people more can be added before the next threshold is reached; nothing where none is certainly ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<u64>,
    /// The movements that are counted, or may be.
    pub movements: Vec<Contribution>,
}

/// A number with which the law compares a count.
#[derive(Clone, Debug, Serialize)]
pub struct Threshold {
    /// So many people, or more.
    pub at_least: u64,
    /// Whether the total reaches it.
    pub reached: Reached,
    /// The movement with which the total reaches it, for certain or perhaps, if they are added in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipped_by: Option<MovementName>,
}

/// Whether a total reaches a threshold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The facts given allow both.
    NotKnown,
}

/// One asset on one edge, by name.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct MovementName {
    /// The flow.
    pub flow: String,
    /// The asset.
    pub asset: String,
}

/// What one movement adds to a total.
#[derive(Clone, Debug, Serialize)]
pub struct Contribution {
    /// The movement.
    #[serde(flatten)]
    pub movement: MovementName,
    /// The people of groups that no movement before it brought; nothing where their number is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adds: Option<u64>,
    /// Whether it is counted for this party whatever is found out.
    pub certain: bool,
}

/// The totals of one regime, given by count and party, in that order.
pub(super) fn of_regime(
    movements: &Movements<'_>,
    pack: &Pack,
    regime: &RegimeInForce,
    day: &OnlyDay,
    totals: &[Vec<PartyTotal<'_>>],
) -> Vec<Total> {
    let of_count = |(count, totals): (&CountInForce, &Vec<PartyTotal<'_>>)| {
        let thresholds = thresholds(regime, count, day);
        totals
            .iter()
            .filter_map(|total| in_words(movements, pack, count, &thresholds, total))
            .collect::<Vec<_>>()
    };
    regime.counts.iter().zip(totals).flat_map(of_count).collect()
}

/// The day of judgement, and nothing else, as a condition sees it.
pub(super) struct OnlyDay {
    fact: Option<FactId>,
    day: Value,
}

impl OnlyDay {
    pub(super) fn new(catalogue: &Catalogue, day: Date) -> Self {
        Self {
            fact: catalogue.id_of(&FactKey::AsOf),
            day: Value::Date(day),
        }
    }
}

impl Facts for OnlyDay {
    fn value(&self, fact: FactId) -> &Value {
        if self.fact == Some(fact) {
            &self.day
        } else {
            &Value::Unknown
        }
    }
}

/// The numbers with which the conditions of the regime compare a count, so far as that matters on the day.
fn thresholds(regime: &RegimeInForce, count: &CountInForce, day: &OnlyDay) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    for cond in regime.layers.iter().flat_map(|layer| layer.conditions()) {
        open_tests(cond, day, &mut |atom| {
            if let AtomTest::AtLeast(number) = atom.test
                && atom.fact == count.fact
            {
                numbers.insert(number);
            }
        });
    }
    numbers
}

fn in_words(
    movements: &Movements<'_>,
    pack: &Pack,
    count: &CountInForce,
    thresholds: &BTreeSet<u64>,
    total: &PartyTotal<'_>,
) -> Option<Total> {
    let head = &pack.counts.iter().find(|other| other.fact == count.fact)?.head;
    let map = movements.map;
    let name = |position: usize| {
        let movement = movements.all.get(position)?;
        Some(MovementName {
            flow: movement.edge_id.clone(),
            asset: map.asset(movement.carried.asset).id.clone(),
        })
    };
    let (least, most) = total.bounds();
    let reached = |number: u64| {
        if least >= number {
            Reached::Yes
        } else if most.is_some_and(|most| most < number) {
            Reached::No
        } else {
            Reached::NotKnown
        }
    };
    let threshold = |number: &u64| Threshold {
        at_least: *number,
        reached: reached(*number),
        tipped_by: total
            .tips(*number)
            .and_then(|share| name(total.shares.get(share)?.movement())),
    };
    let next = most.and_then(|most| Some((most, thresholds.iter().find(|number| **number > most)?)));
    let contribution = |(share, adds): (&Share<'_>, Option<u64>)| {
        Some(Contribution {
            movement: name(share.movement())?,
            adds,
            certain: share.is_certain(),
        })
    };
    Some(Total {
        regime: pack.id.clone(),
        count: format!("{}/{}", pack.id, head.stem),
        title: head.title.clone(),
        cite: head.cite.clone(),
        party: map.entity(EntityId::at(usize::try_from(total.party).ok()?)).id.clone(),
        since: count.since.map(|day| day.to_string()),
        least,
        most,
        thresholds: thresholds.iter().map(threshold).collect(),
        headroom: next.map(|(most, number)| number - 1 - most),
        movements: total
            .shares
            .iter()
            .zip(total.added())
            .filter_map(contribution)
            .collect(),
    })
}
