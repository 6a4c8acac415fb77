//! Where each fact of a movement comes from: the attributes of the map from which it follows.

mod reach;

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::attribute::{Attribute, MIXES_IN, Object, node_path};
use crate::fact::{Carrier, DataFact, FactKey, FlowFact, OnwardFact, OwnFact, PartiesFact, Party, PartyFact};
use crate::graph::control::Basis;
use crate::judge::fill::Parties;
use crate::judge::movement::{Edge, Movement, Movements};
use crate::law::pack::ReplacedBy;
use crate::model::{AssetId, End, EntityId, FlowId, MechanismId, NodeId, Stated};
use crate::word::Existence;

/// Where an edge stands in the map.
#[must_use]
pub fn edge(movements: &Movements<'_>, edge: Edge) -> String {
    let path = |object| {
        let path = Attribute::core(object, "").path(movements);
        path.trim_end_matches('.').to_owned()
    };
    match edge {
        Edge::Flow(flow) => path(Object::Flow(flow)),
        Edge::Access(index) => {
            let access = &movements.accesses[index];
            match access.basis {
                Basis::Control(control) => path(Object::Control(control)),
                Basis::Operator => node_path(movements.map.node(access.node)),
            }
        }
    }
}

/// Traces the facts of one movement, as a regime sees its exporter.
pub(crate) struct Tracer<'a> {
    movements: &'a Movements<'a>,
    movement: &'a Movement,
    parties: Parties,
    stand_in: Stated<ReplacedBy>,
}

impl<'a> Tracer<'a> {
    pub(crate) fn new(movements: &'a Movements<'a>, movement: &'a Movement, stand_in: Stated<ReplacedBy>) -> Self {
        Self {
            movements,
            movement,
            parties: Parties::of(movements, movement),
            stand_in,
        }
    }

    /// The attributes on which a fact rests, the one to answer first; `mechanism` is the one whose facts are meant.
    pub(crate) fn sources(&self, key: &FactKey, mechanism: Option<MechanismId>) -> Vec<Attribute> {
        let mut all = self.of_key(key, mechanism);
        for attribute in &mut all {
            // A look of nobody knows whom cannot be drawn.
            if let Object::Look(access) | Object::Team(access) = attribute.object
                && self.movements.accesses[access].by.is_none()
            {
                *attribute = run_by(self.movements, self.movements.accesses[access].node);
            }
        }
        all
    }

    fn of_key(&self, key: &FactKey, mechanism: Option<MechanismId>) -> Vec<Attribute> {
        match key {
            FactKey::AsOf => vec![Attribute::core(Object::Map, "as_of")],
            FactKey::Party(party, fact) => self.party(*party, *fact),
            FactKey::OwnOfParty(party, own) => self.own_of_party(*party, own),
            FactKey::Parties(fact) => self.both(*fact),
            FactKey::Flow(fact) => self.flow(*fact),
            FactKey::Data(fact) => self.data(*fact),
            FactKey::Onward(fact) => self.onward(*fact),
            FactKey::Own(Carrier::Data, own) => self.data_of(|asset| vec![Attribute::own(Object::Asset(asset), own)]),
            FactKey::Own(Carrier::Flow, own) => vec![Attribute::own(self.edge(), own)],
            FactKey::Own(_, own) => mechanism
                .map(|id| Attribute::own(Object::Mechanism(id), own))
                .into_iter()
                .collect(),
            FactKey::Mechanism(fact) => mechanism
                .map(|id| Attribute::core(Object::Mechanism(id), fact.as_str()))
                .into_iter()
                .collect(),
            FactKey::Count { .. } => self.people(self.movement.carried.asset, "count"),
        }
    }

    /// What keeps it open whose movement this is.
    pub(crate) fn party_of(&self, party: Party) -> Vec<Attribute> {
        match party {
            Party::Importer => self.operator(false),
            _ => {
                let mut all = self.of_principals();
                all.extend(self.operator(true));
                all
            }
        }
    }

    /// The edge as an object that has facts of flows; an implied access has them once it is drawn.
    fn edge(&self) -> Object {
        match self.movement.edge {
            Edge::Flow(flow) => Object::Flow(flow),
            Edge::Access(index) => Object::Look(index),
        }
    }

