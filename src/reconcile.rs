//! What a network's logs show against what a map declares: flows seen, not seen, not declared, and going elsewhere.
//!
//! That a flow was not seen is never proof that nothing went: logs see one network, for some time. What was seen and is not
//! declared is judged as a movement of data of which nothing is known, so that it asks.

mod flows;
pub mod found;
mod observed;
pub mod party;
mod proposal;
pub mod tie;
pub mod traffic;
pub mod watch;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::assess::assessment::Assessment;
use crate::assess::whereabouts::{Said, believed_in_words, in_words, seat_in_words};
use crate::assess::{Options, assess};
use crate::error::Error;
use crate::law::Law;
use crate::law::pack::Status;
use crate::load::{Change, Document};
use crate::locate::network::Network;
use crate::locate::testimony::Basis;
use crate::model::{Map, NodeId};
use crate::observe::summary::Summary;
use crate::observe::tally::{Tally, Volume};
use crate::outcome::Outcome;
use crate::place::Gazetteer;
use crate::reconcile::flows::Flows;
pub use crate::reconcile::flows::{Declared, SeenFlow, UnseenFlow};
use crate::reconcile::found::{
    Elsewhere, FORMAT, Judged, PartySeen, Reconciliation, ShadowFlow, Source, elsewhere_id, shadow_id,
};
pub use crate::reconcile::observed::{Aside, Counted};
use crate::reconcile::observed::{Observed, elsewhere};
use crate::reconcile::party::{Met, Parties, Party};
use crate::reconcile::proposal::Proposals;
use crate::reconcile::tie::Ties;
use crate::reconcile::traffic::Traffic;

/// So many addresses of a party are shown; the rest are counted.
const MOST_SHOWN: usize = 10;

/// What was found, and what the map would have to say of it.
#[derive(Clone, Debug)]
pub struct Reconciled {
    /// What was found.
    pub found: Reconciliation,
    /// Entries for what the map does not know.
    pub proposed: Change,
}

/// Compares what logs show with what a map declares.
///
/// The document is the map's, so that what is not declared can be entered and judged.
///
/// # Errors
/// If nobody says as of which day the law is to be read, or the map has errors.
pub fn reconcile(
    document: &Document,
    law: &Law,
    options: &Options,
    tally: &Tally,
    logs: Vec<Summary>,
) -> Result<Reconciled, Error> {
    let map = document.map(law.catalogue()).map_err(Error::Input)?.map;
    let gazetteer = law.catalogue().gazetteer();
    let (ties, locator) = (Ties::of(&map), document.locator(&map));
    let mut parties = Parties::new(&ties, &locator, gazetteer);
    let flows = Flows::of(&map);
    let observed = Observed::of(tally, &mut parties, &flows);
    let compared = flows.compare(&observed);
    let mut proposals = Proposals::new(&map);
    // Flows from and to the same places and parties are judged alike, as nothing is known of their data: once is enough.
    let (mut samples, mut sampled) = (Proposals::new(&map), BTreeMap::new());
    let mut shadows = Vec::new();
    for shadow in &compared.shadows {
        let ((one, other), volume) = (shadow.edge, &shadow.volume);
        let proposed = proposals.add((one, other), volume, |stranger| parties.met(stranger));
        let alike = (
            [parties.judged_as(&map, one), parties.judged_as(&map, other)],
            proposal::ways(volume),
        );
        let sample = sampled.entry(alike).or_insert_with(|| {
            let sample = samples.add((one, other), volume, |stranger| parties.met(stranger));
            sample.unwrap_or_default()
        });
        let ends = [one, other].map(|party| party_seen(&map, party, &mut parties, gazetteer));
        let declared_back = shadow.declared_back.iter();
        let declared_back = declared_back.map(|id| map.flow(*id).id.clone()).collect();
        let found = shadow_flow(ends, volume, proposed.unwrap_or_default(), declared_back);
        shadows.push((found, sample.clone()));
    }
    let names: Vec<&str> = logs.iter().map(|log| log.name.as_str()).collect();
    let title = format!("network logs: {}", names.join(", "));
    let (proposed, samples) = (proposals.finish(&title), samples.finish(&title));
    if !samples.is_empty() {
        let with = document.with(&samples, None).map_err(Error::Input)?;
        let with = with.map(law.catalogue()).map_err(Error::Input)?.map;
        let judged = judged_by_flow(&assess(&with, law, options)?);
        for (shadow, sample) in &mut shadows {
            shadow.verdicts = worst_of(sample.iter().filter_map(|flow| judged.get(flow)).flatten());
        }
    }
    let mut shadows: Vec<ShadowFlow> = shadows.into_iter().map(|(shadow, _)| shadow).collect();
    let mut elsewhere = Vec::new();
    for (node, met) in &observed.met {
        elsewhere.extend(gone_elsewhere(&map, *node, met, &mut parties, gazetteer));
    }
    // Of a log of which nothing was read, nothing can be said.
    let unseen = if tally.is_empty() {
        Vec::new()
    } else {
        flows.unseen(&compared.seen)
    };
    let mut seen: Vec<SeenFlow> = compared.seen.into_values().collect();
    seen.sort_by(|a, b| a.flow.cmp(&b.flow));
    shadows.sort_by_cached_key(|shadow| {
        let worst = shadow.verdicts.iter().map(|judged| judged.worst).max();
        let bytes = shadow.traffic.bytes.saturating_add(shadow.traffic.bytes_back);
        // What could not be judged may be anything.
        let judged = !shadow.verdicts.is_empty();
        (judged, Reverse(worst), Reverse(bytes), shadow.id.clone())
    });
    let asked = locator
        .sources()
        .into_iter()
        .filter(|source| source.basis != Basis::DeclaredNetwork);
    let sources = asked.map(|source| Source {
        basis: source.basis,
        source: source.source,
        as_of: source.as_of.map(|day| day.to_string()),
    });
    let found = Reconciliation {
        transborder_observation: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        map: map.name.clone(),
        logs,
        sources: sources.collect(),
        pairs: tally.len(),
        shadows,
        elsewhere,
        seen,
        unseen,
        aside: observed.aside,
    };
    Ok(Reconciled { found, proposed })
}

