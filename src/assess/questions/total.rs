//! What a total waits for: whether its movements exist and count, whose they are, and how many people they bring.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::assess::attribute::{Attribute, Object};
use crate::assess::provenance::Tracer;
use crate::assess::questions::{Asker, Found};
use crate::fact::{FactId, FactKey, Party, PartyFact};
use crate::judge::count;
use crate::judge::evaluate::open_facts;
use crate::judge::movement::Movement;
use crate::law::in_force::CountInForce;
use crate::law::pack::{Per, ReplacedBy};
use crate::model::{AssetId, Stated};
use crate::truth::Truth;

/// So much is asked for one total at once; the answers bring up the rest.
const MOST: usize = 16;

/// What the totals wait for, by count; found when it is first asked for.
#[derive(Default)]
pub(super) struct Waiting(RefCell<BTreeMap<FactId, Rc<OfCount>>>);

/// What the totals of one count wait for.
#[derive(Default)]
struct OfCount {
    by_party: BTreeMap<u32, OfTotal>,
    /// For movements of which it is not known whose they are: they may belong to anybody's total.
    anybody: OfTotal,
}

#[derive(Default)]
struct OfTotal {
    /// On which the existence of movements hangs.
    existence: Vec<Attribute>,
    others: Vec<Attribute>,
    assets: BTreeSet<AssetId>,
}

impl OfTotal {
    fn is_full(&self) -> bool {
        self.existence.len() + self.others.len() >= 2 * MOST
    }
}

impl Asker<'_> {
    /// What the totals behind a count wait for, as the movement of a row sees it.
    pub(super) fn of_total(&self, fact: FactId, movement: &Movement, row: usize) -> Vec<Attribute> {
        let Some(count) = self.regime.counts.iter().find(|count| count.fact == fact) else {
            return Vec::new();
        };
        let Some(parties) = count::parties(self.presumed, count, row) else {
            return self.party(count, movement, row).into_iter().collect();
        };
        let mut found = Found::default();
        if parties.len() > 1 {
            found.extend("", self.party(count, movement, row));
        }
        let waiting = self.of_count(count);
        let of_parties = || parties.iter().filter_map(|party| waiting.by_party.get(party));
        let all = || of_parties().chain([&waiting.anybody]);
        for total in all() {
            found.add_all("", total.existence.clone());
        }
        for total in all() {
            found.add_all("", total.others.clone());
        }
        let assets: BTreeSet<AssetId> = all().flat_map(|total| total.assets.iter().copied()).collect();
        found.add_all("", self.overlaps(&assets));
        if found.list.is_empty() {
            found.add(
                "",
                Attribute::core(Object::People(movement.carried.asset, 0), "overlaps"),
            );
        }
        let attributes = found.list.into_iter().map(|(_, attribute)| attribute);
        attributes.take(MOST).collect()
    }

    /// What keeps it open whose total a movement belongs to.
    fn party(&self, count: &CountInForce, movement: &Movement, row: usize) -> Option<Attribute> {
        let stand_in = self.presumed.stand_in(row);
        let tracer = Tracer::new(self.movements, movement, stand_in);
        let open = match (count.per, stand_in) {
            (Per::Importer, _) => tracer.party_of(Party::Importer),
            (Per::Principal, _) | (Per::Exporter, Stated::Is(ReplacedBy::Principal)) => {
                tracer.party_of(Party::Principal)
            }
            (Per::Exporter, Stated::Unknown) => {
                let role = self
                    .catalogue
                    .id_of(&FactKey::Party(Party::Exporter, PartyFact::Role))?;
                return Some(self.of_fact(role, movement, row)?.1);
            }
            (Per::Exporter, _) => {
                let established = FactKey::Party(Party::Exporter, PartyFact::EstablishedIn);
                tracer.sources(&established, None)
            }
        };
        self.first_open(open)
    }

    fn of_count(&self, count: &CountInForce) -> Rc<OfCount> {
        let known = self.totals.0.borrow().get(&count.fact).cloned();
        known.unwrap_or_else(|| {
            let found = Rc::new(self.search(count));
            self.totals.0.borrow_mut().insert(count.fact, Rc::clone(&found));
            found
        })
    }

    fn search(&self, count: &CountInForce) -> OfCount {
        let mut found = OfCount::default();
        let rows = count::rows(self.presumed, count);
        for (row, (tally, (counted, parties))) in self.presumed.table().tallies().iter().zip(&rows).enumerate() {
            let Some(movement) = self.movements.all.get(tally.movement).filter(|_| counted.is_possible()) else {
                continue;
            };
            let of = |found: &mut OfTotal| {
                if found.is_full() {
                    return;
                }
                let tracer = Tracer::new(self.movements, movement, self.presumed.stand_in(row));
                found.existence.extend(tracer.existence());
                if *counted == Truth::Unknown {
                    let mut open = Vec::new();
                    open_facts(&count.over, &self.presumed.row(row), &mut open);
                    let attributes = open.into_iter().filter_map(|fact| self.of_fact(fact, movement, row));
                    found.others.extend(attributes.map(|(_, attribute)| attribute));
                }
                if parties.as_ref().is_none_or(|parties| parties.len() != 1) {
                    found.others.extend(self.party(count, movement, row));
                }
                let people = tracer.sources(&FactKey::Data(crate::fact::DataFact::Count), None);
                let unsaid = people
                    .into_iter()
                    .filter(|attribute| matches!(self.known(attribute), crate::assess::attribute::Known::Nothing));
                found.others.extend(unsaid);
                found.assets.extend(tracer.assets());
            };
            match parties {
                Some(parties) => parties
                    .iter()
                    .for_each(|party| of(found.by_party.entry(*party).or_default())),
                None => of(&mut found.anybody),
            }
        }
        found
    }

    /// The groups of which it is not known whether they share people with others.
    fn overlaps(&self, assets: &BTreeSet<AssetId>) -> Vec<Attribute> {
        let mut names = BTreeSet::new();
        let mut unsaid = Vec::new();
        for asset in assets {
            let groups = self.movements.map.asset(*asset).subjects.iter().flatten();
            for (index, group) in groups.enumerate() {
                if names.insert(group.group.as_str()) && group.overlaps.is_none() {
                    unsaid.push(Attribute::core(Object::People(*asset, index), "overlaps"));
                }
            }
        }
        // It is enough that one of two says so.
        if unsaid.len() < 2 { Vec::new() } else { unsaid }
    }
}
