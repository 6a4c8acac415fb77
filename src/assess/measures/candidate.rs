//! The single steps that may clear a finding: settings, mechanisms, duties, accesses shut out, places, and dropping the flow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::assess::assessment::{Assessment, Finding, FindingKind, is_flagged};
use crate::assess::attribute::{Attribute, node_path, unused};
use crate::assess::judging::Prepared;
use crate::assess::measures::act::{Acts, Values};
use crate::assess::measures::{Limits, Measure, MeasureKind, RuledOut, SettingNamed, Step};
use crate::assess::provenance::{self, Tracer};
use crate::fact::{FactKey, Value};
use crate::graph::control::Basis;
use crate::judge::fill::{Parties, is_same_group};
use crate::judge::movement::{Edge, Movement, Movements};
use crate::judge::view::{Row, View};
use crate::law::Law;
use crate::law::in_force::{LayerInForce, RegimeInForce};
use crate::law::pack::Pack;
use crate::load::{Change, Document};
use crate::locate::cloud::{self, RegionStatus};
use crate::model::{Controlled, End, Map, Setting};
use crate::place::Place;
use crate::truth::Truth;
use crate::word::Changeable;

/// What may clear a finding, and what does not.
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) measures: Vec<Measure>,
    pub(super) ruled_out: BTreeSet<RuledOut>,
}

impl Ways {
    pub(super) fn rule_out(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        self.ruled_out.insert(RuledOut { what, why });
    }
}

/// A map that was judged, and how.
pub(super) struct State<'a> {
    pub(super) document: &'a Document,
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) assessment: &'a Assessment,
    pub(super) law: &'a Law,
    pub(super) limits: Limits,
}

/// One layer of a regime, with its pack.
#[derive(Clone, Copy)]
pub(super) struct Under<'a> {
    pub(super) pack: &'a Pack,
    pub(super) regime: &'a RegimeInForce,
    pub(super) layer: &'a LayerInForce,
}

