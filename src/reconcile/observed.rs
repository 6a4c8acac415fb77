//! The edges that logs show: which parties spoke, and how much; and what is set aside, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use serde::Serialize;

use crate::assess::whereabouts::{Contradiction, contradictions};
use crate::model::{Map, NodeId};
use crate::observe::tally::{Pair, Tally, Volume};
use crate::place::Gazetteer;
use crate::reconcile::flows::Flows;
use crate::reconcile::party::{Parties, Party, is_private, stays_local};
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
    /// From private addresses that the map does not know to others it does not know: somebody inside of whom it says
    /// nothing. Has to be looked at.
    pub unknown_inside: Counted,
    /// Between addresses of one node, or of one network of the map.
    pub within: Counted,
    /// From callers whom the map does not know to nodes that get data from persons: they may be those persons.
    pub persons: Counted,
    /// Between two other ends of which the map knows neither.
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
    UnknownInside,
    Within,
    Persons,
    Untied,
    Local,
}

/// Who called whom, or why the pair is set aside.
pub(super) fn parties_of(
    parties: &mut Parties<'_>,
    flows: &Flows<'_>,
    pair: &Pair,
) -> Result<(Party, Party), SetAside> {
    if stays_local(pair.client) || stays_local(pair.server) {
        return Err(SetAside::Local);
    }
    match parties.of(pair) {
        // Where nodes share an address, a flow between them may have been it.
        (Party::Nodes(a), Party::Nodes(b)) if a == b && (a.len() == 1 || flows.either_way(&a, &b).is_empty()) => {
            Err(SetAside::Within)
        }
        (Party::Other(a), Party::Other(b)) if a.network.is_some() && a.network == b.network => Err(SetAside::Within),
        (Party::Other(a), Party::Other(b)) if a.network.is_none() && b.network.is_none() => {
            let goes_out = is_private(pair.client) != is_private(pair.server);
            Err(if goes_out {
                SetAside::UnknownInside
            } else {
                SetAside::Untied
            })
        }
        (Party::Other(caller), Party::Nodes(called)) if caller.network.is_none() && flows.meet_persons(&called) => {
            Err(SetAside::Persons)
        }
        parties => Ok(parties),
    }
}

/// The host names that logs have in records of their own, without the bytes: of TLS greetings, of requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<(IpAddr, IpAddr, Option<u16>), BTreeSet<Arc<str>>>);

impl Names {
    /// Remembers by which name a client called a server.
    pub(super) fn learn(&mut self, pair: &Pair) {
        if let Some(name) = &pair.name {
            self.0.entry(ends(pair)).or_default().insert(Arc::clone(name));
        }
    }

    /// The pair with the name that another record gives its server, if the client called it by one name only.
    pub(super) fn complete(&self, pair: &Pair) -> Option<Pair> {
        let names = self.0.get(&ends(pair))?;
        let name = names.first().filter(|_| pair.name.is_none() && names.len() == 1)?;
        Some(Pair {
            name: Some(Arc::clone(name)),
            ..pair.clone()
        })
    }
}

fn ends(pair: &Pair) -> (IpAddr, IpAddr, Option<u16>) {
    (pair.client, pair.server, pair.port)
}

/// Whether records are there for the name only: they count neither a connection nor bytes.
fn is_name_only(pair: &Pair, volume: &Volume) -> bool {
    pair.name.is_some() && volume.connections == 0 && !volume.may_carry_data()
}

impl Observed {
    pub(super) fn of(tally: &Tally, parties: &mut Parties<'_>, flows: &Flows<'_>) -> Self {
        let mut observed = Self::default();
        let (mut names, mut measured) = (Names::default(), BTreeSet::new());
        let pairs: Vec<_> = tally.pairs().collect();
        for (pair, volume) in &pairs {
            if is_name_only(pair, volume) {
                names.learn(pair);
            } else if volume.may_carry_data() {
                measured.insert(ends(pair));
            }
        }
        for (pair, volume) in pairs {
            let mut volume = volume.clone();
            if is_name_only(pair, &volume) {
                if measured.contains(&ends(pair)) {
                    continue;
                }
                // A log of names alone: something went, nobody says how much.
                volume.bytes_unknown_rows = volume.rows;
            }
            let named = names.complete(pair);
            observed.add(named.as_ref().unwrap_or(pair), &volume, parties, flows);
        }
        observed
    }

    fn add(&mut self, pair: &Pair, volume: &Volume, parties: &mut Parties<'_>, flows: &Flows<'_>) {
        if !volume.may_carry_data() {
            return self.aside.unanswered.add(volume);
        }
        let (client, server) = match parties_of(parties, flows, pair) {
            Ok(parties) => parties,
            Err(why) => return self.set_aside(why).add(volume),
        };
        self.meet(&client, pair.client, &turned(volume));
        self.meet(&server, pair.server, volume);
        if client <= server {
            self.edges.entry((client, server)).or_default().add(volume);
        } else {
            self.edges.entry((server, client)).or_default().add(&turned(volume));
        }
    }

    fn set_aside(&mut self, why: SetAside) -> &mut Counted {
        match why {
            SetAside::UnknownInside => &mut self.aside.unknown_inside,
            SetAside::Within => &mut self.aside.within,
            SetAside::Persons => &mut self.aside.persons,
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
