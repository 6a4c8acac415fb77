//! The ids of facts, looked up once for a whole table.

use std::collections::{BTreeMap, BTreeSet};

use crate::fact::{
    Carrier, Catalogue, DataFact, FactId, FactKey, FlowFact, OnwardFact, OwnFact, PartiesFact, Party, PartyFact,
};
use crate::model::Map;

/// The ids of facts, looked up once.
pub(super) struct Ids {
    as_of: Option<FactId>,
    party: BTreeMap<(Party, PartyFact), FactId>,
    parties: BTreeMap<PartiesFact, FactId>,
    flow: BTreeMap<FlowFact, FactId>,
    onward: BTreeMap<OnwardFact, FactId>,
    data: BTreeMap<DataFact, FactId>,
    /// What packs declare on data and flows.
    pub(super) own: BTreeMap<(Carrier, OwnFact), FactId>,
    /// What packs declare on entities, so far as an entity of the map states it: as exporter, importer, principal.
    pub(super) stated: Vec<(OwnFact, [Option<FactId>; 3])>,
}

impl Ids {
    pub(super) fn of(catalogue: &Catalogue, map: &Map) -> Self {
        let mut ids = Self {
            as_of: None,
            party: BTreeMap::new(),
            parties: BTreeMap::new(),
            flow: BTreeMap::new(),
            onward: BTreeMap::new(),
            data: BTreeMap::new(),
            own: BTreeMap::new(),
            stated: Vec::new(),
        };
        for (id, fact) in catalogue.facts() {
            match &fact.key {
                FactKey::AsOf => ids.as_of = Some(id),
                FactKey::Party(party, fact) => {
                    ids.party.insert((*party, *fact), id);
                }
                FactKey::Parties(fact) => {
                    ids.parties.insert(*fact, id);
                }
                FactKey::Flow(fact) => {
                    ids.flow.insert(*fact, id);
                }
                FactKey::Onward(fact) => {
                    ids.onward.insert(*fact, id);
                }
                FactKey::Data(fact) => {
                    ids.data.insert(*fact, id);
                }
                FactKey::Own(carrier, own) => {
                    ids.own.insert((*carrier, own.clone()), id);
                }
                FactKey::OwnOfParty(..) | FactKey::Mechanism(_) | FactKey::Count { .. } => {}
            }
        }
        let stated: BTreeSet<&OwnFact> = map.entities.iter().flat_map(|entity| entity.own.keys()).collect();
        ids.stated = stated
            .into_iter()
            .map(|own| {
                let read = |party| catalogue.id_of(&FactKey::OwnOfParty(party, own.clone()));
                (
                    own.clone(),
                    [Party::Exporter, Party::Importer, Party::Principal].map(read),
                )
            })
            .collect();
        ids
    }

    pub(super) fn find(&self, key: &FactKey) -> Option<FactId> {
        match key {
            FactKey::AsOf => self.as_of,
            FactKey::Party(party, fact) => self.party.get(&(*party, *fact)).copied(),
            FactKey::Parties(fact) => self.parties.get(fact).copied(),
            FactKey::Flow(fact) => self.flow.get(fact).copied(),
            FactKey::Onward(fact) => self.onward.get(fact).copied(),
            FactKey::Data(fact) => self.data.get(fact).copied(),
            FactKey::Own(..) | FactKey::OwnOfParty(..) | FactKey::Mechanism(_) | FactKey::Count { .. } => None,
        }
    }
}
