//! Lineage told in stories, and against a naive reference on random maps.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::graph::story::{Story, places};
use crate::model::Map;
use crate::word::DataState::{Anonymised, Clear, Encrypted, Pseudonymised};

/// What arrives by a flow, in words: `staff`, `staff/anonymised`, `staff-payroll` where payroll was dropped.
fn on_flow(story: &Story, lineage: &Lineage, flow: FlowId) -> Vec<String> {
    let words = |carried: Carried| {
        let form = lineage.form(carried.form);
        let dropped: String = form.dropped.iter().map(|category| format!("-{category}")).collect();
        let state = form.state.map(|state| format!("/{state}")).unwrap_or_default();
        format!("{}{dropped}{state}", story.map.asset(carried.asset).id)
    };
    let mut words: Vec<String> = lineage.on_flow(flow).map(words).collect();
    words.sort();
    words
}

fn lineage_of(story: &Story) -> Lineage {
    Lineage::of(&MapGraph::new(&story.map))
}

#[test]
fn an_asset_reaches_the_end_of_a_chain_and_the_path_says_how() {
    let mut story = Story::new();
    story.asset("staff", "HK");
    story.node("app", "HK").node("backend", "SG").node("archive", "CN");
    let last = story.flow("backend", "archive");
    let second = story.flow("app", "backend");
    let first = story.flow("staff", "app");
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, last), ["staff"]);
    let carried = lineage.on_flow(last).next().unwrap();
    assert_eq!(
        lineage.path_to_flow(last, carried.asset, carried.form),
        [first, second, last]
    );
}

#[test]
fn a_cycle_comes_to_rest() {
    let mut story = Story::new();
    story.asset("staff", "HK").asset("orders", "HK");
    story.node("primary", "HK").node("backup", "SG");
    story.flow("staff", "primary");
    story.flow("orders", "backup");
    let out = story.flow("primary", "backup");
    let back = story.flow("backup", "primary");
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, out), ["orders", "staff"]);
    assert_eq!(on_flow(&story, &lineage, back), ["orders", "staff"]);
}

#[test]
fn a_filter_inside_a_cycle_keeps_its_assets_apart() {
    let mut story = Story::new();
    story.asset("staff", "HK").asset("orders", "HK");
    story.node("primary", "HK").node("backup", "SG").node("report", "CN");
    story.flow("staff", "primary");
    story.flow("orders", "primary");
    let out = story.flow("primary", "backup");
    let back = story.flow("backup", "primary");
    let report = story.flow("backup", "report");
    story.carries(out, "orders");
    let lineage = lineage_of(&story);
    for flow in [out, back, report] {
        assert_eq!(on_flow(&story, &lineage, flow), ["orders"]);
    }
}

#[test]
fn an_anonymising_flow_changes_what_goes_on() {
    let mut story = Story::new();
    story.asset("visits", "DE").state("visits", Clear);
    story.node("site", "DE").node("analytics", "US").node("board", "US");
    let first = story.flow("visits", "site");
    let strip = story.flow("site", "analytics");
    let show = story.flow("analytics", "board");
    story.leaves(strip, Anonymised).leaves(show, Clear);
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, first), ["visits/clear"]);
    assert_eq!(on_flow(&story, &lineage, strip), ["visits/anonymised"]);
    assert_eq!(on_flow(&story, &lineage, show), ["visits/anonymised"]);
}

#[test]
fn an_asset_that_comes_in_two_forms_goes_on_in_both() {
    let mut story = Story::new();
    story.asset("visits", "DE").state("visits", Clear);
    story.node("site", "DE").node("lake", "DE").node("vendor", "US");
    let first = story.flow("visits", "site");
    let raw = story.flow("site", "lake");
    let masked = story.flow("site", "lake");
    let on = story.flow("lake", "vendor");
    story.leaves(masked, Pseudonymised).drops(masked, "address");
    let lineage = lineage_of(&story);
    assert_eq!(
        on_flow(&story, &lineage, on),
        ["visits-address/pseudonymised", "visits/clear"]
    );
    let paths: BTreeSet<Vec<FlowId>> = lineage
        .on_flow(on)
        .map(|carried| lineage.path_to_flow(on, carried.asset, carried.form))
        .collect();
    assert_eq!(paths, BTreeSet::from([vec![first, raw, on], vec![first, masked, on]]));
}

