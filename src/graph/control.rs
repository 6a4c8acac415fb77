//! Control: who reaches data without a flow.
//!
//! In: the graph, and lineage for where data lie. Out: the remote access that administering or operating from elsewhere
//! implies, which is judged as a movement; and exposure through ownership and keys, which never is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::lineage::Lineage;
use super::{Edge, MapGraph, Vertex};
use crate::model::{AssetId, Control, ControlId, Controlled, EntityId, Location, NodeId};
use crate::place::Place;
use crate::word::{Access, ControlKind, NodeKind};

/// From what a remote access follows.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Basis {
    /// A declared control edge.
    Control(ControlId),
    /// The node's operator being established elsewhere than the node is.
    Operator,
}

/// People elsewhere who can get at what a node holds, or may be elsewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImpliedAccess {
    /// What they reach.
    pub node: NodeId,
    /// For whom they act; `None`: for the node's operator, who is not known.
    pub by: Option<EntityId>,
    /// What it follows from.
    pub basis: Basis,
    /// Whether the data can be read that way; `None`: not said.
    pub access: Option<Access>,
    /// Where they sit: as declared, or else at one of the places where `by` is established.
    pub from: Location,
}

/// The remote access that control implies, by node, then by who has it.
///
/// Left out is only what is certain not to come from elsewhere.
#[must_use]
pub fn implied_accesses(graph: &MapGraph<'_>) -> Vec<ImpliedAccess> {
    let map = graph.map();
    let mut accesses = Vec::new();
    let mut declared: BTreeSet<(NodeId, EntityId)> = BTreeSet::new();
    for (at, control) in map.controls.iter().enumerate() {
        if !matches!(control.kind, ControlKind::Administers | ControlKind::Operates) {
            continue;
        }
        let nodes = match control.over {
            Controlled::Node(node) => vec![node],
            Controlled::Entity(entity) => graph.operated_by(entity),
        };
        for node in nodes {
            declared.insert((node, control.by));
            let located_in = &map.node(node).located_in;
            if let Some(from) = seat_elsewhere(graph, control, located_in) {
                accesses.push(ImpliedAccess {
                    node,
                    by: Some(control.by),
                    basis: Basis::Control(ControlId::at(at)),
                    access: control.access,
                    from,
                });
            }
        }
    }
    for (at, node) in map.nodes.iter().enumerate() {
        let id = NodeId::at(at);
        // A control edge says where the operator's people sit, or that nobody knows: it is the better source.
        if node.operator.is_some_and(|operator| declared.contains(&(id, operator))) {
            continue;
        }
        // A team is the people who look, and they are where it is.
        if node.kind == Some(NodeKind::Team) {
            continue;
        }
        let established_in = node
            .operator
            .and_then(|operator| map.entity(operator).established_in.as_ref());
        if !is_at_home(established_in, &node.located_in) {
            accesses.push(ImpliedAccess {
                node: id,
                by: node.operator,
                basis: Basis::Operator,
                access: None,
                from: one_of(established_in),
            });
        }
    }
    accesses.sort_by_key(|access| (access.node, access.by, access.basis));
    accesses
}

/// Where the people sit who use a control edge, unless that is certainly where the node is.
fn seat_elsewhere(graph: &MapGraph<'_>, control: &Control, located_in: &Location) -> Option<Location> {
    let established_in = graph.map().entity(control.by).established_in.as_ref();
    if control.access_from.is_unknown() {
        return (!is_at_home(established_in, located_in)).then(|| one_of(established_in));
    }
    let certainly_here = !located_in.is_unknown()
        && located_in.alternatives.iter().all(|node| {
            let seats = &control.access_from.alternatives;
            seats.iter().all(|seat| countries(seat) == countries(node))
        });
    (!certainly_here).then(|| control.access_from.clone())
}

/// Whether it is certain that an entity is established wherever a node may be.
fn is_at_home(established_in: Option<&BTreeSet<Place>>, located_in: &Location) -> bool {
    let Some(home) = established_in.map(countries) else {
        return false;
    };
    !located_in.is_unknown()
        && located_in
            .alternatives
            .iter()
            .all(|places| countries(places).is_subset(&home))
}

