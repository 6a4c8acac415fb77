//! The edges that logs show: which parties spoke, and how much; and what is set aside, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::whereabouts::{Contradiction, contradictions};
use crate::model::{Map, NodeId};
use crate::observe::tally::{Pair, Tally, Volume};
use crate::place::Gazetteer;
use crate::reconcile::party::{Parties, Party, stays_local};
use crate::reconcile::traffic::turned;

/// Two parties that spoke. The lesser one stands first, whoever called.
pub(super) type Edge = (Party, Party);

/// What the logs show of the parties of a map.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    /// What went between two parties; `sent` is from the first to the second.
    pub(super) edges: BTreeMap<Edge, Volume>,
    /// The addresses at which each node was met, and how much went to and from there: `sent` is what it was sent.
    pub(super) met: BTreeMap<NodeId, BTreeMap<IpAddr, Volume>>,
    pub(super) aside: Aside,
}

/// Traffic that is compared with nothing, by the reason.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Aside {
    /// Between addresses of one node.
    pub within_one_node: Counted,
    /// Between two ends of which the map knows neither.
    pub untied: Counted,
    /// To many at once, or on the machine or its link only.
    pub local: Counted,
    /// Attempts that came to nothing.
    pub unanswered: Counted,
}

/// How much was set aside.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counted {
    /// Pairs of addresses.
    pub pairs: u64,
    /// Connections.
    pub connections: u64,
    /// Bytes in both directions.
    pub bytes: u64,
}

impl Counted {
    fn add(&mut self, volume: &Volume) {
        self.pairs += 1;
        self.connections = self.connections.saturating_add(volume.connections);
        self.bytes = self.bytes.saturating_add(volume.sent).saturating_add(volume.received);
    }
}

/// Why a pair is compared with nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SetAside {
    WithinOneNode,
    Untied,
    Local,
}

/// The parties of a pair, or why it is set aside.
pub(super) fn parties_of(parties: &mut Parties<'_>, pair: &Pair) -> Result<(Party, Party), SetAside> {
    if stays_local(pair.client) || stays_local(pair.server) {
        return Err(SetAside::Local);
    }
    match parties.of(pair) {
        (Party::Nodes(a), Party::Nodes(b)) if !a.is_disjoint(&b) => Err(SetAside::WithinOneNode),
        (Party::Other(a), Party::Other(b)) if a.network.is_none() && b.network.is_none() => Err(SetAside::Untied),
        (Party::Other(a), Party::Other(b)) if a.network == b.network => Err(SetAside::WithinOneNode),
        parties => Ok(parties),
    }
}

/// The host names that logs have in records of their own, without the bytes: of TLS greetings, of requests.
struct Names<'t>(BTreeMap<(IpAddr, IpAddr), BTreeSet<&'t Arc<str>>>);

impl<'t> Names<'t> {
    fn of(tally: &'t Tally) -> Self {
        let mut names: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (pair, volume) in tally.pairs() {
            if let (Some(name), true) = (&pair.name, is_bare(volume)) {
                names.entry((pair.client, pair.server)).or_default().insert(name);
            }
        }
        Self(names)
    }

    /// Whether a pair is there for its name only.
    fn is_name_only(&self, pair: &Pair, volume: &Volume) -> bool {
        pair.name.is_some() && is_bare(volume)
    }

    /// The pair with the name that another record gives its server, if the client called it by one name only.
    fn complete(&self, pair: &Pair) -> Option<Pair> {
        let names = self.0.get(&(pair.client, pair.server))?;
        let name = names.first().filter(|_| pair.name.is_none() && names.len() == 1)?;
        Some(Pair {
            name: Some(Arc::clone(name)),
            ..pair.clone()
        })
    }
}

/// Whether records have neither a connection nor bytes.
fn is_bare(volume: &Volume) -> bool {
    volume.connections == 0 && !volume.may_carry_data()
}

impl Observed {
    pub(super) fn of(tally: &Tally, parties: &mut Parties<'_>) -> Self {
        let mut observed = Self::default();
        let names = Names::of(tally);
        for (pair, volume) in tally.pairs() {
            if names.is_name_only(pair, volume) {
                continue;
            }
            let named = names.complete(pair);
            let pair = named.as_ref().unwrap_or(pair);
            if !volume.may_carry_data() {
                observed.aside.unanswered.add(volume);
                continue;
            }
            let (client, server) = match parties_of(parties, pair) {
                Ok(parties) => parties,
                Err(why) => {
                    observed.set_aside(why).add(volume);
                    continue;
                }
            };
            observed.meet(&client, pair.client, &turned(volume));
            observed.meet(&server, pair.server, volume);
            if client <= server {
                observed.edges.entry((client, server)).or_default().add(volume);
            } else {
                observed.edges.entry((server, client)).or_default().add(&turned(volume));
            }
        }
        observed
    }

    fn set_aside(&mut self, why: SetAside) -> &mut Counted {
        match why {
            SetAside::WithinOneNode => &mut self.aside.within_one_node,
            SetAside::Untied => &mut self.aside.untied,
            SetAside::Local => &mut self.aside.local,
        }
    }

    fn meet(&mut self, party: &Party, address: IpAddr, volume: &Volume) {
        if let Party::Nodes(nodes) = party {
            // Of an address that several share it is not known which of them was met.
            if let (Some(node), 1) = (nodes.first(), nodes.len()) {
                let addresses = self.met.entry(*node).or_default();
                addresses.entry(address).or_default().add(volume);
            }
        }
    }
}

/// What the addresses at which a node was met say against the place that the map declares for it.
pub(super) fn elsewhere(
    map: &Map,
    node: NodeId,
    addresses: impl Iterator<Item = IpAddr>,
    parties: &mut Parties<'_>,
    gazetteer: &Gazetteer,
) -> Vec<Contradiction> {
    let located: Vec<_> = addresses.map(|address| parties.located(address).clone()).collect();
    contradictions(map.node(node), &located, gazetteer)
}

/// The nodes at one end, if it is nodes.
pub(super) fn nodes(party: &Party) -> Option<&BTreeSet<NodeId>> {
    match party {
        Party::Nodes(nodes) => Some(nodes),
        Party::Other(_) => None,
    }
}
