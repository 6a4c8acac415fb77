//! On what it rests to whom and whereto data go on after a movement.

use std::collections::BTreeMap;

use crate::assess::attribute::{Attribute, Object};
use crate::assess::provenance::{existence, run_by};
use crate::fact::OnwardFact;
use crate::graph::control::Basis;
use crate::judge::movement::Movements;
use crate::model::{AssetId, End, EntityId, FlowId, NodeId};

/// The attributes of what lies downstream of a flow's destination, its own first.
pub(super) fn after(movements: &Movements<'_>, flow: FlowId, asset: AssetId, fact: OnwardFact) -> Vec<Attribute> {
    let map = movements.map;
    let End::Node(destination) = map.flow(flow).to else {
        return Vec::new();
    };
    let mut all = Vec::new();
    person(movements, map.node(destination).operator, destination, &mut all);
    looks(movements, destination, fact, &mut all);
    let mut out_of: BTreeMap<NodeId, Vec<FlowId>> = BTreeMap::new();
    for flow in movements.lineage.flows_with(asset) {
        if let End::Node(from) = map.flow(flow).from {
            out_of.entry(from).or_default().push(flow);
        }
    }
    let mut open = vec![destination];
    while let Some(flows) = open.pop().map(|node| out_of.remove(&node).unwrap_or_default()) {
        for further in flows {
            all.extend(existence(movements, further));
            let End::Node(to) = map.flow(further).to else {
                continue;
            };
            person(movements, map.node(to).operator, to, &mut all);
            if fact == OnwardFact::Places {
                let location = &map.node(to).located_in;
                all.push(match &location.setting {
                    Some(setting) => Attribute::core(Object::Setting(setting.clone()), "value"),
                    None => Attribute::core(Object::Node(to), "located_in"),
                });
            }
            open.push(to);
        }
    }
    all
}

/// Who stands behind a node.
fn person(movements: &Movements<'_>, operator: Option<EntityId>, node: NodeId, all: &mut Vec<Attribute>) {
    match operator {
        None => all.push(run_by(movements, node)),
        Some(id) if movements.map.legal_person(id).is_none() => {
            all.push(Attribute::core(Object::Entity(id), "branch_of"));
        }
        Some(_) => {}
    }
}

/// Who looks into a node from elsewhere.
fn looks(movements: &Movements<'_>, node: NodeId, fact: OnwardFact, all: &mut Vec<Attribute>) {
    // INVARIANT: accesses are sorted by node.
    let first = movements.accesses.partition_point(|access| access.node < node);
    let from_there = movements.accesses.iter().enumerate().skip(first);
    for (index, access) in from_there.take_while(|(_, access)| access.node == node) {
        person(movements, access.by, node, all);
        if access.by.is_none() {
            continue;
        }
        let (object, seat, place) = match access.basis {
            Basis::Control(control) => (Object::Control(control), Object::Control(control), "access_from"),
            Basis::Operator => (Object::Look(index), Object::Team(index), "located_in"),
        };
        all.push(Attribute::core(object, "access"));
        if fact == OnwardFact::Places {
            all.push(Attribute::core(seat, place));
        }
    }
}