fn countries(places: &BTreeSet<Place>) -> BTreeSet<Place> {
    places.iter().map(|place| place.country()).collect()
}

/// At one of several places, nobody knows at which.
fn one_of(places: Option<&BTreeSet<Place>>) -> Location {
    Location {
        alternatives: places
            .into_iter()
            .flatten()
            .map(|place| BTreeSet::from([*place]))
            .collect(),
        setting: None,
    }
}

/// Data that can be reached from a place through ownership or keys, though no movement is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exposure {
    /// Where the data lie.
    pub node: NodeId,
    /// Who reaches them.
    pub by: EntityId,
    /// How: from the node to `by`.
    pub chain: Vec<ExposureStep>,
    /// The places where `by` is established in countries in which the node is not.
    pub places: BTreeSet<Place>,
    /// What lies there.
    pub assets: BTreeSet<AssetId>,
}

/// One step from a node, or from an entity, to an entity that reaches it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ExposureStep {
    /// The kind of link; never a flow.
    pub link: Edge,
    /// Who reaches what the step before named.
    pub by: EntityId,
}

/// The exposures of all nodes that hold data, by node, then by who reaches it.
///
/// Whoever operates, administers or holds keys reaches a node; so does whoever owns one that does, at whatever distance.
/// Operating and administering alone are left out: they imply a remote access. So is an entity of which it is not known
/// where it is established.
#[must_use]
pub fn exposures(graph: &MapGraph<'_>, lineage: &Lineage) -> Vec<Exposure> {
    let map = graph.map();
    let mut exposures = Vec::new();
    for at in 0..map.nodes.len() {
        let node = NodeId::at(at);
        let assets: BTreeSet<AssetId> = lineage.assets_at(node).collect();
        if assets.is_empty() {
            continue;
        }
        // Where the node may be elsewhere, being at home there too does not end the exposure.
        let alternatives = map.node(node).located_in.alternatives.iter().map(countries);
        let here = alternatives.reduce(|a, b| &a & &b).unwrap_or_default();
        for (by, chain) in Reach::of(graph, node).exposing() {
            let established_in = map.entity(by).established_in.iter().flatten();
            let places: BTreeSet<Place> = established_in
                .filter(|place| !here.contains(&place.country()))
                .copied()
                .collect();
            if !places.is_empty() {
                exposures.push(Exposure {
                    node,
                    by,
                    chain,
                    places,
                    assets: assets.clone(),
                });
            }
        }
    }
    exposures
}

/// An entity that reaches a node, and whether through ownership or keys.
type Holder = (EntityId, bool);

/// Every entity that reaches one node, each with the step before it.
#[derive(Default)]
struct Reach {
    found: BTreeMap<Holder, (ExposureStep, Option<Holder>)>,
    waiting: VecDeque<Holder>,
}

impl Reach {
    fn of(graph: &MapGraph<'_>, node: NodeId) -> Self {
        let kind = |link: Edge| match link {
            Edge::Control(control) => Some(graph.map().control(control).kind),
            _ => None,
        };
        let mut reach = Self::default();
        for (link, by) in graph.reached_by(Vertex::Node(node)) {
            let exposes =
                link == Edge::HoldsKeys || matches!(kind(link), Some(ControlKind::Owns | ControlKind::HoldsKeys));
            reach.add(link, by, exposes, None);
            if link != Edge::Operates {
                continue;
            }
            // Who operates, administers or holds keys of a whole entity does so of each node it operates.
            for (link, further) in graph.reached_by(Vertex::Entity(by)) {
                if kind(link).is_some_and(|kind| kind != ControlKind::Owns) {
                    let exposes = kind(link) == Some(ControlKind::HoldsKeys);
                    reach.add(link, further, exposes, Some((by, false)));
                }
            }
        }
        while let Some(holder) = reach.waiting.pop_front() {
            for (link, owner) in graph.reached_by(Vertex::Entity(holder.0)) {
                if matches!(link, Edge::Branch | Edge::Parent) || kind(link) == Some(ControlKind::Owns) {
                    reach.add(link, owner, true, Some(holder));
                }
            }
        }
        reach
    }

