//! One attribute of one object of a map: where it stands, and how much of it is known.

mod drawing;
mod wording;

use std::collections::BTreeSet;

use crate::fact::{Catalogue, OwnFact, Value};
use crate::judge::movement::Movements;
use crate::load::Holder;
use crate::model::{AssetId, ControlId, EntityId, FlowId, Location, MechanismId, Node, NodeId, Stated};
use crate::place::Place;

pub(crate) use drawing::{Drawing, unused};
pub(crate) use wording::Wording;

/// An attribute of an object.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Attribute {
    pub(super) object: Object,
    pub(super) key: Key,
}

/// The object that has it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Object {
    /// The map itself.
    Map,
    Setting(String),
    Entity(EntityId),
    Asset(AssetId),
    /// A group of the people in an asset, by its position; the first one, if nothing is said of groups.
    People(AssetId, usize),
    Node(NodeId),
    Flow(FlowId),
    /// What a flow does to the data.
    Transforms(FlowId),
    Control(ControlId),
    Mechanism(MechanismId),
    /// The flow by which an implied access is drawn.
    Look(usize),
    /// Where the people sit who have an implied access, once it is drawn.
    Team(usize),
}

/// The key under which it stands.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Key {
    Core(&'static str),
    Own(OwnFact),
}

/// What a look that is to be drawn mixes in.
pub(crate) const MIXES_IN: &str = "transforms.mixes_in";

/// How much is known of an attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Known {
    Nothing,
    /// Something, which may not be enough: one of several places, a country with cities in it.
    Part(String),
    All(String),
}

impl Known {
    /// What is known, in words.
    pub(crate) fn words(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Part(words) | Self::All(words) => Some(words),
        }
    }

    /// What is wanting most comes first.
    fn rank(&self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Part(_) => 1,
            Self::All(_) => 2,
        }
    }
}

/// The attribute to ask for first: of those of which least is known the first.
pub(crate) fn first_open(of: Vec<Attribute>, movements: &Movements<'_>, catalogue: &Catalogue) -> Option<Attribute> {
    of.into_iter()
        .min_by_key(|attribute| attribute.known(movements, catalogue).rank())
}

impl Attribute {
    pub(crate) fn core(object: Object, key: &'static str) -> Self {
        let key = Key::Core(key);
        Self { object, key }
    }

    pub(crate) fn own(object: Object, fact: &OwnFact) -> Self {
        let key = Key::Own(fact.clone());
        Self { object, key }
    }

    /// Where its value is written: `flows.sync.access`. Of an implied access: where it would be once that is drawn.
    pub(crate) fn path(&self, movements: &Movements<'_>) -> String {
        let object = self.object_path(movements);
        match &self.key {
            Key::Core(key) if object.is_empty() => (*key).to_owned(),
            Key::Core(key) => format!("{object}.{key}"),
            Key::Own(own) if matches!(self.object, Object::Mechanism(_)) => format!("{object}.{}", own.name),
            Key::Own(own) => format!("{object}.{}.{}", own.regime, own.name),
        }
    }

    fn object_path(&self, movements: &Movements<'_>) -> String {
        let map = movements.map;
        match &self.object {
            Object::Map => String::new(),
            Object::Setting(id) => format!("settings.{id}"),
            Object::Entity(id) => format!("entities.{}", map.entity(*id).id),
            Object::Asset(id) => format!("assets.{}", map.asset(*id).id),
            Object::People(id, group) => format!("assets.{}.subjects[{group}]", map.asset(*id).id),
            Object::Node(id) => node_path(movements.map.node(*id)),
            Object::Flow(id) => format!("flows.{}", map.flow(*id).id),
            Object::Transforms(id) => format!("flows.{}.transforms", map.flow(*id).id),
            Object::Control(id) => {
                let control = map.control(*id);
                match &control.id {
                    Some(id) => format!("controls.{id}"),
                    None => format!("controls[{}]", control.position),
                }
            }
            Object::Mechanism(id) => format!("mechanisms.{}", map.mechanism(*id).id),
            Object::Look(access) => format!("flows.{}", drawing::look_id(movements, *access)),
            Object::Team(access) => format!("processors.{}", drawing::look_id(movements, *access)),
        }
    }

    /// Where it is now: of an implied access that nobody has drawn, where that follows from.
    pub(crate) fn stands_at(&self, movements: &Movements<'_>) -> String {
        match self.object {
            Object::Look(access) | Object::Team(access) => {
                super::provenance::edge(movements, crate::judge::movement::Edge::Access(access))
            }
            Object::People(asset, _) if movements.map.asset(asset).subjects.is_none() => {
                format!("assets.{}.subjects", movements.map.asset(asset).id)
            }
            _ => self.path(movements),
        }
    }

    /// Whether what it belongs to is not drawn in the map yet.
    pub(crate) fn is_drawn(&self) -> bool {
        matches!(self.object, Object::Look(_) | Object::Team(_))
    }