#[test]
fn a_category_that_an_asset_never_had_makes_no_second_form() {
    let mut story = Story::new();
    story.asset("visits", "DE");
    story.map.assets[0].categories = Some(BTreeSet::from(["name".to_owned()]));
    story.node("site", "DE").node("lake", "DE");
    story.flow("visits", "site");
    story.flow("site", "lake");
    let masked = story.flow("site", "lake");
    story.drops(masked, "payroll");
    let lineage = lineage_of(&story);
    assert_eq!(lineage.at_node(story.node_id("lake")).count(), 1);
}

#[test]
fn an_asset_that_a_flow_names_starts_there_and_spreads_on_from_its_destination() {
    let mut story = Story::new();
    story.asset("staff", "HK").asset("orders", "HK");
    story
        .node("app", "HK")
        .node("backend", "CN")
        .node("archive", "CN")
        .node("log", "HK");
    let sync = story.flow("app", "backend");
    let on = story.flow("backend", "archive");
    let log = story.flow("app", "log");
    story.carries(sync, "staff");
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, sync), ["staff"]);
    assert_eq!(on_flow(&story, &lineage, on), ["staff"]);
    assert_eq!(on_flow(&story, &lineage, log), [""; 0]);
    let staff = story.asset_id("staff");
    assert_eq!(lineage.assets_at(story.node_id("app")).collect::<Vec<_>>(), [staff]);
    assert_eq!(lineage.flows_with(staff).collect::<Vec<_>>(), [sync, on]);
}

#[test]
fn an_asset_that_a_flow_names_travels_in_the_form_in_which_it_came() {
    let mut story = Story::new();
    story.asset("staff", "HK").state("staff", Clear);
    story.node("app", "HK").node("backend", "HK").node("archive", "CN");
    story.flow("staff", "app");
    let lock = story.flow("app", "backend");
    let on = story.flow("backend", "archive");
    story.leaves(lock, Encrypted).carries(on, "staff");
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, on), ["staff/encrypted"]);
}

#[test]
fn an_unfed_circle_of_flows_that_name_an_asset_starts_everywhere() {
    let mut story = Story::new();
    story.asset("staff", "HK").state("staff", Clear);
    story.node("a", "HK").node("b", "CN").node("c", "US");
    let out = story.flow("a", "b");
    let back = story.flow("b", "a");
    let on = story.flow("b", "c");
    for flow in [out, back, on] {
        story.carries(flow, "staff");
    }
    story.leaves(out, Anonymised);
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, back), ["staff/anonymised", "staff/clear"]);
    assert_eq!(on_flow(&story, &lineage, on), ["staff/anonymised", "staff/clear"]);
}

#[test]
fn a_return_flow_of_other_data_does_not_let_an_asset_start_twice() {
    let mut story = Story::new();
    story.asset("staff", "HK").asset("orders", "CN").state("staff", Clear);
    story.node("a", "HK").node("b", "CN").node("c", "US");
    let out = story.flow("a", "b");
    let on = story.flow("b", "c");
    let back = story.flow("c", "a");
    story
        .carries(out, "staff")
        .carries(on, "staff")
        .carries(back, "orders")
        .leaves(out, Anonymised);
    let lineage = lineage_of(&story);
    assert_eq!(on_flow(&story, &lineage, on), ["staff/anonymised"]);
}

#[test]
fn a_flow_that_is_switched_off_carries_nothing_and_one_that_may_be_on_carries_all() {
    for (value, arrives) in [(Some("off"), false), (Some("on"), true), (None, true)] {
        let mut story = Story::new();
        story.asset("staff", "HK");
        story.node("app", "HK").node("cloud", "CN").node("archive", "CN");
        story.flow("staff", "app");
        let sync = story.flow("app", "cloud");
        let on = story.flow("cloud", "archive");
        story.set("backup", value).when(sync, "backup", "on");
        let lineage = lineage_of(&story);
        for flow in [sync, on] {
            assert_eq!(lineage.on_flow(flow).count(), usize::from(arrives), "{value:?}");
        }
    }
}

/// Hong Kong data that pass through a node in mainland China, where other data may lie.
fn transit() -> (Story, FlowId, FlowId) {
    let mut story = Story::new();
    story.asset("hk-orders", "HK").asset("cn-customers", "CN");
    story.node("shop", "HK").node("hub", "CN").node("crm", "HK");
    story.flow("hk-orders", "shop");
    let inward = story.flow("shop", "hub");
    let outward = story.flow("hub", "crm");
    (story, inward, outward)
}

fn origins(story: &Story, flow: FlowId, asset: &str) -> (BTreeSet<Place>, Option<BTreeSet<Place>>) {
    let origins = lineage_of(story).origins(flow, story.asset_id(asset));
    (origins.must, origins.may)
}

