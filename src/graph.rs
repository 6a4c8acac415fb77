//! The data map as a graph: vertices for data subjects, nodes and entities, edges for flows and control.
//!
//! Built once from a [`Map`]; lineage, control and onward reach read it. A flow that certainly does not exist under the
//! settings has no edge; one that may exist has.

mod bits;
mod component;
pub mod control;
pub mod lineage;
pub mod onward;
#[cfg(test)]
mod story;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::model::{AssetId, ControlId, Controlled, End, EntityId, FlowId, Map, NodeId};

/// What a vertex of the graph stands for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Vertex {
    /// The persons an asset is about.
    Subjects(AssetId),
    /// A processor or storage node.
    Node(NodeId),
    /// A legal person.
    Entity(EntityId),
}

/// What an edge of the graph stands for. All but flows run from who reaches to what is reached.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Edge {
    /// Data move.
    Flow(FlowId),
    /// An entity operates a node.
    Operates,
    /// An entity can decrypt what a node holds.
    HoldsKeys,
    /// A declared control edge.
    Control(ControlId),
    /// A legal person has a branch.
    Branch,
    /// A parent has a subsidiary.
    Parent,
}

/// A data map as a graph.
#[derive(Clone, Debug)]
pub struct MapGraph<'m> {
    map: &'m Map,
    graph: DiGraph<Vertex, Edge>,
    exists: Vec<Option<bool>>,
}

impl<'m> MapGraph<'m> {
    /// Builds the graph of a map.
    #[must_use]
    pub fn new(map: &'m Map) -> Self {
        let vertices = map.assets.len() + map.nodes.len() + map.entities.len();
        let mut built = Self {
            map,
            graph: DiGraph::with_capacity(vertices, map.flows.len() + map.nodes.len()),
            exists: map.flows.iter().map(|flow| map.exists(flow)).collect(),
        };
        // INVARIANT: assets, then nodes, then entities, so that `vertex` needs no table.
        for at in 0..map.assets.len() {
            built.graph.add_node(Vertex::Subjects(AssetId::at(at)));
        }
        for at in 0..map.nodes.len() {
            built.graph.add_node(Vertex::Node(NodeId::at(at)));
        }
        for at in 0..map.entities.len() {
            built.graph.add_node(Vertex::Entity(EntityId::at(at)));
        }
        built.add_flows();
        built.add_control();
        built
    }

    fn add_flows(&mut self) {
        let vertex_of = |end| match end {
            End::Subjects(asset) => Vertex::Subjects(asset),
            End::Node(node) => Vertex::Node(node),
        };
        for (at, flow) in self.map.flows.iter().enumerate() {
            if self.exists[at] != Some(false) {
                self.add(vertex_of(flow.from), vertex_of(flow.to), Edge::Flow(FlowId::at(at)));
            }
        }
    }

    fn add_control(&mut self) {
        for (at, node) in self.map.nodes.iter().enumerate() {
            let reached = Vertex::Node(NodeId::at(at));
            if let Some(operator) = node.operator {
                self.add(Vertex::Entity(operator), reached, Edge::Operates);
            }
            if let Some(holder) = node.keys_held_by.is() {
                self.add(Vertex::Entity(holder), reached, Edge::HoldsKeys);
            }
        }
        for (at, control) in self.map.controls.iter().enumerate() {
            let reached = match control.over {
                Controlled::Node(node) => Vertex::Node(node),
                Controlled::Entity(entity) => Vertex::Entity(entity),
            };
            self.add(Vertex::Entity(control.by), reached, Edge::Control(ControlId::at(at)));
        }
        for (at, entity) in self.map.entities.iter().enumerate() {
            let reached = Vertex::Entity(EntityId::at(at));
            if let Some(company) = entity.branch_of.is() {
                self.add(Vertex::Entity(company), reached, Edge::Branch);
            }
            if let Some(parent) = entity.parent.is() {
                self.add(Vertex::Entity(parent), reached, Edge::Parent);
            }
        }
    }

    fn add(&mut self, from: Vertex, to: Vertex, edge: Edge) {
        self.graph.add_edge(self.vertex(from), self.vertex(to), edge);
    }

