//! Where nodes are by their addresses: how their place is known, what each source says, and what contradicts the map.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::assess::attribute::node_path;
use crate::assess::describe::alternatives_in_words;
pub(crate) use crate::assess::describe::in_words;
use crate::locate::cloud::Region;
use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Located, Testimony};
use crate::model::{Location, Map, Node};
use crate::place::{Gazetteer, Place};
use crate::word::words;

words! {
    /// How the place of a node is known.
    pub enum KnownBy {
        /// The map says where it is.
        Declared = "declared",
        /// The map names the region of a cloud, and a table says where that is.
        DeclaredRegion = "declared_region",
        /// The map says where the network is in which its addresses lie.
        DeclaredNetwork = "declared_network",
        /// The provider of its addresses publishes where they are.
        ProviderRange = "provider_range",
        /// A database believes it, and the map relies on it.
        Database = "database",
        /// It is not known; what databases believe is no proof.
        Unknown = "unknown",
    }
}

/// Where a node is that has addresses, or lies in the region of a cloud.
#[derive(Clone, Debug, Serialize)]
pub struct Whereabouts {
    /// The node.
    pub node: String,
    /// Where its place stands in the map.
    pub at: String,
    /// Its place, in words.
    pub place: String,
    /// How it is known.
    pub known_by: KnownBy,
    /// The regions of clouds that the map names as its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<&'static Region>,
    /// What is known of its addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Sighted>,
    /// What is said against the place that the map declares.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
}

/// What is known of where an address or a network is.
#[derive(Clone, Debug, Serialize)]
pub struct Sighted {
    /// The address or network.
    pub address: Network,
    /// Why its number says nothing about where it is, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nowhere: Option<String>,
    /// Whether sources name places that cannot both be true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub disagree: bool,
    /// What each source says, the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Said>,
}

/// What one source says of where an address is.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Said {
    /// The smallest network of the source in which the address lies.
    pub network: Network,
    /// The code of the place, if the source names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What kind of source it is.
    pub basis: Basis,
    /// Which source.
    pub source: String,
    /// The day from which the source is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// What else it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A place that is declared, and a source that says another one.
#[derive(Clone, Debug, Serialize)]
pub struct Contradiction {
    /// What is declared, in words.
    pub declared: String,
    /// Where it is declared: a path of the map.
    pub declared_at: String,
    /// The code of the place that is said instead.
    pub place: String,
    /// That place, in words.
    pub said: String,
    /// The addresses of which it is said.
    pub of: BTreeSet<Network>,
    /// Who says it, each with its day.
    pub by: Vec<Said>,
    /// Who says what is declared, none of them stronger than those who contradict it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Said>,
}

impl From<&Testimony> for Said {
    fn from(testimony: &Testimony) -> Self {
        Self {
            network: testimony.network,
            place: testimony.place.map(|place| place.to_string()),
            basis: testimony.basis,
            source: testimony.source.clone(),
            as_of: testimony.as_of.map(|day| day.to_string()),
            about: testimony.about.clone(),
        }
    }
}

/// Where a node is in words, or where databases believe it to be.
pub(crate) fn seat_in_words(gazetteer: &Gazetteer, node: &Node) -> String {
    if node.located_in.is_unknown() {
        return believed_in_words(gazetteer, &node.believed_in());
    }
    alternatives_in_words(gazetteer, &node.located_in)
}

/// That a place is not known, and where databases believe it to be.
pub(crate) fn believed_in_words(gazetteer: &Gazetteer, believed: &BTreeSet<Place>) -> String {
    if believed.is_empty() {
        return "unknown".to_owned();
    }
    let believed = in_words(gazetteer, believed.iter().copied(), " or ");
    format!("unknown, by a database {believed}")
}

/// Where each node is that lies in the region of a cloud, or has addresses of which anything is known.
pub(super) fn whereabouts(map: &Map, gazetteer: &Gazetteer) -> Vec<Whereabouts> {
    let seen = |located: &&Located| located.nowhere.is_some() || !located.testimonies.is_empty();
    let of_node = |node: &Node| Whereabouts {
        node: node.id.clone(),
        at: place_path(node),
        place: alternatives_in_words(gazetteer, &node.located_in),
        known_by: known_by(node),
        regions: node.regions.clone(),
        addresses: node.sighted.iter().filter(seen).map(sighted).collect(),
        contradictions: contradictions(node, &node.sighted, gazetteer),
    };
    let is_told = |node: &&Node| !node.regions.is_empty() || node.sighted.iter().any(|located| seen(&located));
    let nodes = map.nodes.iter().filter(is_told);
    nodes.map(of_node).collect()
}

