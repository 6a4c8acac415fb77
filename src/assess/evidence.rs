//! Whence what the map says is known, and what of it nobody has verified.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::Serialize;

use crate::assess::attribute::node_path;
use crate::assess::provenance;
use crate::graph::control::Basis;
use crate::judge::movement::{Edge, Movement, Movements};
use crate::model::{Controlled, End, EntityId, Map, NodeId};
use crate::word::{SourceConfidence, SourceKind};

/// A source that the map names.
#[derive(Clone, Debug, Serialize)]
pub struct SourceNamed {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<SourceKind>,
    /// The day from which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Whether it was read and says so.
    pub confidence: SourceConfidence,
}

/// Something that a movement rests on and nobody has verified.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RestsOn {
    /// Where it stands in the map: an object, or one of its values.
    pub at: String,
    /// What the source is called.
    pub source: String,
    /// The day from which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// How sure it is.
    pub confidence: SourceConfidence,
}

/// The sources that the map names, by id.
pub(super) fn sources(map: &Map) -> Vec<SourceNamed> {
    let named = map.sources.iter().map(|(id, source)| SourceNamed {
        id: id.clone(),
        title: source.title.clone(),
        address: source.address.clone(),
        kind: source.kind,
        as_of: source.as_of.map(|day| day.to_string()),
        confidence: source.confidence,
    });
    named.collect()
}

/// What of the objects that a movement touches is not verified: the edge, its ends, who runs them, the data, the settings.
pub(super) fn rests_on(movements: &Movements<'_>, movement: &Movement) -> Vec<RestsOn> {
    let map = movements.map;
    if map.evidence.is_empty() {
        return Vec::new();
    }
    let mut objects = vec![format!("assets.{}", map.asset(movement.carried.asset).id)];
    let entity = |id: EntityId| format!("entities.{}", map.entity(id).id);
    let node = |id: NodeId| {
        let settings = map
            .node(id)
            .located_in
            .setting
            .iter()
            .map(|id| format!("settings.{id}"));
        [node_path(movements.map.node(id))]
            .into_iter()
            .chain(map.node(id).operator.map(entity))
            .chain(settings)
            .collect::<Vec<_>>()
    };
    match movement.edge {
        Edge::Flow(flow) => {
            let flow = map.flow(flow);
            objects.push(provenance::edge(movements, movement.edge));
            for end in [flow.from, flow.to] {
                if let End::Node(id) = end {
                    objects.extend(node(id));
                }
            }
            objects.extend(flow.when.keys().map(|id| format!("settings.{id}")));
        }
        Edge::Access(index) => {
            let access = &movements.accesses[index];
            objects.extend(node(access.node));
            objects.extend(access.by.map(entity));
            if let Basis::Control(control) = access.basis {
                let control = map.control(control);
                // Evidence goes by the position of a control.
                objects.push(format!("controls[{}]", control.position));
                if let Controlled::Entity(id) = control.over {
                    objects.push(entity(id));
                }
            }
        }
    }
    let mut found: BTreeMap<&str, RestsOn> = BTreeMap::new();
    for object in objects {
        let keys = format!("{object}.");
        let above = (Bound::Included(keys.as_str()), Bound::Unbounded);
        let of_keys = map
            .evidence
            .range::<str, _>(above)
            .take_while(|(at, _)| at.starts_with(&keys));
        for (at, source) in map.evidence.get_key_value(&object).into_iter().chain(of_keys) {
            let Some(source) = map.sources.get(source) else {
                continue;
            };
            if source.confidence != SourceConfidence::Verified {
                let rests_on = || RestsOn {
                    at: at.clone(),
                    source: source.title.clone(),
                    as_of: source.as_of.map(|day| day.to_string()),
                    confidence: source.confidence,
                };
                found.entry(at).or_insert_with(rests_on);
            }
        }
    }
    found.into_values().collect()
}
