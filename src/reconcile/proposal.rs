//! What a map would have to say of a flow that it does not know: entries for it, with the data unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::assess::attribute::unused;
use crate::load::{Change, is_host};
use crate::model::{Map, NodeId};
use crate::observe::tally::Volume;
use crate::reconcile::party::{Met, Party, Stranger, StrangerKind};

/// So many addresses of a party are entered; an address list of a thousand helps nobody.
const MOST_ADDRESSES: usize = 50;

/// The longest part of an id that is made of a label.
const LONGEST_SLUG: usize = 40;

/// The longest id that is proposed, in bytes, before a number is added to it.
const LONGEST_ID: usize = 150;

/// Entries for what a map does not know, under ids that it does not use.
pub(super) struct Proposals<'m> {
    map: &'m Map,
    taken: BTreeSet<String>,
    /// The node proposed for each stranger.
    strangers: BTreeMap<Stranger, String>,
    /// The id of the source that all entries name.
    source: String,
    change: Change,
}

/// On which ways of an edge something went, or may have.
pub(super) fn ways(volume: &Volume) -> [bool; 2] {
    [volume.sent, volume.received].map(|bytes| bytes > 0 || volume.bytes_unknown_rows > 0)
}

impl<'m> Proposals<'m> {
    pub(super) fn new(map: &'m Map) -> Self {
        let nodes = map.nodes.iter().map(|node| &node.id);
        let others = map
            .assets
            .iter()
            .map(|asset| &asset.id)
            .chain(map.flows.iter().map(|flow| &flow.id));
        let mut proposals = Self {
            map,
            taken: nodes.chain(others).chain(map.sources.keys()).cloned().collect(),
            strangers: BTreeMap::new(),
            source: String::new(),
            change: Change::new(),
        };
        proposals.source = proposals.id("observed-traffic");
        proposals
    }

    /// The flows proposed for an edge, one for each way on which something went; `None` where an end may be one of several
    /// nodes, since a flow has one.
    pub(super) fn add<'p>(
        &mut self,
        edge: (&Party, &Party),
        volume: &Volume,
        met: impl Fn(&Stranger) -> Option<&'p Met>,
    ) -> Option<Vec<String>> {
        if self.is_shared(edge.0) || self.is_shared(edge.1) {
            return None;
        }
        let (one, other) = (self.node(edge.0, &met)?, self.node(edge.1, &met)?);
        let mut flows = Vec::new();
        for ((from, to), went) in [(&one, &other), (&other, &one)].into_iter().zip(ways(volume)) {
            if !went {
                continue;
            }
            let flow = self.id(&format!("{from}-to-{to}"));
            // Of the data nothing is known, not even whether they are about people.
            let asset = self.id(&format!("{flow}-data"));
            self.set(format!("assets.{asset}"), json!({ "evidence": self.source }));
            let entry = json!({ "from": from, "to": to, "carries": [asset], "evidence": self.source });
            self.set(format!("flows.{flow}"), entry);
            flows.push(flow);
        }
        Some(flows)
    }

    /// The change, with the source that its entries name.
    pub(super) fn finish(mut self, logs: &str) -> Change {
        if !self.change.is_empty() {
            let source = json!({ "title": logs, "confidence": "verified" });
            self.change = self.change.set(format!("sources.{}", self.source), source);
        }
        self.change
    }

    fn is_shared(&self, party: &Party) -> bool {
        matches!(party, Party::Nodes(nodes) if nodes.len() != 1)
    }

    fn set(&mut self, path: String, value: serde_json::Value) {
        self.change = std::mem::take(&mut self.change).set(path, value);
    }

    /// The node of a party: one of the map, or one that is proposed.
    fn node<'p>(&mut self, party: &Party, met: impl Fn(&Stranger) -> Option<&'p Met>) -> Option<String> {
        let stranger = match party {
            Party::Nodes(nodes) => return nodes.first().map(|id: &NodeId| self.map.node(*id).id.clone()),
            Party::Other(stranger) => stranger,
        };
        if let Some(known) = self.strangers.get(stranger) {
            return Some(known.clone());
        }
        let id = self.id(&format!("observed-{}", slug(&stranger.label)));
        let addresses = met(stranger).into_iter().flat_map(|met| &met.addresses);
        let reached: Vec<String> = addresses.take(MOST_ADDRESSES).map(ToString::to_string).collect();
        let mut node = json!({ "name": stranger.label, "addresses": reached, "evidence": self.source });
        if stranger.kind == StrangerKind::Name && is_host(&stranger.label) {
            // Others may be behind the same addresses: they say where it is, the name says who.
            node["located_in"] = json!({ "address": reached });
            node["addresses"] = stranger.label.clone().into();
        }
        let network = stranger.network.as_ref();
        let network = network.and_then(|id| self.map.networks.iter().find(|network| network.id == *id));
        if let Some(operator) = network.and_then(|network| network.operator) {
            node["operator"] = self.map.entity(operator).id.clone().into();
        }
        self.set(format!("processors.{id}"), node);
        self.strangers.insert(stranger.clone(), id.clone());
        Some(id)
    }

    /// An id that nothing else has.
    fn id(&mut self, wanted: &str) -> String {
        let fits = |(at, c): &(usize, char)| at + c.len_utf8() <= LONGEST_ID;
        let wanted: String = wanted.char_indices().take_while(fits).map(|(_, c)| c).collect();
        let id = unused(&wanted, |id| self.taken.contains(id));
        self.taken.insert(id.clone());
        id
    }
}

/// A label as a part of an id.
fn slug(label: &str) -> String {
    let mut slug = String::new();
    for c in label.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= LONGEST_SLUG {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() {
        "party".to_owned()
    } else {
        slug.to_owned()
    }
}
