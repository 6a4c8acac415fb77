//! The origins of an asset on its way: where it was collected, and what was or may have been mixed into it.
//!
//! In: a finished lineage, the assets' places of collection, what flows say they mix in. Out: for each flow the places
//! from which the data on it stem and the assets they were mixed with, certain and possible.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::OnceLock;

use super::Lineage;
use crate::fact::SetValue;
use crate::graph::bits::Rows;
use crate::graph::component::Adjacency;
use crate::model::{AssetId, End, FlowId, Map, NodeId};
use crate::place::Place;

/// Where assets were collected and what flows mix.
///
/// A row of origins has a column for each possible place, one for each certain place, one for "anywhere", one for each
/// asset that may have been mixed in, one for each that certainly was, and one for "changed on the way".
#[derive(Clone, Debug)]
pub(super) struct Mixing {
    places: Vec<Place>,
    /// The assets that some flow says it mixes in.
    mixed: Vec<AssetId>,
    collected: Vec<Option<Vec<u32>>>,
    declared: BTreeMap<FlowId, Vec<AssetId>>,
    /// The flows that do something to all that is on them, whoever put it there.
    changing: BTreeSet<FlowId>,
    /// What lies at each node, as possible places.
    residents: OnceLock<Rows>,
}

impl Mixing {
    pub(super) fn new(map: &Map) -> Self {
        let all: BTreeSet<Place> = map
            .assets
            .iter()
            .flat_map(|asset| asset.collected_in.iter().flatten().copied())
            .collect();
        let places: Vec<Place> = all.into_iter().collect();
        let column = |place: &Place| places.binary_search(place).ok().map(|at| at as u32);
        let declared = map.flows.iter().enumerate().filter_map(|(at, flow)| {
            let assets = flow.transforms.mixes_in.as_ref()?;
            Some((FlowId::at(at), assets.iter().copied().collect()))
        });
        let declared: BTreeMap<FlowId, Vec<AssetId>> = declared.collect();
        let mixed: BTreeSet<AssetId> = declared.values().flatten().copied().collect();
        let changing = map.flows.iter().enumerate().filter_map(|(at, flow)| {
            let changes = flow.transforms.state.is_some() || !flow.transforms.drops.is_empty();
            changes.then(|| FlowId::at(at))
        });
        Self {
            mixed: mixed.into_iter().collect(),
            collected: map
                .assets
                .iter()
                .map(|asset| Some(asset.collected_in.as_ref()?.iter().filter_map(column).collect()))
                .collect(),
            declared,
            changing: changing.collect(),
            residents: OnceLock::new(),
            places,
        }
    }

    /// The flows that say they mix an asset in.
    pub(super) fn mixers(&self, asset: AssetId) -> impl Iterator<Item = FlowId> + '_ {
        let mixes = move |(_, assets): &(&FlowId, &Vec<AssetId>)| assets.contains(&asset);
        self.declared.iter().filter(mixes).map(|(flow, _)| *flow)
    }

    fn certain(&self, place: u32) -> usize {
        self.places.len() + place as usize
    }

    fn anywhere(&self) -> usize {
        2 * self.places.len()
    }

    fn may_be_mixed(&self, mixed: usize) -> usize {
        2 * self.places.len() + 1 + mixed
    }

    fn is_mixed(&self, mixed: usize) -> usize {
        self.may_be_mixed(self.mixed.len()) + mixed
    }

    fn changed(&self) -> usize {
        self.is_mixed(self.mixed.len())
    }

    fn columns(&self) -> usize {
        self.changed() + 1
    }

    /// The columns that outlast a flow, which may not exist: nothing it brings is certain.
    fn outlasting(&self, exists: bool) -> Rows {
        let mut mask = Rows::new(1, self.columns());
        for column in 0..self.columns() {
            let is_certain = (self.certain(0)..self.anywhere()).contains(&column)
                || (self.is_mixed(0)..self.changed()).contains(&column);
            if exists || !is_certain {
                mask.set(0, column);
            }
        }
        mask
    }

    fn add(&self, rows: &mut Rows, row: usize, asset: AssetId, certain: bool) {
        let Some(places) = &self.collected[asset.index()] else {
            rows.set(row, self.anywhere());
            return;
        };
        for place in places {
            rows.set(row, *place as usize);
            if certain {
                rows.set(row, self.certain(*place));
            }
        }
    }

    fn residents(&self, lineage: &Lineage) -> &Rows {
        self.residents.get_or_init(|| {
            let nodes = lineage.out.vertices();
            let mut rows = Rows::new(nodes, self.columns());
            for node in 0..nodes {
                for asset in lineage.assets_at(NodeId::at(node)) {
                    self.add(&mut rows, node, asset, false);
                }
            }
            rows
        })
    }
}

/// The origins of one asset at each node it reaches.
#[derive(Clone, Debug)]
pub(super) struct OriginsOf {
    nodes: Vec<u32>,
    rows: Rows,
}

