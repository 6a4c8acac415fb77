//! Fills the table: the facts of every movement of a map, from the map and its graph.

mod data;
mod ids;
mod parties;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::date::Date;
use crate::fact::{
    Carrier, Catalogue, FactId, FactKey, FlowFact, OnwardFact, OwnFact, PartiesFact, Party, PartyFact, SetValue, Value,
};
use crate::graph::lineage::Carried;
use crate::judge::movement::{Candidate, Edge, Movement, Movements, Seat};
use crate::judge::table::{Column, Held, Instance, People, Table, Tally, ValueId};
use crate::law::pack::ReplacedBy;
use crate::model::{Asset, AssetId, EntityId, Flow, Map, NodeId, OwnFacts, Stated};
use crate::place::Place;
use crate::truth::Truth;
use crate::word::{Access, ArrangedBy, FlowKind, InitiatedBy, KeysHeldBy, Role};

use data::{Mixed, subjects_located_in};
use ids::Ids;
use parties::reaches;
pub(crate) use parties::{Parties, is_same_group, is_same_person};

/// The facts of every movement, one row for each candidate of where it starts and ends.
#[must_use]
pub fn fill(movements: &Movements<'_>, catalogue: &Catalogue, as_of: Date) -> Table {
    let mut filler = Filler {
        movements,
        map: movements.map,
        catalogue,
        table: Table::new(movements.candidates.len()),
        columns: BTreeMap::new(),
        stand_ins: BTreeMap::new(),
        entities: BTreeMap::new(),
        data: BTreeMap::new(),
        people: BTreeMap::new(),
        own: BTreeMap::new(),
        ids: Ids::of(catalogue, movements.map),
    };
    filler.instances();
    let mut tallies = Vec::with_capacity(movements.candidates.len());
    for (row, candidate) in movements.candidates.iter().enumerate() {
        let movement = &movements.all[candidate.movement];
        let parties = Parties::of(movements, movement);
        filler.put(row, &FactKey::AsOf, Value::Date(as_of));
        filler.party_facts(row, candidate, movement, &parties);
        filler.flow_facts(row, candidate, movement, &parties);
        filler.data_facts(row, movement);
        filler.onward_facts(row, movement, &parties);
        filler.hold(row, movement, &parties);
        // A branch counts with its company.
        let number = |id: EntityId| {
            let person = movements.map.legal_person(id)?;
            u32::try_from(person.index()).ok()
        };
        tallies.push(Tally {
            movement: candidate.movement,
            exists: movement.exists == Some(true),
            exporter: parties.exporter.and_then(number),
            importer: parties.importer.and_then(number),
            principals: parties
                .principals
                .as_ref()
                .and_then(|p| p.iter().map(|id| number(*id)).collect::<Option<_>>())
                .map(Arc::new),
            arranger: parties.arranger.and_then(number),
            groups: filler.people(movement),
        });
    }
    let Filler {
        mut table,
        columns,
        stand_ins,
        ..
    } = filler;
    for (fact, column) in columns {
        table.set_column(fact, column);
    }
    for ((by, fact), column) in stand_ins {
        table.set_stand_in(by, fact, column);
    }
    table.set_tallies(tallies);
    table
}

fn value_of(truth: Truth) -> Value {
    match truth {
        Truth::True => Value::Bool(true),
        Truth::False => Value::Bool(false),
        Truth::Unknown => Value::Unknown,
    }
}

fn places(set: Option<&BTreeSet<Place>>) -> Value {
    set.map_or(Value::Unknown, |set| Value::places(set.iter().copied()))
}

fn word(word: Option<&str>) -> Value {
    word.map_or(Value::Unknown, Value::word)
}

fn words_of(words: &[&str]) -> Value {
    Value::Word(words.iter().map(|word| (*word).to_owned()).collect())
}

fn truth_of(value: Option<bool>) -> Value {
    value.map_or(Value::Unknown, Value::Bool)
}