    /// The settings on which it hangs whether the movement takes place, and whether anybody has shown that it does: of the
    /// edge, then of the flows by which the asset came to it.
    pub(crate) fn existence(&self) -> Vec<Attribute> {
        if self.movement.exists.is_some() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for flow in self.upstream() {
            for attribute in existence(self.movements, flow) {
                if !all.contains(&attribute) {
                    all.push(attribute);
                }
            }
        }
        all
    }

    fn party(&self, party: Party, fact: PartyFact) -> Vec<Attribute> {
        let of_each = |key| {
            let who = self.who(party).into_iter();
            who.map(|id| Attribute::core(Object::Entity(id), key)).collect()
        };
        let mut all: Vec<Attribute> = match fact {
            PartyFact::Role => return self.role(party),
            PartyFact::EstablishedIn => of_each("established_in"),
            PartyFact::LocatedIn => {
                let mut all: Vec<Attribute> = of_each("established_in");
                all.extend(self.located_in(party != Party::Importer));
                all
            }
            PartyFact::DecidesFrom => of_each("decides_from"),
            PartyFact::Kind => of_each("kind"),
            PartyFact::ControlledFrom => {
                let who = self.who(party).into_iter();
                who.flat_map(|id| self.controlled_from(id)).collect()
            }
            PartyFact::LegalPersonIn => {
                let who = self.who(party).into_iter();
                who.flat_map(|id| self.legal_person_in(id)).collect()
            }
        };
        all.extend(self.unknown_party(party));
        all
    }

    fn own_of_party(&self, party: Party, own: &OwnFact) -> Vec<Attribute> {
        let who = self.who(party).into_iter();
        let mut all: Vec<Attribute> = who.map(|id| Attribute::own(Object::Entity(id), own)).collect();
        all.extend(self.unknown_party(party));
        all
    }

    /// The entities that are a party, or may be.
    fn who(&self, party: Party) -> Vec<EntityId> {
        match (party, self.stand_in) {
            (Party::Importer, _) => self.parties.importer.into_iter().collect(),
            (Party::Exporter, Stated::Absent | Stated::Unknown) => self.parties.exporter.into_iter().collect(),
            (Party::Exporter, Stated::Is(ReplacedBy::Arranger)) => self.parties.arranger.into_iter().collect(),
            (Party::Principal, _) | (Party::Exporter, Stated::Is(ReplacedBy::Principal)) => {
                self.parties.principals.iter().flatten().copied().collect()
            }
        }
    }

    /// What has to be known before anything is known of a party.
    fn unknown_party(&self, party: Party) -> Vec<Attribute> {
        let who = self.who(party);
        match (party, self.stand_in) {
            (Party::Exporter, Stated::Is(ReplacedBy::Arranger)) if who.is_empty() => {
                vec![Attribute::core(self.edge(), "arranged_by")]
            }
            (Party::Exporter, Stated::Absent | Stated::Unknown) if !who.is_empty() => Vec::new(),
            // Of the persons themselves a map says nothing.
            (Party::Exporter, Stated::Absent | Stated::Unknown) if self.parties.from_subjects => Vec::new(),
            (Party::Exporter, Stated::Absent) => self.operator(true),
            (Party::Importer, _) if who.is_empty() => self.operator(false),
            (Party::Importer, _) => Vec::new(),
            // One of several: for whom it acts tells which.
            _ if who.len() != 1 => self.party_of(party),
            _ => Vec::new(),
        }
    }

    /// On what it hangs for whom the exporter acts.
    fn of_principals(&self) -> Vec<Attribute> {
        let mut all = vec![Attribute::core(
            Object::Asset(self.movement.carried.asset),
            "controller",
        )];
        all.extend(
            self.end(true)
                .map(|node| Attribute::core(Object::Node(node), "acts_for")),
        );
        all.extend(self.branches(self.parties.exporter));
        all
    }

    /// Who operates the node at one end; an access without a known party is the node's operator's.
    fn operator(&self, source: bool) -> Vec<Attribute> {
        let node = match self.movement.edge {
            Edge::Access(index) => Some(self.movements.accesses[index].node),
            Edge::Flow(_) => self.end(source),
        };
        node.map(|node| run_by(self.movements, node)).into_iter().collect()
    }