#[test]
fn data_that_only_pass_stem_from_where_they_were_collected() {
    let (story, _, outward) = transit();
    assert_eq!(
        origins(&story, outward, "hk-orders"),
        (places("HK"), Some(places("HK")))
    );
}

#[test]
fn data_that_pass_by_others_may_have_been_mixed_unless_the_map_says_that_they_were_not() {
    let (mut story, inward, outward) = transit();
    story.flow("cn-customers", "hub");
    assert_eq!(origins(&story, inward, "hk-orders"), (places("HK"), Some(places("HK"))));
    assert_eq!(
        origins(&story, outward, "hk-orders"),
        (places("HK"), Some(places("HK CN")))
    );
    story.mixes(outward, "");
    assert_eq!(
        origins(&story, outward, "hk-orders"),
        (places("HK"), Some(places("HK")))
    );
    story.mixes(outward, "cn-customers");
    assert_eq!(
        origins(&story, outward, "hk-orders"),
        (places("HK CN"), Some(places("HK CN")))
    );
}

#[test]
fn what_was_mixed_in_travels_on() {
    let (mut story, _, outward) = transit();
    story.node("backup", "SG");
    let on = story.flow("crm", "backup");
    story.mixes(outward, "cn-customers").mixes(on, "");
    assert_eq!(
        origins(&story, on, "hk-orders"),
        (places("HK CN"), Some(places("HK CN")))
    );
    story.perhaps(outward);
    assert_eq!(origins(&story, on, "hk-orders"), (places("HK"), Some(places("HK CN"))));
    assert_eq!(
        origins(&story, outward, "hk-orders"),
        (places("HK CN"), Some(places("HK CN")))
    );
}

#[test]
fn one_flow_that_does_not_say_what_it_mixes_leaves_the_origins_open() {
    let (mut story, _, outward) = transit();
    story.flow("cn-customers", "hub");
    story.node("relay", "SG");
    story.flow("hub", "relay");
    let second = story.flow("relay", "crm");
    let on = story.flow("crm", "shop");
    story.mixes(outward, "").mixes(second, "").mixes(on, "");
    assert_eq!(origins(&story, on, "hk-orders"), (places("HK"), Some(places("HK CN"))));
}

#[test]
fn an_unknown_origin_leaves_anything_possible() {
    let (mut story, _, outward) = transit();
    story.asset("leads", "");
    story.flow("leads", "hub");
    assert_eq!(origins(&story, outward, "hk-orders"), (places("HK"), None));
    assert_eq!(origins(&story, outward, "leads"), (places(""), None));
}

/// A map whose every choice comes from one list of numbers.
fn random_map(nodes: usize, assets: usize, flows: &[FlowSketch]) -> Story {
    let mut story = Story::new();
    for (at, state) in [None, Some(Clear), Some(Encrypted)]
        .into_iter()
        .cycle()
        .take(assets)
        .enumerate()
    {
        story.asset(&format!("a{at}"), ["HK", "CN", ""][at % 3]);
        story.map.assets[at].state = state;
    }
    for at in 0..nodes {
        story.node(&format!("n{at}"), ["HK", "CN", "SG|US", ""][at % 4]);
        if at % 3 != 2 {
            story
                .entity(&format!("e{at}"), "HK")
                .operator(&format!("n{at}"), &format!("e{at}"));
        }
    }
    for sketch in flows {
        sketch.tell(&mut story, nodes, assets);
    }
    story
}

/// One random flow.
#[derive(Clone, Debug)]
pub(in crate::graph) struct FlowSketch {
    from: u8,
    to: u8,
    carries: Option<u8>,
    change: u8,
    exists: u8,
    mixes: Option<u8>,
}

impl FlowSketch {
    fn tell(&self, story: &mut Story, nodes: usize, assets: usize) {
        let end = |number: u8, subjects: u8| match number < subjects {
            true => format!("a{}", usize::from(number) % assets),
            false => format!("n{}", usize::from(number) % nodes),
        };
        let set = |bits: u8| {
            let chosen = (0..assets).filter(|at| bits >> (at % 8) & 1 == 1);
            chosen.map(|at| format!("a{at}")).collect::<Vec<_>>().join(" ")
        };
        let flow = story.flow(&end(self.from, 50), &end(self.to, 10));
        if let Some(bits) = self.carries {
            story.carries(flow, &set(bits));
        }
        if let Some(bits) = self.mixes {
            story.mixes(flow, &set(bits));
        }
        match self.change % 12 {
            0 => story.leaves(flow, Anonymised),
            1 => story.leaves(flow, Encrypted),
            2 => story.leaves(flow, Clear),
            3 => story.drops(flow, "name"),
            4 => story.drops(flow, "payroll"),
            _ => story,
        };
        match self.exists % 8 {
            0 => story.perhaps(flow),
            1 => story.set("told", Some("off")).when(flow, "told", "on"),
            _ => story,
        };
    }
}

