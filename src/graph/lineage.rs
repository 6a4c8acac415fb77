//! Lineage: which assets reach which node and which flow, and in which form.
//!
//! In: the graph of a map. Out: for each flow the assets that arrive by it, for each node the assets that lie there, for
//! each of these the path and the origins. Assets spread to a fixpoint: one sweep over the strongly connected components
//! in topological order, bitset rows united along the flows; a component whose flows filter or transform is iterated.

mod circle;
mod form;
mod origin;
mod path;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use self::circle::Circle;
use self::form::{Change, Forms};
pub use self::form::{Form, FormId};
use self::origin::{Mixing, OriginsOf};
use self::path::Trail;
use super::MapGraph;
use super::bits::Rows;
use super::component::{Adjacency, Components};
use crate::fact::SetValue;
use crate::model::{AssetId, End, FlowId, NodeId};
use crate::place::Place;

/// An asset in the form in which it is somewhere.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Carried {
    /// The asset.
    pub asset: AssetId,
    /// What the flows have made of it; see [`Lineage::form`].
    pub form: FormId,
}

/// One flow as lineage needs it, flat.
#[derive(Clone, Copy, Debug)]
struct Leg {
    from: End,
    to: End,
    /// Where its assets stand in the pool; `None`: whatever reaches its source.
    carries: Option<(u32, u32)>,
    /// What it names starts there if it does not reach its source.
    starts: bool,
    change: Change,
    exists: Option<bool>,
}

/// Which assets are where, in which form, by which path and of which origin.
#[derive(Clone, Debug)]
pub struct Lineage {
    legs: Vec<Leg>,
    pool: Vec<AssetId>,
    forms: Forms,
    /// The flows out of each node that end at a node, ascending, and all others out of it.
    out: Adjacency,
    /// What reaches each node.
    rows: Rows,
    /// The assets that start at a flow, in their own form.
    started: Vec<(FlowId, AssetId)>,
    mixing: Mixing,
    trails: Vec<OnceLock<Trail>>,
    origins: Vec<OnceLock<OriginsOf>>,
}

impl Lineage {
    /// Spreads every asset of a map along its flows.
    ///
    /// A flow from data subjects carries their asset. A flow with `carries` carries those assets: as they reach its source,
    /// or, if they do not, in their own form, from the flow on; with `passes_on` only as they reach it. A flow without
    /// either carries whatever reaches its source. A flow's transforms apply to what goes on; a flow to data subjects ends there.
    ///
    /// Where flows with `carries` form a circle that the asset does not enter from elsewhere, it starts at each of them.
    #[must_use]
    pub fn of(graph: &MapGraph<'_>) -> Self {
        Self::along(graph, graph.flows().collect())
    }

    /// Spreads every asset along the flows that certainly exist: what travels here travels whatever the settings are.
    #[must_use]
    pub fn certain(graph: &MapGraph<'_>) -> Self {
        let certain = graph.flows().filter(|flow| graph.exists(*flow) == Some(true));
        Self::along(graph, certain.collect())
    }

    fn along(graph: &MapGraph<'_>, flows: Vec<FlowId>) -> Self {
        let map = graph.map();
        let is_along: BTreeSet<FlowId> = flows.iter().copied().collect();
        let (forms, changes) = Forms::new(map, &flows);
        let mut pool = Vec::new();
        let mut legs = Vec::with_capacity(map.flows.len());
        for (at, flow) in map.flows.iter().enumerate() {
            let id = FlowId::at(at);
            let carries = flow.carries.as_ref().map(|assets| {
                let start = pool.len() as u32;
                pool.extend(assets);
                (start, pool.len() as u32)
            });
            legs.push(Leg {
                from: flow.from,
                to: flow.to,
                carries,
                starts: !flow.passes_on,
                change: changes.get(&id).copied().unwrap_or(Change::NONE),
                exists: if is_along.contains(&id) {
                    graph.exists(id)
                } else {
                    Some(false)
                },
            });
        }
        let from_nodes = flows.iter().filter_map(|flow| match legs[flow.index()].from {
            End::Node(node) => Some((node.index(), flow.index())),
            End::Subjects(_) => None,
        });
        let mut lineage = Self {
            out: Adjacency::new(map.nodes.len(), from_nodes),
            rows: Rows::new(map.nodes.len(), forms.len()),
            mixing: Mixing::new(map),
            trails: vec![OnceLock::new(); map.assets.len()],
            origins: vec![OnceLock::new(); map.assets.len()],
            started: Vec::new(),
            legs,
            pool,
            forms,
        };
        lineage.collect(&flows);
        lineage.sweep(map.nodes.len(), &flows);
        lineage.started.sort_unstable();
        lineage.started.dedup();
        lineage
    }