    fn role(&self, party: Party) -> Vec<Attribute> {
        let (node, who) = match party {
            Party::Importer => (self.end(false), self.parties.importer),
            _ => (self.end(true), self.parties.exporter),
        };
        let mut all = Vec::new();
        let acts_for = |object| Attribute::core(object, "acts_for");
        match (node, self.movement.edge) {
            (Some(node), _) => all.push(acts_for(Object::Node(node))),
            (None, Edge::Access(index)) if who.is_some() => all.push(acts_for(Object::Team(index))),
            _ => {}
        }
        all.push(Attribute::core(
            Object::Asset(self.movement.carried.asset),
            "controller",
        ));
        if who.is_none() {
            all.extend(self.operator(party != Party::Importer));
        }
        all.extend(self.branches(who));
        let asset = self.movements.map.asset(self.movement.carried.asset);
        for controller in asset.controllers.iter().flatten() {
            all.extend(self.branches(Some(*controller)));
        }
        all
    }

    /// The company of a branch, where nobody says which that is.
    fn branches(&self, of: Option<EntityId>) -> Option<Attribute> {
        let id = of.filter(|id| self.movements.map.legal_person(*id).is_none())?;
        Some(Attribute::core(Object::Entity(id), "branch_of"))
    }

    fn legal_person_in(&self, id: EntityId) -> Vec<Attribute> {
        let person = self.movements.map.legal_person(id);
        let established_in = |id| Attribute::core(Object::Entity(id), "established_in");
        self.branches(Some(id))
            .into_iter()
            .chain(person.map(established_in))
            .collect()
    }

    /// The last of the parents that are known, itself if none is.
    fn top(&self, id: EntityId) -> EntityId {
        self.movements.map.parents(id).last().copied().unwrap_or(id)
    }

    fn controlled_from(&self, id: EntityId) -> Vec<Attribute> {
        let map = self.movements.map;
        let mut parents = map.parents(id);
        let mut all = vec![Attribute::core(Object::Entity(self.top(id)), "parent")];
        if parents.is_empty() {
            parents.push(id);
        }
        all.extend(
            parents
                .into_iter()
                .map(|id| Attribute::core(Object::Entity(id), "established_in")),
        );
        all
    }

    fn both(&self, fact: PartiesFact) -> Vec<Attribute> {
        let mut all = Vec::new();
        for party in [Party::Exporter, Party::Importer] {
            for id in self.who(party) {
                all.extend(self.branches(Some(id)));
                if fact == PartiesFact::SameGroup {
                    all.push(Attribute::core(Object::Entity(self.top(id)), "parent"));
                }
            }
            all.extend(self.unknown_party(party));
        }
        all
    }

    /// The node at one end.
    fn end(&self, source: bool) -> Option<NodeId> {
        match self.movement.edge {
            Edge::Flow(flow) => {
                let flow = self.movements.map.flow(flow);
                match if source { flow.from } else { flow.to } {
                    End::Node(id) => Some(id),
                    End::Subjects(_) => None,
                }
            }
            Edge::Access(index) => source.then(|| self.movements.accesses[index].node),
        }
    }

    /// Where one end is: a setting, where that decides.
    fn located_in(&self, source: bool) -> Vec<Attribute> {
        let map = self.movements.map;
        let setting = |location: &crate::model::Location| {
            let id = location.setting.clone()?;
            Some(Attribute::core(Object::Setting(id), "value"))
        };
        let at = match (self.end(source), self.movement.edge) {
            (Some(node), _) => {
                let key = if map.node(node).placed_by.is_some() {
                    "addresses"
                } else {
                    "located_in"
                };
                setting(&map.node(node).located_in).unwrap_or_else(|| Attribute::core(Object::Node(node), key))
            }
            (None, Edge::Access(index)) => match self.movements.accesses[index].basis {
                Basis::Control(control) => setting(&map.control(control).access_from)
                    .unwrap_or_else(|| Attribute::core(Object::Control(control), "access_from")),
                Basis::Operator => Attribute::core(Object::Team(index), "located_in"),
            },
            (None, Edge::Flow(_)) if source => {
                Attribute::core(Object::Asset(self.movement.carried.asset), "collected_in")
            }
            (None, Edge::Flow(_)) => return self.people(self.movement.carried.asset, "located_in"),
        };
        vec![at]
    }