prop_compose! {
    fn flow_sketch()(
        from: u8, to: u8, carries in prop::option::weighted(0.4, any::<u8>()), change: u8, exists: u8,
        mixes in prop::option::weighted(0.4, any::<u8>()),
    ) -> FlowSketch {
        FlowSketch { from, to, carries, change, exists, mixes }
    }
}

prop_compose! {
    /// A random small map, and one flow more that it might have.
    pub(in crate::graph) fn map_and_flow()(
        nodes in 1_usize..7, assets in 1_usize..5, flows in prop::collection::vec(flow_sketch(), 0..16),
        extra in flow_sketch(),
    ) -> (Map, Map) {
        let story = random_map(nodes, assets, &flows);
        let mut more = random_map(nodes, assets, &flows);
        extra.tell(&mut more, nodes, assets);
        (story.map, more.map)
    }
}

/// What an asset does, computed the slow way.
struct Naive<'m> {
    map: &'m Map,
    asset: AssetId,
    /// The flows that could carry the asset.
    open: Vec<FlowId>,
}

impl<'m> Naive<'m> {
    fn new(map: &'m Map, asset: AssetId) -> Self {
        let open = (0..map.flows.len()).map(FlowId::at).filter(|id| {
            let flow = map.flow(*id);
            let listed = flow.carries.as_ref().map(|assets| assets.contains(&asset));
            let carries = match flow.from {
                End::Subjects(of) => of == asset || listed == Some(true),
                End::Node(_) => listed != Some(false),
            };
            carries && map.exists(flow) != Some(false)
        });
        Self {
            map,
            asset,
            open: open.collect(),
        }
    }

    /// The nodes reached from some by flows that could carry the asset.
    fn reach(&self, from: &BTreeSet<End>) -> BTreeSet<End> {
        let mut reached = from.clone();
        loop {
            let before = reached.len();
            for flow in self.open.iter().map(|id| self.map.flow(*id)) {
                if reached.contains(&flow.from) && matches!(flow.from, End::Node(_)) {
                    reached.insert(flow.to);
                }
            }
            if reached.len() == before {
                return reached;
            }
        }
    }

    fn starts(&self) -> BTreeSet<FlowId> {
        let flow = |id: &FlowId| self.map.flow(*id);
        let is_collection = |id: &FlowId| matches!(flow(id).from, End::Subjects(_));
        let collecting: BTreeSet<FlowId> = self.open.iter().copied().filter(is_collection).collect();
        let fed = self.reach(&collecting.iter().map(|id| flow(id).to).collect());
        let unfed: Vec<FlowId> = self
            .open
            .iter()
            .copied()
            .filter(|id| !is_collection(id) && flow(id).carries.is_some() && !fed.contains(&flow(id).from))
            .collect();
        let leads = |from: End, to: End| from == to || self.reach(&BTreeSet::from([from])).contains(&to);
        let feeds = |by: &FlowId, id: &FlowId| {
            leads(flow(by).to, flow(id).from)
                && matches!(flow(by).to, End::Node(_))
                && !leads(flow(id).from, flow(by).from)
        };
        let first = unfed.iter().filter(|id| !unfed.iter().any(|by| feeds(by, id)));
        collecting.iter().chain(first).copied().collect()
    }

    /// The flows with the forms that arrive by them.
    fn arrivals(&self) -> BTreeSet<(FlowId, Form)> {
        let after = |form: &Form, id: FlowId| {
            let declared = &self.map.flow(id).transforms;
            let state = match (form.state, declared.state) {
                (before, None) => before,
                (Some(Anonymised), _) => Some(Anonymised),
                (Some(Pseudonymised), Some(Encrypted)) => Some(Pseudonymised),
                (_, declared) => declared,
            };
            let dropped = form.dropped.union(&declared.drops).cloned().collect();
            Form { state, dropped }
        };
        let own = Form {
            state: self.map.asset(self.asset).state,
            dropped: BTreeSet::new(),
        };
        let mut arrivals: BTreeSet<(FlowId, Form)> =
            self.starts().into_iter().map(|id| (id, after(&own, id))).collect();
        let mut waiting: Vec<(FlowId, Form)> = arrivals.iter().cloned().collect();
        while let Some((by, form)) = waiting.pop() {
            let at = self.map.flow(by).to;
            for id in &self.open {
                if self.map.flow(*id).from == at && matches!(at, End::Node(_)) {
                    let next = (*id, after(&form, *id));
                    if arrivals.insert(next.clone()) {
                        waiting.push(next);
                    }
                }
            }
        }
        arrivals
    }

