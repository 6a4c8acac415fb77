//! What a report says of a movement before anybody judges it: its ends, its way, on what it hangs; and of exposures.

use std::collections::BTreeSet;

use crate::assess::assessment::{AssessedMovement, Endpoint, ExposureFound};
use crate::assess::evidence;
use crate::assess::provenance::{self, Tracer};
use crate::assess::whereabouts::seat_in_words;
use crate::graph::MapGraph;
use crate::judge::fill::Parties;
use crate::judge::movement::{Edge, Movement, Movements};
use crate::model::{End, Location, Map, Stated};
use crate::place::Gazetteer;

/// Places in words.
pub(crate) fn in_words(
    gazetteer: &Gazetteer,
    places: impl Iterator<Item = crate::place::Place>,
    between: &str,
) -> String {
    let names: Vec<String> = places
        .map(|place| format!("{} ({place})", gazetteer.name(place)))
        .collect();
    names.join(between)
}

/// The candidates for a place in words.
pub(super) fn alternatives_in_words(gazetteer: &Gazetteer, location: &Location) -> String {
    if location.is_unknown() {
        return "unknown".to_owned();
    }
    let each = location
        .alternatives
        .iter()
        .map(|set| in_words(gazetteer, set.iter().copied(), " and "));
    each.collect::<Vec<_>>().join(" or ")
}

/// A movement without verdicts.
pub(super) fn describe(movements: &Movements<'_>, movement: &Movement, gazetteer: &Gazetteer) -> AssessedMovement {
    let map = movements.map;
    let parties = Parties::of(movements, movement);
    let name = |id: Option<crate::model::EntityId>| id.map(|id| map.entity(id).id.clone());
    let end = |end: End, party| match end {
        End::Node(id) => Endpoint {
            id: map.node(id).id.clone(),
            party: name(party),
            place: seat_in_words(gazetteer, map.node(id)),
        },
        End::Subjects(id) => Endpoint {
            id: format!("the persons of {}", map.asset(id).id),
            party: None,
            place: match &map.asset(id).collected_in {
                Some(places) => in_words(gazetteer, places.iter().copied(), " and "),
                None => "unknown".to_owned(),
            },
        },
    };
    let (from, to, kind, path) = match movement.edge {
        Edge::Flow(flow) => {
            let definition = map.flow(flow);
            let path = movements
                .lineage
                .path_to_flow(flow, movement.carried.asset, movement.carried.form);
            (
                end(definition.from, parties.exporter),
                end(definition.to, parties.importer),
                definition.kind.map(|kind| kind.as_str()),
                path.iter().map(|flow| map.flow(*flow).id.clone()).collect(),
            )
        }
        Edge::Access(index) => {
            let access = &movements.accesses[index];
            let by = name(access.by);
            (
                end(End::Node(access.node), parties.exporter),
                Endpoint {
                    id: by.clone().unwrap_or_else(|| "unknown".to_owned()),
                    party: by,
                    place: alternatives_in_words(gazetteer, &access.from),
                },
                Some("remote_access"),
                Vec::new(),
            )
        }
    };
    let form = movements.lineage.form(movement.carried.form);
    let asset = map.asset(movement.carried.asset);
    AssessedMovement {
        flow: movement.edge_id.clone(),
        asset: asset.id.clone(),
        state: form
            .state
            .filter(|state| Some(*state) != asset.state)
            .map(|state| state.as_str()),
        kind,
        from,
        to,
        path,
        at: provenance::edge(movements, movement.edge),
        depends_on: Tracer::new(movements, movement, Stated::Unknown)
            .existence()
            .iter()
            .map(|attribute| attribute.path(movements))
            .collect(),
        rests_on: evidence::rests_on(movements, movement),
        verdicts: Vec::new(),
        combined: Vec::new(),
    }
}

/// The flows on which nothing is known to travel.
pub(super) fn idle(graph: &MapGraph<'_>, movements: &Movements<'_>) -> Vec<String> {
    let carrying: BTreeSet<Edge> = movements.all.iter().map(|movement| movement.edge).collect();
    let idle = graph.flows().filter(|flow| !carrying.contains(&Edge::Flow(*flow)));
    idle.map(|flow| movements.map.flow(flow).id.clone()).collect()
}

/// An exposure in words.
pub(super) fn exposed(map: &Map, exposure: &crate::graph::control::Exposure) -> ExposureFound {
    let name = |id| map.entity(id).id.clone();
    ExposureFound {
        node: map.node(exposure.node).id.clone(),
        by: name(exposure.by),
        places: exposure.places.iter().map(ToString::to_string).collect(),
        chain: exposure
            .chain
            .iter()
            .map(|step| format!("{} {}", link(map, step.link), name(step.by)))
            .collect(),
        assets: exposure
            .assets
            .iter()
            .map(|asset| map.asset(*asset).id.clone())
            .collect(),
    }
}

fn link(map: &Map, edge: crate::graph::Edge) -> &'static str {
    use crate::graph::Edge;
    use crate::word::ControlKind;
    match edge {
        Edge::Flow(_) => "reached by",
        Edge::Operates => "operated by",
        Edge::HoldsKeys => "keys held by",
        Edge::Branch => "part of",
        Edge::Parent => "owned by",
        Edge::Control(control) => match map.control(control).kind {
            ControlKind::Owns => "owned by",
            ControlKind::Operates => "operated by",
            ControlKind::Administers => "administered by",
            ControlKind::HoldsKeys => "keys held by",
        },
    }
}