struct Filler<'m, 'c> {
    movements: &'c Movements<'m>,
    map: &'m Map,
    catalogue: &'c Catalogue,
    table: Table,
    columns: BTreeMap<FactId, Column>,
    stand_ins: BTreeMap<(ReplacedBy, FactId), Column>,
    /// Facts of entities that are the same in every movement.
    entities: BTreeMap<(Option<EntityId>, PartyFact), ValueId>,
    /// Facts of data that are the same wherever they are in the same form and with the same other data mixed in.
    data: BTreeMap<(Carried, Mixed), Vec<(FactId, ValueId)>>,
    /// The people of each asset, with those of the assets mixed into it.
    people: BTreeMap<(AssetId, Mixed), Option<Arc<[People]>>>,
    /// What each entity states of [`Ids::stated`].
    own: BTreeMap<EntityId, Vec<ValueId>>,
    ids: Ids,
}

impl<'m> Filler<'m, '_> {
    fn put(&mut self, row: usize, key: &FactKey, value: Value) {
        if value == Value::Unknown {
            return;
        }
        if let Some(fact) = self.ids.find(key) {
            let id = self.table.intern(value);
            self.put_id(row, fact, id);
        }
    }

    fn put_id(&mut self, row: usize, fact: FactId, id: ValueId) {
        let rows = self.table.rows();
        let column = self.columns.entry(fact).or_insert_with(|| vec![ValueId::UNKNOWN; rows]);
        column[row] = id;
    }

    fn put_stand_in(&mut self, row: usize, by: ReplacedBy, fact: Option<FactId>, id: ValueId) {
        if let Some(fact) = fact {
            let rows = self.table.rows();
            let column = self
                .stand_ins
                .entry((by, fact))
                .or_insert_with(|| vec![ValueId::UNKNOWN; rows]);
            column[row] = id;
        }
    }

    fn party_facts(&mut self, row: usize, candidate: &Candidate, movement: &Movement, parties: &Parties) {
        let asset = self.map.asset(movement.carried.asset);
        let exporter_role = self.role(asset, parties.exporter, parties.from_node, parties.from_subjects);
        let importer_role = self.role(asset, parties.importer, parties.to_node, parties.to_subjects);
        self.party(
            row,
            Party::Exporter,
            parties.exporter,
            &candidate.from,
            parties.from_node.is_some(),
        );
        self.party(row, Party::Importer, parties.importer, &candidate.to, true);
        self.put(row, &FactKey::Party(Party::Exporter, PartyFact::Role), exporter_role);
        self.put(row, &FactKey::Party(Party::Importer, PartyFact::Role), importer_role);
        let same = |a: Option<EntityId>, b: Option<EntityId>, test: fn(&Map, EntityId, EntityId) -> Truth| match (a, b)
        {
            _ if parties.to_subjects => Truth::False,
            (Some(a), Some(b)) => test(self.map, a, b),
            _ => Truth::Unknown,
        };
        let (person, group) = if parties.from_subjects {
            (Truth::False, Truth::False)
        } else {
            let (a, b) = (parties.exporter, parties.importer);
            (same(a, b, is_same_person), same(a, b, is_same_group))
        };
        let stand_ins: Vec<(ReplacedBy, Vec<Option<EntityId>>)> = vec![
            (
                ReplacedBy::Principal,
                match &parties.principals {
                    Some(set) => set.iter().copied().map(Some).collect(),
                    None => vec![None],
                },
            ),
            (ReplacedBy::Arranger, vec![parties.arranger]),
        ];
        let joined: Vec<(ReplacedBy, Value, Value)> = stand_ins
            .iter()
            .map(|(by, who)| {
                let join = |test| {
                    let values = who.iter().map(|who| value_of(same(*who, parties.importer, test)));
                    values.reduce(|a, b| a.either(&b)).unwrap_or_default()
                };
                (*by, join(is_same_person), join(is_same_group))
            })
            .collect();
        self.put(row, &FactKey::Parties(PartiesFact::SameLegalPerson), value_of(person));
        self.put(row, &FactKey::Parties(PartiesFact::SameGroup), value_of(group));
        for (by, person, group) in joined {
            for (fact, value) in [(PartiesFact::SameLegalPerson, person), (PartiesFact::SameGroup, group)] {
                let id = self.table.intern(value);
                let fact = self.ids.find(&FactKey::Parties(fact));
                self.put_stand_in(row, by, fact, id);
            }
        }
        for (by, who) in stand_ins {
            self.stand_in(row, by, &who);
        }
    }

    /// The facts of the exporter or the importer.
    fn party(&mut self, row: usize, party: Party, entity: Option<EntityId>, seat: &Seat, has_node: bool) {
        for fact in PartyFact::ALL {
            let id = match fact {
                PartyFact::Role => continue,
                PartyFact::LocatedIn => {
                    let located = if has_node {
                        self.located_in(entity, seat)
                    } else {
                        Value::Unknown
                    };
                    self.table.intern(located)
                }
                fact => self.entity_fact(entity, *fact),
            };
            if id != ValueId::UNKNOWN
                && let Some(fact) = self.ids.find(&FactKey::Party(party, *fact))
            {
                self.put_id(row, fact, id);
            }
        }
        self.own_of_party(row, party, entity);
    }

    fn own_of_party(&mut self, row: usize, party: Party, entity: Option<EntityId>) {
        for index in 0..self.ids.stated.len() {
            let id = self.own_value(entity, index);
            let fact = self.ids.stated[index].1[party as usize];
            if id != ValueId::UNKNOWN
                && let Some(fact) = fact
            {
                self.put_id(row, fact, id);
            }
        }
    }

    /// What an entity states of the fact at a position of [`Ids::stated`].
    fn own_value(&mut self, entity: Option<EntityId>, index: usize) -> ValueId {
        let Some(entity) = entity else {
            return ValueId::UNKNOWN;
        };
        if !self.own.contains_key(&entity) {
            let own = &self.map.entity(entity).own;
            let value = |(name, _): &(OwnFact, _)| own.get(name).cloned().unwrap_or_default();
            let values: Vec<Value> = self.ids.stated.iter().map(value).collect();
            let ids = values.into_iter().map(|value| self.table.intern(value)).collect();
            self.own.insert(entity, ids);
        }
        let ids = self.own.get(&entity);
        ids.and_then(|ids| ids.get(index)).copied().unwrap_or_default()
    }

    /// The facts of whoever stands, or may stand, in the exporter's place; also those of the principal.
    fn stand_in(&mut self, row: usize, by: ReplacedBy, who: &[Option<EntityId>]) {
        let as_principal = by == ReplacedBy::Principal;
        let role = self
            .table
            .intern(words_of(&[Role::Controller.as_str(), Role::JointController.as_str()]));
        let certain_role = self.table.intern(Value::word(Role::Controller.as_str()));
        let role = if who.len() == 1 { certain_role } else { role };
        for fact in PartyFact::ALL {
            let id = match fact {
                PartyFact::Role => role,
                fact => {
                    let of = if *fact == PartyFact::LocatedIn {
                        PartyFact::EstablishedIn
                    } else {
                        *fact
                    };
                    let ids: Vec<ValueId> = who.iter().map(|entity| self.entity_fact(*entity, of)).collect();
                    self.either(self.ids.find(&FactKey::Party(Party::Exporter, of)), &ids)
                }
            };
            let exporters = self.ids.find(&FactKey::Party(Party::Exporter, *fact));
            self.put_stand_in(row, by, exporters, id);
            if as_principal && let Some(fact) = self.ids.find(&FactKey::Party(Party::Principal, *fact)) {
                self.put_id(row, fact, id);
            }
        }
        // Also what they do not state: what the exporter states must not survive its replacement.
        for index in 0..self.ids.stated.len() {
            let ids: Vec<ValueId> = who.iter().map(|entity| self.own_value(*entity, index)).collect();
            let [exporters, _, principals] = self.ids.stated[index].1;
            let id = self.either(exporters.or(principals), &ids);
            self.put_stand_in(row, by, exporters, id);
            if as_principal && let Some(fact) = principals {
                self.put_id(row, fact, id);
            }
        }
    }

    /// One of the values of a fact.
    fn either(&mut self, fact: Option<FactId>, ids: &[ValueId]) -> ValueId {
        match ids {
            [] => ValueId::UNKNOWN,
            [id] => *id,
            [first, rest @ ..] => {
                let presumed = fact.and_then(|fact| self.catalogue.fact(fact).presume.as_ref());
                let all = rest.iter().fold(self.table.value_of(*first).clone(), |all, id| {
                    either_said(&all, self.table.value_of(*id), presumed)
                });
                self.table.intern(all)
            }
        }
    }

    fn entity_fact(&mut self, entity: Option<EntityId>, fact: PartyFact) -> ValueId {
        if let Some(id) = self.entities.get(&(entity, fact)) {
            return *id;
        }
        let value = entity.map_or(Value::Unknown, |id| {
            let entity = self.map.entity(id);
            match fact {
                PartyFact::EstablishedIn | PartyFact::LocatedIn => places(entity.established_in.as_ref()),
                PartyFact::DecidesFrom => match (&entity.decides_from, &entity.established_in) {
                    (Some(place), _) => places(Some(place)),
                    // A principal place of business is one of the establishments.
                    (None, Some(established)) => one_of(established.iter().copied()),
                    (None, None) => Value::Unknown,
                },
                PartyFact::ControlledFrom => self.controlled_from(id),
                PartyFact::LegalPersonIn => {
                    let person = self.map.legal_person(id).map(|person| self.map.entity(person));
                    places(person.and_then(|person| person.established_in.as_ref()))
                }
                PartyFact::Kind => word(entity.kind.map(|kind| kind.as_str())),
                PartyFact::Role => Value::Unknown,
            }
        });
        let id = self.table.intern(value);
        self.entities.insert((entity, fact), id);
        id
    }

    fn controlled_from(&self, id: EntityId) -> Value {
        let parents = self.map.parents(id);
        if parents.is_empty() {
            return match self.map.entity(id).parent {
                Stated::Absent => places(self.map.entity(id).established_in.as_ref()),
                _ => Value::Unknown,
            };
        }
        let top = parents
            .last()
            .map_or(Stated::Unknown, |top| self.map.entity(*top).parent);
        let mut set = SetValue::exactly(BTreeSet::new());
        if top != Stated::Absent {
            set.may = None;
        }
        for parent in parents {
            match &self.map.entity(parent).established_in {
                Some(established) => {
                    set.must.extend(established);
                    if let Some(may) = &mut set.may {
                        may.extend(established);
                    }
                }
                None => set.may = None,
            }
        }
        Value::Places(set)
    }

    /// Where a party acts: at its node if it is established there, otherwise where it is established.
    fn located_in(&self, entity: Option<EntityId>, seat: &Seat) -> Value {
        let Some(established) = entity.and_then(|entity| self.map.entity(entity).established_in.as_ref()) else {
            return Value::Unknown;
        };
        let countries: BTreeSet<Place> = established.iter().map(|place| place.country()).collect();
        let at = |places: &BTreeSet<Place>| -> Value {
            if !places.iter().all(|place| countries.contains(&place.country())) {
                return Value::places(established.iter().copied());
            }
            // Of a bare country and a city in it, the city says more.
            let finer = |place: &Place| -> Vec<Place> {
                let inside: Vec<Place> = established.iter().copied().filter(|e| e.country() == *place).collect();
                if *place == place.country() && inside.len() == 1 {
                    inside
                } else {
                    vec![*place]
                }
            };
            Value::places(places.iter().flat_map(finer))
        };
        match seat {
            Seat::Unknown if established.len() == 1 => Value::places(established.iter().copied()),
            Seat::Unknown => one_of(established.iter().copied()),
            Seat::At(places) => at(places),
            Seat::OneOf(alternatives) => alternatives
                .iter()
                .map(at)
                .reduce(|a, b| a.either(&b))
                .unwrap_or_default(),
        }
    }

    fn role(&self, asset: &Asset, entity: Option<EntityId>, node: Option<NodeId>, subjects: bool) -> Value {
        if subjects {
            return Value::word(Role::DataSubject.as_str());
        }
        let acts_for = match (node, entity) {
            (Some(node), _) => self.map.node(node).acts_for,
            (None, _) => Stated::Unknown,
        };
        let (controller, joint) = (Role::Controller.as_str(), Role::JointController.as_str());
        let (processor, subprocessor) = (Role::Processor.as_str(), Role::Subprocessor.as_str());
        let Some(controllers) = asset.controllers.as_ref().filter(|set| !set.is_empty()) else {
            return match acts_for {
                Stated::Absent => words_of(&[controller, joint]),
                Stated::Is(_) => words_of(&[processor, subprocessor]),
                Stated::Unknown => words_of(&[controller, joint, processor, subprocessor]),
            };
        };
        let own = if controllers.len() > 1 { joint } else { controller };
        let Some(entity) = entity else {
            return words_of(&[own, controller, processor, subprocessor]);
        };
        let is_controller = controllers
            .iter()
            .map(|id| is_same_person(self.map, *id, entity))
            .fold(Truth::False, Truth::or);
        let otherwise = match acts_for {
            Stated::Absent => words_of(&[controller]),
            Stated::Is(principal) if controllers.contains(&principal) => words_of(&[processor]),
            Stated::Is(_) => words_of(&[subprocessor]),
            Stated::Unknown => words_of(&[controller, processor, subprocessor]),
        };
        match is_controller {
            Truth::True => words_of(&[own]),
            Truth::False => otherwise,
            Truth::Unknown => otherwise.either(&words_of(&[own])),
        }
    }

    fn flow_facts(&mut self, row: usize, candidate: &Candidate, movement: &Movement, parties: &Parties) {
        let (map, movements) = (self.map, self.movements);
        let asset = map.asset(movement.carried.asset);
        let mut put = |fact: FlowFact, value: Value| self.put(row, &FactKey::Flow(fact), value);
        let from_place = if parties.from_subjects {
            places(asset.collected_in.as_ref())
        } else {
            seat(&candidate.from)
        };
        let to_place = if parties.to_subjects {
            subjects_located_in(asset)
        } else {
            seat(&candidate.to)
        };
        put(FlowFact::FromPlace, from_place);
        put(FlowFact::ToPlace, to_place);
        match movement.edge {
            Edge::Access(index) => {
                put(FlowFact::Kind, Value::word(FlowKind::RemoteAccess.as_str()));
                put(
                    FlowFact::Access,
                    word(movements.accesses[index].access.map(|access| access.as_str())),
                );
                put(FlowFact::InitiatedBy, Value::word(InitiatedBy::Importer.as_str()));
                put(FlowFact::TransitOnly, Value::Bool(false));
            }
            Edge::Flow(flow) => {
                let flow: &'m Flow = map.flow(flow);
                let rests = parties.to_node.is_some_and(|node| map.node(node).is_storage);
                let kind = if parties.from_subjects {
                    Some(FlowKind::Collection)
                } else {
                    flow.kind
                };
                put(
                    FlowFact::Kind,
                    kind.map_or_else(|| kinds(rests), |kind| Value::word(kind.as_str())),
                );
                put(FlowFact::Access, access(flow, kind, rests));
                put(FlowFact::Purpose, word(flow.purpose.map(|purpose| purpose.as_str())));
                put(FlowFact::ArrangedBy, arranged_by(map, flow, parties.importer));
                put(FlowFact::InitiatedBy, word(flow.initiated_by.map(|by| by.as_str())));
                put(FlowFact::TransitOnly, truth_of(flow.transit_only));
                put(FlowFact::Occasional, truth_of(flow.occasional));
                put(
                    FlowFact::Protection,
                    word(flow.protection.map(|protection| protection.as_str())),
                );
                // What is drawn moves data, unless it is called a look at them; and a look that is drawn takes place.
                let kinds_presumed = kind.is_none().then(|| kinds(true));
                let access_presumed = flow.access.is_none().then(made_available);
                put(FlowFact::PerDay, flow.per_day.map_or(Value::Unknown, Value::count));
                put(FlowFact::KeysHeldBy, keys_held_by(map, parties));
                self.own(row, Carrier::Flow, &flow.own);
                self.presume(row, FlowFact::Kind, kinds_presumed);
                self.presume(row, FlowFact::Access, access_presumed);
            }
        }
    }

    fn presume(&mut self, row: usize, fact: FlowFact, presumed: Option<Value>) {
        if let (Some(fact), Some(value)) = (self.ids.find(&FactKey::Flow(fact)), presumed) {
            self.table.presume(fact, row, value);
        }
    }

    fn own(&mut self, row: usize, carrier: Carrier, own: &OwnFacts) {
        for (name, value) in own {
            if let Some(fact) = self.ids.own.get(&(carrier, name.clone())).copied() {
                let id = self.table.intern(value.clone());
                self.put_id(row, fact, id);
            }
        }
    }

    fn onward_facts(&mut self, row: usize, movement: &Movement, parties: &Parties) {
        // Whoever looks may pass on what they see; the map does not say.
        let Edge::Flow(flow) = movement.edge else { return };
        let reach = self.movements.onward.after(flow, movement.carried.asset);
        let (mut further, mut places) = (reach.further_party, reach.places);
        for access in self.movements.accesses_at(self.map.flow(flow).to) {
            let another = match (access.by, parties.importer) {
                (Some(by), Some(importer)) => !is_same_person(self.map, by, importer),
                _ => Truth::Unknown,
            };
            let reads = match access.access {
                Some(Access::None) => Truth::False,
                Some(_) => Truth::True,
                None => Truth::Unknown,
            };
            let goes_on = another.and(reads);
            further = further.or(goes_on);
            let seats: BTreeSet<Place> = access.from.alternatives.iter().flatten().copied().collect();
            match goes_on {
                Truth::False => {}
                _ if seats.is_empty() => places.may = None,
                truth => {
                    if truth == Truth::True && access.from.alternatives.len() == 1 {
                        places.must.extend(&seats);
                    }
                    if let Some(may) = &mut places.may {
                        may.extend(seats);
                    }
                }
            }
        }
        self.put(row, &FactKey::Onward(OnwardFact::Exists), value_of(further));
        let nowhere = places.may.as_ref().is_some_and(BTreeSet::is_empty);
        let places = if nowhere { Value::Never } else { Value::Places(places) };
        self.put(row, &FactKey::Onward(OnwardFact::Places), places);
    }

    fn instances(&mut self) {
        for mechanism in &self.map.mechanisms {
            let mut facts = BTreeMap::new();
            for (name, value) in &mechanism.own {
                let key = FactKey::of_mechanism(&mechanism.kind, name);
                if let Some(fact) = self.catalogue.id_of(&key) {
                    facts.insert(fact, value.clone());
                }
            }
            self.table.add_instance(Instance {
                id: mechanism.id.clone(),
                kind: mechanism.kind.clone(),
                facts,
            });
        }
    }

    fn hold(&mut self, row: usize, movement: &Movement, parties: &Parties) {
        for (instance, mechanism) in self.map.mechanisms.iter().enumerate() {
            let reaches = reaches(self.map, mechanism, movement, parties);
            if reaches.is_possible() {
                self.table.hold(row, Held { instance, reaches });
            }
        }
    }
}