    fn origins(&self, flow: FlowId, lineage: &Lineage) -> SetValue<Place> {
        let with: Vec<FlowId> = lineage.flows_with(self.asset).collect();
        let exists = |id: FlowId| self.map.exists(self.map.flow(id)) == Some(true);
        let mut upstream = BTreeSet::from([(flow, true)]);
        loop {
            let before = upstream.len();
            for (later, certain) in upstream.clone() {
                let End::Node(at) = self.map.flow(later).from else {
                    continue;
                };
                let into = with.iter().filter(|id| self.map.flow(**id).to == End::Node(at));
                let admits_arrival = |id: &&FlowId| lineage.on_flow(**id).any(|carried| carried.asset == self.asset);
                upstream.extend(into.filter(admits_arrival).map(|id| (*id, certain && exists(*id))));
            }
            if upstream.len() == before {
                break;
            }
        }
        let mut origins = SetValue {
            must: BTreeSet::new(),
            may: Some(BTreeSet::new()),
        };
        let mut add = |asset: AssetId, certain: bool| match &self.map.asset(asset).collected_in {
            Some(places) => {
                if certain {
                    origins.must.extend(places);
                }
                if let Some(may) = &mut origins.may {
                    may.extend(places);
                }
            }
            None => origins.may = None,
        };
        add(self.asset, true);
        for (id, certain) in upstream {
            match (&self.map.flow(id).transforms.mixes_in, self.map.flow(id).from) {
                (Some(assets), _) => assets.iter().for_each(|asset| add(*asset, certain)),
                (None, End::Node(node)) => lineage.assets_at(node).for_each(|asset| add(asset, false)),
                (None, End::Subjects(_)) => {}
            }
        }
        origins
    }
}

fn flow_ids(map: &Map) -> impl Iterator<Item = FlowId> + use<> {
    (0..map.flows.len()).map(FlowId::at)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lineage_equals_a_naive_worklist((map, _) in map_and_flow()) {
        let lineage = Lineage::of(&MapGraph::new(&map));
        for asset in (0..map.assets.len()).map(AssetId::at) {
            let naive = Naive::new(&map, asset);
            let arrivals: BTreeSet<(FlowId, Form)> = flow_ids(&map)
                .flat_map(|flow| lineage.on_flow(flow).map(move |carried| (flow, carried)))
                .filter(|(_, carried)| carried.asset == asset)
                .map(|(flow, carried)| (flow, lineage.form(carried.form).clone()))
                .collect();
            prop_assert_eq!(&arrivals, &naive.arrivals());
            for flow in lineage.flows_with(asset) {
                prop_assert_eq!(lineage.origins(flow, asset), naive.origins(flow, &lineage));
            }
        }
    }

    #[test]
    fn a_path_runs_from_where_the_asset_starts_to_the_flow((map, _) in map_and_flow()) {
        let lineage = Lineage::of(&MapGraph::new(&map));
        for flow in flow_ids(&map) {
            for carried in lineage.on_flow(flow) {
                let path = lineage.path_to_flow(flow, carried.asset, carried.form);
                prop_assert_eq!(path.last(), Some(&flow));
                prop_assert!(lineage.started_at(path[0]).any(|asset| asset == carried.asset));
                for pair in path.windows(2) {
                    prop_assert_eq!(map.flow(pair[0]).to, map.flow(pair[1]).from);
                }
                let own = lineage.forms.own(carried.asset);
                let last = path.iter().fold(own, |column, id| lineage.forms.step(column, lineage.legs[id.index()].change));
                prop_assert_eq!(lineage.forms.form_at(last), carried.form);
            }
        }
    }

    #[test]
    fn a_further_flow_takes_no_asset_from_any((map, more) in map_and_flow()) {
        let before = Lineage::of(&MapGraph::new(&map));
        let after = Lineage::of(&MapGraph::new(&more));
        // Where flows name no assets, not even a form goes; where they do, a form in which it started may be replaced.
        let by_form = more.flows.iter().all(|flow| flow.carries.is_none());
        for flow in flow_ids(&map) {
            for carried in before.on_flow(flow) {
                prop_assert!(after.carries(flow, carried.asset));
                let form = before.form(carried.form);
                let same = |later: Carried| later.asset == carried.asset && after.form(later.form) == form;
                prop_assert!(!by_form || after.on_flow(flow).any(same));
            }
        }
    }
}
