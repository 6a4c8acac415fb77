//! What a network's logs show against what a map declares: flows seen, not seen, not declared, and going elsewhere.
//!
//! That a flow was not seen is never proof that nothing went: logs see one network, for some time. What was seen and is not
//! declared is judged as a movement of data of which nothing is known, so that it asks.

mod flows;
mod observed;
pub mod party;
mod proposal;
pub mod tie;
pub mod traffic;
pub mod watch;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::assess::assessment::{Assessment, is_flagged};
use crate::assess::whereabouts::{Contradiction, Said, believed_in_words, in_words, seat_in_words};
use crate::assess::{Options, assess};
use crate::error::Error;
use crate::law::Law;
use crate::law::pack::Status;
use crate::load::{Change, Document};
use crate::locate::network::Network;
use crate::model::{Map, NodeId};
use crate::observe::summary::Summary;
use crate::observe::tally::{Tally, Volume};
use crate::outcome::{Headline, Outcome};
use crate::place::Gazetteer;
use crate::reconcile::flows::Flows;
pub use crate::reconcile::flows::{Declared, SeenFlow, UnseenFlow};
pub use crate::reconcile::observed::{Aside, Counted};
use crate::reconcile::observed::{Observed, elsewhere};
use crate::reconcile::party::{Met, Parties, Party};
use crate::reconcile::proposal::Proposals;
use crate::reconcile::tie::Ties;
use crate::reconcile::traffic::Traffic;

/// The version of the JSON shape. It rises when a reader of the old shape would misread the new one.
pub const FORMAT: u32 = 1;

/// So many addresses of a party are shown; the rest are counted.
const MOST_SHOWN: usize = 10;

/// What logs show against a map.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Reconciliation {
    /// The version of this shape: [`FORMAT`].
    pub transborder_observation: u32,
    /// The version of the library.
    pub version: &'static str,
    /// What the map is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<String>,
    /// What the logs held.
    pub logs: Vec<Summary>,
    /// Distinct pairs of addresses.
    pub pairs: usize,
    /// What was seen and is not declared: by the worst that the law may say of it, then by how much went.
    pub shadows: Vec<ShadowFlow>,
    /// Nodes met at addresses that are in another place than the map declares.
    pub elsewhere: Vec<Elsewhere>,
    /// Flows of the map between whose ends something went.
    pub seen: Vec<SeenFlow>,
    /// Flows of the map that were not seen. Never proof that nothing went.
    pub unseen: Vec<UnseenFlow>,
    /// Traffic that is compared with nothing.
    pub aside: Aside,
}

/// Something that went between two parties, and the map has no flow between them.
#[derive(Clone, Debug, Serialize)]
pub struct ShadowFlow {
    /// Stays the same as long as the map and the parties do.
    pub id: String,
    /// One party.
    pub from: PartySeen,
    /// The other one.
    pub to: PartySeen,
    /// What went from one to the other, and back.
    pub traffic: Traffic,
    /// The flows that the map would need, of data of which nothing is known; none where an end may be one of several nodes.
    pub proposed: Vec<String>,
    /// What the law in force says of them: by regime, the worst of the proposed flows.
    pub verdicts: Vec<Judged>,
}

/// One party of a shadow flow.
#[derive(Clone, Debug, Serialize)]
pub struct PartySeen {
    /// The nodes of the map; several where they share an address. Empty for somebody that the map does not know.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub nodes: BTreeSet<String>,
    /// What somebody is called that the map does not know: a name in the log, a network, a region, a block of addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stranger: Option<String>,
    /// Where it is, in words.
    pub place: String,
    /// The first of its addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// How many addresses it has in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses_seen: Option<usize>,
    /// What the sources say of the first address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub says: Vec<Said>,
}

/// What the law says of a flow that nobody declared.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The regime.
    pub regime: String,
    /// What is said.
    pub outcome: Headline,
    /// The best outcome still possible.
    pub best: Outcome,
    /// The worst one.
    pub worst: Outcome,
}

/// A node that was met at an address which is in another place than the map declares.
#[derive(Clone, Debug, Serialize)]
pub struct Elsewhere {
    /// Stays the same as long as the node and the place do.
    pub id: String,
    /// The node.
    pub node: String,
    /// What is declared, and who says what instead.
    #[serde(flatten)]
    pub contradiction: Contradiction,
    /// What was sent to those addresses, and what came from there.
    pub traffic: Traffic,
}