/// One of two values of a fact. Where something is said of one alone, both may only be presumed to be so if it says no
/// more than what is presumed of the other.
fn either_said(a: &Value, b: &Value, presumed: Option<&Value>) -> Value {
    match (a, b) {
        (Value::Unknown, said) | (said, Value::Unknown)
            if presumed.is_some_and(|presumed| presumed.either(said) == *presumed) =>
        {
            Value::Unknown
        }
        _ => a.either(b),
    }
}

fn one_of(places: impl Iterator<Item = Place>) -> Value {
    let may: BTreeSet<Place> = places.collect();
    let must = if may.len() == 1 { may.clone() } else { BTreeSet::new() };
    Value::Places(SetValue { must, may: Some(may) })
}

fn seat(seat: &Seat) -> Value {
    match seat {
        Seat::Unknown => Value::Unknown,
        Seat::At(set) => places(Some(set)),
        Seat::OneOf(alternatives) => {
            let values = alternatives.iter().map(|set| places(Some(set)));
            values.reduce(|a, b| a.either(&b)).unwrap_or_default()
        }
    }
}

/// A flow that starts at a node is no collection, whatever else it is; one that ends in a store is no look at data.
fn kinds(rests: bool) -> Value {
    let mut words = FlowKind::WORDS.to_vec();
    words.retain(|word| *word != FlowKind::Collection.as_str());
    words.retain(|word| !rests || *word != FlowKind::RemoteAccess.as_str());
    words_of(&words)
}

