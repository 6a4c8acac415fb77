//! The data map as checked: plain data, every reference resolved, every unknown kept.
//!
//! Objects are sorted by their id, so that nothing depends on the order in which a file names them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::date::Date;
use crate::fact::{OwnFact, Value};
use crate::locate::cloud::Region;
use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Located};
use crate::outcome::Outcome;
use crate::place::Place;
use crate::word::{
    Access, Changeable, CollectedFrom, Commitment, ControlKind, DataState, EntityKind, EntityRole, Existence, FlowKind,
    InitiatedBy, LegalBasis, NodeKind, Protection, Purpose, SourceConfidence, SourceKind, Trigger,
};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(u32);

        impl $name {
            /// The position in the map's list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id at a position of the map's list.
            #[must_use]
            pub fn at(index: usize) -> Self {
                // INVARIANT: the loader refuses maps with more objects than fit.
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )+};
}

ids! {
    /// Identifies an entity within one map.
    EntityId,
    /// Identifies a data asset within one map.
    AssetId,
    /// Identifies a processor or a storage node within one map.
    NodeId,
    /// Identifies a flow within one map.
    FlowId,
    /// Identifies a mechanism within one map.
    MechanismId,
    /// Identifies a control edge within one map.
    ControlId,
}

/// What a map says where it may also say that there is none.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Stated<T> {
    /// Nothing is said.
    #[default]
    Unknown,
    /// Known to be absent: `none`.
    Absent,
    /// This.
    Is(T),
}

impl<T: Copy> Stated<T> {
    /// The value, if one is stated.
    #[must_use]
    pub fn is(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }
}

/// Where something is: one of several alternatives, each a set of places at once.
///
/// `HK` is one alternative of one place, `one_of: [SG, CN]` two alternatives, `all_of: [SG, CN]` one alternative of two
/// places. No alternative at all: unknown.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Location {
    /// The alternatives, sorted, without repetition, none of them empty.
    pub alternatives: Vec<BTreeSet<Place>>,
    /// The setting on which it hangs, if it does and the setting is not known.
    pub setting: Option<String>,
}

impl Location {
    /// A location known for certain.
    #[must_use]
    pub fn certain(place: Place) -> Self {
        Self {
            alternatives: vec![BTreeSet::from([place])],
            setting: None,
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.alternatives.is_empty()
    }
}

/// Facts that packs declare, as stated on one object.
pub type OwnFacts = BTreeMap<OwnFact, Value>;

/// A legal person.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    /// The id in the file.
    pub id: String,
    /// The name, if one is given.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<EntityKind>,
    /// Every place where it is established.
    pub established_in: Option<BTreeSet<Place>>,
    /// Its principal place of business.
    pub decides_from: Option<BTreeSet<Place>>,
    /// The legal person it is a part of.
    pub branch_of: Stated<EntityId>,
    /// Its parent company.
    pub parent: Stated<EntityId>,
    /// The parent's share in per cent.
    pub parent_share: Option<u64>,
    /// Since when the parent holds it.
    pub parent_since: Option<Date>,
    /// What it is to a product.
    pub role: Option<EntityRole>,
    /// Facts that packs declare.
    pub own: OwnFacts,
}

/// People in a data asset, as one group.
#[derive(Clone, Debug, Default)]
pub struct SubjectGroup {
    /// The name of the group; the same name in two assets is the same people.
    pub group: String,
    /// Where they are.
    pub located_in: Option<BTreeSet<Place>>,
    /// How many.
    pub count: Option<u64>,
    /// What they are to the controller.
    pub relation: Option<String>,
    /// Whether there are minors among them.
    pub minors: Option<bool>,
    /// Groups that share people with this one; unknown if not said.
    pub overlaps: Option<BTreeSet<String>>,
}

/// A set of data.
#[derive(Clone, Debug, Default)]
pub struct Asset {
    /// The id in the file.
    pub id: String,
    /// The name, if one is given.
    pub name: Option<String>,
    /// Whether it is about identifiable persons, as stated.
    pub personal: Option<bool>,
    /// Its state before any flow changes it.
    pub state: Option<DataState>,
    /// Who encrypted it.
    pub encrypted_by: Stated<EntityId>,
    /// What it says of the persons.
    pub categories: Option<BTreeSet<String>>,
    /// The persons.
    pub subjects: Option<Vec<SubjectGroup>>,
    /// Where it was collected.
    pub collected_in: Option<BTreeSet<Place>>,
    /// From whom.
    pub collected_from: Option<CollectedFrom>,
    /// Who decides purposes and means; more than one: jointly.
    pub controllers: Option<BTreeSet<EntityId>>,
    /// What for.
    pub purposes: Option<BTreeSet<String>>,
    /// On which basis.
    pub legal_basis: Option<LegalBasis>,
    /// The class under which vendors speak of it.
    pub data_class: Option<String>,
    /// Facts that packs declare.
    pub own: OwnFacts,
}

