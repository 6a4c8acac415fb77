//! A component of the flow graph with the flows inside it, numbered on its own.
//!
//! In: the nodes of a component and the flows between them. Out: where each flow leads, node by node, downstream first.

use super::{FlowId, Leg, Lineage};
use crate::graph::component::{Adjacency, Components};
use crate::model::End;

/// Nodes between which data can go around.
#[derive(Debug)]
pub(super) struct Circle {
    /// Each before what it leads to, as far as that can be.
    pub(super) nodes: Vec<u32>,
    pub(super) inner: Vec<FlowId>,
    /// The positions of the nodes, by node.
    positions: Vec<(u32, u32)>,
    /// Where each flow inside leads, as a position.
    targets: Vec<u32>,
    /// By position: the places in `inner` of the flows that start there.
    leaving: Adjacency,
}

impl Circle {
    pub(super) fn new(lineage: &Lineage, components: &Components, component: usize, inner: Vec<FlowId>) -> Self {
        let nodes = components.downstream(component);
        let mut positions: Vec<(u32, u32)> = nodes.iter().copied().zip(0..).collect();
        positions.sort_unstable();
        let mut circle = Self {
            nodes,
            positions,
            targets: Vec::with_capacity(inner.len()),
            leaving: Adjacency::default(),
            inner,
        };
        let mut sources = Vec::with_capacity(circle.inner.len());
        for (at, flow) in circle.inner.iter().enumerate() {
            let Leg { from, to, .. } = lineage.legs[flow.index()];
            sources.push((circle.position(from).unwrap_or_default(), at));
            circle.targets.push(circle.position(to).unwrap_or_default() as u32);
        }
        circle.leaving = Adjacency::new(circle.nodes.len(), sources.iter().copied());
        circle
    }

    /// The position of a node, if it is one of these.
    pub(super) fn position(&self, end: End) -> Option<usize> {
        let End::Node(node) = end else {
            return None;
        };
        let found = self
            .positions
            .binary_search_by_key(&(node.index() as u32), |(node, _)| *node);
        found.ok().map(|at| self.positions[at].1 as usize)
    }

    /// The flows from a position to others, each with the position it leads to.
    pub(super) fn leaving(&self, position: usize) -> impl Iterator<Item = (FlowId, usize)> + '_ {
        let flows = self.leaving.of(position).iter();
        flows.map(|at| (self.inner[*at as usize], self.targets[*at as usize] as usize))
    }
}
