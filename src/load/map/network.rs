//! Networks of which a map says where they are.

use crate::diagnostic::Code;
use crate::load::map::address;
use crate::load::map::context::Context;
use crate::load::map::format::NETWORK;
use crate::load::map::ids::Entry;
use crate::load::map::location;
use crate::load::map::reader::Reader;
use crate::locate::locator::Locator;
use crate::locate::prefixes::Prefixes;
use crate::model::{DeclaredNetwork, Entity};

pub(super) fn networks(context: &Context<'_, '_>, entries: &[Entry<'_>]) -> Vec<DeclaredNetwork> {
    entries.iter().filter_map(|entry| network(context, entry)).collect()
}

fn network(context: &Context<'_, '_>, entry: &Entry<'_>) -> Option<DeclaredNetwork> {
    let reader = Reader::new(context, &entry.node, &NETWORK)?;
    let ranges = reader.known("ranges").and_then(address::networks);
    let located_in = reader.known("located_in");
    Some(DeclaredNetwork {
        id: entry.id.clone(),
        ranges: ranges.unwrap_or_default().into_iter().collect(),
        located_in: located_in.and_then(|node| location::single(context, node)),
        operator: reader.entity("operator"),
    })
}

/// The sources of where an address is, with what the map says itself.
pub(super) fn declared(files: &Locator, networks: &[DeclaredNetwork], entities: &[Entity]) -> Locator {
    let mut locator = files.clone();
    for network in networks {
        let operator = network.operator.and_then(|id| entities.get(id.index()));
        let about = operator.map(|entity| format!("operated by {}", entity.id));
        for range in &network.ranges {
            let source = format!("networks.{}", network.id);
            locator.declare(*range, network.located_in, &source, about.as_deref());
        }
    }
    locator
}

/// The smaller network goes before the larger one around it; of two that are the same neither does.
pub(super) fn report_overlaps(entries: &[Entry<'_>], networks: &[DeclaredNetwork]) {
    let mut all: Prefixes<Vec<&DeclaredNetwork>> = Prefixes::default();
    for network in networks.iter().filter(|network| network.located_in.is_some()) {
        for range in &network.ranges {
            all.entry(*range).push(network);
        }
    }
    let place = |network: &DeclaredNetwork| network.located_in.map(|place| place.to_string()).unwrap_or_default();
    let differ = |a: &DeclaredNetwork, b: &DeclaredNetwork| {
        let said = format!(
            "`{}` says that it is in {}, `{}` that it is in {}",
            a.id,
            place(a),
            b.id,
            place(b)
        );
        (a.located_in != b.located_in).then_some(said)
    };
    let entry = |network: &DeclaredNetwork| {
        let index = entries.binary_search_by(|entry| entry.id.cmp(&network.id));
        index.ok().and_then(|index| entries.get(index))
    };
    for (range, same) in all.iter() {
        for pair in same.windows(2) {
            let [one, other] = pair else { continue };
            if let (Some(said), Some(entry)) = (differ(one, other), entry(other)) {
                let message = format!("{range} is in two places: {said}");
                entry.node.report(Code::NetworkOverlap, message, None);
            }
        }
    }
    for ((outer, around), (inner, inside)) in all.nested() {
        let (Some(around), Some(inside)) = (around.first(), inside.first()) else {
            continue;
        };
        if let (Some(said), Some(entry)) = (differ(around, inside), entry(inside)) {
            let message = format!("{inner} lies in {outer}, which is elsewhere: {said}");
            let help = "the smaller network goes first; that is as it should be if it was carved out".to_owned();
            let problems = entry.node.problems();
            problems.warn(Code::NetworkOverlap, &entry.node.path, message, Some(help));
        }
    }
}