/// Data that land with somebody have been made available to it; whether a reader looks has to be said.
fn access(flow: &Flow, kind: Option<FlowKind>, rests: bool) -> Value {
    match (flow.access, kind) {
        (Some(access), _) => Value::word(access.as_str()),
        (None, Some(FlowKind::RemoteAccess)) => Value::Unknown,
        (None, None) if !rests => Value::Unknown,
        (None, _) => made_available(),
    }
}

fn made_available() -> Value {
    words_of(&[Access::Actual.as_str(), Access::Possible.as_str()])
}

fn arranged_by(map: &Map, flow: &Flow, importer: Option<EntityId>) -> Value {
    match (flow.arranged_by, importer) {
        (Stated::Unknown, _) => Value::Unknown,
        (Stated::Absent, _) => Value::word(ArrangedBy::Nobody.as_str()),
        (Stated::Is(by), Some(importer)) => match is_same_person(map, by, importer) {
            Truth::True => Value::word(ArrangedBy::Importer.as_str()),
            Truth::False => Value::word(ArrangedBy::Other.as_str()),
            Truth::Unknown => words_of(&[ArrangedBy::Importer.as_str(), ArrangedBy::Other.as_str()]),
        },
        (Stated::Is(_), None) => words_of(&[ArrangedBy::Importer.as_str(), ArrangedBy::Other.as_str()]),
    }
}

fn keys_held_by(map: &Map, parties: &Parties) -> Value {
    let Some(holder) = parties.to_node.and_then(|node| map.node(node).keys_held_by.is()) else {
        return Value::Unknown;
    };
    let is = |who: Option<EntityId>| who.map_or(Truth::Unknown, |who| is_same_person(map, holder, who));
    let principals = parties
        .principals
        .iter()
        .flatten()
        .map(|p| is(Some(*p)))
        .fold(Truth::False, Truth::or);
    match (is(parties.exporter).or(principals), is(parties.importer)) {
        (Truth::True, _) => Value::word(KeysHeldBy::Exporter.as_str()),
        (_, Truth::True) => Value::word(KeysHeldBy::Importer.as_str()),
        (Truth::False, Truth::False) => Value::word(KeysHeldBy::Other.as_str()),
        _ => Value::Unknown,
    }
}