    pub(super) fn holder(&self) -> Option<Holder> {
        Some(match self.object {
            Object::Map => return None,
            Object::Setting(_) => Holder::Setting,
            Object::Entity(_) => Holder::Entity,
            Object::Asset(_) => Holder::Asset,
            Object::People(..) => Holder::People,
            Object::Node(_) | Object::Team(_) => Holder::Node,
            Object::Flow(_) | Object::Look(_) => Holder::Flow,
            Object::Transforms(_) => Holder::Transforms,
            Object::Control(_) => Holder::Control,
            Object::Mechanism(_) => Holder::Mechanism,
        })
    }

    /// How much is known of it now.
    pub(crate) fn known(&self, movements: &Movements<'_>, catalogue: &Catalogue) -> Known {
        let map = movements.map;
        let knows = Knows { movements, catalogue };
        let Key::Core(key) = self.key else {
            return self.known_own(&knows);
        };
        match &self.object {
            Object::Map => map.as_of.map_or(Known::Nothing, |day| Known::All(day.to_string())),
            Object::Setting(id) => knows.text(map.settings.get(id).and_then(|setting| setting.value.as_deref())),
            Object::Entity(id) => {
                let entity = map.entity(*id);
                match key {
                    "established_in" => knows.places(entity.established_in.as_ref()),
                    "decides_from" => knows.places(entity.decides_from.as_ref()),
                    "branch_of" => knows.entity(entity.branch_of),
                    "parent" => knows.entity(entity.parent),
                    _ => knows.text(entity.kind.map(|kind| kind.as_str())),
                }
            }
            Object::Asset(id) => self.known_of_asset(&knows, *id, key),
            Object::People(id, group) => {
                let group = map.asset(*id).subjects.as_ref().and_then(|groups| groups.get(*group));
                group.map_or(Known::Nothing, |group| match key {
                    "located_in" => knows.places(group.located_in.as_ref()),
                    "count" => knows.text(group.count.map(|count| count.to_string()).as_deref()),
                    "relation" => knows.text(group.relation.as_deref()),
                    "minors" => knows.truth(group.minors),
                    _ => knows.words(group.overlaps.as_ref()),
                })
            }
            Object::Node(id) => {
                let node = map.node(*id);
                match key {
                    "operator" => knows.entity(node.operator.map_or(Stated::Unknown, Stated::Is)),
                    "acts_for" => knows.entity(node.acts_for),
                    "located_in" | "addresses" => knows.location(&node.located_in),
                    _ => knows.entity(node.keys_held_by),
                }
            }
            Object::Flow(id) => {
                let flow = map.flow(*id);
                match key {
                    "kind" => knows.text(flow.kind.map(|kind| kind.as_str())),
                    "access" => knows.text(flow.access.map(|access| access.as_str())),
                    "purpose" => knows.text(flow.purpose.map(|purpose| purpose.as_str())),
                    "arranged_by" => knows.entity(flow.arranged_by),
                    "initiated_by" => knows.text(flow.initiated_by.map(|by| by.as_str())),
                    "transit_only" => knows.truth(flow.transit_only),
                    "occasional" => knows.truth(flow.occasional),
                    "protection" => knows.text(flow.protection.map(|protection| protection.as_str())),
                    "per_day" => knows.text(flow.per_day.map(|times| times.to_string()).as_deref()),
                    // Possible: nobody knows.
                    _ if flow.existence == crate::word::Existence::Possible => Known::Nothing,
                    _ => Known::All(flow.existence.to_string()),
                }
            }
            Object::Transforms(id) => {
                let mixes_in = map.flow(*id).transforms.mixes_in.as_ref();
                let ids: Option<BTreeSet<String>> =
                    mixes_in.map(|assets| assets.iter().map(|asset| map.asset(*asset).id.clone()).collect());
                match ids {
                    // Mixed data have the facts of all: it may be asked whether they are mixed.
                    Some(ids) if !ids.is_empty() => Known::Part(listed(&ids)),
                    ids => knows.words(ids.as_ref()),
                }
            }
            Object::Control(id) => match key {
                "access" => knows.text(map.control(*id).access.map(|access| access.as_str())),
                _ => knows.location(&map.control(*id).access_from),
            },
            Object::Mechanism(id) => match map.mechanism(*id).own.get(key) {
                Some(value) => knows.value(value),
                None => Known::Nothing,
            },
            Object::Look(access) => {
                let access = movements.accesses.get(*access).and_then(|access| access.access);
                match key {
                    "access" => knows.text(access.map(|access| access.as_str())),
                    _ => Known::Nothing,
                }
            }
            Object::Team(access) => match (key, movements.accesses.get(*access)) {
                ("located_in", Some(access)) => knows.location(&access.from),
                _ => Known::Nothing,
            },
        }
    }