    /// The form behind an id.
    #[must_use]
    pub fn form(&self, form: FormId) -> &Form {
        self.forms.form(form)
    }

    /// What arrives by a flow, after its own transforms, by asset and form.
    pub fn on_flow(&self, flow: FlowId) -> impl Iterator<Item = Carried> + use<> {
        let leg = self.legs[flow.index()];
        let mut columns: Vec<usize> = self.started_at(flow).map(|asset| self.forms.own(asset)).collect();
        if let (End::Node(from), true) = (leg.from, leg.exists != Some(false)) {
            match self.listed(leg) {
                None => columns.extend(self.rows.columns(from.index())),
                Some(assets) => columns.extend(
                    assets
                        .iter()
                        .flat_map(|asset| self.forms.columns(*asset))
                        .filter(|column| self.rows.has(from.index(), *column)),
                ),
            }
        }
        for column in &mut columns {
            *column = self.forms.step(*column, leg.change);
        }
        self.carried(columns)
    }

    /// What lies at a node, by asset and form: what reaches it, and what a flow with `carries` starts out with there.
    pub fn at_node(&self, node: NodeId) -> impl Iterator<Item = Carried> + use<> {
        self.carried(self.columns_at(node.index()))
    }

    /// The assets that lie at a node, in whatever form, by id.
    pub fn assets_at(&self, node: NodeId) -> impl Iterator<Item = AssetId> + use<> {
        let mut assets: Vec<AssetId> = self.at_node(node).map(|carried| carried.asset).collect();
        assets.dedup();
        assets.into_iter()
    }

