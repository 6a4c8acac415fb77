//! The flows of a map against what was observed: seen, not seen, or such as no log could show.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::{End, Flow, FlowId, Map, NodeId};
use crate::observe::tally::Volume;
use crate::reconcile::observed::{Edge, Observed, nodes};
use crate::reconcile::traffic::{Traffic, turned};
use crate::word::words;

words! {
    /// Whether the map says that a flow takes place.
    pub enum Declared {
        /// It does.
        Exists = "exists",
        /// It may: a setting is not known, or nobody has shown it.
        Possible = "possible",
        /// It does not: it is switched off, or said not to take place.
        Absent = "absent",
    }
}

/// A flow of the map between whose ends something went.
#[derive(Clone, Debug, Serialize)]
pub struct SeenFlow {
    /// The flow.
    pub flow: String,
    /// Where it stands in the map.
    pub at: String,
    /// The node where it starts.
    pub from: String,
    /// The node where it ends.
    pub to: String,
    /// Whether the map says that it takes place.
    pub declared: Declared,
    /// What went from its start to its end, and back.
    pub traffic: Traffic,
    /// How often a day it runs, as the map says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_per_day: Option<u64>,
    /// Whether something came back and the map has no flow that way.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub back_undeclared: bool,
    /// Other flows between the same two nodes: the logs do not say which of them it was.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub or: BTreeSet<String>,
    /// Other nodes that share an address with its ends: it may have been one of them, which has no such flow.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub or_nodes: BTreeSet<String>,
}

/// A flow of the map that was not seen. That is no proof that nothing went: logs see one network for some time.
#[derive(Clone, Debug, Serialize)]
pub struct UnseenFlow {
    /// The flow.
    pub flow: String,
    /// Where it stands in the map.
    pub at: String,
    /// The nodes at its ends without an address, or the persons whose data it carries: it cannot be seen in logs.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub without_address: BTreeSet<String>,
}

/// The flows between nodes, by their ends.
pub(super) struct Flows<'m> {
    map: &'m Map,
    between: BTreeMap<(NodeId, NodeId), Vec<FlowId>>,
    /// The nodes that get data from persons, or give them to them.
    meeting_persons: BTreeSet<NodeId>,
}

/// What went between the ends of a flow.
#[derive(Default)]
struct Tied {
    volume: Volume,
    back_undeclared: bool,
    /// The other flows that may have been it.
    or: BTreeSet<FlowId>,
    /// Every node at its ends, with those that share an address with one.
    nodes: BTreeSet<NodeId>,
}

/// Something that went and that no flow of the map accounts for.
pub(super) struct Shadow<'e> {
    pub(super) edge: &'e Edge,
    pub(super) volume: Volume,
    /// The flows that the map has between the two the other way only.
    pub(super) declared_back: BTreeSet<FlowId>,
}

/// What is known of the flows of a map.
#[derive(Default)]
pub(super) struct Compared<'e> {
    pub(super) seen: BTreeMap<FlowId, SeenFlow>,
    /// The edges on which the map has no flow.
    pub(super) shadows: Vec<Shadow<'e>>,
}

impl<'m> Flows<'m> {
    pub(super) fn of(map: &'m Map) -> Self {
        let mut flows = Self {
            map,
            between: BTreeMap::new(),
            meeting_persons: BTreeSet::new(),
        };
        for (index, flow) in map.flows.iter().enumerate() {
            match (flow.from, flow.to) {
                (End::Node(from), End::Node(to)) => {
                    flows.between.entry((from, to)).or_default().push(FlowId::at(index));
                }
                (End::Subjects(_), End::Node(node)) | (End::Node(node), End::Subjects(_)) => {
                    flows.meeting_persons.insert(node);
                }
                (End::Subjects(_), End::Subjects(_)) => {}
            }
        }
        flows
    }

    /// Whether one of these nodes gets data from persons, or gives them to them.
    pub(super) fn meet_persons(&self, nodes: &BTreeSet<NodeId>) -> bool {
        !self.meeting_persons.is_disjoint(nodes)
    }

    /// The flows between one of these nodes and one of those.
    pub(super) fn either_way(&self, one: &BTreeSet<NodeId>, other: &BTreeSet<NodeId>) -> BTreeSet<FlowId> {
        let mut flows = self.between(one, other);
        flows.extend(self.between(other, one));
        flows.into_iter().collect()
    }

    /// The flows from one of these nodes to one of those.
    pub(super) fn between(&self, from: &BTreeSet<NodeId>, to: &BTreeSet<NodeId>) -> Vec<FlowId> {
        let ends = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
        ends.filter_map(|ends| self.between.get(&ends))
            .flatten()
            .copied()
            .collect()
    }