/// A processor or a storage node: something that handles or holds data.
#[derive(Clone, Debug)]
pub struct Node {
    /// The id in the file.
    pub id: String,
    /// Whether it stands under `storage` in the file.
    pub is_storage: bool,
    /// The name, if one is given.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<NodeKind>,
    /// Who runs it.
    pub operator: Option<EntityId>,
    /// The setting on which it hangs who runs it, whatever it is set to.
    pub operator_set_by: Option<String>,
    /// For whom the operator runs it; absent: for itself.
    pub acts_for: Stated<EntityId>,
    /// Where it is.
    pub located_in: Location,
    /// The setting on which its place hangs, whatever it is set to.
    pub place_set_by: Option<String>,
    /// Who can decrypt what it holds.
    pub keys_held_by: Stated<EntityId>,
    /// What is promised about the place.
    pub commitment: Option<Commitment>,
    /// The assets that rest there, as its operator says.
    pub holds: Option<BTreeSet<AssetId>>,
    /// Where it is reached: what ties traffic to it, and evidence of where it is.
    pub addresses: Vec<Address>,
    /// The regions of clouds by which its place is told.
    pub regions: Vec<&'static Region>,
    /// What is known of where each of its addresses and networks is.
    pub sighted: Vec<Located>,
    /// The weakest source from which its place follows, if it follows from its addresses: the map does not say it.
    pub placed_by: Option<Basis>,
}

impl Node {
    /// The places where databases believe it to be, where nothing better is known of its place. Evidence, never proof.
    #[must_use]
    pub fn believed_in(&self) -> BTreeSet<Place> {
        if !self.located_in.is_unknown() {
            return BTreeSet::new();
        }
        self.sighted.iter().flat_map(Located::believed).collect()
    }
}

/// What somebody or something is reached at.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Address {
    /// The address, network or name.
    pub at: Reach,
    /// The port, if it is this one only.
    pub port: Option<u16>,
}

/// An address, a network or a name.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Reach {
    /// Every address of a network, which may be one only.
    Network(Network),
    /// A host of this name: in small letters, without a dot at its end.
    Host(String),
    /// Every host whose name ends with a dot and this.
    HostsUnder(String),
}

/// Addresses of which the map says where they are.
#[derive(Clone, Debug)]
pub struct DeclaredNetwork {
    /// The id in the file.
    pub id: String,
    /// The networks, sorted.
    pub ranges: BTreeSet<Network>,
    /// Where they are.
    pub located_in: Option<Place>,
    /// Who runs them.
    pub operator: Option<EntityId>,
}

/// A switch of a product on which flows and places hang.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The id in the file.
    pub id: String,
    /// The words it can be set to.
    pub values: BTreeSet<String>,
    /// The word it is set to.
    pub value: Option<String>,
    /// The word it has unless somebody changes it.
    pub default: Option<String>,
    /// When it can be changed.
    pub changeable: Option<Changeable>,
    /// What it decides.
    pub about: Option<String>,
    /// Who can set it.
    pub set_by: Option<String>,
    /// The plan or edition it needs.
    pub needs: Option<String>,
    /// What stays as it was when it is changed.
    pub residue: Option<String>,
}

/// What a flow does to the data on their way.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Transforms {
    /// The state it leaves them in.
    pub state: Option<DataState>,
    /// The categories it drops.
    pub drops: BTreeSet<String>,
    /// The assets it mixes in; `None`: not said.
    pub mixes_in: Option<BTreeSet<AssetId>>,
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum End {
    /// The data subjects of an asset.
    Subjects(AssetId),
    /// A processor or storage node.
    Node(NodeId),
}

