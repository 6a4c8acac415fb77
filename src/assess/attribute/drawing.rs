//! What has to be drawn in a map before an attribute has a place in it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::assess::attribute::{Attribute, Object};
use crate::judge::movement::Movements;
use crate::load::Change;
use crate::model::{AssetId, Location};

/// Draws what the map only implies.
pub(crate) struct Drawing<'a>(pub(crate) &'a Movements<'a>);

impl Drawing<'_> {
    /// What makes room for an attribute; `None` where there is room.
    pub(crate) fn of(&self, attribute: &Attribute) -> Option<Change> {
        match attribute.object {
            Object::Look(access) | Object::Team(access) => {
                let looks = alike(self.0, access).map(|access| self.look(access));
                let drawn = looks.reduce(|all, look| Some(all?.and(&look?)))??;
                // Whoever says whether it is read says that somebody looks.
                Some(match attribute.path(self.0) {
                    path if path.ends_with(".access") => {
                        let look = format!("flows.{}.existence", look_id(self.0, access));
                        drawn.set(look, "shown")
                    }
                    _ => drawn,
                })
            }
            Object::People(asset, _) => self.people(asset),
            _ => None,
        }
    }

    /// An implied access as a flow to the people who have it; none where nobody knows who that is.
    fn look(&self, access: usize) -> Option<Change> {
        let Self(movements) = self;
        let map = movements.map;
        let implied = movements.accesses.get(access)?;
        let by = &map.entity(implied.by?).id;
        let id = look_id(movements, access);
        let mut team = json!({ "kind": "team", "operator": by });
        if let Some(place) = written(&implied.from) {
            team["located_in"] = place;
        }
        let mut flow = json!({
            "from": map.node(implied.node).id, "to": id, "kind": "remote_access", "initiated_by": "importer",
            "transit_only": false,
        });
        match implied.access {
            Some(access) => flow["access"] = json!(access.as_str()),
            // A look that is drawn takes place; of this one nobody knows.
            None => flow["existence"] = json!("possible"),
        }
        // The team is all its people who look: no others look at what these see.
        let nobody_else = json!({ "id": id, "by": by, "over": id, "kind": "operates", "access": "none" });
        let change = Change::new().set(format!("processors.{id}"), team);
        let change = change.set(format!("controls.{id}"), nobody_else);
        Some(change.set(format!("flows.{id}"), flow))
    }

    /// The people of an asset as one group.
    fn people(&self, asset: AssetId) -> Option<Change> {
        let map = self.0.map;
        let of = map.asset(asset);
        if of.subjects.as_ref().is_some_and(|groups| !groups.is_empty()) {
            return None;
        }
        let groups = map.assets.iter().flat_map(|asset| asset.subjects.iter().flatten());
        let taken: BTreeSet<&str> = groups.map(|group| group.group.as_str()).collect();
        let name = unused(&format!("{}-people", of.id), |name| taken.contains(name));
        Some(Change::new().set(format!("assets.{}.subjects", of.id), json!([{ "group": name }])))
    }
}

/// The id under which an implied access is drawn, both the flow and where it leads.
pub(super) fn look_id(movements: &Movements<'_>, access: usize) -> String {
    let map = movements.map;
    let Some(implied) = movements.accesses.get(access) else {
        return "look".to_owned();
    };
    let by = implied.by.map_or("unknown", |by| map.entity(by).id.as_str());
    let node = &map.node(implied.node).id;
    let mut name = format!("look-{node}-by-{by}");
    // Another pair could read the same.
    if node.contains("-by-") || by.contains("-by-") || name.len() > LONGEST {
        name = hashed(name, node);
    }
    let before = alike(movements, access).take_while(|other| *other != access).count();
    if before > 0 {
        name = format!("{name}-{}", before + 1);
    }
    let is_taken = |id: &str| {
        map.nodes.binary_search_by(|node| node.id.as_str().cmp(id)).is_ok()
            || map.assets.binary_search_by(|asset| asset.id.as_str().cmp(id)).is_ok()
            || map.flows.binary_search_by(|flow| flow.id.as_str().cmp(id)).is_ok()
    };
    unused(&name, is_taken)
}

/// The accesses of the same entity to the same node: a look that is drawn stands for all of them.
fn alike<'a>(movements: &'a Movements<'_>, access: usize) -> impl Iterator<Item = usize> + 'a {
    let of = move |access: usize| Some((movements.accesses.get(access)?.node, movements.accesses.get(access)?.by));
    // INVARIANT: accesses are sorted by node and entity.
    let first = (0..access)
        .rev()
        .take_while(move |other| of(*other) == of(access))
        .last();
    (first.unwrap_or(access)..).take_while(move |other| of(*other).is_some() && of(*other) == of(access))
}

/// Longer names are cut: a look at a look would make ever longer ones.
const LONGEST: usize = 120;

/// A name cut short and made another for each node.
fn hashed(name: String, node: &str) -> String {
    // FNV-1a.
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let bytes = name.bytes().chain([0]).chain(node.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, add);
    let mut end = name.len().min(LONGEST);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{hash:016x}", name.get(..end).unwrap_or_default())
}

/// The name itself, or the first of `name-2`, `name-3`, … that is not taken.
pub(crate) fn unused(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    numbered.find(|name| !is_taken(name)).unwrap_or_default()
}

/// A location as a map writes it, if anything is known of it.
fn written(location: &Location) -> Option<Value> {
    let places = |set: &BTreeSet<crate::place::Place>| {
        let codes: Vec<String> = set.iter().map(ToString::to_string).collect();
        match codes.as_slice() {
            [one] => json!(one),
            several => json!({ "all_of": several }),
        }
    };
    match location.alternatives.as_slice() {
        [] => None,
        [only] => Some(places(only)),
        several => Some(json!({ "one_of": several.iter().map(places).collect::<Vec<_>>() })),
    }
}
