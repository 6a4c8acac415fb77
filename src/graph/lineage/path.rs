//! The paths by which one asset reaches flows and nodes.
//!
//! In: a finished lineage. Out: for each node and form the flow by which the asset first arrives, found breadth first,
//! so that a path is as short as any, and flows named first win.

use std::collections::BTreeMap;

use super::{FormId, Leg, Lineage};
use crate::model::{AssetId, End, FlowId};

/// How an asset came to a node in a form.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    node: u32,
    column: u32,
    flow: FlowId,
    before: Option<u32>,
}

/// Every first arrival of one asset.
#[derive(Clone, Debug)]
pub(super) struct Trail {
    arrivals: Vec<Arrival>,
    by_state: BTreeMap<(u32, u32), u32>,
}

impl Trail {
    /// Follows an asset from where it starts.
    pub(super) fn of(lineage: &Lineage, asset: AssetId) -> Self {
        let mut trail = Self {
            arrivals: Vec::new(),
            by_state: BTreeMap::new(),
        };
        let own = lineage.forms.own(asset) as u32;
        for (flow, _) in lineage.started.iter().filter(|(_, started)| *started == asset) {
            trail.arrive(lineage, *flow, own, None);
        }
        let mut at = 0;
        while let Some(Arrival { node, column, .. }) = trail.arrivals.get(at).copied() {
            for flow in lineage.out.of(node as usize) {
                let flow = FlowId::at(*flow as usize);
                if lineage.admits(lineage.legs[flow.index()], asset) {
                    trail.arrive(lineage, flow, column, Some(at as u32));
                }
            }
            at += 1;
        }
        trail
    }

    fn arrive(&mut self, lineage: &Lineage, flow: FlowId, column: u32, before: Option<u32>) {
        let Leg { to, change, .. } = lineage.legs[flow.index()];
        let End::Node(to) = to else {
            return;
        };
        let (node, column) = (to.index() as u32, lineage.forms.step(column as usize, change) as u32);
        self.by_state.entry((node, column)).or_insert_with(|| {
            self.arrivals.push(Arrival {
                node,
                column,
                flow,
                before,
            });
            self.arrivals.len() as u32 - 1
        });
    }

    /// The flows up to and with one that carries the asset in a form.
    pub(super) fn path(&self, lineage: &Lineage, flow: FlowId, asset: AssetId, form: FormId) -> Vec<FlowId> {
        let leg = lineage.legs[flow.index()];
        let becomes_form = |column: usize| {
            let after = lineage.forms.step(column, leg.change);
            lineage.forms.form_at(after) == form
        };
        let starts_here = lineage.started_at(flow).any(|started| started == asset);
        if starts_here && becomes_form(lineage.forms.own(asset)) {
            return vec![flow];
        }
        if !lineage.carries(flow, asset) {
            return Vec::new();
        }
        let End::Node(from) = leg.from else {
            return Vec::new();
        };
        let before = lineage
            .forms
            .columns(asset)
            .filter(|column| becomes_form(*column))
            .filter_map(|column| self.by_state.get(&(from.index() as u32, column as u32)))
            .min();
        let Some(last) = before else {
            return Vec::new();
        };
        let earlier = |arrival: &Arrival| arrival.before.map(|at| self.arrivals[at as usize]);
        let mut path = vec![flow];
        path.extend(std::iter::successors(Some(self.arrivals[*last as usize]), earlier).map(|arrival| arrival.flow));
        path.reverse();
        path
    }
}
