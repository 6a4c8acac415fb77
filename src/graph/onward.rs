//! Onward reach: the places and parties that the same asset reaches after the destination of a flow.
//!
//! In: the graph and its lineage. Out: for each flow and asset, places and operators downstream of the flow's destination,
//! certain and possible. Computed per set of flows that assets share: components, then one sweep from the sinks.

use std::collections::{BTreeMap, BTreeSet};

use super::MapGraph;
use super::bits::{Rows, ones, unite};
use super::component::{Adjacency, Components};
use super::lineage::Lineage;
use crate::fact::SetValue;
use crate::model::{AssetId, End, EntityId, FlowId, Map, NodeId};
use crate::place::Place;
use crate::truth::Truth;

/// What an asset reaches after the destination of a flow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OnwardReach {
    /// Where the nodes are that it reaches.
    pub places: SetValue<Place>,
    /// Who operates them.
    pub parties: SetValue<EntityId>,
    /// Whether a legal person other than the destination's operator is among these.
    pub further_party: Truth,
}

/// What each asset reaches after each node.
#[derive(Clone, Debug)]
pub struct Onward {
    columns: Columns,
    /// The destination of each flow, if it is a node.
    destinations: Vec<Option<NodeId>>,
    operators: Vec<Option<EntityId>>,
    legal_persons: Vec<Option<EntityId>>,
    /// Assets carried by the same flows share a spread.
    spread_of: Vec<u32>,
    spreads: Vec<Spread>,
    reaches: Vec<Box<[u64]>>,
}

/// For each node out of which data go on, in order: the position of its reach.
type Spread = Vec<(NodeId, u32)>;

impl Onward {
    /// Sums up, for each asset, what lies downstream of each node it reaches.
    #[must_use]
    pub fn of(graph: &MapGraph<'_>, lineage: &Lineage) -> Self {
        let map = graph.map();
        let columns = Columns::new(map);
        let mut onward = Self {
            destinations: map
                .flows
                .iter()
                .map(|flow| match flow.to {
                    End::Node(node) => Some(node),
                    End::Subjects(_) => None,
                })
                .collect(),
            operators: map.nodes.iter().map(|node| node.operator).collect(),
            legal_persons: (0..map.entities.len())
                .map(|at| map.legal_person(EntityId::at(at)))
                .collect(),
            spread_of: Vec::with_capacity(map.assets.len()),
            spreads: Vec::new(),
            reaches: Vec::new(),
            columns,
        };
        let nodes = onward.columns.rows(map);
        let mut shared: BTreeMap<Vec<FlowId>, u32> = BTreeMap::new();
        let mut interned: BTreeMap<Box<[u64]>, u32> = BTreeMap::new();
        for at in 0..map.assets.len() {
            let flows: Vec<FlowId> = lineage.flows_with(AssetId::at(at)).collect();
            let spread = match shared.get(&flows) {
                Some(spread) => *spread,
                None => {
                    let spread = onward.spread(graph, &nodes, &flows, &mut interned);
                    onward.spreads.push(spread);
                    let id = onward.spreads.len() as u32 - 1;
                    shared.insert(flows, id);
                    id
                }
            };
            onward.spread_of.push(spread);
        }
        onward
    }

    /// What an asset reaches after the destination of a flow that carries it.
    ///
    /// The destination counts only if the data come back to it. What a flow brings that may not exist is possible, not
    /// certain.
    #[must_use]
    pub fn after(&self, flow: FlowId, asset: AssetId) -> OnwardReach {
        let nowhere = OnwardReach {
            places: SetValue::exactly(BTreeSet::new()),
            parties: SetValue::exactly(BTreeSet::new()),
            further_party: Truth::False,
        };
        let Some(destination) = self.destinations[flow.index()] else {
            return nowhere;
        };
        let spread = &self.spreads[self.spread_of[asset.index()] as usize];
        let Ok(at) = spread.binary_search_by_key(&destination, |(node, _)| *node) else {
            return nowhere;
        };
        let reach = &self.reaches[spread[at].1 as usize];
        let parties = self.columns.parties(reach);
        OnwardReach {
            places: self.columns.places(reach),
            further_party: self.further_party(self.operators[destination.index()], &parties),
            parties,
        }
    }