    fn flow(&self, fact: FlowFact) -> Vec<Attribute> {
        let here = |key| Attribute::core(self.edge(), key);
        match fact {
            FlowFact::FromPlace => self.located_in(true),
            FlowFact::ToPlace => self.located_in(false),
            FlowFact::KeysHeldBy => {
                let object = match (self.end(false), self.movement.edge) {
                    (Some(node), _) => Object::Node(node),
                    (None, Edge::Access(index)) => Object::Team(index),
                    (None, Edge::Flow(_)) => return Vec::new(),
                };
                let mut all = vec![Attribute::core(object, "keys_held_by")];
                all.extend(self.unknown_party(Party::Exporter));
                all.extend(self.unknown_party(Party::Importer));
                all
            }
            FlowFact::ArrangedBy => {
                let mut all = vec![here("arranged_by")];
                all.extend(self.unknown_party(Party::Importer));
                all.extend(self.branches(self.parties.arranger));
                all.extend(self.branches(self.parties.importer));
                all
            }
            FlowFact::Access => match self.movement.edge {
                Edge::Access(index) => match self.movements.accesses[index].basis {
                    Basis::Control(control) => vec![Attribute::core(Object::Control(control), "access")],
                    Basis::Operator => vec![here("access")],
                },
                Edge::Flow(_) => vec![here("access")],
            },
            FlowFact::Kind => vec![here("kind")],
            FlowFact::Purpose => vec![here("purpose")],
            FlowFact::InitiatedBy => vec![here("initiated_by")],
            FlowFact::TransitOnly => vec![here("transit_only")],
            FlowFact::Occasional => vec![here("occasional")],
            FlowFact::Protection => vec![here("protection")],
            FlowFact::PerDay => vec![here("per_day")],
        }
    }

    /// An attribute of every group of people in an asset.
    pub(crate) fn people(&self, asset: AssetId, key: &'static str) -> Vec<Attribute> {
        let groups = self.movements.map.asset(asset).subjects.as_ref().map_or(0, Vec::len);
        (0..groups.max(1))
            .map(|group| Attribute::core(Object::People(asset, group), key))
            .collect()
    }

    fn data(&self, fact: DataFact) -> Vec<Attribute> {
        let of = |key: &'static str| self.data_of(|asset| vec![Attribute::core(Object::Asset(asset), key)]);
        match fact {
            DataFact::SubjectsLocatedIn => self.data_of(|asset| self.people(asset, "located_in")),
            DataFact::SubjectsRelation => self.data_of(|asset| self.people(asset, "relation")),
            DataFact::Minors => self.data_of(|asset| self.people(asset, "minors")),
            DataFact::Count => self.data_of(|asset| self.people(asset, "count")),
            DataFact::Personal => of("personal"),
            DataFact::State => of("state"),
            DataFact::Categories => of("categories"),
            DataFact::CollectedIn => of("collected_in"),
            DataFact::CollectedFrom => of("collected_from"),
            DataFact::Purposes => of("purposes"),
            DataFact::LegalBasis => of("legal_basis"),
            DataFact::Origins => {
                let mut all = of("collected_in");
                let mixers = self.upstream();
                let unsaid = mixers
                    .iter()
                    .filter(|flow| self.movements.map.flow(**flow).transforms.mixes_in.is_none());
                all.extend(unsaid.map(|flow| Attribute::core(Object::Transforms(*flow), "mixes_in")));
                if let Edge::Access(index) = self.movement.edge {
                    all.push(Attribute::core(Object::Look(index), MIXES_IN));
                }
                all
            }
        }
    }

    /// An attribute of the asset, then of those that are mixed into it, or may be.
    fn data_of(&self, of: impl Fn(AssetId) -> Vec<Attribute>) -> Vec<Attribute> {
        let asset = self.movement.carried.asset;
        let mut all = of(asset);
        let mixed = self.mixed();
        for other in mixed.iter().filter(|other| **other != asset) {
            all.extend(of(*other));
        }
        // Whether they are depends on flows that may not exist.
        if !mixed.is_empty() {
            for flow in self.upstream() {
                all.extend(existence(self.movements, flow));
            }
            // Where the facts of both are known and differ, it is only left to ask whether they are mixed.
            for (index, flow) in self.movements.map.flows.iter().enumerate() {
                let mixes_in = flow.transforms.mixes_in.as_ref();
                if mixes_in.is_some_and(|assets| !assets.is_disjoint(&mixed)) {
                    all.push(Attribute::core(Object::Transforms(FlowId::at(index)), "mixes_in"));
                }
            }
        }
        all
    }

    /// The assets whose people are behind the movement.
    pub(crate) fn assets(&self) -> BTreeSet<AssetId> {
        let mut all = self.mixed();
        all.insert(self.movement.carried.asset);
        all
    }

