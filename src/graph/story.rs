//! Small maps for tests, told line by line.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Asset, AssetId, Control, ControlId, Controlled, End, Entity, EntityId, Flow, FlowId, Location, Map, Node, NodeId,
    Setting, Stated, Transforms,
};
use crate::place::{Gazetteer, Place};
use crate::word::{Access, ControlKind, DataState};

/// The place with a code.
pub(super) fn place(code: &str) -> Place {
    Gazetteer::countries().find(code).unwrap()
}

/// The places with these codes, separated by spaces.
pub(super) fn places(codes: &str) -> BTreeSet<Place> {
    codes.split_whitespace().map(place).collect()
}

/// A map under construction. Names are looked up among nodes first, then among assets.
#[derive(Default)]
pub(super) struct Story {
    pub(super) map: Map,
}

impl Story {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// `""`: not known where; `SG|CN`: one of them; `SG CN`: both.
    pub(super) fn located(codes: &str) -> Location {
        let mut alternatives: Vec<_> = codes.split('|').map(places).filter(|set| !set.is_empty()).collect();
        alternatives.sort();
        Location {
            alternatives,
            setting: None,
        }
    }

    pub(super) fn asset(&mut self, id: &str, collected_in: &str) -> &mut Self {
        self.map.assets.push(Asset {
            id: id.to_owned(),
            collected_in: Some(places(collected_in)).filter(|set| !set.is_empty()),
            ..Asset::default()
        });
        self
    }

    pub(super) fn state(&mut self, asset: &str, state: DataState) -> &mut Self {
        let id = self.asset_id(asset);
        self.map.assets[id.index()].state = Some(state);
        self
    }

    pub(super) fn node(&mut self, id: &str, located_in: &str) -> &mut Self {
        self.map.nodes.push(Node {
            id: id.to_owned(),
            is_storage: false,
            name: None,
            kind: None,
            operator: None,
            acts_for: Stated::Unknown,
            located_in: Self::located(located_in),
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
        self
    }

    pub(super) fn entity(&mut self, id: &str, established_in: &str) -> &mut Self {
        self.map.entities.push(Entity {
            id: id.to_owned(),
            established_in: Some(places(established_in)).filter(|set| !set.is_empty()),
            ..Entity::default()
        });
        self
    }

    pub(super) fn operator(&mut self, node: &str, entity: &str) -> &mut Self {
        let (node, entity) = (self.node_id(node), self.entity_id(entity));
        self.map.nodes[node.index()].operator = Some(entity);
        self
    }

    pub(super) fn keys(&mut self, node: &str, entity: &str) -> &mut Self {
        let (node, entity) = (self.node_id(node), self.entity_id(entity));
        self.map.nodes[node.index()].keys_held_by = Stated::Is(entity);
        self
    }

    pub(super) fn parent(&mut self, entity: &str, parent: &str) -> &mut Self {
        let (entity, parent) = (self.entity_id(entity), self.entity_id(parent));
        self.map.entities[entity.index()].parent = Stated::Is(parent);
        self
    }

    pub(super) fn branch(&mut self, entity: &str, company: &str) -> &mut Self {
        let (entity, company) = (self.entity_id(entity), self.entity_id(company));
        self.map.entities[entity.index()].branch_of = Stated::Is(company);
        self
    }

    pub(super) fn control(&mut self, by: &str, kind: ControlKind, over: &str) -> ControlId {
        let over = match self.map.nodes.iter().position(|node| node.id == over) {
            Some(node) => Controlled::Node(NodeId::at(node)),
            None => Controlled::Entity(self.entity_id(over)),
        };
        self.map.controls.push(Control {
            position: self.map.controls.len(),
            id: None,
            by: self.entity_id(by),
            over,
            kind,
            access: None,
            access_from: Location::default(),
            share: None,
            since: None,
        });
        ControlId::at(self.map.controls.len() - 1)
    }

    pub(super) fn access(&mut self, control: ControlId, access: Access, from: &str) -> &mut Self {
        let control = &mut self.map.controls[control.index()];
        control.access = Some(access);
        control.access_from = Self::located(from);
        self
    }

    pub(super) fn flow(&mut self, from: &str, to: &str) -> FlowId {
        let (from, to) = (self.end(from), self.end(to));
        self.map.flows.push(Flow {
            id: format!("flow-{}", self.map.flows.len()),
            from,
            to,
            carries: None,
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
            existence: crate::word::Existence::Shown,
            own: BTreeMap::new(),
        });
        FlowId::at(self.map.flows.len() - 1)
    }

    pub(super) fn carries(&mut self, flow: FlowId, assets: &str) -> &mut Self {
        self.map.flows[flow.index()].carries = Some(self.asset_ids(assets));
        self
    }

    pub(super) fn leaves(&mut self, flow: FlowId, state: DataState) -> &mut Self {
        self.map.flows[flow.index()].transforms.state = Some(state);
        self
    }

    pub(super) fn drops(&mut self, flow: FlowId, category: &str) -> &mut Self {
        self.map.flows[flow.index()]
            .transforms
            .drops
            .insert(category.to_owned());
        self
    }

    pub(super) fn mixes(&mut self, flow: FlowId, assets: &str) -> &mut Self {
        self.map.flows[flow.index()].transforms.mixes_in = Some(self.asset_ids(assets));
        self
    }

    pub(super) fn set(&mut self, setting: &str, value: Option<&str>) -> &mut Self {
        let stated = Setting {
            id: setting.to_owned(),
            value: value.map(str::to_owned),
            ..Setting::default()
        };
        self.map.settings.insert(setting.to_owned(), stated);
        self
    }

    pub(super) fn when(&mut self, flow: FlowId, setting: &str, word: &str) -> &mut Self {
        let words = BTreeSet::from([word.to_owned()]);
        self.map.flows[flow.index()].when.insert(setting.to_owned(), words);
        self
    }

    /// A flow that may exist: it hangs on a setting that nobody has told.
    pub(super) fn perhaps(&mut self, flow: FlowId) -> &mut Self {
        self.set("untold", None).when(flow, "untold", "on")
    }

    pub(super) fn node_id(&self, id: &str) -> NodeId {
        NodeId::at(self.map.nodes.iter().position(|node| node.id == id).unwrap())
    }

    pub(super) fn asset_id(&self, id: &str) -> AssetId {
        AssetId::at(self.map.assets.iter().position(|asset| asset.id == id).unwrap())
    }

    pub(super) fn entity_id(&self, id: &str) -> EntityId {
        EntityId::at(self.map.entities.iter().position(|entity| entity.id == id).unwrap())
    }

    fn asset_ids(&self, ids: &str) -> BTreeSet<AssetId> {
        ids.split_whitespace().map(|id| self.asset_id(id)).collect()
    }

    fn end(&self, id: &str) -> End {
        match self.map.nodes.iter().position(|node| node.id == id) {
            Some(node) => End::Node(NodeId::at(node)),
            None => End::Subjects(self.asset_id(id)),
        }
    }
}