/// An edge on which data move or are made available.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The id in the file.
    pub id: String,
    /// Where it starts.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// What it carries; `None`: whatever reaches its source.
    pub carries: Option<BTreeSet<AssetId>>,
    /// It carries these only as far as they reach its source: none of them starts there.
    pub passes_on: bool,
    /// How the data move.
    pub kind: Option<FlowKind>,
    /// What sets it off.
    pub trigger: Option<Trigger>,
    /// The settings under which it exists, each with the words that switch it on.
    pub when: BTreeMap<String, BTreeSet<String>>,
    /// Its purpose against that of collection.
    pub purpose: Option<Purpose>,
    /// Who decided that the data land there.
    pub arranged_by: Stated<EntityId>,
    /// Whether the receiving side can read the data.
    pub access: Option<Access>,
    /// Packets only pass.
    pub transit_only: Option<bool>,
    /// Who sets it off.
    pub initiated_by: Option<InitiatedBy>,
    /// Outside regular action.
    pub occasional: Option<bool>,
    /// How the data are protected.
    pub protection: Option<Protection>,
    /// What it does to the data.
    pub transforms: Transforms,
    /// Times a day.
    pub per_day: Option<u64>,
    /// Whether it takes place.
    pub existence: Existence,
    /// Facts that packs declare.
    pub own: OwnFacts,
}

/// What a control edge reaches.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Controlled {
    /// A processor or storage node.
    Node(NodeId),
    /// An entity, and so all it operates.
    Entity(EntityId),
}

/// An edge by which an entity reaches a node or another entity.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its position in the file.
    pub position: usize,
    /// The id in the file, if it has one.
    pub id: Option<String>,
    /// Who reaches.
    pub by: EntityId,
    /// What is reached.
    pub over: Controlled,
    /// How.
    pub kind: ControlKind,
    /// Whether the data can be read that way.
    pub access: Option<Access>,
    /// Where the people sit who use it; unknown: where `by` is established.
    pub access_from: Location,
    /// The share in per cent.
    pub share: Option<u64>,
    /// Since when.
    pub since: Option<Date>,
}

/// What is held to legalise transfers.
#[derive(Clone, Debug, Default)]
pub struct Mechanism {
    /// The id in the file.
    pub id: String,
    /// The pack's mechanism: `<regime>/<stem>`.
    pub kind: String,
    /// The parties to it.
    pub between: Option<BTreeSet<EntityId>>,
    /// The assets it is for.
    pub covers_assets: Option<BTreeSet<AssetId>>,
    /// The flows it is for.
    pub covers_flows: Option<BTreeSet<FlowId>>,
    /// The data classes it is for.
    pub covers_classes: Option<BTreeSet<String>>,
    /// When both parties signed, took effect, from and until when it is valid, and what the pack declares.
    pub own: BTreeMap<String, Value>,
}

/// Whence something is known.
#[derive(Clone, Debug)]
pub struct SourceCited {
    /// What it is called.
    pub title: String,
    /// Where it can be read.
    pub address: Option<String>,
    /// Who says it.
    pub kind: Option<SourceKind>,
    /// The day from which it is.
    pub as_of: Option<Date>,
    /// Whether it was read and says so.
    pub confidence: SourceConfidence,
}

/// A vendor profile that a map takes in, or that it is.
#[derive(Clone, Debug, Default)]
pub struct UsedProfile {
    /// The prefix of the ids it brings in; empty for a profile read by itself.
    pub prefix: String,
    /// The profile, as the map names it.
    pub profile: String,
    /// The product.
    pub name: Option<String>,
    /// Whose product it is.
    pub vendor: Option<String>,
    /// The ids in the map of all that is the vendor's.
    pub objects: BTreeSet<String>,
    /// Where each of them stands in the profile: `flows.slack-content-hk` at `flows.content`.
    pub stands: BTreeMap<String, String>,
    /// What the profile has to say and leaves out: while anything is wanting, it clears nothing.
    pub gaps: Vec<String>,
    /// What the profile has to say and says is not known.
    pub unknown: Vec<String>,
    /// The objects on which something that is not known bears: no transfer that touches one is cleared.
    pub in_doubt: BTreeSet<String>,
    /// Something that is not known bears on every object.
    pub all_in_doubt: bool,
}

/// A mechanism that somebody offers; offered is not signed.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// The id in the file.
    pub id: String,
    /// The pack's mechanism: `<regime>/<stem>`.
    pub kind: String,
    /// The party that offers it.
    pub with: Option<EntityId>,
    /// Its version, scope and conditions.
    pub about: Option<String>,
}