impl State<'_> {
    /// The steps that may clear a finding.
    pub(super) fn ways(&self, finding: &Finding) -> Ways {
        let mut ways = Ways::default();
        if finding.kind == FindingKind::Exposure {
            ways.rule_out(
                "exposure",
                "a stake or a key moves nothing, so no step of a transfer takes it away",
            );
            return ways;
        }
        if finding.kind == FindingKind::Contradiction {
            ways.rule_out("contradiction", "no step makes two places one: find out which is true");
            return ways;
        }
        let is_it = |movement: &Movement| {
            let asset = &self.map().asset(movement.carried.asset).id;
            movement.edge_id == finding.subject && Some(asset) == finding.asset.as_ref()
        };
        for (index, movement) in self.movements().all.iter().enumerate() {
            if !is_it(movement) {
                continue;
            }
            self.gaps(index, &mut ways);
            self.settings(index, movement, &mut ways);
            for under in self.layers(finding, index) {
                match &finding.rule {
                    Some(rule) if finding.kind == FindingKind::Duty => self.duty(under, movement, rule, &mut ways),
                    _ => self.mechanisms(under, index, movement, &mut ways),
                }
            }
            match movement.edge {
                Edge::Access(access) => self.exclude(access, &mut ways),
                Edge::Flow(_) => {
                    self.relocate(movement, &mut ways);
                    ways.measures.push(drop(&movement.edge_id));
                }
            }
        }
        ways
    }

    pub(super) fn movements(&self) -> &Movements<'_> {
        &self.prepared.movements
    }

    pub(super) fn map(&self) -> &Map {
        self.prepared.movements.map
    }

    /// The layers that make the finding.
    fn layers(&self, finding: &Finding, index: usize) -> Vec<Under<'_>> {
        let judged = self.assessment.movements.get(index);
        let flagged = |pack: &Pack, layer: &LayerInForce| {
            judged.is_some_and(|movement| {
                movement.verdicts.iter().any(|judged| {
                    let verdict = &judged.verdict;
                    verdict.regime == pack.id && verdict.layer == layer.id && is_flagged(verdict)
                })
            })
        };
        let mut found = Vec::new();
        for regime in &self.prepared.in_force.regimes {
            let Some(pack) = self.law.packs().get(regime.pack) else {
                continue;
            };
            for layer in &regime.layers {
                let is_it = match finding.kind {
                    FindingKind::Divergence => finding.held_up_by.contains(&pack.id) && flagged(pack, layer),
                    _ => finding.regime.as_ref() == Some(&pack.id) && finding.layer.as_ref() == Some(&layer.id),
                };
                if is_it {
                    found.push(Under { pack, regime, layer });
                }
            }
        }
        found
    }

    /// A vendor profile that leaves out what it has to say lets nothing be cleared that touches it.
    fn gaps(&self, index: usize, ways: &mut Ways) {
        let Some(movement) = self.assessment.movements.get(index) else {
            return;
        };
        let ends = [&movement.from, &movement.to].into_iter();
        let ids: Vec<&String> = ends
            .flat_map(|end| [Some(&end.id), end.party.as_ref()])
            .flatten()
            .collect();
        for used in self.map().used.iter().filter(|used| !used.gaps.is_empty()) {
            if ids.iter().chain([&&movement.flow]).any(|id| used.objects.contains(*id)) {
                let why = format!(
                    "it says nothing of: {}; until it does, nothing that touches it is cleared",
                    used.gaps.join("; ")
                );
                ways.rule_out(format!("profile {}", used.profile), why);
            }
        }
    }

    /// The settings on which the movement hangs, or what reaches its start, or the places of its ends.
    fn settings(&self, index: usize, movement: &Movement, ways: &mut Ways) {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for flow in self.ways_here(index) {
            let flow = self.map().flows.iter().find(|other| other.id == flow);
            names.extend(flow.into_iter().flat_map(|flow| flow.when.keys().cloned()));
        }
        for place in self.places(movement) {
            let setting = self.document.value(&place);
            let setting = setting.as_ref().and_then(|place| place.get("setting")?.as_str());
            names.extend(setting.map(str::to_owned));
        }
        if names.is_empty() && matches!(movement.edge, Edge::Flow(_)) {
            ways.rule_out("settings", "nothing is known that switches it or moves its ends");
        }
        for setting in names.iter().filter_map(|name| self.map().settings.get(name)) {
            match self.kind_of(setting) {
                Ok(kind) => ways
                    .measures
                    .extend(words(setting).map(|word| set(setting, word, kind))),
                Err(why) => ways.rule_out(format!("settings.{}", setting.id), why),
            }
        }
    }

    fn kind_of(&self, setting: &Setting) -> Result<MeasureKind, &'static str> {
        match setting.changeable {
            Some(Changeable::AnyTime) => Ok(MeasureKind::Setting),
            Some(Changeable::ByMigration) => Ok(MeasureKind::SettingByMigration),
            Some(Changeable::ByContract) => Ok(MeasureKind::SettingByContract),
            Some(Changeable::BeforeSignUp) if self.limits.before_sign_up => Ok(MeasureKind::SettingBeforeSignUp),
            Some(Changeable::BeforeSignUp) => Err("it is chosen before sign-up and cannot be changed afterwards"),
            Some(Changeable::Never) => Err("it can never be changed"),
            None => Ok(MeasureKind::SettingUnclear),
        }
    }

    /// The flows by which the asset gets on the movement, its own included.
    fn ways_here(&self, index: usize) -> BTreeSet<&str> {
        let Some(own) = self.assessment.movements.get(index) else {
            return BTreeSet::new();
        };
        let same = || {
            self.assessment
                .movements
                .iter()
                .filter(|other| other.asset == own.asset)
        };
        let mut into: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for other in same() {
            into.entry(&other.to.id)
                .or_default()
                .push((&other.flow, &other.from.id));
        }
        let mut flows = BTreeSet::from([own.flow.as_str()]);
        let mut open = vec![own.from.id.as_str()];
        while let Some(node) = open.pop() {
            for (flow, from) in into.get(node).into_iter().flatten() {
                if flows.insert(flow) {
                    open.push(from);
                }
            }
        }
        flows
    }

    /// The paths of the places where a movement starts and ends.
    fn places(&self, movement: &Movement) -> Vec<String> {
        let of = |end: End| match end {
            End::Node(id) => Some(format!("{}.located_in", node_path(self.map().node(id)))),
            End::Subjects(_) => None,
        };
        match movement.edge {
            Edge::Flow(flow) => {
                let flow = self.map().flow(flow);
                [flow.from, flow.to].into_iter().filter_map(of).collect()
            }
            Edge::Access(index) => {
                let node = self.movements().accesses.get(index).map(|access| access.node);
                let edge = provenance::edge(self.movements(), movement.edge);
                let node = node.and_then(|node| of(End::Node(node)));
                node.into_iter().chain([format!("{edge}.access_from")]).collect()
            }
        }
    }

    fn duty(&self, under: Under<'_>, movement: &Movement, rule: &str, ways: &mut Ways) {
        let stem = rule.split_once('/').map_or(rule, |(_, stem)| stem);
        let Under { pack, regime, layer } = under;
        let named = |at: usize| pack.duties.get(at).filter(|duty| duty.head.stem == stem);
        let Some((in_force, duty)) = layer.duties.iter().find_map(|d| Some((d, named(d.duty)?))) else {
            return;
        };
        let view = View::new(&self.prepared.presuming, regime);
        let rows: Vec<Row<'_>> = movement.rows.clone().map(|row| view.row(row)).collect();
        let change = self
            .acts(layer, movement)
            .duty(in_force, &rows)
            .and_then(|values| self.written(movement, &view, &values, None));
        let Some(change) = change.filter(|change| !change.is_empty()) else {
            ways.rule_out(rule, "what it asks for has no place in the map");
            return;
        };
        ways.measures.push(Measure {
            id: format!("fulfil:{rule}:{}", self.on(movement)),
            kind: MeasureKind::Fulfil,
            words: format!("Do what is owed: {}", duty.head.title),
            setting: None,
            mechanism: None,
            steps: vec![Step {
                part: stem.to_owned(),
                cite: duty.head.cite.clone(),
                words: duty.cure.clone(),
                supposed: false,
                confidence: duty.head.confidence,
            }],
            change,
        });
    }

    /// The movement as measures name it.
    pub(super) fn on(&self, movement: &Movement) -> String {
        format!("{}/{}", movement.edge_id, self.map().asset(movement.carried.asset).id)
    }

    pub(super) fn acts(&self, layer: &LayerInForce, movement: &Movement) -> Acts<'_> {
        let is_flow = matches!(movement.edge, Edge::Flow(_));
        Acts::of(layer, self.law.catalogue(), self.prepared.in_force.as_of, is_flow)
    }

    /// Values of facts as a change of the map; `None` where one of them has no place there.
    pub(super) fn written(
        &self,
        movement: &Movement,
        view: &View<'_>,
        values: &Values,
        mechanism: Option<&str>,
    ) -> Option<Change> {
        let stand_in = view.stand_in(movement.rows.start);
        let mut change = Change::new();
        for (fact, value) in values {
            let fact = self.law.catalogue().fact(*fact);
            let name = match &fact.key {
                FactKey::Flow(flow) => flow.as_str(),
                FactKey::Mechanism(of_all) => of_all.as_str(),
                FactKey::Own(_, own) | FactKey::OwnOfParty(_, own) => own.name.as_str(),
                _ => return None,
            };
            let value = in_json(value)?;
            let paths = match mechanism {
                Some(id) if fact.is_of_mechanism() => vec![format!("mechanisms.{id}.{name}")],
                _ if fact.is_of_mechanism() => return None,
                _ => {
                    let traced = Tracer::new(self.movements(), movement, stand_in).sources(&fact.key, None);
                    // Of an access that nobody has drawn, the map has no object that could say it.
                    if traced.iter().any(Attribute::is_drawn) {
                        return None;
                    }
                    traced
                        .iter()
                        .map(|attribute| attribute.path(self.movements()))
                        .collect()
                }
            };
            if paths.is_empty() || !paths.iter().all(|path| path.ends_with(&format!(".{name}"))) {
                return None;
            }
            for path in paths {
                change = change.set(path, value.clone());
            }
        }
        Some(change)
    }

    /// Whoever could look no longer can.
    fn exclude(&self, index: usize, ways: &mut Ways) {
        let Some(access) = self.movements().accesses.get(index) else {
            return;
        };
        let map = self.map();
        let node = &map.node(access.node).id;
        let Some(by) = access.by.map(|by| &map.entity(by).id) else {
            ways.rule_out("access", format!("it is not known who operates `{node}`"));
            return;
        };
        let (id, what, change) = match access.basis {
            Basis::Control(control) => {
                let edge = provenance::edge(self.movements(), Edge::Access(index));
                let what = match map.control(control).over {
                    Controlled::Node(_) => format!("of `{node}`"),
                    Controlled::Entity(entity) => format!("of all that `{}` operates", map.entity(entity).id),
                };
                let change = Change::new().set(format!("{edge}.access"), "none");
                (edge, what, change)
            }
            Basis::Operator => {
                let taken = |id: &str| map.controls.iter().any(|control| control.id.as_deref() == Some(id));
                let id = unused(&format!("no-access-{by}-{node}"), taken);
                let control = json!({ "id": id, "by": by, "over": node, "kind": "operates", "access": "none" });
                let change = match self.document.value("controls") {
                    Some(Json::Array(_)) => Change::new().set(format!("controls.{id}"), control),
                    _ => Change::new().set("controls", json!([control])),
                };
                (format!("controls.{id}"), format!("of `{node}`"), change)
            }
        };
        ways.measures.push(Measure {
            id: format!("exclude:{id}"),
            kind: MeasureKind::ExcludeAccess,
            words: format!("Shut `{by}` out {what}: agree on it, and make it technically impossible to read the data"),
            setting: None,
            mechanism: None,
            steps: Vec::new(),
            change,
        });
    }

    /// Moves the node where a movement ends, unless it is a vendor's or hangs on a setting.
    fn relocate(&self, movement: &Movement, ways: &mut Ways) {
        let map = self.map();
        let Edge::Flow(flow) = movement.edge else { return };
        let End::Node(to) = map.flow(flow).to else { return };
        let node = map.node(to);
        let at = format!("{}.located_in", node_path(node));
        let parties = Parties::of(self.movements(), movement);
        let home: BTreeSet<Place> = match map.flow(flow).from {
            End::Node(from) => map
                .node(from)
                .located_in
                .alternatives
                .iter()
                .flatten()
                .copied()
                .collect(),
            End::Subjects(_) => BTreeSet::new(),
        };
        let gazetteer = self.law.catalogue().gazetteer();
        let value = self.document.value(&at).unwrap_or(Json::Null);
        if map.used.iter().any(|used| used.objects.contains(&node.id)) {
            ways.rule_out(node.id.clone(), "it is the vendor's, which only its settings move");
            return;
        }
        if value.get("setting").is_some() {
            return;
        }
        let mut offer = |to: &str, place: Place, value: Json| {
            ways.measures.push(Measure {
                id: format!("relocate:{}:{to}", node.id),
                kind: MeasureKind::Relocate,
                words: format!(
                    "Move `{}` to {} ({to}), with what it holds",
                    node.id,
                    gazetteer.name(place)
                ),
                setting: None,
                mechanism: None,
                steps: Vec::new(),
                change: Change::new().set(at.clone(), value),
            });
        };
        let now = &node.located_in.alternatives;
        let is_elsewhere = |place: Place| !now.iter().any(|places| places.iter().eq([&place]));
        if let Some((provider, _)) = value
            .get("cloud")
            .and_then(Json::as_str)
            .and_then(|r| r.split_once('/'))
        {
            let mut seen = BTreeSet::new();
            // Nobody can move into a region that is closed to them.
            let of_provider =
                |region: &&cloud::Region| region.provider == provider && region.status == RegionStatus::Open;
            for region in cloud::regions().filter(of_provider) {
                let place = gazetteer.find(region.place);
                if let Some(place) = place.filter(|place| is_elsewhere(*place) && seen.insert(*place)) {
                    let name = region.to_string();
                    offer(&name, place, json!({ "cloud": name }));
                }
            }
            return;
        }
        let own = parties.exporter.zip(node.operator);
        if own.is_some_and(|(exporter, operator)| is_same_group(map, exporter, operator) == Truth::True) {
            for place in home.into_iter().filter(|place| is_elsewhere(*place)) {
                offer(&place.to_string(), place, json!(place.to_string()));
            }
        }
    }
}