    fn further_party(&self, importer: Option<EntityId>, parties: &SetValue<EntityId>) -> Truth {
        let legal_person = |entity: &EntityId| self.legal_persons[entity.index()];
        let Some(importer) = importer.as_ref().and_then(legal_person) else {
            let certain: BTreeSet<EntityId> = parties.must.iter().filter_map(legal_person).collect();
            return match &parties.may {
                Some(possible) if possible.is_empty() => Truth::False,
                // Of two legal persons one at least is not the importer, whoever that is.
                _ if certain.len() > 1 => Truth::True,
                _ => Truth::Unknown,
            };
        };
        let is_further = |entity: &EntityId| match legal_person(entity) {
            Some(person) => Truth::from(person != importer),
            None => Truth::Unknown,
        };
        if parties.must.iter().any(|entity| is_further(entity) == Truth::True) {
            return Truth::True;
        }
        match &parties.may {
            Some(possible) if !possible.iter().any(|entity| is_further(entity).is_possible()) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    fn spread(
        &mut self,
        graph: &MapGraph<'_>,
        nodes: &Rows,
        flows: &[FlowId],
        interned: &mut BTreeMap<Box<[u64]>, u32>,
    ) -> Spread {
        let map = graph.map();
        let ends = |flow: &FlowId| match (map.flow(*flow).from, map.flow(*flow).to) {
            (End::Node(from), End::Node(to)) => Some((from, to)),
            _ => None,
        };
        let possible: Vec<(NodeId, NodeId)> = flows.iter().filter_map(ends).collect();
        let is_certain = |flow: &&FlowId| graph.exists(**flow) == Some(true);
        let certain: Vec<(NodeId, NodeId)> = flows.iter().filter(is_certain).filter_map(ends).collect();
        let mut sources: Vec<NodeId> = possible.iter().map(|(from, _)| *from).collect();
        sources.sort_unstable();
        sources.dedup();
        let everything = self.columns.all();
        let mut reached = downstream(&sources, &possible, nodes, &everything);
        if certain.len() < possible.len() {
            let no_longer = self.columns.possible();
            let assured = downstream(&sources, &certain, nodes, &everything);
            for (words, assured) in reached.iter_mut().zip(assured) {
                for ((word, keep), assured) in words.iter_mut().zip(&no_longer).zip(&assured) {
                    *word = (*word & keep) | assured;
                }
            }
        }
        let ids = reached.into_iter().map(|words| {
            *interned.entry(words).or_insert_with_key(|words| {
                self.reaches.push(words.clone());
                self.reaches.len() as u32 - 1
            })
        });
        sources.iter().copied().zip(ids.collect::<Vec<_>>()).collect()
    }
}

/// For each source the union of what the nodes have that its edges lead to, at whatever distance.
fn downstream(sources: &[NodeId], edges: &[(NodeId, NodeId)], nodes: &Rows, mask: &[u64]) -> Vec<Box<[u64]>> {
    let local = |node: NodeId| sources.binary_search(&node).ok();
    let ways = edges.iter().filter_map(|(from, to)| Some((local(*from)?, local(*to)?)));
    let components = Components::new(&Adjacency::new(sources.len(), ways));
    let leaving = Adjacency::new(
        sources.len(),
        edges
            .iter()
            .enumerate()
            .filter_map(|(at, (from, _))| Some((local(*from)?, at))),
    );
    let mut reached: Vec<Box<[u64]>> = Vec::with_capacity(components.len());
    for component in 0..components.len() {
        let mut words: Box<[u64]> = vec![0; mask.len()].into_boxed_slice();
        for source in components.members(component) {
            for at in leaving.of(*source as usize) {
                let (_, to) = edges[*at as usize];
                unite(&mut words, nodes.row(to.index()));
                // INVARIANT: components that this one leads to come before it.
                if let Some(further) = local(to).and_then(|to| reached.get(components.of(to))) {
                    unite(&mut words, further);
                }
            }
        }
        for (word, keep) in words.iter_mut().zip(mask) {
            *word &= keep;
        }
        reached.push(words);
    }
    (0..sources.len())
        .map(|source| reached[components.of(source)].clone())
        .collect()
}

/// What the columns of a reach mean: possible places, possible parties, anywhere, anybody, certain places, certain parties.
#[derive(Clone, Debug)]
struct Columns {
    places: Vec<Place>,
    parties: usize,
}

impl Columns {
    fn new(map: &Map) -> Self {
        let named = |node: &crate::model::Node| node.located_in.alternatives.clone();
        let places: BTreeSet<Place> = map.nodes.iter().flat_map(named).flatten().collect();
        Self {
            places: places.into_iter().collect(),
            parties: map.entities.len(),
        }
    }

    fn anywhere(&self) -> usize {
        self.places.len() + self.parties
    }

    fn anybody(&self) -> usize {
        self.anywhere() + 1
    }

    fn certain(&self) -> usize {
        self.anywhere() + 2
    }

    fn len(&self) -> usize {
        self.certain() + self.places.len() + self.parties
    }

    fn mask(&self, columns: usize) -> Box<[u64]> {
        let mut mask = Rows::new(1, self.len());
        for column in 0..columns {
            mask.set(0, column);
        }
        mask.row(0).into()
    }

    fn all(&self) -> Box<[u64]> {
        self.mask(self.len())
    }

    fn possible(&self) -> Box<[u64]> {
        self.mask(self.certain())
    }

    /// Where each node is and who operates it.
    fn rows(&self, map: &Map) -> Rows {
        let mut rows = Rows::new(map.nodes.len(), self.len());
        for (at, node) in map.nodes.iter().enumerate() {
            let alternatives = &node.located_in.alternatives;
            if alternatives.is_empty() {
                rows.set(at, self.anywhere());
            }
            for place in alternatives.iter().flatten() {
                let column = self.places.binary_search(place).unwrap_or_default();
                rows.set(at, column);
                if alternatives.iter().all(|places| places.contains(place)) {
                    rows.set(at, self.certain() + column);
                }
            }
            match node.operator {
                Some(operator) => {
                    rows.set(at, self.places.len() + operator.index());
                    rows.set(at, self.certain() + self.places.len() + operator.index());
                }
                None => {
                    rows.set(at, self.anybody());
                }
            }
        }
        rows
    }

    fn places(&self, reach: &[u64]) -> SetValue<Place> {
        self.read(reach, 0..self.places.len(), self.anywhere(), |column| {
            self.places[column]
        })
    }

    fn parties(&self, reach: &[u64]) -> SetValue<EntityId> {
        self.read(reach, self.places.len()..self.anywhere(), self.anybody(), |column| {
            EntityId::at(column - self.places.len())
        })
    }

    fn read<T: Ord>(
        &self,
        reach: &[u64],
        range: std::ops::Range<usize>,
        open: usize,
        meaning: impl Fn(usize) -> T,
    ) -> SetValue<T> {
        let mut value = SetValue {
            must: BTreeSet::new(),
            may: Some(BTreeSet::new()),
        };
        let mut is_open = false;
        for column in ones(reach) {
            is_open |= column == open;
            if range.contains(&column) {
                value.may.get_or_insert_default().insert(meaning(column));
            } else if column >= self.certain() && range.contains(&(column - self.certain())) {
                value.must.insert(meaning(column - self.certain()));
            }
        }
        if is_open {
            value.may = None;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::lineage::tests::map_and_flow;
    use crate::graph::story::{Story, places};

    fn chain(places: [&str; 3]) -> (Story, FlowId, FlowId) {
        let mut story = Story::new();
        story.asset("staff", "HK");
        story.entity("us", "HK").entity("vendor", "SG").entity("sub", "US");
        for (node, (place, entity)) in ["app", "cloud", "archive"]
            .into_iter()
            .zip(places.into_iter().zip(["us", "vendor", "sub"]))
        {
            story.node(node, place).operator(node, entity);
        }
        story.flow("staff", "app");
        let sync = story.flow("app", "cloud");
        let on = story.flow("cloud", "archive");
        (story, sync, on)
    }

    fn after(story: &Story, flow: FlowId) -> OnwardReach {
        let graph = MapGraph::new(&story.map);
        Onward::of(&graph, &Lineage::of(&graph)).after(flow, story.asset_id("staff"))
    }

    #[test]
    fn data_that_go_on_reach_a_further_party_and_its_place() {
        let (story, sync, on) = chain(["HK", "SG", "US"]);
        let reach = after(&story, sync);
        assert_eq!(reach.places, SetValue::exactly(places("US")));
        assert_eq!(
            reach.parties,
            SetValue::exactly(BTreeSet::from([story.entity_id("sub")]))
        );
        assert_eq!(reach.further_party, Truth::True);
        assert_eq!(after(&story, on).further_party, Truth::False);
        assert_eq!(after(&story, on).places, SetValue::exactly(BTreeSet::new()));
    }

    #[test]
    fn an_unknown_place_leaves_anything_possible_and_one_of_two_leaves_both() {
        let (story, sync, _) = chain(["HK", "SG", ""]);
        assert_eq!(after(&story, sync).places.may, None);
        let (story, sync, _) = chain(["HK", "SG", "US|CN"]);
        let reach = after(&story, sync).places;
        assert_eq!((reach.must, reach.may), (places(""), Some(places("US CN"))));
        let (story, sync, _) = chain(["HK", "SG", "US CN"]);
        assert_eq!(after(&story, sync).places, SetValue::exactly(places("US CN")));
    }

    #[test]
    fn a_flow_that_may_not_exist_makes_a_further_party_possible() {
        let (mut story, sync, on) = chain(["HK", "SG", "US"]);
        story.perhaps(on);
        let reach = after(&story, sync);
        assert_eq!((reach.places.must, reach.places.may), (places(""), Some(places("US"))));
        assert_eq!(reach.further_party, Truth::Unknown);
    }

    #[test]
    fn a_node_of_the_same_legal_person_is_no_further_party() {
        let (mut story, sync, _) = chain(["HK", "SG", "US"]);
        story.branch("sub", "vendor");
        assert_eq!(after(&story, sync).further_party, Truth::False);
        story.map.nodes[2].operator = None;
        assert_eq!(after(&story, sync).further_party, Truth::Unknown);
    }

    #[test]
    fn other_data_that_go_on_are_not_this_movement() {
        let (mut story, sync, on) = chain(["HK", "SG", "US"]);
        story.asset("orders", "HK");
        story.flow("orders", "cloud");
        story.carries(on, "orders");
        assert_eq!(after(&story, sync).further_party, Truth::False);
    }

    fn naive(map: &Map, with: &[FlowId], flow: FlowId) -> (SetValue<Place>, SetValue<EntityId>) {
        let reached = |certain: bool| {
            let mut reached: BTreeSet<End> = BTreeSet::new();
            loop {
                let before = reached.len();
                for id in with {
                    let (next, leaves) = (map.flow(*id), map.flow(*id).from);
                    let follows = leaves == map.flow(flow).to || reached.contains(&leaves);
                    if follows && matches!(leaves, End::Node(_)) && (!certain || map.exists(next) == Some(true)) {
                        reached.insert(next.to);
                    }
                }
                if reached.len() == before {
                    let node = |end| match end {
                        End::Node(node) => Some(map.node(node)),
                        End::Subjects(_) => None,
                    };
                    return reached.into_iter().filter_map(node).collect::<Vec<_>>();
                }
            }
        };
        let (certain, possible) = (reached(true), reached(false));
        let everywhere = |node: &&crate::model::Node| match node.located_in.alternatives.as_slice() {
            [] => BTreeSet::new(),
            [first, rest @ ..] => rest
                .iter()
                .fold(first.clone(), |all, one| all.intersection(one).copied().collect()),
        };
        let is_known = |node: &&crate::model::Node| !node.located_in.is_unknown();
        let anywhere = possible
            .iter()
            .flat_map(|node| node.located_in.alternatives.iter().flatten().copied());
        (
            SetValue {
                must: certain.iter().flat_map(everywhere).collect(),
                may: possible.iter().all(is_known).then(|| anywhere.collect()),
            },
            SetValue {
                must: certain.iter().filter_map(|node| node.operator).collect(),
                may: possible.iter().map(|node| node.operator).collect(),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn onward_reach_equals_a_naive_search((map, _) in map_and_flow()) {
            let graph = MapGraph::new(&map);
            let lineage = Lineage::of(&graph);
            let onward = Onward::of(&graph, &lineage);
            for asset in (0..map.assets.len()).map(AssetId::at) {
                let with: Vec<FlowId> = lineage.flows_with(asset).collect();
                for flow in &with {
                    let reach = onward.after(*flow, asset);
                    prop_assert_eq!((reach.places, reach.parties), naive(&map, &with, *flow));
                }
            }
        }
    }
}