/// A finding that is accepted for a time.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The id in the file.
    pub id: String,
    /// The id of the finding.
    pub finding: String,
    /// Why it can be accepted.
    pub reason: String,
    /// Who approved, in the order of the file.
    pub approved: Vec<Approval>,
    /// The last day on which it is accepted.
    pub until: Date,
    /// The worst outcome that is accepted.
    pub worst: Option<Outcome>,
}

/// Somebody's approval of an acceptance.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Approval {
    /// The role in which it is given.
    pub role: String,
    /// The person who gave it.
    pub by: String,
    /// The day on which it was given.
    pub on: Date,
}

/// A data map.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// What the map is of.
    pub name: Option<String>,
    /// The day as of which the law is to be read.
    pub as_of: Option<Date>,
    /// Legal persons, by id.
    pub entities: Vec<Entity>,
    /// Data assets, by id.
    pub assets: Vec<Asset>,
    /// Processors and storage nodes, by id.
    pub nodes: Vec<Node>,
    /// Networks of which the map says where they are, by id.
    pub networks: Vec<DeclaredNetwork>,
    /// Settings, by id.
    pub settings: BTreeMap<String, Setting>,
    /// Control edges, in the order of their content.
    pub controls: Vec<Control>,
    /// Flows, by id.
    pub flows: Vec<Flow>,
    /// Mechanisms, by id.
    pub mechanisms: Vec<Mechanism>,
    /// Whence what the map says is known, by id.
    pub sources: BTreeMap<String, SourceCited>,
    /// The source of an object (`flows.sync`) or of one of its values (`flows.sync.kind`).
    pub evidence: BTreeMap<String, String>,
    /// Mechanisms that somebody offers, by id.
    pub offers: Vec<Offer>,
    /// The vendor profiles it takes in, by prefix.
    pub used: Vec<UsedProfile>,
    /// The roles that have to approve every acceptance.
    pub approvals_needed: BTreeSet<String>,
    /// Findings that are accepted for a time, by id.
    pub accepted: Vec<Acceptance>,
}

// INVARIANT for all accessors: ids are handed out by the loader for this map, whose lists never shrink.
impl Map {
    /// The entity behind an id.
    #[must_use]
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.index()]
    }

    /// The asset behind an id.
    #[must_use]
    pub fn asset(&self, id: AssetId) -> &Asset {
        &self.assets[id.index()]
    }

    /// The node behind an id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The flow behind an id.
    #[must_use]
    pub fn flow(&self, id: FlowId) -> &Flow {
        &self.flows[id.index()]
    }

    /// The control edge behind an id.
    #[must_use]
    pub fn control(&self, id: ControlId) -> &Control {
        &self.controls[id.index()]
    }

    /// The mechanism behind an id.
    #[must_use]
    pub fn mechanism(&self, id: MechanismId) -> &Mechanism {
        &self.mechanisms[id.index()]
    }

    /// Whether a flow exists under the settings: `None` where a setting is not known, or the flow is only possible.
    #[must_use]
    pub fn exists(&self, flow: &Flow) -> Option<bool> {
        if flow.existence == Existence::None {
            return Some(false);
        }
        let mut open = flow.existence == Existence::Possible;
        for (setting, words) in &flow.when {
            match self.settings.get(setting).and_then(|s| s.value.as_ref()) {
                Some(value) if words.contains(value) => {}
                Some(_) => return Some(false),
                None => open = true,
            }
        }
        (!open).then_some(true)
    }

    /// The legal person an entity is part of: itself, unless it is a branch. `None` where that is not known.
    #[must_use]
    pub fn legal_person(&self, id: EntityId) -> Option<EntityId> {
        let entity = self.entity(id);
        match entity.branch_of {
            // The loader refuses a branch of a branch, so one step is enough.
            Stated::Is(company) => Some(company),
            Stated::Absent => Some(id),
            Stated::Unknown if entity.kind == Some(EntityKind::Branch) => None,
            Stated::Unknown => Some(id),
        }
    }

    /// The parents of an entity up the chain, nearest first. The loader refuses a chain that returns to its start.
    #[must_use]
    pub fn parents(&self, id: EntityId) -> Vec<EntityId> {
        let parent = |id: &EntityId| self.entity(*id).parent.is();
        std::iter::successors(parent(&id), parent)
            .take(self.entities.len())
            .collect()
    }
}