    /// Ties each edge to the flows of the map; what is left is not declared.
    pub(super) fn compare<'e>(&self, observed: &'e Observed) -> Compared<'e> {
        let mut compared = Compared::default();
        let mut ties: BTreeMap<FlowId, Tied> = BTreeMap::new();
        for (edge, volume) in &observed.edges {
            let shadow = |volume: Volume, declared_back| Shadow {
                edge,
                volume,
                declared_back,
            };
            let (Some(one), Some(other)) = (nodes(&edge.0), nodes(&edge.1)) else {
                compared.shadows.push(shadow(volume.clone(), BTreeSet::new()));
                continue;
            };
            let (there, back) = (self.between(one, other), self.between(other, one));
            let all = self.either_way(one, other);
            // Where one flow can explain it, what is switched off does not.
            let is_live = |id: &FlowId| self.declared(*id) != Declared::Absent;
            let live: BTreeSet<FlowId> = all.iter().copied().filter(is_live).collect();
            let candidates = if live.is_empty() { &all } else { &live };
            if candidates.is_empty() {
                compared.shadows.push(shadow(volume.clone(), BTreeSet::new()));
            }
            let mut against = false;
            for id in candidates {
                let is_there = there.contains(id);
                let volume = if is_there { volume.clone() } else { turned(volume) };
                let back_declared = if is_there { &back } else { &there };
                let has_back = back_declared.iter().any(|back| live.contains(back));
                let back_undeclared = volume.received > 0 && !has_back;
                against |= back_undeclared && volume.received > volume.sent;
                let tied = ties.entry(*id).or_default();
                tied.back_undeclared |= back_undeclared;
                let alike = if is_there { &there } else { &back };
                tied.or
                    .extend(alike.iter().filter(|other| *other != id && candidates.contains(*other)));
                if has_back {
                    // What came back is the other flow's.
                    tied.volume.add(&Volume { received: 0, ..volume });
                } else {
                    tied.volume.add(&volume);
                }
                tied.nodes.extend(one.iter().chain(other));
            }
            if against {
                // Answers are small; where most went the other way, it is the other way that is not declared.
                let mut against = volume.clone();
                if volume.sent > volume.received {
                    against.received = 0;
                } else {
                    against.sent = 0;
                }
                compared.shadows.push(shadow(against, candidates.clone()));
            }
        }
        compared.seen = ties.into_iter().map(|(id, tied)| (id, self.seen(id, &tied))).collect();
        compared
    }

    fn seen(&self, id: FlowId, tied: &Tied) -> SeenFlow {
        let flow = self.map.flow(id);
        let name = |end: End| match end {
            End::Node(node) => self.map.node(node).id.clone(),
            End::Subjects(asset) => self.map.asset(asset).id.clone(),
        };
        SeenFlow {
            flow: flow.id.clone(),
            at: format!("flows.{}", flow.id),
            from: name(flow.from),
            to: name(flow.to),
            declared: self.declared(id),
            traffic: Traffic::of(&tied.volume),
            declared_per_day: flow.per_day,
            back_undeclared: tied.back_undeclared,
            or: tied.or.iter().map(|other| self.map.flow(*other).id.clone()).collect(),
            or_nodes: self.sharing(flow, &tied.nodes),
        }
    }

    /// The nodes among these that are no end of a flow.
    fn sharing(&self, flow: &Flow, nodes: &BTreeSet<NodeId>) -> BTreeSet<String> {
        let ends = [flow.from, flow.to];
        let others = nodes.iter().filter(|node| !ends.contains(&End::Node(**node)));
        others.map(|node| self.map.node(*node).id.clone()).collect()
    }

    /// Whether the map says that a flow takes place.
    pub(super) fn declared(&self, id: FlowId) -> Declared {
        match self.map.exists(self.map.flow(id)) {
            Some(true) => Declared::Exists,
            None => Declared::Possible,
            Some(false) => Declared::Absent,
        }
    }

    /// The flows that take place, or may, and were not seen.
    pub(super) fn unseen(&self, seen: &BTreeMap<FlowId, SeenFlow>) -> Vec<UnseenFlow> {
        let all = self.map.flows.iter().enumerate();
        let unseen =
            all.filter(|(index, flow)| self.map.exists(flow) != Some(false) && !seen.contains_key(&FlowId::at(*index)));
        let without_address = |flow: &Flow| {
            let of = |end: End| match end {
                End::Node(id) => {
                    let node = self.map.node(id);
                    node.addresses.is_empty().then(|| node.id.clone())
                }
                End::Subjects(id) => Some(self.map.asset(id).id.clone()),
            };
            [flow.from, flow.to].into_iter().filter_map(of).collect()
        };
        let unseen = unseen.map(|(_, flow)| UnseenFlow {
            flow: flow.id.clone(),
            at: format!("flows.{}", flow.id),
            without_address: without_address(flow),
        });
        unseen.collect()
    }
}
