//! The movements of a map: every asset on every flow, and on every remote access that control implies.

use std::collections::BTreeSet;

use crate::graph::MapGraph;
use crate::graph::control::{ImpliedAccess, implied_accesses};
use crate::graph::lineage::{Carried, Form, Lineage};
use crate::graph::onward::Onward;
use crate::model::{AssetId, End, EntityId, Flow, FlowId, Location, Map, Node, NodeId};
use crate::place::Place;
use crate::word::{Existence, FlowKind};

/// Beyond so many candidates a movement is judged once with all of them, instead of once for each.
const MOST_CANDIDATES: usize = 16;

/// On what an asset moves.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Edge {
    /// A flow of the map.
    Flow(FlowId),
    /// A remote access that control implies, by its position in [`Movements::accesses`].
    Access(usize),
}

/// One asset on one edge: the unit of judgement.
#[derive(Clone, Debug)]
pub struct Movement {
    /// The flow's id, or `access:<node>:<entity>`.
    pub edge_id: String,
    /// On what it moves.
    pub edge: Edge,
    /// What moves, in which form.
    pub carried: Carried,
    /// Whether it takes place; `None` where a setting is not known on which the edge hangs, or a flow by which the asset
    /// comes to where the edge starts.
    pub exists: Option<bool>,
    /// The rows of the table, one a candidate place.
    pub rows: std::ops::Range<usize>,
}

/// One candidate for where a movement starts and ends; `None`: not known, or too many to tell apart.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) movement: usize,
    pub(crate) from: Seat,
    pub(crate) to: Seat,
}

/// Where one end of a movement is.
#[derive(Clone, Debug)]
pub(crate) enum Seat {
    Unknown,
    At(BTreeSet<Place>),
    OneOf(Vec<BTreeSet<Place>>),
}

/// All movements of a map, with the graph they were read from.
#[derive(Debug)]
pub struct Movements<'m> {
    /// The map.
    pub map: &'m Map,
    /// Which assets are where.
    pub lineage: Lineage,
    /// Where they go on to.
    pub onward: Onward,
    /// The remote accesses that control implies.
    pub accesses: Vec<ImpliedAccess>,
    /// The movements, by edge and asset.
    pub all: Vec<Movement>,
    pub(crate) candidates: Vec<Candidate>,
}

impl<'m> Movements<'m> {
    /// Reads the movements of a map off its graph.
    #[must_use]
    pub fn of(graph: &MapGraph<'m>) -> Self {
        let map = graph.map();
        let lineage = Lineage::of(graph);
        let onward = Onward::of(graph, &lineage);
        let accesses = implied_accesses(graph);
        let mut movements = Self {
            map,
            lineage,
            onward,
            accesses,
            all: Vec::new(),
            candidates: Vec::new(),
        };
        let open = graph.flows().any(|flow| graph.exists(flow).is_none());
        let certain = open.then(|| Lineage::certain(graph));
        for flow in graph.flows() {
            let definition = map.flow(flow);
            let seats = |end: End| match end {
                End::Node(node) => seats_of(map.node(node)),
                End::Subjects(_) => vec![Seat::Unknown],
            };
            let ends = (seats(definition.from), seats(definition.to));
            let carried: Vec<Carried> = movements.lineage.on_flow(flow).collect();
            let exists = map.exists(definition);
            let certain = certain.as_ref().map(|certain| forms(certain, certain.on_flow(flow)));
            for carried in carried {
                let exists = exists.filter(|_| movements.is_among(certain.as_ref(), carried));
                movements.add(Edge::Flow(flow), definition.id.clone(), carried, exists, &ends);
            }
        }
        let drawn = drawn_accesses(graph);
        movements
            .accesses
            .retain(|access| access.by.is_none_or(|by| !drawn.contains(&(access.node, by))));
        for index in 0..movements.accesses.len() {
            let access = movements.accesses[index].clone();
            let node = map.node(access.node);
            let by = access.by.map_or("unknown", |by| map.entity(by).id.as_str());
            let id = format!("access:{}:{by}", node.id);
            let ends = (seats_of(node), seats(&access.from));
            let carried: Vec<Carried> = movements.lineage.at_node(access.node).collect();
            let certain = certain
                .as_ref()
                .map(|certain| forms(certain, certain.at_node(access.node)));
            for carried in carried {
                let exists = movements.is_among(certain.as_ref(), carried).then_some(true);
                movements.add(Edge::Access(index), id.clone(), carried, exists, &ends);
            }
        }
        movements
    }