impl Reconciliation {
    /// Whether somebody has to look: something is not declared, or goes elsewhere, or the map says that it does not take
    /// place, or a log could not be read whole. A flow not seen is no finding.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        let absent = self.seen.iter().any(|seen| seen.declared == Declared::Absent);
        let unread = self.logs.iter().any(|log| log.problem.is_some() || log.malformed > 0);
        absent || unread || !self.shadows.is_empty() || !self.elsewhere.is_empty()
    }
}

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
    let observed = Observed::of(tally, &mut parties);
    let flows = Flows::of(&map);
    let compared = flows.compare(&observed);
    let mut proposals = Proposals::new(&map);
    // Flows from and to the same places and parties are judged alike, as nothing is known of their data: once is enough.
    let (mut samples, mut sampled) = (Proposals::new(&map), BTreeMap::new());
    let mut shadows = Vec::new();
    for ((one, other), volume) in &compared.shadows {
        let ends = [parties.judged_as(&map, one), parties.judged_as(&map, other)];
        let proposed = proposals.add((one, other), volume, |stranger| parties.met(stranger));
        let alike = (
            ends,
            volume.sent > 0,
            volume.received > 0,
            volume.bytes_unknown_rows > 0,
        );
        let sample = sampled.entry(alike).or_insert_with(|| {
            let sample = samples.add((one, other), volume, |stranger| parties.met(stranger));
            sample.unwrap_or_default()
        });
        let (from, to) = (
            party_seen(&map, one, &mut parties, gazetteer),
            party_seen(&map, other, &mut parties, gazetteer),
        );
        shadows.push((shadow(from, to, volume, proposed.unwrap_or_default()), sample.clone()));
    }
    let names: Vec<&str> = logs.iter().map(|log| log.name.as_str()).collect();
    let title = format!("network logs: {}", names.join(", "));
    let (proposed, samples) = (proposals.finish(&title), samples.finish(&title));
    if !samples.is_empty() {
        let with = document.with(&samples, None).map_err(Error::Input)?;
        let with = with.map(law.catalogue()).map_err(Error::Input)?.map;
        let assessment = assess(&with, law, options)?;
        for (shadow, sample) in &mut shadows {
            shadow.verdicts = verdicts(&assessment, sample);
        }
    }
    let mut shadows: Vec<ShadowFlow> = shadows.into_iter().map(|(shadow, _)| shadow).collect();
    let mut elsewhere = Vec::new();
    for (node, met) in &observed.met {
        elsewhere.extend(gone_elsewhere(&map, *node, met, &mut parties, gazetteer));
    }
    let unseen = flows.unseen(&compared.seen);
    let mut seen: Vec<SeenFlow> = compared.seen.into_values().collect();
    seen.sort_by(|a, b| a.flow.cmp(&b.flow));
    shadows.sort_by_cached_key(|shadow| {
        let worst = shadow.verdicts.iter().map(|judged| judged.worst).max();
        let bytes = shadow.traffic.bytes.saturating_add(shadow.traffic.bytes_back);
        (Reverse(worst), Reverse(bytes), shadow.id.clone())
    });
    let found = Reconciliation {
        transborder_observation: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        map: map.name.clone(),
        logs,
        pairs: tally.len(),
        shadows,
        elsewhere,
        seen,
        unseen,
        aside: observed.aside,
    };
    Ok(Reconciled { found, proposed })
}

fn shadow(from: PartySeen, to: PartySeen, volume: &Volume, proposed: Vec<String>) -> ShadowFlow {
    let traffic = Traffic::of(volume);
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
        proposed,
        verdicts: Vec::new(),
    }
}

/// The id of a shadow flow, whichever way it went.
fn shadow_id(one: &PartySeen, other: &PartySeen) -> String {
    let (one, other) = (one.label(), other.label());
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("shadow/{first}/{second}")
}

fn elsewhere_id(node: &str, contradiction: &Contradiction) -> String {
    format!("elsewhere/{node}/{}", contradiction.place)
}

impl PartySeen {
    /// What it is called.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.stranger {
            Some(stranger) => stranger.clone(),
            None => self.nodes.iter().map(String::as_str).collect::<Vec<_>>().join(" or "),
        }
    }
}

fn party_seen(map: &Map, party: &Party, parties: &mut Parties<'_>, gazetteer: &Gazetteer) -> PartySeen {
    let stranger = match party {
        Party::Nodes(nodes) => {
            let places: BTreeSet<String> = nodes.iter().map(|id| seat_in_words(gazetteer, map.node(*id))).collect();
            return PartySeen {
                nodes: nodes.iter().map(|id| map.node(*id).id.clone()).collect(),
                stranger: None,
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
        place: match whereabouts.places {
            Some(places) => in_words(gazetteer, places.into_iter(), " and "),
            None => believed_in_words(gazetteer, &whereabouts.believed),
        },
        addresses_seen: Some(addresses.len()),
        addresses: addresses.into_iter().take(MOST_SHOWN).collect(),
        says: says.unwrap_or_default(),
    }
}

/// What the law in force says of some flows: by regime the worst.
fn verdicts(assessment: &Assessment, flows: &[String]) -> Vec<Judged> {
    let movements = assessment
        .movements
        .iter()
        .filter(|movement| flows.contains(&movement.flow));
    let mut worst: BTreeMap<&str, Judged> = BTreeMap::new();
    for verdict in movements
        .flat_map(|movement| &movement.verdicts)
        .map(|judged| &judged.verdict)
    {
        if verdict.status != Status::InForce || !is_flagged(verdict) && verdict.worst <= Outcome::OutOfScope {
            continue;
        }
        let judged = Judged {
            regime: verdict.regime.clone(),
            outcome: verdict.outcome,
            best: verdict.best,
            worst: verdict.worst,
        };
        let known = worst.entry(&verdict.regime).or_insert_with(|| judged.clone());
        if (judged.worst, judged.best) > (known.worst, known.best) {
            *known = judged;
        }
    }
    worst.into_values().collect()
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
