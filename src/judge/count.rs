//! Totals over many movements: distinct individuals, with bounds where it is not known who overlaps with whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::Value;
use crate::judge::evaluate::truth;
use crate::judge::table::{People, Tally};
use crate::judge::view::View;
use crate::law::in_force::CountInForce;
use crate::law::pack::{Per, ReplacedBy};
use crate::model::Stated;
use crate::truth::Truth;

/// The count as each movement sees it: the total of the party to whom the movement belongs. `None` where the
/// movements say nothing of people, so that a count stated as a fact stands.
pub(crate) fn column(view: &View<'_>, count: &CountInForce) -> Option<Vec<Value>> {
    let tallies = view.table().tallies();
    if tallies.is_empty() {
        return None;
    }
    let counted: Vec<Truth> = (0..tallies.len())
        .map(|row| truth(&count.over, &view.row(row)))
        .collect();
    let parties: Vec<Candidates> = tallies
        .iter()
        .enumerate()
        .map(|(row, tally)| candidates(tally, count.per, view.stand_in(row)))
        .collect();

    let mut totals: BTreeMap<u32, Total<'_>> = BTreeMap::new();
    // People whose exporter is not known may belong to anybody's total.
    let mut anybody = Total::default();
    for ((tally, counted), party) in tallies.iter().zip(&counted).zip(&parties) {
        match (counted, party) {
            (Truth::False, _) => {}
            (Truth::True, Some(parties)) if parties.len() == 1 => {
                for party in parties {
                    totals.entry(*party).or_default().add(tally, true);
                }
            }
            (_, Some(parties)) => {
                for party in parties {
                    totals.entry(*party).or_default().add(tally, false);
                }
            }
            (_, None) => anybody.add(tally, false),
        }
    }
    let mut values: BTreeMap<u32, Value> = BTreeMap::new();
    for (party, total) in &totals {
        values.insert(*party, total.joined(&anybody).value());
    }
    let nobody = Total::default().joined(&anybody).value();
    let of_row = |party: &Candidates| match party {
        Some(parties) => parties
            .iter()
            .map(|party| values.get(party).unwrap_or(&nobody).clone())
            .reduce(|a, b| a.either(&b))
            .unwrap_or_default(),
        None => Value::Unknown,
    };
    Some(parties.iter().map(of_row).collect())
}

/// The parties to whom a movement may belong; `None`: it is not known.
type Candidates = Option<BTreeSet<u32>>;

fn candidates(tally: &Tally, per: Per, stand_in: Stated<ReplacedBy>) -> Candidates {
    let one = |party: Option<u32>| party.map(|party| BTreeSet::from([party]));
    let principals = || {
        tally
            .principals
            .as_ref()
            .map(|set| set.as_ref().clone())
            .filter(|set| !set.is_empty())
    };
    match (per, stand_in) {
        (Per::Importer, _) => one(tally.importer),
        (Per::Principal, _) | (Per::Exporter, Stated::Is(ReplacedBy::Principal)) => principals(),
        (Per::Exporter, Stated::Is(ReplacedBy::Arranger)) => one(tally.arranger),
        (Per::Exporter, Stated::Absent) => one(tally.exporter),
        (Per::Exporter, Stated::Unknown) => None,
    }
}

/// The people of one party, each group once.
#[derive(Clone, Debug, Default)]
struct Total<'t> {
    /// Groups by name; `true`: counted for certain.
    groups: BTreeMap<&'t str, (&'t People, bool)>,
    /// There are people of whom nothing is known.
    open: bool,
}

impl<'t> Total<'t> {
    fn add(&mut self, tally: &'t Tally, certain: bool) {
        let Some(groups) = &tally.groups else {
            self.open = true;
            return;
        };
        for people in groups.iter() {
            let slot = self.groups.entry(&people.name).or_insert((people, false));
            slot.1 |= certain;
            if people.count > slot.0.count {
                slot.0 = people;
            }
        }
    }

    fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.open |= other.open;
        for (name, (people, certain)) in &other.groups {
            let slot = joined.groups.entry(name).or_insert((people, false));
            slot.1 |= certain;
        }
        joined
    }

    /// At least the largest set of groups known to be apart, at most the sum of all.
    fn value(&self) -> Value {
        let sum = |mut counts: Box<dyn Iterator<Item = Option<u64>> + '_>| {
            counts.try_fold(0_u64, |sum, count| count.map(|count| sum.saturating_add(count)))
        };
        let most = if self.open {
            None
        } else {
            sum(Box::new(self.groups.values().map(|(people, _)| people.count)))
        };
        let mut certain: Vec<&People> = self
            .groups
            .values()
            .filter(|(_, sure)| *sure)
            .map(|(p, _)| *p)
            .collect();
        certain.sort_by_key(|people| std::cmp::Reverse(people.count));
        let mut apart: Vec<&People> = Vec::new();
        for people in certain {
            if apart.iter().all(|other| are_apart(people, other)) {
                apart.push(people);
            }
        }
        let least = apart
            .iter()
            .filter_map(|people| people.count)
            .fold(0_u64, u64::saturating_add);
        Value::Count { least, most }
    }
}

/// Whether two groups are known to share nobody: it is enough that one of them says so.
fn are_apart(a: &People, b: &People) -> bool {
    let excludes = |a: &People, b: &People| a.overlaps.as_ref().is_some_and(|groups| !groups.contains(&b.name));
    excludes(a, b) || excludes(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(name: &str, count: Option<u64>, overlaps: Option<&[&str]>) -> People {
        People {
            name: name.to_owned(),
            count,
            overlaps: overlaps.map(|groups| groups.iter().map(|g| (*g).to_owned()).collect()),
        }
    }

    fn total(groups: &[(People, bool)]) -> Value {
        let mut total = Total::default();
        for (people, certain) in groups {
            let slot = total.groups.entry(&people.name).or_insert((people, false));
            slot.1 |= certain;
        }
        total.value()
    }

    #[test]
    fn groups_that_may_overlap_are_bounded_and_groups_apart_are_summed() {
        let buyers = people("buyers", Some(60_000), None);
        let members = people("members", Some(50_000), None);
        let bounds = Value::Count {
            least: 60_000,
            most: Some(110_000),
        };
        assert_eq!(total(&[(buyers.clone(), true), (members, true)]), bounds);
        let staff = people("staff", Some(50_000), Some(&[]));
        assert_eq!(total(&[(buyers, true), (staff, true)]), Value::count(110_000));
    }

    #[test]
    fn people_who_may_not_be_counted_raise_only_the_upper_bound() {
        let sure = people("sure", Some(10), Some(&[]));
        let maybe = people("maybe", Some(5), Some(&[]));
        let bounds = Value::Count {
            least: 10,
            most: Some(15),
        };
        assert_eq!(total(&[(sure, true), (maybe, false)]), bounds);
        let unsized_group = people("unsized", None, Some(&[]));
        assert_eq!(total(&[(unsized_group, true)]), Value::Count { least: 0, most: None });
    }
}
