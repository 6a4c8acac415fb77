//! Totals over many movements: distinct individuals, with bounds where it is not known who overlaps with whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

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
pub(crate) fn column<'t>(view: &View<'t>, count: &CountInForce) -> Option<Vec<Value>> {
    let tallies = view.table().tallies();
    if tallies.is_empty() {
        return None;
    }
    let rows = rows(view, count);
    let Accounts { shares, anybody } = accounts(tallies, &rows);
    let nobody = Total::default().joined(&anybody);
    let totals: BTreeMap<u32, Total<'_>> = shares
        .iter()
        .map(|(party, shares)| (*party, Total::of(shares).joined(&anybody)))
        .collect();
    let mut values: BTreeMap<u32, Value> = BTreeMap::new();
    // Movements that carry the same people see the same total.
    let mut own: HashMap<(u32, Option<*const People>), Value> = HashMap::new();
    let mut of_party = |party: u32, tally: &'t Tally, certain: bool| {
        let total = totals.get(&party).unwrap_or(&nobody);
        // Where a movement may turn out not to count, it still does for itself: the candidate that is judged is given.
        if certain && !total.has(tally) {
            let people = tally.groups.as_ref().map(|groups| groups.as_ptr());
            let with = || {
                let mut total = total.clone();
                total.add(tally, true);
                total.value()
            };
            return own.entry((party, people)).or_insert_with(with).clone();
        }
        values.entry(party).or_insert_with(|| total.value()).clone()
    };
    let of_row = |(tally, (counted, parties)): (&'t Tally, &Row)| match parties {
        Some(parties) => {
            let certain = *counted == Truth::True && parties.len() == 1;
            let values = parties.iter().map(|party| of_party(*party, tally, certain));
            values.reduce(|a, b| a.either(&b)).unwrap_or_default()
        }
        None => Value::Unknown,
    };
    Some(tallies.iter().zip(&rows).map(of_row).collect())
}

/// The total of each party to whom a movement belongs, or may belong, by party.
pub(crate) fn totals<'t>(view: &View<'t>, count: &CountInForce) -> Vec<PartyTotal<'t>> {
    let Accounts { shares, anybody } = accounts(view.table().tallies(), &rows(view, count));
    let anybody = Rc::new(anybody);
    let of_party = |(party, shares)| PartyTotal {
        party,
        shares,
        anybody: Rc::clone(&anybody),
    };
    shares.into_iter().map(of_party).collect()
}

/// The parties to whom a movement may belong; `None`: it is not known.
pub(crate) type Candidates = Option<BTreeSet<u32>>;

/// The parties to whom the movement of a row may belong.
pub(crate) fn parties(view: &View<'_>, count: &CountInForce, row: usize) -> Candidates {
    let tally = view.table().tallies().get(row)?;
    candidates(tally, count.per, view.stand_in(row))
}

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

/// Whether a row is counted, and for whom.
pub(crate) type Row = (Truth, Candidates);

/// Which rows are counted, and for whom.
pub(crate) fn rows(view: &View<'_>, count: &CountInForce) -> Vec<Row> {
    let of_row = |(row, tally)| {
        let counted = truth(&count.over, &view.row(row));
        (counted, candidates(tally, count.per, view.stand_in(row)))
    };
    view.table().tallies().iter().enumerate().map(of_row).collect()
}

/// What one movement adds to the total of a party.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share<'t> {
    tally: &'t Tally,
    /// Whether its people are counted for this party if its edge exists.
    settled: bool,
}

impl Share<'_> {
    /// Whether its people are counted for this party whatever is found out.
    pub(crate) fn is_certain(&self) -> bool {
        self.settled && self.tally.exists
    }

    /// The movement, by its position.
    pub(crate) fn movement(&self) -> usize {
        self.tally.movement
    }
}

