//! Who takes part in a movement, and for whom.

use std::collections::BTreeSet;

use crate::judge::movement::{Edge, Movement, Movements};
use crate::model::{Asset, End, EntityId, Map, Mechanism, NodeId, Stated};
use crate::truth::Truth;

/// Who takes part in a movement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parties {
    pub(crate) exporter: Option<EntityId>,
    pub(crate) importer: Option<EntityId>,
    /// The controllers for whom the exporter acts, itself if it is one.
    pub(crate) principals: Option<BTreeSet<EntityId>>,
    /// Who decided that collected data land there.
    pub(crate) arranger: Option<EntityId>,
    pub(crate) from_subjects: bool,
    pub(crate) to_subjects: bool,
    pub(super) from_node: Option<NodeId>,
    pub(super) to_node: Option<NodeId>,
}

impl Parties {
    /// Who takes part in a movement.
    pub(crate) fn of(movements: &Movements<'_>, movement: &Movement) -> Self {
        let map = movements.map;
        let mut parties = Self::default();
        let asset = map.asset(movement.carried.asset);
        match movement.edge {
            Edge::Flow(flow) => {
                let flow = map.flow(flow);
                match flow.from {
                    End::Node(node) => parties.from_node = Some(node),
                    End::Subjects(_) => parties.from_subjects = true,
                }
                match flow.to {
                    End::Node(node) => parties.to_node = Some(node),
                    End::Subjects(_) => parties.to_subjects = true,
                }
                parties.importer = parties.to_node.and_then(|node| map.node(node).operator);
                parties.arranger = flow.arranged_by.is();
            }
            Edge::Access(index) => {
                let access = &movements.accesses[index];
                parties.from_node = Some(access.node);
                parties.importer = access.by;
            }
        }
        parties.exporter = parties.from_node.and_then(|node| map.node(node).operator);
        parties.principals = principals(map, asset, parties.exporter, parties.from_node);
        parties
    }
}

/// The controllers for whom whoever operates a node acts.
fn principals(
    map: &Map,
    asset: &Asset,
    exporter: Option<EntityId>,
    node: Option<NodeId>,
) -> Option<BTreeSet<EntityId>> {
    let acts_for = node.map_or(Stated::Unknown, |node| map.node(node).acts_for);
    let Some(controllers) = asset.controllers.as_ref().filter(|set| !set.is_empty()) else {
        return match acts_for {
            Stated::Absent => exporter.map(|exporter| BTreeSet::from([exporter])),
            // Whoever it acts for may itself act for another.
            Stated::Is(_) | Stated::Unknown => None,
        };
    };
    if let Some(exporter) = exporter
        && let Some(own) = controllers
            .iter()
            .find(|c| is_same_person(map, **c, exporter) == Truth::True)
    {
        return Some(BTreeSet::from([*own]));
    }
    match acts_for {
        Stated::Is(principal) if controllers.contains(&principal) => Some(BTreeSet::from([principal])),
        // A recipient that acts for itself is a controller of its own.
        Stated::Absent => exporter.map(|exporter| BTreeSet::from([exporter])),
        _ => Some(controllers.clone()),
    }
}

pub(crate) fn is_same_person(map: &Map, a: EntityId, b: EntityId) -> Truth {
    if a == b {
        return Truth::True;
    }
    match (map.legal_person(a), map.legal_person(b)) {
        (Some(a), Some(b)) => (a == b).into(),
        _ => Truth::Unknown,
    }
}

pub(crate) fn is_same_group(map: &Map, a: EntityId, b: EntityId) -> Truth {
    let chain = |id| -> BTreeSet<EntityId> { map.parents(id).into_iter().chain([id]).collect() };
    let open = |id| map.parents(id).last().map_or(id, |top| *top);
    if !chain(a).is_disjoint(&chain(b)) || is_same_person(map, a, b) == Truth::True {
        return Truth::True;
    }
    let top_is_known = |id| map.entity(open(id)).parent == Stated::Absent;
    if top_is_known(a) && top_is_known(b) {
        Truth::False
    } else {
        Truth::Unknown
    }
}

/// Whether a mechanism is for these data and between these parties.
pub(super) fn reaches(map: &Map, mechanism: &Mechanism, movement: &Movement, parties: &Parties) -> Truth {
    let asset = map.asset(movement.carried.asset);
    let assets = mechanism
        .covers_assets
        .as_ref()
        .map_or(Truth::True, |set| set.contains(&movement.carried.asset).into());
    let flows = mechanism
        .covers_flows
        .as_ref()
        .map_or(Truth::True, |set| match movement.edge {
            Edge::Flow(flow) => set.contains(&flow).into(),
            Edge::Access(_) => Truth::False,
        });
    let classes = mechanism
        .covers_classes
        .as_ref()
        .map_or(Truth::True, |set| match &asset.data_class {
            Some(class) => set.contains(class).into(),
            None => Truth::Unknown,
        });
    let among = |set: &BTreeSet<EntityId>, who: Option<EntityId>| match who {
        Some(who) => set
            .iter()
            .map(|party| is_same_person(map, *party, who))
            .fold(Truth::False, Truth::or),
        None => Truth::Unknown,
    };
    let between = mechanism.between.as_ref().map_or(Truth::True, |set| {
        let mut sends = if parties.from_subjects {
            Truth::False
        } else {
            among(set, parties.exporter)
        };
        sends = sends.or(match &parties.principals {
            Some(principals) => principals
                .iter()
                .map(|p| among(set, Some(*p)))
                .fold(Truth::False, Truth::or),
            None => Truth::Unknown,
        });
        if parties.from_subjects && parties.arranger.is_some() {
            sends = sends.or(among(set, parties.arranger));
        }
        // What one party holds alone, such as an authorisation, needs no counterpart.
        let receives = if set.len() == 1 {
            Truth::True
        } else {
            among(set, parties.importer)
        };
        sends.and(receives)
    });
    assets.and(flows).and(classes).and(between)
}