    fn known_of_asset(&self, knows: &Knows<'_>, id: AssetId, key: &str) -> Known {
        let asset = knows.movements.map.asset(id);
        match key {
            "personal" => knows.truth(asset.personal),
            "state" => knows.text(asset.state.map(|state| state.as_str())),
            "categories" => match &asset.categories {
                Some(words) if !words.is_subset(knows.catalogue.categories()) => Known::Part(listed(words)),
                words => knows.words(words.as_ref()),
            },
            "collected_in" => knows.places(asset.collected_in.as_ref()),
            "collected_from" => knows.text(asset.collected_from.map(|from| from.as_str())),
            "controller" => match &asset.controllers {
                // Nobody: then it hangs on others who decides.
                Some(controllers) if controllers.is_empty() => Known::Part("none".to_owned()),
                Some(controllers) => {
                    let entity = |id: &EntityId| knows.movements.map.entity(*id).id.clone();
                    Known::All(listed(&controllers.iter().map(entity).collect()))
                }
                None => Known::Nothing,
            },
            "purposes" => knows.words(asset.purposes.as_ref()),
            "legal_basis" => knows.text(asset.legal_basis.map(|basis| basis.as_str())),
            _ => knows.text(asset.data_class.as_deref()),
        }
    }

    fn known_own(&self, knows: &Knows<'_>) -> Known {
        let Key::Own(own) = &self.key else {
            return Known::Nothing;
        };
        let map = knows.movements.map;
        let value = match &self.object {
            Object::Entity(id) => map.entity(*id).own.get(own),
            Object::Asset(id) => map.asset(*id).own.get(own),
            Object::Flow(id) => map.flow(*id).own.get(own),
            Object::Mechanism(id) => map.mechanism(*id).own.get(&own.name),
            _ => None,
        };
        value.map_or(Known::Nothing, |value| knows.value(value))
    }

    /// The objects of the map that it is about.
    pub(crate) fn objects(&self, movements: &Movements<'_>) -> Vec<String> {
        let map = movements.map;
        match &self.object {
            Object::Map => Vec::new(),
            Object::Setting(id) => vec![id.clone()],
            Object::Entity(id) => vec![map.entity(*id).id.clone()],
            Object::Asset(id) | Object::People(id, _) => vec![map.asset(*id).id.clone()],
            Object::Node(id) => vec![map.node(*id).id.clone()],
            Object::Flow(id) | Object::Transforms(id) => vec![map.flow(*id).id.clone()],
            Object::Control(id) => {
                let control = map.control(*id);
                let over = match control.over {
                    crate::model::Controlled::Node(node) => map.node(node).id.clone(),
                    crate::model::Controlled::Entity(entity) => map.entity(entity).id.clone(),
                };
                let own = control.id.clone().into_iter();
                own.chain([map.entity(control.by).id.clone(), over]).collect()
            }
            Object::Mechanism(id) => vec![map.mechanism(*id).id.clone()],
            Object::Look(access) | Object::Team(access) => {
                let access = movements.accesses.get(*access);
                let node = access.map(|access| map.node(access.node).id.clone());
                let by = access.and_then(|access| Some(map.entity(access.by?).id.clone()));
                by.into_iter().chain(node).collect()
            }
        }
    }
}

/// Where a node stands in the map.
pub(super) fn node_path(node: &Node) -> String {
    format!("{}.{}", if node.is_storage { "storage" } else { "processors" }, node.id)
}

fn listed(words: &BTreeSet<String>) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Tells how much is known of values of each kind.
struct Knows<'a> {
    movements: &'a Movements<'a>,
    catalogue: &'a Catalogue,
}

impl Knows<'_> {
    fn text(&self, text: Option<&str>) -> Known {
        text.map_or(Known::Nothing, |text| Known::All(text.to_owned()))
    }

    fn truth(&self, truth: Option<bool>) -> Known {
        self.text(truth.map(|truth| if truth { "yes" } else { "no" }))
    }

    fn words(&self, words: Option<&BTreeSet<String>>) -> Known {
        words.map_or(Known::Nothing, |words| Known::All(listed(words)))
    }

    fn entity(&self, stated: Stated<EntityId>) -> Known {
        match stated {
            Stated::Unknown => Known::Nothing,
            Stated::Absent => Known::All("none".to_owned()),
            Stated::Is(id) => Known::All(self.movements.map.entity(id).id.clone()),
        }
    }

    fn exact(&self, places: &BTreeSet<Place>, words: String) -> Known {
        let gazetteer = self.catalogue.gazetteer();
        if places.iter().any(|place| gazetteer.is_divided(*place)) {
            Known::Part(words)
        } else {
            Known::All(words)
        }
    }

    fn places(&self, places: Option<&BTreeSet<Place>>) -> Known {
        places.map_or(Known::Nothing, |places| {
            self.exact(places, listed(&places.iter().map(ToString::to_string).collect()))
        })
    }

    fn location(&self, location: &Location) -> Known {
        let words = |places: &BTreeSet<Place>| {
            let names: Vec<String> = places.iter().map(ToString::to_string).collect();
            names.join(" and ")
        };
        match location.alternatives.as_slice() {
            [] => Known::Nothing,
            [places] => self.exact(places, words(places)),
            several => Known::Part(several.iter().map(words).collect::<Vec<_>>().join(" or ")),
        }
    }

    fn value(&self, value: &Value) -> Known {
        let words = value.to_string();
        match value {
            Value::Unknown | Value::Open => Known::Nothing,
            Value::Places(set) => match set.known() {
                Some(places) => self.exact(places, words),
                None => Known::Part(words),
            },
            value if value.is_certain() => Known::All(words),
            _ => Known::Part(words),
        }
    }
}
