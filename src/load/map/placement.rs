//! Where a node is: where the map says, or else where its addresses are.

use std::collections::{BTreeMap, BTreeSet};

use crate::load::decode::Node;
use crate::load::map::address;
use crate::load::map::context::Context;
use crate::load::map::format::RELY_ON_DATABASE;
use crate::load::map::reader::Reader;
use crate::load::tree::Tree;
use crate::locate::cloud::{self, Region};
use crate::locate::locator::Locator;
use crate::locate::network::Network;
use crate::locate::testimony::{Basis, Located};
use crate::model::{self, Address, Location, Reach};
use crate::place::Place;

/// With more combinations of what databases believe it is not known where a node is.
const MOST_COMBINATIONS: usize = 16;

/// Fills in the place and the addresses of a node.
pub(super) fn place(context: &Context<'_, '_>, locator: &Locator, reader: &Reader<'_, '_>, node: &mut model::Node) {
    let addresses = reader.known("addresses");
    node.addresses = addresses
        .and_then(|addresses| address::addresses(context, addresses))
        .unwrap_or_default();
    let gazetteer = context.catalogue.gazetteer();
    let locate = |networks: &BTreeSet<Network>| -> Vec<Located> {
        networks
            .iter()
            .map(|network| locator.locate(network, gazetteer))
            .collect()
    };
    let written = reader.known("located_in");
    let is_form = |written: &&Node<'_>| ["address", "rely_on"].iter().any(|key| written.tree.get(key).is_some());
    if let Some(written) = written.filter(is_form) {
        let (networks, relies) = read(written).unwrap_or_default();
        let networks: BTreeSet<Network> = networks.into_iter().collect();
        (node.located_in, node.placed_by) = whereabouts(&locate(&networks), relies);
        node.addresses.extend(networks.into_iter().map(|network| Address {
            at: Reach::Network(network),
            port: None,
        }));
    } else if let Some(written) = written {
        node.located_in = reader.location("located_in");
        node.regions = regions(chosen(context, written.tree));
    }
    node.addresses.sort();
    node.addresses.dedup();
    node.sighted = locate(&node.addresses.iter().filter_map(network).collect());
    // Where a host is of which only the name is known, nobody can say.
    if written.is_none() && node.addresses.iter().all(|address| network(address).is_some()) {
        (node.located_in, node.placed_by) = whereabouts(&node.sighted, false);
    }
}

/// The place of the word to which a setting is set, if a place hangs on one that is known.
fn chosen<'t>(context: &Context<'_, '_>, written: &'t Tree) -> &'t Tree {
    let setting = written.get("setting").and_then(Tree::text);
    let word = setting.and_then(|id| context.word_of(id));
    let value = word.and_then(|word| written.get("values")?.get(word));
    value.unwrap_or(written)
}

/// The regions of clouds that a place names, sorted.
fn regions(tree: &Tree) -> Vec<&'static Region> {
    fn collect(tree: &Tree, found: &mut BTreeMap<String, &'static Region>) {
        if let Some(region) = tree.get("cloud").and_then(Tree::text).and_then(cloud::region) {
            found.insert(region.to_string(), region);
        }
        for (_, inner) in tree.entries() {
            collect(inner, found);
        }
        for inner in tree.items() {
            collect(inner, found);
        }
    }
    let mut found = BTreeMap::new();
    collect(tree, &mut found);
    found.into_values().collect()
}

fn network(address: &Address) -> Option<Network> {
    match address.at {
        Reach::Network(network) => Some(network),
        Reach::Host(_) | Reach::HostsUnder(_) => None,
    }
}

/// The addresses by which a node is located, and whether a database is proof enough.
fn read(written: &Node<'_>) -> Option<(Vec<Network>, bool)> {
    let object = written.object(&["address", "rely_on"])?;
    let word = |word: &str| (word == RELY_ON_DATABASE).then_some(());
    let relies = object.get("rely_on").filter(|node| !node.is_unknown());
    let relies = relies.is_some_and(|node| node.one_of(&[RELY_ON_DATABASE], word).is_some());
    Some((address::networks(object.required("address")?)?, relies))
}

/// Where somebody is who is reached at all of these: in the places of all of them at once; and the weakest source that says so.
fn whereabouts(sighted: &[Located], relies: bool) -> (Location, Option<Basis>) {
    let nowhere = (Location::default(), None);
    let mut alternatives = vec![BTreeSet::new()];
    let mut weakest = None;
    for located in sighted {
        let is_believed_only = located.testimonies.iter().all(|said| said.basis == Basis::Database);
        let (candidates, basis) = match located.place() {
            Some((place, basis)) => (BTreeSet::from([place]), basis),
            // A source that is stronger and knows no one place is not overruled.
            None if relies && is_believed_only => (located.believed(), Basis::Database),
            None => return nowhere,
        };
        if candidates.is_empty() || alternatives.len() * candidates.len() > MOST_COMBINATIONS {
            return nowhere;
        }
        weakest = weakest.max(Some(basis));
        let with = |place: &Place| {
            let place = *place;
            alternatives.iter().map(move |others: &BTreeSet<Place>| {
                let mut all = others.clone();
                all.insert(place);
                all
            })
        };
        alternatives = candidates.iter().flat_map(with).collect();
    }
    if weakest.is_none() {
        return nowhere;
    }
    alternatives.sort();
    alternatives.dedup();
    let location = Location {
        alternatives,
        setting: None,
    };
    (location, weakest)
}