fn shadow_flow(
    ends: [PartySeen; 2],
    volume: &Volume,
    proposed: Vec<String>,
    declared_back: BTreeSet<String>,
) -> ShadowFlow {
    let ([from, to], traffic) = (ends, Traffic::of(volume));
    // What mostly went is said first.
    let (from, to, traffic) = if traffic.bytes < traffic.bytes_back {
        (to, from, traffic.reversed())
    } else {
        (from, to, traffic)
    };
    ShadowFlow {
        id: shadow_id(&from, &to),
        from,
        to,
        traffic,
        declared_back,
        proposed,
        verdicts: Vec::new(),
    }
}

fn party_seen(map: &Map, party: &Party, parties: &mut Parties<'_>, gazetteer: &Gazetteer) -> PartySeen {
    let stranger = match party {
        Party::Nodes(nodes) => {
            let places: BTreeSet<String> = nodes.iter().map(|id| seat_in_words(gazetteer, map.node(*id))).collect();
            return PartySeen {
                nodes: nodes.iter().map(|id| map.node(*id).id.clone()).collect(),
                stranger: None,
                kind: None,
                place: places.into_iter().collect::<Vec<_>>().join(" or "),
                addresses: Vec::new(),
                addresses_seen: None,
                says: Vec::new(),
            };
        }
        Party::Other(stranger) => stranger,
    };
    let Met { addresses, whereabouts } = parties.met(stranger).cloned().unwrap_or_default();
    let says = addresses.first().map(|first| {
        let testimonies = parties.located(*first).testimonies.iter();
        testimonies.map(Said::from).collect()
    });
    PartySeen {
        nodes: BTreeSet::new(),
        stranger: Some(stranger.label.clone()),
        kind: Some(stranger.kind),
        place: match whereabouts.places {
            Some(places) => in_words(gazetteer, places.into_iter(), " and "),
            None => believed_in_words(gazetteer, &whereabouts.believed),
        },
        addresses_seen: Some(addresses.len()),
        addresses: addresses.into_iter().take(MOST_SHOWN).collect(),
        says: says.unwrap_or_default(),
    }
}

/// What the law in force says of each flow.
fn judged_by_flow(assessment: &Assessment) -> BTreeMap<String, Vec<Judged>> {
    let mut by_flow: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for movement in &assessment.movements {
        let verdicts = movement.verdicts.iter().map(|judged| &judged.verdict);
        let binding =
            verdicts.filter(|verdict| verdict.status == Status::InForce && verdict.worst > Outcome::OutOfScope);
        let judged = binding.map(|verdict| Judged {
            regime: verdict.regime.clone(),
            outcome: verdict.outcome,
            best: verdict.best,
            worst: verdict.worst,
        });
        by_flow.entry(movement.flow.clone()).or_default().extend(judged);
    }
    by_flow
}

/// By regime the worst.
fn worst_of<'j>(all: impl Iterator<Item = &'j Judged>) -> Vec<Judged> {
    let mut worst: BTreeMap<&str, &Judged> = BTreeMap::new();
    for judged in all {
        let known = worst.entry(&judged.regime).or_insert(judged);
        if (judged.worst, judged.best) > (known.worst, known.best) {
            *known = judged;
        }
    }
    worst.into_values().cloned().collect()
}

fn gone_elsewhere(
    map: &Map,
    node: NodeId,
    met: &BTreeMap<IpAddr, Volume>,
    parties: &mut Parties<'_>,
    gazetteer: &Gazetteer,
) -> Vec<Elsewhere> {
    let found = elsewhere(map, node, met.keys().copied(), parties, gazetteer);
    let id = &map.node(node).id;
    let with_traffic = found.into_iter().map(|contradiction| {
        let mut volume = Volume::default();
        for (_, of) in met
            .iter()
            .filter(|(address, _)| contradiction.of.contains(&Network::of(**address)))
        {
            volume.add(of);
        }
        Elsewhere {
            id: elsewhere_id(id, &contradiction),
            node: id.clone(),
            contradiction,
            traffic: Traffic::of(&volume),
        }
    });
    with_traffic.collect()
}