/// What is added up, and for whom.
struct Accounts<'t> {
    /// By party, in the order of the movements.
    shares: BTreeMap<u32, Vec<Share<'t>>>,
    /// People whose party is not known: they may belong to anybody's total.
    anybody: Total<'t>,
}

fn accounts<'t>(tallies: &'t [Tally], rows: &[Row]) -> Accounts<'t> {
    let mut accounts = Accounts {
        shares: BTreeMap::new(),
        anybody: Total::default(),
    };
    let mut first = 0;
    for candidates in tallies.chunk_by(|a, b| a.movement == b.movement) {
        let rows = rows.get(first..first + candidates.len()).unwrap_or_default();
        first += candidates.len();
        let Some(tally) = candidates.first() else { continue };
        let counted = || rows.iter().filter(|(counted, _)| counted.is_possible());
        let parties: BTreeSet<u32> = counted()
            .filter_map(|(_, parties)| parties.as_ref())
            .flatten()
            .copied()
            .collect();
        if counted().any(|(_, parties)| parties.is_none()) {
            accounts.anybody.add(tally, false);
        }
        // It has to count wherever it starts and ends.
        let settled = |(counted, parties): &Row| *counted == Truth::True && parties.is_some();
        let settled = parties.len() == 1 && rows.iter().all(settled);
        for party in parties {
            accounts.shares.entry(party).or_default().push(Share { tally, settled });
        }
    }
    accounts
}

/// What one party's movements come to.
#[derive(Clone, Debug)]
pub(crate) struct PartyTotal<'t> {
    /// The party, by its position in the map.
    pub(crate) party: u32,
    /// What each of its movements adds, in their order.
    pub(crate) shares: Vec<Share<'t>>,
    anybody: Rc<Total<'t>>,
}

impl PartyTotal<'_> {
    /// The total: at least so many, and at most, if there is a bound.
    pub(crate) fn bounds(&self) -> (u64, Option<u64>) {
        Total::of(&self.shares).joined(&self.anybody).bounds()
    }

    /// How many people each movement brings who were in none before it; `None` where that is not known.
    pub(crate) fn added(&self) -> Vec<Option<u64>> {
        let mut before: BTreeSet<&str> = BTreeSet::new();
        let mut added = Vec::with_capacity(self.shares.len());
        for share in &self.shares {
            let mut sum = share.tally.groups.as_ref().map(|_| 0_u64);
            for people in share.tally.groups.iter().flat_map(|groups| groups.iter()) {
                if before.insert(&people.name) {
                    sum = sum.zip(people.count).map(|(sum, count)| sum.saturating_add(count));
                }
            }
            added.push(sum);
        }
        added
    }

    /// The position of the share with which the total reaches a number, for certain or, if it never does, perhaps.
    /// `None` also where that takes people of whom it is not known whose they are.
    pub(crate) fn tips(&self, number: u64) -> Option<usize> {
        let certainly = self.bounds().0 >= number;
        let reached_with = |last: usize| {
            let shares = self.shares.get(..=last).unwrap_or_default();
            let (least, most) = Total::of(shares).bounds();
            if certainly {
                least >= number
            } else {
                most.is_none_or(|most| most >= number)
            }
        };
        let last = self.shares.len().checked_sub(1)?;
        if !reached_with(last) {
            return None;
        }
        // Halving instead of counting up: every step adds up all that came before.
        let (mut from, mut to) = (0, last);
        while from < to {
            let middle = from + (to - from) / 2;
            if reached_with(middle) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        Some(to)
    }
}

/// The people of one party, each group once.
#[derive(Clone, Debug, Default)]
struct Total<'t> {
    groups: BTreeMap<&'t str, Group<'t>>,
    /// There are people of whom nothing is known.
    open: bool,
}

/// A group in a total. Assets may each have a part of it, so that they state different numbers.
#[derive(Clone, Debug)]
struct Group<'t> {
    /// The largest part that is counted for certain.
    certain: Option<&'t People>,
    /// The largest part that may be; `None` if there is one of which the number is not known.
    most: Option<u64>,
}