    /// The assets mixed in, and those that were mixed into these before.
    fn mixed(&self) -> BTreeSet<AssetId> {
        let lineage = &self.movements.lineage;
        let asset = self.movement.carried.asset;
        let mixed = match self.movement.edge {
            Edge::Flow(flow) => lineage.mixed_in(flow, asset),
            Edge::Access(access) => lineage.mixed_at(self.movements.accesses[access].node, asset),
        };
        let mut all = mixed.may.unwrap_or_default();
        let mut open: Vec<AssetId> = all.iter().copied().collect();
        while let Some(other) = open.pop() {
            open.extend(
                lineage
                    .mixed_in_before(other)
                    .into_iter()
                    .filter(|further| all.insert(*further)),
            );
        }
        all
    }

    /// The flows by which the asset came to where the movement starts, and the movement's own.
    fn upstream(&self) -> Vec<FlowId> {
        let map = self.movements.map;
        let asset = self.movement.carried.asset;
        let mut found: Vec<FlowId> = match self.movement.edge {
            Edge::Flow(flow) => vec![flow],
            Edge::Access(_) => Vec::new(),
        };
        let mut nodes: Vec<NodeId> = self.end(true).into_iter().collect();
        let mut into: BTreeMap<NodeId, Vec<FlowId>> = BTreeMap::new();
        for flow in self.movements.lineage.flows_with(asset) {
            if let End::Node(to) = map.flow(flow).to {
                into.entry(to).or_default().push(flow);
            }
        }
        while let Some(flows) = nodes.pop().map(|node| into.remove(&node).unwrap_or_default()) {
            for flow in flows {
                if Some(&flow) != found.first() {
                    found.push(flow);
                }
                if let End::Node(from) = map.flow(flow).from {
                    nodes.push(from);
                }
            }
        }
        found
    }

    fn onward(&self, fact: OnwardFact) -> Vec<Attribute> {
        match self.movement.edge {
            Edge::Flow(flow) => reach::after(self.movements, flow, self.movement.carried.asset, fact),
            // Whoever looks may pass on what they see: what is drawn says to whom.
            Edge::Access(_) => vec![Attribute::core(self.edge(), "access")],
        }
    }

    /// What keeps it open whether a mechanism is for this movement.
    pub(crate) fn reached_by(&self, mechanism: MechanismId) -> Vec<Attribute> {
        let map = self.movements.map;
        let mechanism = map.mechanism(mechanism);
        let asset = self.movement.carried.asset;
        let mut all = Vec::new();
        if mechanism.covers_classes.is_some() {
            all.push(Attribute::core(Object::Asset(asset), "data_class"));
        }
        if mechanism.between.is_some() {
            all.extend(self.operator(true));
            all.extend(self.operator(false));
            all.extend(self.of_principals());
            let parties = mechanism.between.iter().flatten().copied();
            let here = self.parties.principals.iter().flatten().copied();
            let here = here.chain(self.parties.exporter).chain(self.parties.importer);
            for id in parties.chain(here) {
                all.extend(self.branches(Some(id)));
            }
            if self.parties.from_subjects {
                all.push(Attribute::core(self.edge(), "arranged_by"));
            }
        }
        all
    }
}

/// Who runs a node: a setting, where that decides.
fn run_by(movements: &Movements<'_>, node: NodeId) -> Attribute {
    let map = movements.map;
    let set_by = map.node(node).operator_set_by.as_ref();
    let open = set_by.filter(|id| map.settings.get(*id).is_none_or(|setting| setting.value.is_none()));
    match open {
        Some(setting) if map.node(node).operator.is_none() => {
            Attribute::core(Object::Setting(setting.clone()), "value")
        }
        _ => Attribute::core(Object::Node(node), "operator"),
    }
}

/// The settings that are not known on which it hangs whether a flow exists, and whether anybody has shown that it does.
pub(crate) fn existence(movements: &Movements<'_>, flow: FlowId) -> Vec<Attribute> {
    let map = movements.map;
    let flow_of = map.flow(flow);
    if map.exists(flow_of).is_some() {
        return Vec::new();
    }
    let open = |setting: &&String| map.settings.get(*setting).is_none_or(|setting| setting.value.is_none());
    let settings = flow_of.when.keys().filter(open);
    let mut all: Vec<Attribute> = settings
        .map(|setting| Attribute::core(Object::Setting(setting.clone()), "value"))
        .collect();
    if flow_of.existence == Existence::Possible {
        all.push(Attribute::core(Object::Flow(flow), "existence"));
    }
    all
}