fn words(setting: &Setting) -> impl Iterator<Item = &String> {
    setting
        .values
        .iter()
        .filter(|word| setting.value.as_ref() != Some(*word))
}

fn set(setting: &Setting, word: &str, kind: MeasureKind) -> Measure {
    let id = &setting.id;
    let words = match &setting.value {
        Some(now) => format!("Set `{id}` to `{word}` (it is `{now}`)"),
        None => format!("Make sure that `{id}` is `{word}`"),
    };
    Measure {
        id: format!("set:{id}:{word}"),
        kind,
        words,
        setting: Some(SettingNamed {
            id: id.clone(),
            from: setting.value.clone(),
            to: word.to_owned(),
            changeable: setting.changeable,
            about: setting.about.clone(),
            set_by: setting.set_by.clone(),
            needs: setting.needs.clone(),
            residue: setting.residue.clone(),
        }),
        mechanism: None,
        steps: Vec::new(),
        change: Change::new().set(format!("settings.{id}.value"), word),
    }
}

/// The flow stays in the map, as one that does not take place: what refers to it goes on to.
fn drop(flow: &str) -> Measure {
    Measure {
        id: format!("drop:{flow}"),
        kind: MeasureKind::Drop,
        words: format!("Stop the flow `{flow}`"),
        setting: None,
        mechanism: None,
        steps: Vec::new(),
        change: Change::new().set(format!("flows.{flow}.existence"), "none"),
    }
}

/// A value as a map has it.
fn in_json(value: &Value) -> Option<Json> {
    match value {
        Value::Bool(value) => Some(json!(value)),
        Value::Never => Some(json!("none")),
        Value::Date(day) => Some(json!(day.to_string())),
        Value::Word(words) if words.len() == 1 => words.first().map(|word| json!(word)),
        Value::Words(set) => set.known().map(|words| json!(words)),
        Value::Count { least, most } if *most == Some(*least) => Some(json!(least)),
        _ => None,
    }
}