    fn add(&mut self, link: Edge, by: EntityId, exposes: bool, before: Option<Holder>) {
        let holder = (by, exposes);
        if let std::collections::btree_map::Entry::Vacant(entry) = self.found.entry(holder) {
            entry.insert((ExposureStep { link, by }, before));
            self.waiting.push_back(holder);
        }
    }

    /// The entities that reach the node through ownership or keys, with the shortest chain to each.
    fn exposing(&self) -> Vec<(EntityId, Vec<ExposureStep>)> {
        let exposing = self.found.keys().filter(|(_, exposes)| *exposes);
        exposing.map(|holder| (holder.0, self.chain(*holder))).collect()
    }

    fn chain(&self, holder: Holder) -> Vec<ExposureStep> {
        let before = |holder: &Holder| self.found.get(holder).and_then(|(_, before)| *before);
        let mut chain: Vec<ExposureStep> = std::iter::successors(Some(holder), before)
            .filter_map(|holder| self.found.get(&holder).map(|(step, _)| *step))
            .collect();
        chain.reverse();
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::story::{Story, place, places};

    fn accesses(story: &Story) -> Vec<ImpliedAccess> {
        implied_accesses(&MapGraph::new(&story.map))
    }

    fn exposed(story: &Story) -> Vec<Exposure> {
        let graph = MapGraph::new(&story.map);
        exposures(&graph, &Lineage::of(&graph))
    }

    /// A store in Hong Kong, run by a company there.
    fn store() -> Story {
        let mut story = Story::new();
        story.asset("staff", "HK");
        story.entity("harbour", "HK").entity("vendor", "CN");
        story.node("store", "HK").operator("store", "harbour");
        story.flow("staff", "store");
        story
    }

    #[test]
    fn an_operator_elsewhere_may_look_and_nobody_has_said_whether_it_can() {
        let mut story = store();
        assert_eq!(accesses(&story), []);
        story.operator("store", "vendor");
        let expected = ImpliedAccess {
            node: story.node_id("store"),
            by: Some(story.entity_id("vendor")),
            basis: Basis::Operator,
            access: None,
            from: Location::certain(place("CN")),
        };
        assert_eq!(accesses(&story), [expected]);
    }

    #[test]
    fn what_is_unknown_is_not_left_out() {
        let mut story = store();
        story.map.nodes[0].located_in = Location::default();
        assert_eq!(accesses(&story).len(), 1);
        story.map.nodes[0].located_in = Story::located("HK|SG");
        assert_eq!(accesses(&story).len(), 1);
        story.map.nodes[0].located_in = Story::located("HK");
        story.map.entities[0].established_in = None;
        assert!(accesses(&story)[0].from.is_unknown());
        story.map.nodes[0].operator = None;
        assert_eq!(accesses(&story)[0].by, None);
    }

    #[test]
    fn a_city_is_not_elsewhere_than_its_country() {
        let mut gazetteer = crate::place::Gazetteer::countries();
        let city = gazetteer.declare("CNSZX", "Shenzhen", None).unwrap();
        let mut story = store();
        story.operator("store", "vendor");
        story.map.nodes[0].located_in = Location::certain(city);
        assert_eq!(accesses(&story), []);
    }

    #[test]
    fn an_administrator_has_the_access_that_its_control_edge_says() {
        for access in [Access::Actual, Access::Possible, Access::None] {
            let mut story = store();
            let console = story.control("vendor", ControlKind::Administers, "store");
            story.access(console, access, "");
            let found = accesses(&story);
            assert_eq!(found.len(), 1);
            assert_eq!(
                (found[0].access, found[0].basis),
                (Some(access), Basis::Control(console))
            );
            assert_eq!(found[0].from, Location::certain(place("CN")));
        }
    }

    #[test]
    fn people_sit_where_the_control_edge_says() {
        for (from, implied) in [("HK", false), ("HK CN", true), ("HK|CN", true), ("SG", true)] {
            let mut story = store();
            let console = story.control("vendor", ControlKind::Administers, "store");
            story.access(console, Access::Actual, from);
            let seats: Vec<Location> = accesses(&story).into_iter().map(|access| access.from).collect();
            assert_eq!(
                seats,
                if implied { vec![Story::located(from)] } else { vec![] },
                "{from}"
            );
        }
    }

    #[test]
    fn a_company_with_several_seats_may_look_from_any_of_them() {
        let mut story = store();
        story.entity("global", "US IE");
        story.control("global", ControlKind::Operates, "harbour");
        assert_eq!(accesses(&story)[0].from, Story::located("US|IE"));
    }

    #[test]
    fn a_control_edge_of_the_operator_stands_for_both() {
        let mut story = store();
        story.operator("store", "vendor");
        let console = story.control("vendor", ControlKind::Administers, "store");
        assert_eq!(
            accesses(&story).iter().map(|access| access.basis).collect::<Vec<_>>(),
            [Basis::Control(console)]
        );
        story.access(console, Access::Actual, "HK");
        assert_eq!(accesses(&story), []);
    }

    #[test]
    fn owning_and_holding_keys_imply_no_access() {
        let mut story = store();
        story.control("vendor", ControlKind::Owns, "harbour");
        story.control("vendor", ControlKind::HoldsKeys, "store");
        assert_eq!(accesses(&story), []);
    }

    #[test]
    fn a_parent_of_the_parent_exposes_what_its_subsidiary_holds() {
        let mut story = store();
        story.entity("group", "HK").entity("holding", "US HK");
        story.parent("harbour", "group").parent("group", "holding");
        let [harbour, group, holding] = ["harbour", "group", "holding"].map(|name| story.entity_id(name));
        let step = |link, by| ExposureStep { link, by };
        let expected = Exposure {
            node: story.node_id("store"),
            by: holding,
            chain: vec![
                step(Edge::Operates, harbour),
                step(Edge::Parent, group),
                step(Edge::Parent, holding),
            ],
            places: places("US"),
            assets: BTreeSet::from([story.asset_id("staff")]),
        };
        assert_eq!(exposed(&story), [expected]);
    }

    #[test]
    fn a_circle_of_ownership_ends() {
        let mut story = store();
        story.entity("a", "US").entity("b", "US");
        story.control("a", ControlKind::Owns, "harbour");
        story.control("a", ControlKind::Owns, "b");
        story.control("b", ControlKind::Owns, "a");
        let by: Vec<EntityId> = exposed(&story).iter().map(|exposure| exposure.by).collect();
        assert_eq!(by, [story.entity_id("a"), story.entity_id("b")]);
    }

    #[test]
    fn whoever_holds_the_keys_exposes_and_so_does_its_parent() {
        let mut story = store();
        story
            .entity("holding", "US")
            .parent("vendor", "holding")
            .keys("store", "vendor");
        let chains: Vec<usize> = exposed(&story).iter().map(|exposure| exposure.chain.len()).collect();
        assert_eq!(chains, [1, 2]);
    }

    #[test]
    fn an_administrator_does_not_expose_but_its_owner_does() {
        let mut story = store();
        story.entity("holding", "US").parent("vendor", "holding");
        story.control("vendor", ControlKind::Administers, "harbour");
        let by: Vec<EntityId> = exposed(&story).iter().map(|exposure| exposure.by).collect();
        assert_eq!(by, [story.entity_id("holding")]);
    }

    #[test]
    fn a_foreign_company_exposes_what_its_branch_holds() {
        let mut story = store();
        story.entity("bank", "US").branch("harbour", "bank");
        assert_eq!(exposed(&story)[0].chain[1].link, Edge::Branch);
    }

    #[test]
    fn a_node_without_data_exposes_nothing() {
        let mut story = store();
        story.parent("harbour", "vendor");
        assert_eq!(exposed(&story).len(), 1);
        story.map.flows.clear();
        assert_eq!(exposed(&story), []);
    }
}