/// Where the place of a node stands in the map.
fn place_path(node: &Node) -> String {
    format!("{}.located_in", node_path(node))
}

fn known_by(node: &Node) -> KnownBy {
    if node.located_in.is_unknown() {
        return KnownBy::Unknown;
    }
    match node.placed_by {
        None if node.regions.is_empty() => KnownBy::Declared,
        None => KnownBy::DeclaredRegion,
        Some(Basis::DeclaredNetwork) => KnownBy::DeclaredNetwork,
        Some(Basis::ProviderRange) => KnownBy::ProviderRange,
        Some(Basis::Database) => KnownBy::Database,
    }
}

/// What is known of one address.
#[must_use]
pub fn sighted(located: &Located) -> Sighted {
    Sighted {
        address: located.network,
        nowhere: located.nowhere.as_ref().map(ToString::to_string),
        disagree: located.disagree(),
        says: located.testimonies.iter().map(Said::from).collect(),
    }
}

/// Whether a thing that is declared to be there can be at a place.
fn may_be_at(declared: &Location, place: Place) -> bool {
    declared.is_unknown()
        || declared
            .alternatives
            .iter()
            .flatten()
            .any(|declared| declared.country() == place.country())
}

/// What the sources say of an address against the place that is declared for the node that has it.
///
/// Of what is declared the node's own place goes first, then that of the network in which the address lies. A smaller network
/// in another place contradicts no larger one of the same map: it goes first. A source contradicts nothing that a stronger one
/// confirms; what sources of the same strength say for the map is kept beside it.
fn against(
    node: &Node,
    located: &Located,
    gazetteer: &Gazetteer,
    found: &mut BTreeMap<(Place, String), Contradiction>,
) {
    let of_network = located.testimonies.first();
    let of_network = of_network.filter(|said| said.basis == Basis::DeclaredNetwork);
    let by_node = node.placed_by.is_none() && !node.located_in.is_unknown();
    let (declared, declared_at) = if by_node {
        (node.located_in.clone(), place_path(node))
    } else if let Some((said, place)) = of_network.and_then(|said| Some((said, said.place?))) {
        (Location::certain(place), said.source.clone())
    } else {
        return;
    };
    let others = located.testimonies.iter();
    let others = || {
        others
            .clone()
            .filter(|said| by_node || said.basis != Basis::DeclaredNetwork)
    };
    let confirms = |said: &&Testimony| said.place.is_some_and(|place| may_be_at(&declared, place));
    for said in others() {
        let Some(place) = said.place.filter(|place| !may_be_at(&declared, *place)) else {
            continue;
        };
        if others().any(|other| confirms(&other) && other.basis < said.basis) {
            continue;
        }
        let key = (place, declared_at.clone());
        let contradiction = found.entry(key).or_insert_with(|| Contradiction {
            declared: alternatives_in_words(gazetteer, &declared),
            declared_at: declared_at.clone(),
            place: place.to_string(),
            said: in_words(gazetteer, std::iter::once(place), ""),
            of: BTreeSet::new(),
            by: Vec::new(),
            against: Vec::new(),
        });
        contradiction.of.insert(located.network);
        let said = Said::from(said);
        if !contradiction.by.contains(&said) {
            contradiction.by.push(said);
        }
        for said in others().filter(confirms).map(Said::from) {
            if !contradiction.against.contains(&said) {
                contradiction.against.push(said);
            }
        }
    }
}

/// What the sources say of some addresses against the place that is declared for the node that has them.
#[must_use]
pub fn contradictions(node: &Node, sighted: &[Located], gazetteer: &Gazetteer) -> Vec<Contradiction> {
    let mut found = BTreeMap::new();
    for located in sighted {
        against(node, located, gazetteer, &mut found);
    }
    found.into_values().collect()
}
