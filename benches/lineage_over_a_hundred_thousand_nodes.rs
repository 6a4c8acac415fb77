//! How long lineage takes over a map of 100,000 nodes, 400,000 flows and 256 assets, against a plain worklist.
//!
//! The graph is layered, as flow maps are: flows lead to one of the next layers, one in 200 leads back. Printed are the
//! medians of five runs, in milliseconds, and their ratio: once without filters and transforms, where both must find the
//! same; once with flows that name assets or anonymise, which the worklist does not know; and both again where flows lead
//! back from anywhere to anywhere, so that most nodes lie on one circle.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads the clock and prints"
)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use petgraph::graph::DiGraph;
use petgraph::visit::EdgeRef;
use transborder::graph::MapGraph;
use transborder::graph::lineage::Lineage;
use transborder::model::{Asset, AssetId, End, Flow, Location, Map, Node, NodeId, Stated, Transforms};
use transborder::word::DataState;

const NODES: usize = 100_000;
const FLOWS: usize = 400_000;
const ASSETS: usize = 256;
const LAYERS: usize = 100;
const SEEDS_PER_ASSET: usize = 3;
const RUNS: usize = 5;

fn main() {
    for (far_back, filters) in [(false, false), (false, true), (true, false), (true, true)] {
        let map = layered_map(far_back, filters);
        let (build, graph) = timed(|| MapGraph::new(&map));
        let (ours, lineage) = median(|| Lineage::of(&graph));
        let plain = as_petgraph(&map);
        let (baseline, rows) = median(|| worklist(&plain));
        if !filters {
            for (at, row) in rows.iter().enumerate() {
                assert_eq!(
                    lineage.assets_at(NodeId::at(at)).count(),
                    row.iter().map(|word| word.count_ones()).sum::<u32>() as usize
                );
            }
        }
        let what = if filters {
            "one flow in 20 filters or transforms"
        } else {
            "no flow filters or transforms"
        };
        let back = if far_back { "far back" } else { "back a few layers" };
        println!("{NODES} nodes, {FLOWS} flows, {ASSETS} assets; one flow in 200 leads {back}, {what}");
        println!("  MapGraph::new      {build:8.1} ms, once");
        println!("  Lineage::of        {ours:8.1} ms");
        println!("  petgraph worklist  {baseline:8.1} ms, without filters and transforms");
        println!("  ratio              {:8.1}", baseline / ours);
    }
}

fn timed<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed().as_secs_f64() * 1000.0, result)
}

fn median<T>(run: impl Fn() -> T) -> (f64, T) {
    let mut runs: Vec<(f64, T)> = (0..RUNS).map(|_| timed(&run)).collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    runs.swap_remove(RUNS / 2)
}

/// Marsaglia's xorshift: the same map in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

fn layered_map(far_back: bool, filters: bool) -> Map {
    let mut random = Random(20_261_122);
    let mut map = Map::default();
    for at in 0..ASSETS {
        map.assets.push(Asset {
            id: format!("asset-{at}"),
            state: Some(DataState::Clear),
            ..Asset::default()
        });
    }
    for at in 0..NODES {
        map.nodes.push(Node {
            id: format!("node-{at}"),
            is_storage: false,
            name: None,
            kind: None,
            operator: None,
            acts_for: Stated::Unknown,
            located_in: Location::default(),
            keys_held_by: Stated::Unknown,
            commitment: None,
            holds: None,
            addresses: Vec::new(),
            regions: Vec::new(),
            sighted: Vec::new(),
            placed_by: None,
            place_set_by: None,
            operator_set_by: None,
        });
    }
    for at in 0..ASSETS * SEEDS_PER_ASSET {
        let to = random.below(NODES);
        map.flows.push(flow(End::Subjects(AssetId::at(at % ASSETS)), to));
    }
    while map.flows.len() < FLOWS {
        let is_back = random.below(200) == 0;
        let span = if is_back && far_back {
            random.below(LAYERS - 1)
        } else {
            random.below(3)
        } + 1;
        let lower = random.below(LAYERS - span);
        let low = lower * NODES / LAYERS + random.below(NODES / LAYERS);
        let high = (lower + span) * NODES / LAYERS + random.below(NODES / LAYERS);
        let (from, to) = if is_back { (high, low) } else { (low, high) };
        let mut flow = flow(End::Node(NodeId::at(from)), to);
        if filters {
            match random.below(40) {
                0 => flow.carries = Some((0..4).map(|_| AssetId::at(random.below(ASSETS))).collect()),
                1 => flow.transforms.state = Some(DataState::Anonymised),
                _ => {}
            }
        }
        map.flows.push(flow);
    }
    map
}

fn flow(from: End, to: usize) -> Flow {
    Flow {
        id: String::new(),
        from,
        to: End::Node(NodeId::at(to)),
        carries: None::<BTreeSet<AssetId>>,
        kind: None,
        trigger: None,
        when: BTreeMap::new(),
        purpose: None,
        arranged_by: Stated::Unknown,
        access: None,
        transit_only: None,
        initiated_by: None,
        occasional: None,
        protection: None,
        transforms: Transforms::default(),
        per_day: None,
        passes_on: false,
        existence: transborder::word::Existence::Shown,
        own: BTreeMap::new(),
    }
}

/// The nodes with their seeds, and the flows between them, as petgraph would be used without this crate.
fn as_petgraph(map: &Map) -> DiGraph<Vec<u64>, ()> {
    let mut graph = DiGraph::with_capacity(NODES, FLOWS);
    let vertices: Vec<_> = (0..NODES)
        .map(|_| graph.add_node(vec![0; ASSETS.div_ceil(64)]))
        .collect();
    for flow in &map.flows {
        match (flow.from, flow.to) {
            (End::Subjects(asset), End::Node(to)) => {
                graph[vertices[to.index()]][asset.index() / 64] |= 1 << (asset.index() % 64);
            }
            (End::Node(from), End::Node(to)) => {
                graph.add_edge(vertices[from.index()], vertices[to.index()], ());
            }
            (_, End::Subjects(_)) => {}
        }
    }
    graph
}

fn worklist(graph: &DiGraph<Vec<u64>, ()>) -> Vec<Vec<u64>> {
    let mut rows: Vec<Vec<u64>> = graph.node_weights().cloned().collect();
    let mut waiting: VecDeque<_> = graph
        .node_indices()
        .filter(|at| graph[*at].iter().any(|word| *word != 0))
        .collect();
    let mut is_waiting = vec![false; rows.len()];
    for at in &waiting {
        is_waiting[at.index()] = true;
    }
    while let Some(at) = waiting.pop_front() {
        is_waiting[at.index()] = false;
        let row = rows[at.index()].clone();
        for edge in graph.edges(at) {
            let to = edge.target();
            let mut changed = 0;
            for (word, more) in rows[to.index()].iter_mut().zip(&row) {
                changed |= more & !*word;
                *word |= more;
            }
            if changed != 0 && !is_waiting[to.index()] {
                is_waiting[to.index()] = true;
                waiting.push_back(to);
            }
        }
    }
    rows
}