    /// The remote accesses to what a flow ends at.
    pub(crate) fn accesses_at(&self, end: End) -> impl Iterator<Item = &ImpliedAccess> {
        let node = match end {
            End::Node(node) => Some(node),
            End::Subjects(_) => None,
        };
        // INVARIANT: accesses are sorted by node.
        let first = self.accesses.partition_point(|access| Some(access.node) < node);
        self.accesses[first..]
            .iter()
            .take_while(move |access| Some(access.node) == node)
    }

    /// Whether an asset is in this form among those that are certain; `None`: all are.
    fn is_among(&self, certain: Option<&BTreeSet<(AssetId, Form)>>, carried: Carried) -> bool {
        let form = || self.lineage.form(carried.form).clone();
        certain.is_none_or(|certain| certain.contains(&(carried.asset, form())))
    }

    fn add(&mut self, edge: Edge, id: String, carried: Carried, exists: Option<bool>, ends: &(Vec<Seat>, Vec<Seat>)) {
        let movement = self.all.len();
        let first = self.candidates.len();
        let (from, to) = ends;
        if from.len() * to.len() > MOST_CANDIDATES {
            let (from, to) = (together(from), together(to));
            self.candidates.push(Candidate { movement, from, to });
        } else {
            for from in from {
                for to in to {
                    self.candidates.push(Candidate {
                        movement,
                        from: from.clone(),
                        to: to.clone(),
                    });
                }
            }
        }
        self.all.push(Movement {
            edge_id: id,
            edge,
            carried,
            exists,
            rows: first..self.candidates.len(),
        });
    }
}

/// What there is, with what the flows have made of it.
fn forms(lineage: &Lineage, carried: impl Iterator<Item = Carried>) -> BTreeSet<(AssetId, Form)> {
    carried
        .map(|carried| (carried.asset, lineage.form(carried.form).clone()))
        .collect()
}

/// Who reads which node by a flow of the map: control over it implies no second access.
fn drawn_accesses(graph: &MapGraph<'_>) -> BTreeSet<(NodeId, EntityId)> {
    let map = graph.map();
    let drawn = |flow: FlowId| match map.flow(flow) {
        Flow {
            kind: Some(FlowKind::RemoteAccess),
            from: End::Node(from),
            to: End::Node(to),
            ..
        } => Some((*from, map.node(*to).operator?)),
        _ => None,
    };
    // Who draws a look and says that it does not take place has answered too.
    let denied = map
        .flows
        .iter()
        .enumerate()
        .filter(|(_, flow)| flow.existence == Existence::None);
    graph
        .flows()
        .chain(denied.map(|(index, _)| FlowId::at(index)))
        .filter_map(drawn)
        .collect()
}

/// The candidates for where a node is. What databases believe is one of them, beside that it may be anywhere.
fn seats_of(node: &Node) -> Vec<Seat> {
    let believed = node.believed_in().into_iter();
    let believed = believed.map(|place| Seat::At(BTreeSet::from([place])));
    believed.chain(seats(&node.located_in)).collect()
}

fn seats(location: &Location) -> Vec<Seat> {
    if location.is_unknown() {
        return vec![Seat::Unknown];
    }
    location.alternatives.iter().cloned().map(Seat::At).collect()
}

/// All candidates as one.
fn together(seats: &[Seat]) -> Seat {
    let mut all = Vec::new();
    for seat in seats {
        match seat {
            Seat::Unknown => return Seat::Unknown,
            Seat::At(places) => all.push(places.clone()),
            Seat::OneOf(alternatives) => all.extend(alternatives.iter().cloned()),
        }
    }
    match all.as_slice() {
        [only] => Seat::At(only.clone()),
        _ => Seat::OneOf(all),
    }
}