impl<'t> Group<'t> {
    fn of(people: &'t People, certain: bool) -> Self {
        Self {
            certain: certain.then_some(people),
            most: people.count,
        }
    }

    fn join(&mut self, other: &Self) {
        let count = |people: Option<&People>| people.map(|people| people.count);
        if count(other.certain) > count(self.certain) {
            self.certain = other.certain;
        }
        self.most = self.most.zip(other.most).map(|(a, b)| a.max(b));
    }
}

impl<'t> Total<'t> {
    fn add(&mut self, tally: &'t Tally, certain: bool) {
        let Some(groups) = &tally.groups else {
            self.open = true;
            return;
        };
        for people in groups.iter() {
            self.take(&people.name, &Group::of(people, certain));
        }
    }

    fn take(&mut self, name: &'t str, group: &Group<'t>) {
        self.groups
            .entry(name)
            .and_modify(|known| known.join(group))
            .or_insert_with(|| group.clone());
    }

    fn of(shares: &[Share<'t>]) -> Self {
        let mut total = Self::default();
        for share in shares {
            total.add(share.tally, share.is_certain());
        }
        total
    }

    fn joined(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.open |= other.open;
        for (name, group) in &other.groups {
            joined.take(name, group);
        }
        joined
    }

    /// Whether the people of a movement are counted for certain already.
    fn has(&self, tally: &Tally) -> bool {
        let counted = |people: &People| {
            let group = self.groups.get(people.name.as_str());
            group
                .and_then(|group| group.certain)
                .is_some_and(|known| known.count >= people.count)
        };
        tally.groups.as_ref().is_some_and(|groups| groups.iter().all(counted))
    }

    fn value(&self) -> Value {
        let (least, most) = self.bounds();
        Value::Count { least, most }
    }

    /// At least the largest set of groups known to be apart, at most the sum of all.
    fn bounds(&self) -> (u64, Option<u64>) {
        let most = if self.open {
            None
        } else {
            let mut counts = self.groups.values().map(|group| group.most);
            counts.try_fold(0_u64, |sum, count| Some(sum.saturating_add(count?)))
        };
        let mut certain: Vec<&People> = self.groups.values().filter_map(|group| group.certain).collect();
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
        (least, most)
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
            total.take(&people.name, &Group::of(people, *certain));
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

    // The people of one group in several assets are as many as in the largest, if that one counts.
    #[test]
    fn the_parts_of_one_group_are_bounded_by_the_largest_that_counts() {
        let small = people("buyers", Some(10), Some(&[]));
        let large = people("buyers", Some(1_000), Some(&[]));
        let unsized_part = people("buyers", None, Some(&[]));
        let between = |least, most| Value::Count { least, most };
        let either_way = |a: (People, bool), b: (People, bool)| {
            let found = total(&[a.clone(), b.clone()]);
            assert_eq!(found, total(&[b, a]));
            found
        };
        assert_eq!(
            either_way((small.clone(), true), (large.clone(), true)),
            Value::count(1_000)
        );
        assert_eq!(
            either_way((small.clone(), true), (large.clone(), false)),
            between(10, Some(1_000))
        );
        assert_eq!(either_way((small, true), (unsized_part, false)), between(10, None));
    }

    // Ten of the group go out for certain; the thousand of a further part go out for nobody knows whom.
    #[test]
    fn what_may_be_anybodys_raises_the_upper_bound_of_a_group_that_is_counted_already() {
        let part = |count| people("buyers", Some(count), Some(&[]));
        let (small, large) = (part(10), part(1_000));
        let (mut own, mut anybody) = (Total::default(), Total::default());
        own.take(&small.name, &Group::of(&small, true));
        anybody.take(&large.name, &Group::of(&large, false));
        let bounds = (10, Some(1_000));
        assert_eq!(own.joined(&anybody).bounds(), bounds);
    }
}
