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

use crate::assess::assessment::Assessment;
use crate::assess::whereabouts::{Contradiction, Said, believed_in_words, in_words, seat_in_words};
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
use crate::outcome::{Headline, Outcome};
use crate::place::Gazetteer;
use crate::reconcile::flows::Flows;
pub use crate::reconcile::flows::{Declared, SeenFlow, UnseenFlow};
pub use crate::reconcile::observed::{Aside, Counted};
use crate::reconcile::observed::{Observed, elsewhere};
use crate::reconcile::party::{Met, Parties, Party, StrangerKind};
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
    /// Who was asked where addresses are, besides the map: the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Distinct pairs of addresses.
    pub pairs: usize,
    /// What was seen and is not declared: by the worst that the law may say of it, then by how much went.
    pub shadows: Vec<ShadowFlow>,
    /// Nodes met at addresses that are in another place than the map declares.
    pub elsewhere: Vec<Elsewhere>,
    /// Flows of the map between whose ends something went.
    pub seen: Vec<SeenFlow>,
    /// Flows of the map that were not seen; empty where nothing was read. Never proof that nothing went.
    pub unseen: Vec<UnseenFlow>,
    /// Traffic that is compared with nothing.
    pub aside: Aside,
}

/// Who was asked where addresses are.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// What kind of source it is.
    pub basis: Basis,
    /// Which one.
    pub source: String,
    /// The day from which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
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
    /// The flows that the map has between the two, all the other way: this is what went against them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub declared_back: BTreeSet<String>,
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
    /// What somebody is called that the map does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stranger: Option<String>,
    /// What that is: a name in the log, a network of the map, a holder of addresses, a block of addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<StrangerKind>,
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
    /// place, or somebody inside is unknown to the map, or a log could not be read whole or at all, or no address of the logs is one
    /// of the map's, so that nothing was compared. A flow not seen is no finding.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        let absent = self.seen.iter().any(|seen| seen.declared == Declared::Absent);
        let unread = self.logs.iter().any(|log| log.problem.is_some() || log.malformed > 0);
        let unknown = self.aside.unknown_inside.pairs > 0 || self.compares_nothing() || self.pairs == 0;
        absent || unread || unknown || !self.shadows.is_empty() || !self.elsewhere.is_empty()
    }
}

impl Reconciliation {
    /// Whether something went, and nothing of it is the map's.
    #[must_use]
    pub fn compares_nothing(&self) -> bool {
        let Aside {
            untied,
            within,
            persons,
            ..
        } = &self.aside;
        let tied = within.pairs + persons.pairs > 0 || !self.seen.is_empty() || !self.shadows.is_empty();
        untied.pairs > 0 && !tied
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

/// The id of a shadow flow, whichever way it went.
fn shadow_id(one: &PartySeen, other: &PartySeen) -> String {
    let (one, other) = (one.key(), other.key());
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("shadow/{first}/{second}")
}

fn elsewhere_id(node: &str, contradiction: &Contradiction) -> String {
    format!("elsewhere/{node}/{}", contradiction.place)
}

impl PartySeen {
    /// What it is called, unlike anybody else: a node by its id, which has no `:`.
    fn key(&self) -> String {
        match self.kind {
            Some(kind) => format!("{kind}:{}", self.label()),
            None => self.label(),
        }
    }

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