    /// The map it was built from.
    #[must_use]
    pub fn map(&self) -> &'m Map {
        self.map
    }

    /// The graph itself, for petgraph's algorithms.
    #[must_use]
    pub fn graph(&self) -> &DiGraph<Vertex, Edge> {
        &self.graph
    }

    /// Where petgraph keeps a vertex.
    #[must_use]
    pub fn vertex(&self, vertex: Vertex) -> NodeIndex {
        let (assets, nodes) = (self.map.assets.len(), self.map.nodes.len());
        NodeIndex::new(match vertex {
            Vertex::Subjects(asset) => asset.index(),
            Vertex::Node(node) => assets + node.index(),
            Vertex::Entity(entity) => assets + nodes + entity.index(),
        })
    }

    /// The flows that exist or may exist, by id.
    pub fn flows(&self) -> impl Iterator<Item = FlowId> + '_ {
        (0..self.exists.len())
            .filter(|at| self.exists[*at] != Some(false))
            .map(FlowId::at)
    }

    /// Whether a flow exists under the settings; `None` where a setting is not known.
    #[must_use]
    pub fn exists(&self, flow: FlowId) -> Option<bool> {
        self.exists[flow.index()]
    }

    /// The nodes an entity operates, by id.
    #[must_use]
    pub fn operated_by(&self, entity: EntityId) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = self
            .graph
            .edges(self.vertex(Vertex::Entity(entity)))
            .filter(|edge| *edge.weight() == Edge::Operates)
            .filter_map(|edge| match self.graph[edge.target()] {
                Vertex::Node(node) => Some(node),
                _ => None,
            })
            .collect();
        nodes.sort_unstable();
        nodes
    }

    /// The entities that reach a node or an entity in one step of control, each with the edge; flows left out.
    #[must_use]
    pub fn reached_by(&self, vertex: Vertex) -> Vec<(Edge, EntityId)> {
        let mut reaching: Vec<(Edge, EntityId)> = self
            .graph
            .edges_directed(self.vertex(vertex), Direction::Incoming)
            .filter_map(|edge| match (*edge.weight(), self.graph[edge.source()]) {
                (Edge::Flow(_), _) => None,
                (link, Vertex::Entity(entity)) => Some((link, entity)),
                _ => None,
            })
            .collect();
        reaching.sort_unstable();
        reaching
    }
}

#[cfg(test)]
mod tests {
    use super::story::Story;
    use super::*;

    #[test]
    fn a_flow_that_is_switched_off_has_no_edge_and_one_that_may_be_on_has() {
        let mut story = Story::new();
        story.asset("staff", "HK");
        story.node("app", "HK").node("cloud", "CN");
        let on = story.flow("app", "cloud");
        let off = story.flow("app", "cloud");
        let open = story.flow("app", "cloud");
        story.set("backup", Some("on")).set("sync", None);
        story
            .when(on, "backup", "on")
            .when(off, "backup", "off")
            .when(open, "sync", "on");
        let graph = MapGraph::new(&story.map);
        assert_eq!(graph.flows().collect::<Vec<_>>(), [on, open]);
        assert_eq!(
            [on, off, open].map(|flow| graph.exists(flow)),
            [Some(true), Some(false), None]
        );
        let edges: Vec<Edge> = graph.graph().edge_weights().copied().collect();
        assert_eq!(edges, [Edge::Flow(on), Edge::Flow(open)]);
    }

    #[test]
    fn control_edges_run_from_who_reaches_to_what_is_reached() {
        let mut story = Story::new();
        story
            .entity("vendor", "CN")
            .entity("holding", "US")
            .parent("vendor", "holding");
        story
            .node("cloud", "HK")
            .operator("cloud", "vendor")
            .keys("cloud", "holding");
        let graph = MapGraph::new(&story.map);
        let [vendor, holding] = ["vendor", "holding"].map(|name| story.entity_id(name));
        let cloud = story.node_id("cloud");
        assert_eq!(graph.operated_by(vendor), [cloud]);
        assert_eq!(
            graph.reached_by(Vertex::Node(cloud)),
            [(Edge::Operates, vendor), (Edge::HoldsKeys, holding)]
        );
        assert_eq!(graph.reached_by(Vertex::Entity(vendor)), [(Edge::Parent, holding)]);
    }
}