impl OriginsOf {
    /// Gathers what is mixed in along every flow that carries an asset.
    pub(super) fn of(lineage: &Lineage, asset: AssetId) -> Self {
        let mixing = &lineage.mixing;
        let nodes: Vec<u32> = (0..lineage.out.vertices())
            .filter(|node| lineage.reaches(asset, *node))
            .map(|node| node as u32)
            .collect();
        let mut found = Self {
            rows: Rows::new(nodes.len(), mixing.columns()),
            nodes,
        };
        let masks = [mixing.outlasting(false), mixing.outlasting(true)];
        let mut onward: Vec<(usize, usize, FlowId)> = Vec::new();
        for flow in lineage.flows_with(asset) {
            let leg = lineage.legs[flow.index()];
            let End::Node(to) = leg.to else {
                continue;
            };
            let Some(to) = found.position(to.index()) else {
                continue;
            };
            found.mix(lineage, flow, leg.exists == Some(true), to);
            if let End::Node(from) = leg.from
                && let Some(from) = found.position(from.index())
            {
                onward.push((from, to, flow));
            }
        }
        let by_source = Adjacency::new(
            found.nodes.len(),
            onward.iter().enumerate().map(|(at, (from, ..))| (*from, at)),
        );
        let mut waiting: VecDeque<usize> = (0..found.nodes.len()).collect();
        let mut is_waiting = vec![true; found.nodes.len()];
        let mut origins = Vec::new();
        while let Some(node) = waiting.pop_front() {
            is_waiting[node] = false;
            origins.clear();
            origins.extend_from_slice(found.rows.row(node));
            for at in by_source.of(node) {
                let (_, to, flow) = onward[*at as usize];
                let exists = lineage.legs[flow.index()].exists == Some(true);
                if found.rows.add(&origins, masks[usize::from(exists)].row(0), to) && !is_waiting[to] {
                    is_waiting[to] = true;
                    waiting.push_back(to);
                }
            }
        }
        found
    }

    /// The origins of the asset on a flow, given that the flow exists.
    pub(super) fn on(&self, lineage: &Lineage, flow: FlowId, asset: AssetId) -> SetValue<Place> {
        let mixing = &lineage.mixing;
        let rows = self.row_on(lineage, flow, asset);
        let places = |columns: std::ops::Range<usize>| {
            let start = columns.start;
            columns
                .filter(|column| rows.has(0, *column))
                .map(|column| mixing.places[column - start])
                .collect()
        };
        SetValue {
            must: places(mixing.places.len()..mixing.anywhere()),
            may: (!rows.has(0, mixing.anywhere())).then(|| places(0..mixing.places.len())),
        }
    }

    /// The assets that flows say they mixed into the asset before it was on a flow, or by that flow itself.
    pub(super) fn mixed_on(&self, lineage: &Lineage, flow: FlowId, asset: AssetId) -> SetValue<AssetId> {
        if lineage.mixing.mixed.is_empty() {
            return SetValue::exactly(BTreeSet::new());
        }
        let mut found = mixed(&lineage.mixing, &self.row_on(lineage, flow, asset), 0);
        if !lineage.mixing.changing.contains(&flow) {
            // Since then nobody has changed it.
            found
                .must
                .extend(lineage.mixing.declared.get(&flow).into_iter().flatten());
        }
        found
    }

    /// The assets that flows say they mixed into the asset before it came to a node.
    pub(super) fn mixed_at(&self, lineage: &Lineage, node: NodeId) -> SetValue<AssetId> {
        match self.position(node.index()) {
            Some(row) => mixed(&lineage.mixing, &self.rows, row),
            None => SetValue::exactly(BTreeSet::new()),
        }
    }

    fn row_on(&self, lineage: &Lineage, flow: FlowId, asset: AssetId) -> Rows {
        let mixing = &lineage.mixing;
        let mut here = Self {
            nodes: Vec::new(),
            rows: Rows::new(1, mixing.columns()),
        };
        mixing.add(&mut here.rows, 0, asset, true);
        here.mix(lineage, flow, true, 0);
        if let End::Node(from) = lineage.legs[flow.index()].from
            && let Some(from) = self.position(from.index())
        {
            here.rows.add(self.rows.row(from), mixing.outlasting(true).row(0), 0);
        }
        here.rows
    }

    fn position(&self, node: usize) -> Option<usize> {
        self.nodes.binary_search(&(node as u32)).ok()
    }

    /// Adds what a flow itself mixes in: what it says, or else perhaps all that lies where it starts.
    fn mix(&mut self, lineage: &Lineage, flow: FlowId, certain: bool, row: usize) {
        let mixing = &lineage.mixing;
        if mixing.changing.contains(&flow) {
            self.rows.set(row, mixing.changed());
        }
        match (mixing.declared.get(&flow), lineage.legs[flow.index()].from) {
            (Some(assets), _) => {
                for asset in assets {
                    mixing.add(&mut self.rows, row, *asset, certain);
                    if let Ok(mixed) = mixing.mixed.binary_search(asset) {
                        self.rows.set(row, mixing.may_be_mixed(mixed));
                        if certain {
                            self.rows.set(row, mixing.is_mixed(mixed));
                        }
                    }
                }
            }
            (None, End::Node(from)) => {
                let residents = mixing.residents(lineage).row(from.index());
                self.rows.add(residents, mixing.outlasting(true).row(0), row);
            }
            (None, End::Subjects(_)) => {}
        }
    }
}

/// What was mixed in; where something was done to the data on the way, nothing of it is certain any more.
fn mixed(mixing: &Mixing, rows: &Rows, row: usize) -> SetValue<AssetId> {
    let assets = |column: &dyn Fn(usize) -> usize| {
        let here = mixing.mixed.iter().enumerate();
        here.filter(|(at, _)| rows.has(row, column(*at)))
            .map(|(_, asset)| *asset)
            .collect()
    };
    SetValue {
        must: if rows.has(row, mixing.changed()) {
            BTreeSet::new()
        } else {
            assets(&|at| mixing.is_mixed(at))
        },
        may: Some(assets(&|at| mixing.may_be_mixed(at))),
    }
}