    /// The flows that carry an asset, in whatever form, by id.
    pub fn flows_with(&self, asset: AssetId) -> impl Iterator<Item = FlowId> + '_ {
        (0..self.legs.len())
            .map(FlowId::at)
            .filter(move |flow| self.carries(*flow, asset))
    }

    /// Whether a flow carries an asset, in whatever form.
    #[must_use]
    pub fn carries(&self, flow: FlowId, asset: AssetId) -> bool {
        let leg = self.legs[flow.index()];
        if leg.exists == Some(false) {
            return false;
        }
        if self.started_at(flow).any(|started| started == asset) {
            return true;
        }
        match leg.from {
            End::Subjects(_) => false,
            End::Node(from) => self.admits(leg, asset) && self.reaches(asset, from.index()),
        }
    }

    /// The flows by which an asset travels before and with a flow that carries it in this form, the flow itself last:
    /// the fewest that do, and of those the ones named first. Empty if it does not arrive by the flow in this form.
    #[must_use]
    pub fn path_to_flow(&self, flow: FlowId, asset: AssetId, form: FormId) -> Vec<FlowId> {
        self.trails[asset.index()]
            .get_or_init(|| Trail::of(self, asset))
            .path(self, flow, asset, form)
    }

    /// Where an asset on a flow, and all that was mixed into it on its way, was collected.
    ///
    /// Certain are the asset's own origins and those of the assets that a flow on its way says it mixes in. Possible are
    /// those of every asset that lies at a node on its way whose flow out does not say what it mixes in.
    #[must_use]
    pub fn origins(&self, flow: FlowId, asset: AssetId) -> SetValue<Place> {
        self.origins[asset.index()]
            .get_or_init(|| OriginsOf::of(self, asset))
            .on(self, flow, asset)
    }

    /// The assets that flows say they have mixed into an asset by the time it is on a flow: possible are all of them,
    /// certain those that are in it as they were mixed in, since no flow has changed the data.
    #[must_use]
    pub fn mixed_in(&self, flow: FlowId, asset: AssetId) -> SetValue<AssetId> {
        self.origins[asset.index()]
            .get_or_init(|| OriginsOf::of(self, asset))
            .mixed_on(self, flow, asset)
    }

    /// The assets that flows say they have mixed into an asset by the time it lies at a node, as [`Lineage::mixed_in`]
    /// has them.
    #[must_use]
    pub fn mixed_at(&self, node: NodeId, asset: AssetId) -> SetValue<AssetId> {
        self.origins[asset.index()]
            .get_or_init(|| OriginsOf::of(self, asset))
            .mixed_at(self, node)
    }

    /// The forms an asset has when flows mix it into others: those in which it lies where they start, or else its own.
    #[must_use]
    pub fn forms_mixed_in(&self, asset: AssetId) -> BTreeSet<FormId> {
        let mut forms = BTreeSet::new();
        for from in self.mixers(asset) {
            let lies_there = from.map(|node| self.at_node(node)).into_iter().flatten();
            let found = lies_there.filter(|carried| carried.asset == asset);
            let mut found: BTreeSet<FormId> = found.map(|carried| carried.form).collect();
            if found.is_empty() {
                found.insert(self.forms.form_at(self.forms.own(asset)));
            }
            forms.append(&mut found);
        }
        forms
    }

    /// The assets that flows say they may have mixed into an asset before other flows mix it into others.
    #[must_use]
    pub fn mixed_in_before(&self, asset: AssetId) -> BTreeSet<AssetId> {
        let nodes = self.mixers(asset).flatten();
        nodes
            .filter_map(|node| self.mixed_at(node, asset).may)
            .flatten()
            .collect()
    }

    /// Where the flows start that say they mix an asset in; `None` for one that starts at data subjects.
    fn mixers(&self, asset: AssetId) -> impl Iterator<Item = Option<NodeId>> + '_ {
        let mixers = self.mixing.mixers(asset).map(|flow| self.legs[flow.index()]);
        mixers
            .filter(|leg| leg.exists != Some(false))
            .map(|leg| match leg.from {
                End::Node(node) => Some(node),
                End::Subjects(_) => None,
            })
    }

    fn columns_at(&self, node: usize) -> Vec<usize> {
        let mut columns: Vec<usize> = self.rows.columns(node).collect();
        for flow in self.out.of(node) {
            let started = self.started_at(FlowId::at(*flow as usize));
            columns.extend(started.map(|asset| self.forms.own(asset)));
        }
        columns
    }

    fn carried(&self, mut columns: Vec<usize>) -> impl Iterator<Item = Carried> + use<> {
        columns.sort_unstable();
        columns.dedup();
        let mut carried: Vec<Carried> = Vec::with_capacity(columns.len());
        carried.extend(columns.into_iter().map(|column| Carried {
            asset: self.forms.asset_at(column),
            form: self.forms.form_at(column),
        }));
        carried.into_iter()
    }

    fn listed(&self, leg: Leg) -> Option<&[AssetId]> {
        leg.carries.map(|(start, end)| &self.pool[start as usize..end as usize])
    }

    fn admits(&self, leg: Leg, asset: AssetId) -> bool {
        self.listed(leg)
            .is_none_or(|assets| assets.binary_search(&asset).is_ok())
    }

    fn reaches(&self, asset: AssetId, node: usize) -> bool {
        let columns = self.forms.columns(asset);
        self.rows
            .next_column(node, columns.start)
            .is_some_and(|column| column < columns.end)
    }

    fn started_at(&self, flow: FlowId) -> impl Iterator<Item = AssetId> + '_ {
        let start = self.started.partition_point(|(at, _)| *at < flow);
        self.started[start..]
            .iter()
            .take_while(move |(at, _)| *at == flow)
            .map(|(_, asset)| *asset)
    }

    /// Takes up what flows bring from data subjects.
    fn collect(&mut self, flows: &[FlowId]) {
        for flow in flows {
            let leg = self.legs[flow.index()];
            if let End::Subjects(asset) = leg.from {
                self.start(*flow, asset);
                for at in leg.carries.map_or(0..0, |(start, end)| start..end) {
                    self.start(*flow, self.pool[at as usize]);
                }
            }
        }
    }

    /// Lets an asset start at a flow in its own form.
    fn start(&mut self, flow: FlowId, asset: AssetId) {
        self.started.push((flow, asset));
        let leg = self.legs[flow.index()];
        if let End::Node(to) = leg.to {
            let column = self.forms.step(self.forms.own(asset), leg.change);
            self.rows.set(to.index(), column);
        }
    }

    fn sweep(&mut self, nodes: usize, flows: &[FlowId]) {
        let ends = flows.iter().filter_map(|flow| self.ends(*flow));
        let components = Components::new(&Adjacency::new(nodes, ends));
        let out = std::mem::take(&mut self.out);
        // INVARIANT: a component comes after all it leads to, so backwards each row is complete before it is passed on.
        for component in (0..components.len()).rev() {
            let nodes = components.members(component).iter();
            let leaving = nodes
                .flat_map(|node| out.of(*node as usize))
                .map(|at| FlowId::at(*at as usize));
            let is_inner = |lineage: &Self, flow: &FlowId| {
                let ends = lineage.ends(*flow);
                ends.is_some_and(|(_, to)| components.of(to) == component)
            };
            let inner: Vec<FlowId> = leaving.clone().filter(|flow| is_inner(self, flow)).collect();
            let is_plain = inner.iter().all(|flow| self.is_plain(*flow));
            let circle = (!is_plain).then(|| Circle::new(self, &components, component, inner));
            match &circle {
                Some(circle) => self.settle(circle),
                None => self.share(components.members(component)),
            }
            let unfed = self.unfed(leaving.clone());
            if !unfed.is_empty() {
                self.start_unfed(circle.as_ref(), unfed);
            }
            for flow in leaving {
                if !is_inner(self, &flow) {
                    self.pass_on(flow);
                }
            }
        }
        self.out = out;
    }

    fn ends(&self, flow: FlowId) -> Option<(usize, usize)> {
        match self.legs[flow.index()] {
            Leg {
                from: End::Node(from),
                to: End::Node(to),
                ..
            } => Some((from.index(), to.index())),
            _ => None,
        }
    }

    fn is_plain(&self, flow: FlowId) -> bool {
        let leg = self.legs[flow.index()];
        leg.carries.is_none() && leg.change == Change::NONE
    }

    /// Gives all nodes of a component what any of them has: no flow inside it filters or transforms.
    fn share(&mut self, nodes: &[u32]) {
        if let [first, rest @ ..] = nodes {
            for node in rest {
                self.rows.merge(*node as usize, *first as usize);
            }
            for node in rest {
                self.rows.merge(*first as usize, *node as usize);
            }
        }
    }

    /// Spreads within a component, along the flows inside it, until nothing changes.
    fn settle(&mut self, circle: &Circle) {
        let mut is_waiting = vec![true; circle.nodes.len()];
        let mut again = true;
        while again {
            again = false;
            for at in 0..circle.nodes.len() {
                if !std::mem::take(&mut is_waiting[at]) {
                    continue;
                }
                for (flow, to) in circle.leaving(at) {
                    if self.pass_on(flow) {
                        is_waiting[to] = true;
                        again |= to <= at;
                    }
                }
            }
        }
    }

    /// Adds to a flow's destination what the flow makes of what reaches its source; whether anything was missing.
    fn pass_on(&mut self, flow: FlowId) -> bool {
        let leg = self.legs[flow.index()];
        let Some((from, to)) = self.ends(flow) else {
            return false;
        };
        let mut changed = false;
        match leg.carries {
            None if leg.change == Change::NONE => return self.rows.merge(from, to),
            None => {
                let mut next = self.rows.next_column(from, 0);
                while let Some(column) = next {
                    changed |= self.rows.set(to, self.forms.step(column, leg.change));
                    next = self.rows.next_column(from, column + 1);
                }
            }
            Some((start, end)) => {
                for asset in &self.pool[start as usize..end as usize] {
                    for column in self.forms.columns(*asset) {
                        if self.rows.has(from, column) {
                            changed |= self.rows.set(to, self.forms.step(column, leg.change));
                        }
                    }
                }
            }
        }
        changed
    }

    /// The assets that flows name and that do not reach them.
    fn unfed(&self, flows: impl Iterator<Item = FlowId>) -> Vec<(AssetId, FlowId)> {
        let mut unfed = Vec::new();
        for flow in flows {
            let leg = self.legs[flow.index()];
            if let (End::Node(from), Some(assets), true) = (leg.from, self.listed(leg), leg.starts) {
                let missing = assets.iter().filter(|asset| !self.reaches(**asset, from.index()));
                unfed.extend(missing.map(|asset| (*asset, flow)));
            }
        }
        unfed
    }

    /// Lets assets start at the flows of one component that name them and that they do not reach. Without a circle no flow
    /// inside the component names any, so that all of these leave it and none feeds another.
    fn start_unfed(&mut self, circle: Option<&Circle>, mut unfed: Vec<(AssetId, FlowId)>) {
        let Some(circle) = circle else {
            for (asset, flow) in unfed {
                self.start(flow, asset);
            }
            return;
        };
        unfed.sort_unstable();
        for of_asset in unfed.chunk_by(|a, b| a.0 == b.0) {
            for (asset, flow) in self.first_of(circle, of_asset) {
                self.start(flow, asset);
            }
        }
        self.settle(circle);
    }

    /// Of the unfed flows of one asset in a component, those that no other of them feeds, and all that feed each other.
    fn first_of(&self, circle: &Circle, unfed: &[(AssetId, FlowId)]) -> Vec<(AssetId, FlowId)> {
        let ends = |(asset, flow): &(AssetId, FlowId)| {
            let leg = self.legs[flow.index()];
            let to = circle.position(leg.to);
            let is_fed = |at: &usize| self.reaches(*asset, circle.nodes[*at] as usize);
            (circle.position(leg.from), to.filter(|to| !is_fed(to)))
        };
        // What could be fed by them: the nodes that the asset does not reach so far, from their ends on.
        let mut nodes: Vec<usize> = Vec::new();
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let mut number = |at: usize, nodes: &mut Vec<usize>| {
            *numbers.entry(at).or_insert_with(|| {
                nodes.push(at);
                nodes.len() - 1
            })
        };
        let mut starts = Vec::with_capacity(unfed.len());
        for start in unfed {
            if let (Some(from), to) = ends(start) {
                let from = number(from, &mut nodes);
                starts.push((*start, from, to.map(|to| number(to, &mut nodes))));
            }
        }
        let mut ways: Vec<(usize, usize)> = Vec::new();
        let mut next = 0;
        while let (Some(at), Some((asset, _))) = (nodes.get(next).copied(), unfed.first()) {
            for (flow, to) in circle.leaving(at) {
                let feeds = self.admits(self.legs[flow.index()], *asset);
                if feeds && !self.reaches(*asset, circle.nodes[to] as usize) {
                    ways.push((next, number(to, &mut nodes)));
                }
            }
            next += 1;
        }
        let onward = Adjacency::new(nodes.len(), ways.iter().copied());
        let parts = Components::new(&onward);
        let mut fed = vec![false; parts.len()];
        let mut feed = vec![Vec::new(); parts.len()];
        for (start, from, to) in starts {
            feed[parts.of(from)].push((start, to.map(|to| parts.of(to))));
        }
        let mut first = Vec::new();
        for part in (0..parts.len()).rev() {
            if !fed[part] {
                for (start, to) in &feed[part] {
                    first.push(*start);
                    if let Some(to) = to {
                        fed[*to] = true;
                    }
                }
            }
            if fed[part] {
                for to in parts.members(part).iter().flat_map(|node| onward.of(*node as usize)) {
                    fed[parts.of(*to as usize)] = true;
                }
            }
        }
        first
    }
}

#[cfg(test)]
pub(super) mod tests;
